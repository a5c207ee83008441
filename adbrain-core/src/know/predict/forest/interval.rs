//! A tuned forest whose intervals hold at their level.

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::examples::Examples;
use super::fitted::{Forest, Sight, gathered};
use super::rows::Rows;
use super::settings::{Mode, Settings};
use super::table::Table;
use super::tune::{Candidate, Goal, no_row_left_out, race, score};
use crate::error::{Error, Result};
use crate::predict::conformal::{Grouped, Reach, by_group, interval_score, outside, rank, residual};
use crate::stats::random::Random;

/// How an [`IntervalForest`] is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntervalSettings {
    /// Trees, bins, seed and threads of each forest that is tried; leaf size, columns per split and mode are chosen.
    pub forest: Settings,
    /// What the forests are chosen for; intervals at 90 % by default.
    pub goal: Goal,
}

impl Default for IntervalSettings {
    fn default() -> Self {
        Self { forest: Settings::default(), goal: Goal::Intervals { level: 0.9 } }
    }
}

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
}

/// What is expected of one row, in units of the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The ends of the interval, which hold the median; none where there are too few rows for the level.
    pub interval: Option<[f64; 2]>,
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

/// A random forest and extra trees, mixed, with intervals calibrated out of bag by group.
///
/// 1. Nine settings are tried ([`tune`](super::tune)); the best random forest and the best extra trees are kept. Their mixture has
///    one, two or three quarters of the first, by the same score: two forests that err differently err less together.
/// 2. Each training row gets the conditional distribution that the trees without it expect. Its scores by three methods calibrate
///    intervals by group, and the method with the least interval score is kept.
/// 3. Levels are raised by half a standard error ([`cautious`](crate::predict::conformal::cautious)).
///
/// It assumes that new rows are exchangeable with the training rows, and says nothing of a drift. Weights count in the forests, not in
/// the calibration.
///
/// ```
/// use adbrain_core::predict::forest::{Column, Examples, IntervalForest, IntervalSettings, Settings, Table};
/// use adbrain_core::stats::random::Random;
/// let mut luck = Random::at(1, &[]);
/// let budget: Vec<f64> = (0..120).map(f64::from).collect();
/// let roas: Vec<f64> = budget.iter().map(|budget| if *budget < 60.0 { 3.0 } else { 1.0 } + 0.2 * luck.normal()).collect();
/// let table = Table::new(vec![Column::numbers("budget", budget)])?;
/// let examples = Examples { table: &table, targets: &roas, weights: None, groups: None };
/// let settings = IntervalSettings { forest: Settings { trees: 50, ..Settings::default() }, ..IntervalSettings::default() };
/// let forest = IntervalForest::fit(&examples, &settings)?;
/// let expected = &forest.predict(&table.select(&[10]), None, 0.9)?[0];
/// let [low, high] = expected.interval.unwrap();
/// assert!(2.3 < low && low <= expected.median && expected.median <= high && high < 3.7);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalForest {
    /// The forests with their shares, which add up to one.
    members: Vec<(Forest, f64)>,
    tried: Vec<Candidate>,
    groups: Vec<String>,
    calibrated: Calibrated,
}

/// The shares of the random forest that are tried.
const SHARES: [f64; 3] = [0.5, 0.75, 0.25];
/// By how many standard errors of the coverage levels are raised.
const CAUTION: f64 = 0.5;
/// The seed of the ranks of targets among equal ones.
const RANK_PLACE: u64 = 0x7261_6e6b;

impl IntervalForest {
    /// Chooses, grows and calibrates. Only the rows given are looked at.
    ///
    /// # Errors
    /// As [`tune`](super::tune); a level outside 0 to 1.
    pub fn fit(examples: &Examples<'_>, settings: &IntervalSettings) -> Result<Self> {
        let groups = examples.weighty_groups()?;
        let raced = race(examples, &settings.forest, settings.goal)?;
        let tried = raced.iter().map(|(candidate, _)| *candidate).collect();
        let members = mixed(raced, &groups, settings.goal)?;
        let level = match settings.goal {
            Goal::Intervals { level } => level,
            Goal::Points => 0.9,
        };
        let calibrated = calibrate(&borrowed(&members), &groups, level)?;
        Ok(Self { members, tried, groups, calibrated })
    }

    /// The settings that were tried with their scores, in the order of the trial.
    pub fn tried(&self) -> &[Candidate] {
        &self.tried
    }

