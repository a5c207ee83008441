//! The effect of one arm against another as one number with its variance: what sequences and beliefs take.

use super::Summary;
use crate::stats::{Defined, Undefined};

/// What the treatment does against the control, with its variance.
///
/// ```
/// use adbrain_core::stats::two_sample::{Effect, Summary};
/// let (control, treatment) = (Summary::of_share(45.0, 1000)?, Summary::of_share(65.0, 1000)?);
/// let effect = Effect::relative(&control, &treatment)?;
/// assert!((effect.value - 0.4444444444).abs() < 1e-9);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
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
    /// The difference of means, treatment - control, with the variance `s_c^2 / n_c + s_t^2 / n_t`: s the standard deviations with n - 1,
    /// n the units of an arm (Neyman, 1923). In the unit of the values, its variance in the square of it.
    ///
    /// Assumes units that are independent and in one arm only: values by impression give too small a variance. Undefined where neither
    /// arm has any spread or one has fewer than two units.
    pub fn absolute(control: &Summary, treatment: &Summary) -> Defined<Self> {
        let variance = control.variance_of_mean()? + treatment.variance_of_mean()?;
        Self::checked(treatment.mean - control.mean, variance, [control, treatment])
    }

    /// The lift, (treatment - control) / |control|, with the variance `v_t / c^2 + v_c t^2 / c^4` of the delta method: t, c the means, v
    /// the variances of the means (Deng, Knoblich and Lu, 2018). Without unit: 0.1 means 10 % of the size of the control's mean.
    ///
    /// Assumes independent units and arms. It misleads where the control's mean is within a few standard errors of zero. Undefined where
    /// that mean is zero, neither arm has any spread or one has fewer than two units.
    pub fn relative(control: &Summary, treatment: &Summary) -> Defined<Self> {
        let (low, high) = (control.variance_of_mean()?, treatment.variance_of_mean()?);
        let base = control.mean.abs();
        if base <= 0.0 {
            return Err(Undefined::ZeroBaseline);
        }
        let ratio = treatment.mean / base;
        let variance = (high + low * ratio * ratio) / (base * base);
        Self::checked((treatment.mean - control.mean) / base, variance, [control, treatment])
    }

    fn checked(value: f64, variance: f64, arms: [&Summary; 2]) -> Defined<Self> {
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
        let arm = |mean| Summary::new(10, mean, 0.9);
        let effect = Effect::relative(&arm(-2.0), &arm(-1.5)).unwrap();
        assert!((effect.value - 0.25).abs() < 1e-15);
    }

    #[test]
    fn what_has_no_effect_says_why() {
        let arm = |n, mean, m2| Summary::new(n, mean, m2);
        assert_eq!(Effect::relative(&arm(10, 0.0, 1.0), &arm(10, 1.0, 1.0)), Err(Undefined::ZeroBaseline));
        assert_eq!(Effect::absolute(&arm(10, 1.0, 0.0), &arm(10, 2.0, 0.0)), Err(Undefined::NoSpread));
        assert_eq!(Effect::absolute(&arm(1, 1.0, 0.0), &arm(10, 2.0, 1.0)), Err(Undefined::OneValue));
        assert_eq!(Effect::absolute(&arm(0, 0.0, 0.0), &arm(10, 2.0, 1.0)), Err(Undefined::Empty));
    }
}
