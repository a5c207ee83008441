//! Values of `LinkedIn`: money, times, URNs, targeting, and what a query holds.

use serde_json::Value;

use super::finding::{Findings, shown};
use super::form::{Plus, decoded};
use super::google_rules::is_shaped;
use super::linkedin::Definitions;

/// The first millisecond of the year 2001: a smaller number was meant as seconds.
const LEAST_MILLISECONDS: i64 = 1_000_000_000_000;
/// What a creative may show, beside a post that it points to.
const CONTENTS: &[&str] = &["reference", "textAd", "spotlight", "follow", "jobs", "document", "eventAd", "carousel"];
/// By what a report is cut.
const PIVOTS: &[&str] = &[
    "ACCOUNT",
    "CAMPAIGN",
    "CAMPAIGN_GROUP",
    "CREATIVE",
    "COMPANY",
    "SHARE",
    "CONVERSION",
    "CONVERSATION_NODE",
    "CONVERSATION_NODE_OPTION_INDEX",
    "SERVING_LOCATION",
    "CARD_INDEX",
    "MEMBER_COMPANY_SIZE",
    "MEMBER_INDUSTRY",
    "MEMBER_SENIORITY",
    "MEMBER_JOB_TITLE",
    "MEMBER_JOB_FUNCTION",
    "MEMBER_COUNTRY_V2",
    "MEMBER_REGION_V2",
    "MEMBER_COMPANY",
    "PLACEMENT_NAME",
    "IMPRESSION_DEVICE_TYPE",
];

/// A field of a type against what it wants: `urn:sponsoredAccount`, `enum:CostType`, `Money`, `string<=100`.
pub(super) fn check(
    specs: &Definitions,
    (kind, field, wanted): (&str, &str, &str),
    value: &Value,
    place: &str,
    findings: &mut Findings,
) {
    if kind == "TargetingCriteria" {
        return check_targeting(field, value, place, findings);
    }
    if wanted == "any" {
        return check_any(specs, (kind, field), value, place, findings);
    }
    if specs.types.contains_key(wanted) {
        return match value {
            Value::Object(fields) => specs.check_object(wanted, fields, place, findings),
            value => findings.wants(place, wanted, value),
        };
    }
    if let Some(known) = wanted.strip_prefix("enum:").and_then(|name| specs.enums.get(name)) {
        if !value.as_str().is_some_and(|text| known.iter().any(|value| value == text)) {
            findings.spec(place, format!("{} is none of {known:?}", shown(value)));
        }
    } else if !is_scalar(wanted, value) {
        findings.wants(place, wanted, value);
    }
}

fn is_scalar(wanted: &str, value: &Value) -> bool {
    let text = value.as_str();
    let letters = |length: usize, is_upper: bool| {
        let right = |byte: u8| if is_upper { byte.is_ascii_uppercase() } else { byte.is_ascii_lowercase() };
        text.is_some_and(|text| text.len() == length && text.bytes().all(right))
    };
    match wanted {
        "string" => value.is_string(),
        "bool" => value.is_boolean(),
        "int" => value.is_i64(),
        "epoch_ms" => value.as_i64().is_some_and(|time| time >= LEAST_MILLISECONDS),
        "currency" => letters(3, true),
        "cc" => letters(2, true),
        "lang" => letters(2, false),
        "decimal_string" => text.is_some_and(is_decimal),
        "urn" => text.is_some_and(|text| is_urn(text, None)),
        wanted => match (wanted.strip_prefix("urn:"), wanted.strip_prefix("string<=")) {
            (Some(kind), _) => text.is_some_and(|text| is_urn(text, Some(kind))),
            (_, Some(most)) => {
                let most = most.parse().unwrap_or(usize::MAX);
                text.is_some_and(|text| text.chars().count() <= most)
            }
            _ => false,
        },
    }
}

fn is_decimal(text: &str) -> bool {
    let (whole, parts) = text.split_once('.').unwrap_or((text, "0"));
    [whole, parts].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `urn:li:geo:103644278`.
fn is_urn(text: &str, kind: Option<&str>) -> bool {
    let Some((found, id)) = text.strip_prefix("urn:li:").and_then(|text| text.split_once(':')) else { return false };
    !id.is_empty() && kind.is_none_or(|kind| kind == found) && found.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `{"and": [{"or": {facet: [urns]}}]}` to include, `{"or": {facet: [urns]}}` to leave out.
fn check_targeting(field: &str, value: &Value, place: &str, findings: &mut Findings) {
    if field == "exclude" {
        return check_facets(value, place, findings).unwrap_or_else(|| findings.wants(place, "or with facets", value));
    }
    let clauses = value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.get("and"));
    let Some(clauses) = clauses.and_then(Value::as_array) else {
        return findings.wants(place, "and with a list", value);
    };
    for (at, clause) in clauses.iter().enumerate() {
        let place = format!("{place}.and[{at}]");
        if check_facets(clause, &place, findings).is_none() {
            findings.wants(&place, "or with facets", clause);
        }
    }
    let facets = clauses.iter().filter_map(|clause| clause.get("or")?.as_object()).flat_map(|facets| facets.keys());
    let is_of_place = |facet: &String| facet.ends_with(":locations") || facet.ends_with(":profileLocations");
    if !facets.clone().any(is_of_place) {
        findings.rule(place, "names no location");
    }
}

fn check_facets(clause: &Value, place: &str, findings: &mut Findings) -> Option<()> {
    let facets = clause.as_object().filter(|fields| fields.len() == 1)?.get("or")?.as_object()?;
    for (facet, urns) in facets {
        let place = format!("{place}.or.{facet}");
        let name = facet.strip_prefix("urn:li:adTargetingFacet:");
        if !name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())) {
            findings.spec(&place, "is no facet");
        }
        let is_list = urns.as_array().is_some_and(|urns| {
            !urns.is_empty() && urns.iter().all(|urn| urn.as_str().is_some_and(|urn| is_urn(urn, None)))
        });
        if !is_list {
            findings.wants(&place, "a list of URNs", urns);
        }
    }
    Some(())
}