    /// The forests that are mixed, with their shares.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (&Forest, f64)> {
        self.members.iter().map(|(forest, share)| (forest, *share))
    }

    /// How intervals are read off.
    pub fn method(&self) -> Method {
        self.calibrated.method
    }

    /// How the intervals did on rows out of bag, at the level of the goal (0.9 for points).
    pub fn measured(&self) -> Measured {
        self.calibrated.measured
    }

    /// What is expected of each row, with an interval at `level`. `groups` has a name per row; a group that the training rows did not
    /// have, or an empty name, takes the calibration of all rows.
    ///
    /// # Errors
    /// As [`Forest::predict`]; a level outside 0 to 1, groups that are not one per row.
    pub fn predict(&self, table: &Table, groups: Option<&[String]>, level: f64) -> Result<Vec<Expected>> {
        let Some((first, _)) = self.members.first() else { return Ok(Vec::new()) };
        if groups.is_some_and(|groups| groups.len() != table.rows()) {
            return Err(Error::invalid("groups", "has not one name for each row").next("give one for each row"));
        }
        let rows = Rows::of(&first.training.schema.encode(table)?);
        let forests = borrowed(&self.members);
        let reaches = if level.total_cmp(&self.calibrated.level).is_eq() {
            self.calibrated.reaches.clone()
        } else {
            let seen = see(&forests, level);
            grouped(&seen, &self.groups, (self.calibrated.method, level))?
        };
        let group = |row: usize| groups.and_then(|groups| groups.get(row)).map_or("", String::as_str);
        let answer = |row: usize, expected: Distribution| Expected {
            mean: expected.mean(),
            median: expected.quantile(0.5),
            interval: self.calibrated.method.interval(&expected, (reaches.of(group(row)), level)),
        };
        Ok(gathered(&forests, &rows, Sight::Every, answer).into_iter().flatten().collect())
    }
}

fn borrowed(members: &[(Forest, f64)]) -> Vec<(&Forest, f64)> {
    members.iter().map(|(forest, share)| (forest, *share)).collect()
}

/// The best random forest and the best extra trees, by the shares with the best score.
fn mixed(raced: Vec<(Candidate, Forest)>, groups: &[String], goal: Goal) -> Result<Vec<(Forest, f64)>> {
    let (random, extra): (Vec<_>, Vec<_>) =
        raced.into_iter().partition(|(candidate, _)| candidate.settings.mode == Mode::RandomForest);
    let best = |tried: Vec<(Candidate, Forest)>| tried.into_iter().min_by(|(a, _), (b, _)| a.score.total_cmp(&b.score));
    let (Some((_, random)), Some((_, extra))) = (best(random), best(extra)) else { return Ok(Vec::new()) };
    let mut least: Option<(f64, f64)> = None;
    for share in SHARES {
        let score = score(&[(&random, share), (&extra, 1.0 - share)], groups, goal)?;
        if least.is_none_or(|(least, _)| score < least) {
            least = Some((score, share));
        }
    }
    let share = least.map_or(1.0, |(_, share)| share);
    Ok(vec![(random, share), (extra, 1.0 - share)])
}

/// What calibration keeps.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calibrated {
    method: Method,
    level: f64,
    reaches: Grouped,
    pub(super) measured: Measured,
}

/// The scores of a training row, by method; nothing for a row that every tree drew.
type Seen = Option<[f64; 3]>;

