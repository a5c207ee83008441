//! What `TikTok` refuses when something is made.

use serde_json::Value;

use super::media::Media;
use super::{APP, Failure, IDENTITY, MUSIC, PIXEL, wrong};
use crate::Received;

/// Brazil's place.
pub(super) const BRAZIL: &str = "3469034";

const SMART_CAMPAIGN: &[&str] = &[
    "advertiser_id",
    "app_id",
    "app_promotion_type",
    "budget",
    "budget_mode",
    "budget_optimize_on",
    "campaign_name",
    "campaign_type",
    "objective_type",
    "operation_status",
    "request_id",
    "sales_destination",
    "special_industries",
];
const SMART_GROUP: &[&str] = &[
    "adgroup_name",
    "advertiser_id",
    "app_id",
    "attribution_event_count",
    "bid_price",
    "bid_type",
    "billing_event",
    "budget",
    "budget_mode",
    "campaign_id",
    "click_attribution_window",
    "conversion_bid_price",
    "operation_status",
    "optimization_event",
    "optimization_goal",
    "pixel_id",
    "placement_type",
    "placements",
    "promotion_target_type",
    "promotion_type",
    "request_id",
    "schedule_end_time",
    "schedule_start_time",
    "schedule_type",
    "targeting_optimization_mode",
    "targeting_spec",
    "view_attribution_window",
];
const SMART_AD: &[&str] = &[
    "ad_configuration",
    "ad_name",
    "ad_text_list",
    "adgroup_id",
    "advertiser_id",
    "call_to_action_list",
    "creative_list",
    "landing_page_url_list",
    "operation_status",
];

fn required(body: &Value, fields: &[&str]) -> Result<(), Failure> {
    match fields.iter().find(|field| body[**field].is_null()) {
        Some(field) => Err(wrong(field, "Missing data for required field.")),
        None => Ok(()),
    }
}

fn known(body: &Value, fields: &[&str]) -> Result<(), Failure> {
    match body.as_object().into_iter().flatten().find(|(field, _)| !fields.contains(&field.as_str())) {
        Some((field, _)) => Err(wrong(field, "Unknown field.")),
        None => Ok(()),
    }
}

fn one_of(body: &Value, field: &str, values: &[&str]) -> Result<(), Failure> {
    match body[field].as_str() {
        Some(value) if !values.contains(&value) => {
            Err(wrong(field, &format!("Must be one of: {}.", values.join(", "))))
        }
        None if !body[field].is_null() => Err(wrong(field, "Not a valid string.")),
        _ => Ok(()),
    }
}

fn name(body: &Value, field: &str) -> Result<(), Failure> {
    let length = body[field].as_str().unwrap_or_default().chars().count();
    if (1..=512).contains(&length) { Ok(()) } else { Err(wrong(field, "Length must be between 1 and 512.")) }
}

pub(super) fn page_size(request: &Received, most: usize) -> Result<(), Failure> {
    match request.query.get("page_size").and_then(|size| size.parse::<usize>().ok()) {
        Some(size) if size > most => Err(wrong("page_size", &format!("Must be between 1 and {most}."))),
        _ => Ok(()),
    }
}

