//! Small moves of budgets on purpose, by the toss of a coin: what a curve is learnt from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Money;
use crate::stats::random::Random;

/// The largest probe: further off, platforms may begin to learn anew.
const MOST: f64 = 8.0;
/// The place of probes in a seed; never another one's.
const PROBES: u64 = 0x7072_6f62_6573;

/// How budgets are probed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probing {
    /// How far a budget is moved, in percent of the smaller one of its pair: above 0, up to 8.
    pub percent: f64,
    /// The luck of pairs and coins. A day of its own follows from the number of days that are known.
    pub seed: u64,
}

impl Probing {
    pub(super) fn check(&self) -> Result<()> {
        if self.percent > 0.0 && self.percent <= MOST {
            return Ok(());
        }
        Err(Error::invalid("probing.percent", format!("is {}", self.percent)).next("give a number above 0, up to 8"))
    }
}

/// One move on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The campaign that gets the opposite, by its place in the request.
    pub with: usize,
    /// By how much.
    pub amount: Money,
    /// Whether the budget is above the best one, or below it.
    pub is_more: bool,
    /// The probability that the coin fell so, for estimates from logged choices.
    pub propensity: f64,
}

impl Probe {
    /// The budget with the probe.
    pub(super) fn of(&self, best: Money) -> Money {
        let by = if self.is_more { self.amount.micros() } else { -self.amount.micros() };
        Money::from_micros(best.micros() + by, best.currency())
    }
}

/// Where a budget may lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room {
    pub(super) floor: Money,
    pub(super) cap: Money,
}

impl Room {
    /// How far a budget may be moved whichever way the coin falls.
    fn around(&self, best: Money) -> i64 {
        (best.micros() - self.floor.micros()).min(self.cap.micros() - best.micros())
    }
}

/// Draws pairs within groups and tosses a coin for each; a campaign without room, or without a partner, is left alone. The sum of each pair stays
/// what it is.
pub(super) fn probe(
    probing: &Probing,
    day: usize,
    (groups, best, rooms): (&[&str], &[Money], &[Room]),
) -> Vec<Option<Probe>> {
    let mut random = Random::at(probing.seed, &[PROBES, day as u64]);
    let mut probes = vec![None; best.len()];
    let mut names = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let mut left: Vec<usize> = (0..groups.len()).filter(|place| groups.get(*place) == Some(&name)).collect();
        while left.len() > 1 {
            let mut draw = || left.swap_remove(usize::try_from(random.below(left.len() as u64)).unwrap_or(0));
            let pair = [draw(), draw()];
            let is_more = random.uniform() < 0.5;
            let Some(amount) = amount(probing.percent, pair, (best, rooms)) else { continue };
            for (place, with, is_more) in [(pair[0], pair[1], is_more), (pair[1], pair[0], !is_more)] {
                if let Some(slot) = probes.get_mut(place) {
                    *slot = Some(Probe { with, amount, is_more, propensity: 0.5 });
                }
            }
        }
    }
    probes
}

/// What both of a pair have room for, in whole minor units.
#[expect(clippy::cast_possible_truncation, reason = "a part of an amount fits where the amount does")]
fn amount(percent: f64, pair: [usize; 2], (best, rooms): (&[Money], &[Room])) -> Option<Money> {
    let [one, other] = pair.map(|place| Some((*best.get(place)?, rooms.get(place)?)));
    let ((one, here), (other, there)) = (one?, other?);
    let wanted = libm::floor(one.micros().min(other.micros()) as f64 * percent / 100.0) as i64;
    let micros = wanted.min(here.around(one)).min(there.around(other));
    let amount = Money::from_micros(micros.max(0), one.currency()).floor_to_minor_unit();
    amount.is_positive().then_some(amount)
}
