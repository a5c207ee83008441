//! The mean of an arm with its variance, and the effect of one arm against another.

use super::two_sample::Summary;
use super::{Defined, Undefined};

/// The mean of an arm and the variance of that mean.
///
/// ```
/// use adbrain_core::stats::arm_mean::{ArmMean, Effect};
/// let (control, treatment) = (ArmMean::of_share(45, 1000)?, ArmMean::of_share(65, 1000)?);
/// let effect = Effect::relative(&control, &treatment)?;
/// assert!((effect.value - 0.4444444444).abs() < 1e-9);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmMean {
    /// The units.
    pub n: u64,
    /// Their mean.
    pub mean: f64,
    /// The variance of the mean, in units of the mean squared.
    pub variance: f64,
}

impl ArmMean {
    /// The mean of a sample: variance `m2 / (n - 1) / n`. Undefined below two units and for values that are not finite.
    pub fn of(sample: &Summary) -> Defined<Self> {
        let spread = sample.spread()?;
        Ok(Self { n: sample.n, mean: sample.mean, variance: spread / sample.n as f64 })
    }

    /// The share of `successes` among `n` trials: p = x / n with variance p (1 - p) / n. Undefined without trials; more successes than
    /// trials are an error (on ads, view-through conversions can exceed clicks: such a ratio is no share).
    pub fn of_share(successes: u64, n: u64) -> Defined<Self> {
        if n == 0 {
            return Err(Undefined::NoTrials);
        }
        if successes > n {
            return Err(Undefined::Input { field: "successes", problem: "must not exceed the trials" });
        }
        let share = successes as f64 / n as f64;
        Ok(Self { n, mean: share, variance: share * (1.0 - share) / n as f64 })
    }
}

/// What the treatment does against the control, with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The effect.
    pub value: f64,
    /// The variance of its estimate, above zero.
    pub variance: f64,
    /// The units in both arms.
    pub sample_size: u64,
}

impl Effect {
    /// The difference of means, treatment - control, with the sum of both variances. Undefined where neither arm has any spread.
    pub fn absolute(control: &ArmMean, treatment: &ArmMean) -> Defined<Self> {
        Self::checked(treatment.mean - control.mean, control.variance + treatment.variance, [control, treatment])
    }

    /// The lift, (treatment - control) / |control|, with the variance `v_t / c^2 + v_c t^2 / c^4` of the delta method (t, c the means,
    /// v their variances). It misleads where the control's mean is within a few standard errors of zero.
    pub fn relative(control: &ArmMean, treatment: &ArmMean) -> Defined<Self> {
        let base = control.mean.abs();
        if base <= 0.0 {
            return Err(Undefined::ZeroBaseline);
        }
        let ratio = treatment.mean / base;
        let variance = (treatment.variance + control.variance * ratio * ratio) / (base * base);
        Self::checked((treatment.mean - control.mean) / base, variance, [control, treatment])
    }

    fn checked(value: f64, variance: f64, arms: [&ArmMean; 2]) -> Defined<Self> {
        if !(value.is_finite() && variance.is_finite()) {
            return Err(Undefined::NotFinite);
        }
        if variance <= 0.0 {
            return Err(Undefined::NoSpread);
        }
        Ok(Self { value, variance, sample_size: arms.iter().map(|arm| arm.n).sum() })
    }

    /// The standard error, the root of the variance.
    pub fn standard_error(&self) -> f64 {
        libm::sqrt(self.variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_baseline_keeps_the_sign_of_the_difference() {
        let arm = |mean| ArmMean { n: 10, mean, variance: 0.01 };
        let effect = Effect::relative(&arm(-2.0), &arm(-1.5)).unwrap();
        assert!((effect.value - 0.25).abs() < 1e-15);
    }

    #[test]
    fn what_has_no_effect_says_why() {
        let arm = |mean, variance| ArmMean { n: 10, mean, variance };
        assert_eq!(Effect::relative(&arm(0.0, 1.0), &arm(1.0, 1.0)), Err(Undefined::ZeroBaseline));
        assert_eq!(Effect::absolute(&arm(1.0, 0.0), &arm(2.0, 0.0)), Err(Undefined::NoSpread));
        assert_eq!(ArmMean::of_share(0, 0), Err(Undefined::NoTrials));
        assert!(ArmMean::of_share(11, 10).unwrap_err().is_input());
        assert_eq!(ArmMean::of(&Summary::of(&[1.0]).unwrap()), Err(Undefined::OneValue));
    }
}
