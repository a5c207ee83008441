//! The division of a day's money.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Method;
use crate::budget::{
    CampaignDays, CurveBeliefs, CurveEstimate, Pace, Pacer, PacingPlan, SpendReport, allocate, daily_budgets,
    estimate_curves,
};
use crate::error::Result;

pub(super) const METHODS: &[Method] = &[
    checked_method!(
        "allocate",
        "Divides a day's money over response curves within limits so that it brings the most, with a proven gap.",
        allocate
    ),
    checked_method!(
        "estimate_curves",
        "Estimates what each campaign's next unit of money brings, from days of spend, clicks and conversions.",
        curves
    ),
    checked_method!(
        "daily_budgets",
        "Divides a day's money among campaigns by what their days before show, within steps and with small random probes.",
        daily_budgets
    ),
    checked_method!(
        "pace",
        "Says after each report of a day's spend what the day will come to, and whether its budget moves, to what and why.",
        pace
    ),
];

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Curves {
    /// The campaigns with the same days each.
    campaigns: Vec<CampaignDays>,
    /// What is believed before the days are looked at.
    #[serde(default)]
    beliefs: CurveBeliefs,
}

#[derive(Debug, Serialize)]
struct Found {
    /// One for each campaign, in their order.
    curves: Vec<CurveEstimate>,
}

fn curves(input: &Curves) -> Result<Found> {
    Ok(Found { curves: estimate_curves(&input.campaigns, &input.beliefs)? })
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PacedDay {
    /// The day's plan and limits.
    plan: PacingPlan,
    /// Reports of the day's spend, in the order of time.
    reports: Vec<SpendReport>,
}

#[derive(Debug, Serialize)]
struct Paced {
    /// One for each report.
    decisions: Vec<Pace>,
    /// How often the budget moved.
    moves: u32,
}

fn pace(input: &PacedDay) -> Result<Paced> {
    let mut pacer = Pacer::new(input.plan.clone()).map_err(|error| error.in_field("plan"))?;
    let mut decisions = Vec::with_capacity(input.reports.len());
    for (place, report) in input.reports.iter().enumerate() {
        let found = pacer.observe(report).map_err(|error| error.in_field(&format!("reports[{place}]")))?;
        decisions.push(found);
    }
    Ok(Paced { decisions, moves: pacer.moves() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::numbers::call;

    #[test]
    fn a_day_is_paced_by_name_and_a_wrong_report_is_named() {
        let brl = |amount: &str| json!({"amount": amount, "currency": "BRL"});
        let plan = json!({"cap": brl("300"), "planned": brl("100"), "traffic": vec![1; 24]});
        let reports = json!([{"minute": 360, "spent": brl("45")}, {"minute": 375, "spent": brl("46")}]);
        let found = call("pace", &json!({"plan": plan, "reports": reports})).unwrap();
        assert_eq!((&found["decisions"][0]["reason"], &found["moves"]), (&json!("lowered"), &json!(1)));
        assert_eq!(found["decisions"][0]["move"], found["decisions"][1]["budget"]);
        let reports = json!([{"minute": 360, "spent": brl("45")}, {"minute": 300, "spent": brl("46")}]);
        let error = call("pace", &json!({"plan": plan, "reports": reports})).unwrap_err();
        assert_eq!(error.context_of("field"), Some("reports[1]"), "{error}");
    }
}
