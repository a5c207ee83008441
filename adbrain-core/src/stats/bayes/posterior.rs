//! What is believed about the rate or mean of one arm.

use super::shrinkage::{Belief, GroupMean};
use crate::stats::distribution::{beta_quantile, gamma_quantile};
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Interval, Undefined};

/// A posterior distribution of one arm.
///
/// ```
/// use adbrain_core::stats::bayes::Posterior;
/// let arm = Posterior::of_share([1.0, 1.0], 45, 1000)?;
/// assert_eq!(arm, Posterior::Beta { a: 46.0, b: 956.0 });
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Posterior {
    /// A share between 0 and 1, with density in proportion to `x^(a - 1) (1 - x)^(b - 1)`.
    Beta {
        /// Prior successes and successes.
        a: f64,
        /// Prior failures and failures.
        b: f64,
    },
    /// A rate above zero, with density in proportion to `x^(shape - 1) exp(-rate x)`.
    Gamma {
        /// Prior events and events.
        shape: f64,
        /// Prior exposure and exposure.
        rate: f64,
    },
    /// A mean, with a normal density.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation of the belief (not of the units).
        sd: f64,
    },
}

impl Posterior {
    /// A share after `successes` in `trials`, from a Beta prior `[a, b]` (`[1, 1]` says nothing, `[0.5, 0.5]` is that of Jeffreys):
    /// Beta(a + x, b + n - x), x the successes, n the trials (Gelman and others, "Bayesian data analysis", 2013, chapter 2). The trials
    /// must be independent with one rate; clicks on impressions of the same people are not.
    ///
    /// # Errors
    /// [`Undefined::Input`] for a negative prior or more successes than trials; [`Undefined::NothingObserved`] where prior and data
    /// together leave a side empty.
    pub fn of_share(prior: [f64; 2], successes: u64, trials: u64) -> Defined<Self> {
        check_prior(&prior)?;
        if successes > trials {
            return Err(Undefined::Input { field: "successes", problem: "must not exceed the trials" });
        }
        let [a, b] = prior;
        Self::Beta { a: a + successes as f64, b: b + (trials - successes) as f64 }.checked()
    }

    /// A rate of events after `count` events in an `exposure` (days, impressions, money: any unit), from a Gamma prior `[shape, rate]`:
    /// Gamma(shape + count, rate + exposure), in events per unit of exposure (Gelman and others, 2013, chapter 2). Counts that vary more
    /// than a Poisson count make it too sure.
    ///
    /// # Errors
    /// As [`Posterior::of_share`].
    pub fn of_rate(prior: [f64; 2], count: u64, exposure: f64) -> Defined<Self> {
        check_prior(&prior)?;
        if !(exposure.is_finite() && exposure >= 0.0) {
            return Err(Undefined::Input { field: "exposure", problem: "must be a number of at least zero" });
        }
        let [shape, rate] = prior;
        Self::Gamma { shape: shape + count as f64, rate: rate + exposure }.checked()
    }

    /// A mean after an arm's data, from a normal prior, or from no prior at all: normal with precision 1 / v + 1 / w and the mean of both
    /// weighted by 1 / v and 1 / w, v = s^2 / n of the arm and w the prior's variance (Gelman and others, 2013, chapter 2). In the unit
    /// of the values. It takes v as known and the mean as normal: too sure with few units or heavy tails. Undefined without spread.
    pub fn of_mean(prior: Option<Belief>, arm: &Summary) -> Defined<Self> {
        let data = Belief { mean: arm.mean, variance: arm.variance_of_mean()? };
        let after = match prior {
            None => data,
            Some(prior) if !(prior.mean.is_finite() && prior.variance.is_finite() && prior.variance > 0.0) => {
                return Err(Undefined::Input { field: "prior", problem: "must have a mean and a variance above zero" });
            }
            Some(prior) => prior.updated(GroupMean { mean: data.mean, variance: data.variance }),
        };
        Self::Normal { mean: after.mean, sd: libm::sqrt(after.variance) }.checked()
    }

