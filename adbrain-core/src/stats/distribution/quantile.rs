//! Quantiles of the gamma and the beta distribution, by Newton's rule on the logarithm of the smaller tail.
//!
//! The logarithm of a tail is concave in ln x (gamma) and in the log odds (beta), so Newton's rule comes to the answer from
//! anywhere.

use super::beta::{self, Share, ln_beta};
use super::gamma::{self, ln_gamma};
use super::is_positive;
use super::normal::normal_quantile;

const MAX_STEPS: u32 = 200;
/// A residual of the logarithm after which one more step of Newton's rule is exact.
const CLOSE: f64 = 1e-8;
/// Below this the first term of the power series is the whole function.
const FIRST_TERM: f64 = -40.0;

/// A tail at a place and its slope there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rising {
    pub(super) value: f64,
    pub(super) slope: f64,
}

/// Where to look: a first guess, and a place where the tail is surely above zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    pub(super) start: f64,
    pub(super) middle: f64,
}

/// The place at which a rising, log-concave tail is `p` > 0.
pub(super) fn solve(p: f64, Search { start, middle }: Search, tail: impl Fn(f64) -> Rising) -> f64 {
    let mut place = start;
    for _ in 0..MAX_STEPS {
        let Rising { value, slope } = tail(place);
        if value <= 0.0 || slope <= 0.0 {
            place = 0.5 * (place + middle);
            continue;
        }
        let ratio = value / p;
        let excess = if ratio.is_finite() { libm::log(ratio) } else { libm::log(value) - libm::log(p) };
        place -= excess * value / slope;
        if excess.abs() < CLOSE {
            break;
        }
    }
    place
}

/// The value below which a share `p` (0..1) of a gamma distribution of the given `shape` > 0 and scale 1 lies; 0 at 0, infinite
/// at 1, NaN outside.
///
/// Newton's rule on the logarithm of the smaller tail, from the guess of Wilson and Hilferty (1931) or from the first term of the
/// power series.
pub fn gamma_quantile(p: f64, shape: f64) -> f64 {
    if !is_positive(shape) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let first_term = (libm::log(p) + ln_gamma(shape + 1.0)) / shape;
    if first_term < FIRST_TERM {
        return libm::exp(first_term);
    }
    let middle = libm::log(shape);
    let start = wilson_hilferty(p, shape).max(first_term);
    if p <= 0.5 {
        return libm::exp(solve(p, Search { start, middle }, |w| {
            let x = libm::exp(w);
            Rising { value: gamma::gamma_p(shape, x), slope: gamma::front(shape, x) }
        }));
    }
    let search = Search { start: -start, middle: -middle };
    libm::exp(-solve(1.0 - p, search, |w| {
        let x = libm::exp(-w);
        Rising { value: gamma::gamma_q(shape, x), slope: gamma::front(shape, x) }
    }))
}

/// ln of `a (1 - 1/(9a) + z / (3 sqrt a))^3`; minus infinity where that is not positive.
fn wilson_hilferty(p: f64, shape: f64) -> f64 {
    let root = 1.0 - 1.0 / (9.0 * shape) + normal_quantile(p) / (3.0 * libm::sqrt(shape));
    if root > 0.0 { libm::log(shape) + 3.0 * libm::log(root) } else { f64::NEG_INFINITY }
}

/// The value below which a share `p` (0..1) of a beta distribution with parameters `a`, `b` > 0 lies; NaN outside.
///
/// The x with `I_x(a, b) = p`, by Newton's rule on the logarithm of the smaller tail over the log odds, from the approximation of
/// Abramowitz and Stegun (1964, 26.5.22, after Carter, 1947) or the first term of the series.
///
/// ```
/// use adbrain_core::stats::distribution::beta_quantile;
/// assert!((beta_quantile(1e-8, 0.5, 0.5) / 2.467_401_100_272_339e-16 - 1.0).abs() < 1e-10);
/// ```
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if !is_positive(a) || !is_positive(b) || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p <= 0.5 {
        return logistic(beta_log_odds(p, a, b));
    }
    logistic(-beta_log_odds(1.0 - p, b, a))
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

/// The log odds of the value below which a share `p` (0..1, best a small one) of a beta distribution lies.
pub(super) fn beta_log_odds(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let first_term = (libm::log(p) + libm::log(a) + ln_beta(a, b)) / a;
    if first_term < FIRST_TERM - libm::log1p(b) {
        return first_term;
    }
    let middle = libm::log(a / b);
    let guess = if a > 1.0 && b > 1.0 { carter(p, a, b) } else { first_term };
    solve(p, Search { start: guess.max(first_term), middle }, |w| {
        let share = Share { x: logistic(w), y: logistic(-w) };
        let value = beta::tails(a, b, share).map_or(0.0, |tails| tails.lower);
        Rising { value, slope: beta::front(a, b, share) }
    })
}

/// The log odds by Abramowitz and Stegun 26.5.22 (after Carter, 1947), for parameters above 1.
fn carter(p: f64, a: f64, b: f64) -> f64 {
    let upper = -normal_quantile(p);
    let (inverse_a, inverse_b) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let harmonic = 2.0 / (inverse_a + inverse_b);
    let lambda = (upper * upper - 3.0) / 6.0;
    let spread = upper * libm::sqrt((harmonic + lambda).max(0.0)) / harmonic;
    let skew = (inverse_b - inverse_a) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * harmonic));
    libm::log(a / b) - 2.0 * (spread - skew)
}

#[cfg(test)]
mod tests {
    use super::super::{beta_cdf, beta_sf, close, gamma_p, gamma_q};
    use super::*;

    #[test]
    fn quantiles_and_tails_go_both_ways() {
        for p in [1e-60, 1e-9, 0.03, 0.5, 0.77, 1.0 - 1e-9] {
            for shape in [0.3, 1.0, 40.0, 1e4, 1e9] {
                let x = gamma_quantile(p, shape);
                let (ours, wanted) = if p < 0.6 { (gamma_p(shape, x), p) } else { (gamma_q(shape, x), 1.0 - p) };
                close(ours, wanted, 1e-8);
            }
            for (a, b) in [(0.8, 0.8), (2.0, 30.0), (30.0, 2.0), (5e5, 9.5e6)] {
                let x = beta_quantile(p, a, b);
                let (ours, wanted) = if p < 0.6 { (beta_cdf(x, a, b), p) } else { (beta_sf(x, a, b), 1.0 - p) };
                close(ours, wanted, 1e-4);
            }
        }
    }

    #[test]
    fn ends_are_the_ends_of_the_domain() {
        assert!(gamma_quantile(0.0, 2.0).abs() <= 0.0 && gamma_quantile(1.0, 2.0).is_infinite());
        assert!(beta_quantile(0.0, 2.0, 3.0).abs() <= 0.0 && beta_quantile(1.0, 2.0, 3.0) >= 1.0);
        assert!(gamma_quantile(-0.1, 2.0).is_nan() && beta_quantile(0.5, 2.0, -3.0).is_nan());
    }
}
