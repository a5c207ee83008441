//! The Marketing API of `LinkedIn`, by the tables of its documents.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::finding::Findings;
use super::google_rules::is_shaped;
use super::{check_bearer, check_host, form, linkedin_values as values};
use crate::Recorded;

/// Paths, types and enums.
#[derive(Debug, Deserialize)]
pub(super) struct Definitions {
    host: String,
    base: String,
    apis: Vec<Endpoint>,
    pub(super) types: BTreeMap<String, Kind>,
    pub(super) enums: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    method: String,
    path: String,
    restli: String,
    body: Option<String>,
    q: Option<Vec<String>>,
    #[serde(default)]
    query: Vec<String>,
    #[serde(default)]
    actions: Vec<String>,
    max_page_size: Option<u32>,
    #[serde(default, rename = "needs_restli_method")]
    needs_restli_method: bool,
}

/// A type: its fields, and which of them are only answered, no longer taken, required, or one of several.
#[derive(Debug, Deserialize)]
pub(super) struct Kind {
    #[serde(rename = "p")]
    pub(super) fields: BTreeMap<String, String>,
    #[serde(default, rename = "ro")]
    pub(super) read_only: Vec<String>,
    #[serde(default)]
    pub(super) deprecated: Vec<String>,
    #[serde(default, rename = "r")]
    pub(super) required: Vec<String>,
    #[serde(default)]
    pub(super) oneof: Vec<Vec<String>>,
    #[serde(default)]
    pub(super) cond: Vec<String>,
}

impl Definitions {
    pub(super) fn check(&self, request: &Recorded, findings: &mut Findings) {
        let rest = request.path.strip_prefix(&self.base);
        let Some(path) = rest.filter(|_| request.method != "PUT") else {
            return check_bytes(request, findings);
        };
        check_host(request, &[&self.host], findings);
        check_bearer(request, findings);
        check_headers(request, findings);
        let here = self.apis.iter().filter(|endpoint| endpoint.matches(path)).collect::<Vec<_>>();
        let Some(endpoint) = here.iter().find(|endpoint| endpoint.method == request.method) else {
            let wrong = if here.is_empty() { "no such path" } else { "not with this verb" };
            return findings.spec("path", format!("{} {path}: {wrong}", request.method));
        };
        endpoint.check_method(request, findings);
        endpoint.check_query(self, &sent_query(request), findings);
        self.check_body(endpoint, request, findings);
    }

    fn check_body(&self, endpoint: &Endpoint, request: &Recorded, findings: &mut Findings) {
        let Some(kind) = &endpoint.body else {
            if !request.body.is_null() {
                findings.spec("body", "this call takes no body");
            }
            return;
        };
        let Value::Object(body) = &request.body else {
            return findings.wants("body", "a JSON object", &request.body);
        };
        if endpoint.restli == "PARTIAL_UPDATE" {
            return self.check_patch(kind, body, findings);
        }
        let inline = request.query.get("action").is_some_and(|action| action == "createInline");
        match (inline, body.get("creative")) {
            (true, Some(Value::Object(creative))) if body.len() == 1 => {
                self.check_new(kind, creative, "body.creative", findings);
            }
            (true, _) => findings.spec("body", "wants one field, creative"),
            (false, _) => self.check_new(kind, body, "body", findings),
        }
    }

    fn check_new(&self, kind: &str, body: &Map<String, Value>, place: &str, findings: &mut Findings) {
        self.check_object(kind, body, place, findings);
        let status = match kind {
            "CampaignGroup" | "Campaign" => "status",
            "Creative" => "intendedStatus",
            _ => return,
        };
        let is_paused = matches!(body.get(status).and_then(Value::as_str), Some("PAUSED" | "DRAFT"));
        if !is_paused {
            findings.policy(&format!("{place}.{status}"), "what is new is PAUSED or DRAFT");
        }
    }

    /// `{"patch": {"$set": {..}, "$delete": [..]}}`, or the same below a field.
    fn check_patch(&self, kind: &str, body: &Map<String, Value>, findings: &mut Findings) {
        match (body.len(), body.get("patch")) {
            (1, Some(Value::Object(patch))) => self.check_change(kind, patch, "body.patch", findings),
            _ => findings.spec("body", "a change is written as one patch"),
        }
    }

    fn check_change(&self, kind: &str, patch: &Map<String, Value>, place: &str, findings: &mut Findings) {
        if patch.is_empty() {
            findings.spec(place, "changes nothing");
        }
        let fields = self.types.get(kind).map(|kind| &kind.fields);
        for (name, value) in patch {
            let place = format!("{place}.{name}");
            let inner = fields.and_then(|fields| fields.get(name)).filter(|inner| self.types.contains_key(*inner));
            match (name.as_str(), value, inner) {
                ("$set", Value::Object(set), _) => self.check_fields(kind, set, &place, findings),
                ("$delete", Value::Array(names), _) => {
                    let known =
                        |name: &Value| name.as_str().is_some_and(|name| fields.is_some_and(|f| f.contains_key(name)));
                    if !names.iter().all(known) {
                        findings.spec(&place, "names a field that there is not");
                    }
                }
                (_, Value::Object(patch), Some(inner)) => self.check_change(inner, patch, &place, findings),
                _ => findings.spec(&place, "is neither $set, $delete nor a field with its own patch"),
            }
        }
    }

