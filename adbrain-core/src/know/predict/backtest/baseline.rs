//! What naive methods would have said.

use std::collections::BTreeMap;

use super::split::Row;
use crate::predict::prior::ColdStart;
use crate::predict::roas::{Band, Rate};

/// The naive methods, learnt from the rows before a day.
#[derive(Debug, Clone)]
pub(super) struct Baselines {
    mean: Option<Band>,
    last: BTreeMap<Option<String>, f64>,
    steps: Vec<f64>,
    prior: Option<Band>,
    level: f64,
}

impl Baselines {
    /// Learns from rows in the order of their days.
    pub(super) fn learn(rows: &[&Row<'_>], rate: Rate, level: f64) -> Self {
        let mut values: Vec<f64> = rows.iter().map(|row| row.value).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.sort_by(f64::total_cmp);
        let (mut last, mut steps) = (BTreeMap::new(), Vec::new());
        for row in rows {
            if let Some(before) = last.insert(row.group.clone(), row.value) {
                steps.push(row.value - before);
            }
        }
        steps.sort_by(f64::total_cmp);
        let around_mean = Band::central(level, |p| at(&values, p));
        let prior = (rate == Rate::Roas).then(|| {
            let expected = ColdStart::of_roas(&[], &[]).expected(None);
            Band::central(level, |p| expected.quantile(p)).without_negatives()
        });
        Self { mean: (!values.is_empty()).then_some(Band { value: mean, ..around_mean }), last, steps, prior, level }
    }

    /// The mean of all rows before, between the quantiles of all rows before.
    pub(super) fn mean(&self) -> Option<Band> {
        self.mean
    }

    /// The last value of the same group, between the quantiles of the steps from one row of a group to the next.
    pub(super) fn last_value(&self, group: Option<&String>) -> Option<Band> {
        let last = *self.last.get(&group.cloned())?;
        let steps = (!self.steps.is_empty()).then(|| Band::central(self.level, |p| at(&self.steps, p)))?;
        let band = Band { low: last + steps.low, value: last, high: last + steps.high };
        Some(band.without_negatives())
    }

    /// The prior of the trade, which has seen nothing.
    pub(super) fn prior(&self) -> Option<Band> {
        self.prior
    }
}

/// The smallest value with at least the share `p` at or below it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of rows")]
fn at(sorted: &[f64], p: f64) -> f64 {
    let place = libm::ceil(p * sorted.len() as f64) as usize;
    sorted.get(place.saturating_sub(1)).or(sorted.last()).copied().unwrap_or(f64::NAN)
}
