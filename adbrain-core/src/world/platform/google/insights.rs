//! Report rows: one per ad and day or hour of the account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::api::Api;
use super::query;
use super::wire::{Named, Row};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Attribution, Currency, Metrics, MetricsRow, Money, ObjectPath, Platform};
use crate::platform::report::Days;
use crate::platform::{InsightsStep, tagged};

/// What a report is made with.
pub(super) struct Report<'a> {
    pub(super) api: &'a Api,
    pub(super) days: &'a Days,
    pub(super) step: InsightsStep,
    pub(super) currency: Currency,
    pub(super) as_of: Timestamp,
}

impl Report<'_> {
    /// The rows of the days, those of removed ads too: they have spent.
    pub(super) async fn rows(&self) -> Result<Vec<MetricsRow>> {
        let hour = if self.step == InsightsStep::Hour { ", segments.hour" } else { "" };
        let rows = format!(
            "SELECT ad_group_ad.resource_name, ad_group_ad.ad.name, ad_group.resource_name, ad_group.name, \
             campaign.resource_name, campaign.campaign_group, segments.date{hour}, metrics.impressions, metrics.clicks, \
             metrics.cost_micros, metrics.conversions, metrics.conversions_value FROM ad_group_ad \
             WHERE segments.date BETWEEN '{}' AND '{}'",
            self.days.first, self.days.last
        );
        let rows = self.api.search(&rows).await?;
        let groups = self.groups().await?;
        rows.iter().map(|row| self.row(row, &groups)).collect()
    }

    /// The names of the groups that carry our mark, also of removed ones.
    async fn groups(&self) -> Result<BTreeMap<String, String>> {
        let marked = query::carries_any("campaign_group.name");
        let groups =
            format!("SELECT campaign_group.resource_name, campaign_group.name FROM campaign_group WHERE {marked}");
        let groups = self.api.search(&groups).await?.into_iter().map(|row| row.campaign_group);
        Ok(groups.map(|Named { resource_name, name }| (resource_name, name)).collect())
    }

    fn row(&self, row: &Row, groups: &BTreeMap<String, String>) -> Result<MetricsRow> {
        let day: Date = row.segments.date.parse().map_err(|_| strange("segments.date", &row.segments.date))?;
        let [start, end] = match self.step {
            InsightsStep::Day => self.days.day(day)?,
            InsightsStep::Hour => self.days.hour(day, row.segments.hour)?,
        };
        let group = groups.get(&row.campaign.campaign_group).map_or("", String::as_str);
        let path = ObjectPath {
            campaign: self.tag_or_id(group, &row.campaign.resource_name),
            ad_set: self.tag_or_id(&row.ad_group.name, &row.ad_group.resource_name),
            ad: self.tag_or_id(&row.ad_group_ad.ad.name, &row.ad_group_ad.resource_name),
        };
        let (platform, as_of, attribution) = (Platform::Google, self.as_of, Attribution::Unknown);
        Ok(MetricsRow { platform, path, start, end, as_of, attribution, reach: None, metrics: self.metrics(row)? })
    }

    fn tag_or_id(&self, name: &str, resource: &str) -> String {
        tagged::split(name).1.map_or_else(|| self.api.id(resource).to_owned(), |tag| tag.as_str().to_owned())
    }

    fn metrics(&self, row: &Row) -> Result<Metrics> {
        let found = &row.metrics;
        let count = |field: &str, number: Option<i64>| {
            u64::try_from(number.unwrap_or(0)).map_err(|_| strange(field, &number.unwrap_or(0).to_string()))
        };
        Ok(Metrics {
            impressions: count("metrics.impressions", found.impressions)?,
            clicks: count("metrics.clicks", found.clicks)?,
            conversions: whole(found.conversions)?,
            spend: Money::from_micros(found.cost_micros.unwrap_or(0), self.currency),
            revenue: Money::parse(&format!("{:.6}", found.conversions_value), self.currency)?,
        })
    }
}

/// Conversions are split over the ads that led to them, so they come as fractions; we count whole ones, rounded to the nearest.
fn whole(conversions: f64) -> Result<u64> {
    format!("{conversions:.0}").parse().map_err(|_| strange("metrics.conversions", &conversions.to_string()))
}

fn strange(field: &str, value: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("{field}: the platform says {value:?}")).next("try again later")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_conversions_are_rounded_and_nonsense_is_refused() {
        assert_eq!((whole(1.4).unwrap(), whole(0.0).unwrap(), whole(2.6).unwrap()), (1, 0, 3));
        assert!(whole(-1.0).is_err() && whole(f64::NAN).is_err());
    }
}
