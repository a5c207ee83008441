//! The chi-square and the F distribution.

use super::beta::{self, Share};
use super::gamma::{gamma_p, gamma_q};
use super::is_positive;
use super::quantile::gamma_quantile;

/// The share of a chi-square distribution with `df` > 0 degrees of freedom below `x`: `P(df / 2, x / 2)`, P the lower regularised
/// incomplete gamma function (Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4); 0 below 0, NaN for other degrees.
pub fn chi2_cdf(x: f64, df: f64) -> f64 {
    gamma_p(df / 2.0, x / 2.0)
}

/// The share of a chi-square distribution with `df` > 0 degrees of freedom above `x`: `Q(df / 2, x / 2)`, Q the upper regularised
/// incomplete gamma function (Abramowitz and Stegun, 1964, 26.4); 1 below 0, NaN for other degrees.
///
/// ```
/// use adbrain_core::stats::distribution::chi2_sf;
/// assert!((chi2_sf(60.0, 2.0) / 9.357622968840175e-14 - 1.0).abs() < 1e-12);
/// ```
pub fn chi2_sf(x: f64, df: f64) -> f64 {
    gamma_q(df / 2.0, x / 2.0)
}

/// The value below which a share `p` (0..1) of a chi-square distribution with `df` > 0 degrees of freedom lies: twice the quantile of a
/// gamma distribution of shape df / 2 (Abramowitz and Stegun, 1964, 26.4), found by Newton's rule; NaN outside.
pub fn chi2_quantile(p: f64, df: f64) -> f64 {
    2.0 * gamma_quantile(p, df / 2.0)
}

/// The share of an F distribution with `d1`, `d2` > 0 degrees of freedom below `x`: `I_y(d1 / 2, d2 / 2)` with y = d1 x / (d2 + d1 x), I
/// the regularised incomplete beta function (Abramowitz and Stegun, 1964, 26.6); `d2` may be infinite (chi-square at d1 x). NaN for other
/// degrees.
pub fn f_cdf(x: f64, d1: f64, d2: f64) -> f64 {
    if d2 == f64::INFINITY {
        return chi2_cdf(d1 * x, d1);
    }
    f_share(x, d1, d2).and_then(|share| beta::tails(d1 / 2.0, d2 / 2.0, share)).map_or(f64::NAN, |tails| tails.lower)
}

/// The share of an F distribution with `d1`, `d2` > 0 degrees of freedom above `x`: `I_y(d2 / 2, d1 / 2)` with y = d2 / (d2 + d1 x), I
/// the regularised incomplete beta function (Abramowitz and Stegun, 1964, 26.6); `d2` may be infinite. NaN for other degrees.
pub fn f_sf(x: f64, d1: f64, d2: f64) -> f64 {
    if d2 == f64::INFINITY {
        return chi2_sf(d1 * x, d1);
    }
    f_share(x, d1, d2).and_then(|share| beta::tails(d1 / 2.0, d2 / 2.0, share)).map_or(f64::NAN, |tails| tails.upper)
}

/// `d1 x / (d2 + d1 x)` and its complement; none outside the domain.
pub(super) fn f_share(x: f64, d1: f64, d2: f64) -> Option<Share> {
    if !is_positive(d1) || !is_positive(d2) || x.is_nan() {
        return None;
    }
    let odds = x.max(0.0) * (d1 / d2);
    Some(Share { x: 1.0 / (1.0 + 1.0 / odds), y: 1.0 / (1.0 + odds) })
}

#[cfg(test)]
mod tests {
    use super::super::{close, t_two_sided};
    use super::*;

    #[test]
    fn one_degree_in_the_numerator_is_a_t_test() {
        for df in [3.0, 50.0, 1e5, 1e9] {
            close(f_sf(4.0, 1.0, df), t_two_sided(2.0, df), 1e-12);
            close(f_cdf(4.0, 1.0, df) + f_sf(4.0, 1.0, df), 1.0, 1e-15);
        }
        close(f_sf(4.0, 2.0, f64::INFINITY), chi2_sf(8.0, 2.0), 1e-15);
        close(chi2_cdf(chi2_quantile(0.95, 3.0), 3.0), 0.95, 1e-14);
        assert!(f_sf(1.0, 0.0, 3.0).is_nan() && chi2_sf(1.0, -1.0).is_nan() && f_cdf(-1.0, 2.0, 3.0).abs() <= 0.0);
    }
}
