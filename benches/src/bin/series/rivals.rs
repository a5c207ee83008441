//! The detectors that are compared: each gives the numbers of the points that it tells, and looks at nothing that comes later.

use std::collections::VecDeque;

use adbrain_core::Result;
use adbrain_core::alert::series::{Point, SeriesDetector, SeriesSettings};
use adbrain_core::stats::distribution::normal_sf;
use adbrain_core::stats::robust::median;
use jiff::SignedDuration;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: usize = 24;
/// A detector with a pause tells nothing for so many points after an alarm.
const PAUSE: usize = 24;

/// A detector by name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// `SeriesDetector` at its defaults.
    Ours,
    /// The same with another threshold, with and without a volume.
    OursAt(f64),
    /// More than 20 % above the hour before.
    PreviousHour,
    /// The same, with a pause.
    PreviousHourPaused,
    /// The `windowedGaussian` of the Numenta Anomaly Benchmark with its threshold for the standard profile.
    WindowedGaussian,
    /// Further than so many deviations (MAD of 14 days) from the median of the same hour of 14 days, with a pause.
    HourOfDay(f64),
}

impl Rule {
    pub(crate) fn all() -> [(&'static str, Self); 8] {
        [
            ("ours", Self::Ours),
            // The first default, by which the exchanges were read first.
            ("ours_first", Self::OursAt(4.25)),
            ("previous_hour", Self::PreviousHour),
            ("previous_hour_paused", Self::PreviousHourPaused),
            ("windowed_gaussian", Self::WindowedGaussian),
            ("hour_of_day_4", Self::HourOfDay(4.0)),
            ("hour_of_day_5", Self::HourOfDay(5.0)),
            ("hour_of_day_6", Self::HourOfDay(6.0)),
        ]
    }

    pub(crate) fn told(self, points: &[Point]) -> Result<Vec<usize>> {
        let values: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
        Ok(match self {
            Self::Ours => ours(points, SeriesSettings::default())?,
            Self::OursAt(threshold) => {
                let usual = SeriesSettings::default();
                ours(points, SeriesSettings { threshold, threshold_without_volume: threshold, ..usual })?
            }
            Self::PreviousHour => rises(&values),
            Self::PreviousHourPaused => paused(rises(&values)),
            Self::WindowedGaussian => windowed_gaussian(&values),
            Self::HourOfDay(deviations) => paused(hour_of_day(&values, deviations)),
        })
    }
}

fn ours(points: &[Point], settings: SeriesSettings) -> Result<Vec<usize>> {
    let readings = SeriesDetector::new(settings, HOUR)?.replay(points)?;
    let told = readings.iter().enumerate().filter(|(_, reading)| reading.alarm.is_some());
    Ok(told.map(|(number, _)| number).collect())
}

fn rises(values: &[f64]) -> Vec<usize> {
    let pairs = values.iter().zip(values.iter().skip(1)).enumerate();
    pairs.filter(|(_, (before, now))| **now > 1.2 * **before).map(|(number, _)| number + 1).collect()
}

fn paused(told: Vec<usize>) -> Vec<usize> {
    let mut last: Option<usize> = None;
    let mut kept = Vec::new();
    for number in told {
        if last.is_none_or(|last| number >= last + PAUSE) {
            last = Some(number);
            kept.push(number);
        }
    }
    kept
}

/// After `nab/detectors/gaussian/windowedGaussian_detector.py` (A. Lavin and S. Ahmad, "Evaluating real-time anomaly detection algorithms",
/// 2015): the normal tail beyond a value under mean and deviation of the window of 6,400 values, renewed by 100; told where
/// one less the tail rounds to 1.
fn windowed_gaussian(values: &[f64]) -> Vec<usize> {
    const WINDOW: usize = 6_400;
    const STEP: usize = 100;
    let (mut window, mut waiting) = (VecDeque::new(), Vec::new());
    let (mut mean, mut deviation) = (0.0, 1.0);
    let mut told = Vec::new();
    for (number, value) in values.iter().enumerate() {
        if !window.is_empty() && 1.0 - normal_sf((value - mean).abs() / deviation) >= 1.0 {
            told.push(number);
        }
        if window.len() < WINDOW {
            window.push_back(*value);
        } else {
            waiting.push(*value);
            if waiting.len() < STEP {
                continue;
            }
            window.drain(..STEP);
            window.extend(waiting.drain(..));
        }
        let count = window.len() as f64;
        mean = window.iter().sum::<f64>() / count;
        let square = window.iter().map(|kept| (kept - mean) * (kept - mean)).sum::<f64>() / count;
        deviation = if square > 0.0 { libm::sqrt(square) } else { 1e-6 };
    }
    told
}

fn hour_of_day(values: &[f64], deviations: f64) -> Vec<usize> {
    const DAYS: usize = 14;
    const LEAST: usize = 3;
    let mut residuals: VecDeque<f64> = VecDeque::new();
    let mut told = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let same = (1..=DAYS).filter_map(|day| values.get(number.checked_sub(day * DAY)?).copied());
        let same: Vec<f64> = same.collect();
        let Some(usual) = median(&same).filter(|_| same.len() >= LEAST) else { continue };
        let residual = value - usual;
        let distances: Vec<f64> = residuals.iter().map(|residual: &f64| residual.abs()).collect();
        let spread = 1.4826 * median(&distances).unwrap_or_default();
        if residuals.len() >= LEAST * DAY && residual.abs() > deviations * spread {
            told.push(number);
        }
        residuals.push_back(residual);
        if residuals.len() > DAYS * DAY {
            residuals.pop_front();
        }
    }
    told
}
