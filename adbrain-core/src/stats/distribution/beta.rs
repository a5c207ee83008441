//! The beta function and the regularised incomplete beta function.

use super::elementary::{HALF_LN_TWO_PI, log_excess, stirling_error};
use super::quadrature::{Fall, falling_tail};
use super::{Tails, is_positive};

/// From this parameter on the tails are integrated; the fraction would need many terms near the mean.
const LARGE: f64 = 3_000.0;
const MAX_TERMS: u32 = 10_000;
const TINY: f64 = 1e-300;

/// The natural logarithm of the beta function, `B(a, b) = Gamma(a) Gamma(b) / Gamma(a + b)`, for `a`, `b` > 0; NaN elsewhere (Olver and
/// others, "NIST handbook of mathematical functions", 2010, 5.12).
///
/// Stirling's formula with its error e added, in a form in which large parameters do not cancel:
/// `-a ln(1 + b/a) - b ln(1 + a/b) + ln(2 pi (1/a + 1/b)) / 2 + e(a) + e(b) - e(a + b)`.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    if !is_positive(a) || !is_positive(b) {
        return f64::NAN;
    }
    let main = -a * libm::log1p(b / a) - b * libm::log1p(a / b);
    main + 0.5 * libm::log(1.0 / a + 1.0 / b) + HALF_LN_TWO_PI + stirling_errors(a, b)
}

fn stirling_errors(a: f64, b: f64) -> f64 {
    stirling_error(a) + stirling_error(b) - stirling_error(a + b)
}

/// The share of a beta distribution with parameters `a`, `b` > 0 below `x`: the regularised incomplete beta function `I_x(a, b)`.
///
/// Continued fraction (Press et al., "Numerical Recipes", 6.4, 2007) on the side of the mean where it converges; for parameters
/// from 3,000 on the tail is integrated over the log odds by Gauss-Legendre. 0 below 0, 1 above 1, NaN for parameters that are not
/// positive and finite.
///
/// ```
/// use adbrain_core::stats::distribution::beta_cdf;
/// assert!((beta_cdf(0.05, 50_001.0, 950_001.0) - 0.500_2).abs() < 1e-2);
/// ```
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    tails(a, b, Share::of(x)).map_or(f64::NAN, |tails| tails.lower)
}

/// The share of a beta distribution with parameters `a`, `b` > 0 above `x`: `1 - I_x(a, b) = I_(1-x)(b, a)`, relative precision kept in
/// the upper tail. Methods and ranges are those of [`beta_cdf`] (Press and others, 2007, 6.4). `x` itself is known to 1e-16 only: close
/// to 1 that limits the answer.
pub fn beta_sf(x: f64, a: f64, b: f64) -> f64 {
    tails(a, b, Share::of(x)).map_or(f64::NAN, |tails| tails.upper)
}

/// The density of a beta distribution at `x`: `x^(a-1) (1-x)^(b-1) / B(a, b)`; 0 outside 0..1, infinite at an end where it has a pole,
/// NaN for parameters that are not positive and finite (Olver and others, 2010, 8.17; the form for large parameters by Didonato and
/// Morris, 1992).
pub fn beta_pdf(x: f64, a: f64, b: f64) -> f64 {
    if !is_positive(a) || !is_positive(b) || x.is_nan() {
        return f64::NAN;
    }
    if !(0.0..=1.0).contains(&x) {
        return 0.0;
    }
    if x > 0.0 && x < 1.0 {
        return front(a, b, Share::of(x)) / (x * (1.0 - x));
    }
    let (here, other) = if x > 0.0 { (b, a) } else { (a, b) };
    if here < 1.0 {
        f64::INFINITY
    } else if here > 1.0 {
        0.0
    } else {
        other
    }
}

/// A share and its complement, each as exact as the caller knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Share {
    pub(super) fn of(x: f64) -> Self {
        Self { x, y: 1.0 - x }
    }

    pub(super) fn swapped(self) -> Self {
        Self { x: self.y, y: self.x }
    }
}

/// `x^a y^b / B(a, b)`: the density of the log odds.
///
/// With l = a y - b x it is `sqrt(ab / (2 pi (a+b))) exp(-a h(-l/a) - b h(l/b) - errors of Stirling)`, h(u) = u - ln(1 + u), so
/// that large parameters lose nothing (A. R. Didonato and A. H. Morris, ACM Transactions on Mathematical Software 18, 1992).
pub(super) fn front(a: f64, b: f64, Share { x, y }: Share) -> f64 {
    let lambda = a * y - b * x;
    let part = |weight: f64, u: f64, share: f64| {
        weight * if u.abs() <= 0.4 { log_excess(u) } else { u - libm::log(share * ((a + b) / weight)) }
    };
    let depth = part(a, -lambda / a, x) + part(b, lambda / b, y);
    libm::sqrt(a / (a + b) * b) * libm::exp(-depth - stirling_errors(a, b) - HALF_LN_TWO_PI)
}

