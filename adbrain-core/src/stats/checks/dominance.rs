//! One block that decides alone.

use crate::stats::{Defined, Undefined};

/// The block that the result hangs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dominance {
    /// The block with the largest share of both arms' numerators, counted from 0.
    pub largest: usize,
    /// That share, 0..1; with k even blocks about 1 / k.
    pub share: f64,
    /// The difference of the ratios, treatment - control, over all blocks.
    pub effect: f64,
    /// The block whose absence changes that difference most, counted from 0.
    pub influential: usize,
    /// The difference without that block.
    pub effect_without: f64,
}

impl Dominance {
    /// Whether one block holds more than `limit` (a share, 0..1) of the total, or turns the difference around. A rule of thumb: no error
    /// rate.
    pub fn is_dominated(&self, limit: f64) -> bool {
        self.share > limit || self.effect * self.effect_without < 0.0
    }
}

/// Looks for one day (or region) that decides a comparison of ratios: its share of the total, and the effect without it.
///
/// Both arms give `[y, x]` for the same blocks in the same order, y not below zero (revenue, clicks), x the denominator; x = 1 for means.
/// With Y and X the sums, the effect is `Yt / Xt - Yc / Xc`; each block is left out in turn (Efron, "Bootstrap methods: another look at the
/// jackknife", 1979). Blocks without a denominator in the rest are skipped.
///
/// Effects are in the unit of the ratio, the share is 0 to 1. It describes, it is no test: it assumes blocks of like size, where a large
/// one rightly counts for more.
///
/// # Errors
/// [`Undefined::Input`] for arms of different length, [`Undefined::TooFew`] below two blocks, [`Undefined::NotFinite`],
/// [`Undefined::NothingObserved`] where all numerators are zero, [`Undefined::DenominatorNearZero`] where an arm's sum of x is.
pub fn dominant_block(control: &[[f64; 2]], treatment: &[[f64; 2]]) -> Defined<Dominance> {
    if control.len() != treatment.len() {
        return Err(Undefined::Input { field: "treatment", problem: "must have the same blocks as control" });
    }
    if control.len() < 2 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    let blocks = || control.iter().zip(treatment);
    if !control.iter().chain(treatment).flatten().all(|value| value.is_finite()) {
        return Err(Undefined::NotFinite);
    }
    let (c, t) = (total(control), total(treatment));
    let all = c[0].abs() + t[0].abs();
    if all <= 0.0 {
        return Err(Undefined::NothingObserved);
    }
    let effect = effect(c, t).ok_or(Undefined::DenominatorNearZero)?;
    let share = |(left, right): (&[f64; 2], &[f64; 2])| (left[0] + right[0]).abs() / all;
    let (largest, share) = highest(blocks().map(|block| Some(share(block)))).ok_or(Undefined::NotFinite)?;
    let without = |at: usize| {
        let less = |sum: [f64; 2], block: &[f64; 2]| [sum[0] - block[0], sum[1] - block[1]];
        self::effect(less(c, control.get(at)?), less(t, treatment.get(at)?))
    };
    let change = (0..control.len()).map(|at| without(at).map(|left| (left - effect).abs()));
    let (influential, _) = highest(change).ok_or(Undefined::DenominatorNearZero)?;
    let effect_without = without(influential).ok_or(Undefined::DenominatorNearZero)?;
    Ok(Dominance { largest, share, effect, influential, effect_without })
}

fn total(blocks: &[[f64; 2]]) -> [f64; 2] {
    blocks.iter().fold([0.0, 0.0], |sum, block| [sum[0] + block[0], sum[1] + block[1]])
}

fn effect(control: [f64; 2], treatment: [f64; 2]) -> Option<f64> {
    let difference = treatment[0] / treatment[1] - control[0] / control[1];
    difference.is_finite().then_some(difference)
}

/// The first of the highest values with its place.
fn highest(values: impl Iterator<Item = Option<f64>>) -> Option<(usize, f64)> {
    values.enumerate().filter_map(|(at, value)| Some((at, value?))).fold(None, |best, next| match best {
        Some((_, value)) if value >= next.1 => best,
        _ => Some(next),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_that_makes_the_difference_is_found() {
        let control = vec![[10.0, 100.0]; 14];
        let mut treatment = vec![[9.0, 100.0]; 14];
        treatment[5] = [90.0, 100.0];
        let found = dominant_block(&control, &treatment).unwrap();
        assert_eq!((found.largest, found.influential), (5, 5));
        assert!(found.effect > 0.0 && (found.effect_without + 0.01).abs() < 1e-12 && found.is_dominated(0.9));
        let even = dominant_block(&control, &control).unwrap();
        assert!(!even.is_dominated(0.2) && (even.share - 1.0 / 14.0).abs() < 1e-12);
    }

    #[test]
    fn blocks_without_an_answer_say_why() {
        let block = |y, x| vec![[y, x]; 2];
        assert!(dominant_block(&block(1.0, 1.0), &[]).unwrap_err().is_input());
        assert_eq!(dominant_block(&[], &[]), Err(Undefined::TooFew { needed: 2 }));
        assert_eq!(dominant_block(&block(0.0, 1.0), &block(0.0, 1.0)), Err(Undefined::NothingObserved));
        assert_eq!(dominant_block(&block(1.0, 0.0), &block(1.0, 1.0)), Err(Undefined::DenominatorNearZero));
        assert_eq!(dominant_block(&block(f64::NAN, 1.0), &block(1.0, 1.0)), Err(Undefined::NotFinite));
    }
}
