//! Planning of t tests.

use super::{Alternative, inside, normal_reach, positive, reachable, whole_up};
use crate::stats::distribution::{noncentral_t_cdf, normal_quantile, t_quantile};
use crate::stats::root::bracketed;
use crate::stats::{Defined, Undefined};

/// Doublings of a bracket; so many reach any finite size.
const MAX_DOUBLINGS: u32 = 200;
const TOLERANCE: f64 = 1e-13;

/// A planned t test on two means.
///
/// d is the difference of the means over the standard deviation, n the units of control, k n those of treatment. The statistic is
/// noncentral t with `df = n + k n - 2` and `d sqrt(k n / (1 + k))`; power is its share beyond the critical value (Cohen, "Statistical power
/// analysis for the behavioral sciences", 1988; the same numbers as statsmodels' `TTestIndPower`). Assumes equal variances and nearly normal
/// means: plan heavy-tailed revenue with days or by simulation.
///
/// ```
/// use adbrain_core::stats::power::TTest;
/// let needed = TTest::usual().sample_size(0.5, 0.8)?;
/// assert!((needed - 63.7656).abs() < 1e-4); // 64 per arm
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TTest {
    /// The probability of a finding where there is nothing: 0.05.
    pub alpha: f64,
    /// Units of treatment per unit of control: 1.
    pub ratio: f64,
    /// The differences it looks for.
    pub alternative: Alternative,
}

impl TTest {
    /// Two-sided at five percent with arms of equal size, the trade's usual choice (Cohen, 1988).
    pub fn usual() -> Self {
        Self { alpha: 0.05, ratio: 1.0, alternative: Alternative::TwoSided }
    }

    /// The probability to show an effect of `effect` standard deviations with `n_control` units in control: the share of noncentral t,
    /// with the degrees of freedom and noncentrality of [`TTest`], beyond the critical values of Student's t, on both sides where
    /// two-sided (Cohen, 1988). The assumptions stand there too.
    ///
    /// # Errors
    /// [`Undefined::Input`] naming what is out of range, [`Undefined::TooFew`] without a degree of freedom.
    pub fn power(&self, effect: f64, n_control: f64) -> Defined<f64> {
        self.check(effect)?;
        if self.degrees(positive("n_control", n_control)?) <= 0.0 {
            return Err(Undefined::TooFew { needed: 2 });
        }
        Ok(self.power_at(effect, n_control))
    }

    /// The units of control that show an effect of `effect` standard deviations with probability `power`; not rounded. It solves
    /// [`TTest::power`] for n (Cohen, 1988); treatment gets `ratio` times as many.
    ///
    /// # Errors
    /// [`Undefined::Input`] for an effect of zero or against the alternative, a power that is not above alpha, or what is out of range.
    pub fn sample_size(&self, effect: f64, power: f64) -> Defined<f64> {
        self.check(effect)?;
        reachable(power, self.alpha)?;
        let along = if self.alternative == Alternative::Less { -effect } else { effect };
        if effect.abs() <= 0.0 || (self.alternative != Alternative::TwoSided && along < 0.0) {
            return Err(Undefined::Input {
                field: "effect",
                problem: "must differ from zero, on the alternative's side",
            });
        }
        let missing = |n: f64| self.power_at(effect, n) - power;
        let least = (2.0 + 1e-6) / (1.0 + self.ratio);
        let start = normal_reach(self.alternative, self.alpha, power) / effect;
        // Student's t needs about z^2 / 4 units more than the normal (Guenther, 1981).
        let z = normal_quantile(self.alternative.tail(self.alpha));
        let guess = (start * start * (1.0 + 1.0 / self.ratio) + z * z / 4.0).max(least);
        let Some(bracket) = around(missing, guess, least) else { return Ok(least) };
        bracketed(missing, bracket, TOLERANCE)
    }

