//! Cold start: what is expected of a new row where there are too few rows for a forest.

use std::collections::BTreeMap;

use super::{AD_VARIANCE, AD_VARIANCE_WORTH, Group, deviation, of_the_trade};
use crate::model::BestPractice;
use crate::stats::bayes::{Belief, GroupMean};
use crate::stats::distribution::t_quantile;
use crate::stats::two_sample::Summary;

/// Without a prior the spread between rows needs so many of them: two degrees of freedom.
pub(crate) const LEAST_ROWS: usize = 3;
/// Without a prior the mean starts so many times wider than the rows are spread, which is as good as knowing nothing.
const KNOWING_NOTHING: f64 = 1e6;

/// What is known before the first row.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Start {
    mean: Option<Belief>,
    /// The variance between rows, and so many rows it is worth.
    spread: (f64, f64),
}

/// A row: its group, where it has one, and its value.
pub(crate) type GroupedValue<'a> = (Option<&'a str>, f64);

/// Shrinks few rows towards a prior, and groups of rows towards all rows.
///
/// 1. The variance between rows s^2 is that within groups, with an inverse-gamma prior where there is one.
/// 2. The mean of all rows updates the prior mean; what a group deviates from it is shrunk to zero by its size and by the spread
///    between groups (method of moments).
/// 3. A new row is Student's t around the mean of its group with the variance of that mean plus s^2.
///
/// It misleads where rows of one group differ for a reason that the question shares; a forest learns such reasons from more rows.
#[derive(Debug, Clone)]
pub(crate) struct ColdStart {
    base: Belief,
    pooled: Option<Group>,
    groups: BTreeMap<String, Group>,
    variance: f64,
    degrees: f64,
    rows: u64,
}

/// What is expected of a new row: Student's t.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Expected {
    mean: f64,
    scale: f64,
    degrees: f64,
}

impl Expected {
    /// The value below which the share `p` lies.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        self.mean + self.scale * t_quantile(p, self.degrees)
    }
}

