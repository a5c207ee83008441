//! What a model says about itself.

use serde::{Deserialize, Serialize};

use super::fitted::Forest;
use super::model::Guarantee;
use super::tune::Goal;
use crate::predict::conformal::{Reach, reach};
use crate::stats::Defined;

/// What a model was learnt from and how far it is to be trusted; it lies in the model's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The version of the engine that made it.
    pub engine: String,
    /// What is predicted: `roas`.
    pub target: String,
    /// The first and the last day of the data, as `2026-11-28`, where they are known.
    pub window: Option<[jiff::civil::Date; 2]>,
    /// The rows that the forest was learnt from.
    pub rows: u64,
    /// The names of the columns.
    pub features: Vec<String>,
    /// What leaf size, columns per split and mode were chosen for; none where they were given.
    pub tuned: Option<Goal>,
    /// What the level of intervals rests on.
    pub guarantee: Guarantee,
    /// How well it predicts training rows from the trees that have not seen them; `None` where there are no such rows.
    pub out_of_bag: Option<OutOfBag>,
    /// How often its intervals hold on rows that neither the trees nor the calibration have seen.
    pub calibration: Vec<Coverage>,
}

/// Errors out of bag, in units of the target; rows count by their weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutOfBag {
    /// The rows that some tree has not seen.
    pub rows: u64,
    /// The root of the mean squared error.
    pub rmse: f64,
    /// The mean absolute error.
    pub mae: f64,
    /// One minus the squared error over that of the mean; `None` where all targets are equal.
    pub r_squared: Option<f64>,
}

/// How often intervals of a level held.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The level asked for.
    pub level: f64,
    /// The share of rows whose target lay inside, each half of the rows calibrated by the other.
    pub coverage: f64,
}

/// The levels that a card tells of.
const LEVELS: [f64; 3] = [0.5, 0.8, 0.9];

impl OutOfBag {
    /// The errors of a forest.
    pub(super) fn of(forest: &Forest) -> Option<Self> {
        let training = &forest.training;
        let mut sums = Sums::default();
        for (row, mean) in forest.out_of_bag_means().into_iter().enumerate() {
            if let (Some(mean), Some(target)) = (mean, training.targets.get(row)) {
                sums.add(training.weight(row), *target, mean);
            }
        }
        sums.read()
    }
}

/// Weighted sums, one pass for the mean of the targets before one for the errors being needless: targets are taken less the first.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    rows: u64,
    first: f64,
    weight: f64,
    target: f64,
    target_squared: f64,
    absolute: f64,
    squared: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, target: f64, mean: f64) {
        if self.rows == 0 {
            self.first = target;
        }
        let (far, error) = (target - self.first, target - mean);
        self.rows += 1;
        self.weight += weight;
        self.target += weight * far;
        self.target_squared += weight * far * far;
        self.absolute += weight * error.abs();
        self.squared += weight * error * error;
    }

    fn read(&self) -> Option<OutOfBag> {
        if self.rows == 0 {
            return None;
        }
        let mean = |sum: f64| sum / self.weight;
        let variance = mean(self.target_squared) - mean(self.target) * mean(self.target);
        let r_squared = (variance > 0.0).then(|| 1.0 - mean(self.squared) / variance);
        Some(OutOfBag {
            rows: self.rows,
            rmse: libm::sqrt(mean(self.squared)),
            mae: mean(self.absolute),
            r_squared: r_squared.filter(|share| share.is_finite()),
        })
    }
}

/// How often intervals hold where every second row calibrates the others; nothing where there are too few rows for the level.
pub(super) fn coverages(scores: &[f64]) -> Vec<Coverage> {
    let half = |rest: usize| scores.iter().skip(rest).step_by(2).copied().collect::<Vec<_>>();
    let halves = [half(0), half(1)];
    LEVELS.into_iter().filter_map(|level| coverage(&halves, level).ok().flatten()).collect()
}

fn coverage([even, odd]: &[Vec<f64>; 2], level: f64) -> Defined<Option<Coverage>> {
    let mut held = 0;
    for (calibration, judged) in [(even, odd), (odd, even)] {
        let Reach::Score(share) = reach(calibration, level)? else { return Ok(None) };
        held += judged.iter().filter(|score| **score <= share).count();
    }
    let rows = even.len() + odd.len();
    Ok((rows > 0).then(|| Coverage { level, coverage: held as f64 / rows as f64 }))
}
