//! Full hours: those of ad sets together, and the last one beside the same hour of the days before.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{MetricSettings, Observation};
use crate::error::Result;
use crate::model::Metrics;
use crate::stats::robust::{deviation, median};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The start and the figures of the newest hour that is over.
pub(super) fn last_full_hour<'a>(seen: &Observation<'a>) -> Option<(Timestamp, &'a Metrics)> {
    let newest = seen.hourly.iter().rev().find(|(start, _)| *start + HOUR <= seen.at);
    newest.map(|(start, metrics)| (*start, metrics))
}

/// The hours of ad sets that are over, after the last one that was read, each with the figures of all of them together.
pub(super) fn together(seen: &[&Observation<'_>], last: Option<Timestamp>) -> Result<BTreeMap<Timestamp, Metrics>> {
    let mut hours: BTreeMap<Timestamp, Metrics> = BTreeMap::new();
    for one in seen {
        let newest = one.hourly.iter().rev().take_while(|(start, _)| last.is_none_or(|last| *start > last));
        for (start, metrics) in newest.filter(|(start, _)| *start + HOUR <= one.at) {
            let sum = hours.entry(*start).or_insert_with(|| Metrics::none(metrics.spend.currency()));
            *sum = sum.merge(metrics)?;
        }
    }
    Ok(hours)
}

/// An hour beside the same hour of the days before.
pub(super) struct Compared {
    /// Its ln CPM.
    pub(super) now: f64,
    /// The median of ln CPM of the days before.
    pub(super) usual: f64,
    /// The standard error of their difference.
    pub(super) error: f64,
    /// The days before that have the hour.
    pub(super) days: usize,
}

/// Compares ln CPM of an hour with the median of the same hour of the days before that have enough impressions.
///
/// The standard error is the greater of two: what counts alone explain, sqrt(1 / N + 1 / sum of N of the baseline) for impressions
/// whose prices vary by their own mean (exponential), and what the hours of the baseline themselves show, the robust deviation of each
/// from the median of the same hour of the other days. The same hour is found 24 hours back, so in the days after a
/// change of clocks it is the neighbouring one.
pub(super) fn compare(
    settings: &MetricSettings,
    hourly: &[(Timestamp, Metrics)],
    (start, last): (Timestamp, &Metrics),
) -> Option<Compared> {
    let baseline = same_hour(settings, hourly, start);
    let logs: Vec<f64> = baseline.iter().filter_map(|hour| log_cpm(hour)).collect();
    let (now, usual) = (log_cpm(last)?, median(&logs)?);
    let counted: u64 = baseline.iter().map(|hour| hour.impressions).sum();
    let sampling = libm::sqrt(1.0 / last.impressions as f64 + 1.0 / counted as f64);
    let error = sampling.max(spread(settings, hourly, start));
    Some(Compared { now, usual, error, days: logs.len() })
}

/// The hours at the same time of day on the days before `start` that have enough impressions; hours are in order of time.
fn same_hour<'a>(settings: &MetricSettings, hourly: &'a [(Timestamp, Metrics)], start: Timestamp) -> Vec<&'a Metrics> {
    let hour = |days: u32| {
        let at = start.checked_sub(DAY * i32::try_from(days).unwrap_or(i32::MAX)).ok()?;
        let place = hourly.binary_search_by_key(&at, |(start, _)| *start).ok()?;
        hourly.get(place).map(|(_, metrics)| metrics)
    };
    let hours = (1..=settings.max_baseline_days).filter_map(hour);
    hours.filter(|metrics| metrics.impressions >= settings.min_impressions_per_hour).collect()
}

/// The robust deviation of ln CPM of the last day's hours in the baseline, each against the median of the same hour of the other
/// days: what a new hour differs by where nothing has happened.
fn spread(settings: &MetricSettings, hourly: &[(Timestamp, Metrics)], start: Timestamp) -> f64 {
    let residuals: Vec<f64> = (0..24)
        .filter_map(|hours| start.checked_sub(HOUR * hours).ok())
        .flat_map(|hour| {
            let logs: Vec<f64> = same_hour(settings, hourly, hour).into_iter().filter_map(log_cpm).collect();
            left_out_residuals(&logs)
        })
        .collect();
    deviation(&residuals).unwrap_or_default()
}

/// Each value minus the median of the others. The value itself must be left out: one of three is its own median, and the spread would
/// look too small.
fn left_out_residuals(values: &[f64]) -> Vec<f64> {
    let others = |left_out: usize| -> Vec<f64> {
        values.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, value)| *value).collect()
    };
    values.iter().enumerate().filter_map(|(index, value)| Some(value - median(&others(index))?)).collect()
}

pub(super) fn log_cpm(metrics: &Metrics) -> Option<f64> {
    metrics.cpm().filter(|cpm| *cpm > 0.0).map(libm::log)
}
