//! What people do to an account by hand while a trial goes on; the seed draws when, and to whom.

use serde::{Deserialize, Serialize};

use super::shock::{Hits, bad};
use crate::error::Result;

/// What a person does by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Sets another daily budget. What a raise would add beyond the trial's daily budget is taken from the campaign that has most, so that
    /// people keep to the total.
    SetBudget,
    /// Pauses the campaign.
    Pause,
}

/// Something that a person does in the account of a trial, past the policy and the door. A range is `[low, high]`, and every number in it is
/// as likely as any other; each campaign has its own draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What people call it.
    pub name: String,
    /// What is done.
    pub does: Does,
    /// To what.
    pub hits: Hits,
    /// How many platforms or campaigns, in whole numbers.
    #[serde(default = "super::shock::one_each")]
    pub count: [u32; 2],
    /// The day of the trial on which it is done, counted from 0 at the start of the warm-up; the hour of the day is drawn too.
    pub day: [f64; 2],
    /// The new budget over the one before, where a budget is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<[f64; 2]>,
    /// How many hours a pause lasts, drawn on a logarithmic scale; for good where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<[f64; 2]>,
}

impl Edit {
    pub(super) fn check(&self, field: &str) -> Result<()> {
        let is_budget = self.does == Does::SetBudget;
        if is_budget != self.factor.is_some() {
            let what = if is_budget { "is missing" } else { "means nothing for a pause" };
            return bad(&format!("{field}.factor"), what.to_owned());
        }
        if is_budget && self.hours.is_some() {
            return bad(&format!("{field}.hours"), "a budget is set for good".to_owned());
        }
        let ranges =
            [("day", Some(self.day), 0.0), ("factor", self.factor, f64::MIN_POSITIVE), ("hours", self.hours, 1.0)];
        for (name, range, least) in ranges {
            let Some([low, high]) = range else { continue };
            if !(low >= least && low <= high && high.is_finite()) {
                return bad(&format!("{field}.{name}"), format!("[{low}, {high}] is no range for it"));
            }
        }
        super::shock::check_count(self.count, field)
    }
}
