//! How much worse the forest predicts where a column says nothing any more.

use super::super::fitted::{Bags, Forest, Sight};
use super::super::rows::Rows;
use super::super::schema::ColumnCodes;
use crate::error::{Error, ErrorKind, Result};
use crate::stats::random::Random;

/// The place of the shuffles' random numbers under the seed.
const SHUFFLES: u64 = 0x7368_7566;
/// The most shuffles of a column.
const MOST_REPEATS: u64 = 1_000;

/// How importances are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportanceSettings {
    /// How often each column is shuffled, 1 to 1,000; 5 by default.
    pub repeats: u64,
    /// The seed of the shuffles; 0 by default.
    pub seed: u64,
}

impl Default for ImportanceSettings {
    fn default() -> Self {
        Self { repeats: 5, seed: 0 }
    }
}

/// How much a column matters to the forest's predictions of rows that it has not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// The name of the column.
    pub column: String,
    /// By how much the mean squared error out of bag grows where the column is shuffled, in squared units of the target, the mean
    /// over the repeats. Near zero, or below, where the column says nothing.
    pub increase: f64,
    /// The same as a share of the variance of the targets.
    pub share_of_variance: f64,
    /// The standard deviation of the increase over the repeats; `None` with one repeat.
    pub spread: Option<f64>,
}

impl Forest {
    /// The columns by what shuffling them costs out of bag, the most important first and the earlier one of equals (permutation
    /// importance: Breiman, "Random forests", 2001, on the mean over the trees that have not seen a row).
    ///
    /// Columns that go together stand in for each other, so each can look less important than both are.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a number of repeats out of its range;
    /// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where every tree has seen every row, or all targets are equal.
    pub fn importances(&self, settings: &ImportanceSettings) -> Result<Vec<Importance>> {
        if !(1..=MOST_REPEATS).contains(&settings.repeats) {
            return Err(
                Error::invalid("repeats", format!("is {}", settings.repeats)).next(format!("give 1 to {MOST_REPEATS}"))
            );
        }
        let (targets, weights) = (&self.training.targets, self.training_weights());
        let mean = weighted(targets, &weights, |_| true, |target| target)?;
        let variance = weighted(targets, &weights, |_| true, |target| (target - mean) * (target - mean))?;
        let bags = self.bags(Sight::OutOfBag);
        let error = |rows: &Rows| self.error_out_of_bag(rows, &bags, &weights);
        let usual = error(&self.training.rows)?;
        if variance <= 0.0 {
            return Err(too_little("all targets are equal"));
        }
        let one = |column: usize| -> Result<Importance> {
            let shuffled = |repeat| error(&self.shuffled(column, repeat, settings.seed));
            let increases =
                (0..settings.repeats).map(|repeat| Ok(shuffled(repeat)? - usual)).collect::<Result<Vec<_>>>()?;
            let increase = increases.iter().sum::<f64>() / increases.len() as f64;
            let name = self.schema().columns.get(column).map(|column| column.name.clone()).unwrap_or_default();
            let spread = deviation(&increases, increase);
            Ok(Importance { column: name, increase, share_of_variance: increase / variance, spread })
        };
        let mut found = (0..self.schema().columns.len()).map(one).collect::<Result<Vec<_>>>()?;
        found.sort_by(|a, b| b.increase.total_cmp(&a.increase));
        Ok(found)
    }

    fn training_weights(&self) -> Vec<f64> {
        (0..self.training.len()).map(|row| self.training.weight(row)).collect()
    }

    fn error_out_of_bag(&self, rows: &Rows, bags: &Bags, weights: &[f64]) -> Result<f64> {
        let means = self.means_without(rows, bags);
        let errors: Vec<f64> = means
            .iter()
            .zip(&self.training.targets)
            .map(|(mean, target)| mean.map_or(f64::NAN, |mean| (mean - target) * (mean - target)))
            .collect();
        weighted(&errors, weights, |error| !error.is_nan(), |error| error)
    }

    /// The training rows with one column shuffled.
    fn shuffled(&self, column: usize, repeat: u64, seed: u64) -> Rows {
        let mut luck = Random::at(seed, &[SHUFFLES, column as u64, repeat]);
        let mut codes = self.training.codes.clone();
        match codes.columns.get_mut(column) {
            Some(ColumnCodes::Numbers(values)) => shuffle(values, &mut luck),
            Some(ColumnCodes::Categories(values)) => shuffle(values, &mut luck),
            None => {}
        }
        Rows::of(&codes)
    }
}

/// Fisher and Yates.
fn shuffle<T>(values: &mut [T], luck: &mut Random) {
    for at in (1..values.len()).rev() {
        values.swap(at, usize::try_from(luck.below(at as u64 + 1)).unwrap_or(at));
    }
}

/// The weighted mean of what `read` makes of the values that count.
fn weighted(values: &[f64], weights: &[f64], counts: impl Fn(f64) -> bool, read: impl Fn(f64) -> f64) -> Result<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (value, weight) in values.iter().zip(weights).filter(|(value, _)| counts(**value)) {
        sum += weight * read(*value);
        all += weight;
    }
    if all > 0.0 { Ok(sum / all) } else { Err(too_little("every tree has seen every row")) }
}

fn deviation(values: &[f64], mean: f64) -> Option<f64> {
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (values.len() > 1).then(|| libm::sqrt(squares / (values.len() - 1) as f64))
}

fn too_little(what: &str) -> Error {
    Error::new(ErrorKind::NotEnoughData, format!("no importance can be measured: {what}")).next("give more rows")
}

#[cfg(test)]
mod tests {
    use super::super::super::{Column, Settings, Table};
    use super::*;

    fn fitted(threads: usize) -> Forest {
        let mut luck = Random::at(2, &[]);
        let mut column = || (0..300).map(|_| luck.uniform()).collect::<Vec<_>>();
        let (strong, weak, idle) = (column(), column(), column());
        let targets: Vec<f64> = strong.iter().zip(&weak).map(|(strong, weak)| 4.0 * strong + weak).collect();
        let columns =
            [("idle", idle), ("weak", weak), ("strong", strong)].map(|(name, values)| Column::numbers(name, values));
        let settings = Settings { trees: 40, threads, ..Settings::default() };
        Forest::fit(&Table::new(columns.to_vec()).unwrap(), &targets, None, &settings).unwrap()
    }

    #[test]
    fn what_matters_more_stands_first_and_nothing_is_worth_nothing() {
        let found = fitted(1).importances(&ImportanceSettings::default()).unwrap();
        let names: Vec<_> = found.iter().map(|one| one.column.as_str()).collect();
        assert_eq!(names, ["strong", "weak", "idle"]);
        assert!(found[0].share_of_variance > 1.0 && found[1].share_of_variance > 0.02, "{found:?}");
        assert!(found[2].share_of_variance.abs() < 0.02 && found[2].spread.unwrap() < 0.05, "{found:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_importances_on_any_number_of_threads() {
        let settings = ImportanceSettings { repeats: 2, seed: 9 };
        let found = fitted(1).importances(&settings).unwrap();
        assert_eq!(found, fitted(3).importances(&settings).unwrap());
        assert_ne!(found, fitted(1).importances(&ImportanceSettings { seed: 10, ..settings }).unwrap());
        assert!(fitted(1).importances(&ImportanceSettings { repeats: 0, ..settings }).is_err());
    }
}
