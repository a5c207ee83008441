//! How far intervals must reach: calibration on rows that the trees asked about have not seen.

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::fitted::{Forest, Sight, gathered};
use crate::error::Result;
use crate::predict::conformal::{Grouped, Reach, by_group, interval_score, outside, rank, residual};
use crate::stats::random::Random;

/// How intervals are read off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Quantiles of the conditional distribution, at levels calibrated by the ranks of targets out of bag.
    Rank,
    /// Quantiles at the level asked for, stretched or shrunk by what targets lie outside out of bag.
    Quantile,
    /// The median plus and minus what targets are away from it out of bag.
    Residual,
}

impl Method {
    /// Every method, in the order in which the first of equals is taken.
    pub const ALL: [Self; 3] = [Self::Rank, Self::Quantile, Self::Residual];

    /// The score of this method among those of a row.
    fn of(self, [rank, outside, residual]: &[f64; 3]) -> f64 {
        match self {
            Self::Rank => *rank,
            Self::Quantile => *outside,
            Self::Residual => *residual,
        }
    }

    /// The interval of a row; it holds the median. None where no score is enough. By ranks it never reaches beyond what alike rows brought.
    pub(super) fn interval(self, expected: &Distribution, (reach, level): (Reach, f64)) -> Option<[f64; 2]> {
        let Reach::Score(reach) = reach else { return None };
        let median = expected.quantile(0.5);
        let [low, high] = match self {
            Self::Rank => ends(expected, reach.clamp(0.0, 1.0)),
            Self::Quantile => {
                let [low, high] = ends(expected, level);
                [low - reach, high + reach]
            }
            Self::Residual => [median - reach, median + reach],
        };
        Some([low.min(median), high.max(median)])
    }
}

/// How the intervals did on rows out of bag.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The mean interval score, in units of the target.
    pub interval_score: f64,
    /// The share of rows inside.
    pub coverage: f64,
    /// The mean width, in units of the target.
    pub width: f64,
    /// The rows.
    pub rows: u64,
}

/// By how many standard errors of the coverage levels are raised.
pub(super) const CAUTION: f64 = 1.0;
/// The place of the luck that ranks targets among equal ones.
const RANK_PLACE: u64 = 0x7261_6e6b;

/// The scores of a training row, by method; nothing for a row that every tree drew.
type Seen = Option<[f64; 3]>;

/// What is known of a mixture of forests on rows out of bag, at a level.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calibration {
    pub(super) method: Method,
    level: f64,
    seen: Vec<Seen>,
    reaches: Grouped,
    /// None where there are too few rows for the level.
    pub(super) measured: Option<Measured>,
}

impl Calibration {
    /// By one method.
    pub(super) fn by(method: Method, forests: &[(&Forest, f64)], groups: &[String], level: f64) -> Result<Self> {
        Ok(Self::of(&[method], forests, groups, level)?.remove(0))
    }

    /// By the method with the least interval score; by ranks where there are too few rows for a score.
    pub(super) fn best(forests: &[(&Forest, f64)], groups: &[String], level: f64) -> Result<Self> {
        let score = |one: &Self| one.measured.map_or(f64::INFINITY, |measured| measured.interval_score);
        let mut all = Self::of(&Method::ALL, forests, groups, level)?;
        let scores: Vec<f64> = all.iter().map(score).collect();
        let least = (0..scores.len())
            .min_by(|a, b| scores.get(*a).partial_cmp(&scores.get(*b)).unwrap_or(std::cmp::Ordering::Equal));
        Ok(all.swap_remove(least.unwrap_or_default()))
    }

    fn of(methods: &[Method], forests: &[(&Forest, f64)], groups: &[String], level: f64) -> Result<Vec<Self>> {
        let seen = see(forests, level);
        let reaches = methods.iter().map(|method| grouped(&seen, groups, (*method, level)));
        let reaches = reaches.collect::<Result<Vec<_>>>()?;
        let intervals = out_of_bag(forests, |row, expected, target| {
            let group = groups.get(row).map_or("", String::as_str);
            let one = |(method, reaches): (&Method, &Grouped)| method.interval(expected, (reaches.of(group), level));
            (target, methods.iter().zip(&reaches).map(one).collect::<Vec<_>>())
        });
        let measured = |place: usize| {
            let rows = intervals.iter().flatten();
            measure(rows.filter_map(|(target, ends)| Some(((*ends.get(place)?)?, *target))), level)
        };
        let all = methods.iter().zip(&reaches).enumerate().map(|(place, (method, reaches))| Self {
            method: *method,
            level,
            seen: seen.clone(),
            reaches: reaches.clone(),
            measured: measured(place),
        });
        Ok(all.collect())
    }

