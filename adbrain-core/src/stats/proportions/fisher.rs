//! Fisher's exact test.

use super::Proportion;
use crate::stats::distribution::p_of_tail;
use crate::stats::{Defined, Undefined};

/// Weights below this share of the likeliest no longer change a sum; a search goes on until the observed count is passed.
const NOTHING: f64 = 1e-25;
/// Two tables count as equally likely within this relative difference, which is what rounding adds over a long walk.
const TIE: f64 = 1e-9;
/// The most tables that are walked from the likeliest to the observed one. The sums after that walk have no limit of their own: they end
/// where weights vanish, for 1e12 trials after about 2e7 tables over both directions.
const MAX_TABLES: u64 = 200_000_000;

/// What Fisher's exact test says about two shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fisher {
    /// The odds of treatment over those of control, `xt (nc - xc) / (xc (nt - xt))`; infinite where the divisor is zero.
    pub odds_ratio: f64,
    /// The probability of all tables at most as likely as this one.
    pub p_two_sided: f64,
    /// The probability of so many or more successes under treatment.
    pub p_greater: f64,
    /// The probability of so many or fewer successes under treatment.
    pub p_less: f64,
}

/// Fisher's exact test of equal shares: given all margins, the successes under treatment are hypergeometric (Fisher, "The logic of
/// inductive inference", 1935). The two-sided p value adds every table that is at most as likely as the observed one, as R and `SciPy` do.
///
/// Weights are multiplied up from the likeliest table and divided by their sum, so that large tables lose no digits to log factorials.
/// The test never exceeds its level; with few trials it stays far below it.
///
/// p values are 0 to 1. Assumes independent trials with one share in each arm: on impressions of the same people it finds differences
/// that are not there, and with rare events it misses ones that are.
///
/// ```
/// use adbrain_core::stats::proportions::{Proportion, fisher_exact};
/// let found = fisher_exact(Proportion::new(5, 50)?, Proportion::new(12, 50)?)?;
/// assert!((found.p_two_sided - 0.10837).abs() < 1e-5);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::NoSpread`] where all or none of the trials succeeded; [`Undefined::NotConverged`] where the observed table lies more than
/// 2e8 tables from the likeliest one; [`Undefined::Input`] for more trials or successes than can be added.
pub fn fisher_exact(control: Proportion, treatment: Proportion) -> Defined<Fisher> {
    let table = Table::of(control, treatment)?;
    let weight = table.weight_of_observed()?;
    let mut sums = Sums::default();
    sums.add(&table, table.mode, 1.0, weight);
    for up in [true, false] {
        let (mut at, mut current) = (table.mode, 1.0);
        while let Some((next, ratio)) = if up { table.above(at) } else { table.below(at) } {
            at = next;
            current *= ratio;
            if current < NOTHING * weight.min(1.0) || current <= 0.0 {
                break;
            }
            sums.add(&table, at, current, weight);
        }
    }
    let p = |part: f64| p_of_tail(part / sums.all);
    Ok(Fisher {
        odds_ratio: odds_ratio(control, treatment),
        p_two_sided: p(sums.unlikely),
        p_greater: p(sums.above),
        p_less: p(sums.below),
    })
}

fn odds_ratio(control: Proportion, treatment: Proportion) -> f64 {
    let for_treatment = treatment.successes as f64 * control.failures() as f64;
    for_treatment / (control.successes as f64 * treatment.failures() as f64)
}

/// The margins of a table of two arms, and the successes under treatment that were seen and are likeliest.
struct Table {
    treated: u64,
    untreated: u64,
    successes: u64,
    seen: u64,
    mode: u64,
}

impl Table {
    fn of(control: Proportion, treatment: Proportion) -> Defined<Self> {
        let add = |a: u64, b: u64| {
            a.checked_add(b).ok_or(Undefined::Input { field: "trials", problem: "are too many to be added" })
        };
        let trials = add(control.trials, treatment.trials)?;
        let successes = add(control.successes, treatment.successes)?;
        if successes == 0 || successes == trials {
            return Err(Undefined::NoSpread);
        }
        let wide = (u128::from(treatment.trials) + 1) * (u128::from(successes) + 1) / (u128::from(trials) + 2);
        let lowest = successes.saturating_sub(control.trials);
        let highest = successes.min(treatment.trials);
        let mode = u64::try_from(wide).unwrap_or(highest).clamp(lowest, highest);
        Ok(Self { treated: treatment.trials, untreated: control.trials, successes, seen: treatment.successes, mode })
    }

