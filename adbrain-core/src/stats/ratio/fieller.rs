//! Fieller's interval for a ratio whose divisor may be near zero.

use super::arm::Measured;
use super::relative::less_one;
use crate::stats::distribution::t_quantile;
use crate::stats::two_sample::{CrossSummary, check_level, welch_degrees};
use crate::stats::{Defined, Interval, Undefined};

/// The ratio of the means of y and x with Fieller's interval: all R for which `mean_y - R mean_x` is not significant at the level.
///
/// With q the t quantile at n - 1 degrees of freedom and v the (co)variances of the means, the ends are the roots R of
/// `R^2 (mean_x^2 - q^2 v_xx) - 2 R (mean_x mean_y - q^2 v_xy) + mean_y^2 - q^2 v_yy` (Fieller, "Some problems in interval estimation",
/// 1954). Exact for normal means, also with few conversions under a CPA, where the delta method is too narrow.
///
/// In the unit of y over that of x. Assumes n independent units and means that are nearly normal; with a handful of skewed units it
/// misses its level too.
///
/// # Errors
/// [`Undefined::DenominatorNearZero`] where the mean of x cannot be told from zero at this level, so that no finite interval holds it;
/// [`Undefined::Empty`] and [`Undefined::OneValue`]; [`Undefined::NotFinite`]; [`Undefined::Input`] for a level outside 0..1.
pub fn fieller(pairs: &CrossSummary, level: f64) -> Defined<Interval> {
    check_level(level)?;
    let covariance = pairs.covariance()?;
    let n = pairs.n as f64;
    let quantile = t_quantile(f64::midpoint(1.0, level), n - 1.0);
    let square = quantile * quantile / n;
    let [low, high] = roots(
        pairs.mean_x * pairs.mean_x - square * pairs.m2_x / (n - 1.0),
        pairs.mean_x * pairs.mean_y - square * covariance,
        pairs.mean_y * pairs.mean_y - square * pairs.m2_y / (n - 1.0),
    )?;
    let estimate = pairs.mean_y / pairs.mean_x;
    Ok(Interval { estimate, low, high, level, method: "fieller", sample_size: pairs.n })
}

/// The relative difference of two ratios, (treatment - control) / |control|, with Fieller's interval for treatment / control; the two
/// arms are independent. Use it where control's ratio is near zero or the arms may differ in sign, as profits do.
///
/// With Rc, Rt the ratios, v their variances by the delta method and q the t quantile at Welch's degrees of freedom, the ends are r - 1
/// for the roots r of `r^2 (Rc^2 - q^2 vc) - 2 r Rc Rt + Rt^2 - q^2 vt` (Fieller, 1954), 1 - r where control is below zero; 0.1 means 10
/// %. Assumes ratios that are nearly normal: it misleads with a handful of units.
///
/// # Errors
/// [`Undefined::DenominatorNearZero`] where control or a denominator's mean cannot be told from zero at this level;
/// [`Undefined::ZeroBaseline`] where control is zero, [`Undefined::NoSpread`] where neither ratio varies; as [`fieller`] besides.
pub fn fieller_relative(control: &CrossSummary, treatment: &CrossSummary, level: f64) -> Defined<Interval> {
    check_level(level)?;
    fieller_of(&Measured::ratio_at(control, level)?, &Measured::ratio_at(treatment, level)?, level)
}

pub(super) fn fieller_of(control: &Measured, treatment: &Measured, level: f64) -> Defined<Interval> {
    if control.value.abs() <= 0.0 {
        return Err(Undefined::ZeroBaseline);
    }
    if control.variance + treatment.variance <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let degrees =
        welch_degrees([control.variance, treatment.variance], [control.units_less_one(), treatment.units_less_one()]);
    let quantile = t_quantile(f64::midpoint(1.0, level), degrees);
    let square = quantile * quantile;
    let [low, high] = roots(
        control.value * control.value - square * control.variance,
        control.value * treatment.value,
        treatment.value * treatment.value - square * treatment.variance,
    )?;
    Ok(less_one([treatment.value / control.value, low, high], [control, treatment], level, "fieller"))
}

/// The roots of `a r^2 - 2 b r + c` where the parabola opens upwards, without a difference of near numbers in the smaller one.
fn roots(a: f64, b: f64, c: f64) -> Defined<[f64; 2]> {
    if !(a.is_finite() && b.is_finite() && c.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    if a <= 0.0 {
        return Err(Undefined::DenominatorNearZero);
    }
    let far = b.abs() + libm::sqrt((b * b - a * c).max(0.0));
    if far <= 0.0 {
        return Ok([0.0, 0.0]);
    }
    let (outer, inner) = (libm::copysign(far / a, b), libm::copysign(c / far, c * b));
    Ok([outer.min(inner), outer.max(inner)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_solve_the_equation() {
        let clicks = CrossSummary::of(&[5.0, 7.0, 4.0, 6.0, 9.0], &[1.0, 2.0, 1.0, 0.0, 3.0]).unwrap();
        let found = fieller(&clicks, 0.9).unwrap();
        let quantile = t_quantile(0.95, 4.0);
        for end in [found.low, found.high] {
            let gap = clicks.mean_y - end * clicks.mean_x;
            let variance = (clicks.m2_y - 2.0 * end * clicks.c_xy + end * end * clicks.m2_x) / 4.0 / 5.0;
            assert!((gap * gap / (quantile * quantile * variance) - 1.0).abs() < 1e-12, "{end}");
        }
        assert!(found.holds(found.estimate));
    }

    #[test]
    fn a_divisor_near_zero_has_no_finite_interval() {
        let around_zero = CrossSummary::of(&[1.0, -1.0, 0.5], &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!(fieller(&around_zero, 0.95), Err(Undefined::DenominatorNearZero));
        let profit = CrossSummary::of(&[10.0, 10.0, 10.0, 10.0], &[-1.0, -2.0, -1.5, -1.7]).unwrap();
        let gain = CrossSummary::of(&[10.0, 10.0, 10.0, 10.0], &[1.0, 2.5, 0.0, 1.2]).unwrap();
        let found = fieller_relative(&profit, &gain, 0.9).unwrap();
        assert!(found.estimate > 0.0 && found.holds(found.estimate) && found.low > 0.0, "{found:?}");
    }
}
