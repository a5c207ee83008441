//! Geo tests by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bandit::{interval, shown};
use super::{Method, usual_level};
use crate::experiment::geo::{
    Cost, EffectPlan, GeoPairs, Matching, PairPlan, PairedSeries, PermutationPlan, PowerPlan, RegionSeries,
    SyntheticPlan, Unlike, geo_effect, geo_pairs, geo_permutation, geo_power, synthetic_control,
};
use crate::stats::Defined;

pub(super) const METHODS: &[Method] = &[
    method!("geo_pairs", "Pairs regions on their past and tosses a seeded coin in each pair.", pairs),
    method!("geo_effect", "The effect of a geo test by time-based regression.", effect),
    method!(
        "geo_permutation",
        "The p value of a paired geo test over its coins.",
        permutation,
        named[("regions", "pairs")]
    ),
    method!(
        "geo_power",
        "The smallest lift that a paired geo test can see, from its past.",
        power,
        named[("regions", "pairs")]
    ),
    method!(
        "synthetic_control",
        "The effect on one region against a mixture of donors.",
        synthetic,
        named[("regions", "donors")]
    ),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToPair {
    regions: Vec<RegionSeries>,
    #[serde(default)]
    matching: Matching,
    #[serde(default)]
    unlike: Unlike,
    #[serde(default)]
    seed: u64,
}

fn pairs(input: &ToPair) -> Defined<GeoPairs> {
    geo_pairs(&input.regions, &PairPlan { matching: input.matching, unlike: input.unlike, seed: input.seed })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Groups {
    treatment: Vec<f64>,
    control: Vec<f64>,
    pre_periods: usize,
    #[serde(default = "usual_level")]
    level: f64,
    cost: Option<Cost>,
}

#[derive(Serialize)]
struct Measured {
    effect: Value,
    p_two_sided: f64,
    lift: Value,
    return_on_cost: Option<Value>,
    extra_cost: Option<f64>,
    line: Value,
    placebo: Value,
    periods: Vec<Value>,
}

fn effect(input: &Groups) -> Defined<Measured> {
    let plan = EffectPlan { pre_periods: input.pre_periods, level: input.level, cost: input.cost.clone() };
    let found = geo_effect(&input.treatment, &input.control, &plan)?;
    let line = &found.line;
    let periods = found.periods.iter().map(|period| {
        json!({
            "expected": period.expected, "effect": period.effect, "cumulative": period.cumulative,
            "cumulative_ci": [period.low, period.high],
        })
    });
    Ok(Measured {
        effect: interval(&found.effect),
        p_two_sided: found.p_value,
        lift: shown(found.lift.as_ref(), interval),
        return_on_cost: found.return_on_cost.as_ref().map(|found| shown(found.as_ref(), interval)),
        extra_cost: found.extra_cost,
        line: json!({
            "intercept": line.intercept, "slope": line.slope, "r_squared": line.r_squared,
            "residual_variance": line.residual_variance, "df": line.degrees_of_freedom,
            "durbin_watson": line.durbin_watson,
        }),
        placebo: shown(found.placebo.as_ref(), |placebo| json!({"p": placebo.p_value, "windows": placebo.windows})),
        periods: periods.collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Coins {
    pairs: Vec<PairedSeries>,
    pre_periods: usize,
    #[serde(default = "many")]
    draws: u32,
    #[serde(default)]
    seed: u64,
}

fn many() -> u32 {
    4999
}

fn permutation(input: &Coins) -> Defined<Value> {
    let plan = PermutationPlan { pre_periods: input.pre_periods, draws: input.draws, seed: input.seed };
    let found = geo_permutation(&input.pairs, &plan)?;
    Ok(json!({"p": found.p_value, "t": found.t, "assignments": found.assignments, "method": found.method}))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Planned {
    pairs: Vec<PairedSeries>,
    test_periods: usize,
    #[serde(default = "usual_level")]
    level: f64,
    #[serde(default = "usual_power")]
    power: f64,
    #[serde(default = "thousand")]
    draws: u32,
    #[serde(default)]
    seed: u64,
}

fn usual_power() -> f64 {
    0.8
}

fn thousand() -> u32 {
    1000
}

fn power(input: &Planned) -> Defined<Value> {
    let Planned { test_periods, level, power, draws, seed, .. } = *input;
    let found = geo_power(&input.pairs, &PowerPlan { test_periods, level, power, draws, seed })?;
    Ok(json!({
        "lift": found.lift, "curve": found.curve, "false_positive_rate": found.false_positive_rate,
        "tests": found.tests,
    }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Synthetic {
    treated: RegionSeries,
    donors: Vec<RegionSeries>,
    pre_periods: usize,
    #[serde(default = "usual_level")]
    level: f64,
}

fn synthetic(input: &Synthetic) -> Defined<Value> {
    let plan = SyntheticPlan { pre_periods: input.pre_periods, level: input.level };
    let found = synthetic_control(&input.treated, &input.donors, &plan)?;
    let weights: Vec<Value> =
        found.weights.iter().map(|donor| json!({"region": donor.region, "weight": donor.weight})).collect();
    Ok(json!({
        "effect": found.effect,
        "lift": shown(found.lift.as_ref(), |lift| json!(lift)),
        "interval": shown(found.interval.as_ref(), interval),
        "p": shown(found.p_value.as_ref(), |p| json!(p)),
        "gaps": found.gaps,
        "synthetic": found.synthetic,
        "weights": weights,
        "pre_error": found.pre_error,
        "pre_r_squared": found.pre_r_squared,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn regions_are_paired_and_read_by_name() {
        let region = |name: &str, step: u32| {
            let values: Vec<f64> = (0..12).map(|t: u32| f64::from(10 * step + (t * t * (step + 3)) % 11)).collect();
            json!({"name": name, "values": values})
        };
        let all = json!([region("a", 1), region("b", 9), region("c", 2), region("d", 10)]);
        let found = call("geo_pairs", &json!({"regions": all, "seed": 3})).unwrap();
        assert_eq!((found["pairs"].as_array().unwrap().len(), &found["method"]), (2, &json!("exact")));
        let input = json!({"treated": region("t", 5), "donors": all, "pre_periods": 8, "level": 0.8});
        let found = call("synthetic_control", &input).unwrap();
        assert!(found["p"].as_f64().unwrap() >= 0.2 && found["weights"].as_array().unwrap().len() == 4);
        let missing = call("geo_pairs", &json!({"regions": [{"name": "a"}]})).unwrap_err();
        assert!(missing.to_string().contains("values"), "{missing}");
    }

    #[test]
    fn an_effect_has_its_return_and_its_placebo() {
        let control = [10.0, 12.0, 9.0, 11.0, 13.0, 10.5, 12.5, 9.5, 11.0, 12.0];
        let treatment = [5.1, 6.0, 4.4, 5.6, 6.6, 5.2, 6.1, 4.8, 7.5, 8.1];
        let input = json!({"treatment": treatment, "control": control, "pre_periods": 8, "cost": {"total": 2.0}});
        let found = call("geo_effect", &input).unwrap();
        assert!(found["return_on_cost"]["ci"][0].as_f64().unwrap() > 1.0, "{found}");
        assert!(found["placebo"]["p"].as_f64().unwrap() <= 1.0 / 8.0 + 1e-12, "{found}");
        let none = call("geo_effect", &json!({"treatment": control, "control": control, "pre_periods": 8})).unwrap();
        assert_eq!(none["undefined"]["reason"], "no_spread");
    }
}
