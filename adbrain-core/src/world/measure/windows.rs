//! Sums of report rows: by day, platform, ad set and ad.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::delay::completeness;
use crate::error::Result;
use crate::model::{Currency, Metrics, MetricsRow, ObjectPath, Platform};

const SECONDS_PER_DAY: f64 = 86_400.0;

/// The sum of all rows.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for two currencies or an overflow; so with the other sums.
pub fn total(rows: &[MetricsRow], currency: Currency) -> Result<Metrics> {
    Metrics::total(rows.iter().map(|row| &row.metrics), currency)
}

/// The sums by the day on which each row starts, in a time zone.
///
/// # Errors
/// As [`total`].
pub fn by_day(rows: &[MetricsRow], zone: &TimeZone) -> Result<BTreeMap<Date, Metrics>> {
    sum_by(rows, |row| row.start.to_zoned_datetime(zone.clone()).date())
}

/// The sums by platform.
///
/// # Errors
/// As [`total`].
pub fn by_platform(rows: &[MetricsRow]) -> Result<BTreeMap<Platform, Metrics>> {
    sum_by(rows, |row| row.platform)
}

/// The sums by ad set: platform and tag of the ad set.
///
/// # Errors
/// As [`total`].
pub fn by_ad_set(rows: &[MetricsRow]) -> Result<BTreeMap<(Platform, String), Metrics>> {
    sum_by(rows, |row| (row.platform, row.path.ad_set.clone()))
}

/// The sums by ad: platform and whole path.
///
/// # Errors
/// As [`total`].
pub fn by_ad(rows: &[MetricsRow]) -> Result<BTreeMap<(Platform, ObjectPath), Metrics>> {
    sum_by(rows, |row| (row.platform, row.path.clone()))
}

/// The share of conversions (0 to 1) that is expected to be known of all rows together at `as_of`: the mean over rows of
/// `s(as_of - middle of the row)`, weighted by clicks, because conversions follow clicks. `None` without a click.
pub fn overall_completeness(rows: &[MetricsRow], as_of: Timestamp) -> Option<f64> {
    let (mut known, mut clicks) = (0.0, 0.0);
    for row in rows {
        let seconds = |moment: Timestamp| moment.as_second() as f64;
        let middle = f64::midpoint(seconds(row.start), seconds(row.end));
        let age = (seconds(as_of) - middle) / SECONDS_PER_DAY;
        known += row.metrics.clicks as f64 * completeness(row.platform, age);
        clicks += row.metrics.clicks as f64;
    }
    (clicks > 0.0).then(|| known / clicks)
}

fn sum_by<Key: Ord>(rows: &[MetricsRow], key: impl Fn(&MetricsRow) -> Key) -> Result<BTreeMap<Key, Metrics>> {
    let mut sums: BTreeMap<Key, Metrics> = BTreeMap::new();
    for row in rows {
        let key = key(row);
        let sum = match sums.get(&key) {
            Some(sum) => sum.merge(&row.metrics)?,
            None => row.metrics.clone(),
        };
        sums.insert(key, sum);
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attribution, Money};

    fn row(platform: Platform, ad: &str, start: &str, clicks: u64) -> MetricsRow {
        let start: Timestamp = start.parse().unwrap();
        let path = ObjectPath { campaign: "c".into(), ad_set: format!("set-{ad}"), ad: ad.into() };
        let spend = Money::from_micros(1_000_000, Currency::BRL);
        let metrics = Metrics { impressions: 100, clicks, spend, ..Metrics::none(Currency::BRL) };
        let end = start + jiff::SignedDuration::from_hours(1);
        let attribution = Attribution::SevenDayClick;
        MetricsRow { platform, path, start, end, as_of: end, attribution, reach: None, metrics }
    }

    fn rows() -> Vec<MetricsRow> {
        vec![
            row(Platform::Meta, "a", "2026-12-01T02:00:00Z", 1),
            row(Platform::Meta, "a", "2026-12-01T03:00:00Z", 2),
            row(Platform::TikTok, "b", "2026-12-02T02:00:00Z", 4),
        ]
    }

    #[test]
    fn days_follow_the_time_zone() {
        let days = by_day(&rows(), &TimeZone::get("America/Sao_Paulo").unwrap()).unwrap();
        let clicks: Vec<_> = days.iter().map(|(day, sum)| (day.to_string(), sum.clicks)).collect();
        assert_eq!(clicks, [("2026-11-30".to_owned(), 1), ("2026-12-01".to_owned(), 6)]);
    }

    #[test]
    fn every_split_adds_up_to_the_total() {
        let (rows, whole) = (rows(), total(&rows(), Currency::BRL).unwrap());
        let sum = |parts: Vec<Metrics>| Metrics::total(&parts, Currency::BRL).unwrap();
        assert_eq!(sum(by_platform(&rows).unwrap().into_values().collect()), whole);
        assert_eq!(sum(by_ad_set(&rows).unwrap().into_values().collect()), whole);
        assert_eq!(sum(by_ad(&rows).unwrap().into_values().collect()), whole);
    }

    #[test]
    fn completeness_is_weighted_by_clicks() {
        let rows = [
            row(Platform::Meta, "a", "2026-12-01T00:00:00Z", 30),
            row(Platform::Meta, "a", "2026-12-11T00:00:00Z", 10),
        ];
        let share = overall_completeness(&rows, "2026-12-11T00:30:00Z".parse().unwrap()).unwrap();
        assert!((share - 0.75).abs() < 1e-12, "{share}");
        assert_eq!(overall_completeness(&[], Timestamp::UNIX_EPOCH), None);
    }
}
