//! The Business API of `TikTok`, by its SDK.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::finding::{Findings, shown};
use super::form;
use super::google_rules::is_shaped;
use crate::Recorded;

/// Endpoints, and the words that each field has anywhere in the SDK.
#[derive(Debug, Deserialize)]
pub(super) struct Definitions {
    host: String,
    sandbox_host: String,
    base: String,
    apis: Vec<Endpoint>,
    vocab: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Endpoint {
    method: String,
    path: String,
    src: String,
    #[serde(default, rename = "q")]
    query: BTreeMap<String, Schema>,
    #[serde(default, rename = "qr")]
    query_required: Vec<String>,
    body: Option<Schema>,
    form: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Schema {
    #[serde(rename = "t")]
    kind: String,
    #[serde(default, rename = "p")]
    fields: BTreeMap<String, Schema>,
    #[serde(default, rename = "r")]
    required: Vec<String>,
    #[serde(rename = "i")]
    item: Option<Box<Schema>>,
    #[serde(rename = "e")]
    values: Option<Vec<String>>,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(rename = "mini")]
    least_items: Option<usize>,
    #[serde(rename = "maxi")]
    most_items: Option<usize>,
}

/// What makes a campaign, an ad group or an ad.
const CREATES: &[&str] = &[
    "/campaign/create/",
    "/adgroup/create/",
    "/ad/create/",
    "/smart_plus/campaign/create/",
    "/smart_plus/adgroup/create/",
    "/smart_plus/ad/create/",
];

impl Definitions {
    pub(super) fn check(&self, request: &Recorded, findings: &mut Findings) {
        super::check_host(request, &[&self.host, &self.sandbox_host], findings);
        let path = request.path.strip_prefix(&self.base).unwrap_or_default();
        if !path.ends_with('/') {
            return findings
                .spec("path", format!("{} is not {}/.../ with a slash at its end", request.path, self.base));
        }
        let here = self.apis.iter().filter(|endpoint| endpoint.path == path).collect::<Vec<_>>();
        let Some(endpoint) = here.iter().find(|endpoint| endpoint.method == request.method) else {
            let wrong = if here.is_empty() { "no such endpoint" } else { "not with this verb" };
            return findings.spec("path", format!("{} {path}: {wrong}", request.method));
        };
        if !path.starts_with("/oauth2/access_token") && request.headers.get("access-token").is_none_or(String::is_empty)
        {
            findings.spec("headers.access-token", "is required");
        }
        let checker = Checker { vocab: (endpoint.src.starts_with("sdk")).then_some(&self.vocab) };
        checker.check_query(endpoint, request, findings);
        checker.check_body(endpoint, request, findings);
        check_rules(path, request, findings);
        if CREATES.contains(&path) {
            check_paused(path, &request.body, findings);
        }
    }
}

/// Checks values. The models of the classic endpoints list no values of an enum: there the vocabulary of the whole SDK stands in.
struct Checker<'a> {
    vocab: Option<&'a BTreeMap<String, Vec<String>>>,
}

impl Checker<'_> {
    fn check_query(&self, endpoint: &Endpoint, request: &Recorded, findings: &mut Findings) {
        for (name, text) in &request.query {
            let place = format!("query.{name}");
            let Some(schema) = endpoint.query.get(name) else {
                findings.spec(&place, "unknown parameter");
                continue;
            };
            match from_text(schema, text) {
                Some(value) => self.check_value(name, schema, &value, &place, findings),
                None => findings.spec(&place, format!("wants {} as JSON, has {text}", schema.kind)),
            }
        }
        let missing = endpoint.query_required.iter().filter(|name| !request.query.contains_key(*name));
        missing.for_each(|name| findings.spec(&format!("query.{name}"), "is required"));
    }

    fn check_body(&self, endpoint: &Endpoint, request: &Recorded, findings: &mut Findings) {
        match (&endpoint.body, &endpoint.form, &request.body) {
            (Some(schema), _, body @ Value::Object(_)) => self.check_value("", schema, body, "body", findings),
            (_, Some(names), _) => self.check_form(names, request, findings),
            (None, None, Value::Null) => {}
            (None, None, Value::Object(fields)) if fields.is_empty() => {}
            (Some(_), ..) => findings.spec("body", "wants a JSON object"),
            (None, None, _) => findings.spec("body", "this endpoint takes no body"),
        }
    }

    /// Files come in parts; what only names a file may come as JSON.
    fn check_form(&self, names: &[String], request: &Recorded, findings: &mut Findings) {
        let Some(values) = form::fields(request) else { return };
        for (name, value) in &values {
            let place = format!("body.{name}");
            if !names.contains(name) && name != "advertiser_id" {
                findings.spec(&place, "unknown field");
            } else if let (Some(known), Some(text)) = (self.vocab.and_then(|vocab| vocab.get(name)), value.as_str())
                && !known.iter().any(|value| value == text)
            {
                findings.rule(&place, format!("{text} is none of the words for it"));
            }
        }
        check_upload(&values, findings);
    }

    fn check_value(&self, name: &str, schema: &Schema, value: &Value, place: &str, findings: &mut Findings) {
        match (schema.kind.as_str(), value) {
            ("any", _) => {}
            ("object", Value::Object(_)) if schema.fields.is_empty() => {}
            ("object", Value::Object(fields)) => {
                for (name, value) in fields {
                    let place = format!("{place}.{name}");
                    match schema.fields.get(name) {
                        Some(schema) => self.check_value(name, schema, value, &place, findings),
                        None => findings.spec(&place, "unknown field"),
                    }
                }
                let missing = schema.required.iter().filter(|name| fields.get(*name).is_none_or(Value::is_null));
                missing.for_each(|name| findings.spec(&format!("{place}.{name}"), "is required"));
            }
            ("array", Value::Array(items)) => {
                let is_few = schema.least_items.is_some_and(|least| items.len() < least);
                if is_few || schema.most_items.is_some_and(|most| items.len() > most) {
                    findings.spec(place, format!("{} items are too few or too many", items.len()));
                }
                let Some(schema) = &schema.item else { return };
                for (at, item) in items.iter().enumerate() {
                    self.check_value(name, schema, item, &format!("{place}[{at}]"), findings);
                }
            }
            _ => self.check_scalar(name, schema, value, place, findings),
        }
    }

    fn check_scalar(&self, name: &str, schema: &Schema, value: &Value, place: &str, findings: &mut Findings) {
        let is_right = match schema.kind.as_str() {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            _ => false,
        };
        if !is_right {
            return findings.wants(place, &schema.kind, value);
        }
        let number = value.as_f64();
        let below = number.zip(schema.min).is_some_and(|(number, least)| number < least);
        if below || number.zip(schema.max).is_some_and(|(number, most)| number > most) {
            findings.spec(place, format!("{} is out of its range", shown(value)));
        }
        let Some(text) = value.as_str() else { return };
        let is_in = |known: &[String]| known.iter().any(|value| value == text);
        match (&schema.values, self.vocab.and_then(|vocab| vocab.get(name))) {
            (Some(known), _) if !is_in(known) => findings.spec(place, format!("{text} is none of {known:?}")),
            (None, Some(known)) if !is_in(known) => {
                findings.rule(place, format!("{text} is none of the words for {name} in the SDK"));
            }
            _ => {}
        }
    }
}