/// Structures that the tables leave open and the notes below them describe.
fn check_any(specs: &Definitions, (kind, field): (&str, &str), value: &Value, place: &str, findings: &mut Findings) {
    let inner: Option<&[&str]> = match (kind, field) {
        ("Creative", "content") => Some(CONTENTS),
        ("Creative", "inlineContent") => Some(&["post"]),
        ("ImageInit", "initializeUploadRequest") => Some(&["owner", "mediaLibraryMetadata"]),
        _ => None,
    };
    if field == "uploadedPartIds" {
        if !value.as_array().is_some_and(|parts| parts.iter().all(Value::is_string)) {
            findings.wants(place, "a list of texts", value);
        }
        return;
    }
    let Some(inner) = inner else { return };
    let Value::Object(fields) = value else { return findings.wants(place, "an object", value) };
    for (name, value) in fields {
        let place = format!("{place}.{name}");
        match (name.as_str(), value) {
            (name, _) if !inner.contains(&name) => findings.spec(&place, "unknown field"),
            ("reference" | "owner", value) if !value.as_str().is_some_and(|urn| is_urn(urn, None)) => {
                findings.wants(&place, "a URN", value);
            }
            ("post", Value::Object(post)) => check_post(specs, post, &place, findings),
            ("post", value) => findings.wants(&place, "a post", value),
            _ => {}
        }
    }
}

/// A post inside a creative: what is required is taken from the creative where it is missing.
fn check_post(specs: &Definitions, post: &serde_json::Map<String, Value>, place: &str, findings: &mut Findings) {
    let known = specs.types.get("Post").map(|kind| &kind.fields);
    for (name, value) in post {
        let place = format!("{place}.{name}");
        match known.and_then(|known| known.get(name)) {
            Some(wanted) => check(specs, ("Post", name, wanted), value, &place, findings),
            None => findings.spec(&place, "unknown field"),
        }
    }
}

/// A value of a query as it was sent: lists and records keep their brackets, colons inside a value are in percent signs.
pub(super) fn check_sent(specs: &Definitions, name: &str, sent: &str, place: &str, findings: &mut Findings) {
    let plain = decoded(sent, Plus::Plus);
    let is_structure = plain.starts_with('(') || plain.starts_with("List(");
    if is_structure && !(sent.starts_with('(') || sent.starts_with("List(")) {
        findings.rule(place, "the brackets of a list or a record are sent as they are");
    }
    if is_structure && sent.contains("urn:li:") {
        findings.rule(place, "the colons of a URN inside a list are sent as %3A");
    }
    match name {
        "fields" if sent.contains("%2C") => findings.rule(place, "its commas are sent as they are"),
        "dateRange" if !is_range(&plain) => findings.spec(place, format!("{plain} is no range of days")),
        "accounts" | "campaigns" | "campaignGroups" | "creatives" | "ids" if !plain.starts_with("List(") => {
            findings.spec(place, "wants a List(...)");
        }
        "timeGranularity" if !specs.enums.get("TimeGranularity").is_some_and(|known| known.contains(&plain)) => {
            findings.spec(place, format!("{plain} is none of its values"));
        }
        "pivot" if !PIVOTS.contains(&plain.as_str()) => findings.rule(place, format!("{plain} is no pivot")),
        _ => {}
    }
}

/// `(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:7))`; the end may be left out.
fn is_range(text: &str) -> bool {
    let Some(inner) = text.strip_prefix("(start:(").and_then(|text| text.strip_suffix("))")) else { return false };
    inner.split("),end:(").count() <= 2 && inner.split("),end:(").all(is_day)
}

fn is_day(text: &str) -> bool {
    let parts = text.split(',').map(|part| part.split_once(':').unwrap_or_default()).collect::<Vec<_>>();
    let names = parts.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let is_year = parts.first().is_some_and(|(_, year)| is_shaped(year, "0000"));
    names == ["year", "month", "day"] && is_year && parts.iter().all(|(_, number)| number.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_amounts_and_urns_have_their_forms() {
        assert!(is_range("(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:7))"));
        assert!(!is_range("(start:(month:11,day:1))"));
        assert!(is_decimal("50") && is_decimal("8.00") && !is_decimal("8.") && !is_decimal("-1"));
        assert!(is_urn("urn:li:geo:1", Some("geo")) && !is_urn("urn:li:geo:", None) && !is_urn("1", None));
    }
}
