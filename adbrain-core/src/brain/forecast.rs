//! What was forecast for each day of the run, what came, and whether the predictor should learn again.

use super::learn::Known;
use super::result::{DaySummary, PlatformForecast};
use super::session::Session;
use crate::clock::ManualClock;
use crate::error::Result;
use crate::model::{Maturity, PlatformChoice};
use crate::predict::backtest::{DayResult, Retraining, Schedule, Since, Trained, forecast_days, rolling_coverage};

/// Forecasts each day of each platform from the expectation before launch and the days before it.
pub(super) fn forecasts(chosen: &[PlatformChoice], days: &[DaySummary]) -> Vec<PlatformForecast> {
    let of = |choice: &PlatformChoice| {
        let results: Vec<DayResult> = days
            .iter()
            .filter_map(|day| {
                let roas = day.platforms.get(&choice.platform)?.roas();
                Some(DayResult { date: day.date, roas, is_settled: day.maturity == Maturity::Mature })
            })
            .collect();
        let days = forecast_days(&choice.expected_roas, &results);
        let settled: Vec<_> = days.iter().filter_map(|day| Some((day.date, day.is_inside?))).collect();
        PlatformForecast { platform: choice.platform, calibration: rolling_coverage(&settled), days }
    };
    chosen.iter().map(of).collect()
}

/// Whether the predictor, which learnt from the history at the start of the flight, should learn again by the end of the run. `None`
/// without a history.
pub(super) fn retraining(
    session: &Session,
    (known, days, forecasts): (&Known, &[DaySummary], &[PlatformForecast]),
) -> Result<Option<Retraining>> {
    let Some(history) = &known.history else { return Ok(None) };
    let trained = Trained { at: session.brief.flight.start_of_day(0)?, rows: history.rows };
    let settled: Vec<_> = forecasts
        .iter()
        .flat_map(|platform| &platform.days)
        .filter_map(|day| Some((day.date, day.is_inside?)))
        .collect();
    let rows = days.iter().map(|day| day.platforms.len() as u64).sum();
    let since = Since { rows, coverage: rolling_coverage(&settled).last().copied() };
    // The end of the measured days and not the session's clock, which a resumed run has not set on.
    let end = session.brief.flight.start_of_day(i64::try_from(days.len()).unwrap_or(i64::MAX))?;
    Ok(Some(Schedule::default().decide(Some(&trained), &since, &ManualClock::at(end))))
}
