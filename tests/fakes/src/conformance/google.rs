//! The Google Ads API, by its protobuf definitions.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::finding::{Findings, shown};
use super::{check_bearer, check_host, form, gaql, google_rules as rules};
use crate::Recorded;

/// Messages, enums and methods of one version.
#[derive(Debug, Deserialize)]
pub(super) struct Definitions {
    host: String,
    methods: Vec<Method>,
    pub(super) messages: BTreeMap<String, Message>,
    pub(super) enums: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Method {
    verb: String,
    path: String,
    req: String,
}

/// A message: its fields by their JSON names, and the names that a resource may have.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(rename = "f")]
    pub(super) fields: BTreeMap<String, Field>,
    #[serde(default)]
    pattern: Vec<String>,
}

/// A field, written in the file as type, flags, oneof and resource.
#[derive(Debug, Deserialize)]
#[serde(from = "Vec<String>")]
pub(super) struct Field {
    pub(super) kind: String,
    flags: String,
    oneof: String,
    resource: String,
}

/// A flag of a field, as the file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag {
    Repeated,
    Required,
    OutputOnly,
    Immutable,
}

impl Field {
    fn has(&self, flag: Flag) -> bool {
        self.flags.contains(match flag {
            Flag::Repeated => '*',
            Flag::Required => 'R',
            Flag::OutputOnly => 'O',
            Flag::Immutable => 'I',
        })
    }

    /// One of `create`, `update`, `remove` and the like.
    pub(super) fn is_of_operation(&self) -> bool {
        self.oneof == "operation"
    }
}

impl From<Vec<String>> for Field {
    fn from(parts: Vec<String>) -> Self {
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_default();
        let (kind, flags, oneof, resource) = (next(), next(), next(), next());
        Self { kind, flags, oneof, resource }
    }
}

/// What a message is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The request itself.
    Request,
    /// A resource that is to be made.
    Create,
    /// A resource that is to be changed.
    Update,
}

/// Query parameters of every method.
const COMMON: &[&str] = &["alt", "$alt", "key", "prettyPrint", "fields"];
/// Marked as only ever answered, and yet set by Google's own programmes.
const SET_BY_GOOGLE: &[(&str, &str)] =
    &[("resources.Asset", "imageAsset"), ("resources.Asset", "type"), ("resources.Campaign", "biddingStrategyType")];

impl Definitions {
    pub(super) fn check(&self, request: &Recorded, findings: &mut Findings) {
        if request.path == "/token" {
            return rules::check_token(request, findings);
        }
        check_host(request, &[self.host.as_str()], findings);
        check_bearer(request, findings);
        rules::check_headers(request, findings);
        let Some(path) = rules::upload_path(request) else { return };
        let here = self.methods.iter().filter_map(|method| Some((method, bound(&method.path, path)?)));
        let here = here.collect::<Vec<_>>();
        let Some((method, bound)) = here.iter().find(|(method, _)| method.verb == request.method) else {
            let wrong = if here.is_empty() { "no such method" } else { "not with this verb" };
            return findings.spec("path", format!("{} {}: {wrong}", request.method, request.path));
        };
        for (name, value) in bound {
            self.check_bound(&method.req, name, value, findings);
        }
        self.check_fields(method, bound, request, findings);
    }

    /// A part of the path: customer ids are ten digits.
    fn check_bound(&self, message: &str, name: &str, value: &str, findings: &mut Findings) {
        let is_customer = value.len() == 10 && value.bytes().all(|byte| byte.is_ascii_digit());
        if name == "customer_id" && !is_customer {
            findings.rule("path", format!("{value} is not a customer id of ten digits"));
        }
        let field = self.messages.get(message).and_then(|message| message.fields.get(&camel(name)));
        if let Some(field) = field.filter(|field| !field.resource.is_empty()) {
            self.check_name(field, value, "path", findings);
        }
    }

    fn check_fields(&self, method: &Method, bound: &[(String, String)], request: &Recorded, findings: &mut Findings) {
        let mut fields = Map::new();
        if request.method == "GET" {
            let query = request.query.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
            fields.extend(query.filter(|(name, _)| !COMMON.contains(&name.as_str())));
        } else {
            let unknown = request.query.keys().filter(|name| !COMMON.contains(&name.as_str()));
            unknown.for_each(|name| findings.spec(&format!("query.{name}"), "unknown parameter"));
        }
        match &request.body {
            Value::Null => {}
            Value::Object(body) if request.method != "GET" => fields.extend(body.clone()),
            _ => findings.spec("body", "wants a JSON object where the method takes one"),
        }
        for (name, value) in bound {
            fields.insert(camel(name), Value::String(value.clone()));
        }
        self.check_message(&method.req, &fields, Part::Request, "body", findings);
        let query = fields.get("query").and_then(Value::as_str);
        let is_of_fields = method.req.ends_with("SearchGoogleAdsFieldsRequest");
        match (query, is_of_fields) {
            (Some(query), true) => gaql::check(self, "resources.GoogleAdsField", query, findings),
            (Some(query), false) => gaql::check(self, "services.GoogleAdsRow", query, findings),
            (None, _) => {}
        }
    }

