//! Two samples of values: summaries that add up, and Welch's test on them.

use super::Interval;
use super::distribution::{t_quantile, t_two_sided};

/// Count, mean and sum of squared deviations of a sample. Summaries of parts merge to the summary of the whole.
///
/// ```
/// use adbrain_core::stats::two_sample::Summary;
/// let whole = Summary::of(&[1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(Summary::of(&[1.0, 2.0]).merge(&Summary::of(&[3.0, 4.0])), whole);
/// assert_eq!(whole.mean, 2.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// The number of values.
    pub n: u64,
    /// Their mean; zero for an empty sample.
    pub mean: f64,
    /// The sum of (x - mean)^2.
    pub m2: f64,
}

impl Summary {
    /// Sums up values; those that are not finite are left out, which `n` shows.
    pub fn of(values: &[f64]) -> Self {
        values.iter().fold(Self::default(), |summary, value| summary.with(*value))
    }

    /// The summary with one more value (Welford, "Note on a method for calculating corrected sums of squares", 1962).
    #[must_use]
    pub fn with(self, value: f64) -> Self {
        if !value.is_finite() {
            return self;
        }
        let n = self.n + 1;
        let delta = value - self.mean;
        let mean = self.mean + delta / n as f64;
        Self { n, mean, m2: self.m2 + delta * (value - mean) }
    }

    /// The summary of both samples together (Chan and others, "Updating formulae and a pairwise algorithm for computing sample
    /// variances", 1979): `m2 = m2_a + m2_b + d^2 n_a n_b / (n_a + n_b)`.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { *other } else { *self };
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let delta = other.mean - self.mean;
        Self {
            n: self.n + other.n,
            mean: self.mean + delta * b / (a + b),
            m2: self.m2 + other.m2 + delta * delta * a * b / (a + b),
        }
    }

    /// The sample variance, m2 / (n - 1); `None` below two values.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.m2 / (self.n - 1) as f64)
    }
}

/// What Welch's test says about two means.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanDifference {
    /// Mean of the first sample minus mean of the second.
    pub difference: Interval,
    /// Two-sided p value against equal means.
    pub p_value: f64,
    /// The test statistic.
    pub t: f64,
    /// The degrees of freedom by Welch and Satterthwaite.
    pub degrees_of_freedom: f64,
}

/// Welch's t test: the difference of two means without assuming equal variances.
///
/// t = (m1 - m2) / sqrt(u1 + u2) with u = s^2 / n, and df = (u1 + u2)^2 / (u1^2 / (n1 - 1) + u2^2 / (n2 - 1)) (Welch, "The
/// generalization of Student's problem when several different population variances are involved", 1947). Student's pooled test
/// errs in 36 % of cases with a 1:9 split and a threefold spread; ad budgets are never split equally. The values must be
/// independent: give days or regions, not impressions. `None` below two values in a sample, without any spread, or for a level
/// outside 0..1.
pub fn welch(first: &Summary, second: &Summary, level: f64) -> Option<MeanDifference> {
    let (n1, n2) = (first.n as f64, second.n as f64);
    let (u1, u2) = (first.variance()? / n1, second.variance()? / n2);
    let error = libm::sqrt(u1 + u2);
    if !(error > 0.0 && level > 0.0 && level < 1.0) {
        return None;
    }
    let difference = first.mean - second.mean;
    let degrees_of_freedom = (u1 + u2) * (u1 + u2) / (u1 * u1 / (n1 - 1.0) + u2 * u2 / (n2 - 1.0));
    let t = difference / error;
    let half = t_quantile(f64::midpoint(1.0, level), degrees_of_freedom) * error;
    Some(MeanDifference {
        difference: Interval {
            estimate: difference,
            low: difference - half,
            high: difference + half,
            level,
            method: "welch_t",
            sample_size: first.n + second.n,
        },
        p_value: t_two_sided(t, degrees_of_freedom),
        t,
        degrees_of_freedom,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::effect::{cohen_d, cohen_h, hedges_g};

    // tests/golden/make_stats.py holds the same values.
    const A: [f64; 7] = [2.1, 1.4, 3.3, 2.8, 1.9, 2.2, 4.1];
    const B: [f64; 5] = [1.2, 0.8, 1.9, 1.1, 2.4];

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() < 1e-10 * theirs.abs().max(1.0), "{ours} is not {theirs}");
    }

    #[test]
    fn welch_is_that_of_scipy_and_statsmodels() {
        let found = welch(&Summary::of(&A), &Summary::of(&B), 0.95).unwrap();
        close(found.t, 2.337_443_178_114_510_6);
        close(found.degrees_of_freedom, 9.992_921_918_512_724);
        close(found.p_value, 0.041_537_147_680_909_78);
        close(found.difference.low, 0.049_604_411_462_131_9);
        close(found.difference.high, 2.076_109_874_252_152_7);
    }

    #[test]
    fn effect_sizes_are_those_of_numpy() {
        let (a, b) = (Summary::of(&A), Summary::of(&B));
        close(cohen_d(&a, &b).unwrap(), 1.288_416_483_104_713_1);
        close(hedges_g(&a, &b).unwrap(), 1.189_307_522_865_889_1);
        close(cohen_h(0.3, 0.2), 0.231_984_262_725_796_3);
    }

    #[test]
    fn parts_merge_to_the_whole_in_any_order() {
        let whole = Summary::of(&A);
        for at in 0..=A.len() {
            let (left, right) = (Summary::of(&A[..at]), Summary::of(&A[at..]));
            for merged in [left.merge(&right), right.merge(&left)] {
                close(merged.mean, whole.mean);
                close(merged.m2, whole.m2);
                assert_eq!(merged.n, whole.n);
            }
        }
    }

    #[test]
    fn samples_without_spread_or_size_give_no_answer() {
        let (one, flat) = (Summary::of(&[1.0]), Summary::of(&[1.0, 1.0]));
        assert_eq!(welch(&one, &flat, 0.95), None);
        assert_eq!(welch(&flat, &flat, 0.95), None);
        assert_eq!(Summary::of(&[1.0, f64::NAN]).n, 1);
    }
}
