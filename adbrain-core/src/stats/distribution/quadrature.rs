//! The integral of a falling tail by Gauss-Legendre.

/// Nodes above zero and weights of the rule with 40 points on -1..1.
const RULE: [(f64, f64); 20] = [
    (0.038_772_417_506_050_82, 0.077_505_947_978_424_8),
    (0.116_084_070_675_255_21, 0.077_039_818_164_247_97),
    (0.192_697_580_701_371_1, 0.076_110_361_900_626_24),
    (0.268_152_185_007_253_7, 0.074_723_169_057_968_26),
    (0.341_994_090_825_758_5, 0.072_886_582_395_804_06),
    (0.413_779_204_371_605, 0.070_611_647_391_286_78),
    (0.483_075_801_686_178_7, 0.067_912_045_815_233_9),
    (0.549_467_125_095_128_2, 0.064_804_013_456_601_04),
    (0.612_553_889_667_980_2, 0.061_306_242_492_928_94),
    (0.671_956_684_614_179_6, 0.057_439_769_099_391_55),
    (0.727_318_255_189_927_1, 0.053_227_846_983_936_82),
    (0.778_305_651_426_519_4, 0.048_695_807_635_072_23),
    (0.824_612_230_833_311_7, 0.043_870_908_185_673_27),
    (0.865_959_503_212_259_5, 0.038_782_167_974_472_016),
    (0.902_098_806_968_874_3, 0.033_460_195_282_547_844),
    (0.932_812_808_278_676_5, 0.027_937_006_980_023_4),
    (0.957_916_819_213_791_7, 0.022_245_849_194_166_96),
    (0.977_259_949_983_774_3, 0.016_421_058_381_907_89),
    (0.990_726_238_699_457, 0.010_498_284_531_152_813),
    (0.998_237_709_710_559_3, 0.004_521_277_098_533_191),
];
/// Beyond this drop (in powers of e) a tail adds nothing.
const DROP: f64 = 38.0;

/// A tail's fall: minus the logarithm of its integrand relative to the start, and the slope of that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fall {
    pub(super) depth: f64,
    pub(super) slope: f64,
}

/// The integral of `exp(-depth(t))` over t from 0 on, for a convex depth with `depth(0) = 0` and the given curvature at zero.
///
/// Newton's rule finds where the tail has fallen by e^38 (at most 12 steps), then the 40-point rule integrates up to there.
pub(super) fn falling_tail(curvature: f64, fall: impl Fn(f64) -> Fall) -> f64 {
    let start = fall(0.0).slope.max(0.0);
    let mut end = 2.0 * DROP / (start + libm::sqrt(start * start + 2.0 * DROP * curvature));
    for _ in 0..12 {
        let Fall { depth, slope } = fall(end);
        if depth > DROP - 3.0 && depth < DROP + 12.0 {
            break;
        }
        end = (end - (depth - DROP) / slope).clamp(end / 4.0, 4.0 * end);
    }
    let half = end / 2.0;
    let height = |t: f64| libm::exp(-fall(t).depth);
    half * RULE.iter().map(|(x, weight)| weight * (height(half * (1.0 - x)) + height(half * (1.0 + x)))).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_and_normal_tails_are_exact() {
        let exponential = falling_tail(0.0, |t| Fall { depth: 3.0 * t, slope: 3.0 });
        assert!((exponential - 1.0 / 3.0).abs() < 1e-14);
        let normal = falling_tail(1.0, |t| Fall { depth: t * t / 2.0, slope: t });
        assert!((normal - libm::sqrt(std::f64::consts::FRAC_PI_2)).abs() < 1e-13);
    }
}
