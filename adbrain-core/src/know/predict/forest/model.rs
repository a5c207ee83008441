//! A forest with its card and its calibration: what is saved, and what a caller without interest in trees talks to.

use serde::{Deserialize, Serialize};

use super::card::{Card, OutOfBag, coverages, scores};
use super::distribution::Distribution;
use super::fitted::Forest;
use super::settings::Settings;
use super::table::Table;
use crate::error::{Error, ErrorKind, Result};
use crate::predict::conformal::{Reach, reach};

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

/// A forest with its card and the calibration of its intervals.
///
/// ```
/// use adbrain_core::predict::forest::{Column, Data, Model, Settings, Table};
/// let budget: Vec<f64> = (0..200).map(f64::from).collect();
/// let roas: Vec<f64> = budget.iter().map(|budget| if *budget < 100.0 { 3.0 } else { 1.0 }).collect();
/// let table = Table::new(vec![Column::numbers("budget", budget)])?;
/// let data = Data { table: &table, targets: &roas, weights: None, target: "roas", window: None };
/// let model = Model::fit(&data, &Settings::default())?;
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
    /// The calibration, one score per row that some tree has not seen.
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
    /// Grows a forest, calibrates its intervals out of bag and writes its card.
    ///
    /// # Errors
    /// As [`Forest::fit`].
    pub fn fit(data: &Data<'_>, settings: &Settings) -> Result<Self> {
        let forest = Forest::fit(data.table, data.targets, data.weights, settings)?;
        let scores = scores(&forest);
        let card = Card {
            engine: crate::VERSION.to_owned(),
            target: data.target.to_owned(),
            window: data.window,
            rows: forest.training.len() as u64,
            features: forest.schema().columns.iter().map(|column| column.name.clone()).collect(),
            out_of_bag: OutOfBag::of(&forest),
            calibration: coverages(&scores),
        };
        Ok(Self { forest, card, scores })
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

    /// The median and an interval for each row that holds the target of a new row at the level, 0.9 for 90 %.
    ///
    /// The interval is the central part of the row's distribution that had to be taken for `level` of the training rows, each
    /// judged by the trees that have not seen it (conformal calibration on the scale of shares). It never reaches beyond targets that
    /// were seen, and holds for rows that come as the training rows did.
    ///
    /// # Errors
    /// As [`Forest::predict`]; [`InvalidInput`](ErrorKind::InvalidInput) for a level outside 0 to 1;
    /// [`NotEnoughData`](ErrorKind::NotEnoughData) where there are too few rows for the level: 90 % needs nine.
    pub fn intervals(&self, table: &Table, level: f64) -> Result<Vec<Band>> {
        let share = self.share(level)?;
        let [low, high] = [(1.0 - share) / 2.0, f64::midpoint(1.0, share)];
        let band = |expected: &Distribution| Band {
            median: expected.quantile(0.5),
            low: expected.quantile(low),
            high: expected.quantile(high),
        };
        Ok(self.forest.distributions(table)?.iter().map(band).collect())
    }

    /// The share of a row's distribution that an interval of a level has to take.
    fn share(&self, level: f64) -> Result<f64> {
        match reach(&self.scores, level)? {
            Reach::Score(share) => Ok(share),
            Reach::Unbounded => {
                let what = format!("{} rows out of bag do not carry an interval of {level}", self.scores.len());
                Err(Error::new(ErrorKind::NotEnoughData, what).next("give more rows or a lower level"))
            }
        }
    }
}

/// The share of the narrowest central interval that holds a value: 0 for the median, 1 for the ends and beyond.
pub(super) fn interval_shares(expected: &Distribution, value: f64) -> f64 {
    let (below, at_or_below) = expected.shares(value);
    (1.0 - 2.0 * at_or_below).max(2.0 * below - 1.0).clamp(0.0, 1.0)
}
