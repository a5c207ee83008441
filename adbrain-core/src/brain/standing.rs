//! Where a result stands at a glance: intervals of its figures, what waits for a person.

use super::result::RunResult;
use super::status::is_waiting;
use crate::control::Outcome;
use crate::model::{Estimate, Maturity, Metrics};
use crate::stats::ratio::ratio_of_sums;

/// The level of the intervals.
const LEVEL: f64 = 0.9;
/// With fewer days an interval says nothing that could be used.
const FEWEST_DAYS: usize = 3;

impl RunResult {
    /// `roas`, `cpa` or `ctr` over the days with an interval of 90 %, from how the days differ (delta method on the log ratio; days are taken
    /// as independent). None for another metric, below three days, and over nothing.
    pub fn estimate(&self, metric: &str) -> Option<Estimate> {
        let pair = |metrics: &Metrics| match metric {
            "roas" => Some((metrics.revenue.to_units(), metrics.spend.to_units())),
            "cpa" => Some((metrics.spend.to_units(), metrics.conversions as f64)),
            "ctr" => Some((metrics.clicks as f64, metrics.impressions as f64)),
            _ => None,
        };
        let pairs: Vec<_> = self.days.iter().filter_map(|day| pair(&day.metrics)).collect();
        if pairs.len() < FEWEST_DAYS {
            return None;
        }
        ratio_of_sums(&pairs, LEVEL).map(Into::into)
    }

    /// How many of the days late conversions cannot change any more.
    pub fn mature_days(&self) -> usize {
        self.days.iter().filter(|day| day.maturity == Maturity::Mature).count()
    }

    /// The steps of the launch and after it that wait for a person.
    pub fn waits(&self) -> impl Iterator<Item = &Outcome> {
        self.launch.iter().chain(&self.actions).filter(|outcome| is_waiting(outcome))
    }
}
