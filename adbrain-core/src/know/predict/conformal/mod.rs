//! Conformal calibration: intervals that hold at their level on rows never seen.
//!
//! In: scores of calibration rows, their groups, a level. Out: how far an interval must reach. Called by the predictors. Never sees a
//! model: all functions are pure.

mod split;

pub use split::{Reach, reach};
