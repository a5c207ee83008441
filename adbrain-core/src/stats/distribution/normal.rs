//! The normal distribution.

use std::f64::consts::{PI, SQRT_2};

use statrs::function::evaluate::polynomial;

/// The share of a standard normal below `z`: `erfc(-z / sqrt 2) / 2`, erfc the complementary error function (Abramowitz and Stegun, 1964,
/// 26.2).
///
/// ```
/// use adbrain_core::stats::distribution::normal_cdf;
/// assert!((normal_cdf(1.959963984540054) - 0.975).abs() < 1e-15);
/// ```
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The share of a standard normal above `z`, with its relative precision kept in the far tail: `erfc(z / sqrt 2) / 2` (Abramowitz and
/// Stegun, 1964, 26.2).
pub fn normal_sf(z: f64) -> f64 {
    0.5 * libm::erfc(z / SQRT_2)
}

/// The density of a standard normal at `z`: `exp(-z^2 / 2) / sqrt(2 pi)` (Abramowitz and Stegun, 1964, 26.2).
pub fn normal_pdf(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI)
}

/// The probability that a standard normal lies further from zero than `z` on either side: `erfc(|z| / sqrt 2)`, the two-sided p value of
/// a z test (Abramowitz and Stegun, 1964, 26.2).
pub fn normal_two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / SQRT_2)
}

/// The quantile on both sides of which lie 80 %: `normal_quantile(0.9)`.
pub(crate) const NORMAL_80: f64 = 1.281_551_565_544_600_4;

/// The value below which a share `p` (0..1) of a standard normal lies; infinite at 0 and 1, NaN outside.
///
/// Rational approximations in three ranges, relative error about 1e-16 (M. J. Wichura, "Algorithm AS 241: the percentage points
/// of the normal distribution", Applied Statistics 37, 1988).
///
/// ```
/// use adbrain_core::stats::distribution::normal_quantile;
/// assert!((normal_quantile(1e-300) + 37.0471).abs() < 1e-4);
/// ```
pub fn normal_quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let from_middle = p - 0.5;
    if from_middle.abs() <= 0.425 {
        let r = 0.425 * 0.425 - from_middle * from_middle;
        return from_middle * polynomial(r, &MIDDLE[0]) / polynomial(r, &MIDDLE[1]);
    }
    let tail = if from_middle < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return from_middle.signum() * f64::INFINITY;
    }
    let r = libm::sqrt(-libm::log(tail));
    let (r, [above, below]) = if r <= 5.0 { (r - 1.6, &NEAR) } else { (r - 5.0, &FAR) };
    from_middle.signum() * polynomial(r, above) / polynomial(r, below)
}

/// Wichura's coefficients, numerator and denominator, lowest power first.
const MIDDLE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];
const NEAR: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn quantiles_and_cdf_of_the_normal_go_both_ways() {
        for p in [1e-310, 1e-300, 1e-12, 1e-5, 0.01, 0.074, 0.076, 0.3, 0.5, 0.8, 0.999] {
            close(normal_cdf(normal_quantile(p)), p, 1e-12);
        }
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(f64::NAN).is_nan());
        assert!(normal_quantile(0.0) == f64::NEG_INFINITY && normal_quantile(1.0) == f64::INFINITY);
    }

    // The numbers are written by tests/golden/make_stats.py.
    #[test]
    fn normal_quantiles_are_those_of_scipy() {
        for (p, z) in [
            (1e-10, -6.361_340_902_404_056),
            (0.001, -3.090_232_306_167_813),
            (0.02425, -1.972_961_051_311_885),
            (0.2, -0.841_621_233_572_914_2),
            (0.9, 1.281_551_565_544_600_4),
            (0.975, 1.959_963_984_540_054),
        ] {
            close(normal_quantile(p), z, 1e-14);
        }
    }

    #[test]
    fn the_tails_mirror_each_other() {
        for z in [-8.0, -1.0, 0.0, 0.5, 37.0] {
            close(normal_sf(z), normal_cdf(-z), 1e-15);
            close(normal_two_sided(z), 2.0 * normal_sf(z.abs()), 1e-15);
        }
    }
}