/// The value that a text of a query stands for.
fn from_text(schema: &Schema, text: &str) -> Option<Value> {
    match schema.kind.as_str() {
        "string" | "any" => Some(Value::String(text.to_owned())),
        kind => {
            let value = serde_json::from_str::<Value>(text).ok()?;
            let is_right = match kind {
                "array" => value.is_array(),
                "object" => value.is_object(),
                _ => true,
            };
            is_right.then_some(value)
        }
    }
}

/// Budgets, times and reports.
fn check_rules(path: &str, request: &Recorded, findings: &mut Findings) {
    let body = &request.body;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let is_unlimited = text("budget_mode").is_none_or(|mode| mode == "BUDGET_MODE_INFINITE");
    if CREATES.contains(&path) && !is_unlimited && body.get("budget").is_none() {
        findings.rule("body.budget", "a budget mode needs a budget");
    }
    for name in ["schedule_start_time", "schedule_end_time"] {
        if text(name).is_some_and(|time| !is_shaped(time, "0000-00-00 00:00:00")) {
            findings.rule(&format!("body.{name}"), "is not YYYY-MM-DD HH:MM:SS");
        }
    }
    if path != "/report/integrated/get/" {
        return;
    }
    let query = |name: &str| request.query.get(name).map(String::as_str);
    for name in ["start_date", "end_date"] {
        match query(name) {
            None if query("query_lifetime") != Some("true") => findings.rule(&format!("query.{name}"), "is required"),
            Some(day) if !is_shaped(day, "0000-00-00") => {
                findings.rule(&format!("query.{name}"), "is not YYYY-MM-DD");
            }
            _ => {}
        }
    }
    if query("dimensions").is_none() {
        findings.rule("query.dimensions", "is required");
    }
}

/// A file is sent with its MD5; an address or an id takes the file's place.
fn check_upload(values: &BTreeMap<String, Value>, findings: &mut Findings) {
    let has = |name: &str| values.contains_key(name);
    let kind = values.get("upload_type").and_then(Value::as_str).unwrap_or("UPLOAD_BY_FILE");
    let is_given = match kind {
        "UPLOAD_BY_FILE" => {
            (has("image_file") && has("image_signature")) || (has("video_file") && has("video_signature"))
        }
        "UPLOAD_BY_URL" => has("image_url") || has("video_url"),
        _ => true,
    };
    if !is_given {
        findings.rule("body.upload_type", format!("{kind} comes without what it needs"));
    }
}

fn check_paused(path: &str, body: &Value, findings: &mut Findings) {
    let check = |value: &Value, place: String, findings: &mut Findings| {
        if value.get("operation_status").and_then(Value::as_str) != Some("DISABLE") {
            findings.policy(&format!("{place}.operation_status"), "what is new is DISABLE");
        }
    };
    match body.get("creatives").and_then(Value::as_array).filter(|_| path == "/ad/create/") {
        Some(ads) => {
            for (at, ad) in ads.iter().enumerate() {
                check(ad, format!("body.creatives[{at}]"), findings);
            }
        }
        None => check(body, "body".to_owned(), findings),
    }
}
