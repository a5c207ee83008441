//! What the requests of the connectors are for: the rows of the tables that proofs print.

use crate::Recorded;

/// What a connector does. Each platform does all of it, but for what [`NOT_ON`] names.
pub const ACTIONS: [&str; 13] = [
    "open",
    "create campaign",
    "create ad set",
    "create ad",
    "upload",
    "look up media",
    "status",
    "budget",
    "bid",
    "list",
    "report",
    "audience size",
    "custom audience",
];
/// What a connector does not do, and the reason stands in its README.
pub const NOT_ON: [(&str, &str); 2] = [("google", "audience size"), ("tiktok", "audience size")];

/// The actions that a request belongs to; none where nobody has said.
pub fn actions(request: &Recorded) -> Vec<&'static str> {
    let path = request.path.as_str();
    let body = request.body.to_string();
    let is_write = request.method != "GET";
    let has = |text: &str| path.contains(text);
    match request.platform.as_str() {
        "meta" if request.query.get("fields").is_some_and(|fields| fields.contains("async_status")) => vec!["report"],
        "meta" => of_meta(path, &body, is_write),
        "google" => of_google(path, &body),
        "tiktok" if has("/advertiser/info/") => vec!["open"],
        "tiktok" if has("/report") || has("/material_report/") => vec!["report"],
        "tiktok" if has("/file/") && is_write => vec!["upload"],
        "tiktok" if has("/file/") => vec!["look up media"],
        "tiktok" if has("/dmp/") && is_write => vec!["custom audience"],
        "tiktok" if has("/tool/") || has("/dmp/") => vec!["create ad set"],
        "tiktok" if has("/status/update/") => vec!["status"],
        "tiktok" if has("/adgroup/update/") => {
            if body.contains("\"budget\"") {
                vec!["budget"]
            } else {
                vec!["bid"]
            }
        }
        "tiktok" if has("campaign/create/") => vec!["create campaign"],
        "tiktok" if has("adgroup/create/") => vec!["create ad set"],
        "tiktok" if has("ad/create/") => vec!["create ad"],
        "tiktok" if has("/get/") => vec!["list"],
        "linkedin" => of_linkedin(path, &body, is_write),
        _ => Vec::new(),
    }
}

fn of_meta(path: &str, body: &str, is_write: bool) -> Vec<&'static str> {
    let edge = path.rsplit('/').next().unwrap_or_default();
    match (edge, is_write) {
        ("customaudiences" | "users", true) => vec!["custom audience"],
        ("campaigns", true) => vec!["create campaign"],
        ("customaudiences", false) | ("adsets", true) => vec!["create ad set"],
        ("ads", true) => vec!["create ad"],
        ("adimages" | "advideos", true) => vec!["upload"],
        ("adimages" | "advideos" | "thumbnails", false) => vec!["look up media"],
        ("campaigns" | "adsets" | "ads", false) => vec!["list"],
        ("insights", _) => vec!["report"],
        ("delivery_estimate" | "targetingsearch", false) => vec!["audience size"],
        (id, false) if id.starts_with("act_") => vec!["open"],
        (_, false) => vec!["list"],
        (_, true) if body.contains("daily_budget") => vec!["budget"],
        (_, true) if body.contains("bid_amount") => vec!["bid"],
        (_, true) if body.contains("status") => vec!["status"],
        _ => Vec::new(),
    }
}

fn of_google(path: &str, body: &str) -> Vec<&'static str> {
    if path.starts_with("/resumable/") || path.ends_with("assets:mutate") {
        return vec!["upload"];
    }
    if path.ends_with("userLists:mutate") || path.contains("/offlineUserDataJobs") {
        return vec!["custom audience"];
    }
    if path.ends_with("googleAds:search") {
        return match () {
            () if body.contains("metrics.") => vec!["report"],
            () if body.contains("FROM customer") || body.contains("FROM currency") => vec!["open"],
            () if body.contains("FROM user_list") => vec!["create ad set"],
            () if body.contains("FROM asset") || body.contains("FROM you_tube") => vec!["look up media"],
            () => vec!["list"],
        };
    }
    let parts = [
        ("campaignOperation\":{\"create", "create campaign"),
        ("adGroupOperation\":{\"create", "create ad set"),
        ("adGroupAdOperation\":{\"create", "create ad"),
        ("campaignBudgetOperation\":{\"update", "budget"),
        ("\"status\":\"ENABLED\"", "status"),
        ("argetCpa", "bid"),
        ("argetCpc", "bid"),
        ("\"status\":\"PAUSED\"", "status"),
    ];
    parts.into_iter().filter(|(text, _)| body.contains(text)).map(|(_, action)| action).collect()
}

fn of_linkedin(path: &str, body: &str, is_write: bool) -> Vec<&'static str> {
    let is_new = path.ends_with("/adCampaignGroups") || path.ends_with("/adCampaigns") || path.ends_with("/creatives");
    match () {
        () if path.starts_with("/dms-uploads/") => vec!["upload"],
        () if path.contains("/images") || path.contains("/videos") => {
            if is_write {
                vec!["upload"]
            } else {
                vec!["look up media"]
            }
        }
        () if path.ends_with("/adAnalytics") => vec!["report"],
        () if path.ends_with("/audienceCounts") => vec!["audience size"],
        () if path.contains("/dmpSegments") && is_write => vec!["custom audience"],
        () if path.ends_with("/adTargetingEntities") || path.ends_with("/dmpSegments") => vec!["create ad set"],
        () if !is_write && path.matches('/').count() == 3 => vec!["open"],
        () if !is_write => vec!["list"],
        () if is_new && path.ends_with("/adCampaignGroups") => vec!["create campaign"],
        () if is_new && path.ends_with("/adCampaigns") => vec!["create ad set"],
        () if is_new => vec!["create ad"],
        () if body.contains("dailyBudget") => vec!["budget"],
        () if body.contains("unitCost") => vec!["bid"],
        () if body.contains("tatus") => vec!["status"],
        () => Vec::new(),
    }
}
