//! An interval with its middle, on the scale that a rate is learnt on.

/// A median between two ends, ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The lower end.
    pub low: f64,
    /// The median.
    pub value: f64,
    /// The upper end.
    pub high: f64,
}

impl Band {
    /// The central band of a distribution by its quantiles.
    pub(in crate::know::predict) fn central(level: f64, quantile: impl Fn(f64) -> f64) -> Self {
        let tail = (1.0 - level) / 2.0;
        Self { low: quantile(tail), value: quantile(0.5), high: quantile(1.0 - tail) }
    }

    /// Whether a value lies inside.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// The interval score of a result: the width plus 2 / (1 - level) times what a miss misses by; lower is better.
    pub fn score(&self, actual: f64, level: f64) -> f64 {
        let missed = (self.low - actual).max(actual - self.high).max(0.0);
        self.high - self.low + 2.0 / (1.0 - level) * missed
    }

    /// Both bands, quantile by quantile, `share` of the other one.
    pub(super) fn blended(&self, other: &Self, share: f64) -> Self {
        let mix = |own: f64, other: f64| own + share * (other - own);
        Self { low: mix(self.low, other.low), value: mix(self.value, other.value), high: mix(self.high, other.high) }
    }

    /// Without what lies below zero, which no rate reaches.
    pub(in crate::know::predict) fn without_negatives(self) -> Self {
        Self { low: self.low.max(0.0), value: self.value.max(0.0), high: self.high.max(0.0) }
    }
}
