//! Bandits by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arms::GoalName;
use super::{Method, usual_level};
use crate::experiment::bandit::{
    AllocationPlan, Arm, ArmContrast, ArmReport, BestBy, Prior, ReportPlan, Rule, Seen, Spread, bandit_report,
};
use crate::stats::{Defined, Interval, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!(
        "bandit_allocate",
        "Shares out the next batch of a bandit by Thompson or top-two Thompson sampling.",
        bandit_allocate
    ),
    method!(
        "bandit_report",
        "What the batches of a bandit have shown, with errors of the level.",
        report,
        named[("arms", "names")]
    ),
];

/// The rule by its word.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RuleName {
    #[default]
    Thompson,
    TopTwo,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Allocate {
    arms: Vec<Arm>,
    #[serde(default)]
    units: u64,
    #[serde(default)]
    goal: GoalName,
    #[serde(default)]
    rule: RuleName,
    /// The leader's share under `top_two`.
    #[serde(default = "half")]
    leader: f64,
    #[serde(default)]
    floor: f64,
    /// Draws in place of the integral.
    draws: Option<u32>,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    batch: u64,
    prior: Option<Prior>,
}

fn half() -> f64 {
    0.5
}

#[derive(Serialize)]
struct Allocated {
    arms: Vec<Value>,
}

fn bandit_allocate(input: &Allocate) -> Defined<Allocated> {
    let rule = match input.rule {
        RuleName::Thompson => Rule::Thompson,
        RuleName::TopTwo => Rule::TopTwo { leader: input.leader },
    };
    let plan = AllocationPlan {
        goal: input.goal.into(),
        rule,
        by: input.draws.map_or(BestBy::Integral, BestBy::Draws),
        floor: input.floor,
        units: input.units,
        seed: input.seed,
        batch: input.batch,
        prior: input.prior,
    };
    let next = crate::experiment::bandit::bandit_allocate(&input.arms, &plan)?;
    let arms = next.arms.iter().map(|arm| {
        json!({
            "name": arm.name, "probability_best": arm.probability_best, "posterior_mean": arm.posterior_mean,
            "share": arm.share, "units": arm.units,
        })
    });
    Ok(Allocated { arms: arms.collect() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    names: Vec<String>,
    batches: Vec<Vec<Seen>>,
    #[serde(default)]
    goal: GoalName,
    /// The arm that the others are compared with; the first where none is named.
    reference: Option<String>,
    #[serde(default)]
    spread: Spread,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Serialize)]
struct Reported {
    arms: Vec<Value>,
    leader: Option<String>,
    batches: u64,
}

fn report(input: &Report) -> Defined<Reported> {
    let missing = Undefined::Input { field: "reference", problem: "must be one of the arms" };
    let reference = match &input.reference {
        None => 0,
        Some(wanted) => input.names.iter().position(|name| name == wanted).ok_or(missing)?,
    };
    let plan = ReportPlan { goal: input.goal.into(), reference, spread: input.spread, level: input.level };
    let found = bandit_report(&input.names, &input.batches, &plan)?;
    let leader = found.leader.and_then(|arm| input.names.get(arm).cloned());
    Ok(Reported { arms: found.arms.iter().map(arm).collect(), leader, batches: found.batches })
}

fn arm(arm: &ArmReport) -> Value {
    json!({
        "name": arm.name,
        "size": arm.size,
        "pooled_mean": arm.pooled_mean,
        "mean": shown(arm.mean.as_ref(), interval),
        "against_rest": shown(arm.against_rest.as_ref(), contrast),
        "against_reference": arm.against_reference.as_ref().map(|found| shown(found.as_ref(), contrast)),
    })
}

fn contrast(contrast: &ArmContrast) -> Value {
    let mut value = interval(&contrast.difference);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("p_two_sided".to_owned(), json!(contrast.p_value));
        fields.insert("p_adjusted".to_owned(), json!(contrast.adjusted_p_value));
        fields.insert("batches_skipped".to_owned(), json!(contrast.batches_skipped));
    }
    value
}

/// An interval as its parts.
pub(super) fn interval(interval: &Interval) -> Value {
    json!({
        "estimate": interval.estimate, "ci": [interval.low, interval.high], "level": interval.level,
        "method": interval.method, "sample_size": interval.sample_size,
    })
}

/// A part of a result, or why there is none.
pub(super) fn shown<T>(found: Result<&T, &Undefined>, show: impl FnOnce(&T) -> Value) -> Value {
    match found {
        Ok(found) => show(found),
        Err(undefined) => json!({"undefined": {"reason": undefined.reason(), "message": undefined.to_string()}}),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn a_batch_is_shared_out_by_name() {
        let arms = json!([
            {"name": "old", "events": 90, "exposure": 30.0}, {"name": "new", "events": 60, "exposure": 30.0},
        ]);
        let input = json!({"arms": arms, "goal": "minimise", "rule": "top_two", "units": 1000, "floor": 0.1});
        let found = call("bandit_allocate", &input).unwrap();
        let units = |arm: usize| found["arms"][arm]["units"].as_u64().unwrap();
        assert_eq!(units(0) + units(1), 1000);
        assert!(found["arms"][1]["probability_best"].as_f64().unwrap() > 0.99);
    }

    #[test]
    fn a_negative_count_is_named_and_a_missing_answer_has_its_reason() {
        let arms = json!([{"name": "a", "successes": -1, "trials": 5}, {"name": "b", "successes": 1, "trials": 5}]);
        let error = call("bandit_allocate", &json!({"arms": arms})).unwrap_err();
        assert!(error.to_string().contains("arms"), "{error}");
        let day = json!([{"successes": 1, "trials": 50}, {"successes": 4, "trials": 50}]);
        let input = json!({"names": ["a", "b"], "batches": [day]});
        let found = call("bandit_report", &input).unwrap();
        assert_eq!(found["arms"][1]["against_reference"]["undefined"]["reason"], "too_few");
        assert!(call("bandit_report", &json!({"names": ["a", "b"], "batches": [], "reference": "c"})).is_err());
    }
}
