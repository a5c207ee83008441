//! Past results that a forecaster can learn from, on the scale that the rate is learnt on.

use super::{Band, Rate, Settings};
use crate::predict::features::{Features, PastResult};
use crate::predict::prior::{ColdStart, GroupedValue};

/// Rows older than so many half-lives weigh as those: less counts for nothing and must not vanish.
const LEAST_POWER: f64 = -60.0;
/// The folds in which the mean of each group is compared with the forest.
const FOLDS: usize = 10;

/// Past results that have the rate, on the scale that it is learnt on.
pub(super) struct Usable {
    pub(super) past: Vec<PastResult>,
    pub(super) features: Vec<Features>,
    pub(super) values: Vec<f64>,
    pub(super) groups: Vec<Option<String>>,
}

impl Usable {
    pub(super) fn of(past: &[&PastResult], settings: &Settings) -> Self {
        let mut found = Self { past: Vec::new(), features: Vec::new(), values: Vec::new(), groups: Vec::new() };
        for row in past {
            if let Some(value) = settings.rate.learnt(&row.metrics) {
                found.groups.push(settings.calibrate_by.of(&row.features));
                found.features.push(row.features.clone());
                found.values.push(value);
                found.past.push((*row).clone());
            }
        }
        found
    }

    /// Whether the past results are all equal.
    pub(super) fn is_flat(&self) -> bool {
        let first = self.values.first().copied().unwrap_or_default();
        self.values.len() > 1 && self.values.iter().all(|value| (value - first).abs() <= f64::EPSILON * first.abs())
    }

    /// The group of each, as a forest takes it.
    pub(super) fn groups(&self) -> Vec<String> {
        names(&self.groups)
    }

    /// Empirical Bayes from the rows at some places; `None` where nothing is known before and the rows are too few.
    pub(super) fn cold_start(&self, settings: &Settings, is_in: impl Fn(usize) -> bool) -> Option<ColdStart> {
        let rows = self.groups.iter().zip(&self.values).enumerate().filter(|(at, _)| is_in(*at));
        let rows: Vec<GroupedValue<'_>> = rows.map(|(_, (group, value))| (group.as_deref(), *value)).collect();
        match settings.rate {
            Rate::Roas => Some(ColdStart::of_roas(&rows, &settings.practices)),
            _ => ColdStart::of_values(&rows),
        }
    }

    /// The interval score of the mean of each group, on rows that it has not seen.
    pub(super) fn cold_score(&self, settings: &Settings) -> Option<f64> {
        let mut sum = 0.0;
        for fold in 0..FOLDS {
            let (cold, level) = (self.cold_start(settings, |at| at % FOLDS != fold)?, settings.level);
            let own = self.groups.iter().zip(&self.values).skip(fold).step_by(FOLDS);
            let score = |(group, value): (&Option<String>, &f64)| {
                let expected = cold.expected(group.as_deref());
                Band::central(level, |p| expected.quantile(p)).without_negatives().score(*value, level)
            };
            sum += own.map(score).sum::<f64>();
        }
        Some(sum / self.values.len() as f64)
    }

    /// The weight of each row by its age, against the newest; rows without a date weigh as the oldest.
    pub(super) fn weights(&self, half_life_days: Option<f64>) -> Option<Vec<f64>> {
        let half_life = half_life_days?;
        let newest = self.features.iter().filter_map(|row| row.date).max()?;
        let age = |row: &Features| row.date.map(|date| f64::from((newest - date).get_days()));
        let oldest = self.features.iter().filter_map(age).fold(0.0, f64::max);
        let weight = |row: &Features| libm::exp2((-age(row).unwrap_or(oldest) / half_life).max(LEAST_POWER));
        Some(self.features.iter().map(weight).collect())
    }
}

/// Past results in an order of their own, so that the order in which they come changes nothing.
pub(super) fn in_order(past: &[PastResult]) -> Vec<&PastResult> {
    let mut keyed: Vec<(String, &PastResult)> =
        past.iter().map(|row| (serde_json::to_string(row).unwrap_or_default(), row)).collect();
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The groups as a forest takes them: an empty name is none.
pub(super) fn names(groups: &[Option<String>]) -> Vec<String> {
    groups.iter().map(|group| group.clone().unwrap_or_default()).collect()
}
