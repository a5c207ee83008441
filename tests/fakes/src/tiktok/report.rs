//! Reports by a fixed rule: each ad has the same numbers in each hour, so that sums are known.
//!
//! An hour has 100 impressions, one click and 1.00 of spend; every third hour one conversion of 20.00. The two materials of a Smart+ ad
//! share them, 60 to 40.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::check::page_size;
use super::{Outcome, page, wrong};
use crate::Received;

/// Rows on one page, whatever is asked for.
const PAGE_SIZE: usize = 50;
/// What may be asked for.
const METRICS: &[&str] =
    &["spend", "impressions", "clicks", "conversion", "total_complete_payment_rate", "total_purchase_value"];

/// An ad, by its own id and by that of its part where it is of Smart+.
pub(super) struct Ad {
    pub(super) id: String,
    pub(super) part: Option<String>,
    pub(super) is_gone: bool,
}

/// The share of one row of an hour's numbers.
#[derive(Clone, Copy)]
enum Share {
    Whole,
    Larger,
    Smaller,
}

pub(super) fn integrated(ads: &[Ad], request: &Received) -> Outcome {
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
        rows.extend(times.iter().map(|time| row(json!({"ad_id": id}), dimension, time, Share::Whole)));
    }
    page(rows, request, PAGE_SIZE)
}

/// The rows of a task as a table.
pub(super) fn table(ads: &[Ad], request: &Received) -> Result<String, super::Failure> {
    let (dimension, times) = times(request, "ad_id", 30)?;
    let mut lines = vec![format!("ad_id,{dimension},{}", METRICS.join(","))];
    for ad in ads {
        let id = ad.part.as_ref().unwrap_or(&ad.id);
        for time in &times {
            let row = row(json!({"ad_id": id}), dimension, time, Share::Whole);
            let values = METRICS.iter().map(|metric| row["metrics"][metric].as_str().unwrap_or_default());
            lines.push(format!("{id},{time},{}", values.collect::<Vec<_>>().join(",")));
        }
    }
    Ok(lines.join("\n"))
}

pub(super) fn breakdown(ads: &[Ad], request: &Received) -> Outcome {
    page_size(request, 100)?;
    let (dimension, times) = times(request, "main_material_id", 365)?;
    let filter: Value = serde_json::from_str(request.query.get("filtering").map_or("{}", String::as_str))
        .map_err(|_| wrong("filtering", "Not a valid JSON."))?;
    let wanted = filter["smart_plus_ad_ids"].as_array().cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for _ in ads.iter().filter(|ad| ad.part.is_some() && wanted.iter().any(|id| *id == ad.id.as_str())) {
        for (material, share) in [("m1", Share::Larger), ("m2", Share::Smaller)] {
            let of = || json!({"main_material_id": material});
            rows.extend(times.iter().map(|time| row(of(), dimension, time, share)));
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

fn row(mut dimensions: Value, dimension: &str, time: &str, share: Share) -> Value {
    dimensions[dimension] = json!(time);
    let hour: u64 = time.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or(0);
    let is_day = dimension == "stat_time_day";
    let hours = if is_day { 24 } else { 1 };
    let conversions = if is_day { 8 } else { u64::from(hour.is_multiple_of(3)) };
    let (impressions, clicks, conversions, cents) = match share {
        Share::Whole => (100 * hours, hours, conversions, 100 * hours),
        Share::Larger => (60 * hours, hours, conversions, 60 * hours),
        Share::Smaller => (40 * hours, 0, 0, 40 * hours),
    };
    let metrics = json!({
        "spend": format!("{}.{:02}", cents / 100, cents % 100),
        "impressions": impressions.to_string(),
        "clicks": clicks.to_string(),
        "conversion": conversions.to_string(),
        "total_complete_payment_rate": format!("{}.00", conversions * 20),
        "total_purchase_value": "-",
    });
    json!({"dimensions": dimensions, "metrics": metrics})
}
