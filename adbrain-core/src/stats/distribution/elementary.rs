//! Small functions that the tails are written in: differences that would cancel, and the error of Stirling's formula.

use statrs::function::evaluate::polynomial;

/// Half the logarithm of two pi.
pub(super) const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// `u - ln(1 + u)` for u > -1, at least zero; keeps its relative precision near zero.
///
/// Near zero with r = u / (2 + u): `r u - 2 r^3 (1/3 + r^2/5 + r^4/7 + ...)`.
pub(super) fn log_excess(u: f64) -> f64 {
    const ODD: [f64; 13] = [
        1.0 / 3.0,
        1.0 / 5.0,
        1.0 / 7.0,
        1.0 / 9.0,
        1.0 / 11.0,
        1.0 / 13.0,
        1.0 / 15.0,
        1.0 / 17.0,
        1.0 / 19.0,
        1.0 / 21.0,
        1.0 / 23.0,
        1.0 / 25.0,
        1.0 / 27.0,
    ];
    if u.abs() > 0.4 {
        return u - libm::log1p(u);
    }
    let r = u / (2.0 + u);
    r * u - 2.0 * r * r * r * polynomial(r * r, &ODD)
}

/// `e^v - 1 - v`, at least zero; keeps its relative precision near zero.
pub(super) fn exp_excess(v: f64) -> f64 {
    const FACTORIALS: [f64; 14] = [
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
        1.0 / 6_227_020_800.0,
        1.0 / 87_178_291_200.0,
        1.0 / 1_307_674_368_000.0,
    ];
    if v.abs() > 0.5 {
        return libm::expm1(v) - v;
    }
    v * v * polynomial(v, &FACTORIALS)
}

/// `ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2)` for x > 0: by Stirling's series from 10 on, below it from `ln Gamma` itself.
pub(super) fn stirling_error(x: f64) -> f64 {
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    if x < 10.0 {
        return libm::lgamma(x) - ((x - 0.5) * libm::log(x) - x + HALF_LN_TWO_PI);
    }
    polynomial(1.0 / (x * x), &SERIES) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_keep_their_precision_near_zero() {
        for u in [1e-9, -1e-9, 1e-5, -1e-5] {
            let series = u * u / 2.0 - u * u * u / 3.0 + u * u * u * u / 4.0;
            assert!((log_excess(u) - series).abs() <= 1e-14 * series);
            let series = u * u / 2.0 + u * u * u / 6.0 + u * u * u * u / 24.0;
            assert!((exp_excess(u) - series).abs() <= 1e-14 * series);
        }
    }

    #[test]
    fn both_branches_meet() {
        for u in [0.4, -0.4] {
            assert!((log_excess(u) - (u - libm::log1p(u))).abs() < 1e-15);
        }
        for v in [0.5, -0.5] {
            assert!((exp_excess(v) - (libm::expm1(v) - v)).abs() < 1e-15);
        }
        assert!((stirling_error(10.0) - stirling_error(10.0 - 1e-13)).abs() < 1e-14);
    }
}
