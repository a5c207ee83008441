//! Statistics over plain numbers.
//!
//! In: slices and counts. Out: structs with estimates, intervals and sample sizes. Called by measure, predict, persona,
//! experiment, budget and alert. Never sees a value of the trade, a clock or a thread.

pub mod random;
