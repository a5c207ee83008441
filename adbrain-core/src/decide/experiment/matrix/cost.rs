//! What the rows need: units, days, money.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Money;
use crate::stats::power::{Goal, paired_sample_size, sample_size_two_proportions};

/// How much each row gets, and what it should be able to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// Units (impressions, clicks or visitors) that each row gets a day.
    pub daily_units_per_row: f64,
    /// What one unit costs.
    pub cost_per_unit: Money,
    /// The share of units with a success, without any effect: a CTR of 0.01.
    pub base_rate: f64,
    /// The smallest relative difference between two levels that matters: 0.2 for 20 %.
    pub smallest_relative_effect: f64,
    /// The probability of showing it where it is there; 0.8 by default.
    #[serde(default = "usual_power")]
    pub power: f64,
    /// The probability of showing one where there is none, two-sided and for one comparison; 0.05 by default.
    #[serde(default = "usual_alpha")]
    pub alpha: f64,
    /// How much the rate of a row moves from day to day beyond chance, relative to it, from the account's own days
    /// ([`daily_noise`](crate::stats::power::daily_noise)): 0.15 for 15 %. Without it chance alone is counted, which is too little for ads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_deviation: Option<f64>,
}

fn usual_power() -> f64 {
    0.8
}

fn usual_alpha() -> f64 {
    0.05
}

/// What one factor needs of every row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorCost {
    /// The factor.
    pub factor: String,
    /// Units per row to tell its two hardest levels apart; `None` where the rows cannot tell them apart at all.
    pub units_per_row: Option<u64>,
    /// Days at the daily units.
    pub days: Option<u64>,
}

/// What the matrix needs to show the smallest effect that matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixCost {
    /// Units per row for the main effects of all factors that the rows can estimate; `None` where they can estimate none.
    pub units_per_row: Option<u64>,
    /// Days at the daily units, all rows running side by side.
    pub days: Option<u64>,
    /// Money for one row.
    pub money_per_row: Option<Money>,
    /// Money for all rows.
    pub money: Option<Money>,
    /// Factor by factor.
    pub factors: Vec<FactorCost>,
    /// Units per row to compare single rows with each other instead: what reading the matrix cell by cell would take.
    pub units_per_row_cell_by_cell: u64,
    /// Days of that.
    pub days_cell_by_cell: u64,
}

/// Units, days and money from the largest variance of a difference of two levels of each factor (in units of a row's variance).
///
/// Two arms of n units have a difference with variance 2 s^2 / n, two levels of a factor one with w s^2 / m at m units per row, so
/// m = n w / 2, with n the units per arm of a two-sided test of two shares ([`sample_size_two_proportions`]). Holds where factors
/// add up and days are alike.
///
/// With a daily deviation v, n comes from days instead: arms of u units a day are paired by day on the log, whose difference has the variance
/// `2 (v^2 + (1 - p) / (p u))` a day; [`paired_sample_size`] gives the days for `ln(1 + effect)`, and n is u of each.
pub(super) fn cost(traffic: &Traffic, names: &[String], worst: &[Option<f64>], rows: usize) -> Result<MatrixCost> {
    let daily = traffic.daily_units_per_row;
    if !(daily > 0.0 && daily.is_finite()) {
        return Err(Error::invalid("traffic.daily_units_per_row", format!("is {daily}"))
            .next("give the units that a row gets a day, above zero"));
    }
    let goal = Goal {
        base: traffic.base_rate,
        relative_effect: traffic.smallest_relative_effect,
        power: traffic.power,
        alpha: traffic.alpha,
    };
    let by_chance = sample_size_two_proportions(goal).ok_or_else(|| {
        Error::invalid("traffic", "base rate, effect, power and alpha must give shares between 0 and 1")
            .next("check base_rate and smallest_relative_effect")
    })?;
    let per_arm = match traffic.daily_deviation {
        Some(deviation) => whole_up(days_by_days(traffic, deviation)? * daily).max(by_chance),
        None => by_chance,
    };
    let days = |units: u64| whole_up(units as f64 / daily);
    let factors: Vec<FactorCost> = names
        .iter()
        .zip(worst)
        .map(|(name, worst)| {
            let units_per_row = worst.map(|worst| whole_up(per_arm as f64 * worst / 2.0));
            FactorCost { factor: name.clone(), units_per_row, days: units_per_row.map(days) }
        })
        .collect();
    let units_per_row = factors.iter().filter_map(|factor| factor.units_per_row).max();
    let money_of = |units: u64| {
        let units = i64::try_from(units).map_err(|_| {
            Error::invalid("traffic", "needs more units than can be counted").next("look for a larger relative effect")
        })?;
        traffic.cost_per_unit.scale(units, 1)
    };
    let all = u64::try_from(rows).unwrap_or(u64::MAX);
    Ok(MatrixCost {
        units_per_row,
        days: units_per_row.map(days),
        money_per_row: units_per_row.map(money_of).transpose()?,
        money: units_per_row.map(|units| money_of(units.saturating_mul(all))).transpose()?,
        factors,
        units_per_row_cell_by_cell: per_arm,
        days_cell_by_cell: days(per_arm),
    })
}

/// Days per arm where days are paired on the log.
fn days_by_days(traffic: &Traffic, deviation: f64) -> Result<f64> {
    if !(deviation.is_finite() && deviation >= 0.0) {
        return Err(Error::invalid("traffic.daily_deviation", format!("is {deviation}"))
            .next("give a finite number, zero or above"));
    }
    let chance = (1.0 - traffic.base_rate) / (traffic.base_rate * traffic.daily_units_per_row);
    let spread = libm::sqrt(2.0 * (deviation * deviation + chance));
    let effect = libm::log1p(traffic.smallest_relative_effect) / spread;
    Ok(paired_sample_size(effect, traffic.power, traffic.alpha)?)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept from zero to 9e15 first")]
fn whole_up(value: f64) -> u64 {
    // A hair of slack: 7.000000000001 units from a sum of shares are 7.
    libm::ceil(value - 1e-9 * value.abs()).clamp(0.0, 9.0e15) as u64
}
