//! Coverage over the last days, and the alarm when it falls.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The days of a window.
pub const WINDOW_DAYS: i64 = 7;
/// The alarm goes off below this share.
pub const LEAST_COVERAGE: f64 = 0.8;
/// The fewest results in a window that an alarm may rest on: with fewer, four of five inside is no surprise at 90 %.
pub const LEAST_RESULTS: u64 = 10;

/// The results of the seven days that end on a day, and how many lay inside their intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rolling {
    /// The last day of the window.
    #[schemars(with = "String")]
    pub date: Date,
    /// Results in the window.
    pub results: u64,
    /// Those inside their intervals.
    pub inside: u64,
    /// The share of those inside.
    pub coverage: f64,
    /// Whether the coverage is below 0.80 on at least ten results.
    pub is_alarm: bool,
}

/// The coverage of the seven days up to each day that has results, in their order.
///
/// ```
/// use adbrain_core::predict::backtest::rolling_coverage;
/// let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
/// let found = rolling_coverage(&[(day("2026-01-01"), true), (day("2026-01-01"), false), (day("2026-01-09"), true)]);
/// assert_eq!(found.iter().map(|one| (one.results, one.inside)).collect::<Vec<_>>(), [(2, 1), (1, 1)]);
/// ```
pub fn rolling_coverage(results: &[(Date, bool)]) -> Vec<Rolling> {
    let mut days: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    for (date, is_inside) in results {
        let day = days.entry(*date).or_default();
        *day = (day.0 + 1, day.1 + u64::from(*is_inside));
    }
    days.keys().map(|date| window(*date, &days)).collect()
}

fn window(date: Date, days: &BTreeMap<Date, (u64, u64)>) -> Rolling {
    let start = date.saturating_sub((WINDOW_DAYS - 1).days());
    let (results, inside) = days.range(start..=date).fold((0, 0), |sum, (_, day)| (sum.0 + day.0, sum.1 + day.1));
    let coverage = inside as f64 / results.max(1) as f64;
    Rolling { date, results, inside, coverage, is_alarm: results >= LEAST_RESULTS && coverage < LEAST_COVERAGE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(place: i64) -> Date {
        jiff::civil::date(2026, 3, 1).saturating_add(place.days())
    }

    #[test]
    fn the_alarm_goes_off_below_four_of_five_and_not_on_few_results() {
        let results = |inside: i64, all: i64| (0..all).map(|at| (day(at % 7), at < inside)).collect::<Vec<_>>();
        let last = |results: &[(Date, bool)]| *rolling_coverage(results).last().unwrap();
        assert!(!last(&results(8, 10)).is_alarm && last(&results(7, 10)).is_alarm);
        assert!(!last(&results(0, 9)).is_alarm);
    }

    #[test]
    fn a_day_leaves_the_window_after_seven_days() {
        let results: Vec<_> = (0..20).map(|at| (day(0), at > 18)).chain((0..10).map(|_| (day(7), true))).collect();
        let found = rolling_coverage(&results);
        assert!(found[0].is_alarm && !found[1].is_alarm && found[1].results == 10);
    }
}
