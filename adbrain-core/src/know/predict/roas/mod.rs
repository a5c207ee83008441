//! ROAS before money is spent: a median with an honest interval, or the reason why there is none.
//!
//! In: past results, questions, a wanted value. Out: forecasts with intervals, recommendations, warnings. Called by `backtest`, the
//! brain and the bindings. Never answers beyond its data, and never recommends by a point.

mod advice;
mod band;
mod file;
mod forecaster;
mod predictor;
mod rate;
mod settings;
mod stage;
mod support;
mod usable;
#[cfg(test)]
mod tests;

pub use advice::{Advice, Recommendation};
pub use band::Band;
pub use file::ForecasterCard;
pub use forecaster::{Forecast, Forecaster};
pub use predictor::RoasPredictor;
pub use rate::Rate;
pub use settings::{Grouping, Settings};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/predictions.md")]
pub struct Guide;
