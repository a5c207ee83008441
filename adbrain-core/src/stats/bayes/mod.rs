//! Beliefs about rates and means, and what they say about a choice between arms.
//!
//! In: counts, means with variances, priors. Out: posteriors, intervals, the probability to be best, the expected loss. Called by
//! `predict` and `experiment`. Never calls a result significant: these are decision rules.
//!
//! A rule such as "stop when the probability to be best is above 0.95" is no error rate. Looked at daily over 28 days with two equal
//! arms it names a winner in 46 % of tests; see `sequential` for tests that may be watched.

mod best;
mod effect;
mod grid;
mod posterior;
mod shrinkage;

pub use best::{Choice, Goal, choose};
pub use effect::{EffectBelief, effect_belief};
pub use posterior::Posterior;
pub use shrinkage::{Belief, GroupMean, prior_from_groups};

/// The label of every result here that asks for a decision.
pub const DECISION_RULE: &str = "decision_rule";