pub(super) fn campaign(is_smart: bool, body: &Value) -> Result<(), Failure> {
    required(body, &["campaign_name", "objective_type"])?;
    name(body, "campaign_name")?;
    one_of(body, "operation_status", &["ENABLE", "DISABLE"])?;
    if is_smart {
        known(body, SMART_CAMPAIGN)?;
        required(body, &["request_id"])?;
        one_of(body, "objective_type", &["APP_PROMOTION", "LEAD_GENERATION", "WEB_CONVERSIONS"])?;
        one_of(body, "budget_mode", &["BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "BUDGET_MODE_TOTAL"])
    } else {
        required(body, &["budget_mode"])?;
        one_of(body, "objective_type", &["REACH", "TRAFFIC", "VIDEO_VIEWS", "ENGAGEMENT"])
    }
}

pub(super) fn ad_group(is_smart: bool, objective: &str, body: &Value) -> Result<(), Failure> {
    required(body, &["adgroup_name", "billing_event", "optimization_goal", "schedule_start_time", "schedule_type"])?;
    name(body, "adgroup_name")?;
    one_of(body, "operation_status", &["ENABLE", "DISABLE"])?;
    if !body["budget"].is_number() || body["budget"].as_f64().is_some_and(|budget| budget < 20.0) {
        return Err(wrong("budget", "Not a number of at least 20."));
    }
    for field in ["schedule_start_time", "schedule_end_time"] {
        let time = body[field].as_str().unwrap_or_default();
        jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", time)
            .map_err(|_| wrong(field, "Not a valid datetime."))?;
    }
    if body["bid_type"] == "BID_TYPE_CUSTOM" {
        let field = if body["billing_event"] == "OCPM" { "conversion_bid_price" } else { "bid_price" };
        required(body, &[field])?;
    }
    if is_smart {
        known(body, SMART_GROUP)?;
        required(body, &["promotion_type", "targeting_spec", "request_id"])?;
        smart_goal(objective, body)?;
        audience(&body["targeting_spec"])
    } else {
        required(body, &["pacing", "budget_mode"])?;
        if objective == "TRAFFIC" {
            required(body, &["promotion_type"])?;
        }
        audience(body)
    }
}

fn smart_goal(objective: &str, body: &Value) -> Result<(), Failure> {
    if objective == "APP_PROMOTION" {
        required(body, &["app_id"])?;
        return if body["app_id"] == APP { Ok(()) } else { Err(wrong("app_id", "The app does not exist.")) };
    }
    required(body, &["pixel_id", "optimization_event"])?;
    if objective == "LEAD_GENERATION" {
        required(body, &["promotion_target_type"])?;
    }
    if body["pixel_id"] == PIXEL { Ok(()) } else { Err(wrong("pixel_id", "The pixel does not exist.")) }
}

fn audience(targeting: &Value) -> Result<(), Failure> {
    let places = targeting["location_ids"].as_array().cloned().unwrap_or_default();
    if places.is_empty() || places.iter().any(|place| place != BRAZIL && place != "2264397") {
        return Err(wrong("location_ids", "Unknown location."));
    }
    let ages = ["AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"];
    let groups = targeting["age_groups"].as_array().cloned().unwrap_or_default();
    match groups.iter().find(|group| !ages.contains(&group.as_str().unwrap_or_default())) {
        Some(_) => Err(wrong("age_groups", "Unknown age group.")),
        None => Ok(()),
    }
}

pub(super) fn ad(is_smart: bool, body: &Value, media: &Media) -> Result<(), Failure> {
    if is_smart { smart_ad(body, media) } else { classic_ad(body, media) }
}

fn smart_ad(body: &Value, media: &Media) -> Result<(), Failure> {
    known(body, SMART_AD)?;
    required(body, &["ad_name", "creative_list", "ad_text_list", "call_to_action_list"])?;
    one_of(body, "operation_status", &["ENABLE", "DISABLE"])?;
    let info = &body["creative_list"][0]["creative_info"];
    let images = info["image_info"].as_array().cloned().unwrap_or_default();
    let images =
        images.iter().map(|image| image["web_uri"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    shown(info, info["video_info"]["video_id"].as_str(), &images, info["music_info"]["music_id"].as_str(), media)?;
    let identity = [&info["identity_id"], &body["ad_configuration"]["identity_id"]];
    if identity.iter().all(|identity| **identity != IDENTITY) {
        return Err(wrong("identity_id", "The identity does not exist."));
    }
    text(body["ad_text_list"][0]["ad_text"].as_str())
}

fn classic_ad(body: &Value, media: &Media) -> Result<(), Failure> {
    let creatives = body["creatives"].as_array().cloned().unwrap_or_default();
    let [creative] = &creatives[..] else { return Err(wrong("creatives", "This fake takes one.")) };
    required(creative, &["ad_name", "ad_format", "ad_text", "identity_id", "identity_type", "call_to_action"])?;
    name(creative, "ad_name")?;
    one_of(creative, "operation_status", &["ENABLE", "DISABLE"])?;
    let images = creative["image_ids"].as_array().cloned().unwrap_or_default();
    let images = images.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    shown(creative, creative["video_id"].as_str(), &images, creative["music_id"].as_str(), media)?;
    if creative["ad_format"] == "SINGLE_VIDEO" && images.len() != 1 {
        return Err(wrong("image_ids", "A video needs one cover."));
    }
    if creative["identity_id"] != IDENTITY {
        return Err(wrong("identity_id", "The identity does not exist."));
    }
    text(creative["ad_text"].as_str())
}

fn text(text: Option<&str>) -> Result<(), Failure> {
    let length = text.unwrap_or_default().chars().count();
    if (1..=100).contains(&length) { Ok(()) } else { Err(wrong("ad_text", "Length must be between 1 and 100.")) }
}

fn shown(
    creative: &Value,
    video: Option<&str>,
    images: &[String],
    music: Option<&str>,
    media: &Media,
) -> Result<(), Failure> {
    if images.iter().any(|image| !media.has_image(image)) {
        return Err(wrong("image_ids", "The image does not exist."));
    }
    match creative["ad_format"].as_str() {
        Some("SINGLE_VIDEO") if video.is_some_and(|video| media.has_video(video)) => Ok(()),
        Some("SINGLE_VIDEO") => Err((40_901, "The video is being processed.".to_owned())),
        Some("CAROUSEL_ADS") if images.len() >= 2 && music == Some(MUSIC) => Ok(()),
        Some("CAROUSEL_ADS") => Err(wrong("image_info", "A carousel needs images and music.")),
        _ => Err(wrong("ad_format", "Must be one of: SINGLE_VIDEO, CAROUSEL_ADS.")),
    }
}
