//! Series of prices, rates and counts: what is out of line, told once, as they come in.
//!
//! In: one value at a time, with the events that it rests on. Out: a reading for each, with an alarm where one is due. Called by the
//! statistics by name and by whoever watches figures. Never acts and never looks ahead.

mod budget;
mod count_detector;
mod count_sums;
mod counts;
mod detector;
mod evidence;
mod filter;
mod history;
mod noise;
mod reading;
mod settings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worlds_tests;

pub use budget::AlarmBudget;
pub use count_detector::{CountDetector, CountSeen, CountSettings};
pub use counts::{CountLimits, CountReading};
pub use detector::SeriesDetector;
pub use reading::{Alarm, AlarmKind, Direction, Point, Reading, Status};
pub use settings::SeriesSettings;
