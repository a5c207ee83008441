//! The shape that every result of this folder shares.

use crate::model::Estimate;

/// An estimate with its interval, level, method and sample size.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// The best single number.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The level, 0.95 for 95 %.
    pub level: f64,
    /// The name of the method: `wilson`.
    pub method: &'static str,
    /// The units that it rests on, over all samples.
    pub sample_size: u64,
}

impl Interval {
    /// Whether a value lies between the ends, ends included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

impl From<Interval> for Estimate {
    fn from(interval: Interval) -> Self {
        Self {
            value: interval.estimate,
            low: interval.low,
            high: interval.high,
            level: interval.level,
            method: interval.method.to_owned(),
            sample_size: interval.sample_size,
            warnings: Vec::new(),
        }
    }
}