/// Both tails; none outside the domain.
pub(super) fn tails(a: f64, b: f64, share: Share) -> Option<Tails> {
    if !is_positive(a) || !is_positive(b) || share.x.is_nan() {
        return None;
    }
    if share.x <= 0.0 {
        return Some(Tails::from_lower(0.0));
    }
    if share.y <= 0.0 {
        return Some(Tails::from_upper(0.0));
    }
    let is_lower = share.x * (b + 1.0) <= share.y * (a + 1.0);
    Some(if is_lower { Tails::from_lower(lower(a, b, share)) } else { Tails::from_upper(lower(b, a, share.swapped())) })
}

fn lower(a: f64, b: f64, share: Share) -> f64 {
    let front = front(a, b, share);
    if a.max(b) < LARGE || a < 10.0 { front * fraction(a, b, share.x) / a } else { front * integral(a, b, share) }
}

/// The continued fraction of the incomplete beta function by Lentz's rule.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut above = 1.0;
    let mut below = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = below;
    for term in 1..MAX_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for step in [even, odd] {
            below = 1.0 / away_from_zero(1.0 + step * below);
            above = away_from_zero(1.0 + step / above);
            change *= above * below;
        }
        fraction *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

/// The integral of the density of the log odds below those of `x`, relative to its height there.
///
/// d is the distance of the log odds from ln(a/b), where the density is highest.
fn integral(a: f64, b: f64, Share { x, y }: Share) -> f64 {
    let lambda = a * y - b * x;
    let near = lambda / a < 0.4;
    let d = if near { libm::log1p(-lambda / a) } else { libm::log(x * ((a + b) / a)) } - libm::log1p(lambda / b);
    let fall = |d: f64| {
        let m = libm::expm1(d);
        let (ux, uy) = (b * m / (a + b + a * m), -a * m / (a + b + a * m));
        let depth_x = if ux.abs() <= 0.4 { log_excess(ux) } else { ux - (d + libm::log1p(uy)) };
        Fall { depth: a * depth_x + b * log_excess(uy), slope: -a * ux }
    };
    let start = fall(d).depth;
    falling_tail((a + b) * x * y, |t| {
        let Fall { depth, slope } = fall(d - t);
        Fall { depth: depth - start, slope }
    })
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Beta, ContinuousCDF as _};

    use super::super::close;
    use super::*;

    #[test]
    fn the_beta_tails_agree_with_statrs_where_statrs_is_right() {
        for (a, b) in [(0.5, 0.5), (2.0, 3.0), (51.0, 951.0), (300.0, 20.0)] {
            let theirs = Beta::new(a, b).unwrap();
            for x in [0.01, 0.05, 0.4, 0.93] {
                close(beta_cdf(x, a, b), theirs.cdf(x), 1e-9);
            }
        }
    }

    #[test]
    fn the_fraction_and_the_integral_meet() {
        for (a, b, x) in [(3_000.0, 50.0, 0.98), (2_999.0, 2_999.0, 0.49), (40.0, 2_999.0, 0.012)] {
            let share = Share::of(x);
            close(integral(a, b, share), fraction(a, b, x) / a, 1e-12);
        }
    }

    #[test]
    fn ends_and_wrong_parameters_are_told_apart() {
        assert!(beta_cdf(-1.0, 2.0, 3.0).abs() <= 0.0 && beta_sf(2.0, 2.0, 3.0).abs() <= 0.0);
        assert!(
            beta_cdf(0.5, 0.0, 3.0).is_nan() && beta_cdf(f64::NAN, 1.0, 3.0).is_nan() && ln_beta(1.0, 0.0).is_nan()
        );
        assert!(beta_pdf(0.0, 0.5, 2.0).is_infinite() && beta_pdf(1.5, 2.0, 2.0).abs() <= 0.0);
        close(beta_pdf(0.0, 1.0, 3.0), 3.0, 1e-15);
        close(beta_pdf(0.25, 2.0, 3.0), 12.0 * 0.25 * 0.75 * 0.75, 1e-14);
    }
}
