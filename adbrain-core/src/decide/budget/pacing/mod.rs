//! Pacing within the day: when a daily budget has to move so that the day's spend comes out as planned.
//!
//! In: a plan of the day, then one report of spend after the other. Out: for each report what the day will come to, and whether the budget
//! moves, to which amount and why. Called by the brain and the bindings. Never writes to a platform: a move is a proposal for `control`.
//!
//! Platforms pace a daily budget over the day themselves; most days need nothing. So a move comes only where the day is surely going to end
//! outside a corridor around the plan, seldom and by small steps, and never to an amount whose worst case passes the day's cap.

mod moves;
mod pace;
mod pacer;
mod plan;
mod spend_rate;
#[cfg(test)]
mod tests;

pub use pace::{Pace, PaceReason, SpendReport};
pub use pacer::Pacer;
pub use plan::{PacingPlan, traffic_of_day};
