//! Every request that the connectors send, against the platforms' own definitions, and a table of what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use adbrain_core::stats::random::Random;
use adbrain_fakes::Recorded;
use adbrain_fakes::conformance::Specs;

use super::{audiences, google, linkedin, meta, tiktok};
use crate::faults_in_requests::faults;

/// What a connector does. Each platform does all of it, but for what [`NOT_ON`] names.
const ACTIONS: [&str; 12] = [
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
];
/// What a connector does not do, and the reason stands in its README.
const NOT_ON: [(&str, &str); 2] = [("google", "audience size"), ("tiktok", "audience size")];
/// Requests that the definitions do not hold, which were seen in documents alone.
const NOT_DEFINED: [&str; 3] =
    ["GET /open_api/v1.3/file/image/ad/search/", "GET /open_api/v1.3/report/task/download/", "GET /rest/dmpSegments"];

async fn recorded() -> Vec<Recorded> {
    let mut all = meta::all_actions().await;
    all.extend(google::all_actions().await);
    all.extend(tiktok::all_actions().await);
    all.extend(linkedin::all_actions().await);
    all.extend(audiences::all_actions().await);
    all
}

/// The actions that a request belongs to; none where nobody has said.
fn actions(request: &Recorded) -> Vec<&'static str> {
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
        ("customaudiences", false) => vec!["create ad set"],
        ("campaigns", true) => vec!["create campaign"],
        ("adsets", true) => vec!["create ad set"],
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
        () if path.ends_with("/adTargetingEntities") => vec!["create ad set"],
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

fn specs(test: &str) -> Option<Specs> {
    let folder = std::env::var_os("ADBRAIN_TEST_DATA").map(|folder| PathBuf::from(folder).join("specs"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("skipped: {test}: the folder specs is not below ADBRAIN_TEST_DATA");
        return None;
    };
    Some(Specs::load(&folder).unwrap())
}

fn is_defined(request: &Recorded) -> bool {
    !NOT_DEFINED.contains(&format!("{} {}", request.method, request.path).as_str())
}

#[tokio::test]
async fn every_action_of_every_platform_is_recorded_and_satisfies_the_definitions() {
    let Some(specs) = specs("every_action_of_every_platform_is_recorded_and_satisfies_the_definitions") else { return };
    let all = recorded().await;
    let mut table = BTreeMap::<(&str, &str), usize>::new();
    let mut wrong = BTreeSet::new();
    for request in all.iter().filter(|request| is_defined(request)) {
        let done = actions(request);
        if done.is_empty() {
            wrong.insert(format!(
                "no action: {} {} {} {}",
                request.platform, request.method, request.path, request.body
            ));
        }
        for action in done {
            *table.entry((request.platform.as_str(), action)).or_default() += 1;
        }
        let findings = specs.check(request);
        wrong.extend(
            findings
                .iter()
                .map(|finding| format!("{} {} {}: {finding}", request.platform, request.method, request.path)),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for platform in ["meta", "google", "tiktok", "linkedin"] {
        for action in ACTIONS {
            let seen = table.get(&(platform, action)).copied().unwrap_or_default();
            println!("{platform:<10}{action:<18}{seen:>6} accepted");
            assert_eq!(seen == 0, NOT_ON.contains(&(platform, action)), "{platform}: {action}: {seen} requests");
        }
    }
}

/// What `LinkedIn`'s published tables leave open: whatever stands below these fields passes.
const OPEN: [&str; 3] = ["post.distribution", "post.content", "post.adContext"];

/// Each single fault in one JSON request of each kind: a check that lets our own requests pass has to see what is wrong in them.
#[tokio::test]
async fn single_faults_in_our_own_requests_are_caught() {
    let Some(specs) = specs("single_faults_in_our_own_requests_are_caught") else { return };
    let mut kinds = BTreeMap::new();
    let is_json = |request: &Recorded| request.body.is_object() && request.body.get("multipart").is_none();
    for request in recorded().await.into_iter().filter(|request| is_json(request) && is_defined(request)) {
        let shape = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
        let path: String = request.path.chars().map(shape).collect();
        kinds.entry((request.platform.clone(), path, actions(&request))).or_insert(request);
    }
    let mut luck = Random::at(7, &[]);
    let (mut caught, mut all, mut missed) = (0, 0, Vec::new());
    for request in kinds.values() {
        for (what, place, broken) in faults(request, &mut luck) {
            if OPEN.iter().any(|open| place.contains(open)) {
                continue;
            }
            all += 1;
            if specs.check(&broken).is_empty() {
                missed.push(format!("{} {}: {place}: {what}", request.platform, request.path));
            } else {
                caught += 1;
            }
        }
    }
    println!("{caught} of {all} single faults caught; missed: {missed:#?}");
    assert!(all > 800 && caught * 100 >= all * 98, "{caught} of {all}: {missed:#?}");
}
