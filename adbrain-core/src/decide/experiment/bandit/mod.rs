//! Bandits: how the next batch is shared out, and what the batches so far have shown.
//!
//! In: what each arm has collected, batch by batch. Out: whole-number allocations and a report whose errors are those of its level.
//! Called by optimizer, analyst and the bindings. Never serves traffic and never reads naive averages as a test.

mod allocate;
mod arm;
mod best;
mod cell;
mod contrast;
mod draw;
mod report;
mod share;
#[cfg(test)]
mod simulation;

pub use allocate::{Allocation, AllocationPlan, ArmShare, bandit_allocate};
pub use arm::{Arm, Prior, Seen};
pub use best::{BestBy, probability_best};
pub use report::{ArmContrast, ArmReport, BanditReport, ReportPlan, Spread, bandit_report};
pub use share::{Rule, top_two_shares};

pub use crate::stats::bayes::{Goal, Posterior};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/bandits-and-geo.md")]
pub struct Guide;
