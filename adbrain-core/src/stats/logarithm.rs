//! A natural logarithm for lists.

/// The natural logarithm of a positive, finite number that is not subnormal: the bits of `libm::log`, by its own algorithm (with x = 2^k
/// (1 + f), sqrt(1/2) < 1 + f < sqrt(2) and s = f / (2 + f): ln x = k ln 2 + f - f^2 / 2 + s (f^2 / 2 + R(s^2)), R of degree 7), without
/// a branch, so that a loop over a list runs in the vector unit. Other numbers give a finite number without meaning.
#[inline]
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
}