    pub(super) fn check_message(
        &self,
        name: &str,
        fields: &Map<String, Value>,
        part: Part,
        place: &str,
        findings: &mut Findings,
    ) {
        let Some(message) = self.messages.get(name) else { return };
        let mut chosen = BTreeMap::new();
        for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            let place = format!("{place}.{key}");
            let Some((key, field)) = message.field(key) else {
                findings.spec(&place, format!("{name} has no such field"));
                continue;
            };
            if !field.oneof.is_empty() && chosen.insert(&field.oneof, key).is_some() {
                findings.spec(&place, format!("only one of {} may be set", field.oneof));
            }
            check_flags(name, (key, field), part, &place, findings);
            let part = match (part, key, field.oneof.as_str()) {
                (_, "create", "operation") => Part::Create,
                (_, "update", "operation") => Part::Update,
                (part, ..) => part,
            };
            self.check_value(field, value, part, &place, findings);
        }
        message.check_required(fields, part, place, findings);
        rules::check(self, name, fields, part, place, findings);
    }

    fn check_value(&self, field: &Field, value: &Value, part: Part, place: &str, findings: &mut Findings) {
        match (field.has(Flag::Repeated), value) {
            (true, Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    self.check_one(field, item, part, &format!("{place}[{at}]"), findings);
                }
            }
            (true, value) => findings.wants(place, "a list", value),
            (false, value) => self.check_one(field, value, part, place, findings),
        }
    }

    fn check_one(&self, field: &Field, value: &Value, part: Part, place: &str, findings: &mut Findings) {
        if let Some(name) = field.kind.strip_prefix("m:").filter(|name| !name.starts_with("google.")) {
            match value {
                Value::Object(fields) => self.check_message(name, fields, part, place, findings),
                value => findings.wants(place, name, value),
            }
        } else if let Some(name) = field.kind.strip_prefix("e:") {
            let known = self.enums.get(name);
            if !value.as_str().is_some_and(|text| known.is_some_and(|known| known.iter().any(|value| value == text))) {
                findings.spec(place, format!("{} is none of the values of {name}", shown(value)));
            }
        } else if !is_scalar(&field.kind, value) {
            findings.wants(place, &field.kind, value);
        } else if let Some(text) = value.as_str().filter(|_| !field.resource.is_empty()) {
            self.check_name(field, text, place, findings);
        }
    }

    /// A resource name against the patterns of its resource.
    fn check_name(&self, field: &Field, name: &str, place: &str, findings: &mut Findings) {
        let Some(message) = self.messages.get(&format!("resources.{}", field.resource)) else { return };
        let is_known = message.pattern.is_empty() || message.pattern.iter().any(|pattern| follows(pattern, name));
        if !is_known {
            findings.spec(place, format!("{name} is not named as {}", message.pattern.join(" or ")));
        }
    }
}

impl Message {
    /// A field by its JSON name, or by the name in the definition, which is written with underscores.
    pub(super) fn field(&self, key: &str) -> Option<(&str, &Field)> {
        let found = self.fields.get_key_value(key);
        let found = found.or_else(|| self.fields.get_key_value(&camel(key)).filter(|_| is_snake(key)));
        found.map(|(name, field)| (name.as_str(), field))
    }

    fn check_required(&self, fields: &Map<String, Value>, part: Part, place: &str, findings: &mut Findings) {
        let required = self.fields.iter().filter(|(_, field)| field.has(Flag::Required) && part != Part::Update);
        for (name, _) in required {
            let found = fields.iter().find(|(key, _)| *key == name || (is_snake(key) && camel(key) == **name));
            let value = found.map(|(_, value)| value);
            let is_empty = value.is_none_or(|value| value.is_null() || value == &Value::Array(Vec::new()));
            if is_empty {
                findings.spec(&format!("{place}.{name}"), "is required");
            }
        }
    }
}