impl ColdStart {
    /// Learns ln(1 + ROAS) on the best practices of the trade, or its prior without them; no row is too few.
    pub(crate) fn of_roas(rows: &[GroupedValue<'_>], practices: &[BestPractice]) -> Self {
        let start = Start { mean: Some(of_the_trade(practices)), spread: (AD_VARIANCE, AD_VARIANCE_WORTH) };
        Self::learn(rows, &start)
    }

    /// Learns values of which nothing is known before; `None` below three rows or where they do not differ.
    pub(crate) fn of_values(rows: &[GroupedValue<'_>]) -> Option<Self> {
        let found = Self::learn(rows, &Start { mean: None, spread: (0.0, 0.0) });
        (found.rows >= LEAST_ROWS as u64 && found.variance > 0.0).then_some(found)
    }

    fn learn(rows: &[GroupedValue<'_>], start: &Start) -> Self {
        let all = rows.iter().fold(Summary::default(), |all, (_, value)| all.with(*value));
        let mut sums: BTreeMap<&str, Summary> = BTreeMap::new();
        for (group, value) in rows.iter().filter_map(|(group, value)| Some(((*group)?, *value))) {
            let sum = sums.entry(group).or_default();
            *sum = sum.with(value);
        }
        let (variance, degrees) = spread(&all, &sums, start.spread);
        let group = |sum: &Summary| seen(sum, variance);
        let nothing = Belief { mean: all.mean, variance: KNOWING_NOTHING * variance };
        let pooled = (all.n > 0).then(|| group(&all));
        let before = start.mean.unwrap_or(nothing);
        Self {
            base: pooled.map_or(before, |pooled| before.updated(pooled.seen)),
            pooled,
            groups: sums.iter().map(|(name, sum)| ((*name).to_owned(), group(sum))).collect(),
            variance,
            degrees,
            rows: all.n,
        }
    }

    /// What is expected of a new row of a group; of any row where no group is named. A group without rows adds the spread between
    /// groups.
    pub(crate) fn expected(&self, group: Option<&str>) -> Expected {
        let known = group.and_then(|name| self.groups.get(name)).copied();
        let siblings: Vec<GroupMean> = self.groups.values().map(|group| group.seen).collect();
        let mean = match (group, self.pooled) {
            (Some(_), Some(pooled)) => deviation(self.base, known, &siblings, pooled),
            _ => self.base,
        };
        Expected { mean: mean.mean, scale: libm::sqrt(mean.variance + self.variance), degrees: self.degrees }
    }
}

fn seen(sum: &Summary, variance: f64) -> Group {
    Group { seen: GroupMean { mean: sum.mean, variance: variance / sum.n.max(1) as f64 }, ads: sum.n }
}

/// The variance between rows and its degrees of freedom: within groups where groups have several rows, else between all.
fn spread(all: &Summary, groups: &BTreeMap<&str, Summary>, (before, worth): (f64, f64)) -> (f64, f64) {
    let degrees = |sum: &Summary| sum.n.saturating_sub(1) as f64;
    let squares = |sum: &Summary| sum.variance().unwrap_or(0.0) * degrees(sum);
    let within: f64 = groups.values().map(degrees).sum();
    let (free, sum) = if within >= 1.0 && groups.len() > 1 {
        (within, groups.values().map(squares).sum())
    } else {
        (degrees(all), squares(all))
    };
    let total = worth + free;
    if total > 0.0 { ((worth * before + sum) / total, total) } else { (0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(expected: Expected) -> f64 {
        expected.quantile(0.95) - expected.quantile(0.05)
    }

    #[test]
    fn without_rows_the_wide_prior_of_the_trade_answers() {
        let nothing = ColdStart::of_roas(&[], &[]).expected(Some("meta"));
        let roas = [0.05, 0.5, 0.95].map(|p| libm::expm1(nothing.quantile(p)));
        assert!((roas[1] - 2.0).abs() < 1e-9 && roas[0] < 0.5 && roas[2] > 5.0, "{roas:?}");
    }

    #[test]
    fn rows_move_the_mean_and_narrow_the_interval() {
        let with = |n: usize| {
            let rows: Vec<_> =
                (0..n).map(|at| (Some("meta"), libm::log1p(6.0) + if at % 2 == 0 { 0.2 } else { -0.2 })).collect();
            ColdStart::of_roas(&rows, &[]).expected(Some("meta"))
        };
        let found: Vec<Expected> = [0, 2, 10, 40].map(with).to_vec();
        assert!(
            found.windows(2).all(|pair| pair[0].mean < pair[1].mean && width(pair[0]) > width(pair[1])),
            "{found:?}"
        );
        assert!((libm::expm1(found[3].mean) - 6.0).abs() < 0.3, "{found:?}");
    }

    #[test]
    fn a_group_of_one_row_is_pulled_to_the_others() {
        let mut rows: Vec<GroupedValue<'_>> = (0..8).map(|at| (Some("meta"), 1.0 + 0.01 * f64::from(at))).collect();
        rows.push((Some("tiktok"), 3.0));
        let cold = ColdStart::of_roas(&rows, &[]);
        let [meta, tiktok, unknown] = ["meta", "tiktok", "google"].map(|name| cold.expected(Some(name)));
        assert!(meta.mean < 1.3 && tiktok.mean > meta.mean && tiktok.mean < 3.0, "{meta:?} {tiktok:?}");
        assert!(width(unknown) > width(meta));
    }

    #[test]
    fn values_without_a_prior_need_three_rows_that_differ() {
        let rows =
            |n: usize, step: f64| ColdStart::of_values(&(0..n).map(|at| (None, step * at as f64)).collect::<Vec<_>>());
        assert!(rows(2, 1.0).is_none() && rows(5, 0.0).is_none());
        let found = rows(5, 1.0).unwrap().expected(None);
        assert!((found.mean - 2.0).abs() < 1e-5, "{found:?}");
    }
}
