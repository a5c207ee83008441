//! The exact distribution of U.

use super::count::Pairs;
use crate::stats::{Defined, Undefined};

/// More work than this is refused: about a second.
const MAX_WORK: f64 = 4e8;
const TOO_LARGE: Undefined =
    Undefined::Input { field: "method", problem: "exact needs smaller samples, use the asymptotic one" };

/// The one-sided p values: greater, less.
pub(super) fn tails(pairs: &Pairs) -> Defined<[f64; 2]> {
    if pairs.has_no_ties() { without_ties(pairs) } else { with_ties(pairs) }
}

/// The number of ways to deal N ranks so that U = u is the coefficient of q^u in the product over i = 1..m of
/// (1 - q^(n + i)) / (1 - q^i), m the smaller size. Each step ends in whole numbers, so sums that wrap around at 2^256 are exact while
/// the last ones stay below it.
fn without_ties(pairs: &Pairs) -> Defined<[f64; 2]> {
    let (m, n) = (pairs.smaller(), pairs.larger());
    let pairs_number = m as f64 * n as f64;
    let ways: f64 = (1..=m).map(|i| libm::log2((n + i) as f64 / i as f64)).sum();
    if ways > 255.0 || pairs_number * m as f64 > MAX_WORK {
        return Err(TOO_LARGE);
    }
    let too_large = |_| TOO_LARGE;
    let size = usize::try_from(m * n).map_err(too_large)? + 1;
    let u = usize::try_from(pairs.twice_u / 2).map_err(too_large)?;
    let mut ways = vec![Wide::default(); size];
    if let Some(none) = ways.first_mut() {
        *none = Wide { high: 0, low: 1 };
    }
    for i in 1..=m {
        multiply(&mut ways, usize::try_from(n + i).map_err(too_large)?);
        divide(&mut ways, usize::try_from(i).map_err(too_large)?);
    }
    let sum = |ways: &[Wide]| ways.iter().fold(Wide::default(), |sum, way| sum.add(*way)).as_f64();
    let all = sum(&ways);
    let (greater, less) = (ways.get(u..).unwrap_or_default(), ways.get(..=u).unwrap_or_default());
    Ok([sum(greater) / all, sum(less) / all])
}

/// Times 1 - q^step.
#[expect(clippy::indexing_slicing, reason = "indices stay below the length")]
fn multiply(ways: &mut [Wide], step: usize) {
    for at in (step..ways.len()).rev() {
        ways[at] = ways[at].less(ways[at - step]);
    }
}

/// Over 1 - q^step.
#[expect(clippy::indexing_slicing, reason = "indices stay below the length")]
fn divide(ways: &mut [Wide], step: usize) {
    for at in step..ways.len() {
        ways[at] = ways[at].add(ways[at - step]);
    }
}

/// A whole number of 256 bits that wraps around.
#[derive(Debug, Clone, Copy, Default)]
struct Wide {
    high: u128,
    low: u128,
}

impl Wide {
    fn add(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { high: self.high.wrapping_add(other.high).wrapping_add(u128::from(carry)), low }
    }

    fn less(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { high: self.high.wrapping_sub(other.high).wrapping_sub(u128::from(borrow)), low }
    }

    fn as_f64(self) -> f64 {
        const HALF: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;
        self.high as f64 * HALF + self.low as f64
    }
}

/// Given the ties: the chance of each sum of twice the mid-ranks of the smaller arm, group by group. A state is how many values the arm has
/// taken and their sum; taking j of a group of t is weighed by the hypergeometric chance.
#[expect(clippy::indexing_slicing, reason = "places are products of bounded counts")]
fn with_ties(pairs: &Pairs) -> Defined<[f64; 2]> {
    let (m, total) = (pairs.smaller(), pairs.sizes[0] + pairs.sizes[1]);
    let width = 2.0 * m as f64 * total as f64 + 1.0;
    if pairs.groups.len() != pairs.groups.sizes.len() || width * (m + 1) as f64 * total as f64 > MAX_WORK {
        return Err(TOO_LARGE);
    }
    let too_large = |_| TOO_LARGE;
    let m = usize::try_from(m).map_err(too_large)?;
    let width = 2 * m * usize::try_from(total).map_err(too_large)? + 1;
    let mut chances = vec![vec![0.0; width]; m + 1];
    chances[0][0] = 1.0;
    let mut seen = 0_usize;
    for size in &pairs.groups.sizes {
        let size = usize::try_from(*size).map_err(too_large)?;
        let rank = 2 * seen + size + 1;
        for taken in (1..=m).rev() {
            let (before, now) = chances.split_at_mut(taken);
            for some in 1..=size.min(taken) {
                let ways = choose(size, some);
                for (to, from) in now[0][some * rank..].iter_mut().zip(&before[taken - some]) {
                    *to += ways * from;
                }
            }
        }
        seen += size;
    }
    Ok(split(&chances[m], pairs, m))
}

/// The tails of the sums at the observed one, for treatment.
fn split(chances: &[f64], pairs: &Pairs, m: usize) -> [f64; 2] {
    let treatment_is_smaller = pairs.sizes[1] <= pairs.sizes[0];
    let all_pairs = 2 * u128::from(pairs.sizes[0]) * u128::from(pairs.sizes[1]);
    let twice_u = if treatment_is_smaller { pairs.twice_u } else { all_pairs - pairs.twice_u };
    // Twice the rank sum of an arm is twice its U plus m (m + 1).
    let observed = usize::try_from(twice_u).unwrap_or(usize::MAX).saturating_add(m * (m + 1));
    let sum = |chances: &[f64]| chances.iter().sum::<f64>();
    let all = sum(chances);
    let above = sum(chances.get(observed..).unwrap_or_default()) / all;
    let below = sum(chances.get(..=observed).unwrap_or_default()) / all;
    if treatment_is_smaller { [above, below] } else { [below, above] }
}

/// The number of ways to choose `some` of `size`; whole up to 2^53.
fn choose(size: usize, some: usize) -> f64 {
    (1..=some).fold(1.0, |ways, i| ways * (size - some + i) as f64 / i as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::ranks::count::sorted_keys;

    fn pairs(control: &[f64], treatment: &[f64]) -> Pairs {
        Pairs::of(&sorted_keys(control).unwrap(), &sorted_keys(treatment).unwrap())
    }

    #[test]
    fn both_ways_agree_without_ties() {
        let (a, b) = ([1.0, 4.0, 6.5, 9.0, 2.5], [2.0, 3.0, 8.0, 12.0, 13.0, 14.0, 5.0]);
        for pairs in [pairs(&a, &b), pairs(&b, &a)] {
            let (plain, tied) = (without_ties(&pairs).unwrap(), with_ties(&pairs).unwrap());
            assert!(plain.iter().zip(tied).all(|(plain, tied)| (plain - tied).abs() < 1e-14), "{plain:?} {tied:?}");
        }
    }

    #[test]
    fn large_samples_stay_exact() {
        let spread = |offset: f64| (0..100).map(|at| f64::from(at) + offset).collect::<Vec<_>>();
        let [greater, less] = without_ties(&pairs(&spread(0.0), &spread(0.5))).unwrap();
        // scipy 1.17.1: mannwhitneyu(range(100) + 0.5, range(100), method="exact").
        assert!((greater - 0.451_973_754_809_319).abs() < 1e-12, "{greater} {less}");
    }
}
