//! A forest with its card and its calibration: what is saved, and what a caller without interest in trees talks to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calibrate::{CAUTION, Method, out_of_bag, ranked};
use super::card::{Card, OutOfBag, coverages};
use super::distribution::Distribution;
use super::examples::Examples;
use super::explain::Neighbour;
use super::fitted::Forest;
use super::settings::Settings;
use super::table::Table;
use super::training::weighty;
use super::tune::{Goal, tune};
use crate::error::{Error, ErrorKind, Result};
use crate::predict::conformal::{Reach, cautious, reach};
use crate::stats::random::Random;

/// What a model is fitted to.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a> {
    /// What is known of each row.
    pub table: &'a Table,
    /// What came of each row.
    pub targets: &'a [f64],
    /// What each row counts; one each where there are none.
    pub weights: Option<&'a [f64]>,
    /// What is predicted, by name: `roas`.
    pub target: &'a str,
    /// The first and the last day of the data, where they are known.
    pub window: Option<[jiff::civil::Date; 2]>,
}

crate::model::named! {
    /// What the level of intervals rests on.
    Guarantee {
        /// Each training row, judged by the trees that have not seen it. No row is lost to the forest, and the level holds in practice.
        OutOfBag = "out_of_bag",
        /// A quarter of the rows that no tree has seen. On rows that come as these did the level holds in every finite sample, on
        /// average over what was drawn; the forest has a quarter less to learn from.
        Split = "split",
    }
}

/// How a [`Model`] is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// How the forest is grown.
    pub forest: Settings,
    /// What leaf size, columns per split and mode are chosen for ([`tune`]); nothing by default: then `forest` says them.
    pub tune: Option<Goal>,
    /// What the level of intervals rests on; out of bag by default.
    pub guarantee: Guarantee,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self { forest: Settings::default(), tune: None, guarantee: Guarantee::OutOfBag }
    }
}

impl From<Settings> for ModelSettings {
    fn from(forest: Settings) -> Self {
        Self { forest, ..Self::default() }
    }
}

/// One row of so many is held out for a split calibration.
const HELD_OUT: usize = 4;
/// The place of the luck that chooses them.
const SPLIT_PLACE: u64 = 0x7370_6c69;

/// A forest with its card and the calibration of its intervals.
///
/// ```
/// use adbrain_core::predict::forest::{Column, Data, Model, Settings, Table};
/// let budget: Vec<f64> = (0..200).map(f64::from).collect();
/// let roas: Vec<f64> = budget.iter().map(|budget| if *budget < 100.0 { 3.0 } else { 1.0 }).collect();
/// let table = Table::new(vec![Column::numbers("budget", budget)])?;
/// let data = Data { table: &table, targets: &roas, weights: None, target: "roas", window: None };
/// let model = Model::fit(&data, &Settings::default().into())?;
/// let again = Model::from_bytes(&model.to_bytes())?;
/// assert_eq!(again, model);
/// let band = &again.intervals(&table.select(&[10]), 0.9)?[0];
/// assert!(band.low <= 3.0 && band.high >= 3.0);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) forest: Forest,
    pub(super) card: Card,
    /// The calibration: the rank of each row that some tree has not seen, or of each row held out.
    pub(super) scores: Vec<f64>,
}

