//! Planning: how many units a comparison needs, what it can show, and how many days that takes.

mod t_test;
mod shares;
mod anova;
mod days;
mod noise;

pub use anova::Anova;
pub use days::{DailyHistory, DaysNeeded, days_needed};
pub use noise::{CellDay, DailyNoise, daily_noise};
pub use shares::{Goal, ShareSizes, power_of_shares, sample_size_two_proportions, sizes_for_shares, smallest_lift};
pub use t_test::{TTest, paired_power, paired_sample_size, sample_size_two_means};

pub use super::srm::power as sample_ratio_power;

use super::distribution::normal_quantile;
use super::{Defined, Undefined};

/// Which differences a test looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alternative {
    /// Either sign.
    #[default]
    TwoSided,
    /// Treatment above control.
    Greater,
    /// Treatment below control.
    Less,
}

impl Alternative {
    /// The share of alpha on each side that counts.
    fn tail(self, alpha: f64) -> f64 {
        if self == Self::TwoSided { alpha / 2.0 } else { alpha }
    }
}

/// A probability strictly between 0 and 1.
fn inside(field: &'static str, probability: f64) -> Defined<f64> {
    if probability > 0.0 && probability < 1.0 {
        return Ok(probability);
    }
    Err(Undefined::Input { field, problem: "must lie between 0 and 1" })
}

/// A finite number above zero.
fn positive(field: &'static str, number: f64) -> Defined<f64> {
    if number > 0.0 && number.is_finite() {
        return Ok(number);
    }
    Err(Undefined::Input { field, problem: "must be above zero and finite" })
}

/// A power that a test can reach by its units: above alpha.
fn reachable(power: f64, alpha: f64) -> Defined<f64> {
    if inside("power", power)? > inside("alpha", alpha)? {
        return Ok(power);
    }
    Err(Undefined::Input { field: "power", problem: "must lie above alpha" })
}

/// The distance in standard errors that a normal test of this alpha shows with this power, without the far tail.
fn normal_reach(alternative: Alternative, alpha: f64, power: f64) -> f64 {
    normal_quantile(power) - normal_quantile(alternative.tail(alpha))
}

/// The next whole number of units, at least `least`; `None` where it does not fit.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to fit first")]
fn whole_up(value: f64, least: u64) -> Option<u64> {
    (value.is_finite() && value < 9.0e15).then(|| (libm::ceil(value).max(0.0) as u64).max(least))
}
