//! What Google's documents say beside the definitions, and our policy.

use serde_json::{Map, Value};

use super::finding::Findings;
use super::form;
use super::google::{Definitions, Field, Part, camel};
use crate::Recorded;

/// Whether a message is an object of an account, not a part of one.
pub(super) fn is_resource(message: &str) -> bool {
    message.strip_prefix("resources.").is_some_and(|name| !name.contains('.'))
}

/// The rules of one message.
pub(super) fn check(
    definitions: &Definitions,
    message: &str,
    fields: &Map<String, Value>,
    part: Part,
    place: &str,
    findings: &mut Findings,
) {
    check_operation(definitions, message, fields, place, findings);
    if message == "resources.Campaign" {
        check_times(fields, place, findings);
        if part == Part::Create {
            check_new_campaign(fields, place, findings);
        }
    }
    if message == "services.SearchGoogleAdsRequest" && fields.contains_key("pageSize") {
        findings.rule(&format!("{place}.pageSize"), "the size of a page is fixed at 10,000 rows");
    }
}

/// An operation does one thing; a change says which fields it means.
fn check_operation(
    definitions: &Definitions,
    name: &str,
    fields: &Map<String, Value>,
    place: &str,
    findings: &mut Findings,
) {
    let Some(message) = definitions.messages.get(name).filter(|_| name.ends_with("Operation")) else { return };
    let is_choice = message.fields.values().any(Field::is_of_operation);
    let is_chosen = fields.keys().any(|key| message.field(key).is_some_and(|(_, field)| field.is_of_operation()));
    if is_choice && !is_chosen {
        findings.spec(place, "an operation must do something");
    }
    let Some(Value::Object(changed)) = fields.get("update") else { return };
    let mask = fields.get("updateMask").or_else(|| fields.get("update_mask"));
    let target = message.field("update").and_then(|(_, field)| field.kind.strip_prefix("m:"));
    match (mask.and_then(Value::as_str), target, message.field("updateMask")) {
        (_, None, _) | (_, _, None) => {}
        (Some(mask), Some(target), _) if !mask.is_empty() => {
            check_mask(definitions, target, mask, changed, place, findings);
        }
        _ => findings.rule(&format!("{place}.updateMask"), "a change names its fields in a mask"),
    }
}

fn check_mask(
    definitions: &Definitions,
    target: &str,
    mask: &str,
    changed: &Map<String, Value>,
    place: &str,
    findings: &mut Findings,
) {
    for path in mask.split(',').map(str::trim) {
        if !is_path(definitions, target, path) {
            findings.spec(&format!("{place}.updateMask"), format!("{target} has no field {path}"));
        }
    }
    let named = mask.split(',').filter_map(|path| path.trim().split('.').next()).map(camel).collect::<Vec<_>>();
    let is_unnamed = |key: &str| key != "resourceName" && !named.contains(&camel(key));
    // A mask made by comparison leaves out what has the value that a field has anyway.
    for (key, _) in changed.iter().filter(|(key, value)| is_unnamed(key) && says_something(value)) {
        findings.rule(&format!("{place}.update.{key}"), "is not in the mask, so that the change is left out");
    }
}

/// Whether a value differs from that of a field never set.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_set) => *is_set,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "0",
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => fields.values().any(says_something),
    }
}

fn is_path(definitions: &Definitions, target: &str, path: &str) -> bool {
    let mut message = definitions.messages.get(target);
    for step in path.split('.') {
        let Some((_, field)) = message.and_then(|message| message.field(step)) else { return false };
        message = field.kind.strip_prefix("m:").and_then(|name| definitions.messages.get(name));
    }
    true
}

fn check_new_campaign(fields: &Map<String, Value>, place: &str, findings: &mut Findings) {
    if !fields.contains_key("containsEuPoliticalAdvertising") {
        findings.rule(&format!("{place}.containsEuPoliticalAdvertising"), "must be declared for a new campaign");
    }
    if fields.get("status").and_then(Value::as_str) != Some("PAUSED") {
        findings.policy(&format!("{place}.status"), "a new campaign is PAUSED");
    }
}

/// `yyyy-MM-dd HH:mm:ss`, in the account's time zone; Google's own programmes leave the dashes out.
fn check_times(fields: &Map<String, Value>, place: &str, findings: &mut Findings) {
    for name in ["startDateTime", "endDateTime"] {
        let Some(text) = fields.get(name).and_then(Value::as_str) else { continue };
        if !is_shaped(text, "0000-00-00 00:00:00") && !is_shaped(text, "00000000 00:00:00") {
            findings.rule(&format!("{place}.{name}"), format!("{text} is not yyyy-MM-dd HH:mm:ss"));
        }
    }
}

/// Whether a text has digits where the shape has zeros, and else the same letters.
pub(super) fn is_shaped(text: &str, shape: &str) -> bool {
    let same = |(letter, shape): (u8, u8)| if shape == b'0' { letter.is_ascii_digit() } else { letter == shape };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(same)
}

pub(super) fn check_headers(request: &Recorded, findings: &mut Findings) {
    if let Some(id) = request.headers.get("login-customer-id")
        && !is_shaped(id, "0000000000")
    {
        findings.rule("headers.login-customer-id", format!("{id} is not ten digits"));
    }
}

/// The path of the method that a request means. Bytes of an upload that has begun go wherever the platform said: `None`.
pub(super) fn upload_path(request: &Recorded) -> Option<&str> {
    let command = request.headers.get("x-goog-upload-command").map_or("", String::as_str);
    let is_of_bytes = command.contains("upload") || command.contains("finalize") || command.contains("query");
    let path = request.path.strip_prefix("/resumable/upload").unwrap_or(&request.path);
    (!is_of_bytes).then_some(path)
}

/// The exchange of a refresh token.
pub(super) fn check_token(request: &Recorded, findings: &mut Findings) {
    if request.method != "POST" {
        findings.spec("method", "a token is asked for by POST");
    }
    let fields = form::fields(request).unwrap_or_default();
    let given = fields.keys().chain(request.query.keys()).map(String::as_str).collect::<Vec<_>>();
    for name in ["grant_type", "client_id", "client_secret", "refresh_token"] {
        if !given.contains(&name) {
            findings.rule(&format!("body.{name}"), "is required");
        }
    }
}