    /// A whole object: what is required is there.
    pub(super) fn check_object(&self, name: &str, value: &Map<String, Value>, place: &str, findings: &mut Findings) {
        self.check_fields(name, value, place, findings);
        let Some(kind) = self.types.get(name) else { return };
        let has = |name: &str| value.get(name).is_some_and(|value| !value.is_null());
        for name in kind.required.iter().filter(|name| !has(name)) {
            findings.spec(&format!("{place}.{name}"), "is required");
        }
        for names in kind.oneof.iter().filter(|names| !names.iter().any(|name| has(name))) {
            findings.spec(place, format!("wants one of {}", names.join(", ")));
        }
        for (when, needed) in kind.cond.iter().filter_map(|rule| rule.split_once("=>")) {
            let mut steps = needed.split('.');
            let first = steps.next().and_then(|step| value.get(step));
            let is_there = steps.try_fold(first, |value, step| Some(value?.get(step))).flatten().is_some();
            if has(when) && !is_there {
                findings.rule(&format!("{place}.{needed}"), format!("is required with {when}"));
            }
        }
    }

    fn check_fields(&self, name: &str, value: &Map<String, Value>, place: &str, findings: &mut Findings) {
        let Some(kind) = self.types.get(name) else { return };
        for (field, value) in value {
            let place = format!("{place}.{field}");
            match kind.fields.get(field) {
                Some(wanted) => values::check(self, (name, field, wanted), value, &place, findings),
                None if kind.read_only.contains(field) => findings.spec(&place, "is only ever answered"),
                None if kind.deprecated.contains(field) => findings.spec(&place, "is no longer taken"),
                None => findings.spec(&place, "unknown field"),
            }
        }
    }
}

impl Endpoint {
    /// `{id}` is digits, `{urn}` a URN with its colons in percent signs.
    fn matches(&self, path: &str) -> bool {
        let (wanted, given) = (self.path.split('/'), path.split('/'));
        let same = |(wanted, given): (&str, &str)| match wanted {
            "{id}" => !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit()),
            "{urn}" => given.starts_with("urn%3Ali%3A") && !given.contains(':'),
            wanted => wanted == given,
        };
        wanted.clone().count() == given.clone().count() && wanted.zip(given).all(same)
    }

    fn check_method(&self, request: &Recorded, findings: &mut Findings) {
        let given = request.headers.get("x-restli-method").map(|method| method.to_ascii_uppercase());
        let is_right = given.as_ref().is_none_or(|given| self.restli.split('|').any(|method| method == given));
        let is_needed = self.needs_restli_method || self.restli == "PARTIAL_UPDATE";
        if !is_right || (is_needed && given.is_none()) {
            findings.spec("headers.x-restli-method", format!("wants {}", self.restli));
        }
    }

    fn check_query(&self, specs: &Definitions, query: &BTreeMap<String, String>, findings: &mut Findings) {
        for (name, sent) in query {
            let place = format!("query.{name}");
            if !self.query.contains(name) && name != "fields" {
                findings.spec(&place, "unknown parameter");
            }
            values::check_sent(specs, name, sent, &place, findings);
        }
        let is_in = |name: &str, known: &[String]| query.get(name).is_some_and(|value| known.contains(value));
        if self.q.as_ref().is_some_and(|known| !is_in("q", known)) {
            findings.spec("query.q", format!("wants one of {:?}", self.q));
        }
        let is_action = !self.actions.is_empty() && (query.contains_key("action") || self.restli == "ACTION");
        if is_action && !is_in("action", &self.actions) {
            findings.spec("query.action", format!("wants one of {:?}", self.actions));
        }
        if let (Some(most), Some(size)) = (self.max_page_size, query.get("pageSize"))
            && size.parse::<u32>().map_or(true, |size| size == 0 || size > most)
        {
            findings.spec("query.pageSize", format!("{size} is not from 1 to {most}"));
        }
    }
}

/// The query with its values as they were sent; a recording by hand has it only in that form.
fn sent_query(request: &Recorded) -> BTreeMap<String, String> {
    if request.raw_query.is_empty() { request.query.clone() } else { form::raw_pairs(&request.raw_query) }
}

fn check_headers(request: &Recorded, findings: &mut Findings) {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let version = header("linkedin-version");
    let month = version.get(4..).and_then(|month| month.parse::<u32>().ok());
    if !is_shaped(version, "000000")
        || !version.starts_with("20")
        || !month.is_some_and(|month| (1..=12).contains(&month))
    {
        findings.spec("headers.linkedin-version", "wants a year and a month, 202608");
    }
    if header("x-restli-protocol-version") != "2.0.0" {
        findings.spec("headers.x-restli-protocol-version", "wants 2.0.0");
    }
}

/// Bytes go by PUT to the address that an upload was given; its path is not documented.
fn check_bytes(request: &Recorded, findings: &mut Findings) {
    if request.method != "PUT" {
        findings.spec("path", format!("{} {}: not below /rest", request.method, request.path));
    }
}
