//! The derivatives of the logarithm of the gamma function.

use statrs::function::evaluate::polynomial;

/// From here on the asymptotic series has an error below the last bit.
const LARGE: f64 = 10.0;

/// The derivative of `ln Gamma(x)` for `x` > 0; NaN elsewhere.
///
/// `psi(x) = psi(x + 1) - 1/x` up to 10, then `ln x - 1/(2 x) - sum of B_2k / (2 k x^2k)`, B the Bernoulli numbers (Abramowitz and
/// Stegun, 1964, 6.3.5 and 6.3.18).
///
/// ```
/// use adbrain_core::stats::distribution::digamma;
/// assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-14);
/// ```
pub fn digamma(x: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 120.0,
        1.0 / 252.0,
        -1.0 / 240.0,
        1.0 / 132.0,
        -691.0 / 32_760.0,
        1.0 / 12.0,
        -3617.0 / 8160.0,
    ];
    let (x, below) = raised(x, |x| 1.0 / x);
    let square = 1.0 / (x * x);
    libm::log(x) - 0.5 / x - square * polynomial(square, &SERIES) - below
}

/// The second derivative of `ln Gamma(x)` for `x` > 0; NaN elsewhere.
///
/// `psi'(x) = psi'(x + 1) + 1/x^2` up to 10, then `1/x + 1/(2 x^2) + sum of B_2k / x^(2k+1)`, B the Bernoulli numbers (Abramowitz and
/// Stegun, 1964, 6.4.6 and 6.4.12).
pub fn trigamma(x: f64) -> f64 {
    const SERIES: [f64; 8] =
        [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0, -3617.0 / 510.0];
    let (x, below) = raised(x, |x| 1.0 / (x * x));
    let square = 1.0 / (x * x);
    (1.0 + 0.5 / x + square * polynomial(square, &SERIES)) / x + below
}

/// The place above [`LARGE`] where the series is used, and what the steps up to it add.
fn raised(x: f64, step: impl Fn(f64) -> f64) -> (f64, f64) {
    if x.is_nan() || x <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let (mut at, mut sum) = (x, 0.0);
    while at < LARGE {
        sum += step(at);
        at += 1.0;
    }
    (at, sum)
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn both_are_those_of_mpmath() {
        // mpmath 1.4.1: psi(0, x), psi(1, x).
        let table = [
            (1e-3, -1_000.575_571_931_810_3, 1_000_001.642_533_195_9),
            (0.242_593, -4.358_489_244_159_737, 18.199_200_324_835_135),
            (1.0, -0.577_215_664_901_532_9, 1.644_934_066_848_226_4),
            (7.5, 1.946_757_484_246_086_8, 0.142_615_896_696_703_8),
            (1e4, 9.210_290_371_142_85, 0.000_100_005_000_166_666_67),
        ];
        for (x, first, second) in table {
            close(digamma(x), first, 1e-13);
            close(trigamma(x), second, 1e-13);
        }
    }

    #[test]
    fn nothing_is_defined_at_zero_and_below() {
        assert!(digamma(0.0).is_nan() && trigamma(-1.0).is_nan() && digamma(f64::NAN).is_nan());
    }
}
