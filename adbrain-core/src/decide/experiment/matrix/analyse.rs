//! What the measured rows of a matrix say about each level.

use serde::{Deserialize, Serialize};

use super::compile::{cells_of, check};
use super::factors::{Combination, Factors};
use crate::error::{Error, Result};
use crate::model::{Estimate, Message};
use crate::stats::factorial::{Observation, effects};
use schemars::JsonSchema;

/// What was measured in one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Outcome {
    /// A rate: how often it happened among how many.
    Rate {
        /// How often it happened.
        successes: u64,
        /// How often it could have.
        trials: u64,
    },
    /// A mean of units: days, orders, people.
    Mean {
        /// How many units.
        n: u64,
        /// Their mean.
        mean: f64,
        /// Their variance (not that of the mean).
        variance: f64,
    },
}

/// One row with what was measured in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasuredRow {
    /// The level of every factor.
    pub levels: Combination,
    /// What was measured.
    pub outcome: Outcome,
}

/// The effect of one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixEffect {
    /// The factor.
    pub factor: String,
    /// The level.
    pub level: String,
    /// The level against the plain mean of its factor's levels that ran, in units of the measure: its value is shrunk toward zero, its
    /// interval is not.
    pub effect: Estimate,
    /// The same over the size of the average; `None` where that is zero.
    pub relative: Option<f64>,
    /// In how many rows it ran.
    pub rows: usize,
}

/// How much the levels of a factor differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorSpread {
    /// The factor.
    pub factor: String,
    /// The standard deviation that its level effects are estimated to have.
    pub spread: f64,
    /// Its level with the largest effect.
    pub highest: String,
    /// Its level with the smallest effect.
    pub lowest: String,
}

/// What a measured matrix says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixEffects {
    /// The value of a row whose factors are all at the mean of their levels that ran.
    pub average: Estimate,
    /// Every level of every factor, in order.
    pub effects: Vec<MatrixEffect>,
    /// Every factor, in order.
    pub factors: Vec<FactorSpread>,
    /// The standard deviation between rows that neither main effects nor sampling explain.
    pub unexplained: f64,
    /// What a reader should know first.
    pub warnings: Vec<Message>,
}

/// Estimates the effect of each level from measured rows, by a main-effects model with shrinkage (Henderson, 1975; Searle, Casella and
/// `McCulloch`, "Variance components", 1992). Effects are against the mean of a factor's levels, in the unit of the rows.
///
/// Each factor has a spread of its own, estimated from the rows; effects of a factor whose levels hardly differ are drawn toward zero, so
/// that the best of many levels is not praised for luck. The intervals are not drawn along, so that they hold the truth of each level
/// about as often as they say ([`crate::stats::factorial::effects`] has the formulas). Rates use the variance q (1 - q) / trials with q
/// the rate over all rows, so that rows which happen to be low do not weigh more. Platforms choose who sees which row, so effects are
/// associational, and the warning says so.
///
/// Assumes that factors add up. It misleads where two of them act only together: that counts as noise between rows.
///
/// ```
/// use adbrain_core::experiment::matrix::{Factor, FactorKind, Factors, MeasuredRow, Outcome, analyse};
/// let factors = Factors::new(vec![Factor::new("copy", FactorKind::Copy, &["price", "trust"])]);
/// let row = |level: &str, successes| MeasuredRow {
///     levels: [("copy".to_owned(), level.to_owned())].into(),
///     outcome: Outcome::Rate { successes, trials: 100_000 },
/// };
/// let found = analyse(&factors, &[row("price", 1_500), row("price", 1_480), row("trust", 1_000), row("trust", 1_030)], 0.95)?;
/// assert!(found.effects[0].effect.low > 0.0 && found.factors[0].highest == "price");
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] names the row and what is wrong with it; [`crate::ErrorKind::NotEnoughData`] where there are
/// fewer than two rows or nothing differs.
pub fn analyse(factors: &Factors, rows: &[MeasuredRow], level: f64) -> Result<MatrixEffects> {
    check(&factors.factors)?;
    let levels: Vec<Combination> = rows.iter().map(|row| row.levels.clone()).collect();
    let cells = cells_of(&factors.factors, &levels, "rows")?;
    if let Some(at) = cells.iter().position(|cells| cells.len() != factors.factors.len()) {
        return Err(
            Error::invalid(&format!("rows[{at}].levels"), "leaves a factor out").next("name a level of every factor")
        );
    }
    let overall = overall_rate(rows)?;
    let observations = rows.iter().zip(&cells).enumerate().map(|(at, (row, cells))| {
        let mut cells = cells.clone();
        cells.sort_unstable();
        let (value, variance, size) = measured(&row.outcome, overall, at)?;
        Ok(Observation { row: cells.iter().map(|cell| cell.level).collect(), value, variance, size })
    });
    let observations: Vec<Observation> = observations.collect::<Result<_>>()?;
    let counts: Vec<usize> = factors.factors.iter().map(|factor| factor.levels.len()).collect();
    let found = effects(&counts, &observations, level)?;
    let size = found.average.estimate.abs();
    let named = found.levels.iter().filter_map(|one| {
        let factor = factors.factors.get(one.factor)?;
        let relative = (size > 0.0).then(|| one.effect.estimate / size);
        let (level, effect) = (factor.levels.get(one.level)?.name().to_owned(), one.effect.clone().into());
        Some(MatrixEffect { factor: factor.name.clone(), level, effect, relative, rows: one.rows })
    });
    let effects: Vec<MatrixEffect> = named.collect();
    let factors = spreads(factors, &effects, &found.spread);
    let warnings = vec![Message::new("experiment-associational")];
    Ok(MatrixEffects { average: found.average.into(), effects, factors, unexplained: found.unexplained, warnings })
}

