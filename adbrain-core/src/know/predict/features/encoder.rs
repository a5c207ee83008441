//! The encoder: learns levels and ranges from past results and writes rows as one table.

use std::collections::BTreeMap;

use super::column::Cell;
use super::{Feature, Features, Gap};
use crate::error::{Error, Result};
use crate::predict::forest::{Column, Table};

/// The most levels of a category that keep a column of their own; the rarer ones share one level.
const MOST_LEVELS: usize = 250;
/// Past results must span so many days before the month is a feature.
const YEAR: i32 = 365;
/// What rare levels are called; no name of a level holds a control character.
const RARE: &str = "\u{1}rare";

/// Writes features as the columns that it learnt, the same for past results and questions.
///
/// A category of past results that is rare among many shares a level with other rare ones; one that they never had is written as
/// missing and told as a [`Gap`]. Numbers keep their scale; budgets and audience sizes are ln(1 + x).
///
/// ```
/// use adbrain_core::model::Platform;
/// use adbrain_core::predict::features::{Encoder, Feature, Features};
/// let of = |platform| Features { platform: Some(platform), ..Features::default() };
/// let encoder = Encoder::learn(&[of(Platform::Meta), of(Platform::Google)], Feature::ALL)?;
/// assert_eq!(encoder.features(), [Feature::Platform]);
/// assert_eq!(encoder.table(&[of(Platform::Meta)])?.rows(), 1);
/// assert_eq!(encoder.gaps(&of(Platform::TikTok)).len(), 1);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    columns: Vec<Known>,
}

/// What is known of a column.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    feature: Feature,
    values: Values,
    /// Whether every past result has it.
    is_complete: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    /// The levels, each with the name that it is written under.
    Levels(BTreeMap<String, String>),
    /// The least and the greatest number.
    Range(f64, f64),
}

impl Encoder {
    /// Learns the columns among `wanted` that at least one past result has. Months count where past results span a year.
    ///
    /// # Errors
    /// [`NotEnoughData`](crate::ErrorKind::NotEnoughData) where past results have none of them.
    pub fn learn(rows: &[Features], wanted: &[Feature]) -> Result<Self> {
        let is_used = |feature: &Feature| *feature != Feature::Month || spans_a_year(rows);
        let columns: Vec<_> =
            wanted.iter().filter(|f| is_used(f)).filter_map(|feature| Known::learn(*feature, rows)).collect();
        if columns.is_empty() {
            let names: Vec<_> = wanted.iter().map(|feature| feature.as_str()).collect();
            let what = format!("past results have none of: {}", names.join(", "));
            return Err(Error::new(crate::ErrorKind::NotEnoughData, what).next("give at least one feature"));
        }
        Ok(Self { columns })
    }

    /// The features that it learnt, in their order.
    pub fn features(&self) -> Vec<Feature> {
        self.columns.iter().map(|column| column.feature).collect()
    }

    /// Writes rows as a table; what is missing or unseen is missing there.
    ///
    /// # Errors
    /// None at present; the table checks its columns.
    pub fn table(&self, rows: &[Features]) -> Result<Table> {
        Table::new(self.columns.iter().map(|column| column.write(rows)).collect())
    }

    /// What a question asks beyond past results.
    pub fn gaps(&self, row: &Features) -> Vec<Gap> {
        self.columns.iter().filter_map(|column| column.gap(row)).collect()
    }
}

fn spans_a_year(rows: &[Features]) -> bool {
    let dates = rows.iter().filter_map(|row| row.date);
    match (dates.clone().min(), dates.max()) {
        (Some(first), Some(last)) => (last - first).get_days() >= YEAR,
        _ => false,
    }
}

impl Known {
    /// What past results have in a column; nothing where none has it.
    fn learn(feature: Feature, rows: &[Features]) -> Option<Self> {
        let cells: Vec<Cell> = rows.iter().filter_map(|row| feature.of(row)).collect();
        let is_complete = cells.len() == rows.len();
        let values = if feature.is_number() { range(&cells)? } else { levels(cells)? };
        Some(Self { feature, values, is_complete })
    }

    fn write(&self, rows: &[Features]) -> Column {
        let name = self.feature.as_str();
        match &self.values {
            Values::Range(..) => Column::numbers(name, rows.iter().map(|row| self.number(row)).collect()),
            Values::Levels(levels) => Column::categories(name, rows.iter().map(|row| self.level(row, levels))),
        }
    }

    fn number(&self, row: &Features) -> f64 {
        match self.feature.of(row) {
            Some(Cell::Number(number)) => number,
            _ => f64::NAN,
        }
    }

