//! The division of a day's money.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Method;
use crate::budget::{CampaignDays, CurveBeliefs, CurveEstimate, allocate, estimate_curves};
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
