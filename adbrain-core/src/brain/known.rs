//! The days of what runs, as they are known at a moment: put together from rows of single ads.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::alert::KnownDay;
use crate::error::Result;
use crate::measure;
use crate::model::{Currency, Maturity, Metrics, MetricsRow};

const DAY_SECONDS: f64 = 86_400.0;
/// The clicks of a day are half a day older than its end, on average.
const HALF_A_DAY: f64 = 0.5;

/// The days of one object, the oldest first.
pub(super) fn days<'a>(rows: impl IntoIterator<Item = &'a MetricsRow>, now: Timestamp) -> Result<Vec<KnownDay>> {
    let mut days: BTreeMap<Timestamp, KnownDay> = BTreeMap::new();
    for row in rows {
        if let Some(day) = days.get_mut(&row.start) {
            day.metrics = day.metrics.merge(&row.metrics)?;
            continue;
        }
        let known = measure::completeness(row.platform, age(row, now) + HALF_A_DAY);
        days.insert(row.start, KnownDay { start: row.start, metrics: row.metrics.clone(), known });
    }
    Ok(days.into_values().collect())
}

/// The days of each ad set by its tag.
pub(super) fn days_by_ad_set(rows: &[MetricsRow], now: Timestamp) -> Result<BTreeMap<String, Vec<KnownDay>>> {
    let mut own: BTreeMap<&str, Vec<&MetricsRow>> = BTreeMap::new();
    for row in rows {
        own.entry(row.path.ad_set.as_str()).or_default().push(row);
    }
    own.into_iter().map(|(ad_set, rows)| Ok((ad_set.to_owned(), days(rows, now)?))).collect()
}

/// The figures of each ad over the days that are mature by now; one without such a day has none.
pub(super) fn matured<'a>(
    rows: impl IntoIterator<Item = &'a MetricsRow>,
    (now, currency): (Timestamp, Currency),
) -> Result<BTreeMap<String, Metrics>> {
    let mut ads: BTreeMap<String, Metrics> = BTreeMap::new();
    for row in rows {
        let sum = ads.entry(row.path.ad.clone()).or_insert_with(|| Metrics::none(currency));
        if measure::maturity(row.platform, age(row, now)) == Maturity::Mature {
            *sum = sum.merge(&row.metrics)?;
        }
    }
    Ok(ads)
}

fn age(row: &MetricsRow, now: Timestamp) -> f64 {
    now.duration_since(row.end).as_secs_f64() / DAY_SECONDS
}