    /// The smallest effect, in standard deviations, that `n_control` units of control show with probability `power`; below zero for
    /// [`Alternative::Less`]. It solves [`TTest::power`] for the effect (Cohen, 1988).
    ///
    /// # Errors
    /// As [`TTest::power`] and for a power that is not above alpha.
    pub fn smallest_effect(&self, n_control: f64, power: f64) -> Defined<f64> {
        self.check(0.0)?;
        reachable(power, self.alpha)?;
        if self.degrees(positive("n_control", n_control)?) <= 0.0 {
            return Err(Undefined::TooFew { needed: 2 });
        }
        let sign = if self.alternative == Alternative::Less { -1.0 } else { 1.0 };
        let missing = |effect: f64| self.power_at(sign * effect, n_control) - power;
        let guess = normal_reach(self.alternative, self.alpha, power) / libm::sqrt(self.units(n_control));
        let bracket = around(missing, guess, 0.0).ok_or(Undefined::NotConverged)?;
        Ok(sign * bracketed(missing, bracket, TOLERANCE)?)
    }

    fn check(&self, effect: f64) -> Defined<()> {
        inside("alpha", self.alpha)?;
        positive("ratio", self.ratio)?;
        if effect.is_finite() {
            return Ok(());
        }
        Err(Undefined::Input { field: "effect", problem: "must be finite" })
    }

    fn degrees(&self, n_control: f64) -> f64 {
        n_control * (1.0 + self.ratio) - 2.0
    }

    /// Half the harmonic mean of the two sizes: the variance of the difference is 1 over it.
    fn units(&self, n_control: f64) -> f64 {
        n_control * self.ratio / (1.0 + self.ratio)
    }

    fn power_at(&self, effect: f64, n_control: f64) -> f64 {
        let shift = effect * libm::sqrt(self.units(n_control));
        beyond(shift, self.degrees(n_control), self.alpha, self.alternative)
    }
}

/// The share of a noncentral t beyond the critical values.
fn beyond(shift: f64, degrees: f64, alpha: f64, alternative: Alternative) -> f64 {
    let critical = -t_quantile(alternative.tail(alpha), degrees);
    let above = |shift: f64| noncentral_t_cdf(-critical, degrees, -shift);
    let power = match alternative {
        Alternative::TwoSided => above(shift.abs()) + above(-shift.abs()),
        Alternative::Greater => above(shift),
        Alternative::Less => above(-shift),
    };
    power.clamp(0.0, 1.0)
}

