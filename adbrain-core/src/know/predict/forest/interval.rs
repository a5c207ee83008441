//! A tuned forest whose intervals hold at their level.

use serde::{Deserialize, Serialize};

use super::calibrate::{Calibration, Measured, Method, out_of_bag};
use super::distribution::Distribution;
use super::examples::Examples;
use super::fitted::{Forest, Sight, gathered};
use super::rows::Rows;
use super::settings::{Mode, Settings};
use super::table::Table;
use super::tune::{Candidate, Goal, race, score};
use crate::error::{Error, Result};
use crate::predict::conformal::{Grouped, Reach};

/// How an [`IntervalForest`] is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntervalSettings {
    /// Trees, bins, seed and threads of each forest that is tried. Leaf size, columns per split and mode are chosen where there is a goal.
    pub forest: Settings,
    /// What the forests are chosen for; intervals at 90 % by default. Without one a single forest is grown as `forest` says, its intervals
    /// calibrated by ranks.
    pub goal: Option<Goal>,
}

impl Default for IntervalSettings {
    fn default() -> Self {
        Self { forest: Settings::default(), goal: Some(Goal::Intervals { level: USUAL_LEVEL }) }
    }
}

/// The level of intervals where none is asked for.
const USUAL_LEVEL: f64 = 0.9;

/// What is expected of one row, in units of the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The ends of the interval, which hold the median; none where there are too few rows for the level.
    pub interval: Option<[f64; 2]>,
    /// The least and the greatest past target among the rows that are like it, and the interval of the level that was calibrated for: what
    /// is left to say where there are too few rows for an interval.
    pub range: [f64; 2],
}

/// A random forest and extra trees, mixed, with intervals calibrated out of bag by group.
///
/// 1. Nine settings are tried ([`tune`](super::tune)); the best random forest and the best extra trees are kept. Their mixture has
///    one, two or three quarters of the first, by the same score: two forests that err differently err less together.
/// 2. Each training row gets the conditional distribution that the trees without it expect. Its scores by three methods calibrate
///    intervals by group, and the method with the least interval score is kept.
/// 3. Levels are raised by a standard error ([`cautious`](crate::predict::conformal::cautious)).
///
/// Without a goal there is one forest, calibrated by ranks. It assumes that new rows are exchangeable with the training rows, and says nothing of a drift. Weights count in the forests, not in
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
    pub(super) members: Vec<(Forest, f64)>,
    pub(super) tried: Vec<Candidate>,
    pub(super) groups: Vec<String>,
    pub(super) calibration: Calibration,
}

/// The shares of the random forest that are tried.
const SHARES: [f64; 3] = [0.5, 0.75, 0.25];

impl IntervalForest {
    /// Chooses, grows and calibrates. Only the rows given are looked at.
    ///
    /// # Errors
    /// As [`tune`](super::tune), or [`Forest::fit`] without a goal; a level outside 0 to 1.
    pub fn fit(examples: &Examples<'_>, settings: &IntervalSettings) -> Result<Self> {
        let groups = examples.weighty_groups()?;
        let Some(goal) = settings.goal else { return Self::alone(examples, groups, &settings.forest) };
        let raced = race(examples, &settings.forest, goal)?;
        let tried = raced.iter().map(|(candidate, _)| *candidate).collect();
        let members = mixed(raced, &groups, goal)?;
        let level = match goal {
            Goal::Intervals { level } => level,
            Goal::Points => USUAL_LEVEL,
        };
        let calibration = Calibration::best(&borrowed(&members), &groups, level)?;
        Ok(Self { members, tried, groups, calibration })
    }

    /// One forest as the settings say.
    fn alone(examples: &Examples<'_>, groups: Vec<String>, settings: &Settings) -> Result<Self> {
        let forest = Forest::fit(examples.table, examples.targets, examples.weights, settings)?;
        let calibration = Calibration::by(Method::Rank, &[(&forest, 1.0)], &groups, USUAL_LEVEL)?;
        Ok(Self { members: vec![(forest, 1.0)], tried: Vec::new(), groups, calibration })
    }

