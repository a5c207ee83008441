//! One arm's ratio and its variance.

use crate::stats::distribution::t_quantile;
use crate::stats::two_sample::{CrossSummary, check_level};
use crate::stats::{Defined, Undefined};

/// An arm's number, the variance of that number, and the units that it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::stats) struct Measured {
    pub(in crate::stats) value: f64,
    pub(in crate::stats) variance: f64,
    pub(in crate::stats) units: u64,
}

impl Measured {
    /// The ratio of the means of y and x with its variance by the delta method: with R the ratio and s the sample (co)variances,
    /// `(s_yy - 2 R s_xy + R^2 s_xx) / (n mean_x^2)`.
    pub(in crate::stats) fn ratio(pairs: &CrossSummary) -> Defined<Self> {
        let covariance = pairs.covariance()?;
        if ![pairs.mean_x, pairs.mean_y, pairs.m2_x, pairs.m2_y, pairs.c_xy].iter().all(|moment| moment.is_finite()) {
            return Err(Undefined::NotFinite);
        }
        if pairs.mean_x.abs() <= 0.0 {
            return Err(Undefined::DenominatorNearZero);
        }
        let value = pairs.mean_y / pairs.mean_x;
        let before = (pairs.n - 1) as f64;
        let spread = pairs.m2_y / before - 2.0 * value * covariance + value * value * (pairs.m2_x / before);
        let variance = without_rounding(spread, pairs.m2_y / before) / (pairs.mean_x * pairs.mean_x) / pairs.n as f64;
        if !(value.is_finite() && variance.is_finite()) {
            return Err(Undefined::DenominatorNearZero);
        }
        Ok(Self { value, variance, units: pairs.n })
    }

    /// As [`Self::ratio`], where the mean of x can be told from zero at the level: `mean_x^2 > q^2 s_xx / n` with q the t quantile at n - 1
    /// degrees of freedom, the rule of [`fieller`](super::fieller).
    pub(in crate::stats) fn ratio_at(pairs: &CrossSummary, level: f64) -> Defined<Self> {
        check_level(level)?;
        let measured = Self::ratio(pairs)?;
        let before = measured.units_less_one();
        let reach = t_quantile(f64::midpoint(1.0, level), before);
        let error = pairs.m2_x / before / pairs.n as f64;
        if pairs.mean_x * pairs.mean_x <= reach * reach * error {
            return Err(Undefined::DenominatorNearZero);
        }
        Ok(measured)
    }

    /// Its variance relative to its square.
    pub(super) fn relative_variance(&self) -> f64 {
        self.variance / self.value / self.value
    }

    pub(super) fn units_less_one(&self) -> f64 {
        self.units as f64 - 1.0
    }
}

/// A difference of sums that is not above what rounding leaves of the largest of them is zero.
pub(in crate::stats) fn without_rounding(difference: f64, largest: f64) -> f64 {
    const ROUNDING: f64 = 1e-14;
    if difference <= ROUNDING * largest { 0.0 } else { difference }
}
