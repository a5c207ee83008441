//! The Analytics Data API, by its discovery document.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::finding::{Findings, shown};
use super::{check_bearer, check_host};
use crate::Recorded;

/// The discovery document, as far as a request needs it.
#[derive(Debug, Deserialize)]
pub(super) struct Definitions {
    resources: BTreeMap<String, Resource>,
    schemas: BTreeMap<String, Schema>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    methods: BTreeMap<String, Method>,
    #[serde(default)]
    resources: BTreeMap<String, Resource>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    flat_path: String,
    #[serde(rename = "httpMethod")]
    verb: String,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
    request: Option<Schema>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    format: Option<String>,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    #[serde(default)]
    read_only: bool,
    items: Option<Box<Schema>>,
    #[serde(default)]
    properties: BTreeMap<String, Schema>,
}

/// Parameters that every method takes.
const COMMON: &[&str] = &["alt", "fields", "key", "prettyPrint", "quotaUser", "$alt"];

impl Definitions {
    pub(super) fn check(&self, request: &Recorded, findings: &mut Findings) {
        check_host(request, &["analyticsdata.googleapis.com"], findings);
        check_bearer(request, findings);
        let mut methods = Vec::new();
        self.resources.values().for_each(|resource| resource.collect(&mut methods));
        let here = methods.into_iter().filter(|method| method.matches(&request.path)).collect::<Vec<_>>();
        let Some(method) = here.iter().find(|method| method.verb == request.method) else {
            let wrong = if here.is_empty() { "no such method" } else { "not with this verb" };
            return findings.spec("path", format!("{} {}: {wrong}", request.method, request.path));
        };
        for name in request.query.keys() {
            if !COMMON.contains(&name.as_str()) && !method.parameters.contains_key(name) {
                findings.spec(&format!("query.{name}"), "unknown parameter");
            }
        }
        self.check_body(method, &request.body, findings);
    }

    fn check_body(&self, method: &Method, body: &Value, findings: &mut Findings) {
        match (&method.request, body) {
            (None, Value::Null) => {}
            (None, _) => findings.spec("body", "this method takes no body"),
            (Some(schema), body) => self.check_value(schema, body, "body", findings),
        }
    }

    fn check_value(&self, schema: &Schema, value: &Value, place: &str, findings: &mut Findings) {
        if schema.read_only {
            return findings.spec(place, "is only ever answered");
        }
        if let Some(schema) = schema.reference.as_ref().and_then(|name| self.schemas.get(name)) {
            return self.check_value(schema, value, place, findings);
        }
        match (schema.kind.as_deref(), value) {
            (Some("object"), Value::Object(fields)) => {
                for (name, value) in fields {
                    let place = format!("{place}.{name}");
                    match schema.properties.get(name) {
                        Some(schema) => self.check_value(schema, value, &place, findings),
                        None => findings.spec(&place, "unknown field"),
                    }
                }
            }
            (Some("array"), Value::Array(items)) => {
                let Some(schema) = schema.items.as_deref() else { return };
                for (at, item) in items.iter().enumerate() {
                    self.check_value(schema, item, &format!("{place}[{at}]"), findings);
                }
            }
            (Some("any") | None, _) => {}
            (Some(_), value) => check_scalar(schema, value, place, findings),
        }
    }
}

impl Resource {
    fn collect<'a>(&'a self, methods: &mut Vec<&'a Method>) {
        methods.extend(self.methods.values());
        self.resources.values().for_each(|resource| resource.collect(methods));
    }
}

impl Method {
    /// `v1beta/properties/{propertiesId}:runReport`; ids are digits.
    fn matches(&self, path: &str) -> bool {
        let mut rest = path.trim_start_matches('/');
        for (at, piece) in self.flat_path.split('{').enumerate() {
            let literal = if at == 0 {
                piece
            } else {
                let (name, literal) = piece.split_once('}').unwrap_or(("", piece));
                let is_of_id = |letter: char| {
                    letter.is_ascii_digit() || (name != "propertiesId" && letter.is_ascii_alphanumeric())
                };
                let after = rest.trim_start_matches(is_of_id);
                if after.len() == rest.len() {
                    return false;
                }
                rest = after;
                literal
            };
            let Some(after) = rest.strip_prefix(literal) else { return false };
            rest = after;
        }
        rest.is_empty()
    }
}

fn check_scalar(schema: &Schema, value: &Value, place: &str, findings: &mut Findings) {
    let kind = schema.kind.as_deref().unwrap_or_default();
    let is_right = match (kind, schema.format.as_deref()) {
        ("string", Some("int64")) => value.is_i64() || value.as_str().is_some_and(|text| text.parse::<i64>().is_ok()),
        ("string", _) => value.is_string(),
        ("boolean", _) => value.is_boolean(),
        ("integer", _) => value.is_i64(),
        ("number", _) => value.is_number(),
        _ => false,
    };
    if !is_right {
        return findings.wants(place, kind, value);
    }
    if let (Some(values), Some(text)) = (&schema.values, value.as_str())
        && !values.iter().any(|value| value == text)
    {
        findings.spec(place, format!("{} is none of the values", shown(value)));
    }
}
