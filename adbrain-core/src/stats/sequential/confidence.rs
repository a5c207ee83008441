//! Asymptotic confidence sequences: intervals that hold at all looks together, without a planned end.

use crate::stats::two_sample::Effect;
use crate::stats::vector::{each_row, ln_of_normal};
use crate::stats::{Defined, Interval, Undefined};

/// An asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
/// confidence sequences", 2023, equations 9 and 155; the same as gbstats' two-sided sequential test).
///
/// With N units in both arms, V the variance of the effect's estimate, a = alpha and rho^2 = (-2 ln a + ln(1 - 2 ln a)) / tuning:
/// half width = sqrt(V (N rho^2 + 1) (ln(N rho^2 + 1) - 2 ln a) / (N rho^2)); the p value is the smallest alpha' that would exclude 0 with
/// the same rho: 1 / e with e = exp(N rho^2 (effect^2 / V) / (2 (N rho^2 + 1))) / sqrt(N rho^2 + 1), at most 1.
///
/// The chance that any of its intervals, over all looks for ever, misses the truth is about alpha, in large samples. At discrete daily
/// looks it is far less (1 to 2 %), and a test needs more units than a group sequential one. It misleads with few units at the first
/// looks (start after some hundred per arm), and where the effect itself moves over time.
///
/// ```
/// use adbrain_core::stats::sequential::ConfidenceSequence;
/// use adbrain_core::stats::two_sample::{Effect, Summary};
/// let effect = Effect::absolute(&Summary::of_share(45.0, 1000)?, &Summary::of_share(65.0, 1000)?)?;
/// let look = ConfidenceSequence::new(0.05, 5000.0)?.at(&effect);
/// assert!((look.p_value - 0.4716908692568691).abs() < 1e-12);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceSequence {
    alpha: f64,
    /// -2 ln alpha.
    cost: f64,
    /// rho^2.
    rho2: f64,
}

/// What holds at a look and at all looks before and after it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlwaysValid {
    /// The estimate with its interval.
    pub interval: Interval,
    /// The p value against no effect; 1 where the look says nothing against it, never below the smallest positive number.
    pub p_value: f64,
}

/// The ends of intervals at many looks, in the unit of the estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// The lower ends.
    pub low: Vec<f64>,
    /// The upper ends.
    pub high: Vec<f64>,
}