    /// The settings that were tried with their scores, in the order of the trial; nothing without a goal.
    pub fn tried(&self) -> &[Candidate] {
        &self.tried
    }

    /// The forests that are mixed, with their shares.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (&Forest, f64)> {
        self.members.iter().map(|(forest, share)| (forest, *share))
    }

    /// How intervals are read off.
    pub fn method(&self) -> Method {
        self.calibration.method
    }

    /// How the intervals did on rows out of bag, at the level of the goal (0.9 for points or without one); none where there are too few
    /// rows for it.
    pub fn measured(&self) -> Option<Measured> {
        self.calibration.measured
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
        let reaches = self.reaches(level)?;
        let group = |row: usize| groups.and_then(|groups| groups.get(row)).map_or("", String::as_str);
        let answer = |row: usize, found: Distribution| self.expected(&found, (reaches.of(group(row)), level));
        Ok(gathered(&borrowed(&self.members), &rows, Sight::Every, answer).into_iter().flatten().collect())
    }

    /// The same of each training row that weighs something, from the trees that were grown without it; nothing for a row that every
    /// tree drew.
    ///
    /// # Errors
    /// A level outside 0 to 1.
    pub fn out_of_bag(&self, level: f64) -> Result<Vec<Option<Expected>>> {
        let reaches = self.reaches(level)?;
        let group = |row: usize| self.groups.get(row).map_or("", String::as_str);
        Ok(out_of_bag(&borrowed(&self.members), |row, found, _| self.expected(found, (reaches.of(group(row)), level))))
    }

    fn reaches(&self, level: f64) -> Result<Grouped> {
        self.calibration.reaches(&borrowed(&self.members), &self.groups, level)
    }

    fn expected(&self, found: &Distribution, reach: (Reach, f64)) -> Expected {
        let [low, high] = [found.quantile(0.0), found.quantile(1.0)];
        let [usual_low, usual_high] = self.calibration.usual(found).unwrap_or([low, high]);
        Expected {
            mean: found.mean(),
            median: found.quantile(0.5),
            interval: self.calibration.method.interval(found, reach),
            range: [low.min(usual_low), high.max(usual_high)],
        }
    }
}

pub(super) fn borrowed(members: &[(Forest, f64)]) -> Vec<(&Forest, f64)> {
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

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;
    use crate::stats::random::Random;

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
        let measured = forest.measured().unwrap();
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

    #[test]
    fn without_a_goal_one_forest_is_grown_as_the_settings_say() {
        let forest = Settings { trees: 60, min_leaf: 4, seed: 5, ..Settings::default() };
        let found = fit(200, 9, &IntervalSettings { forest, goal: None }).unwrap();
        let members: Vec<_> = found.members().map(|(forest, share)| (*forest.settings(), share)).collect();
        assert_eq!((members, found.method(), found.tried().len()), (vec![(forest, 1.0)], Method::Rank, 0));
        assert!((0.88..0.97).contains(&found.measured().unwrap().coverage));
        let few = fit(8, 1, &IntervalSettings { forest, goal: None }).unwrap();
        let (table, ..) = rows(2, 2);
        let expected = few.predict(&table, None, 0.9).unwrap()[0];
        assert!(few.measured().is_none() && expected.interval.is_none());
        assert!(expected.range[0] <= expected.median && expected.median <= expected.range[1]);
    }

    #[test]
    fn rows_out_of_bag_are_answered_at_any_level_by_the_trees_without_them() {
        let forest = fit(200, 9, &settings()).unwrap();
        let (_, targets, _) = rows(200, 9);
        for level in [0.9, 0.5] {
            let answers = forest.out_of_bag(level).unwrap();
            let inside = answers.iter().zip(&targets).filter(|(answer, target)| {
                let [low, high] = answer.unwrap().interval.unwrap();
                (low..=high).contains(target)
            });
            let share = inside.count() as f64 / targets.len() as f64;
            assert!((level - 0.01..level + 0.08).contains(&share), "{level} {share}");
        }
    }
}
