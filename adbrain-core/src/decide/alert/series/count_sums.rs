//! Sums of the last counts: what a few steps show together, and how much they vary beyond chance.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{CountLimits, CountReading};
use crate::error::Result;

/// How many steps the sums that are judged are of: sparse counts need some, dense ones none but the last.
const LENGTHS: [u32; 7] = [1, 2, 3, 4, 6, 8, 12];
/// The usual counts of so many neighbours share steps that they are known from.
const SHARED: f64 = 3.0;

/// A step whose usual count was known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) tick: i64,
    pub(super) count: u64,
    pub(super) expected: f64,
    /// The variance of `expected` by chance alone.
    pub(super) variance: f64,
}

/// Steps that are judged together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sum {
    pub(super) steps: u32,
    pub(super) count: u64,
    pub(super) expected: f64,
    /// The square of the relative standard error of `expected`.
    doubt: f64,
    /// What is left of the dispersion of one step where steps vary independently of each other.
    share: f64,
}

impl Sum {
    /// The sum of the last so many steps, where none of them is missing.
    pub(super) fn of(recent: &VecDeque<Step>, steps: u32) -> Option<Self> {
        let last = recent.back()?.tick;
        let from = recent.len().checked_sub(steps as usize)?;
        if last - recent.get(from)?.tick + 1 != i64::from(steps) {
            return None;
        }
        let (mut count, mut expected, mut variance, mut squares) = (0_u64, 0.0, 0.0, 0.0);
        for step in recent.range(from..) {
            count = count.saturating_add(step.count);
            expected += step.expected;
            variance += step.variance;
            squares += step.expected * step.expected;
        }
        let over = |part: f64| if expected > 0.0 { part / (expected * expected) } else { 0.0 };
        let shared = f64::from(steps).min(SHARED);
        Some(Self { steps, count, expected, doubt: over(shared * variance), share: over(squares) })
    }
}

/// How much sums of each length vary beyond chance, by moments, older steps counting less.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spread {
    /// For each length: what sums vary beyond chance, the squares of what was expected, and the steps that both are of.
    sums: [[f64; 3]; LENGTHS.len()],
}

impl Spread {
    /// The steps that it is known from.
    pub(super) fn steps(&self) -> f64 {
        self.sums.first().map_or(0.0, |[.., steps]| *steps)
    }

    /// Learns from the sums that end with the last step; `reach` is the number of steps after which one counts less by e.
    pub(super) fn learn(&mut self, recent: &VecDeque<Step>, window: u32, reach: f64) {
        let kept = 1.0 - 1.0 / reach.max(1.0);
        for (length, [beyond, square, steps]) in lengths(window).zip(&mut self.sums) {
            let Some(sum) = Sum::of(recent, length) else { continue };
            let off = sum.count as f64 - sum.expected;
            *beyond = kept * *beyond + off * off - sum.expected;
            *square = kept * *square + sum.expected * sum.expected;
            *steps = kept * *steps + 1.0;
        }
    }

    /// The limits of a sum: its dispersion one standard error above what was learnt, and not below that of independent steps.
    pub(super) fn limits(&self, sum: &Sum, level: f64) -> CountLimits {
        let of = |length: u32| {
            let place = LENGTHS.iter().position(|one| *one == length);
            let [beyond, square, steps] = place.and_then(|place| self.sums.get(place)).copied().unwrap_or_default();
            if square <= 0.0 {
                return 0.0;
            }
            let error = libm::sqrt(2.0 * f64::from(length) / steps.max(1.0));
            (beyond / square).max(0.0) * (1.0 + error)
        };
        let dispersion = of(sum.steps).max(of(1) * sum.share);
        CountLimits { level, dispersion: dispersion * (1.0 + sum.doubt) + sum.doubt }
    }

    /// The sum that is the most out of line, where each sum has its part of the level.
    pub(super) fn strongest(
        &self,
        recent: &VecDeque<Step>,
        window: u32,
        level: f64,
    ) -> Result<Option<(Sum, CountReading)>> {
        let level = level / lengths(window).count().max(1) as f64;
        let all = lengths(window).filter_map(|length| Sum::of(recent, length));
        let with_p = all
            .map(|sum| (self.limits(&sum, level), sum))
            .map(|(limits, sum)| (limits.p(sum.count, sum.expected), limits, sum));
        let Some((_, limits, sum)) = with_p.min_by(|a, b| a.0.total_cmp(&b.0)) else { return Ok(None) };
        Ok(Some((sum, limits.judge(sum.count, sum.expected)?)))
    }
}

/// The lengths of sums within a window.
fn lengths(window: u32) -> impl Iterator<Item = u32> {
    LENGTHS.into_iter().filter(move |length| *length <= window)
}
