//! What was forecast for each day of the run, what came, and whether the predictor should learn again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::learn::Known;
use super::real;
use super::result::{DaySummary, PlatformForecast};
use super::session::Session;
use super::summary::Measured;
use crate::clock::ManualClock;
use crate::error::Result;
use crate::measure;
use crate::model::{Maturity, Metrics, MetricsRow, Platform, PlatformChoice};
use crate::predict::backtest::{
    DayResult, Retraining, Schedule, Settled, Since, Trained, forecast_days, rolling_coverage,
};

/// A day of a platform, from the moment on from which late conversions could hardly change it any more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettledDay {
    pub(super) platform: Platform,
    pub(super) date: Date,
    /// The first day at whose start it had settled.
    pub(super) on: Date,
    /// Its ROAS as known then.
    pub(super) roas: f64,
}

/// Adds the days that have settled by now, with what is known of them now.
pub(super) fn settle(
    known: &mut Vec<SettledDay>,
    rows: &[MetricsRow],
    (now, zone): (Timestamp, &TimeZone),
) -> Result<()> {
    let date = |moment: Timestamp| moment.to_zoned_datetime(zone.clone()).date();
    let mut days: BTreeMap<(Platform, Date), Vec<MetricsRow>> = BTreeMap::new();
    for row in rows {
        days.entry((row.platform, date(row.start))).or_default().push(row.clone());
    }
    for ((platform, day), rows) in days {
        let is_known = known.iter().any(|one| (one.platform, one.date) == (platform, day));
        let completeness = measure::overall_completeness(&rows, now).unwrap_or(1.0);
        if is_known || measure::maturity_of(completeness) == Maturity::Immature {
            continue;
        }
        let reached = measure::by_platform(&rows)?.get(&platform).and_then(Metrics::roas);
        known.extend(reached.map(|roas| SettledDay {
            platform,
            date: day,
            on: real::first_day_after(now, zone),
            roas,
        }));
    }
    Ok(())
}

/// Forecasts each day of each platform from the expectation before launch and the days that had settled when it began.
pub(super) fn forecasts(
    chosen: &[PlatformChoice],
    (days, settled): (&[DaySummary], &[SettledDay]),
) -> Vec<PlatformForecast> {
    let of = |choice: &PlatformChoice| {
        let result = |day: &DaySummary| {
            let roas = day.platforms.get(&choice.platform)?.roas();
            let is_it = |one: &&SettledDay| (one.platform, one.date) == (choice.platform, day.date);
            let settled = settled.iter().find(is_it).map(|one| Settled { on: one.on, roas: one.roas });
            Some(DayResult { date: day.date, roas, settled })
        };
        let results: Vec<DayResult> = days.iter().filter_map(result).collect();
        let days = forecast_days(&choice.expected_roas, &results);
        let settled: Vec<_> = days.iter().filter_map(|day| Some((day.date, day.is_inside?))).collect();
        PlatformForecast { platform: choice.platform, calibration: rolling_coverage(&settled), days }
    };
    chosen.iter().map(of).collect()
}

/// Whether each settled day lay inside its interval.
pub(super) fn inside(forecasts: &[PlatformForecast]) -> Vec<(Date, bool)> {
    let days = forecasts.iter().flat_map(|platform| &platform.days);
    days.filter_map(|day| Some((day.date, day.is_inside?))).collect()
}

/// Whether the model in use is to be followed by another at the end of the run: by then it has not seen the settled days of the run's ads.
/// `None` without a model.
pub(super) fn retraining(
    session: &Session,
    (known, measured, forecasts): (&Known, &Measured, &[PlatformForecast]),
) -> Result<Option<Retraining>> {
    let Some(training) = &known.training else { return Ok(None) };
    let trained = Trained { at: training.at, rows: training.rows };
    let rows = training.unseen + measured.rows.len() as u64;
    let since = Since { rows, coverage: rolling_coverage(&inside(forecasts)).last().copied() };
    // The end of the measured days and not the session's clock, which a resumed run has not set on.
    let end = session.brief.flight.start_of_day(i64::try_from(measured.days.len()).unwrap_or(i64::MAX))?;
    Ok(Some(Schedule::default().decide(Some(&trained), &since, &ManualClock::at(end))))
}
