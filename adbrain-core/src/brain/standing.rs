//! Where a result stands at a glance: intervals of its figures, what waits for a person.

use super::result::RunResult;
use super::status::is_waiting;
use crate::control::Outcome;
use crate::model::{Estimate, Maturity, Metrics};
use crate::stats::ratio::{change_of_days, ratio_of_days};

/// The level of the intervals.
const LEVEL: f64 = 0.9;

impl RunResult {
    /// `roas`, `cpa` or `ctr` over the days with an interval of 90 %, from how the days differ, which holds where
    /// neighbouring days are alike ([`ratio_of_days`] says how well). None for another metric, below three days, and over nothing.
    pub fn estimate(&self, metric: &str) -> Option<Estimate> {
        ratio_of_days(&self.pairs(metric), LEVEL).map(Into::into)
    }

    /// By what share `roas`, `cpa` or `ctr` differs from that of days before, with an interval of 90 % ([`change_of_days`]): 0.1 is a tenth more.
    /// None where one of the two has no interval.
    pub fn change_since(&self, before: &Self, metric: &str) -> Option<Estimate> {
        change_of_days(&before.pairs(metric), &self.pairs(metric), LEVEL).map(Into::into)
    }

    /// What a metric is the ratio of, day by day.
    fn pairs(&self, metric: &str) -> Vec<(f64, f64)> {
        let pair = |metrics: &Metrics| match metric {
            "roas" => Some((metrics.revenue.to_units(), metrics.spend.to_units())),
            "cpa" => Some((metrics.spend.to_units(), metrics.conversions as f64)),
            "ctr" => Some((metrics.clicks as f64, metrics.impressions as f64)),
            _ => None,
        };
        self.days.iter().filter_map(|day| pair(&day.metrics)).collect()
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
