//! Budgets: who gets how much.
//!
//! In: a total; weights, floors and caps, or response curves and limits. Out: whole minor units, never above the total. Called by strategist
//! and optimizer. Never spends.

mod allocate;
mod branch;
mod curve;
mod relax;
mod request;
mod split;
#[cfg(test)]
mod tests;
mod units;

pub use allocate::{Allocation, BindingLimit, Part, allocate};
pub use curve::ResponseCurve;
pub use request::{AllocationRequest, EditPrice, GroupLimit, Receiver, SearchLimits, Target};
pub use split::{ShareRequest, split};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/budgets.md")]
pub struct Guide;
