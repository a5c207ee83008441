//! Reports by a fixed rule, or of a simulated account. By the rule each ad has the same numbers in each hour, so that sums are known.
//!
//! An hour has 100 impressions, one click and 1.00 of spend; every third hour one conversion of 20.00. The two materials of a Smart+ ad
//! share them, 60 to 40.

use adbrain_core::model::MICROS_PER_UNIT;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::check::page_size;
use super::{Outcome, page, wrong};
use crate::world::{Figures, amount, moment};
use crate::{Received, WorldAccount};

/// Rows on one page, whatever is asked for.
const PAGE_SIZE: usize = 50;
/// What may be asked for.
const METRICS: &[&str] =
    &["spend", "impressions", "clicks", "conversion", "total_complete_payment_rate", "total_purchase_value"];

/// When a report is asked for, and the simulated account that it comes from.
pub(super) type At<'a> = (Timestamp, Option<&'a WorldAccount>);

/// An ad, by its own id and by that of its part where it is of Smart+.
pub(super) struct Ad {
    pub(super) id: String,
    pub(super) part: Option<String>,
    pub(super) is_gone: bool,
}

/// The share of one of the two materials of an ad.
#[derive(Clone, Copy)]
enum Share {
    Larger,
    Smaller,
}

impl Share {
    fn of(self, all: Figures) -> Figures {
        // In whole cents, so that both together show what the ad does.
        let all = Figures { spend: cents(all.spend), ..all };
        let larger = Figures { impressions: all.impressions * 60 / 100, spend: cents(all.spend * 60 / 100), ..all };
        match self {
            Self::Larger => larger,
            Self::Smaller => Figures {
                impressions: all.impressions - larger.impressions,
                spend: all.spend - larger.spend,
                ..Figures::default()
            },
        }
    }
}

pub(super) fn integrated(ads: &[Ad], request: &Received, at: At<'_>) -> Outcome {
    page_size(request, 1_000)?;
    let query = |name: &str| request.query.get(name).map_or("", String::as_str);
    if query("report_type") != "BASIC" || query("data_level") != "AUCTION_AD" {
        return Err(wrong("report_type", "This fake has basic reports of ads alone."));
    }
    let (dimension, times) = times(request, "ad_id", 30)?;
    let with_deleted = query("filtering").contains("STATUS_ALL");
    let mut rows = Vec::new();
    for ad in ads.iter().filter(|ad| with_deleted || !ad.is_gone) {
        let id = ad.part.as_ref().unwrap_or(&ad.id);
        let of = || json!({"ad_id": id});
        let row = |time: &String| Some(row(of(), (dimension, time), &figures(ad, (dimension, time), at)?));
        rows.extend(times.iter().filter_map(row));
    }
    page(rows, request, PAGE_SIZE)
}

/// The rows of a task as a table.
pub(super) fn table(ads: &[Ad], request: &Received, at: At<'_>) -> Result<String, super::Failure> {
    let (dimension, times) = times(request, "ad_id", 30)?;
    let mut lines = vec![format!("ad_id,{dimension},{}", METRICS.join(","))];
    for ad in ads {
        let id = ad.part.as_ref().unwrap_or(&ad.id);
        for time in &times {
            let Some(figures) = figures(ad, (dimension, time), at) else { continue };
            let row = row(json!({"ad_id": id}), (dimension, time), &figures);
            let values = METRICS.iter().map(|metric| row["metrics"][metric].as_str().unwrap_or_default());
            lines.push(format!("{id},{time},{}", values.collect::<Vec<_>>().join(",")));
        }
    }
    Ok(lines.join("\n"))
}