/// A prediction with its interval, in units of the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// The median.
    pub median: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Model {
    /// Chooses the settings where that is asked for, grows a forest, calibrates its intervals and writes its card.
    ///
    /// # Errors
    /// As [`Forest::fit`], and as [`tune`] where there is a goal.
    pub fn fit(data: &Data<'_>, settings: &ModelSettings) -> Result<Self> {
        match settings.guarantee {
            Guarantee::OutOfBag => {
                let forest = data.grow(settings)?;
                let seed = forest.settings.seed;
                let scores = out_of_bag(&[(&forest, 1.0)], |row, found, target| ranked(found, target, (seed, row)));
                Ok(Self::of(data, settings, (forest, scores.into_iter().flatten().collect())))
            }
            Guarantee::Split => {
                let rows = weighty(data.table, data.targets, data.weights)?;
                let (learnt, held) = split(rows.len(), settings.forest.seed);
                let pick =
                    |places: &[usize]| places.iter().filter_map(|place| rows.get(*place).copied()).collect::<Vec<_>>();
                let (learnt, held) = (pick(&learnt), pick(&held));
                let forest = data.select(&learnt, |part| part.grow(settings))?;
                let scores = data.select(&held, |part| scores_of(&forest, part))?;
                Ok(Self::of(data, settings, (forest, scores)))
            }
        }
    }

    fn of(data: &Data<'_>, settings: &ModelSettings, (forest, scores): (Forest, Vec<f64>)) -> Self {
        let card = Card {
            engine: crate::VERSION.to_owned(),
            target: data.target.to_owned(),
            window: data.window,
            rows: forest.training.len() as u64,
            features: forest.schema().columns.iter().map(|column| column.name.clone()).collect(),
            tuned: settings.tune,
            guarantee: settings.guarantee,
            out_of_bag: OutOfBag::of(&forest),
            calibration: coverages(&scores),
        };
        Self { forest, card, scores }
    }

    /// The forest.
    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// What the model says about itself.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The same model on a number of threads, 1 to 1,024; no answer depends on it.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) for a number out of its range.
    pub fn with_threads(mut self, threads: usize) -> Result<Self> {
        self.forest.settings.threads = threads;
        self.forest.settings.check()?;
        Ok(self)
    }

    /// The past rows most like each row, as [`Forest::nearest`]; rows that were held out are not among them, and `row` counts the rows
    /// that were given and weigh something.
    ///
    /// # Errors
    /// As [`Forest::nearest`].
    pub fn nearest(&self, table: &Table, count: usize) -> Result<Vec<Vec<Neighbour>>> {
        let mut found = self.forest.nearest(table, count)?;
        if self.card.guarantee == Guarantee::Split {
            let (learnt, _) = split(self.forest.training.len() + self.scores.len(), self.forest.settings.seed);
            for past in found.iter_mut().flatten() {
                past.row = learnt.get(past.row).copied().unwrap_or(past.row);
            }
        }
        Ok(found)
    }

    /// The median and an interval for each row that holds the target of a new row at the level, 0.9 for 90 %.
    ///
    /// The interval is the central part of the row's distribution that had to be taken for `level` of the calibration rows (conformal
    /// calibration on the scale of ranks; with rows out of bag the level is raised by a standard error, see
    /// [`cautious`]). It never reaches beyond targets that were seen, and holds for rows that come as the training rows did.
    ///
    /// # Errors
    /// As [`Forest::predict`]; [`InvalidInput`](ErrorKind::InvalidInput) for a level outside 0 to 1;
    /// [`NotEnoughData`](ErrorKind::NotEnoughData) where there are too few calibration rows for the level: 90 % needs nine that were held
    /// out, or about thirty out of bag.
    pub fn intervals(&self, table: &Table, level: f64) -> Result<Vec<Band>> {
        let errors = if self.card.guarantee == Guarantee::Split { 0.0 } else { CAUTION };
        let reach = match reach(&self.scores, cautious(level, self.scores.len(), errors))? {
            // A rank above one lies beyond all that alike rows brought, and so would the interval.
            Reach::Score(rank) if rank > 1.0 && self.card.guarantee == Guarantee::Split => Reach::Unbounded,
            reach => reach,
        };
        let band = |found: &Distribution| {
            let [low, high] = Method::Rank.interval(found, (reach, level))?;
            Some(Band { median: found.quantile(0.5), low, high })
        };
        let bands: Option<Vec<Band>> = self.forest.distributions(table)?.iter().map(band).collect();
        bands.ok_or_else(|| {
            let what = format!("{} calibration rows do not carry an interval of {level}", self.scores.len());
            Error::new(ErrorKind::NotEnoughData, what).next("give more rows or a lower level")
        })
    }
}

/// The places of the rows to learn from and of those that are held out, each ascending: a function of their number and the seed.
fn split(rows: usize, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut drawn: Vec<(f64, usize)> =
        (0..rows).map(|place| (Random::at(seed, &[SPLIT_PLACE, place as u64]).uniform(), place)).collect();
    drawn.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut held: Vec<usize> = drawn.into_iter().map(|(_, place)| place).collect();
    let mut learnt = held.split_off(held.len() / HELD_OUT);
    learnt.sort_unstable();
    held.sort_unstable();
    (learnt, held)
}

impl Data<'_> {
    fn grow(&self, settings: &ModelSettings) -> Result<Forest> {
        let examples = Examples { table: self.table, targets: self.targets, weights: self.weights, groups: None };
        let best = settings.tune.map(|goal| tune(&examples, &settings.forest, goal)).transpose()?;
        let best = best.and_then(|tried| tried.first().map(|best| best.settings)).unwrap_or(settings.forest);
        Forest::fit(self.table, self.targets, self.weights, &best)
    }

    /// What `read` makes of some of the rows.
    fn select<T>(&self, rows: &[usize], read: impl FnOnce(&Data<'_>) -> Result<T>) -> Result<T> {
        let pick = |values: &[f64]| rows.iter().filter_map(|row| values.get(*row).copied()).collect::<Vec<_>>();
        let (table, targets, weights) = (self.table.select(rows), pick(self.targets), self.weights.map(pick));
        read(&Data { table: &table, targets: &targets, weights: weights.as_deref(), ..*self })
    }
}