fn spreads(factors: &Factors, effects: &[MatrixEffect], spread: &[f64]) -> Vec<FactorSpread> {
    let of = |(factor, spread): (&super::Factor, &f64)| {
        let mut own: Vec<&MatrixEffect> = effects.iter().filter(|one| one.factor == factor.name).collect();
        own.sort_by(|a, b| b.effect.value.total_cmp(&a.effect.value));
        let name = |one: Option<&&MatrixEffect>| one.map(|one| one.level.clone()).unwrap_or_default();
        let (highest, lowest) = (name(own.first()), name(own.last()));
        FactorSpread { factor: factor.name.clone(), spread: *spread, highest, lowest }
    };
    factors.factors.iter().zip(spread).map(of).collect()
}

/// The rate over all rows; `None` where rows have means.
fn overall_rate(rows: &[MeasuredRow]) -> Result<Option<f64>> {
    let (mut happened, mut could, mut means) = (0.0, 0.0, 0);
    for row in rows {
        match row.outcome {
            Outcome::Rate { successes, trials } => {
                happened += successes as f64;
                could += trials as f64;
            }
            Outcome::Mean { .. } => means += 1,
        }
    }
    if means > 0 && could > 0.0 {
        return Err(Error::invalid("rows", "have rates and means").next("give rates or means, not both"));
    }
    Ok((could > 0.0).then(|| happened / could))
}

/// The value, its sampling variance, and the units of a row.
fn measured(outcome: &Outcome, overall: Option<f64>, at: usize) -> Result<(f64, f64, u64)> {
    let wrong = |what: &str, next: &str| Err(Error::invalid(&format!("rows[{at}].outcome"), what).next(next));
    match *outcome {
        Outcome::Rate { trials: 0, .. } => wrong("has no trials", "leave the row out"),
        Outcome::Rate { successes, trials } if successes > trials => {
            wrong("has more successes than trials", "correct one of them")
        }
        Outcome::Rate { successes, trials } => {
            let q = overall.unwrap_or_default();
            Ok((successes as f64 / trials as f64, q * (1.0 - q) / trials as f64, trials))
        }
        Outcome::Mean { n: 0, .. } => wrong("has no units", "leave the row out"),
        Outcome::Mean { mean, variance, .. } if !mean.is_finite() || !variance.is_finite() || variance < 0.0 => {
            wrong("has no finite mean or variance", "give a finite mean, and a variance from zero on")
        }
        Outcome::Mean { n, mean, variance } => Ok((mean, variance / n as f64, n)),
    }
}
