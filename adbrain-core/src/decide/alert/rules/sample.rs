//! What rules are evaluated over: one object at one moment, as named numbers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::scan::{KnownDay, fall};
use super::super::{MetricSettings, Observation, hours, returns};
use crate::model::{Metrics, Money, Platform};
use crate::stats::robust::{deviation, median};

crate::model::named! {
    /// What kind of object a sample or a rule speaks of.
    Level {
        /// A whole ad account.
        Account = "account",
        /// A platform.
        Platform = "platform",
        /// A campaign.
        Campaign = "campaign",
        /// An ad set.
        AdSet = "ad_set",
        /// An ad.
        Ad = "ad",
    }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Days before the last one that a day is compared with.
const DAYS_BEFORE: usize = 14;

/// What is known of one object at one moment. Any caller can make one: a monitor, a replay, a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The platform.
    pub platform: Platform,
    /// The object by its tag or name.
    pub object: String,
    /// What kind of object it is.
    pub level: Level,
    /// Up to when its figures are known.
    pub data_as_of: Timestamp,
    /// Labels for matching and grouping, such as `campaign`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The metrics that are known, by name; what is not known is left out.
    #[serde(default)]
    pub metrics: BTreeMap<String, f64>,
    /// Why its figures could not be read, where they could not: the rules are then in the state `error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Sample {
    /// A sample of which no metric is known yet.
    pub fn new(platform: Platform, object: impl Into<String>, level: Level, data_as_of: Timestamp) -> Self {
        let (labels, metrics) = (BTreeMap::new(), BTreeMap::new());
        Self { platform, object: object.into(), level, data_as_of, labels, metrics, error: None }
    }

    /// Adds a metric; one that is not known adds nothing.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Option<f64>>) -> Self {
        self.set(name, value);
        self
    }

    /// The named metrics of an ad set as it is observed; `settings` say which hours count in a baseline and how far up
    /// the upper bound of ROAS lies. Its data are as old as the end of the last full hour, or as the observation where it has no hours.
    ///
    /// ```
    /// use adbrain_core::alert::rules::Sample;
    /// use adbrain_core::alert::{MetricSettings, Observation};
    /// use adbrain_core::model::{Currency, Money, Platform, Tag};
    /// let (tag, now) = (Tag::new("set-1"), "2026-12-01T12:00:00Z".parse().unwrap());
    /// let seen = Observation::new(Platform::Meta, &tag, now, Money::parse("50", Currency::BRL)?);
    /// assert_eq!(Sample::of(&seen, &MetricSettings::default()).metrics["daily_budget"].to_bits(), 50f64.to_bits());
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    pub fn of(seen: &Observation<'_>, settings: &MetricSettings) -> Self {
        let as_of = hours::last_full_hour(seen).map_or(seen.at, |(start, _)| start + HOUR);
        let mut sample = Self::new(seen.platform, seen.object.as_str(), Level::AdSet, as_of);
        sample.set_hour(seen, settings);
        sample.set_days(&days_of(seen));
        sample.set_fall(seen.days);
        sample.set_mature(seen, settings);
        sample.set("target_roas", seen.target_roas.filter(|target| *target > 0.0));
        sample.set("daily_budget", seen.daily_budget.to_units());
        sample.set("bid", seen.bid.map(Money::to_units));
        sample.set("active_ads", (!seen.active_ads.is_empty()).then_some(seen.active_ads.len() as f64));
        sample.set("audience_now", seen.audience_now.map(|people| people as f64));
        sample.set("audience_available_low", seen.audience_available.map(|(low, _)| low as f64));
        sample.set("audience_available_high", seen.audience_available.map(|(_, high)| high as f64));
        sample
    }

    pub(in super::super) fn set(&mut self, name: &str, value: impl Into<Option<f64>>) {
        if let Some(value) = value.into() {
            self.metrics.insert(name.to_owned(), value);
        }
    }

    fn set_hour(&mut self, seen: &Observation<'_>, settings: &MetricSettings) {
        let Some((start, last)) = hours::last_full_hour(seen) else { return };
        self.set("impressions_hour", last.impressions as f64);
        self.set("clicks_hour", last.clicks as f64);
        self.set("spend_hour", last.spend.to_units());
        self.set("cpm_hour", last.cpm());
        if let Some((_, before)) = seen.hourly.iter().find(|(hour, _)| *hour + HOUR == start) {
            self.set("impressions_previous_hour", before.impressions as f64);
            self.set("cpm_previous_hour", before.cpm());
        }
        if last.impressions < settings.min_impressions_per_hour {
            return;
        }
        if let Some(compared) = hours::compare(settings, seen.hourly, (start, last)) {
            self.set("cpm_same_hour_median", libm::exp(compared.usual));
            self.set("cpm_same_hour_days", compared.days as f64);
            self.set("cpm_same_hour_standard_errors", (compared.now - compared.usual) / compared.error);
        }
    }

    /// The metrics of days, the newest first: the last full one, and those that it is compared with.
    pub(in super::super) fn set_days(&mut self, days: &[Metrics]) {
        let Some((last, before)) = days.split_first() else { return };
        self.set("impressions_day", last.impressions as f64);
        self.set("clicks_day", last.clicks as f64);
        self.set("conversions_day", last.conversions as f64);
        self.set("spend_day", last.spend.to_units());
        self.set("revenue_day", last.revenue.to_units());
        self.set("cpm_day", last.cpm());
        self.set("ctr_day", last.ctr());
        self.set("cpa_day", last.cpa());
        self.set("roas_day", last.roas());
        self.set("spend_previous_day", before.first().map(|day| day.spend.to_units()));
        self.set("cpm_previous_day", before.first().and_then(Metrics::cpm));
        self.set_days_before(last, before);
    }

    /// The metrics of a fall of conversions per click.
    pub(in super::super) fn set_fall(&mut self, days: &[KnownDay]) {
        let Some(found) = fall(days) else { return };
        self.set("conversion_fall", found.size);
        self.set("conversion_fall_evidence", found.evidence);
        self.set("conversion_fall_days", found.days as f64);
    }

    fn set_days_before(&mut self, last: &Metrics, before: &[Metrics]) {
        let before = || before.iter().take(DAYS_BEFORE);
        let clicks = median(&before().map(|day| day.clicks as f64).collect::<Vec<_>>());
        self.set("clicks_days_median", clicks);
        self.set("spend_days_median", median(&before().map(|day| day.spend.to_units()).collect::<Vec<_>>()));
        let logs: Vec<f64> = before().filter_map(hours::log_cpm).collect();
        self.set("cpm_days", logs.len() as f64);
        let Some(usual) = median(&logs) else { return };
        self.set("cpm_days_median", libm::exp(usual));
        let counted: u64 = before().map(|day| day.impressions).sum();
        let sampling = libm::sqrt(1.0 / last.impressions as f64 + 1.0 / counted as f64);
        let error = sampling.max(deviation(&logs).unwrap_or_default());
        self.set("cpm_days_standard_errors", hours::log_cpm(last).map(|now| (now - usual) / error));
    }

    fn set_mature(&mut self, seen: &Observation<'_>, settings: &MetricSettings) {
        let matured = &seen.matured;
        if !matured.spend.is_positive() {
            return;
        }
        let spend = matured.spend.to_units();
        self.set("spend_mature", spend);
        self.set("conversions_mature", matured.conversions as f64);
        self.set("revenue_mature", matured.revenue.to_units());
        self.set("roas_mature", matured.roas());
        let budget = Some(seen.daily_budget.to_units()).filter(|budget| *budget > 0.0);
        self.set("spend_mature_in_daily_budgets", budget.map(|budget| spend / budget));
        let Some(value) = returns::order_value(seen) else { return };
        self.set("order_value", value);
        let upper = returns::upper_roas(matured, value, settings.standard_errors, settings.order_value_dispersion);
        self.set("roas_mature_upper", upper);
        self.set("expected_conversions_mature", seen.target_roas.map(|target| spend * target / value));
    }
}

/// The sums of each 24 full hours up to the last full one, the newest first; days that began before the first known hour are left out.
fn days_of(seen: &Observation<'_>) -> Vec<Metrics> {
    let Some((first, last)) = seen.hourly.first().zip(hours::last_full_hour(seen)) else { return Vec::new() };
    let (mut days, mut end) = (Vec::new(), last.0 + HOUR);
    while days.len() <= DAYS_BEFORE {
        let Ok(start) = end.checked_sub(DAY) else { break };
        if start < first.0 {
            break;
        }
        let hours = seen.hourly.iter().filter(|(hour, _)| *hour >= start && *hour < end).map(|(_, metrics)| metrics);
        let Ok(sum) = Metrics::total(hours, seen.daily_budget.currency()) else { break };
        days.push(sum);
        end = start;
    }
    days
}

#[cfg(test)]
#[path = "sample_tests.rs"]
mod tests;