    /// The level that was calibrated for.
    pub(super) fn level(&self) -> f64 {
        self.level
    }

    /// The interval of a row of no group at the level that was calibrated for.
    pub(super) fn usual(&self, expected: &Distribution) -> Option<[f64; 2]> {
        self.method.interval(expected, (self.reaches.pooled, self.level))
    }

    /// How far intervals must reach at a level.
    pub(super) fn reaches(&self, forests: &[(&Forest, f64)], groups: &[String], level: f64) -> Result<Grouped> {
        if level.total_cmp(&self.level).is_eq() {
            return Ok(self.reaches.clone());
        }
        // What lies outside the quantiles of a level is another score at each level.
        match self.method {
            Method::Quantile => grouped(&see(forests, level), groups, (self.method, level)),
            Method::Rank | Method::Residual => grouped(&self.seen, groups, (self.method, level)),
        }
    }
}

/// What `read` makes of the row, distribution and target of each training row, from the trees that have not seen it.
pub(super) fn out_of_bag<T: Send>(
    forests: &[(&Forest, f64)],
    read: impl Fn(usize, &Distribution, f64) -> T + Sync,
) -> Vec<Option<T>> {
    let Some((first, _)) = forests.first() else { return Vec::new() };
    let training = &first.training;
    gathered(forests, &training.rows, Sight::OutOfBag, |row, expected| {
        read(row, &expected, training.targets.get(row).copied().unwrap_or(f64::NAN))
    })
}

/// The rank of a row's target in what was expected of it; among equal targets by the luck of the seed and the row.
pub(super) fn ranked(expected: &Distribution, target: f64, (seed, row): (u64, usize)) -> f64 {
    rank(expected.shares(target), Random::at(seed, &[RANK_PLACE, row as u64]).uniform())
}

/// The scores of each training row out of bag, at a level.
fn see(forests: &[(&Forest, f64)], level: f64) -> Vec<Seen> {
    let seed = forests.first().map_or(0, |(first, _)| first.settings.seed);
    out_of_bag(forests, |row, expected, target| {
        [
            ranked(expected, target, (seed, row)),
            outside(target, ends(expected, level)),
            residual(target, expected.quantile(0.5)),
        ]
    })
}

/// The quantiles that hold the middle `share` of a distribution.
fn ends(expected: &Distribution, share: f64) -> [f64; 2] {
    [expected.quantile((1.0 - share) / 2.0), expected.quantile(f64::midpoint(1.0, share))]
}

/// How far the intervals of a method must reach, by group.
fn grouped(seen: &[Seen], groups: &[String], (method, level): (Method, f64)) -> Result<Grouped> {
    let rows = seen.iter().zip(groups).filter_map(|(seen, group)| Some((seen.as_ref()?, group.clone())));
    let (scores, groups): (Vec<f64>, Vec<String>) = rows.map(|(scores, group)| (method.of(scores), group)).unzip();
    Ok(by_group(&scores, &groups, level, CAUTION)?)
}

fn measure(rows: impl Iterator<Item = ([f64; 2], f64)>, level: f64) -> Option<Measured> {
    let (mut score, mut inside, mut width, mut count) = (0.0, 0_u32, 0.0, 0_u32);
    for (ends, target) in rows {
        score += interval_score(ends, target, level);
        inside += u32::from(outside(target, ends) <= 0.0);
        width += ends[1] - ends[0];
        count += 1;
    }
    let rows = f64::from(count);
    (count > 0).then(|| Measured {
        interval_score: score / rows,
        coverage: f64::from(inside) / rows,
        width: width / rows,
        rows: u64::from(count),
    })
}
