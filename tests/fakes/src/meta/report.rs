//! Reports by a fixed rule, so that their sums are known, or of a simulated account.

use std::collections::BTreeSet;

use adbrain_core::model::MICROS_PER_UNIT;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::{Question, failed, wrong};
use crate::world::{Figures, amount, window};
use crate::{Answer, Received, WorldAccount};

/// Impressions of an ad in an hour.
const IMPRESSIONS: u64 = 100;
/// Days that one answer can hold; more are too much for it.
const DAYS: i32 = 31;
/// Hours after the end of a day in which a part of its purchases is still to come.
const LATE_HOURS: i64 = 48;
/// Purchases of a day that come late.
const LATE: u64 = 2;

/// When a report is asked for, and the simulated account that it comes from.
pub(super) type At<'a> = (Timestamp, Option<&'a WorldAccount>);

/// An ad and what it hangs below.
pub(super) struct Ad<'a> {
    pub(super) ids: [&'a str; 3],
    pub(super) names: [&'a str; 3],
    pub(super) is_active: bool,
    pub(super) made: Timestamp,
}

/// The answer to a question that is too large.
pub(super) fn too_much() -> Answer {
    let message = "Please reduce the amount of data you're asking for, then retry your request";
    failed(400, 1, Some(1_504_022), message)
}

/// The rows of one answer: of a month at most.
pub(super) fn rows(ads: &[Ad<'_>], request: &Received, at: At<'_>) -> Result<Vec<Value>, Answer> {
    let level = request.query.get("level").map_or("", String::as_str);
    if ["campaign", "adset"].contains(&level) {
        return Ok(spenders(ads.iter().filter(|ad| has_rows(ad, at)), level));
    }
    if Question::of("", request).days > DAYS {
        return Err(too_much());
    }
    rows_of_job(ads, request, at)
}

/// The campaigns or ad sets that have rows.
fn spenders<'a>(ads: impl Iterator<Item = &'a Ad<'a>>, level: &str) -> Vec<Value> {
    let (place, field) = if level == "campaign" { (0, "campaign_id") } else { (1, "adset_id") };
    let ids: BTreeSet<_> = ads.map(|ad| ad.ids[place]).collect();
    ids.into_iter().map(|id| json!({field: id})).collect()
}

/// By the fixed rule, what is paused has no past.
fn has_rows(ad: &Ad<'_>, (_, world): At<'_>) -> bool {
    ad.is_active || world.is_some()
}

/// One row per ad and day or hour from the day on which the ad was made, with the fields that are asked for. Of a day that has just
/// ended some purchases come late.
pub(super) fn rows_of_job(ads: &[Ad<'_>], request: &Received, at: At<'_>) -> Result<Vec<Value>, Answer> {
    let (now, world) = at;
    let asked = |name: &'static str| request.query.get(name).ok_or_else(|| wrong(name, "is required"));
    if asked("level")? != "ad" || asked("time_increment")? != "1" {
        return Err(wrong("level", "is not served by this fake"));
    }
    let range: Value = serde_json::from_str(asked("time_range")?).map_err(|_| wrong("time_range", "is no object"))?;
    let day = |name: &str| {
        range[name].as_str().and_then(|day| day.parse::<Date>().ok()).ok_or_else(|| wrong("time_range", "has no days"))
    };
    let (since, until) = (day("since")?, day("until")?);
    let is_hourly = request.query.contains_key("breakdowns");
    let fields: Vec<_> = asked("fields")?.split(',').collect();
    let mut rows = Vec::new();
    let mut day = since;
    while day <= until {
        let end = midnight(day.saturating_add(1.day()));
        let is_young = end <= now && now < end + SignedDuration::from_hours(LATE_HOURS);
        let hours: Vec<Option<i8>> = if is_hourly { (0..24).map(Some).collect() } else { vec![None] };
        for ad in ads.iter().filter(|ad| has_rows(ad, at) && ad.made < end) {
            rows.extend(hours.iter().filter_map(|hour| {
                let figures = match world {
                    Some(world) => world.figures(ad.ids[2], window(day, *hour), now)?,
                    None => fixed(*hour, is_young),
                };
                Some(row(ad, (day, *hour), &figures))
            }));
        }
        day = day.saturating_add(1.day());
    }
    let always = ["date_start", "date_stop", "hourly_stats_aggregated_by_advertiser_time_zone"];
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.retain(|field, _| fields.contains(&field.as_str()) || always.contains(&field.as_str()));
    }
    Ok(rows)
}

/// The account has the time zone UTC.
fn midnight(day: Date) -> Timestamp {
    day.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |start| start.timestamp())
}

/// A cent an impression; one hour in three brings a purchase of 50.
fn fixed(hour: Option<i8>, is_young: bool) -> Figures {
    let hours: u64 = if hour.is_some() { 1 } else { 24 };
    let late = if is_young { LATE } else { 0 };
    let conversions = hour.map_or(8 - late, |hour| u64::from(hour % 3 == 0));
    Figures {
        impressions: IMPRESSIONS * hours,
        clicks: 5 * hours,
        conversions,
        spend: MICROS_PER_UNIT * hours.cast_signed(),
        revenue: 50 * MICROS_PER_UNIT * conversions.cast_signed(),
    }
}

fn row(ad: &Ad<'_>, (day, hour): (Date, Option<i8>), figures: &Figures) -> Value {
    let ([campaign_id, adset_id, ad_id], [campaign_name, adset_name, ad_name]) = (ad.ids, ad.names);
    let clicks = figures.clicks.to_string();
    let action = |value: String| {
        json!([{"action_type": "link_click", "value": clicks, "7d_click": clicks},
        {"action_type": "offsite_conversion.fb_pixel_purchase", "value": value, "7d_click": value}])
    };
    let mut row = json!({
        "campaign_id": campaign_id, "campaign_name": campaign_name, "adset_id": adset_id, "adset_name": adset_name,
        "ad_id": ad_id, "ad_name": ad_name, "date_start": day.to_string(), "date_stop": day.to_string(),
        "impressions": figures.impressions.to_string(), "inline_link_clicks": clicks,
        "spend": amount(figures.spend),
    });
    if figures.conversions > 0 {
        row["actions"] = action(figures.conversions.to_string());
        row["action_values"] = action(amount(figures.revenue));
    }
    if let Some(hour) = hour {
        row["hourly_stats_aggregated_by_advertiser_time_zone"] = json!(format!("{hour:02}:00:00 - {hour:02}:59:59"));
    }
    row
}