pub(super) fn breakdown(ads: &[Ad], request: &Received, at: At<'_>) -> Outcome {
    page_size(request, 100)?;
    let (dimension, times) = times(request, "main_material_id", 365)?;
    let filter: Value = serde_json::from_str(request.query.get("filtering").map_or("{}", String::as_str))
        .map_err(|_| wrong("filtering", "Not a valid JSON."))?;
    let wanted = filter["smart_plus_ad_ids"].as_array().cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for ad in ads.iter().filter(|ad| ad.part.is_some() && wanted.iter().any(|id| *id == ad.id.as_str())) {
        for (material, share) in [("m1", Share::Larger), ("m2", Share::Smaller)] {
            let of = || json!({"main_material_id": material});
            let row = |time: &String| {
                let all = figures(ad, (dimension, time), at)?;
                Some(row(of(), (dimension, time), &share.of(all)))
            };
            rows.extend(times.iter().filter_map(row));
        }
    }
    page(rows, request, PAGE_SIZE)
}

/// The time dimension that is asked for, and the times of its rows.
fn times(request: &Received, other: &str, most_days: i64) -> Result<(&'static str, Vec<String>), super::Failure> {
    let query = |name: &str| request.query.get(name).map_or("", String::as_str);
    let names =
        |name: &str| serde_json::from_str::<Vec<String>>(query(name)).map_err(|_| wrong(name, "Not a valid list."));
    let (dimensions, metrics) = (names("dimensions")?, names("metrics")?);
    if let Some(metric) = metrics.iter().find(|metric| !METRICS.contains(&metric.as_str())) {
        return Err(wrong("metrics", &format!("Invalid metric {metric}.")));
    }
    let date = |name: &str| query(name).parse::<Date>().map_err(|_| wrong(name, "Not a valid date."));
    let (first, last) = (date("start_date")?, date("end_date")?);
    let days: Vec<_> = first.series(1.day()).take_while(|day| *day <= last).collect();
    let dimension = match dimensions.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [id, "stat_time_day"] if id == other => "stat_time_day",
        [id, "stat_time_hour"] if id == other => "stat_time_hour",
        _ => return Err(wrong("dimensions", "Invalid dimensions.")),
    };
    let is_hourly = dimension == "stat_time_hour";
    let most = if is_hourly { 1 } else { usize::try_from(most_days).unwrap_or(30) };
    if days.len() > most {
        return Err(wrong("end_date", "The time span is too long."));
    }
    let hours = if is_hourly { 24 } else { 1 };
    let times = days.iter().flat_map(|day| (0..hours).map(move |hour| format!("{day} {hour:02}:00:00")));
    Ok((dimension, times.collect()))
}

fn cents(micros: i64) -> i64 {
    const CENT: i64 = MICROS_PER_UNIT / 100;
    (micros + CENT / 2).div_euclid(CENT) * CENT
}

/// What an ad did in an hour or on a day; none where it was not shown.
fn figures(ad: &Ad, (dimension, time): (&str, &str), (now, world): At<'_>) -> Option<Figures> {
    let is_day = dimension == "stat_time_day";
    let Some(world) = world else { return Some(fixed(time, is_day)) };
    let start = moment(time)?;
    world.figures(&ad.id, start..start + SignedDuration::from_hours(if is_day { 24 } else { 1 }), now)
}

fn fixed(time: &str, is_day: bool) -> Figures {
    let hour: u64 = time.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or(0);
    let hours: u64 = if is_day { 24 } else { 1 };
    let conversions = if is_day { 8 } else { u64::from(hour.is_multiple_of(3)) };
    let (spend, revenue) = (MICROS_PER_UNIT * hours.cast_signed(), 20 * MICROS_PER_UNIT * conversions.cast_signed());
    Figures { impressions: 100 * hours, clicks: hours, conversions, spend, revenue }
}

fn row(mut dimensions: Value, (dimension, time): (&str, &str), figures: &Figures) -> Value {
    dimensions[dimension] = json!(time);
    let metrics = json!({
        "spend": amount(figures.spend),
        "impressions": figures.impressions.to_string(),
        "clicks": figures.clicks.to_string(),
        "conversion": figures.conversions.to_string(),
        "total_complete_payment_rate": amount(figures.revenue),
        "total_purchase_value": "-",
    });
    json!({"dimensions": dimensions, "metrics": metrics})
}
