//! Chooses leaf size, columns per split and mode by what the trees say of rows that they have not seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calibrate::Calibration;
use super::examples::Examples;
use super::fitted::{Forest, Sight};
use super::settings::{Mode, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::stats::Undefined;

/// What a forest is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The least out-of-bag interval score of calibrated intervals at a level.
    Intervals {
        /// The level, 0.9 for 90 %.
        level: f64,
    },
    /// The least out-of-bag squared error of the mean.
    Points,
}

/// Settings that were tried.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The settings.
    pub settings: Settings,
    /// The out-of-bag interval score, or the root of the out-of-bag mean squared error; lower is better.
    pub score: f64,
}

/// The sizes of leaves that are tried: doubled from 3, below which trees follow the noise of rates.
const LEAVES: [usize; 3] = [3, 6, 12];
/// The modes and shares of columns that are tried with each.
const MODES: [(Mode, f64); 3] = [(Mode::RandomForest, 1.0), (Mode::RandomForest, 0.5), (Mode::ExtraTrees, 1.0)];

/// Tries nine settings (leaves of 3, 6 and 12 rows; random forest with all and with half of the columns per split, extra trees) and
/// gives them with their scores, the best first; of equals the first tried. Trees, bins, seed and threads are those of `base`. Only
/// the rows given are looked at.
///
/// # Errors
/// As [`Forest::fit`]; [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where no target differs from the others or no tree leaves a row out.
pub fn tune(examples: &Examples<'_>, base: &Settings, goal: Goal) -> Result<Vec<Candidate>> {
    let mut tried: Vec<Candidate> = race(examples, base, goal)?.into_iter().map(|(candidate, _)| candidate).collect();
    tried.sort_by(|a, b| a.score.total_cmp(&b.score));
    Ok(tried)
}

/// The settings tried with their forests, in the order of the trial.
pub(super) fn race(examples: &Examples<'_>, base: &Settings, goal: Goal) -> Result<Vec<(Candidate, Forest)>> {
    let groups = examples.weighty_groups()?;
    let mut tried = Vec::new();
    for (mode, columns_per_split) in MODES {
        for min_leaf in LEAVES {
            let settings = Settings { min_leaf, columns_per_split, mode, ..*base };
            let forest = Forest::fit(examples.table, examples.targets, examples.weights, &settings)?;
            check_spread(&forest)?;
            let score = score(&[(&forest, 1.0)], &groups, goal)?;
            tried.push((Candidate { settings, score }, forest));
        }
    }
    Ok(tried)
}

/// The score of a mixture of forests.
pub(super) fn score(forests: &[(&Forest, f64)], groups: &[String], goal: Goal) -> Result<f64> {
    match goal {
        Goal::Intervals { level } => {
            let measured = Calibration::best(forests, groups, level)?.measured;
            measured.map(|measured| measured.interval_score).ok_or_else(too_few)
        }
        Goal::Points => root_error(forests),
    }
}

/// The root of the out-of-bag mean squared error.
fn root_error(forests: &[(&Forest, f64)]) -> Result<f64> {
    let means: Vec<_> = forests.iter().map(|(forest, share)| (out_of_bag(forest), *share)).collect();
    let Some((first, _)) = forests.first() else { return Ok(f64::INFINITY) };
    let (mut sum, mut rows) = (0.0, 0_u32);
    for (row, target) in first.training.targets.iter().enumerate() {
        let guess = means.iter().try_fold(0.0, |sum, (means, share)| Some(sum + share * (*means.get(row)?)?));
        if let Some(guess) = guess {
            sum += (target - guess) * (target - guess);
            rows += 1;
        }
    }
    if rows == 0 { Err(no_row_left_out()) } else { Ok(libm::sqrt(sum / f64::from(rows))) }
}

fn out_of_bag(forest: &Forest) -> Vec<Option<f64>> {
    forest.means(&forest.training.rows, Sight::OutOfBag)
}

fn too_few() -> Error {
    Error::new(ErrorKind::NotEnoughData, "there are too few rows to calibrate intervals at this level")
        .with("reason", "too_few")
        .next("give more rows or a lower level; 90 % needs about thirty")
}

fn no_row_left_out() -> Error {
    Error::new(ErrorKind::NotEnoughData, "every tree drew every row, so none is out of bag")
        .with("reason", "too_few")
        .next("give more rows or more trees")
}

/// Equal targets show no spread, so no interval rests on them.
fn check_spread(forest: &Forest) -> Result<()> {
    let targets = forest.sorted_targets();
    match targets.first().zip(targets.last()) {
        Some((least, greatest)) if least < greatest => Ok(()),
        _ => Err(Undefined::NoSpread.into()),
    }
}
