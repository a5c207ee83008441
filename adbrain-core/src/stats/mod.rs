//! Statistics over plain numbers.
//!
//! In: slices and counts. Out: structs with estimates, intervals and sample sizes. Called by measure, predict, persona,
//! experiment, budget and alert. Never sees a value of the trade, a clock or a thread.

pub mod bayes;
pub mod checks;
pub mod cluster;
pub mod counts;
pub mod covering;
pub mod cuped;
pub mod distribution;
pub mod effect;
pub mod factorial;
mod interval;
pub mod multiple;
pub(crate) mod newton;
pub mod paired;
pub mod power;
pub mod proportions;
mod quadrature;
pub mod quantile;
pub mod random;
pub mod ranks;
pub mod ratio;
pub mod resample;
pub mod robust;
mod root;
#[cfg(test)]
mod properties;
pub mod sequential;
pub mod srm;
pub mod two_sample;
mod undefined;
mod vector;

pub use interval::Interval;
pub use undefined::{Defined, Undefined};
