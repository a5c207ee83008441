//! The rule `cost_spike`: does the last hour cost more than this hour usually does?

use jiff::{SignedDuration, Timestamp};

use super::finding::{Finding, Side};
use super::{CostSpikeRule, Observation};
use crate::model::{Message, Metrics};
use crate::stats::robust::{deviation, median};

/// An hour that ended longer ago says nothing about now.
const MAX_DATA_AGE: SignedDuration = SignedDuration::from_hours(2);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Compares ln CPM of the last full hour with the median of the same hour of the days before.
///
/// The standard error is the greater of two: what counts alone explain, sqrt(1 / N + 1 / sum of N of the baseline) for impressions
/// whose prices vary by their own mean (exponential), and what the hours of the baseline themselves show, the robust deviation of each
/// from the median of the same hour of the other days. The same hour is found 24 hours back, so in the days after a
/// change of clocks it is the neighbouring one.
pub(super) fn evaluate(rule: &CostSpikeRule, seen: &Observation<'_>) -> Finding {
    let Some((start, last)) = last_full_hour(seen) else { return Finding::unknown() };
    let is_thin = last.impressions < rule.min_impressions_per_hour;
    if is_thin || seen.at.duration_since(start + HOUR) > MAX_DATA_AGE {
        return Finding::unknown();
    }
    match compare(rule, seen.hourly, (start, last)) {
        Some(compared) if compared.days >= rule.min_baseline_days as usize => judge(rule, &compared),
        _ => Finding::unknown(),
    }
}

/// The start and the figures of the newest hour that is over.
pub(super) fn last_full_hour<'a>(seen: &Observation<'a>) -> Option<(Timestamp, &'a Metrics)> {
    let newest = seen.hourly.iter().rev().find(|(start, _)| *start + HOUR <= seen.at);
    newest.map(|(start, metrics)| (*start, metrics))
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

/// Compares an hour with the same hour of the days before that have enough impressions.
pub(super) fn compare(
    rule: &CostSpikeRule,
    hourly: &[(Timestamp, Metrics)],
    (start, last): (Timestamp, &Metrics),
) -> Option<Compared> {
    let baseline = same_hour(rule, hourly, start);
    let logs: Vec<f64> = baseline.iter().filter_map(|hour| log_cpm(hour)).collect();
    let (now, usual) = (log_cpm(last)?, median(&logs)?);
    let counted: u64 = baseline.iter().map(|hour| hour.impressions).sum();
    let sampling = libm::sqrt(1.0 / last.impressions as f64 + 1.0 / counted as f64);
    let error = sampling.max(spread(rule, hourly, start));
    Some(Compared { now, usual, error, days: logs.len() })
}

fn judge(rule: &CostSpikeRule, compared: &Compared) -> Finding {
    let Compared { now, usual, error, days } = *compared;
    let rise = libm::expm1(now - usual);
    let z = (now - usual) / error;
    let side = if rise > rule.rise && z > rule.standard_errors {
        Side::Fires
    } else if rise < rule.clear_rise {
        Side::Calm
    } else {
        Side::Between
    };
    let message = Message::new("alert-cost-spike").with("change", percent(rise));
    let evidence = [
        ("cpm", libm::exp(now)),
        ("usual_cpm", libm::exp(usual)),
        ("change", rise),
        ("standard_errors", z),
        ("baseline_days", days as f64),
    ];
    Finding::new(side, message, evidence)
}

/// The hours at the same time of day on the days before `start` that have enough impressions.
fn same_hour<'a>(rule: &CostSpikeRule, hourly: &'a [(Timestamp, Metrics)], start: Timestamp) -> Vec<&'a Metrics> {
    let at = |days: u32| start.checked_sub(DAY * i32::try_from(days).unwrap_or(i32::MAX)).ok();
    let hours: Vec<Timestamp> = (1..=rule.max_baseline_days).filter_map(at).collect();
    let counts = |(hour, metrics): &&(Timestamp, Metrics)| {
        hours.contains(hour) && metrics.impressions >= rule.min_impressions_per_hour
    };
    hourly.iter().filter(counts).map(|(_, metrics)| metrics).collect()
}

/// The robust deviation of ln CPM of the last day's hours in the baseline, each against the median of the same hour of the other
/// days: what a new hour differs by where nothing has happened.
fn spread(rule: &CostSpikeRule, hourly: &[(Timestamp, Metrics)], start: Timestamp) -> f64 {
    let residuals: Vec<f64> = (0..24)
        .filter_map(|hours| start.checked_sub(HOUR * hours).ok())
        .flat_map(|hour| {
            let logs: Vec<f64> = same_hour(rule, hourly, hour).into_iter().filter_map(log_cpm).collect();
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

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
fn percent(ratio: f64) -> i64 {
    libm::round(ratio * 100.0).clamp(-100.0, 1e9) as i64
}
