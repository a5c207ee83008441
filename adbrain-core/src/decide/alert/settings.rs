//! What the metrics of rules take for granted. A caller changes a field and keeps the rest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What the metrics of an ad set, and the choice of its worst ads, are worked out with.
///
/// ```
/// use adbrain_core::alert::MetricSettings;
/// let settings: MetricSettings = serde_json::from_str(r#"{"max_baseline_days": 7}"#).unwrap();
/// assert_eq!(settings.min_impressions_per_hour, 1000);
/// assert!(settings.check().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MetricSettings {
    /// Impressions that an hour of the baseline must have.
    pub min_impressions_per_hour: u64,
    /// Days that the baseline looks back, at most.
    pub max_baseline_days: u32,
    /// The upper bound of ROAS is taken so many standard errors up.
    pub standard_errors: f64,
    /// One plus the squared coefficient of variation of order values.
    pub order_value_dispersion: f64,
    /// An ad is among the worst only with so many impressions.
    pub min_impressions_per_ad: u64,
    /// And where its own upper bound of ROAS, so many standard errors up, lies below the target.
    pub ad_standard_errors: f64,
    /// A daily budget is raised by so many percent at once, at most, where money moves to it.
    pub max_raise_percent: u8,
}

impl Default for MetricSettings {
    /// 1,000 impressions an hour, 14 days of baseline; 3.1 standard errors (an ad set on target lies below in 0.1 % of daily checks); order
    /// values with a coefficient of variation of 0.7 (assumed); ads below target at 95 % one-sided; raises of a fifth.
    fn default() -> Self {
        Self {
            min_impressions_per_hour: 1000,
            max_baseline_days: 14,
            standard_errors: 3.1,
            order_value_dispersion: 1.5,
            min_impressions_per_ad: 1000,
            ad_standard_errors: 1.645,
            max_raise_percent: 20,
        }
    }
}

impl MetricSettings {
    /// Checks that every number can be used.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self) -> Result<()> {
        let from = |value: f64, least: f64| value.is_finite() && value >= least;
        let rules = [
            ("max_baseline_days", self.max_baseline_days >= 1),
            ("standard_errors", from(self.standard_errors, 0.0)),
            ("order_value_dispersion", from(self.order_value_dispersion, 1.0)),
            ("ad_standard_errors", from(self.ad_standard_errors, 0.0)),
        ];
        let broken = rules.into_iter().find(|(_, is_good)| !is_good);
        broken.map_or(Ok(()), |(field, _)| {
            Err(Error::invalid(&format!("alerts.{field}"), "is out of range")
                .next("correct it, or leave it out for its default"))
        })
    }
}
