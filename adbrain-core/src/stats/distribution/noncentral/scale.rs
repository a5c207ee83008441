//! Averages over the spread of an estimated standard deviation.

use super::super::elementary::{HALF_LN_TWO_PI, exp_excess, stirling_error};

const MAX_POINTS: u32 = 20_000;

/// Where an integrand over r = ln s lies: a place near its peak and the distance of the points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bell {
    pub(super) start: f64,
    pub(super) step: f64,
}

/// The mean of `tail(s)` over s = `sqrt(chi2(df) / df)`.
///
/// The trapezoidal rule over r = ln s, outwards from the start until the terms add nothing: the integrand is analytic and falls
/// on both sides, so the rule converges like a Gaussian in 1 / step.
pub(super) fn average(df: f64, Bell { start, step }: Bell, tail: impl Fn(f64) -> f64) -> f64 {
    let a = df / 2.0;
    let front = 2.0 * libm::sqrt(a) * libm::exp(-HALF_LN_TWO_PI - stirling_error(a));
    let term = |r: f64| libm::exp(-a * exp_excess(2.0 * r)) * tail(libm::exp(r));
    let middle = term(start);
    let side = |direction: f64| {
        let (mut sum, mut before) = (0.0, middle);
        for point in 1..MAX_POINTS {
            let now = term(start + direction * step * f64::from(point));
            sum += now;
            if now <= before && now <= 1e-15 * (sum + middle) {
                break;
            }
            before = now;
        }
        sum
    };
    front * step * (middle + side(-1.0) + side(1.0))
}

/// The points for a normal tail `sf(t s - shift)`.
///
/// Where the peak lies in the tail, it and its width follow from the logarithm's slope and curvature, a quadratic in s. Else the
/// peak is at 1, and the integrand is no narrower than the spread of s and the tail's own turn at t s = shift.
pub(super) fn bell(df: f64, t: f64, shift: f64) -> Bell {
    let square = df + t * t;
    let peak = (t * shift + libm::sqrt(t * shift * (t * shift) + 4.0 * df * square)) / (2.0 * square);
    let (start, sharpness) =
        if t * peak > shift { (libm::log(peak), df + peak * peak * square) } else { (0.0, 2.0 * df + shift * shift) };
    Bell { start, step: (0.45 / libm::sqrt(sharpness)).min(0.11) }
}
