//! What a forest knows of its columns: where numbers are cut, which levels there are. Turns tables into codes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::table::{Column, MISSING, Table, Values};
use crate::error::{Error, Result};

/// The columns that a forest was trained on, in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// The columns, in the order of the training table.
    pub columns: Vec<ColumnSchema>,
}

/// A column that a forest was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSchema {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers; a value has the code 1 + the number of cuts below it, what is missing has the code 0.
    Numbers {
        /// Where values are told apart, ascending, at most 254.
        cuts: Vec<f64>,
    },
    /// Categories; the code is the place of the level, [`MISSING`] for what is missing, [`UNSEEN`] for other levels.
    Categories {
        /// The levels of the rows that weighed something in the training table, in the order of the alphabet, so that the order in which a
        /// table lists them changes nothing.
        levels: Vec<String>,
    },
}

/// The code of a level that the training table did not have.
pub const UNSEEN: u32 = u32::MAX - 1;

/// A table in codes, a column after the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Codes {
    pub(super) rows: usize,
    pub(super) columns: Vec<ColumnCodes>,
}

/// A column in codes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ColumnCodes {
    Numbers(Vec<u8>),
    Categories(Vec<u32>),
}

impl Schema {
    /// Learns the columns of a table from the rows in `used`, with at most `bins` places per column of numbers.
    pub(super) fn learn(table: &Table, used: &[usize], bins: usize) -> Self {
        let kind = |values: &Values| match values {
            Values::Numbers(values) => Kind::Numbers { cuts: cuts(values, used, bins) },
            Values::Categories { codes, levels } => Kind::Categories { levels: met(codes, levels, used) },
        };
        let column = |column: &Column| ColumnSchema { name: column.name.clone(), kind: kind(&column.values) };
        Self { columns: table.columns().iter().map(column).collect() }
    }

    /// A table in codes. Columns are found by name; others are not looked at.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), naming the column that is missing or of another kind.
    pub(super) fn encode(&self, table: &Table) -> Result<Codes> {
        let columns = self.columns.iter().map(|column| column.encode(table)).collect::<Result<_>>()?;
        Ok(Codes { rows: table.rows(), columns })
    }
}

impl ColumnSchema {
    fn encode(&self, table: &Table) -> Result<ColumnCodes> {
        let Some(column) = table.column(&self.name) else {
            return Err(Error::invalid(&self.name, "is a column of the training table and is not here")
                .next("give the columns that the forest was trained on"));
        };
        match (&self.kind, &column.values) {
            (Kind::Numbers { cuts }, Values::Numbers(values)) => {
                Ok(ColumnCodes::Numbers(values.iter().map(|value| number_code(cuts, *value)).collect()))
            }
            (Kind::Categories { levels }, Values::Categories { codes, levels: theirs }) => {
                Ok(ColumnCodes::Categories(translate(levels, theirs, codes)))
            }
            // A column without any value does not say what it would hold.
            (Kind::Numbers { .. }, Values::Categories { codes, .. }) if codes.iter().all(|code| *code == MISSING) => {
                Ok(ColumnCodes::Numbers(vec![0; codes.len()]))
            }
            (Kind::Categories { .. }, Values::Numbers(values)) if values.iter().all(|value| value.is_nan()) => {
                Ok(ColumnCodes::Categories(vec![MISSING; values.len()]))
            }
            (Kind::Numbers { .. }, Values::Categories { .. }) => Err(self.other_kind("numbers", "categories")),
            (Kind::Categories { .. }, Values::Numbers(_)) => Err(self.other_kind("categories", "numbers")),
        }
    }

    fn other_kind(&self, trained: &str, given: &str) -> Error {
        Error::invalid(&self.name, format!("held {trained} in the training table and holds {given} here"))
            .next(format!("give {trained}"))
    }
}

/// The levels that the used rows have, in the order of the alphabet.
fn met(codes: &[u32], levels: &[String], used: &[usize]) -> Vec<String> {
    let met: BTreeSet<u32> = used.iter().filter_map(|row| codes.get(*row).copied()).collect();
    let names: BTreeSet<&String> =
        (0..).zip(levels).filter(|(code, _)| met.contains(code)).map(|(_, level)| level).collect();
    names.into_iter().cloned().collect()
}

/// 0 for what is missing, else 1 + the number of cuts below the value.
fn number_code(cuts: &[f64], value: f64) -> u8 {
    if value.is_nan() {
        return 0;
    }
    u8::try_from(1 + cuts.partition_point(|cut| *cut < value)).unwrap_or(u8::MAX)
}

