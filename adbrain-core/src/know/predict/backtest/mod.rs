//! Backtests: what forecasts would have said, split by time, beside naive baselines.
//!
//! In: past results with dates. Out: scores of each method, rolling coverage with alarms, whether to train again. Called by the brain
//! and the bindings. Never lets a forecast see a day that it is asked about.

mod baseline;
mod daily;
mod retrain;
mod rolling;
mod run;
mod score;
mod split;
#[cfg(test)]
mod tests;

pub use daily::{DayForecast, DayResult, Settled, forecast_days};
pub use retrain::{Retraining, Schedule, Since, Trained};
pub use rolling::{LEAST_COVERAGE, LEAST_RESULTS, Rolling, WINDOW_DAYS, rolling_coverage};
pub use run::{Backtest, Plan, Point, backtest};
pub use score::Score;
