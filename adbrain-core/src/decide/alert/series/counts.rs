//! Limits of counts against what was expected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Direction;
use crate::error::{Error, Result};
use crate::stats::distribution::{beta_cdf, beta_sf, poisson_cdf, poisson_sf};

/// The largest count and expectation that are judged.
const MOST: f64 = 1e12;
/// Below this dispersion counts are Poisson to the last digit that matters.
const POISSON: f64 = 1e-12;

/// Control limits of counts by exact tails: Poisson, or negative binomial where counts vary more than chance alone makes them.
///
/// The variance of a count is `mean + dispersion * mean^2`. A calm count is outside of the limits with a probability of `level` at most, half of
/// it on each side. Where `expected` is itself an estimate, the square of its relative standard error adds to the dispersion.
///
/// ```
/// use adbrain_core::alert::series::CountLimits;
/// let limits = CountLimits { level: 0.002, dispersion: 0.0 };
/// let found = limits.judge(4, 20.0)?;
/// assert!(found.direction.is_some() && found.low == 8 && found.high == 35);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CountLimits {
    /// The probability that a calm count is told, 0 to 1, ends left out.
    pub level: f64,
    /// The variance beyond Poisson over the square of the mean; 0 for none. 0.01 for a rate that itself varies by 10 %.
    pub dispersion: f64,
}

impl Default for CountLimits {
    /// One calm count in 500 (the 3.1 standard errors of control charts), Poisson.
    fn default() -> Self {
        Self { level: 0.002, dispersion: 0.0 }
    }
}

/// A count beside its limits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountReading {
    /// The least count that is not out of line.
    pub low: u64,
    /// The greatest.
    pub high: u64,
    /// The two-sided p value: twice the probability of the count or a more extreme one on its side, 1 at most.
    pub p: f64,
    /// Where it is outside of the limits, to which side.
    pub direction: Option<Direction>,
}

impl CountLimits {
    /// Limits with the dispersion that past counts show beside what was expected of each, by moments:
    /// `sum((count - expected)^2 - expected) / sum(expected^2)`, 0 at least (P. `McCullagh` and J. A. Nelder, "Generalized linear models", 1989, 6.2).
    /// A past with breaks in it shows too much dispersion; leave them out.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a level outside 0 to 1, or fewer than two counts with something expected.
    pub fn learnt(past: &[(u64, f64)], level: f64) -> Result<Self> {
        for (_, expected) in past {
            check_expected(*expected)?;
        }
        if past.iter().filter(|(_, expected)| *expected > 0.0).count() < 2 {
            return Err(Error::invalid("past", "has fewer than two counts with something expected")
                .next("give more, or a dispersion that you assume"));
        }
        let (mut beyond, mut square) = (0.0, 0.0);
        for (count, expected) in past {
            let off = *count as f64 - expected;
            (beyond, square) = (beyond + off * off - expected, square + expected * expected);
        }
        let limits = Self { level, dispersion: (beyond / square).max(0.0) };
        limits.check()?;
        Ok(limits)
    }

    /// Compares a count with what was expected, 0 to 1e12 each.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn judge(&self, count: u64, expected: f64) -> Result<CountReading> {
        self.check()?;
        check_expected(expected)?;
        check_count(count)?;
        let tail = self.level / 2.0;
        let low = least(|k| self.below(k, expected) > tail);
        let high = least(|k| self.above(k, expected) <= tail);
        let direction = match count {
            count if count < low => Some(Direction::Down),
            count if count > high => Some(Direction::Up),
            _ => None,
        };
        Ok(CountReading { low, high, p: self.p(count, expected), direction })
    }

    /// The two-sided p value of a count.
    pub(super) fn p(&self, count: u64, expected: f64) -> f64 {
        let at_least = if count == 0 { 1.0 } else { self.above(count - 1, expected) };
        (2.0 * at_least.min(self.below(count, expected))).clamp(f64::MIN_POSITIVE, 1.0)
    }

    fn check(&self) -> Result<()> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::invalid("level", "is not between 0 and 1").next("give 0.002 for one calm count in 500"));
        }
        if !(self.dispersion >= 0.0 && self.dispersion.is_finite()) {
            return Err(Error::invalid("dispersion", "is negative or not a number").next("give 0 for Poisson counts"));
        }
        Ok(())
    }

    /// The probability of `k` or fewer. Negative binomial: with r = 1 / dispersion, `1 - I_x(k + 1, r)` at x = mean / (r + mean).
    fn below(&self, k: u64, mean: f64) -> f64 {
        if self.is_poisson(mean) {
            return poisson_cdf(k as f64, mean);
        }
        let size = 1.0 / self.dispersion;
        beta_sf(mean / (size + mean), k as f64 + 1.0, size)
    }

    /// The probability of more than `k`.
    fn above(&self, k: u64, mean: f64) -> f64 {
        if self.is_poisson(mean) {
            return poisson_sf(k as f64, mean);
        }
        let size = 1.0 / self.dispersion;
        beta_cdf(mean / (size + mean), k as f64 + 1.0, size)
    }

    fn is_poisson(&self, mean: f64) -> bool {
        self.dispersion < POISSON || mean <= 0.0
    }
}

/// Checks that a count can be judged.
pub(super) fn check_count(count: u64) -> Result<()> {
    if count as f64 <= MOST {
        return Ok(());
    }
    Err(Error::invalid("count", "is above 1e12").next("count in a larger unit"))
}

fn check_expected(expected: f64) -> Result<()> {
    if (0.0..=MOST).contains(&expected) {
        return Ok(());
    }
    Err(Error::invalid("expected", "is not a number from 0 to 1e12").next("give the mean count that is usual"))
}

/// The least count for which something holds that holds for all greater ones.
fn least(holds: impl Fn(u64) -> bool) -> u64 {
    if holds(0) {
        return 0;
    }
    let mut high = 1_u64;
    while !holds(high) && high < 1 << 62 {
        high *= 2;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}