    /// One more success under treatment, and how much likelier that is.
    fn above(&self, at: u64) -> Option<(u64, f64)> {
        let (free, left) = (self.treated - at, self.successes - at);
        (free > 0 && left > 0).then(|| {
            let misses_after = (self.untreated + at + 1 - self.successes) as f64;
            (at + 1, free as f64 * left as f64 / ((at + 1) as f64 * misses_after))
        })
    }

    /// One success fewer under treatment, and how much likelier that is.
    fn below(&self, at: u64) -> Option<(u64, f64)> {
        let misses = (self.untreated + at).saturating_sub(self.successes);
        (at > 0 && misses > 0).then(|| {
            let (free, left) = ((self.treated - at + 1) as f64, (self.successes - at + 1) as f64);
            (at - 1, at as f64 * misses as f64 / (free * left))
        })
    }

    /// The weight of the table that was seen, with that of the likeliest as 1.
    fn weight_of_observed(&self) -> Defined<f64> {
        if self.seen.abs_diff(self.mode) > MAX_TABLES {
            return Err(Undefined::NotConverged);
        }
        let (mut at, mut weight) = (self.mode, 1.0);
        while at != self.seen && weight > 0.0 {
            let step = if self.seen > at { self.above(at) } else { self.below(at) };
            let Some((next, ratio)) = step else { break };
            (at, weight) = (next, weight * ratio);
        }
        Ok(weight)
    }
}

/// Weights of all tables, of those up to the seen one, from it on, and of those at most as likely.
#[derive(Default)]
struct Sums {
    all: f64,
    below: f64,
    above: f64,
    unlikely: f64,
}

impl Sums {
    fn add(&mut self, table: &Table, at: u64, current: f64, seen: f64) {
        self.all += current;
        if at <= table.seen {
            self.below += current;
        }
        if at >= table.seen {
            self.above += current;
        }
        if current <= seen * (1.0 + TIE) {
            self.unlikely += current;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(control: (u64, u64), treatment: (u64, u64)) -> Fisher {
        let arm = |(x, n)| Proportion::new(x, n).unwrap();
        fisher_exact(arm(control), arm(treatment)).unwrap()
    }

    #[test]
    fn p_values_are_those_of_scipy() {
        for (control, treatment, expected) in [
            (
                (1, 20),
                (3, 25),
                [2.590_909_090_909_091, 0.617_436_826_739_152_3, 0.393_637_370_381_556_5, 0.915_097_822_074_566_2],
            ),
            ((20, 200), (20, 200), [1.0, 1.0, 0.566_071_565_670_057_5, 0.566_071_565_670_057_5]),
            ((100, 100), (95, 100), [0.0, 0.059_383_210_468_586_585, 1.0, 0.029_691_605_234_293_292]),
            (
                (8502, 44_700),
                (8279, 45_489),
                [0.947_287_240_569_602_8, 0.001_590_961_583_984_235, 0.999_245_298_142_511_1, 8.004_139_864_398_675e-4],
            ),
        ] {
            let found = found(control, treatment);
            for (ours, theirs) in
                [found.odds_ratio, found.p_two_sided, found.p_greater, found.p_less].into_iter().zip(expected)
            {
                assert!((ours - theirs).abs() <= 1e-9 * theirs, "{ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn far_tails_and_large_tables_keep_their_digits() {
        let far = found((447, 447), (7, 455));
        assert!(far.p_two_sided > 0.0 && far.p_two_sided < 1e-200, "{far:?}");
        assert!(found((0, 100), (5, 100)).odds_ratio.is_infinite());
        let large = found((50_000_000, 100_000_000), (50_010_000, 100_000_000));
        // Close to the z test, z = 1.41421 with one half off for continuity.
        assert!((large.p_two_sided - 0.157_3).abs() < 1e-3, "{large:?}");
    }

    #[test]
    fn swapping_the_arms_mirrors_the_test() {
        let (ours, swapped) = (found((5, 50), (12, 60)), found((12, 60), (5, 50)));
        for (a, b) in [(ours.p_greater, swapped.p_less), (ours.p_two_sided, swapped.p_two_sided)] {
            assert!((a - b).abs() < 1e-13, "{a} is not {b}");
        }
    }
}
