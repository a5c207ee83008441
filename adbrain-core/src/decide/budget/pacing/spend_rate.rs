//! How fast a day's budget is spent.

use serde::{Deserialize, Serialize};

/// The traffic after which what was seen counts half, as a part of the day's.
const MEMORY: f64 = 0.25;
/// How much traffic the plan, or what is expected after a move, counts as.
const PRIOR: f64 = 0.05;
/// The variance of a day's spend around its rate, as a square of the plan, where reports do not say otherwise: five percent.
const USUAL_VARIANCE: f64 = 0.05 * 0.05;
/// Reports that the usual variance counts as much as.
const VARIANCE_REPORTS: f64 = 4.0;

/// The spend per share of the day's traffic, as a part of the plan: 1 on plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpendRate {
    spend: f64,
    /// The traffic that it is known from, older traffic counting less.
    pub(super) traffic: f64,
    squares: f64,
    /// Reports with new spend.
    pub(super) reports: u32,
}

impl SpendRate {
    /// A rate that is expected, and not seen.
    pub(super) fn of(rate: f64) -> Self {
        Self { spend: rate * PRIOR, traffic: PRIOR, squares: 0.0, reports: 0 }
    }

    /// The spend per share of traffic.
    pub(super) fn mean(&self) -> f64 {
        self.spend / self.traffic
    }

    /// The variance of a whole day's spend around its rate.
    pub(super) fn variance(&self) -> f64 {
        (self.squares + VARIANCE_REPORTS * USUAL_VARIANCE) / (f64::from(self.reports) + VARIANCE_REPORTS)
    }

    /// Takes what was spent over a share of traffic.
    pub(super) fn see(&mut self, spend: f64, traffic: f64) {
        if traffic <= 0.0 {
            return;
        }
        let error = spend - self.mean() * traffic;
        // The mean itself is known from so much traffic only; what that adds to the error is taken off.
        self.squares += error * error / (traffic * (1.0 + traffic / self.traffic));
        self.reports = self.reports.saturating_add(1);
        let kept = libm::exp2(-traffic / MEMORY);
        (self.spend, self.traffic) = (self.spend * kept + spend, self.traffic * kept + traffic);
    }

    /// The same noise around another rate, of which little is known.
    pub(super) fn anew(&self, rate: f64) -> Self {
        Self { spend: rate * PRIOR, traffic: PRIOR, ..*self }
    }
}
