//! Budgets: who gets how much.
//!
//! In: a total, weights, floors and caps. Out: whole minor units that add up exactly. Called by strategist and optimizer. Never
//! spends.

mod split;

pub use split::{ShareRequest, split};
