//! Experiments: what is tested, what was measured, what it means, what follows.
//!
//! In: settings, and arms with daily counts and money. Out: readouts with intervals, verdicts with reasons, proposals. Called by
//! optimizer, analyst, brain and report. Never acts: proposals are for `control`.

mod ab_test;
mod analysis;
mod checks;
mod compare;
mod data;
mod decision;
mod delivery;
mod design;
mod engine;
pub mod bandit;
pub mod geo;
pub mod legacy;
pub mod matrix;
mod measured;
mod metric;
pub mod off_policy;
mod order;
mod path;
mod readout;
mod sample;
mod series;
mod settings;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod stopping;
mod verdict;

pub use ab_test::{AbOptions, AbTest, Recommendation, ab_test, ab_test_with};
pub use data::{Arm, Block, Data, Delivered};
pub use decision::{ArmBudget, ArmObject, Decision, TestObjects, decide};
pub use engine::{Engine, readout};
pub use matrix::impressions_per_cell;
pub use metric::{Direction, Metric, MetricKind};
pub use readout::{
    ArmSummary, Check, CheckState, Comparison, Dominance, EffectSizes, GuardReading, Look, Readout, Unevenness,
};
pub use sample::Sample;
pub use settings::{
    Apply, Assignment, Futility, Guard, Label, Looks, MAX_LOOKS, MAX_STEP, Rule, Settings, Spending, Unit,
};
pub use verdict::{Verdict, VerdictKind};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/experiments.md")]
pub struct Guide;
