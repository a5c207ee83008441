//! Factorial designs: what rows of factor levels can tell, which rows tell most, and what the measured rows told.
//!
//! In: rows with one level per factor. Out: efficiency, estimable and mixed effects, D-optimal rows, level effects with intervals.
//! Called by the test matrix of `experiment`. Never knows what a factor is.

mod contrast;
mod cholesky;
mod information;
mod alias;
mod interaction;
mod exchange;
mod model;
mod effects;

pub use alias::{Aliases, Part, aliases};
pub use effects::{Effects, LevelEffect, Observation, effects};
pub use exchange::{Screen, screen};
pub use information::{Information, MOST_PARAMETERS, Quality};
pub use interaction::{Interaction, interactions};
