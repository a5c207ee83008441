//! The forest with its calibration: bands of any level per row.

use std::collections::BTreeMap;

use super::{Band, Settings};
use crate::error::Result;
use crate::predict::conformal::{Reach, reach};
use crate::predict::forest::{self, Distribution, Forest, Table};
use crate::stats::random::Random;

/// So many rows is the calibration of all rows worth against that of a group: 20 was best on ad-level ROAS by campaign.
const POOLED_WORTH: f64 = 20.0;

/// A quantile forest whose levels are calibrated on out-of-bag ranks, by group with shrinkage.
///
/// A row that the trees did not see has the rank u in its distribution, drawn within atoms; its score is |2u - 1|. The interval of level
/// L runs from quantile (1 - c) / 2 to (1 + c) / 2, where c is the score that [`reach`] names: conformal prediction on the scale of
/// ranks, so that one calibration serves every level.
#[derive(Debug, Clone)]
pub(super) struct Learnt {
    pub(super) forest: Forest,
    all: Vec<f64>,
    groups: BTreeMap<String, Vec<f64>>,
    out_of_bag: Vec<Option<Distribution>>,
}

/// What a forest learns from: a row each.
pub(super) struct Training<'a> {
    pub(super) table: &'a Table,
    pub(super) values: &'a [f64],
    pub(super) weights: Option<&'a [f64]>,
    pub(super) groups: &'a [Option<String>],
}

impl Learnt {
    pub(super) fn fit(training: &Training<'_>, settings: &Settings) -> Result<Self> {
        let grown = forest::Settings {
            trees: settings.trees,
            seed: settings.seed,
            threads: settings.threads,
            ..forest::Settings::default()
        };
        let forest = Forest::fit(training.table, training.values, training.weights, &grown)?;
        let out_of_bag = forest.out_of_bag_distributions();
        let (mut all, mut groups) = (Vec::new(), BTreeMap::<String, Vec<f64>>::new());
        let rows = out_of_bag.iter().zip(training.values).zip(training.groups);
        for (place, ((expected, value), group)) in (0_u64..).zip(rows) {
            let Some(expected) = expected else { continue };
            let score = score(expected, *value, &mut Random::at(settings.seed, &[RANKS, place]));
            all.push(score);
            if let Some(group) = group {
                groups.entry(group.clone()).or_default().push(score);
            }
        }
        Ok(Self { forest, all, groups, out_of_bag })
    }

    /// Whether there are rows enough for a calibrated interval of a level.
    pub(super) fn is_calibrated(&self, level: f64) -> bool {
        matches!(reach(&self.all, level), Ok(Reach::Score(_)))
    }

    /// The bands of rows.
    pub(super) fn bands(&self, table: &Table, groups: &[Option<String>], level: f64) -> Result<Vec<Band>> {
        let (expected, shares) = (self.forest.distributions(table)?, self.shares(level)?);
        Ok(expected.iter().zip(groups).map(|(expected, group)| shares.band(expected, group.as_ref())).collect())
    }

    /// The bands of the training rows from the trees that did not see them.
    pub(super) fn out_of_bag(&self, groups: &[Option<String>], level: f64) -> Result<Vec<Option<Band>>> {
        let shares = self.shares(level)?;
        let rows = self.out_of_bag.iter().zip(groups);
        Ok(rows.map(|(expected, group)| Some(shares.band(expected.as_ref()?, group.as_ref()))).collect())
    }

    fn shares(&self, level: f64) -> Result<Shares> {
        let pooled = share(&self.all, level)?;
        let group = |(name, scores): (&String, &Vec<f64>)| {
            let n = scores.len() as f64;
            let mixed = (n * share(scores, level)? + POOLED_WORTH * pooled) / (n + POOLED_WORTH);
            Ok((name.clone(), mixed))
        };
        Ok(Shares { pooled, groups: self.groups.iter().map(group).collect::<Result<_>>()? })
    }
}

/// The central share of a distribution that holds results at a level: over all rows, and by group.
struct Shares {
    pooled: f64,
    groups: BTreeMap<String, f64>,
}

impl Shares {
    fn band(&self, expected: &Distribution, group: Option<&String>) -> Band {
        let share = group.and_then(|group| self.groups.get(group)).unwrap_or(&self.pooled);
        let [low, high] = [(1.0 - share) / 2.0, f64::midpoint(1.0, *share)].map(|p| expected.quantile(p));
        Band { low, value: expected.quantile(0.5).clamp(low, high), high }
    }
}

/// The stream of luck for ranks within atoms.
const RANKS: u64 = 0x7261_6e6b;

fn score(expected: &Distribution, value: f64, luck: &mut Random) -> f64 {
    let (below, up_to) = expected.shares(value);
    (2.0 * (below + luck.uniform() * (up_to - below)) - 1.0).abs()
}

/// The calibrated score of a level; the whole distribution where there are too few rows.
fn share(scores: &[f64], level: f64) -> Result<f64> {
    match reach(scores, level)? {
        Reach::Score(score) => Ok(score),
        Reach::Unbounded => Ok(1.0),
    }
}
