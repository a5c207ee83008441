//! The gamma function and the regularised incomplete gamma functions.

use super::elementary::{HALF_LN_TWO_PI, exp_excess, log_excess, stirling_error};
use super::quadrature::{Fall, falling_tail};
use super::{Tails, is_positive};

/// From this shape on the tails are integrated; the series and the fraction would need many terms near the mean.
const LARGE_SHAPE: f64 = 200.0;
const MAX_TERMS: u32 = 2_000;
const TINY: f64 = 1e-300;

/// The natural logarithm of the gamma function, the integral of `s^(x-1) e^(-s)` over s > 0, for `x` > 0; NaN elsewhere (Olver and
/// others, "NIST handbook of mathematical functions", 2010, 5.2; by libm's `lgamma`).
pub fn ln_gamma(x: f64) -> f64 {
    if x > 0.0 { libm::lgamma(x) } else { f64::NAN }
}

/// The lower regularised incomplete gamma function, the share of a gamma distribution of shape `a` > 0 and scale 1 below `x`.
///
/// `P(a, x)` = integral of `s^(a-1) e^(-s)` over 0..x, by `Gamma(a)`. Power series below a + 1, continued fraction above
/// (Press et al., "Numerical Recipes", 6.2, 2007); for shapes from 200 on the tail is integrated in ln s by Gauss-Legendre. NaN
/// for a shape that is not positive and finite.
pub fn gamma_p(a: f64, x: f64) -> f64 {
    tails(a, x).map_or(f64::NAN, |tails| tails.lower)
}

/// The upper regularised incomplete gamma function `Q(a, x) = 1 - P(a, x)`, the share of a gamma distribution of shape `a` > 0 and scale
/// 1 above `x`, relative precision kept in the upper tail. Methods and ranges are those of [`gamma_p`] (Press and others, 2007, 6.2).
///
/// ```
/// use adbrain_core::stats::distribution::gamma_q;
/// assert!((gamma_q(1.0, 700.0) / 9.859676543759770e-305 - 1.0).abs() < 1e-12);
/// ```
pub fn gamma_q(a: f64, x: f64) -> f64 {
    tails(a, x).map_or(f64::NAN, |tails| tails.upper)
}

/// `x^a e^(-x) / Gamma(a)` for a, x > 0: the density of ln x.
///
/// Written as `sqrt(a / 2 pi) exp(-a (u - ln(1 + u)) - error of Stirling)` with u = x / a - 1, so that large shapes lose nothing.
pub(super) fn front(a: f64, x: f64) -> f64 {
    let (ratio, u) = (x / a, (x - a) / a);
    let depth = if u.abs() <= 0.4 { log_excess(u) } else { u - libm::log(ratio) };
    libm::sqrt(a) * libm::exp(-a * depth - stirling_error(a) - HALF_LN_TWO_PI)
}

/// Both tails; none outside the domain.
pub(super) fn tails(a: f64, x: f64) -> Option<Tails> {
    if !is_positive(a) || x.is_nan() {
        return None;
    }
    if x <= 0.0 {
        return Some(Tails::from_lower(0.0));
    }
    if x.is_infinite() {
        return Some(Tails::from_upper(0.0));
    }
    let front = front(a, x);
    Some(match (x < a + 1.0, a < LARGE_SHAPE) {
        (true, true) => Tails::from_lower(front * series(a, x)),
        (false, true) => Tails::from_upper(front * fraction(a, x)),
        (true, false) => Tails::from_lower(front * integral(a, x, -1.0)),
        (false, false) => Tails::from_upper(front * integral(a, x, 1.0)),
    })
}

/// `1/a + x/(a(a+1)) + ...`.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut below) = (1.0 / a, 1.0 / a, a);
    for _ in 0..MAX_TERMS {
        below += 1.0;
        term *= x / below;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

/// Legendre's continued fraction by Lentz's rule.
fn fraction(a: f64, x: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut b = x + 1.0 - a;
    let mut above = 1.0 / TINY;
    let mut below = 1.0 / away_from_zero(b);
    let mut fraction = below;
    for term in 1..MAX_TERMS {
        let n = f64::from(term);
        let step = n * (a - n);
        b += 2.0;
        below = 1.0 / away_from_zero(step * below + b);
        above = away_from_zero(b + step / above);
        let factor = above * below;
        fraction *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

/// The integral of the density of ln s beyond ln x, downwards for direction -1, relative to its height at ln x.
fn integral(a: f64, x: f64, direction: f64) -> f64 {
    let d = libm::log1p((x - a) / a);
    let d = if d < -1.0 { libm::log(x / a) } else { d };
    let depth = a * exp_excess(d);
    falling_tail(x, |t| {
        let moved = d + direction * t;
        Fall { depth: a * exp_excess(moved) - depth, slope: direction * a * libm::expm1(moved) }
    })
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF as _, Gamma};

    use super::super::close;
    use super::*;

    #[test]
    fn the_gamma_tails_agree_with_statrs_where_statrs_is_right() {
        for a in [0.5, 3.0, 40.0] {
            let theirs = Gamma::new(a, 1.0).unwrap();
            for x in [0.2, 1.0, 5.0, 60.0] {
                close(gamma_p(a, x), theirs.cdf(x), 1e-9);
            }
        }
    }

    #[test]
    fn series_fraction_and_integral_meet() {
        close(integral(200.0, 190.0, -1.0), series(200.0, 190.0), 1e-12);
        close(integral(200.0, 230.0, 1.0), fraction(200.0, 230.0), 1e-12);
    }

    #[test]
    fn ends_and_wrong_shapes_are_told_apart() {
        assert!(gamma_p(2.0, -1.0).abs() <= 0.0 && gamma_q(2.0, f64::INFINITY).abs() <= 0.0);
        assert!(gamma_p(0.0, 1.0).is_nan() && gamma_q(1.0, f64::NAN).is_nan() && ln_gamma(-0.5).is_nan());
    }
}
