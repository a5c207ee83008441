//! A budget of false alarms for all series of an account.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::stats::distribution::t_quantile;

/// Independent looks that one check is worth: it looks at every start within the window, in two shapes.
const LOOKS: f64 = 3.0;
/// The tail of the evidence is that of Student's t with so many degrees of freedom: what is usual and how it wanders are estimates.
const TAIL: f64 = 20.0;
const MOST_THRESHOLD: f64 = 60.0;

/// False alarms that an account may have a day, over all of its series.
///
/// Each series gets a share, and the shares add up to the budget: the expected number of false alarms of the account is the sum of those of
/// its series, however they hang together (spending by Bonferroni, on counts). The procedure of Benjamini and Hochberg at each check was
/// not taken: it holds the false part of what is told, not how often a calm account is woken; with thousands of series and one true shock
/// it lets more false ones through just then; and evidence that looks back over the same hours is told again by the next check.
///
/// The threshold h of a share of a false alarms a day with n checks is where `3 n P(|t| > h) = a`, t Student's with 20 degrees of freedom. Both
/// numbers were fitted above what calm simulated series showed (at 3.75, 4.25, 4.75 and 5.25 standard errors 0.032, 0.007, 0.0017 and 0.0005
/// false alarms a day and 0.056, 0.018, 0.008 and 0.004 in the worst of 36 worlds, where the formula says 0.091, 0.028, 0.009 and 0.003);
/// beyond them it is an extrapolation. It holds for calm series with volumes and normal surprises; where surprises have heavy tails (Student's t with four
/// degrees of freedom), up to four times as many come.
///
/// ```
/// use adbrain_core::alert::series::AlarmBudget;
/// let budget = AlarmBudget { alarms_per_day: 1.0 };
/// let thresholds = budget.thresholds(&[1.0; 1000], 24.0)?;
/// assert!(thresholds.iter().all(|threshold| (5.6..6.0).contains(threshold)));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmBudget {
    /// False alarms a day, over all series of the account.
    pub alarms_per_day: f64,
}

impl AlarmBudget {
    /// The false alarms a day of each series, in proportion to its weight (1 for each, or what is spent on it).
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a budget that is not positive, weights that are not positive and finite, or no series.
    pub fn shares(self, weights: &[f64]) -> Result<Vec<f64>> {
        if !(self.alarms_per_day > 0.0 && self.alarms_per_day.is_finite()) {
            return Err(
                Error::invalid("alarms_per_day", "is no positive number").next("give 1 for one false alarm a day")
            );
        }
        let total: f64 = weights.iter().sum();
        let is_good = weights.iter().all(|weight| *weight > 0.0) && total > 0.0 && total.is_finite();
        if !is_good {
            return Err(Error::invalid("weights", "are not positive numbers, or there are none")
                .next("give one weight for each series, 1 for all where none matters more"));
        }
        Ok(weights.iter().map(|weight| self.alarms_per_day * weight / total).collect())
    }

    /// The threshold of each series, in standard errors, where each is checked so many times a day.
    ///
    /// # Errors
    /// As [`AlarmBudget::shares`]; [`crate::ErrorKind::InvalidInput`] for checks that are not a positive number.
    pub fn thresholds(self, weights: &[f64], checks_per_day: f64) -> Result<Vec<f64>> {
        let levels = self.levels(weights, checks_per_day)?;
        let threshold = |level: f64| t_quantile((1.0 - level / LOOKS / 2.0).max(0.5), TAIL);
        Ok(levels.into_iter().map(|level| threshold(level).min(MOST_THRESHOLD)).collect())
    }

    /// The level of each check of counts ([`super::CountLimits`]), where each series is checked so many times a day; 1 at most.
    ///
    /// # Errors
    /// As [`AlarmBudget::thresholds`].
    pub fn levels(self, weights: &[f64], checks_per_day: f64) -> Result<Vec<f64>> {
        if !(checks_per_day > 0.0 && checks_per_day.is_finite()) {
            return Err(Error::invalid("checks_per_day", "is no positive number").next("give 24 for hourly series"));
        }
        let shares = self.shares(weights)?;
        Ok(shares.into_iter().map(|share| (share / checks_per_day).min(1.0)).collect())
    }
}
