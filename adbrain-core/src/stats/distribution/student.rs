//! Student's t distribution.
#![expect(
    clippy::inline_always,
    reason = "loops over columns run in the vector unit when all of their work is inlined"
)]

use std::f64::consts::FRAC_2_SQRT_PI;

use statrs::function::evaluate::polynomial;

use super::beta::{self, Share, ln_beta};
use super::normal::{normal_quantile, normal_two_sided};
use super::quantile::{Rising, Search, beta_log_odds, solve};
use crate::stats::vector::{exp_below_zero, ln_1p_of_positive, scaled_erfc};

/// From so many degrees of freedom on the expansion is exact to the last digits where t^2 / df is at most `NEAR`.
const MANY_DEGREES: f64 = 20.0;
const NEAR: f64 = 1.7;

/// The share of Student's t with `df` > 0 degrees of freedom below `t`; `df` may be infinite, NaN for other degrees. [`t_sf`] at -t
/// (Abramowitz and Stegun, 1964, 26.7; Student, 1908).
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_sf(-t, df)
}

/// The share of Student's t with `df` > 0 degrees of freedom above `t`, relative precision kept in the upper tail: half of
/// [`t_two_sided`], or one less that below zero (Abramowitz and Stegun, 1964, 26.7; Student, 1908).
pub fn t_sf(t: f64, df: f64) -> f64 {
    let half = 0.5 * t_two_sided(t, df);
    if t < 0.0 { 1.0 - half } else { half }
}

/// The probability that Student's t with `df` > 0 degrees of freedom lies further from zero than `t` on either side.
///
/// `I_x(df / 2, 1 / 2)` at x = df / (df + t^2), the regularised incomplete beta function. From 20 degrees of freedom on, near the
/// middle, by its expansion in complementary error functions (A. R. Didonato and A. H. Morris, "Algorithm 708", ACM Transactions on
/// Mathematical Software 18, 1992, the large-a case with b = 1/2).
///
/// ```
/// use adbrain_core::stats::distribution::t_two_sided;
/// assert!((t_two_sided(2.0, 3.0) - 0.139_325_968_558_843).abs() < 1e-14);
/// ```
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df.is_infinite() {
        return normal_two_sided(t);
    }
    let t = t.abs();
    let odds = t / df * t;
    if is_near(odds, df) {
        return expansion(odds, df);
    }
    if odds > 1e30 {
        return far_tail(t, df);
    }
    beta::tails(df / 2.0, 0.5, t_share(odds)).map_or(f64::NAN, |tails| tails.lower)
}

/// [`t_two_sided`] where its expansion holds, else NaN: without a branch, for loops over columns.
#[inline(always)]
pub(in crate::stats) fn t_two_sided_near(t: f64, df: f64) -> f64 {
    let odds = t / df * t;
    let tail = expansion(odds, df);
    if is_near(odds, df) { tail } else { f64::NAN }
}

#[inline(always)]
#[expect(clippy::needless_bitwise_bool, reason = "a short cut is a branch")]
fn is_near(odds: f64, df: f64) -> bool {
    (df >= MANY_DEGREES) & (odds <= NEAR)
}

fn t_share(odds: f64) -> Share {
    Share { x: 1.0 / (1.0 + odds), y: odds / (1.0 + odds) }
}

/// The first term of the power series, for t so large that its square overflows: `x^(df/2) / (df/2 B(df/2, 1/2))`, x = df / t^2.
fn far_tail(t: f64, df: f64) -> f64 {
    let a = df / 2.0;
    libm::exp(a * (libm::log(df) - 2.0 * libm::log(t)) - libm::log(a) - ln_beta(a, 0.5))
}

/// `I_x(a, 1/2)` for large a = df / 2 at x = 1 / (1 + odds), without a branch.
///
/// With log = -ln x, T = a - 1/4 and u = T log: `R (p0 K0 + p1 K1 + ...)`, K0 = erfc(sqrt u),
/// `K(n+1) = ((2n + 1/2)(2n + 3/2) K(n) + h (u + 2n + 3/2) (log / 2)^(2n)) / (4 T^2)`, h = `sqrt(u / pi) exp(-u)`,
/// R = `Gamma(a + 1/2) / (Gamma(a) sqrt T)`. All of it is summed in units of exp(-u).
#[inline(always)]
fn expansion(odds: f64, df: f64) -> f64 {
    let log = ln_1p_of_positive(odds);
    let large = df / 2.0 - 0.25;
    let u = large * log;
    let root = u.sqrt();
    let below = 0.25 / (large * large);
    let mut value = scaled_erfc(root);
    let mut sum = value;
    let mut height = root * (0.5 * FRAC_2_SQRT_PI) * below;
    let mut twice = 0.0;
    for weight in WEIGHTS {
        value = (twice + 0.5) * (twice + 1.5) * below * value + height * (u + (twice + 1.5));
        sum += weight * value;
        height *= 0.25 * log * log;
        twice += 2.0;
    }
    let mut log_ratio = 0.0;
    for coefficient in RATIO.into_iter().rev() {
        log_ratio = 4.0 * below * (coefficient + log_ratio);
    }
    exp_below_zero(-u) * sum * (1.0 + log_ratio * (1.0 + log_ratio * (0.5 + log_ratio / 6.0)))
}

