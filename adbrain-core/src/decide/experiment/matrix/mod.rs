//! Test matrices: which combinations of creatives, copy, audiences, placements and bids to run, and what they told.
//!
//! In: factors with levels, constraints, rows that must be part; later the measured rows. Out: rows with a report on what they can
//! tell and cost; later the effect of each level. Called by the optimizer and the analyst. Never launches or measures anything.

mod factors;
mod compile;
mod cost;
mod report;
mod analyse;

use serde::{Deserialize, Serialize};

pub use analyse::{FactorSpread, MatrixEffect, MatrixEffects, MeasuredRow, Outcome, analyse};
pub use cost::{FactorCost, MatrixCost, Traffic};
pub use factors::{Combination, Factor, FactorKind, Factors, Level, WeightedLevel};
pub use report::{Coverage, FactorEffects, LevelName, MatrixReport, PairInteraction};

use crate::error::{Error, Result};
use crate::stats::covering::{Search, cover, every_row};
use crate::stats::factorial::{Screen, screen};
use crate::stats::power::{Goal, sample_size_two_proportions};
use compile::{Compiled, compile};
use schemars::JsonSchema;

/// Impressions per cell to show a relative difference of CTR (0.2 for 20 %) at 80 % power and 5 % error, two-sided; `None` where a rate
/// leaves 0..1 or the effect is zero.
///
/// `(z(0.025) sqrt(2 q (1 - q)) + z(0.2) sqrt(p1 (1 - p1) + p2 (1 - p2)))^2 / (p1 - p2)^2`, rounded up, with p1 the base CTR, p2 = p1 (1 +
/// effect), q their mean and z(.) the upper normal quantile (Fleiss, Levin and Paik, "Statistical methods for rates and proportions",
/// 2003). Assumes independent impressions and two cells; it misleads, to too few, for impressions of the same people and for many cells
/// compared.
///
/// ```
/// use adbrain_core::experiment::impressions_per_cell;
/// assert_eq!(impressions_per_cell(0.01, 0.2), Some(42_693));
/// ```
pub fn impressions_per_cell(base_ctr: f64, relative_effect: f64) -> Option<u64> {
    sample_size_two_proportions(Goal::usual(base_ctr, relative_effect))
}

/// What the rows are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// See every pair (or triple) of levels at least once, in few rows: finds combinations that fail or shine.
    Cover,
    /// Estimate the effect of each level as well as a given number of rows can.
    Screen,
    /// Every allowed combination.
    Full,
}

/// How a matrix is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DesignOptions {
    /// How many factors a covered combination has: 2 for pairs, 3 for triples. With fewer factors, that many.
    pub strength: usize,
    /// In `cover` the most rows, without limit by default; in `screen` the number of rows, by default the larger of twice the parameters
    /// of the model and the number of seeded rows; in `full` the most rows, 20,000 by default.
    pub rows: Option<usize>,
    /// The seed: the same one gives the same rows.
    pub seed: u64,
    /// Traffic and goal, for days and money.
    pub traffic: Option<Traffic>,
}

impl Default for DesignOptions {
    fn default() -> Self {
        Self { strength: 2, rows: None, seed: 1, traffic: None }
    }
}

/// Most rows of a full matrix where the caller names no limit.
pub const FULL_ROWS: usize = 20_000;
/// What the search for a screen may spend.
const SCREEN_EFFORT: u64 = 15_000_000;

/// A matrix: its rows, and what they can tell before anything is launched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestMatrix {
    /// What it is for.
    pub mode: Mode,
    /// The level of each factor, row by row; seeded rows first.
    pub rows: Vec<Combination>,
    /// What it covers, can estimate and costs.
    pub report: MatrixReport,
}

/// Chooses the rows of a test: one level per factor and row.
///
/// `cover` searches for a small covering array ([`crate::stats::covering::cover`]; Nurmela, 2004), `screen` for D-optimal rows of a
/// main-effects model ([`crate::stats::factorial::screen`]; Meyer and Nachtsheim, 1995), `full` lists all. Constraints are obeyed in
/// each; what they rule out together is known and not counted as missing. Coverage is counted from the finished rows. The same input and
/// seed give the same bytes.
///
/// A covering matrix shows each pair, it does not promise that effects can be told apart: read the report, and take `screen` to learn
/// which level is better. Weights of levels steer only the cells of `cover` that coverage leaves open.
///
/// ```
/// use adbrain_core::experiment::matrix::{DesignOptions, Factor, FactorKind, Factors, Mode, design};
/// let factor = |name: &str, kind, levels: &[&str]| Factor::new(name, kind, levels);
/// let factors = Factors::new(vec![
///     factor("creative", FactorKind::Creative, &["video", "carousel", "story"]),
///     factor("copy", FactorKind::Copy, &["price", "trust"]),
///     factor("placement", FactorKind::Placement, &["feed", "reels"]),
/// ]);
/// let matrix = design(&factors, Mode::Cover, &DesignOptions::default())?;
/// assert_eq!(matrix.rows.len(), 6);
/// assert_eq!(matrix.report.pairs.as_ref().map(|pairs| pairs.share), Some(1.0));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] names the field: unknown or repeated names, more than 64 levels, constraints that allow no
/// row, seeded rows that break them, a full matrix above its limit.
pub fn design(factors: &Factors, mode: Mode, options: &DesignOptions) -> Result<TestMatrix> {
    if options.strength == 0 {
        return Err(Error::invalid("strength", "must be 1 or more").next("use 2 for pairs"));
    }
    let compiled = compile(factors)?;
    let strength = options.strength.min(compiled.space.factors());
    let (rows, least_rows) = match mode {
        Mode::Cover => covering_rows(&compiled, strength, options)?,
        Mode::Screen => (screening_rows(&compiled, options)?, None),
        Mode::Full => (full_rows(&compiled, options.rows.unwrap_or(FULL_ROWS))?, None),
    };
    let report = report::report(&compiled, &rows, (strength, least_rows), options)?;
    let rows = rows.iter().map(|row| compiled.combination(row)).collect();
    Ok(TestMatrix { mode, rows, report })
}

fn covering_rows(
    compiled: &Compiled,
    strength: usize,
    options: &DesignOptions,
) -> Result<(Vec<Vec<u8>>, Option<usize>)> {
    let weights = compiled.weights.clone();
    let how = Search { strength, most_rows: options.rows, weights, seed: options.seed, ..Search::default() };
    let found = cover(&compiled.space, &compiled.starts, &how)?;
    Ok((found.rows, Some(found.least_rows)))
}

fn screening_rows(compiled: &Compiled, options: &DesignOptions) -> Result<Vec<Vec<u8>>> {
    let parameters = 1 + compiled.space.levels().iter().map(|count| count - 1).sum::<usize>();
    let rows = options.rows.unwrap_or((2 * parameters).max(compiled.starts.len()));
    let how = Screen { rows, seed: options.seed, effort: SCREEN_EFFORT };
    Ok(screen(&compiled.space, &compiled.starts, &how)?)
}

fn full_rows(compiled: &Compiled, most: usize) -> Result<Vec<Vec<u8>>> {
    every_row(&compiled.space, most).ok_or_else(|| {
        let whole = compiled.space.levels().iter().map(|count| *count as f64).product::<f64>();
        Error::invalid("rows", format!("a full matrix has more than {most} rows (without constraints {whole})"))
            .next("use `cover` or `screen`, or raise the limit")
    })
}

#[cfg(test)]
mod tests;
