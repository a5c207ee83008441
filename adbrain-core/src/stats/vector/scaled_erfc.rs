//! The complementary error function without its exponential.

/// exp(x^2) erfc(x) for x from zero up, finite; relative error below 5e-16.
///
/// (1 + 2x) exp(x^2) erfc(x) as a polynomial in (x - 3.75) / (x + 3.75) (M. M. Shepherd and J. G. Laframboise, "Chebyshev approximation of
/// (1 + 2x) exp(x^2) erfc x in 0 <= x < inf", Mathematics of Computation 36, 1981), here of degree 24 through the zeros of the Chebyshev
/// polynomial of degree 25.
#[inline(always)]
#[expect(clippy::many_single_char_names, reason = "the names of the formula")]
pub(in crate::stats) fn scaled_erfc(x: f64) -> f64 {
    let s = (x - 3.75) / (x + 3.75);
    let s2 = s * s;
    let s4 = s2 * s2;
    // Every fourth power by itself: four chains of six steps wait less than one of 24.
    let (mut a, mut b, mut c, mut d) = (HIGHEST, 0.0, 0.0, 0.0);
    for [at_a, at_b, at_c, at_d] in LOWER.into_iter().rev() {
        a = at_a + s4 * a;
        b = at_b + s4 * b;
        c = at_c + s4 * c;
        d = at_d + s4 * d;
    }
    (a + s2 * c + s * (b + s2 * d)) / (1.0 + 2.0 * x)
}

/// The coefficients of the polynomial below degree 24, four a line from degree 0 up, computed with 60 digits.
const LOWER: [[f64; 4]; 6] = [
    [1.237_512_630_837_827_5, -0.140_240_598_585_546_97, 0.003_585_415_485_463_775, 0.082_276_738_490_145_16],
    [-0.108_803_930_141_717_85, 0.092_304_321_160_378_76, -0.058_693_398_590_212_366, 0.028_362_277_418_940_665],
    [
        -0.009_746_579_552_504_244,
        0.001_755_625_853_001_725_7,
        0.000_293_713_634_285_008_1,
        -0.000_290_154_080_979_527_1,
    ],
    [5.164_921_139_070_285_5e-5, 2.238_424_031_422_443_7e-5, -1.144_441_243_917_172_2e-5, -9.735_619_015_182_663e-7],
    [1.752_057_970_166_318e-6, -5.721_597_255_990_987e-8, -2.591_069_687_796_658e-7, 2.326_191_327_669_656_6e-8],
    [3.896_545_254_898_596_6e-8, -3.743_568_033_634_583e-9, -5.284_286_979_631_42e-9, 3.110_310_719_839_165e-10],
];
/// The coefficient of degree 24.
const HIGHEST: f64 = 4.434_959_070_009_628e-10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_value_of_60_digits() {
        const CASES: &[(f64, f64)] = &[
            (0.0, 1.0),
            (1e-9, 0.999_999_998_871_620_8),
            (0.001, 0.998_872_620_081_151_4),
            (0.1, 0.896_456_979_969_126_7),
            (0.25, 0.770_346_547_730_996_8),
            (0.5, 0.615_690_344_192_925_9),
            (0.75, 0.506_937_650_293_144_9),
            (1.0, 0.427_583_576_155_807),
            (1.5, 0.321_585_416_454_317_5),
            (2.0, 0.255_395_676_310_505_75),
            (3.0, 0.179_001_151_181_389_96),
            (3.75, 0.145_589_721_275_038_55),
            (5.0, 0.110_704_637_733_068_63),
            (7.5, 0.074_573_693_062_876_69),
            (10.0, 0.056_140_992_743_822_59),
            (15.0, 0.037_529_606_388_505_76),
            (20.0, 0.028_174_348_741_051_32),
            (27.0, 0.020_881_607_990_420_94),
            (50.0, 0.011_281_536_265_323_773),
            (1e4, 5.641_895_807_268_084e-5),
            (1e9, 5.641_895_835_477_563e-10),
        ];
        for (x, theirs) in CASES {
            assert!((scaled_erfc(*x) - theirs).abs() <= 5e-16 * theirs, "{x}");
        }
    }

    #[test]
    fn it_is_that_of_libm_over_the_exponential() {
        for x in (0..50_000).map(|step| f64::from(step) * 1e-4) {
            let theirs = libm::erfc(x) * libm::exp(x * x);
            assert!((scaled_erfc(x) - theirs).abs() <= 1e-14 * theirs, "{x}");
        }
    }
}