    /// Itself, where its parameters are a distribution.
    pub(super) fn checked(self) -> Defined<Self> {
        let (first, second) = self.parameters();
        if !(first.is_finite() && second.is_finite()) {
            return Err(Undefined::NotFinite);
        }
        match self {
            Self::Normal { sd, .. } if sd <= 0.0 => Err(Undefined::NoSpread),
            Self::Beta { .. } | Self::Gamma { .. } if first <= 0.0 || second <= 0.0 => Err(Undefined::NothingObserved),
            _ => Ok(self),
        }
    }

    /// Its two parameters, in the order of its fields.
    pub fn parameters(&self) -> (f64, f64) {
        match *self {
            Self::Beta { a, b } => (a, b),
            Self::Gamma { shape, rate } => (shape, rate),
            Self::Normal { mean, sd } => (mean, sd),
        }
    }

    /// Its mean: a / (a + b), shape / rate, or that of the normal.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Beta { a, b } => a / (a + b),
            Self::Gamma { shape, rate } => shape / rate,
            Self::Normal { mean, .. } => mean,
        }
    }

    /// Its central interval at a level (0..1): as much of the belief below it as above it, by the quantiles (1 - level) / 2 and (1 +
    /// level) / 2 (Gelman and others, 2013, chapter 2). It holds the truth at its level only as far as prior and model are right.
    ///
    /// # Errors
    /// [`Undefined::Input`] for a level outside 0..1.
    pub fn interval(&self, level: f64, sample_size: u64) -> Defined<Interval> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Undefined::Input { field: "level", problem: "must lie between 0 and 1" });
        }
        let tail = 0.5 * (1.0 - level);
        let (method, [low, high]) = match *self {
            Self::Beta { a, b } => ("beta_posterior", [tail, 1.0 - tail].map(|p| beta_quantile(p, a, b))),
            Self::Gamma { shape, rate } => {
                ("gamma_posterior", [tail, 1.0 - tail].map(|p| gamma_quantile(p, shape) / rate))
            }
            Self::Normal { mean, sd } => {
                let half = -crate::stats::distribution::normal_quantile(tail) * sd;
                ("normal_posterior", [mean - half, mean + half])
            }
        };
        if !(low.is_finite() && high.is_finite()) {
            return Err(Undefined::NotConverged);
        }
        Ok(Interval { estimate: self.mean(), low, high, level, method, sample_size })
    }
}

fn check_prior(prior: &[f64; 2]) -> Defined<()> {
    if prior.iter().all(|part| part.is_finite() && *part >= 0.0) {
        return Ok(());
    }
    Err(Undefined::Input { field: "prior", problem: "must be two numbers of at least zero" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_move_the_prior() {
        assert_eq!(Posterior::of_rate([2.0, 0.5], 5, 12.0), Ok(Posterior::Gamma { shape: 7.0, rate: 12.5 }));
        let arm = Summary::new(9, 2.0, 72.0);
        let found = Posterior::of_mean(Some(Belief { mean: 0.0, variance: 1.0 }), &arm).unwrap();
        assert_eq!(found, Posterior::Normal { mean: 1.0, sd: libm::sqrt(0.5) });
    }

    #[test]
    fn what_is_no_belief_says_why() {
        assert_eq!(Posterior::of_share([0.0, 0.0], 0, 5), Err(Undefined::NothingObserved));
        assert!(Posterior::of_share([1.0, 1.0], 6, 5).unwrap_err().is_input());
        assert!(Posterior::of_share([f64::NAN, 1.0], 6, 9).unwrap_err().is_input());
        assert!(Posterior::of_rate([1.0, 1.0], 6, f64::INFINITY).unwrap_err().is_input());
        assert_eq!(Posterior::of_mean(None, &Summary::new(2, 1.0, 0.0)), Err(Undefined::NoSpread));
    }

    #[test]
    fn intervals_are_those_of_scipy() {
        let found = Posterior::of_share([1.0, 1.0], 45, 1000).unwrap().interval(0.95, 1000).unwrap();
        assert!(
            (found.low - 0.033_837_464_427_426_47).abs() < 1e-12
                && (found.high - 0.059_693_602_085_637_5).abs() < 1e-12
        );
        let found = Posterior::of_rate([1.0, 1.0], 30, 100.0).unwrap().interval(0.95, 0).unwrap();
        assert!(
            (found.low - 0.208_544_514_644_968_84).abs() < 1e-12
                && (found.high - 0.424_028_370_245_620_2).abs() < 1e-12
        );
    }
}
