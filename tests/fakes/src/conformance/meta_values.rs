//! Meta's values: scalars, enums, structures, and JSON written as text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::finding::{Findings, shown};
use super::google_rules::is_shaped;
use super::meta::Definitions;

/// A type as the SDK writes it, and the enums that it may name.
type Kind<'a> = (&'a str, &'a BTreeMap<String, String>);

/// Taken in a structure, and not among its fields.
const ALSO: &[(&str, &str)] = &[("AdCreative", "creative_id")];

/// The type of a parameter that the SDK leaves open, from the field of the same name of what it makes.
pub(super) fn refined<'a>(definitions: &'a Definitions, target: &str, name: &str, kind: &'a str) -> &'a str {
    if !matches!(kind, "Object" | "map" | "list<Object>" | "list<map>") {
        return kind;
    }
    let field = definitions.nodes.get(target).and_then(|node| node.fields.get(name)).map_or("", String::as_str);
    let inner = field.strip_prefix("list<").and_then(|field| field.strip_suffix('>')).unwrap_or(field);
    let is_same_shape = kind.starts_with("list<") == field.starts_with("list<");
    if is_same_shape && definitions.types.contains_key(inner) { field } else { kind }
}

/// A parameter; what is not a scalar may be written as JSON in a text.
pub(super) fn check_parameter(
    definitions: &Definitions,
    (kind, enums): Kind<'_>,
    value: &Value,
    place: &str,
    findings: &mut Findings,
) {
    let text = value.as_str().filter(|_| is_structure(definitions, kind));
    let Some(text) = text else {
        return check_value(definitions, (kind, enums), value, place, findings);
    };
    let read = serde_json::from_str::<Value>(text).ok().filter(|value| value.is_object() || value.is_array());
    // A list of words may come as words with commas.
    let inner = kind.strip_prefix("list<").and_then(|kind| kind.strip_suffix('>'));
    let words = inner.filter(|inner| !is_structure(definitions, inner) && !text.starts_with(['[', '{']));
    match (read, words) {
        (Some(value), _) => check_value(definitions, (kind, enums), &value, place, findings),
        (None, Some(inner)) => {
            for word in text.split(',') {
                check_value(definitions, (inner, enums), &Value::String(word.to_owned()), place, findings);
            }
        }
        (None, None) => findings.wants(place, kind, value),
    }
}

fn is_structure(definitions: &Definitions, kind: &str) -> bool {
    let is_list = kind.starts_with("list") || kind.starts_with("map") || kind == "Object";
    is_list || definitions.types.contains_key(kind) || definitions.nodes.contains_key(kind)
}

fn check_value(
    definitions: &Definitions,
    (kind, enums): Kind<'_>,
    value: &Value,
    place: &str,
    findings: &mut Findings,
) {
    if let Some(inner) = kind.strip_prefix("list<").and_then(|kind| kind.strip_suffix('>')) {
        let Value::Array(items) = value else { return findings.wants(place, kind, value) };
        for (at, item) in items.iter().enumerate() {
            check_value(definitions, (inner, enums), item, &format!("{place}[{at}]"), findings);
        }
    } else if let Some(known) = enums.get(kind).and_then(|name| definitions.enums.get(name)) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if !known.contains(&text) {
            findings.spec(place, format!("{} is none of the values of {kind}", shown(value)));
        }
    } else if let Some(fields) = definitions.fields(kind) {
        match value {
            Value::Object(given) => check_structure(definitions, (kind, fields), given, place, findings),
            value => findings.wants(place, kind, value),
        }
    } else if !is_scalar(kind, value) {
        findings.wants(place, kind, value);
    }
}

/// The fields of a structure with the enums that they name.
type FieldsOf<'a> = (&'a BTreeMap<String, String>, Option<&'a BTreeMap<String, String>>);

impl Definitions {
    fn fields(&self, kind: &str) -> Option<FieldsOf<'_>> {
        let structure = self.types.get(kind).map(|kind| (&kind.fields, Some(&kind.enums)));
        structure.or_else(|| self.nodes.get(kind).map(|node| (&node.fields, None)))
    }
}

