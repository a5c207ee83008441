//! Budgets: who gets how much.
//!
//! In: a total; weights, floors and caps, or response curves and limits; days of campaigns; reports of a day. Out: whole minor units, never above the
//! total; curves; the budgets of a day; moves within the day. Called by strategist, optimizer, the loop and the policies in trials. Never spends.

mod allocate;
mod branch;
mod curve;
mod daily;
#[cfg(test)]
mod daily_tests;
mod estimate;
#[cfg(test)]
mod estimate_tests;
mod noise;
mod outages;
mod pacing;
mod probe;
mod rate;
mod relax;
mod request;
mod split;
#[cfg(test)]
mod tests;
mod units;

pub use allocate::{Allocation, BindingLimit, Part, allocate};
pub use curve::ResponseCurve;
pub use daily::{DailyBudget, DailyBudgets, DailyCampaign, DailyRequest, Gain, daily_budgets};
pub use estimate::{CampaignDay, CampaignDays, CurveBeliefs, CurveEstimate, estimate_curves};
pub use pacing::{Pace, PaceReason, Pacer, PacingPlan, SpendReport, traffic_of_day};
pub use probe::{Probe, Probing};
pub use request::{AllocationRequest, EditPrice, GroupLimit, Receiver, SearchLimits, Target};
pub use split::{ShareRequest, split};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/budgets.md")]
pub struct Guide;