/// p1, p2, ... of the expansion for b = 1/2.
const WEIGHTS: [f64; 11] = [
    -1.0 / 12.0,
    0.006_25,
    -5.042_989_417_989_418e-4,
    4.343_722_442_680_775e-5,
    -3.896_385_732_323_23e-6,
    3.583_335_463_450_789e-7,
    -3.349_747_072_060_576e-8,
    3.167_585_434_316_112e-9,
    -3.021_036_851_737_093_7e-10,
    2.900_415_787_669_250_6e-11,
    -2.799_396_748_375_266_7e-12,
];
/// ln of `Gamma(a + 1/2) / (Gamma(a) sqrt T)` in powers of 1 / T^2, without the constant: `2 B(k+1)(1/4) / (k (k+1))`, k = 2, 4, ...
const RATIO: [f64; 6] = [
    0.015_625,
    -0.002_441_406_25,
    0.001_241_048_177_083_333_3,
    -0.001_320_838_928_222_656_2,
    0.002_409_029_006_958_008,
    -0.006_712_389_489_014_943,
];

/// The value below which a share `p` (0..1) of Student's t with `df` > 0 degrees of freedom lies; infinite at 0 and 1, `df` may be
/// infinite, NaN outside.
///
/// Newton's rule on the logarithm of the tail, from the expansion around the normal quantile (Abramowitz and Stegun, 1964, 26.7.5); near
/// the middle on the share around zero, so that quantiles close to zero keep their digits.
///
/// ```
/// use adbrain_core::stats::distribution::t_quantile;
/// assert!((t_quantile(0.975, 10.0) - 2.228138852).abs() < 1e-9);
/// assert!((t_quantile(0.975, 3e9) - 1.959963985).abs() < 1e-9);
/// ```
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if df.is_infinite() {
        return normal_quantile(p);
    }
    if p < 0.5 { -upper_quantile(p, df) } else { upper_quantile(1.0 - p, df) }
}

/// The t >= 0 that has a share `tail` (0..=0.5) above it.
fn upper_quantile(tail: f64, df: f64) -> f64 {
    if tail <= 0.0 {
        return f64::INFINITY;
    }
    let around_zero = 1.0 - 2.0 * tail;
    if around_zero < 0.4 {
        return libm::sqrt(df) * libm::exp(0.5 * beta_log_odds(around_zero, 0.5, df / 2.0));
    }
    if df < MANY_DEGREES {
        return libm::exp(0.5 * (libm::log(df) - beta_log_odds(2.0 * tail, df / 2.0, 0.5)));
    }
    let start = -libm::log(t_expansion(-normal_quantile(tail), df));
    libm::exp(-solve(2.0 * tail, Search { start, middle: 0.0 }, |w| {
        let t = libm::exp(-w);
        let slope = 2.0 * beta::front(df / 2.0, 0.5, t_share(t / df * t));
        Rising { value: t_two_sided(t, df), slope }
    }))
}

fn t_expansion(z: f64, df: f64) -> f64 {
    let square = z * z;
    let second = z * (square + 1.0) / 4.0;
    let third = z * polynomial(square, &[3.0, 16.0, 5.0]) / 96.0;
    z + (second + third / df) / df
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF as _, StudentsT};

    use super::super::close;
    use super::*;

    // The numbers of the next two tests are written by tests/golden/make_stats.py.
    #[test]
    fn t_quantiles_are_those_of_scipy_also_for_a_billion_degrees() {
        for (p, df, t) in [
            (0.975, 1.0, 12.706_204_736_174_694),
            (0.975, 2.5, 3.574_654_842_003_681_7),
            (0.95, 7.0, 1.894_578_605_090_006_2),
            (0.9995, 30.0, 3.645_958_635_042_062_7),
            (0.6, 99.5, 0.254_025_580_118_443_34),
            (0.975, 1e5, 1.959_987_707_534_609_5),
            (0.975, 1e6, 1.959_966_356_814_107),
            (0.975, 1e9, 1.959_963_986_912_325),
        ] {
            close(t_quantile(p, df), t, 1e-12);
            close(t_quantile(1.0 - p, df), -t, 1e-12);
        }
        assert!(t_quantile(0.975, 0.0).is_nan() && t_quantile(0.5, 3.0).abs() < 1e-12);
    }

    #[test]
    fn t_tails_are_those_of_scipy() {
        for (t, df, p) in [
            (2.0, 3.0, 0.139_325_968_558_843_05),
            (0.5, 12.5, 0.625_760_892_219_834_8),
            (6.0, 200.0, 9.115_120_348_810_346e-9),
            (2.5, 1e5, 0.012_420_919_192_559_051),
            (2.5, 1e7, 0.012_419_346_536_578_47),
            (10.0, 5e4, 1.603_593_381_070_338e-23),
        ] {
            close(t_two_sided(t, df), p, 1e-11);
        }
    }

    #[test]
    fn the_t_tail_agrees_with_statrs_where_statrs_is_right() {
        for df in [1.0, 2.5, 10.0, 99.0, 4000.0] {
            for t in [0.0, 0.1, 1.0, 2.0, 8.0] {
                close(t_two_sided(t, df), 2.0 * StudentsT::new(0.0, 1.0, df).unwrap().sf(t), 1e-10);
            }
        }
    }
}