fn check_flags(message: &str, (key, field): (&str, &Field), part: Part, place: &str, findings: &mut Findings) {
    if part == Part::Request {
        return;
    }
    if field.has(Flag::OutputOnly) && !SET_BY_GOOGLE.contains(&(message, key)) {
        findings.spec(place, "is only ever answered");
    }
    if part == Part::Update && field.has(Flag::Immutable) && key != "resourceName" && rules::is_resource(message) {
        findings.spec(place, "cannot be changed once it is made");
    }
}

fn is_scalar(kind: &str, value: &Value) -> bool {
    let whole = |least: i64, most: i64| {
        let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        number.is_some_and(|number| (least..=most).contains(&number))
    };
    let text = value.as_str();
    match kind {
        "string" | "m:google.protobuf.FieldMask" => value.is_string(),
        "bool" => value.is_boolean(),
        "int32" => whole(i64::from(i32::MIN), i64::from(i32::MAX)),
        "int64" => whole(i64::MIN, i64::MAX),
        "double" | "float" => value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok()),
        "bytes" => {
            text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte)))
        }
        "m:google.protobuf.Duration" => {
            text.and_then(|text| text.strip_suffix('s')).is_some_and(|text| text.parse::<f64>().is_ok())
        }
        _ => value.is_object(),
    }
}

/// The variables of a path template with their values, where the path follows it.
fn bound(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut variables = Vec::new();
    let mut rest = path;
    for (at, piece) in template.split('{').enumerate() {
        let literal = if at == 0 {
            piece
        } else {
            let (variable, literal) = piece.split_once('}')?;
            let (name, shape) = variable.split_once('=').unwrap_or((variable, "*"));
            let length = length_of(shape, rest)?;
            variables.push((name.to_owned(), form::decoded(&rest[..length], form::Plus::Plus)));
            rest = &rest[length..];
            literal
        };
        rest = rest.strip_prefix(literal)?;
    }
    rest.is_empty().then_some(variables)
}

/// How much of a text follows a shape such as `customers/*/campaigns/*`.
fn length_of(shape: &str, text: &str) -> Option<usize> {
    let mut rest = text;
    for (at, literal) in shape.split('*').enumerate() {
        if at > 0 {
            let end = rest.find(['/', ':']).unwrap_or(rest.len());
            rest = (end > 0).then(|| &rest[end..])?;
        }
        rest = rest.strip_prefix(literal)?;
    }
    Some(text.len() - rest.len())
}

/// Whether a resource name follows a pattern such as `customers/{customer_id}/adGroupAds/{ad_group_id}~{ad_id}`.
fn follows(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    for (at, piece) in pattern.split('{').enumerate() {
        let mut literal = piece;
        if at > 0 {
            let (variable, after) = piece.split_once('}').unwrap_or(("", piece));
            let end = rest.find(['/', '~']).unwrap_or(rest.len());
            let is_customer = !rest[..end].is_empty() && rest[..end].bytes().all(|byte| byte.is_ascii_digit());
            if end == 0 || (variable == "customer_id" && !is_customer) {
                return false;
            }
            rest = &rest[end..];
            literal = after;
        }
        let Some(after) = rest.strip_prefix(literal) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// `customer_id` as `customerId`.
pub(super) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut letters = word.chars();
        let head = letters.next().map(|letter| letter.to_ascii_uppercase());
        text + &head.into_iter().chain(letters).collect::<String>()
    })
}

/// Whether a name is written with underscores, as `customer_id`.
pub(super) fn is_snake(name: &str) -> bool {
    name.split('_').all(|word| !word.is_empty()) && !name.contains(|letter: char| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_its_variables() {
        let found = bound("/v26/{run=customers/*/experiments/*}:end", "/v26/customers/12/experiments/3:end");
        assert_eq!(found, Some(vec![("run".to_owned(), "customers/12/experiments/3".to_owned())]));
        assert_eq!(bound("/v26/customers/{customer_id=*}/ads:mutate", "/v26/customers/12/ads"), None);
    }

    #[test]
    fn a_resource_name_follows_its_pattern() {
        let pattern = "customers/{customer_id}/adGroupAds/{ad_group_id}~{ad_id}";
        assert!(follows(pattern, "customers/1234567890/adGroupAds/-1~7"));
        assert!(!follows(pattern, "customers/1234567890/adGroupAds/7"));
        assert!(!follows(pattern, "customers/123-456-7890/adGroupAds/1~7"));
    }

    #[test]
    fn names_of_the_definition_become_names_of_json() {
        assert_eq!(camel("custom_label_0"), "customLabel0");
        assert!(is_snake("custom_label_0") && !is_snake("customLabel") && !is_snake("name_"));
    }
}