fn check_structure(
    definitions: &Definitions,
    (kind, (fields, enums)): (&str, FieldsOf<'_>),
    given: &Map<String, Value>,
    place: &str,
    findings: &mut Findings,
) {
    let none = BTreeMap::new();
    for (name, value) in given {
        let place = format!("{place}.{name}");
        let is_of_digits =
            || value.is_u64() || value.as_str().is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        if (kind, name.as_str()) == ("IDName", "id") && !is_of_digits() {
            findings.rule(&place, format!("{} is no id", shown(value)));
        }
        match fields.get(name) {
            Some(kind) => check_value(definitions, (kind, enums.unwrap_or(&none)), value, &place, findings),
            None if ALSO.contains(&(kind, name.as_str())) => {
                check_value(definitions, ("string", &none), value, &place, findings);
            }
            None => findings.spec(&place, format!("{kind} has no such field")),
        }
    }
}

fn is_scalar(kind: &str, value: &Value) -> bool {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let is_plain = !value.is_object() && !value.is_array() && !value.is_null();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        "string" | "file" => is_plain,
        "bool" => is_plain && matches!(text.as_str(), "true" | "false" | "0" | "1"),
        "unsigned int" => is_plain && digits(&text),
        "int" => is_plain && digits(text.strip_prefix('-').unwrap_or(&text)),
        "float" => is_plain && text.parse::<f64>().is_ok(),
        "datetime" => is_plain && (digits(&text) || is_moment(&text)),
        "Object" => value.is_object() || value.is_array(),
        "list" => value.is_array(),
        kind if kind.starts_with("map") => value.is_object(),
        // A structure whose fields are not in the data.
        _ => true,
    }
}

/// `2026-12-01T00:00:00-0300`, or a day alone.
fn is_moment(text: &str) -> bool {
    let Some((day, time)) = text.split_at_checked(10) else { return false };
    let is_time = time.get(1..9).is_some_and(|clock| is_shaped(clock, "00:00:00")) && time.starts_with(['T', ' ']);
    is_shaped(day, "0000-00-00") && (time.is_empty() || is_time)
}

/// `fields=name,adset{id,name}`: each a field or an edge of what is answered.
pub(super) fn check_fields(
    definitions: &Definitions,
    answers: &str,
    value: &Value,
    place: &str,
    findings: &mut Findings,
) {
    let listed = value.as_array().map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","));
    let text = value.as_str().map(str::to_owned).or(listed).unwrap_or_default();
    let text = serde_json::from_str::<Vec<String>>(&text).map_or(text, |names| names.join(","));
    check_names(definitions, answers, &text, place, findings);
}

fn check_names(definitions: &Definitions, answers: &str, text: &str, place: &str, findings: &mut Findings) {
    let Some((fields, _)) = definitions.node_first(answers) else { return };
    let edges = definitions.nodes.get(answers).map(|node| &node.apis);
    for name in split(text) {
        let (plain, inner) = name.split_once('{').unwrap_or((name, ""));
        let plain = plain.split('.').next().unwrap_or_default().trim();
        let edge = edges.and_then(|edges| edges.iter().find(|call| call.endpoint.trim_start_matches('/') == plain));
        let kind = fields.get(plain);
        if kind.is_none() && edge.is_none() && plain != "id" {
            findings.spec(place, format!("{answers} has no field {plain}"));
        }
        if let (Some(kind), Some(inner)) = (kind, inner.strip_suffix('}')) {
            check_names(definitions, kind, inner, place, findings);
        }
    }
}

impl Definitions {
    fn node_first(&self, kind: &str) -> Option<FieldsOf<'_>> {
        let node = self.nodes.get(kind).map(|node| (&node.fields, None));
        node.or_else(|| self.fields(kind))
    }
}

/// Names between commas; commas inside braces and brackets do not part.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let is_end = |letter: char| {
        depth += i32::from(matches!(letter, '{' | '(')) - i32::from(matches!(letter, '}' | ')'));
        letter == ',' && depth == 0
    };
    text.split(is_end).filter(|name| !name.is_empty()).collect()
}
