//! Shares: one share with its interval, and two shares compared.
//!
//! Counts go in, so the methods take every trial as independent. People who see an ad twenty times are not twenty trials: for
//! delivered ads compare days by `ratio` and read these as associational.

mod interval;
mod difference;
mod miettinen_nurminen;
mod test;
mod fisher;

pub use difference::{agresti_caffo, difference, newcombe, relative_lift};
pub use fisher::{Fisher, fisher_exact};
pub use miettinen_nurminen::miettinen_nurminen;
pub use test::{ShareDifference, ZTest, cohens_h, z_test};

use super::distribution::normal_quantile;
use super::{Defined, Undefined};

/// Successes among trials: clicks among impressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

impl Proportion {
    /// Counts as a proportion.
    ///
    /// # Errors
    /// [`Undefined::NoTrials`] without trials, [`Undefined::Input`] with more successes than trials, which happens where conversions
    /// after a mere view are counted against clicks: count them against impressions.
    pub fn new(successes: u64, trials: u64) -> Defined<Self> {
        if successes > trials {
            return Err(Undefined::Input { field: "successes", problem: "must not exceed the trials" });
        }
        if trials == 0 {
            return Err(Undefined::NoTrials);
        }
        Ok(Self { successes, trials })
    }

    /// How often it happened.
    pub fn successes(&self) -> u64 {
        self.successes
    }

    /// How often it could have; above zero.
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// How often it did not happen.
    pub fn failures(&self) -> u64 {
        self.trials - self.successes
    }

    /// Successes over trials, 0..1: the estimate of greatest likelihood of independent trials.
    pub fn share(&self) -> f64 {
        self.successes as f64 / self.trials as f64
    }

    /// Failures as successes.
    fn complement(self) -> Self {
        Self { successes: self.failures(), trials: self.trials }
    }
}

/// The two-sided critical value of the normal for a level inside 0..1.
fn critical(level: f64) -> Defined<f64> {
    if level > 0.0 && level < 1.0 {
        return Ok(-normal_quantile((1.0 - level) / 2.0));
    }
    Err(Undefined::Input { field: "level", problem: "must lie between 0 and 1" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_counts_are_named() {
        assert_eq!(Proportion::new(0, 0), Err(Undefined::NoTrials));
        assert!(Proportion::new(11, 10).unwrap_err().is_input());
        assert!(Proportion::new(1, 0).unwrap_err().is_input());
        assert!(Proportion::new(1, 10).unwrap().wilson(1.0).unwrap_err().is_input());
        assert!(Proportion::new(1, 10).unwrap().jeffreys(f64::NAN).unwrap_err().is_input());
    }
}
