//! What the account's own days say about a test: how much rates move by themselves, and what a thousand impressions cost.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{History, HistoryRow, Metrics, Money, Platform};
use crate::stats::checks::MINIMUM_DAYS;
use crate::stats::power::{CellDay, daily_noise};
use crate::stats::proportions::Proportion;

/// The account's days before the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPast {
    /// How much the CTR of an ad moves from day to day, relative to it, beyond chance and beyond what moves the ads of a platform alike.
    pub daily_deviation: f64,
    /// The days of ads side by side that tell it.
    pub days: u64,
    /// The mean price of a thousand impressions.
    pub cpm: Money,
}

impl AccountPast {
    /// From past results by day; none where fewer than 14 days had ads of one platform side by side, or nothing was paid.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for amounts that do not add up.
    pub fn of(history: &History) -> Result<Option<Self>> {
        let mut days: BTreeMap<(&str, String), BTreeMap<&str, [u64; 2]>> = BTreeMap::new();
        let mut total = Metrics::none(history.currency);
        for row in &history.rows {
            let Some(date) = row.date else { continue };
            total = total.merge(&row.metrics)?;
            let ads = days.entry((row.platform.as_str(), date.to_string())).or_default();
            let [clicks, impressions] = ads.entry(ad(row)).or_default();
            *clicks += row.metrics.clicks;
            *impressions += row.metrics.impressions;
        }
        let Ok(noise) = daily_noise(&cells(&days)) else { return Ok(None) };
        let cpm = total.spend.scale(1_000, i64::try_from(total.impressions.max(1)).unwrap_or(i64::MAX))?;
        let is_enough = noise.days >= MINIMUM_DAYS && cpm.is_positive();
        Ok(is_enough.then_some(Self { daily_deviation: noise.deviation, days: noise.days, cpm }))
    }
}

/// What a thousand impressions cost on each platform: the sum of spend over that of impressions. Left out where nothing was paid or shown.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for amounts that do not add up.
pub fn prices(history: &History) -> Result<BTreeMap<Platform, Money>> {
    let mut found = BTreeMap::new();
    for (platform, sum) in by_platform(history)?.into_iter().filter(|(_, sum)| sum.impressions > 0) {
        let price = sum.spend.scale(1_000, i64::try_from(sum.impressions).unwrap_or(i64::MAX))?;
        found.extend(price.is_positive().then_some((platform, price)));
    }
    Ok(found)
}

/// The sums of a history by platform.
pub(super) fn by_platform(history: &History) -> Result<BTreeMap<Platform, Metrics>> {
    let mut sums: BTreeMap<Platform, Metrics> = BTreeMap::new();
    for row in &history.rows {
        let sum = sums.entry(row.platform).or_insert_with(|| Metrics::none(history.currency));
        *sum = sum.merge(&row.metrics)?;
    }
    Ok(sums)
}

fn ad(row: &HistoryRow) -> &str {
    &row.ad
}

type Days<'a> = BTreeMap<(&'a str, String), BTreeMap<&'a str, [u64; 2]>>;

/// One row for each ad and day; an ad of one platform and a day of one platform have numbers of their own.
fn cells(days: &Days<'_>) -> Vec<CellDay> {
    let mut numbers: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut rows = Vec::new();
    for (day, ((platform, _), ads)) in (0_u32..).zip(days) {
        for (ad, [clicks, impressions]) in ads {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let cell = *numbers.entry((platform, ad)).or_insert(next);
            if let Ok(share) = Proportion::new(*clicks, *impressions) {
                rows.push(CellDay { cell, day, share });
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use serde_json::json;

    use super::*;

    /// Two ads of one platform over some days; the second one's rate swings.
    fn history(days: i64) -> History {
        let start: jiff::civil::Date = "2026-08-01".parse().unwrap();
        let row = |(day, ad): (i64, &str)| {
            let clicks = if ad == "a" { 200 } else { 200 + (day % 2) * 100 };
            let money = |amount: &str| json!({"amount": amount, "currency": "BRL"});
            json!({"line": 1, "platform": "meta", "campaign": "c", "ad": ad, "date": start.checked_add(day.days()).unwrap().to_string(),
                "ages": null, "gender": null, "interest": null, "creative_type": null, "copy_style": null, "metrics": {
                "impressions": 10_000, "clicks": clicks, "conversions": 0, "spend": money("80.00"), "revenue": money("0.00")}})
        };
        let rows: Vec<_> = (0..days).flat_map(|day| [(day, "a"), (day, "b")]).map(row).collect();
        let hash = crate::model::ContentHash::of(b"history");
        let whole = json!({"hash": hash, "currency": "BRL", "mapping": "m", "rows": rows, "problems": []});
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn each_platform_has_its_own_price() {
        let mut past = history(3);
        past.rows[0].platform = Platform::TikTok;
        past.rows[0].metrics.impressions = 40_000;
        past.rows[1].platform = Platform::Google;
        past.rows[1].metrics.impressions = 0;
        let found = prices(&past).unwrap();
        let told: Vec<_> = found.iter().map(|(platform, price)| (platform.as_str(), price.amount_text())).collect();
        assert_eq!(told, [("meta", "8.00".to_owned()), ("tiktok", "2.00".to_owned())]);
    }

    #[test]
    fn days_side_by_side_tell_the_noise_and_the_price() {
        let past = AccountPast::of(&history(28)).unwrap().unwrap();
        assert_eq!((past.days, past.cpm.amount_text()), (28, "8.00".into()));
        assert!((0.08..0.16).contains(&past.daily_deviation), "{past:?}");
        assert_eq!(AccountPast::of(&history(13)).unwrap(), None);
    }
}
