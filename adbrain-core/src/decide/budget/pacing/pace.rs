//! What is reported of a day, and what is answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Estimate, Message, Money};

/// A report of the day's spend.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendReport {
    /// Now, in minutes lived since the day began: up to 1440, or 1380 or 1500 where the clocks change.
    pub minute: u32,
    /// What was spent since the day began.
    pub spent: Money,
    /// The minute up to which `spent` is complete; `minute` where it is not given.
    #[serde(default)]
    pub as_of: Option<u32>,
    /// The daily budget that is really in force, where it is not the one proposed last: a refused move, or a change by somebody else.
    #[serde(default)]
    pub budget: Option<Money>,
}

/// Why a budget moves or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaceReason {
    /// The day is going to end within the corridor.
    OnPlan,
    /// It may end outside of the corridor; the interval still holds the plan.
    Unsure,
    /// The budget is raised.
    Raised,
    /// The budget is cut.
    Lowered,
    /// The budget in force has a worst case above the cap: it is cut whatever the other limits say.
    OverCap,
    /// The figures are too old.
    Stale,
    /// Nothing is being delivered. No budget mends that: look at the account.
    NoDelivery,
    /// A move is due; the last one was too short a time ago.
    TooSoon,
    /// A move is due; the day has none left.
    NoMovesLeft,
    /// A move is due; cap, bounds, steps or the platform's least budget leave no room for it.
    AtLimit,
    /// Too little of the day is left for a move to matter.
    DayEnds,
}

/// What one report says of the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// The minute of the report.
    pub minute: u32,
    /// What was to be spent by the minute up to which the figures are complete.
    pub planned_by_now: Money,
    /// What the day will have spent at its end if the budget stays, in units of the currency; the sample size counts reports with new spend. None
    /// while nothing is delivered.
    pub projected: Option<Estimate>,
    /// The daily budget from here on over that at the beginning of the day.
    pub multiplier: f64,
    /// The daily budget from here on.
    pub budget: Money,
    /// The new daily budget, where it moves.
    #[serde(rename = "move")]
    pub proposed: Option<Money>,
    /// Why.
    pub reason: PaceReason,
    /// Why, as a text.
    pub message: Message,
}
