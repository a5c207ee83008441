//! Logarithm and exponential without a branch.

/// The natural logarithm of a positive, finite number that is not subnormal: the bits of `libm::log`, by its own algorithm (with x = 2^k
/// (1 + f), sqrt(1/2) < 1 + f < sqrt(2) and s = f / (2 + f): ln x = k ln 2 + f - f^2 / 2 + s (f^2 / 2 + R(s^2)), R of degree 7), without
/// a branch, so that a loop over a list runs in the vector unit. Other numbers give a finite number without meaning.
#[inline(always)]
#[expect(clippy::many_single_char_names, reason = "the names of the formula")]
pub(in crate::stats) fn ln_of_normal(x: f64) -> f64 {
    const LN2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    const R: [f64; 7] = [
        0.666_666_666_666_673_5,
        0.399_999_999_994_094_2,
        0.285_714_287_436_623_9,
        0.222_221_984_321_497_84,
        0.181_835_721_616_180_5,
        0.153_138_376_992_093_73,
        0.147_981_986_051_165_86,
    ];
    const LOWEST: u64 = 0x3FE6_A09E_0000_0000;
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    const MANTISSA: u64 = 0x000F_FFFF_FFFF_FFFF;
    // The exponent joins the bits of 2^52 as their last ones: a conversion that needs no conversion.
    const CARRIER: u64 = 0x4330_0000_0000_0000;

    let moved = x.to_bits().wrapping_add(ONE - LOWEST);
    let k = f64::from_bits(CARRIER | moved >> 52) - (f64::from_bits(CARRIER) + 1023.0);
    let f = f64::from_bits((moved & MANTISSA) + LOWEST) - 1.0;
    let half = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (R[1] + w * (R[3] + w * R[5]));
    let odd = z * (R[0] + w * (R[2] + w * (R[4] + w * R[6])));
    s * (half + (odd + even)) + k * LN2[1] - half + f + k * LN2[0]
}

/// ln(1 + x) for x from zero to 1e300, right to the last digits near zero too: the logarithm of the rounded sum, with what the rounding
/// took (W. Kahan's correction; Higham, "Accuracy and Stability of Numerical Algorithms", 2002, 1.14.1).
#[inline(always)]
pub(in crate::stats) fn ln_1p_of_positive(x: f64) -> f64 {
    let sum = 1.0 + x;
    ln_of_normal(sum) + (x - (sum - 1.0)) / sum
}

/// exp(x) for x from minus infinity to zero, by the algorithm of `libm::exp`: with k the whole number next to x / ln 2 and r = x - k ln 2:
/// 2^k (1 + r + r c / (2 - c)), c = r - r^2 P(r^2), P of degree 4.
#[inline(always)]
#[expect(clippy::many_single_char_names, reason = "the names of the formula")]
pub(in crate::stats) fn exp_below_zero(x: f64) -> f64 {
    const LN2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    const P: [f64; 5] = [
        0.166_666_666_666_666_02,
        -2.777_777_777_701_559_3e-3,
        6.613_756_321_437_934e-5,
        -1.653_390_220_546_525_2e-6,
        4.138_136_797_057_238_5e-8,
    ];
    /// 1.5 * 2^52: what is added to it is rounded to a whole number, which its last bits hold.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    /// Below it the result is zero, as it is here.
    const LOWEST: f64 = -1400.0;

    let x = if x > LOWEST { x } else { LOWEST };
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let (high, low) = (x - k * LN2[0], k * LN2[1]);
    let r = high - low;
    let z = r * r;
    let c = r - z * (P[0] + z * (P[1] + z * (P[2] + z * (P[3] + z * P[4]))));
    let of_rest = 1.0 + (r * c / (2.0 - c) - low + high);
    // 2^k in two halves: a power below the smallest normal number has no bits of its own.
    let half = 0.5 * k + ROUNDER;
    of_rest * power_of_two(half) * power_of_two(rounded - (half - ROUNDER))
}

/// 2^k, where `shifted` is k, a whole number above -1022, added to 1.5 * 2^52.
#[inline(always)]
fn power_of_two(shifted: f64) -> f64 {
    f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    #[test]
    fn it_has_the_bits_of_libm_from_the_smallest_to_the_largest_number() {
        let mut luck = Random::at(2, &[]);
        let any = (0..200_000).map(|_| libm::exp(1400.0 * luck.uniform() - 700.0));
        let near_one = (0..20_000).map(|step| 1.0 + (f64::from(step) - 10_000.0) * 4e-5);
        let ends = [
            f64::MIN_POSITIVE,
            f64::MAX,
            1.0,
            0.5_f64.sqrt(),
            2_f64.sqrt(),
            1.0 + f64::EPSILON,
            1.0 - f64::EPSILON / 2.0,
        ];
        for x in any.chain(near_one).chain(ends) {
            assert_eq!(ln_of_normal(x).to_bits(), libm::log(x).to_bits(), "{x:e}");
        }
    }
    #[test]
    fn the_logarithm_of_one_and_more_is_that_of_libm() {
        let mut luck = Random::at(3, &[]);
        for x in (0..200_000).map(|_| libm::exp(800.0 * luck.uniform() - 700.0)).chain([0.0, 1.0, 1e-300]) {
            let theirs = libm::log1p(x);
            assert!((ln_1p_of_positive(x) - theirs).abs() <= 4e-16 * theirs, "{x:e}");
        }
    }

    #[test]
    fn the_exponential_is_that_of_libm_down_to_zero() {
        let mut luck = Random::at(4, &[]);
        let any = (0..200_000).map(|_| -760.0 * luck.uniform());
        let small = (0..20_000).map(|step| -1e-4 * f64::from(step));
        for x in any.chain(small).chain([0.0, -1e-300, -745.0, -745.2, -1e300, f64::NEG_INFINITY]) {
            let theirs = libm::exp(x);
            let last_digit = f64::from_bits(theirs.to_bits() + 1) - theirs;
            assert!((exp_below_zero(x) - theirs).abs() <= last_digit, "{x:e}");
        }
    }
}