/// The scores of each training row out of bag, at a level.
fn see(forests: &[(&Forest, f64)], level: f64) -> Vec<Seen> {
    let Some((first, _)) = forests.first() else { return Vec::new() };
    let (training, seed) = (&first.training, first.settings.seed);
    gathered(forests, &training.rows, Sight::OutOfBag, |row, expected| {
        let target = training.targets.get(row).copied().unwrap_or(f64::NAN);
        let uniform = Random::at(seed, &[RANK_PLACE, row as u64]).uniform();
        [
            rank(expected.shares(target), uniform),
            outside(target, ends(&expected, level)),
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

/// Calibrates by each method and keeps that with the least interval score out of bag.
pub(super) fn calibrate(forests: &[(&Forest, f64)], groups: &[String], level: f64) -> Result<Calibrated> {
    let Some((first, _)) = forests.first() else { return Err(no_row_left_out()) };
    let seen = see(forests, level);
    let mut reaches = Vec::new();
    for method in Method::ALL {
        reaches.push(grouped(&seen, groups, (method, level))?);
    }
    let training = &first.training;
    let tallies = gathered(forests, &training.rows, Sight::OutOfBag, |row, expected| {
        let target = training.targets.get(row).copied().unwrap_or(f64::NAN);
        let group = groups.get(row).map_or("", String::as_str);
        let tally = |(method, reaches): (Method, &Grouped)| {
            method.interval(&expected, (reaches.of(group), level)).map(|ends| (ends, target))
        };
        Method::ALL.into_iter().zip(&reaches).map(tally).collect::<Vec<_>>()
    });
    let mut best: Option<(Method, Grouped, Measured)> = None;
    for (place, (method, reaches)) in Method::ALL.into_iter().zip(reaches).enumerate() {
        let rows = tallies.iter().flatten().filter_map(|row| row.get(place).copied().flatten());
        let Some(measured) = measure(rows, level) else { continue };
        if best.as_ref().is_none_or(|(_, _, best)| measured.interval_score < best.interval_score) {
            best = Some((method, reaches, measured));
        }
    }
    let (method, reaches, measured) = best.ok_or_else(too_few)?;
    Ok(Calibrated { method, level, reaches, measured })
}

fn too_few() -> Error {
    Error::new(crate::ErrorKind::NotEnoughData, "there are too few rows to calibrate intervals at this level")
        .with("reason", "too_few")
        .next("give more rows or a lower level; 90 % needs about twenty")
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

impl Method {
    /// The score of this method among those of a row.
    fn of(self, [rank, outside, residual]: &[f64; 3]) -> f64 {
        match self {
            Self::Rank => *rank,
            Self::Quantile => *outside,
            Self::Residual => *residual,
        }
    }

    /// The interval of a row; it holds the median.
    fn interval(self, expected: &Distribution, (reach, level): (Reach, f64)) -> Option<[f64; 2]> {
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

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    /// Rows whose noise grows with the first column and doubles in the second group.
    fn rows(count: usize, seed: u64) -> (Table, Vec<f64>, Vec<String>) {
        let mut luck = Random::at(seed, &[]);
        let (mut a, mut b, mut groups, mut targets) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let (x, y, wild) = (luck.uniform(), luck.uniform(), luck.uniform() < 0.3);
            let noise = (0.2 + x) * if wild { 2.0 } else { 1.0 };
            targets.push(3.0 * x + y + noise * luck.normal());
            groups.push(if wild { "wild" } else { "calm" }.to_owned());
            a.push(x);
            b.push(y);
        }
        let kind = Column::categories("kind", &groups);
        let table = Table::new(vec![Column::numbers("a", a), Column::numbers("b", b), kind]).unwrap();
        (table, targets, groups)
    }

    fn settings() -> IntervalSettings {
        let forest = Settings { trees: 60, seed: 5, ..Settings::default() };
        IntervalSettings { forest, ..IntervalSettings::default() }
    }

    fn fit(count: usize, seed: u64, settings: &IntervalSettings) -> Result<IntervalForest> {
        let (table, targets, groups) = rows(count, seed);
        let examples = Examples { table: &table, targets: &targets, weights: None, groups: Some(&groups) };
        IntervalForest::fit(&examples, settings)
    }

    #[test]
    fn coverage_holds_on_rows_never_seen_in_each_group_and_at_other_levels() {
        let mut inside = [[0_u32; 2]; 2];
        let mut asked = [0_u32; 2];
        for seed in 0..6 {
            let forest = fit(250, seed, &settings()).unwrap();
            let (table, targets, groups) = rows(400, 100 + seed);
            for (place, level) in [0.9, 0.5].into_iter().enumerate() {
                let answers = forest.predict(&table, Some(&groups), level).unwrap();
                for ((answer, target), group) in answers.iter().zip(&targets).zip(&groups) {
                    let [low, high] = answer.interval.unwrap();
                    assert!(low <= answer.median && answer.median <= high);
                    let group = usize::from(group == "wild");
                    inside[place][group] += u32::from(low <= *target && *target <= high);
                    asked[group] += u32::from(place == 0);
                }
            }
        }
        for group in 0..2 {
            let share = |place: usize| f64::from(inside[place][group]) / f64::from(asked[group]);
            assert!((0.87..0.96).contains(&share(0)) && (0.45..0.62).contains(&share(1)), "{} {}", share(0), share(1));
        }
    }

    #[test]
    fn what_was_tried_is_told_and_the_mixture_is_no_worse_than_twice_chance() {
        let forest = fit(200, 9, &settings()).unwrap();
        assert_eq!(forest.tried().len(), 9);
        let shares: f64 = forest.members().map(|(_, share)| share).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        let measured = forest.measured();
        let best = forest.tried().iter().map(|one| one.score).fold(f64::INFINITY, f64::min);
        assert!(measured.interval_score < best * 1.05 && measured.rows == 200, "{measured:?} {best}");
        assert!((0.88..0.97).contains(&measured.coverage));
    }

    #[test]
    fn too_little_is_said_and_not_guessed() {
        assert_eq!(fit(8, 1, &settings()).unwrap_err().kind(), crate::ErrorKind::NotEnoughData);
        let forest = fit(60, 1, &settings()).unwrap();
        let (table, ..) = rows(3, 2);
        assert!(forest.predict(&table, None, 0.999).unwrap().iter().all(|answer| answer.interval.is_none()));
        assert!(forest.predict(&table, None, 1.0).is_err());
        let flat = Table::new(vec![Column::numbers("a", vec![1.0, 2.0, 3.0])]).unwrap();
        let examples = Examples { table: &flat, targets: &[2.0; 3], weights: None, groups: None };
        assert_eq!(IntervalForest::fit(&examples, &settings()).unwrap_err().context_of("reason"), Some("no_spread"));
    }
}