/// A bracket around the root of a rising function, from a good guess; `None` where it is above zero at `least` already.
fn around(of: impl Fn(f64) -> f64, guess: f64, least: f64) -> Option<[f64; 2]> {
    let (mut low, mut high) = ((guess * 0.98).max(least), guess * 1.02);
    for _ in 0..MAX_DOUBLINGS {
        if of(high) >= 0.0 || !high.is_finite() {
            break;
        }
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..MAX_DOUBLINGS {
        if of(low) <= 0.0 {
            return Some([low, high]);
        }
        if low <= least {
            return None;
        }
        (high, low) = (low, (low / 2.0).max(least));
    }
    None
}

/// The probability to show a mean difference of `effect` standard deviations of the differences with `pairs` pairs, such as days, by a
/// two-sided paired t test: the share of noncentral t with `pairs - 1` degrees of freedom and noncentrality `effect sqrt(pairs)` beyond
/// the critical values at alpha / 2 (Cohen, 1988).
///
/// Assumes pairs that are independent of each other and nearly normal differences: days that drag each other along have less power.
///
/// # Errors
/// [`Undefined::Input`] naming what is out of range, [`Undefined::TooFew`] below two pairs.
pub fn paired_power(effect: f64, pairs: f64, alpha: f64) -> Defined<f64> {
    TTest { alpha, ..TTest::usual() }.check(effect)?;
    if positive("pairs", pairs)? <= 1.0 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    Ok(beyond(effect * libm::sqrt(pairs), pairs - 1.0, alpha, Alternative::TwoSided))
}

/// The pairs that show a mean difference of `effect` standard deviations of the differences with probability `power`; not rounded. It
/// solves [`paired_power`] for the pairs (Cohen, 1988), with the same assumptions.
///
/// # Errors
/// As [`TTest::sample_size`].
pub fn paired_sample_size(effect: f64, power: f64, alpha: f64) -> Defined<f64> {
    TTest { alpha, ..TTest::usual() }.check(effect)?;
    reachable(power, alpha)?;
    if effect.abs() <= 0.0 {
        return Err(Undefined::Input { field: "effect", problem: "must differ from zero" });
    }
    let least = 1.0 + 1e-6;
    let missing = |pairs: f64| beyond(effect * libm::sqrt(pairs), pairs - 1.0, alpha, Alternative::TwoSided) - power;
    let start = normal_reach(Alternative::TwoSided, alpha, power) / effect;
    let Some(bracket) = around(missing, (start * start + 2.0).max(least), least) else { return Ok(least) };
    bracketed(missing, bracket, TOLERANCE)
}

/// Units per arm of a two-sided comparison of two means that differ by so many standard deviations, rounded up, at least 2; `None` where
/// there is no such number. [`TTest::sample_size`] with equal arms (Cohen, 1988), which says why there is none. Assumes independent
/// units, equal variances and nearly normal means.
pub fn sample_size_two_means(effect_in_deviations: f64, power: f64, alpha: f64) -> Option<u64> {
    let needed = TTest { alpha, ..TTest::usual() }.sample_size(effect_in_deviations, power).ok()?;
    whole_up(needed, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, theirs: f64) {
        assert!((ours / theirs - 1.0).abs() < 1e-9, "{ours} is not {theirs}");
    }

    #[test]
    fn sizes_powers_and_effects_are_those_of_statsmodels() {
        let test = TTest::usual();
        close(test.sample_size(0.05, 0.8).unwrap(), 6_280.048_916_291_407);
        close(test.sample_size(-0.8, 0.8).unwrap(), 25.524_571_854_446_116);
        close(test.power(0.1, 1000.0).unwrap(), 0.608_366_705_809_178_5);
        close(TTest { ratio: 2.0, ..test }.power(0.3, 50.0).unwrap(), 0.405_609_665_776_375_6);
        close(TTest { alpha: 0.01, ..test }.power(0.05, 5000.0).unwrap(), 0.469_612_656_239_874_36);
        close(test.power(0.5, 5.0).unwrap(), 0.107_685_989_797_555_88);
        let smallest = test.smallest_effect(1000.0, 0.8).unwrap();
        // statsmodels stops its search at 3e-8.
        assert!((smallest / 0.125_350_805_297_036_96 - 1.0).abs() < 1e-7, "{smallest}");
        assert_eq!(sample_size_two_means(0.5, 0.8, 0.05), Some(64));
    }

    #[test]
    fn size_power_and_effect_invert_each_other() {
        for alternative in [Alternative::TwoSided, Alternative::Greater] {
            for ratio in [0.2, 1.0, 3.0] {
                let test = TTest { alpha: 0.02, ratio, alternative };
                for effect in [0.02, 0.3, 1.5] {
                    let needed = test.sample_size(effect, 0.9).unwrap();
                    close(test.power(effect, needed).unwrap(), 0.9);
                    close(test.smallest_effect(needed, 0.9).unwrap(), effect);
                    let mirrored = TTest { alternative: Alternative::Less, ..test };
                    if alternative == Alternative::Greater {
                        close(mirrored.sample_size(-effect, 0.9).unwrap(), needed);
                    }
                }
            }
        }
        let pairs = paired_sample_size(0.4, 0.8, 0.05).unwrap();
        assert!((pairs / 51.009_447_295_600_204 - 1.0).abs() < 1e-7, "{pairs}");
        close(paired_power(0.4, pairs, 0.05).unwrap(), 0.8);
    }

    #[test]
    fn impossible_plans_are_named() {
        let test = TTest::usual();
        assert!(test.sample_size(0.0, 0.8).unwrap_err().is_input());
        assert!(test.sample_size(0.1, 0.05).unwrap_err().is_input());
        assert!(test.power(f64::NAN, 10.0).unwrap_err().is_input());
        assert!(TTest { alpha: 0.0, ..test }.power(0.1, 10.0).unwrap_err().is_input());
        assert_eq!(test.power(0.1, 1.0), Err(Undefined::TooFew { needed: 2 }));
        let greater = TTest { alternative: Alternative::Greater, ..test };
        assert!(greater.sample_size(-0.1, 0.8).unwrap_err().is_input());
        assert!(test.sample_size(50.0, 0.8).unwrap() < 2.0);
    }
}