/// The codes of one list of levels in another.
fn translate(levels: &[String], theirs: &[String], codes: &[u32]) -> Vec<u32> {
    if levels == theirs {
        return codes.to_vec();
    }
    let places: BTreeMap<&str, u32> = levels.iter().map(String::as_str).zip(0..).collect();
    let map: Vec<u32> = theirs.iter().map(|level| places.get(level.as_str()).copied().unwrap_or(UNSEEN)).collect();
    let place =
        |code: &u32| if *code == MISSING { MISSING } else { map.get(*code as usize).copied().unwrap_or(UNSEEN) };
    codes.iter().map(place).collect()
}

/// Where the values of the used rows are cut: midway between neighbours where there are few distinct ones, else where the places
/// hold about as many rows each.
fn cuts(values: &[f64], used: &[usize], bins: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> =
        used.iter().filter_map(|row| values.get(*row).copied()).filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let runs: Vec<&[f64]> = sorted.chunk_by(|a, b| a.partial_cmp(b).is_some_and(std::cmp::Ordering::is_eq)).collect();
    let mut cuts = Vec::new();
    let (mut held, mut left, mut places) = (0, sorted.len(), bins);
    for pair in runs.windows(2) {
        let [run, next] = pair else { continue };
        held += run.len();
        // A place is full when one more run would take it further from an even share of what is left than it is now.
        let share = left as f64 / places as f64;
        let is_full = runs.len() <= bins || held as f64 + next.len() as f64 / 2.0 > share;
        if let (true, Some(low), Some(high)) = (is_full && places > 1, run.last(), next.first()) {
            cuts.push(between(*low, *high));
            left -= held;
            (held, places) = (0, places - 1);
        }
    }
    cuts
}

/// Midway between two neighbours; the lower one where no number lies between them, for a value equal to a cut is below it.
fn between(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    if middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(values: &[f64], bins: usize) -> Vec<u8> {
        let used: Vec<usize> = (0..values.len()).collect();
        let cuts = cuts(values, &used, bins);
        values.iter().map(|value| number_code(&cuts, *value)).collect()
    }

    #[test]
    fn few_values_have_a_place_each_and_many_share_evenly() {
        assert_eq!(codes(&[3.0, f64::NAN, -1.0, 3.0, 8.0], 255), [2, 0, 1, 2, 3]);
        assert_eq!(codes(&[-0.0, 0.0, 1.0], 255), [1, 1, 2]);
        let next = f64::from_bits(1.0_f64.to_bits() + 1);
        assert_eq!(codes(&[1.0, next], 255), [1, 2]);
        let many: Vec<f64> = (0..10_000).map(f64::from).collect();
        let mut counts = [0_usize; 256];
        for code in codes(&many, 255) {
            counts[usize::from(code)] += 1;
        }
        assert!(counts[0] == 0 && counts[1..].iter().all(|count| (38..=40).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_value_that_many_rows_share_takes_no_place_from_the_others() {
        let mut values = vec![0.0; 9_000];
        values.extend((1..=1_000).map(f64::from));
        let places = codes(&values, 255);
        assert_eq!(places.iter().copied().max(), Some(255));
        assert!(places[..9_000].iter().all(|code| *code == 1) && places[9_000] == 2);
    }

    #[test]
    fn a_column_without_any_value_is_missing_whatever_it_was_taken_for() {
        let table = Table::new(vec![Column::categories("kind", ["a", "b"]), Column::numbers("budget", vec![1.0, 2.0])]);
        let schema = Schema::learn(&table.unwrap(), &[0, 1], 255);
        let empty = Table::new(vec![Column::numbers("kind", vec![f64::NAN]), Column::categories("budget", [""])]);
        let codes = schema.encode(&empty.unwrap()).unwrap().columns;
        assert_eq!(codes, [ColumnCodes::Categories(vec![MISSING]), ColumnCodes::Numbers(vec![0])]);
        let wrong = Table::new(vec![Column::numbers("kind", vec![1.0]), Column::numbers("budget", vec![1.0])]).unwrap();
        assert!(schema.encode(&wrong).is_err());
    }

    #[test]
    fn levels_are_found_by_name_and_others_are_unseen() {
        let levels = ["a", "b"].map(String::from);
        let theirs = ["b", "c", "a"].map(String::from);
        assert_eq!(translate(&levels, &theirs, &[0, 1, 2, MISSING]), [1, UNSEEN, 0, MISSING]);
    }
}
