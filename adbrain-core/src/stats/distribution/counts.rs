//! The binomial and the Poisson distribution.

use super::beta::{self, Share, ln_beta};
use super::elementary::{HALF_LN_TWO_PI, log_excess, stirling_error};
use super::gamma;
use super::{Tails, is_positive};

/// The natural logarithm of the number of ways to choose `k` of `n`: `-ln(n + 1) - ln B(n - k + 1, k + 1)`, B the beta function, also
/// between whole numbers; NaN unless 0 <= k <= n (Olver and others, "NIST handbook of mathematical functions", 2010, 5.12). The
/// statistic of this name, as Python and Node call it, accepts whole numbers only.
pub fn ln_choose(n: f64, k: f64) -> f64 {
    if !n.is_finite() || !(0.0..=n).contains(&k) {
        return f64::NAN;
    }
    let k = k.min(n - k);
    if k <= 0.0 {
        return 0.0;
    }
    -libm::log1p(n) - ln_beta(n - k + 1.0, k + 1.0)
}

/// The probability of at most `k` hits in `n` trials of chance `p` (0..1): `I_(1-p)(n - k, k + 1)`, I the regularised incomplete beta
/// function (Abramowitz and Stegun, 1964, 26.5). Assumes independent trials of one chance.
///
/// `k` is rounded down; NaN unless `n` is a whole number of at least zero and p is a chance.
///
/// ```
/// use adbrain_core::stats::distribution::binomial_cdf;
/// assert!((binomial_cdf(5e5, 1e6, 0.5) - 0.5003989421806654).abs() < 1e-12);
/// ```
pub fn binomial_cdf(k: f64, n: f64, p: f64) -> f64 {
    binomial(k, n, p).map_or(f64::NAN, |tails| tails.lower)
}

/// The probability of more than `k` (not of just `k`) hits in `n` trials of chance `p`: `I_p(k + 1, n - k)` (Abramowitz and Stegun, 1964,
/// 26.5). Ranges are those of [`binomial_cdf`].
pub fn binomial_sf(k: f64, n: f64, p: f64) -> f64 {
    binomial(k, n, p).map_or(f64::NAN, |tails| tails.upper)
}

fn binomial(k: f64, n: f64, p: f64) -> Option<Tails> {
    let is_whole = n.is_finite() && n >= 0.0 && n.floor().total_cmp(&n).is_eq();
    if !is_whole || !(0.0..=1.0).contains(&p) || k.is_nan() {
        return None;
    }
    let k = k.floor();
    if k < 0.0 {
        return Some(Tails::from_lower(0.0));
    }
    if k >= n {
        return Some(Tails::from_upper(0.0));
    }
    beta::tails(n - k, k + 1.0, Share::of(p).swapped())
}

/// The probability of at most `k` events where `mean` >= 0 are expected: `Q(k + 1, mean)`, Q the upper regularised incomplete gamma
/// function; `k` is rounded down, NaN for other means (Abramowitz and Stegun, 1964, 26.4). Assumes events that come independently at one
/// rate.
pub fn poisson_cdf(k: f64, mean: f64) -> f64 {
    poisson(k, mean).map_or(f64::NAN, |tails| tails.upper)
}

/// The probability of more than `k` (not of just `k`) events where `mean` >= 0 are expected: `P(k + 1, mean)`, P the lower regularised
/// incomplete gamma function (Abramowitz and Stegun, 1964, 26.4). Ranges are those of [`poisson_cdf`].
pub fn poisson_sf(k: f64, mean: f64) -> f64 {
    poisson(k, mean).map_or(f64::NAN, |tails| tails.lower)
}