/// The rank of each row's target in what a forest that has not seen it expects.
fn scores_of(forest: &Forest, held: &Data<'_>) -> Result<Vec<f64>> {
    let seed = forest.settings.seed;
    let found = forest.distributions(held.table)?;
    let rows = found.iter().zip(held.targets).enumerate();
    Ok(rows.map(|(row, (found, target))| ranked(found, *target, (seed, row))).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    /// Rows of two columns with noise that grows with the first.
    fn rows(count: usize, seed: u64) -> (Table, Vec<f64>) {
        let mut luck = Random::at(seed, &[]);
        let (mut a, mut b, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let (x, y) = (luck.uniform(), luck.uniform());
            targets.push(3.0 * x + y + (0.2 + x) * luck.normal());
            a.push(x);
            b.push(y);
        }
        (Table::new(vec![Column::numbers("a", a), Column::numbers("b", b)]).unwrap(), targets)
    }

    fn fit(count: usize, seed: u64, settings: &ModelSettings) -> Result<Model> {
        let (table, targets) = rows(count, seed);
        Model::fit(&Data { table: &table, targets: &targets, weights: None, target: "y", window: None }, settings)
    }

    fn split_settings(trees: usize) -> ModelSettings {
        let forest = Settings { trees, ..Settings::default() };
        ModelSettings { forest, guarantee: Guarantee::Split, ..ModelSettings::default() }
    }

    #[test]
    fn a_split_calibration_holds_its_level_in_small_samples() {
        for count in [24, 36, 60] {
            let (mut held, mut asked) = (0_u32, 0_u32);
            for seed in 0..200 {
                let model = fit(count, seed, &split_settings(5)).unwrap();
                let (table, targets) = rows(10, 10_000 + seed);
                // Without an interval everything is inside: there were too few rows, or rows beyond all that alike ones brought.
                match model.intervals(&table, 0.8) {
                    Ok(bands) => {
                        let inside = bands.iter().zip(targets).filter(|(band, y)| band.low <= *y && *y <= band.high);
                        held += u32::try_from(inside.count()).unwrap();
                    }
                    Err(_) => held += 10,
                }
                asked += 10;
            }
            // Three standard errors of 200 calibrations and their 2,000 rows are about 4 points.
            let coverage = f64::from(held) / f64::from(asked);
            assert!(coverage > 0.76, "{count} {coverage}");
        }
    }

    #[test]
    fn alike_rows_are_named_by_the_rows_that_were_given() {
        let model = fit(80, 4, &split_settings(30)).unwrap();
        let (table, targets) = rows(80, 4);
        for (row, alike) in model.nearest(&table, 3).unwrap().iter().enumerate() {
            assert!(alike.iter().all(|past| past.target.total_cmp(&targets[past.row]).is_eq()), "{row} {alike:?}");
        }
    }

    #[test]
    fn rows_held_out_are_too_few_for_a_level_before_rows_out_of_bag_are() {
        let (table, _) = rows(3, 1);
        assert!(fit(40, 1, &ModelSettings::default()).unwrap().intervals(&table, 0.9).is_ok());
        let few = fit(32, 1, &split_settings(20)).unwrap().intervals(&table, 0.9).unwrap_err();
        assert_eq!(few.kind(), ErrorKind::NotEnoughData);
    }

    #[test]
    fn a_goal_chooses_the_settings_and_the_card_tells_it() {
        let forest = Settings { trees: 20, min_leaf: 1, seed: 3, ..Settings::default() };
        let goal = Goal::Intervals { level: 0.9 };
        let model = fit(120, 2, &ModelSettings { forest, tune: Some(goal), ..ModelSettings::default() }).unwrap();
        let (table, targets) = rows(120, 2);
        let examples = Examples { table: &table, targets: &targets, weights: None, groups: None };
        let best = tune(&examples, &forest, goal).unwrap().remove(0);
        assert_eq!((model.forest().settings(), model.card().tuned), (&best.settings, Some(goal)));
        assert_ne!(best.settings.min_leaf, 1);
        let again = Model::from_bytes(&model.to_bytes()).unwrap();
        assert_eq!(again.card(), model.card());
    }

    #[test]
    fn lengths_that_differ_are_refused_before_rows_are_held_out() {
        let (table, targets) = rows(60, 1);
        let data = Data { table: &table, targets: &targets[1..], weights: None, target: "y", window: None };
        assert!(Model::fit(&data, &split_settings(5)).unwrap_err().to_string().starts_with("targets"));
    }
}
