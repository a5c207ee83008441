//! The rows that a forest learns from: checked, those of weight zero left out.

use super::rows::Rows;
use super::schema::{Codes, Schema};
use super::settings::Settings;
use super::table::Table;
use crate::error::{Error, ErrorKind, Result};
use crate::stats::random::Random;

/// The rows that a forest learns from. A row is named by its place among the rows that weigh something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Training {
    pub(super) schema: Schema,
    pub(super) codes: Codes,
    pub(super) rows: Rows,
    pub(super) targets: Vec<f64>,
    /// Empty where every row weighs one.
    pub(super) weights: Vec<f64>,
    /// The place of each row's target among all, ascending; equal targets in the order of the rows.
    pub(super) ranks: Vec<u32>,
    /// The targets, ascending.
    pub(super) sorted: Vec<f64>,
    /// The weights in the order of `sorted`; empty where every row weighs one.
    pub(super) sorted_weights: Vec<f64>,
}

/// The fewest rows that show a spread.
const FEWEST_ROWS: u64 = 2;

impl Training {
    pub(super) fn new(table: &Table, targets: &[f64], weights: Option<&[f64]>, settings: &Settings) -> Result<Self> {
        let places = weighty(table, targets, weights)?;
        let schema = Schema::learn(table, &places, settings.bins);
        let codes = schema.encode(&table.select(&places))?;
        let pick = |values: &[f64]| places.iter().filter_map(|row| values.get(*row).copied()).collect::<Vec<_>>();
        let (targets, weights) = (pick(targets), weights.map(pick).unwrap_or_default());
        Ok(Self::assemble(schema, codes, targets, weights))
    }

    /// The rows from what a model file keeps of them: one target per row of codes, and one weight above zero, or no weights.
    pub(super) fn assemble(schema: Schema, codes: Codes, targets: Vec<f64>, weights: Vec<f64>) -> Self {
        let weights = if weights.iter().all(|weight| weight.total_cmp(&1.0).is_eq()) { Vec::new() } else { weights };
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.sort_by(|a, b| targets.get(*a).partial_cmp(&targets.get(*b)).unwrap_or(std::cmp::Ordering::Equal));
        let mut ranks = vec![0; targets.len()];
        for (rank, row) in (0_u32..).zip(&order) {
            if let Some(slot) = ranks.get_mut(*row) {
                *slot = rank;
            }
        }
        let sort = |values: &[f64]| order.iter().filter_map(|row| values.get(*row).copied()).collect::<Vec<_>>();
        let (sorted, sorted_weights) = (sort(&targets), sort(&weights));
        let rows = Rows::of(&codes);
        Self { schema, codes, rows, targets, weights, ranks, sorted, sorted_weights }
    }

    pub(super) fn len(&self) -> usize {
        self.targets.len()
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.get(row).copied().unwrap_or(1.0)
    }

    pub(super) fn sorted_weight(&self, rank: usize) -> f64 {
        self.sorted_weights.get(rank).copied().unwrap_or(1.0)
    }

    /// How often the bootstrap of a tree draws each row: as many draws as rows, with replacement, a function of the seed, the tree
    /// and the number of rows.
    pub(super) fn bag(&self, seed: u64, tree: usize) -> Vec<u32> {
        bag(self.len(), seed, tree)
    }
}

/// What the draws of a tree are for.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(super) enum Purpose {
    Bag = 0x6261_6773,
    Splits = 0x7370_6c74,
}

fn bag(rows: usize, seed: u64, tree: usize) -> Vec<u32> {
    let mut luck = Random::at(seed, &[Purpose::Bag as u64, tree as u64]);
    let (mut counts, mut numbers) = (vec![0; rows], vec![0_u32; rows]);
    luck.fill(&mut numbers);
    for number in numbers {
        // Below 2^32 rows the product stays in 64 bits and no row is favoured by more than rows / 2^32.
        let row = (u64::from(number) * rows as u64) >> 32;
        if let Some(count) = counts.get_mut(usize::try_from(row).unwrap_or_default()) {
            *count += 1;
        }
    }
    counts
}

/// Greater targets and weights are refused: sums of their squares would leave the range of a double.
const LARGEST: f64 = 1e100;

fn check_targets(table: &Table, targets: &[f64]) -> Result<()> {
    check_length("targets", targets, table.rows())?;
    if let Some(row) = targets.iter().position(|target| !target.is_finite()) {
        return Err(Error::invalid("targets", format!("is not a finite number in row {row}"))
            .next("leave rows without a result out"));
    }
    check_size("targets", targets)
}

fn check_size(field: &str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| libm::fabs(*value) > LARGEST) {
        Some(row) => {
            Err(Error::invalid(field, format!("is beyond 1e100 in row {row}")).next("give numbers in other units"))
        }
        None => Ok(()),
    }
}

/// The rows that weigh something, everything checked.
pub(super) fn weighty(table: &Table, targets: &[f64], weights: Option<&[f64]>) -> Result<Vec<usize>> {
    check_targets(table, targets)?;
    let rows = table.rows();
    if let Some(weights) = weights {
        check_length("weights", weights, rows)?;
        if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
            return Err(Error::invalid("weights", format!("is not a finite number from zero on in row {row}"))
                .next("give zero where a row does not count"));
        }
        check_size("weights", weights)?;
    }
    let counts = |row: &usize| weights.and_then(|weights| weights.get(*row)).is_none_or(|weight| *weight > 0.0);
    let places: Vec<usize> = (0..rows).filter(counts).collect();
    if (places.len() as u64) < FEWEST_ROWS || u32::try_from(places.len()).is_err() {
        let what = format!("{} rows weigh something, a forest needs at least {FEWEST_ROWS}", places.len());
        return Err(Error::new(ErrorKind::NotEnoughData, what)
            .with("reason", "too_few")
            .next("give more rows, or more of them a weight above zero"));
    }
    Ok(places)
}

fn check_length(field: &str, values: &[f64], rows: usize) -> Result<()> {
    if values.len() == rows {
        return Ok(());
    }
    Err(Error::invalid(field, format!("has {} values and the table has {rows} rows", values.len()))
        .next("give one for each row"))
}