impl ConfidenceSequence {
    /// A sequence that misses the truth at any look with a chance of `alpha` (0..1), tightest when both arms together have about
    /// `tuning` units (above zero; fix it before the test, near the sample size at which a verdict is hoped for).
    ///
    /// rho^2 = (-2 ln a + ln(1 - 2 ln a)) / tuning with a = alpha (Waudby-Smith and others, 2023); a tuning chosen after the data voids
    /// the promise.
    ///
    /// # Errors
    /// [`Undefined::Input`] for values outside these ranges.
    pub fn new(alpha: f64, tuning: f64) -> Defined<Self> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Undefined::Input { field: "alpha", problem: "must lie between 0 and 1" });
        }
        if !(tuning.is_finite() && tuning > 0.0) {
            return Err(Undefined::Input { field: "tuning_parameter", problem: "must be a number above zero" });
        }
        let cost = -2.0 * libm::log(alpha);
        Ok(Self { alpha, cost, rho2: (cost + libm::log1p(cost)) / tuning })
    }

    /// Half the width of the interval around an estimate with this variance from so many units, in the unit of the estimate:
    /// `sqrt(V m (ln m - 2 ln alpha) / (N rho^2))` with V the variance, N the units of both arms and m = N rho^2 + 1 (Waudby-Smith and
    /// others, 2023). Infinite (an interval that says nothing) where the variance or the units are not above zero, or not finite.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "loops over columns run in the vector unit when all of their work is inlined"
    )]
    #[expect(clippy::needless_bitwise_bool, reason = "a short cut is a branch")]
    pub fn half_width(&self, variance: f64, units: f64) -> f64 {
        let grown = units * self.rho2;
        let m = grown + 1.0;
        // No branch, and the root of std (which IEEE 754 rounds the same everywhere, and libm hides): the vector unit computes many looks
        // side by side.
        let half = (variance * m * (ln_of_normal(m) + self.cost) / grown).sqrt();
        if (variance > 0.0) & (units > 0.0) & (m < f64::INFINITY) { half } else { f64::INFINITY }
    }

    /// The ends of the intervals at many looks, from an estimate, its variance and the units of both arms at each: estimate less and plus
    /// [`ConfidenceSequence::half_width`] (Waudby-Smith and others, 2023). A look that says nothing has infinite ends.
    ///
    /// ```
    /// use adbrain_core::stats::sequential::ConfidenceSequence;
    /// let ends = ConfidenceSequence::new(0.05, 5000.0)?.intervals(&[0.02, 0.018], &[1e-4, 5e-5], &[2000.0, 4000.0])?;
    /// assert!(ends.low[1] > ends.low[0] && ends.high[1] < ends.high[0]);
    /// # Ok::<(), adbrain_core::stats::Undefined>(())
    /// ```
    ///
    /// # Errors
    /// [`Undefined::Input`] where the lists differ in length.
    pub fn intervals(&self, estimates: &[f64], variances: &[f64], units: &[f64]) -> Defined<Ends> {
        if variances.len() != estimates.len() {
            return Err(Undefined::Input { field: "variances", problem: "must be as many as the estimates" });
        }
        if units.len() != estimates.len() {
            return Err(Undefined::Input { field: "units", problem: "must be as many as the estimates" });
        }
        let [low, high] = each_row(
            [estimates, variances, units],
            #[inline(always)]
            |[estimate, variance, units]| {
                let half = self.half_width(variance, units);
                [estimate - half, estimate + half]
            },
        );
        Ok(Ends { low, high })
    }

    /// The p value of an estimate at a look, 0 to 1: 1 / e with `e = exp(N rho^2 z^2 / (2 (N rho^2 + 1))) / sqrt(N rho^2 + 1)`, N the
    /// units of both arms and z^2 = effect^2 / variance (Waudby-Smith and others, 2023). Valid at all looks together, in large samples.
    pub fn p_value(&self, effect: &Effect) -> f64 {
        let grown = effect.sample_size as f64 * self.rho2;
        let m = grown + 1.0;
        let ln_e = 0.5 * (grown / m * (effect.value * effect.value / effect.variance) - libm::log(m));
        libm::exp(-ln_e).clamp(f64::MIN_POSITIVE, 1.0)
    }

    /// The interval (estimate -+ [`ConfidenceSequence::half_width`]) and the p value of an effect, absolute or relative, at a look
    /// (Waudby-Smith and others, 2023). Both hold at all looks together; [`ConfidenceSequence`] says where they mislead.
    pub fn at(&self, effect: &Effect) -> AlwaysValid {
        let half = self.half_width(effect.variance, effect.sample_size as f64);
        let interval = Interval {
            estimate: effect.value,
            low: effect.value - half,
            high: effect.value + half,
            level: 1.0 - self.alpha,
            method: "asymptotic_confidence_sequence",
            sample_size: effect.sample_size,
        };
        AlwaysValid { interval, p_value: self.p_value(effect) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::two_sample::Summary;

    fn effect(x: [f64; 2], n: [u64; 2]) -> [Summary; 2] {
        [Summary::of_share(x[0], n[0]).unwrap(), Summary::of_share(x[1], n[1]).unwrap()]
    }

    #[test]
    fn intervals_and_p_values_are_those_of_gbstats() {
        let [control, treatment] = effect([10.0, 30.0], [200, 190]);
        let look = ConfidenceSequence::new(0.05, 1000.0).unwrap().at(&Effect::relative(&control, &treatment).unwrap());
        assert!((look.interval.low + 1.308_848_470_242_211_2).abs() < 1e-12, "{look:?}");
        assert!((look.interval.high - 5.624_637_943_926_421).abs() < 1e-12, "{look:?}");
        assert!((look.p_value - 0.482_430_881_886_848_63).abs() < 1e-12, "{look:?}");
    }

    #[test]
    fn the_p_value_reaches_alpha_where_the_interval_reaches_zero() {
        let sequence = ConfidenceSequence::new(0.05, 5000.0).unwrap();
        let value = sequence.half_width(1e-4, 3000.0);
        let p = sequence.p_value(&Effect { value, variance: 1e-4, sample_size: 3000 });
        assert!((p - 0.05).abs() < 1e-12, "{p}");
    }

    #[test]
    fn many_looks_at_once_equal_one_at_a_time_and_an_empty_look_says_nothing() {
        let sequence = ConfidenceSequence::new(0.05, 5000.0).unwrap();
        let variances = [1e-4, 0.0, f64::NAN, 1e-4];
        let found = sequence.intervals(&[0.25; 4], &variances, &[1000.0, 5.0, 5.0, f64::INFINITY]).unwrap();
        let half = sequence.half_width(1e-4, 1000.0);
        assert_eq!((found.low[0], found.high[0]), (0.25 - half, 0.25 + half));
        assert!(found.low[1..].iter().chain(&found.high[1..]).all(|end| end.is_infinite()), "{found:?}");
        for [variances, units] in [[&[1.0][..], &[]], [&[], &[1.0]]] {
            assert!(sequence.intervals(&[0.1], variances, units).unwrap_err().is_input());
        }
    }

    #[test]
    fn swapping_the_arms_mirrors_the_interval() {
        let [control, treatment] = effect([45.0, 65.0], [1000, 900]);
        let sequence = ConfidenceSequence::new(0.1, 2000.0).unwrap();
        let there = sequence.at(&Effect::absolute(&control, &treatment).unwrap());
        let back = sequence.at(&Effect::absolute(&treatment, &control).unwrap());
        assert_eq!((there.interval.low, there.p_value), (-back.interval.high, back.p_value));
    }
}
