//! CUPED for means.

use super::{Arm, Cuped, Spread};
use crate::stats::Defined;
use crate::stats::two_sample::CrossSummary;

/// Compares two means after taking out a covariate that was measured before the test: in each arm, x is the covariate and y the metric.
///
/// theta = cov(x, y) / var(x) over both arms together; an arm's adjusted mean is `mean_y - theta (mean_x - mean_x of all)` and its variance
/// `(s_yy - 2 theta s_xy + theta^2 s_xx) / n`; then Welch's t (Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled
/// experiments by utilizing pre-experiment data", 2013; theta as in tea-tasting). A constant covariate leaves the plain Welch test.
///
/// The covariate must not be touched by the test itself: last month's orders are right, this month's clicks are not. Units without a past
/// get the covariate zero, in both arms alike.
///
/// s are the sample (co)variances of an arm's n units; the difference is in the unit of y. Assumes independent units that were
/// randomised: where they were not, it takes out part of a difference that was there before, not all. With few units theta is noise.
///
/// ```
/// use adbrain_core::stats::{cuped::cuped_mean, two_sample::CrossSummary};
/// let control = CrossSummary::of(&[1.0, 2.0, 3.0, 4.0], &[1.1, 2.0, 2.9, 4.2])?;
/// let treatment = CrossSummary::of(&[1.5, 2.5, 3.5, 2.0], &[2.0, 2.9, 4.1, 2.6])?;
/// let found = cuped_mean(&control, &treatment, 0.95)?;
/// assert!(found.variance_reduction > 0.8 && found.adjusted.test.p_value < found.unadjusted_p?);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`](crate::stats::Undefined::Empty), [`Undefined::OneValue`](crate::stats::Undefined::OneValue);
/// [`Undefined::NoSpread`](crate::stats::Undefined::NoSpread) where the adjusted metric does not vary; a level outside 0..1.
pub fn cuped_mean(control: &CrossSummary, treatment: &CrossSummary, level: f64) -> Defined<Cuped> {
    super::compare(&arm(control)?, &arm(treatment)?, &arm(&control.merge(treatment))?, level)
}

fn arm(pairs: &CrossSummary) -> Defined<Arm> {
    let before = pairs.n.saturating_sub(1) as f64;
    let spread = Spread { xy: pairs.covariance()?, y: pairs.m2_y / before, x: pairs.m2_x / before };
    Ok(Arm { value: pairs.mean_y, covariate: pairs.mean_x, spread, units: pairs.n })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Undefined;

    fn pairs(x: &[f64], y: &[f64]) -> CrossSummary {
        CrossSummary::of(x, y).unwrap()
    }

    #[test]
    fn an_adjusted_comparison_is_that_of_tea_tasting() {
        let control = pairs(
            &[3.219, 2.575, 2.066, 2.394, 4.421, 3.807, 0.496, 1.648, 2.584, 2.112, 2.015, 4.214],
            &[1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 2.0],
        );
        let treatment = pairs(
            &[4.205, 1.636, 2.052, 4.117, 4.207, 2.45, 1.745, 1.861, 2.435, 1.917, 2.268, 2.522, 1.905, 4.224],
            &[2.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 2.0, 0.0, 4.0],
        );
        let found = cuped_mean(&control, &treatment, 0.95).unwrap();
        let relative = found.adjusted.relative.unwrap();
        for (ours, theirs) in [
            (found.adjusted.control, 0.929_009_728_030_291_7),
            (found.adjusted.treatment, 0.917_991_661_688_321_6),
            (found.adjusted.test.difference.low, -0.664_765_136_409_284_4),
            (found.adjusted.test.p_value, 0.972_425_066_157_350_7),
            (found.theta, 0.436_922_526_146_013_85),
            (found.unadjusted_p.unwrap(), 0.973_992_024_348_825_4),
            (found.variance_reduction, 0.241_499_695_569_614_56),
            (relative.low, -0.514_110_832_935_671),
            (relative.high, 1.009_554_240_873_881),
        ] {
            assert!((ours - theirs).abs() < 1e-9 * theirs.abs(), "{ours} is not {theirs}");
        }
    }

    #[test]
    fn a_constant_covariate_changes_nothing() {
        let (control, treatment) = (pairs(&[0.1; 3], &[1.0, 2.0, 3.0]), pairs(&[0.1; 3], &[2.0, 3.0, 5.0]));
        let found = cuped_mean(&control, &treatment, 0.95).unwrap();
        assert!(found.theta.abs() < 1e-300 && found.variance_reduction.abs() < 1e-300);
        assert!((found.adjusted.test.p_value / 0.284_627_178_761_421_74 - 1.0).abs() < 1e-10);
        assert_eq!(found.unadjusted_p, Ok(found.adjusted.test.p_value));
    }

    #[test]
    fn without_spread_or_values_there_is_no_answer() {
        let flat = pairs(&[1.0, 2.0], &[1.0, 1.0]);
        assert_eq!(cuped_mean(&flat, &flat, 0.95), Err(Undefined::NoSpread));
        assert_eq!(cuped_mean(&CrossSummary::default(), &flat, 0.95), Err(Undefined::Empty));
        assert_eq!(cuped_mean(&flat, &pairs(&[1.0], &[1.0]), 0.95), Err(Undefined::OneValue));
    }
}
