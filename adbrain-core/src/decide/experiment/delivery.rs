//! Whether the arms were shown to the same people.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{Arm, Data, Delivered};
use super::readout::Unevenness;
use crate::stats::distribution::{f_sf, p_of_tail};

/// Below this p value the delivery is uneven.
const ALPHA: f64 = 0.001;
/// A distance below this does not matter, however sure it is: two arms of a random split differ by about as much.
const LEAST_DISTANCE: f64 = 0.02;
/// Without days that tell chance, an arm this far from the others is called uneven.
const LARGE_DISTANCE: f64 = 0.1;

/// Impressions by day and segment of one arm.
type Table = BTreeMap<String, BTreeMap<String, f64>>;

/// The test for uneven delivery, one per dimension of the arms' `delivery`, and `day` from the impressions of their blocks.
///
/// Pearson's chi-square of impressions by arm and segment takes each impression as independent and finds a difference in any account of
/// size. So it is divided by the dispersion phi, the same chi-square per degree of freedom between the days of one arm:
/// F = (X^2 / ((A - 1) (S - 1))) / phi with (A - 1)(S - 1) and the days' degrees of freedom (`McCullagh` and Nelder, "Generalized linear
/// models", 1989, on quasi-likelihood). Uneven is p < 0.001 with at least 2 % of impressions elsewhere. Days themselves have no
/// days within, so `day` goes by the distance alone.
pub(super) fn delivery(data: &Data) -> Vec<Unevenness> {
    let rows = data.arms.iter().flat_map(|arm| &arm.delivery);
    let dimensions: BTreeSet<&str> = rows.map(|row| row.dimension.as_str()).collect();
    let cut = dimensions.into_iter().filter_map(|dimension| {
        let tables: Vec<Table> = data.arms.iter().map(|arm| table(&arm.delivery, dimension)).collect();
        uneven(dimension, &tables)
    });
    let days: Vec<Table> = data.arms.iter().map(by_day).collect();
    cut.chain(uneven("day", &days)).collect()
}

fn table(rows: &[Delivered], dimension: &str) -> Table {
    let mut table = Table::new();
    for row in rows.iter().filter(|row| row.dimension == dimension) {
        *table.entry(row.unit.clone()).or_default().entry(row.segment.clone()).or_default() += row.impressions as f64;
    }
    table
}

/// One row with the days as segments.
fn by_day(arm: &Arm) -> Table {
    let days = arm.blocks.iter().filter_map(|block| Some((block.unit.clone(), block.impressions? as f64)));
    let days: BTreeMap<_, _> = days.collect();
    if days.is_empty() { Table::new() } else { Table::from([(String::new(), days)]) }
}

fn uneven(dimension: &str, tables: &[Table]) -> Option<Unevenness> {
    let segments: BTreeSet<&String> = tables.iter().flat_map(Table::values).flat_map(BTreeMap::keys).collect();
    let rows = |table: &Table| -> Vec<Vec<f64>> {
        let row = |cells: &BTreeMap<String, f64>| {
            segments.iter().map(|name| cells.get(*name).copied().unwrap_or_default()).collect()
        };
        table.values().map(row).collect()
    };
    let days: Vec<Vec<Vec<f64>>> = tables.iter().map(rows).collect();
    let arms: Vec<Vec<f64>> = days.iter().map(|days| sums(days, segments.len())).collect();
    if segments.len() < 2 || arms.iter().any(|arm| arm.iter().sum::<f64>() <= 0.0) {
        return None;
    }
    let distance = distance(&arms);
    let (between, between_df) = chi_square(&arms);
    let (within, within_df) = days.iter().map(|days| chi_square(days)).fold((0.0, 0.0), add);
    let dispersion = (within_df > 0.0).then(|| (within / within_df).max(1.0));
    let p_value = dispersion
        .map(|phi| p_of_tail(f_sf(between / between_df / phi, between_df, within_df)))
        .filter(|p| p.is_finite());
    let is_uneven = p_value.map_or(distance > LARGE_DISTANCE, |p| p < ALPHA && distance > LEAST_DISTANCE);
    Some(Unevenness { dimension: dimension.to_owned(), distance, dispersion, p_value, is_uneven })
}

fn add(left: (f64, f64), right: (f64, f64)) -> (f64, f64) {
    (left.0 + right.0, left.1 + right.1)
}

fn sums(rows: &[Vec<f64>], columns: usize) -> Vec<f64> {
    rows.iter().fold(vec![0.0; columns], |sums, row| sums.iter().zip(row).map(|(sum, cell)| sum + cell).collect())
}

/// The largest total variation between an arm and all arms.
fn distance(arms: &[Vec<f64>]) -> f64 {
    let all = sums(arms, arms.first().map_or(0, Vec::len));
    let total: f64 = all.iter().sum();
    let of = |arm: &Vec<f64>| {
        let own: f64 = arm.iter().sum();
        arm.iter().zip(&all).map(|(cell, sum)| (cell / own - sum / total).abs()).sum::<f64>() / 2.0
    };
    arms.iter().map(of).fold(0.0, f64::max)
}

/// Pearson's chi-square of a table with its degrees of freedom; rows and columns without impressions are left out.
fn chi_square(rows: &[Vec<f64>]) -> (f64, f64) {
    let columns = sums(rows, rows.first().map_or(0, Vec::len));
    let total: f64 = columns.iter().sum();
    let used = |sums: usize| sums.saturating_sub(1) as f64;
    let row_sums: Vec<f64> = rows.iter().map(|row| row.iter().sum()).collect();
    let mut statistic = 0.0;
    for (row, sum) in rows.iter().zip(&row_sums) {
        for (cell, column) in row.iter().zip(&columns) {
            let expected = sum * column / total;
            if expected > 0.0 {
                statistic += (cell - expected) * (cell - expected) / expected;
            }
        }
    }
    let above_zero = |values: &[f64]| values.iter().filter(|value| **value > 0.0).count();
    (statistic, used(above_zero(&row_sums)) * used(above_zero(&columns)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    /// Two arms over 14 days and three segments; the second arm's first segment is larger by `tilt`, days swing by `swing`.
    fn data(seed: u64, tilt: f64, swing: f64) -> Data {
        let arm = |place: u64| {
            let mut random = Random::at(seed, &[place]);
            let mut delivery = Vec::new();
            for day in 0..14 {
                for (segment, share) in [("young", 3000.0), ("middle", 4000.0), ("old", 3000.0)] {
                    let more = if place == 1 && segment == "young" { 1.0 + tilt } else { 1.0 };
                    let impressions = random.poisson(share * more * random.clone().log_normal(swing));
                    let (dimension, segment, unit) = ("audience".into(), segment.into(), format!("{day:02}"));
                    delivery.push(Delivered { dimension, segment, unit, impressions });
                }
            }
            Arm { name: place.to_string(), delivery, ..Arm::default() }
        };
        Data::of(vec![arm(0), arm(1)])
    }

    #[test]
    fn a_tilt_is_found_and_swings_of_days_are_not_taken_for_one() {
        let tilted = delivery(&data(1, 0.5, 0.05)).remove(0);
        assert!(tilted.is_uneven && tilted.p_value.unwrap() < 1e-6, "{tilted:?}");
        let even = (0..200).filter(|seed| delivery(&data(*seed, 0.0, 0.2))[0].is_uneven).count();
        assert!(even <= 2, "{even} of 200");
    }

    #[test]
    fn nothing_delivered_is_no_test() {
        assert_eq!(delivery(&Data::of(vec![Arm::default(), Arm::default()])), vec![]);
    }
}
