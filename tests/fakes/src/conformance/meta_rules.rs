//! What Meta's documents say beside the SDK, and our policy.

use serde_json::Value;

use super::finding::Findings;
use super::meta::{Call, Params};

/// Windows that have not been answered since 12 January 2026.
const GONE_WINDOWS: &[&str] = &["7d_view", "28d_view"];
/// Operators of a filter.
const OPERATORS: &[&str] = &[
    "EQUAL",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_OR_EQUAL",
    "LESS_THAN",
    "LESS_THAN_OR_EQUAL",
    "IN_RANGE",
    "NOT_IN_RANGE",
    "CONTAIN",
    "NOT_CONTAIN",
    "IN",
    "NOT_IN",
    "STARTS_WITH",
    "ENDS_WITH",
    "ANY",
    "ALL",
    "AFTER",
    "BEFORE",
    "ON_OR_AFTER",
    "ON_OR_BEFORE",
    "NONE",
    "TOP",
];

/// The rules of one call.
pub(super) fn check(node: &str, call: &Call, params: &Params, findings: &mut Findings) {
    let read = Read { params, findings };
    match (node, call.method.as_str(), call.endpoint.as_str()) {
        ("AdAccount", "POST", "/campaigns") => read.new_campaign(),
        ("AdAccount", "POST", "/adsets") => read.new_ad_set(),
        ("AdAccount", "POST", "/ads") => read.paused("status"),
        ("AdAccount", "POST", "/adcreatives") => read.new_creative(),
        ("AdAccount", "POST", "/advideos") => read.upload(),
        (_, "POST", "/copies") => read.paused("status_option"),
        (_, _, "/insights") => read.insights(),
        (_, "GET", _) => read.list(),
        _ => {}
    }
}

struct Read<'a> {
    params: &'a Params,
    findings: &'a mut Findings,
}

impl Read<'_> {
    /// A parameter, read where it is JSON in a text.
    fn value(&self, name: &str) -> Option<Value> {
        let value = self.params.values.get(name)?;
        let read = value.as_str().filter(|text| text.starts_with(['[', '{'])).map(serde_json::from_str);
        read.and_then(Result::ok).or_else(|| Some(value.clone()))
    }

    fn text(&self, name: &str) -> String {
        self.params.values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn needs(&mut self, names: &[&str], why: &str) {
        let missing = names.iter().filter(|name| !self.params.is_hidden && !self.params.values.contains_key(**name));
        missing.for_each(|name| self.findings.rule(&format!("params.{name}"), format!("is required {why}")));
    }

    fn paused(mut self, name: &str) {
        self.check_paused(name);
    }

    fn check_paused(&mut self, name: &str) {
        if self.text(name) != "PAUSED" {
            self.findings.policy(&format!("params.{name}"), "what is new is PAUSED");
        }
    }

    fn new_campaign(mut self) {
        self.needs(&["name", "objective", "status"], "for a campaign");
        let objective = self.text("objective");
        if !objective.is_empty() && !objective.starts_with("OUTCOME_") {
            self.findings.rule("params.objective", format!("{objective} can no longer be created"));
        }
        let categories = self.value("special_ad_categories");
        let is_special = categories
            .as_ref()
            .and_then(Value::as_array)
            .is_some_and(|categories| categories.iter().any(|category| category != "NONE"));
        if is_special {
            self.needs(&["special_ad_category_country"], "with a special category");
        }
        self.check_bid_and_budget();
        self.check_paused("status");
    }

    fn new_ad_set(mut self) {
        self.needs(&["optimization_goal", "billing_event", "targeting"], "for an ad set");
        if !self.params.values.contains_key("campaign_spec") {
            self.needs(&["campaign_id"], "for an ad set");
        }
        if matches!(self.text("bid_strategy").as_str(), "COST_CAP" | "LOWEST_COST_WITH_BID_CAP") {
            self.needs(&["bid_amount"], "with a cap");
        }
        if self.params.values.contains_key("lifetime_budget") {
            self.needs(&["end_time"], "with a budget for the whole flight");
        }
        self.check_bid_and_budget();
        self.check_paused("status");
    }

    fn check_bid_and_budget(&mut self) {
        let has = |name: &str| self.params.values.contains_key(name);
        if has("daily_budget") && has("lifetime_budget") {
            self.findings.rule("params.daily_budget", "there is one budget, daily or for the whole flight");
        }
    }

    fn new_creative(self) {
        let Some(story) = self.value("object_story_spec") else { return };
        let place = "params.object_story_spec";
        if story.get("page_id").is_none() {
            self.findings.rule(&format!("{place}.page_id"), "is required");
        }
        if let Some(video) = story.get("video_data") {
            let has_picture = ["image_url", "image_hash"].iter().any(|name| video.get(name).is_some());
            if video.get("video_id").is_none() || !has_picture {
                self.findings.rule(&format!("{place}.video_data"), "wants video_id, and image_url or image_hash");
            }
        }
        let cards = story.pointer("/link_data/child_attachments").and_then(Value::as_array);
        if cards.is_some_and(|cards| !(2..=10).contains(&cards.len())) {
            self.findings.rule(&format!("{place}.link_data.child_attachments"), "wants 2 to 10 cards");
        }
    }

    fn upload(mut self) {
        match self.text("upload_phase").as_str() {
            "start" => self.needs(&["file_size"], "to start"),
            "transfer" => self.needs(&["upload_session_id", "start_offset", "video_file_chunk"], "to transfer"),
            "finish" => self.needs(&["upload_session_id"], "to finish"),
            _ => {}
        }
    }

    fn insights(self) {
        let windows = self.text("action_attribution_windows");
        for window in GONE_WINDOWS.iter().filter(|window| windows.contains(**window)) {
            self.findings.rule("params.action_attribution_windows", format!("{window} is no longer answered"));
        }
        self.list();
    }

    /// A list, of objects or of results, in a range of days and through filters.
    fn list(self) {
        // {"since": "2026-11-01", "until": "2026-11-07"}
        if let Some(range) = self.value("time_range") {
            let is_range = range
                .as_object()
                .is_some_and(|range| range.len() == 2 && range.contains_key("since") && range.contains_key("until"));
            if !is_range {
                self.findings.rule("params.time_range", "wants since and until");
            }
        }
        let Some(filters) = self.value("filtering") else { return };
        let is_filter = |filter: &Value| {
            let operator = filter.get("operator").and_then(Value::as_str);
            let has_value = filter.get("value").is_some();
            has_value
                && filter.get("field").is_some_and(Value::is_string)
                && operator.is_some_and(|name| OPERATORS.contains(&name))
        };
        if !filters.as_array().is_some_and(|filters| filters.iter().all(is_filter)) {
            self.findings.rule("params.filtering", "wants a list of field, operator and value");
        }
    }
}
