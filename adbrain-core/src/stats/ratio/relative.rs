//! The relative difference of two arms.

use super::arm::Measured;
use super::fieller::fieller_of;
use crate::stats::distribution::t_quantile;
use crate::stats::two_sample::welch_degrees;
use crate::stats::{Defined, Interval, Undefined};

/// (treatment - control) / |control| with its interval on the log scale where both arms have the same sign, else by Fieller.
///
/// On the log scale, with r = treatment / control and u the variances over the squares of the values, the ends are `r exp(-+ t sqrt(ut + uc)) - 1`
/// with t at Welch's degrees of freedom for u.
pub(super) fn relative(control: &Measured, treatment: &Measured, level: f64) -> Defined<Interval> {
    if control.value.abs() <= 0.0 {
        return Err(Undefined::ZeroBaseline);
    }
    if control.value * treatment.value <= 0.0 {
        return fieller_of(control, treatment, level);
    }
    let ratio = treatment.value / control.value;
    let (uc, ut) = (control.relative_variance(), treatment.relative_variance());
    if uc + ut <= 0.0 {
        return Err(Undefined::NoSpread);
    }
    let degrees = welch_degrees([uc, ut], [control.units_less_one(), treatment.units_less_one()]);
    let reach = libm::exp(t_quantile(f64::midpoint(1.0, level), degrees) * libm::sqrt(uc + ut));
    if !(ratio * reach).is_finite() {
        return Err(Undefined::DenominatorNearZero);
    }
    Ok(less_one([ratio, ratio / reach, ratio * reach], [control, treatment], level, "delta_log_ratio"))
}

/// A ratio treatment / control with its ends as a relative difference, which turns around where control is below zero.
pub(super) fn less_one(
    [ratio, low, high]: [f64; 3],
    [control, treatment]: [&Measured; 2],
    level: f64,
    method: &'static str,
) -> Interval {
    let [estimate, low, high] =
        if control.value > 0.0 { [ratio - 1.0, low - 1.0, high - 1.0] } else { [1.0 - ratio, 1.0 - high, 1.0 - low] };
    Interval { estimate, low, high, level, method, sample_size: control.units.saturating_add(treatment.units) }
}
