//! Conformal calibration: intervals that hold at their level on rows never seen.
//!
//! In: scores of calibration rows, their groups, a level. Out: how far an interval must reach. Called by the predictors. Never sees a
//! model: all functions are pure.
//!
//! A score says how far a row lies outside what was expected of it. Scores come from rows set aside (split), or from the rows that
//! some trees of a forest have not seen (out of bag). The first carry a guarantee in finite samples, the second use every row and
//! hold their level in practice.

mod score;
mod split;
mod group;
mod adaptive;

pub use adaptive::{Adaptive, USUAL_STEP};
pub use group::{GroupReach, Grouped, SHRINKAGE, by_group};
pub use score::{interval_score, outside, rank, residual};
pub use split::{Reach, cautious, reach};