    fn level<'a>(&self, row: &Features, levels: &'a BTreeMap<String, String>) -> &'a str {
        match self.feature.of(row) {
            Some(Cell::Level(level)) => levels.get(&level).map_or("", String::as_str),
            _ => "",
        }
    }

    fn gap(&self, row: &Features) -> Option<Gap> {
        let feature = self.feature;
        match (feature.of(row), &self.values) {
            (None, _) => self.is_complete.then_some(Gap::Missing { feature }),
            (Some(Cell::Level(level)), Values::Levels(levels)) if !levels.contains_key(&level) => {
                Some(Gap::Unseen { feature, level })
            }
            (Some(Cell::Number(number)), Values::Range(low, high)) if number < *low || number > *high => {
                let [value, low, high] = [number, *low, *high].map(|number| feature.shown(number));
                Some(Gap::Outside { feature, value, low, high })
            }
            _ => None,
        }
    }
}

fn range(cells: &[Cell]) -> Option<Values> {
    let numbers = cells.iter().filter_map(|cell| match cell {
        Cell::Number(number) => Some(*number),
        Cell::Level(_) => None,
    });
    let (low, high) = numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    (low <= high).then_some(Values::Range(low, high))
}

/// The levels with the name that each is written under: its own where it is among the most frequent (ties by name).
fn levels(cells: Vec<Cell>) -> Option<Values> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for cell in cells {
        if let Cell::Level(level) = cell {
            *counts.entry(level).or_default() += 1;
        }
    }
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let names = ranked.into_iter().enumerate().map(|(rank, (level, _))| {
        let written = if rank < MOST_LEVELS { level.clone() } else { RARE.to_owned() };
        (level, written)
    });
    let names: BTreeMap<String, String> = names.collect();
    (!names.is_empty()).then_some(Values::Levels(names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Money, Platform};
    use crate::predict::forest::Values as Written;

    fn row(platform: Option<Platform>, budget: Option<i64>) -> Features {
        let budget = budget.map(|units| Money::from_micros(units * 1_000_000, Currency::BRL));
        Features { platform, budget, ..Features::default() }
    }

    #[test]
    fn gaps_are_told_and_written_as_missing() {
        let past = [row(Some(Platform::Meta), Some(10)), row(Some(Platform::Google), Some(1_000_000_000))];
        let encoder = Encoder::learn(&past, Feature::ALL).unwrap();
        let unseen = encoder.gaps(&row(Some(Platform::TikTok), Some(5)));
        assert_eq!(unseen.iter().filter(|gap| gap.is_outside()).count(), 2, "{unseen:?}");
        assert!(matches!(unseen[1], Gap::Outside { value, .. } if (value - 5.0).abs() < 1e-9), "{unseen:?}");
        assert_eq!(encoder.gaps(&row(None, Some(10))), [Gap::Missing { feature: Feature::Platform }]);
        assert!(encoder.gaps(&past[1]).is_empty());
        let table = encoder.table(&[row(Some(Platform::TikTok), None)]).unwrap();
        assert!(matches!(&table.columns()[0].values, Written::Categories { levels, .. } if levels.is_empty()));
        assert!(matches!(&table.columns()[1].values, Written::Numbers(numbers) if numbers[0].is_nan()));
    }

    #[test]
    fn ten_thousand_levels_become_few_and_each_stays_known() {
        let of = |place: usize| Features { interest: Some(format!("i{place:05}")), ..Features::default() };
        let past: Vec<_> = (0..10_000).chain(0..50).map(of).collect();
        let encoder = Encoder::learn(&past, Feature::ALL).unwrap();
        let table = encoder.table(&past).unwrap();
        let Written::Categories { levels, .. } = &table.columns()[0].values else { panic!() };
        assert_eq!(levels.len(), MOST_LEVELS + 1);
        assert!(levels.contains(&"i00049".to_owned()) && encoder.gaps(&of(9_999)).is_empty());
        assert!(encoder.gaps(&of(10_000))[0].is_outside());
    }

    #[test]
    fn rows_without_any_feature_are_not_learnt_from() {
        let error = Encoder::learn(&[Features::default()], Feature::ALL).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::NotEnoughData);
    }

    #[test]
    fn the_month_is_a_feature_where_past_results_span_a_year() {
        let on = |text: &str| Features { date: Some(text.parse().unwrap()), ..Features::default() };
        let short = Encoder::learn(&[on("2026-01-01"), on("2026-06-01")], Feature::ALL).unwrap();
        assert_eq!(short.features(), [Feature::Weekday]);
        let long = Encoder::learn(&[on("2025-01-01"), on("2026-06-01")], Feature::ALL).unwrap();
        assert_eq!(long.features(), [Feature::Weekday, Feature::Month]);
    }
}
