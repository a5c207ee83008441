//! The p value of a paired geo test over the coins that could have fallen otherwise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pairs::is_heads;
use super::region::{RegionSeries, check_regions, split, total};
use super::regression::Regression;
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// A pair with its series over all periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairedSeries {
    /// The region that was treated.
    pub treatment: RegionSeries,
    /// The region that was not.
    pub control: RegionSeries,
}

/// How the permutations are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermutationPlan {
    /// How many of the first periods lie before the test.
    pub pre_periods: usize,
    /// How many assignments are drawn where there are too many to try all (above 12 pairs).
    pub draws: u32,
    /// The seed of the draws.
    pub seed: u64,
}

/// What the permutations say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permutation {
    /// The share of assignments with an absolute t at least that of the real one, the real one among them.
    pub p_value: f64,
    /// The t of the real assignment, by time-based regression.
    pub t: f64,
    /// How many assignments were looked at.
    pub assignments: u64,
    /// `exact` or `drawn`.
    pub method: &'static str,
}

/// Pairs up to which every assignment is tried.
const EXACT: usize = 12;

/// The p value of a paired geo test over all ways in which its coins could have fallen.
///
/// For each assignment the treated and control totals are formed and the t of the time-based regression computed (see
/// [`super::geo_effect`]); p = share of assignments with |t| at least the real |t|. Since each pair's coin was fair, it is exact under no
/// effect at all, with no assumption on the series (Fisher, "The design of experiments", 1935). Up to 12 pairs all 2^k assignments are
/// tried, above that `draws` seeded ones and the real one. With k pairs it cannot fall below 1 / 2^k: below five pairs it can never be
/// under 0.05.
///
/// # Errors
/// [`Undefined::Input`] for regions with the same name or of different lengths or a split without periods on a side; [`Undefined::TooFew`]
/// below two pairs or three periods before; [`Undefined::NoSpread`] where the real assignment has no t.
pub fn geo_permutation(pairs: &[PairedSeries], plan: &PermutationPlan) -> Defined<Permutation> {
    check_pairs(pairs)?;
    let statistic = |heads: &dyn Fn(usize) -> bool| -> Defined<f64> {
        let [treatment, control] = totals(pairs, heads);
        let ((x, x_test), (y, y_test)) = (split(&control, plan.pre_periods)?, split(&treatment, plan.pre_periods)?);
        Regression::fit(x, y)?.cumulative(x_test, y_test).t()
    };
    let t = statistic(&|_| true)?;
    // Assignments without a t (a total that does not move) count as extreme: the p value errs upwards.
    let extreme = |heads: &dyn Fn(usize) -> bool| {
        u64::from(statistic(heads).map_or(true, |other| libm::fabs(other) >= libm::fabs(t) * (1.0 - 1e-12)))
    };
    let found = |count: u64, assignments: u64, method| Permutation {
        p_value: count as f64 / assignments as f64,
        t,
        assignments,
        method,
    };
    if pairs.len() <= EXACT {
        let all = 1_u64 << pairs.len();
        let count = (0..all).map(|mask| extreme(&|pair| mask >> pair & 1 == 0)).sum();
        return Ok(found(count, all, "exact"));
    }
    let seeds = (0..u64::from(plan.draws)).map(|draw| sub_seed(plan.seed, draw));
    let count: u64 = seeds.map(|seed| extreme(&|pair| is_heads(seed, pair))).sum();
    Ok(found(1 + count, 1 + u64::from(plan.draws), "drawn"))
}

/// The seed of one draw below the seed of all.
pub(super) fn sub_seed(seed: u64, draw: u64) -> u64 {
    let mut random = Random::at(seed, &[draw]);
    u64::from(random.bits()) << 32 | u64::from(random.bits())
}

pub(super) fn check_pairs(pairs: &[PairedSeries]) -> Defined<()> {
    if pairs.len() < 2 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    check_regions(pairs.iter().flat_map(|pair| [&pair.treatment, &pair.control]))
}

/// The totals of both groups where a pair's coin is heads for its own treated region.
pub(super) fn totals(pairs: &[PairedSeries], heads: &dyn Fn(usize) -> bool) -> [Vec<f64>; 2] {
    let side = |wanted: bool| {
        total(pairs.iter().enumerate().map(|(place, pair)| {
            let region = if heads(place) == wanted { &pair.treatment } else { &pair.control };
            region.values.as_slice()
        }))
    };
    [side(true), side(false)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(count: u64, lift: f64, seed: u64) -> Vec<PairedSeries> {
        let region = |pair: u64, side: u64, lift: f64| {
            let mut random = Random::at(seed, &[pair, side]);
            let mut week = Random::at(seed, &[99]);
            let level = 100.0 + 10.0 * pair as f64;
            let value =
                |t: u32| level * (1.0 + 0.1 * week.normal() + 0.02 * random.normal()) * if t < 30 { 1.0 } else { lift };
            RegionSeries { name: format!("{pair} {side}"), values: (0..40).map(value).collect() }
        };
        (0..count)
            .map(|pair| PairedSeries { treatment: region(pair, 0, lift), control: region(pair, 1, 1.0) })
            .collect()
    }

    fn plan(draws: u32) -> PermutationPlan {
        PermutationPlan { pre_periods: 30, draws, seed: 4 }
    }

    #[test]
    fn a_clear_effect_has_the_smallest_p_value_there_is() {
        let found = geo_permutation(&pairs(8, 1.2, 1), &plan(0)).unwrap();
        assert_eq!((found.assignments, found.method), (256, "exact"));
        assert!(found.p_value <= 2.0 / 256.0, "{found:?}");
        let drawn = geo_permutation(&pairs(14, 1.2, 1), &plan(199)).unwrap();
        assert!((drawn.p_value - 1.0 / 200.0).abs() < 1e-12 && drawn.method == "drawn", "{drawn:?}");
    }

    #[test]
    fn without_an_effect_p_is_below_a_fifth_in_a_fifth_of_tests() {
        let below = (0..200).filter(|seed| geo_permutation(&pairs(5, 1.0, *seed), &plan(0)).unwrap().p_value <= 0.2);
        let share = below.count() as f64 / 200.0;
        assert!((0.10..=0.27).contains(&share), "{share}");
    }
}
