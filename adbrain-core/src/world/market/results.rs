//! What happened: hours and conversions per ad, and reports over them.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::account::{Ad, AdSet, Campaign};
use super::physics::Physics;
use crate::error::Result;
use crate::model::{Currency, Metrics, Money, ObjectPath};

pub(super) const SECONDS_PER_HOUR: i64 = 3_600;

/// One ad in one hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivered {
    /// Hours since 1970.
    pub(super) hour: i64,
    pub(super) impressions: u64,
    pub(super) clicks: u64,
    pub(super) spend: i64,
    /// What its conversions are worth on average, reported or not, in micros.
    pub(super) worth: i64,
}

/// One conversion after a click of an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversion {
    /// The hour of the click.
    pub(super) hour: i64,
    /// The hour in which the platform learns of it.
    pub(super) arrives: i64,
    pub(super) value: i64,
}

/// The results of one ad in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The ad and what it hangs below.
    pub path: ObjectPath,
    /// The start of the window, included.
    pub start: Timestamp,
    /// The end of the window, not included.
    pub end: Timestamp,
    /// People who have seen the ad set up to the last simulated hour.
    pub reach: u64,
    /// The counts.
    pub metrics: Metrics,
}

/// Which results are wanted: windows of `step_hours` from the start; each hour belongs to the window that holds its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) step_hours: i64,
    pub(super) as_of: Timestamp,
    pub(super) currency: Currency,
}

impl Window {
    /// The hours whose start lies in the window.
    fn hours(&self) -> Range<i64> {
        hours(&(self.start..self.end))
    }

    fn bucket(&self, hour: i64) -> i64 {
        (hour * SECONDS_PER_HOUR - self.start.as_second()).div_euclid(self.step_hours * SECONDS_PER_HOUR)
    }

    fn is_known(&self, conversion: &Conversion) -> bool {
        (conversion.arrives + 1) * SECONDS_PER_HOUR <= self.as_of.as_second()
    }
}

/// The hours whose start lies in a window.
pub(super) fn hours(window: &Range<Timestamp>) -> Range<i64> {
    let first = |moment: Timestamp| -(-moment.as_second()).div_euclid(SECONDS_PER_HOUR);
    first(window.start)..first(window.end)
}

pub(super) fn report(campaigns: &[Campaign], window: &Window, physics: &dyn Physics) -> Result<Vec<Tally>> {
    let mut tallies = Vec::new();
    for campaign in campaigns {
        for ad_set in &campaign.ad_sets {
            for ad in &ad_set.ads {
                let reach = physics.reach(ad_set.people, ad_set.impressions as f64);
                tally((campaign, ad_set, ad), reach, window, &mut tallies)?;
            }
        }
    }
    Ok(tallies)
}

fn tally(
    (campaign, ad_set, ad): (&Campaign, &AdSet, &Ad),
    reach: u64,
    window: &Window,
    tallies: &mut Vec<Tally>,
) -> Result<()> {
    for (bucket, metrics) in buckets(ad, window)? {
        let start = window.start + SignedDuration::from_hours(bucket * window.step_hours);
        tallies.push(Tally {
            path: ObjectPath {
                campaign: campaign.tag.to_string(),
                ad_set: ad_set.tag.to_string(),
                ad: ad.tag.to_string(),
            },
            start,
            end: (start + SignedDuration::from_hours(window.step_hours)).min(window.end),
            reach,
            metrics,
        });
    }
    Ok(())
}

fn buckets(ad: &Ad, window: &Window) -> Result<BTreeMap<i64, Metrics>> {
    let hours = window.hours();
    let mut buckets: BTreeMap<i64, Metrics> = BTreeMap::new();
    let money = |micros| Money::from_micros(micros, window.currency);
    for hour in within(&ad.hours, &hours, |hour| hour.hour) {
        let sum = buckets.entry(window.bucket(hour.hour)).or_insert_with(|| Metrics::none(window.currency));
        sum.impressions += hour.impressions;
        sum.clicks += hour.clicks;
        sum.spend = sum.spend.add(money(hour.spend))?;
    }
    let conversions = within(&ad.conversions, &hours, |conversion| conversion.hour);
    for conversion in conversions.iter().filter(|conversion| window.is_known(conversion)) {
        let sum = buckets.entry(window.bucket(conversion.hour)).or_insert_with(|| Metrics::none(window.currency));
        sum.conversions += 1;
        sum.revenue = sum.revenue.add(money(conversion.value))?;
    }
    Ok(buckets)
}

/// The part of a list in order of hours that lies in a range.
pub(super) fn within<'a, T>(list: &'a [T], hours: &Range<i64>, hour: impl Fn(&T) -> i64) -> &'a [T] {
    let from = list.partition_point(|item| hour(item) < hours.start);
    let until = list.partition_point(|item| hour(item) < hours.end);
    list.get(from..until).unwrap_or_default()
}
