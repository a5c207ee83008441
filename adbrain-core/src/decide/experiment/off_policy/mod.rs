//! Off-policy evaluation: what another policy of choosing would have brought, read from a log of choices that were drawn by chance.
//!
//! In: what was chosen, with what probability, and what it brought; the policy to be valued. Out: an estimate with interval, effective
//! sample size and warnings, or a refusal with its reason. Called by analyst and the bindings. Never reads a log whose choices were not
//! drawn, and never values budgets.
//!
//! It is for choices from a list: which creative, which ad, which arm. **A log cannot say what another budget would have brought.** An
//! amount is continuous, so no logged choice equals the one that is asked about; money that one campaign does not get changes the prices of
//! the others, so rows do not stand alone; and what a budget that never held would have brought was not seen and cannot be weighted up.
//! Ask that of an experiment: regions ([`super::geo`]), switching back and forth in time, or a policy in shadow mode, whose proposals are
//! written down and compared with what came, but not taken.

mod answer;
mod checks;
mod estimate;
mod request;
#[cfg(test)]
mod tests;
mod weights;

pub use answer::{Clipped, Difference, OffPolicy, OffPolicyEstimate, Refusal, RefusalReason, WeightCheck};
pub use estimate::off_policy;
pub use request::{Estimator, IntervalBy, LoggedChoice, OffPolicyRequest};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/off-policy.md")]
pub struct Guide;