/// The logarithm of the probability of just `k` hits in `n` trials of chance `p` (0..1, ends left out), for whole 0 <= k <= n.
///
/// `ln f = e(n) - e(k) - e(n - k) - D(k, n p) - D(n - k, n q) + ln(n / (k (n - k))) / 2 - ln(2 pi) / 2` with q = 1 - p, e the error of
/// Stirling's formula and D(k, m) = k ln(k / m) + m - k: no large terms cancel (Loader, "Fast and accurate computation of binomial
/// probabilities", 2000).
pub(in crate::stats) fn binomial_ln_pmf(k: f64, n: f64, p: f64) -> f64 {
    if k <= 0.0 {
        return n * libm::log1p(-p);
    }
    if k >= n {
        return n * libm::log(p);
    }
    let (misses, q) = (n - k, 1.0 - p);
    let errors = stirling_error(n) - stirling_error(k) - stirling_error(misses);
    errors - deviance(k, n * p) - deviance(misses, n * q) + 0.5 * libm::log(n / k / misses) - HALF_LN_TWO_PI
}

/// The logarithm of the probability of just `k` >= 0 events where `mean` > 0 are expected; see [`binomial_ln_pmf`].
pub(in crate::stats) fn poisson_ln_pmf(k: f64, mean: f64) -> f64 {
    if k <= 0.0 {
        return -mean;
    }
    -stirling_error(k) - deviance(k, mean) - 0.5 * libm::log(k) - HALF_LN_TWO_PI
}

/// `k ln(k / mean) + mean - k`.
fn deviance(k: f64, mean: f64) -> f64 {
    k * log_excess((mean - k) / k)
}

/// The tails of the gamma distribution that counts the same events.
fn poisson(k: f64, mean: f64) -> Option<Tails> {
    if k.is_nan() || !(mean >= 0.0 && mean.is_finite()) {
        return None;
    }
    let k = k.floor();
    if k < 0.0 {
        return Some(Tails::from_upper(0.0));
    }
    if is_positive(k + 1.0) { gamma::tails(k + 1.0, mean) } else { Some(Tails::from_lower(0.0)) }
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn few_trials_add_up() {
        close(binomial_cdf(1.0, 3.0, 0.25), 0.75 * 0.75 * 1.5, 1e-14);
        close(binomial_sf(1.9, 3.0, 0.25), 0.25 * 0.25 * 2.5, 1e-14);
        close(poisson_cdf(1.0, 2.0), 3.0 * libm::exp(-2.0), 1e-14);
        close(libm::exp(ln_choose(52.0, 5.0)), 2_598_960.0, 1e-12);
    }

    #[test]
    fn probabilities_of_single_counts_add_up_and_are_those_of_the_tails() {
        for (n, p) in [(1_u32, 0.3), (12, 0.5), (900, 0.02)] {
            let sum: f64 = (0..=n).map(|k| libm::exp(binomial_ln_pmf(f64::from(k), f64::from(n), p))).sum();
            close(sum, 1.0, 1e-13);
        }
        for k in [0.0, 7.0, 40.0] {
            let one = poisson_cdf(k, 9.5) - poisson_cdf(k - 1.0, 9.5);
            assert!((libm::exp(poisson_ln_pmf(k, 9.5)) - one).abs() < 1e-15);
        }
        close(binomial_ln_pmf(5e11, 1e12, 0.5), -0.5 * libm::log(std::f64::consts::FRAC_PI_2 * 1e12), 1e-12);
    }

    #[test]
    fn certain_and_impossible_counts_are_exact() {
        for (k, p) in [(-1.0, 0.5), (1.0, 1.0)] {
            assert!(binomial_cdf(k, 3.0, p).abs() <= 0.0 && binomial_sf(k, 3.0, p) >= 1.0);
        }
        for (k, p) in [(3.0, 0.5), (0.0, 0.0)] {
            assert!(binomial_cdf(k, 3.0, p) >= 1.0 && binomial_sf(k, 3.0, p).abs() <= 0.0);
        }
        assert!(poisson_cdf(0.0, 0.0) >= 1.0 && poisson_cdf(-1.0, 3.0).abs() <= 0.0);
        assert!(
            binomial_cdf(1.0, 2.5, 0.5).is_nan() && poisson_cdf(1.0, -1.0).is_nan() && ln_choose(3.0, 4.0).is_nan()
        );
    }
}
