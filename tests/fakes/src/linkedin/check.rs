//! What `LinkedIn` refuses: headers, absent and unknown fields, amounts that are no text, seconds for milliseconds.

use serde_json::Value;

use super::{ACCOUNT, OLDEST_VERSION, ORGANIZATION, TOKEN, expired, wrong};
use crate::{Answer, Received};

type Checked = Result<(), Answer>;

const GROUP: [&str; 8] =
    ["account", "name", "runSchedule", "status", "totalBudget", "dailyBudget", "objectiveType", "budgetOptimization"];
const CAMPAIGN: [&str; 25] = [
    "account",
    "associatedEntity",
    "audienceExpansionEnabled",
    "campaignGroup",
    "costType",
    "creativeSelection",
    "dailyBudget",
    "totalBudget",
    "locale",
    "name",
    "objectiveType",
    "offsiteDeliveryEnabled",
    "offsitePreferences",
    "runSchedule",
    "targetingCriteria",
    "type",
    "unitCost",
    "status",
    "optimizationTargetType",
    "format",
    "pacingStrategy",
    "connectedTelevisionOnly",
    "optimizationPreference",
    "politicalIntent",
    "storyDeliveryEnabled",
];
const NEEDED: [&str; 13] = [
    "account",
    "campaignGroup",
    "costType",
    "locale",
    "name",
    "offsiteDeliveryEnabled",
    "targetingCriteria",
    "type",
    "unitCost",
    "status",
    "politicalIntent",
    "associatedEntity",
    "dailyBudget",
];
const CREATIVE: [&str; 6] = ["campaign", "content", "inlineContent", "intendedStatus", "leadgenCallToAction", "name"];
const POST: [&str; 10] = [
    "author",
    "commentary",
    "visibility",
    "distribution",
    "content",
    "lifecycleState",
    "isReshareDisabledByAuthor",
    "adContext",
    "contentLandingPage",
    "contentCallToActionLabel",
];
const STATUSES: [&str; 6] = ["ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "PENDING_DELETION", "REMOVED"];

pub(super) fn headers(request: &Received) -> Checked {
    if request.header("authorization") != format!("Bearer {TOKEN}") {
        return Err(expired());
    }
    let version = request.header("linkedin-version");
    if version.len() != 6 || version < OLDEST_VERSION {
        let what = format!("Requested version {version}01 is not active");
        let body = serde_json::json!({"status": 426, "code": "NONEXISTENT_VERSION", "message": what});
        return Err(Answer::json(426, &body));
    }
    if request.header("x-restli-protocol-version") != "2.0.0" {
        return Err(wrong("X-Restli-Protocol-Version", "INVALID_VALUE", "has to be 2.0.0"));
    }
    Ok(())
}

pub(super) fn group(body: &Value) -> Checked {
    known(body, "/CampaignGroup", &GROUP)?;
    needed(body, "/CampaignGroup", &["account", "name", "runSchedule", "status"])?;
    account(&body["account"], "/CampaignGroup/account")?;
    if body["name"].as_str().is_none_or(|name| name.chars().count() > 100) {
        return Err(wrong("/CampaignGroup/name", "STRING_TOO_LONG", "has at most 100 characters"));
    }
    status(&body["status"], "/CampaignGroup/status")?;
    schedule(&body["runSchedule"], "/CampaignGroup/runSchedule")
}

pub(super) fn campaign(body: &Value) -> Checked {
    known(body, "/Campaign", &CAMPAIGN)?;
    needed(body, "/Campaign", &NEEDED)?;
    account(&body["account"], "/Campaign/account")?;
    status(&body["status"], "/Campaign/status")?;
    schedule(&body["runSchedule"], "/Campaign/runSchedule")?;
    amount(&body["dailyBudget"], "/Campaign/dailyBudget")?;
    amount(&body["unitCost"], "/Campaign/unitCost")?;
    if !["POLITICAL", "NOT_POLITICAL", "NOT_DECLARED"].iter().any(|intent| body["politicalIntent"] == *intent) {
        return Err(wrong("/Campaign/politicalIntent", "INVALID_VALUE", "is no intent"));
    }
    let automatic = body["optimizationTargetType"].as_str().is_some_and(|target| target.starts_with("MAX_"));
    let is_zero = body["unitCost"]["amount"].as_str().and_then(|text| text.parse::<f64>().ok()) == Some(0.0);
    if automatic != is_zero {
        return Err(wrong("/Campaign/unitCost", "INVALID_VALUE", "does not fit the bidding"));
    }
    targeting(&body["targetingCriteria"])
}

fn targeting(criteria: &Value) -> Checked {
    let path = "/Campaign/targetingCriteria";
    let facets = criteria.pointer("/include/and").and_then(Value::as_array);
    let facets = facets.ok_or_else(|| wrong(path, "MISSING_FIELD", "has no facets"))?;
    let has =
        |name: &str| facets.iter().any(|facet| facet["or"].get(format!("urn:li:adTargetingFacet:{name}")).is_some());
    if !has("locations") {
        return Err(wrong(path, "MISSING_LOCATION", "has no location"));
    }
    if has("titles") && has("seniorities") {
        return Err(wrong(path, "INVALID_COMBINATION", "joins titles with seniorities"));
    }
    Ok(())
}

/// The media of a creative, where everything else is right.
pub(super) fn creative(body: &Value) -> Result<Vec<String>, Answer> {
    known(body, "/Creative", &CREATIVE)?;
    needed(body, "/Creative", &["campaign", "inlineContent"])?;
    if let Some(given) = body.get("intendedStatus") {
        status(given, "/Creative/intendedStatus")?;
    }
    let post = &body["inlineContent"]["post"];
    let path = "/inlineContent/post";
    known(post, path, &POST)?;
    needed(post, path, &["author", "commentary", "visibility", "lifecycleState", "adContext", "content"])?;
    account(&post["adContext"]["dscAdAccount"], "/inlineContent/post/adContext/dscAdAccount")?;
    if post["adContext"].get("dscAdType").is_some() {
        return Err(wrong("/inlineContent/post/adContext/dscAdType", "READ_ONLY", "is read-only"));
    }
    if post["author"] != format!("urn:li:organization:{ORGANIZATION}") {
        return Err(wrong("/inlineContent/post/author", "INVALID_VALUE", "is not the page of the account"));
    }
    let cards = post.pointer("/content/carousel/cards").and_then(Value::as_array);
    let media: Vec<_> = match cards {
        Some(cards) => cards.iter().map(|card| &card["media"]["id"]).collect(),
        None => vec![&post["content"]["media"]["id"]],
    };
    let urns = media.into_iter().filter_map(Value::as_str).map(str::to_owned);
    Ok(urns.collect())
}

/// One field of a change.
pub(super) fn patch(status_field: &str, field: &str, value: &Value) -> Checked {
    match field {
        field if field == status_field => status(value, field),
        "dailyBudget" | "unitCost" if status_field == "status" => amount(value, field),
        "name" => Ok(()),
        _ => Err(wrong(field, "FIELD_NOT_UPDATABLE", "cannot be changed")),
    }
}

/// The id at the end of a URN.
pub(super) fn urn(body: &Value, field: &str, kind: &str) -> Result<String, Answer> {
    let id = body[field].as_str().and_then(|urn| urn.strip_prefix(kind));
    id.map(str::to_owned).ok_or_else(|| wrong(field, "URN_VALIDATION_FAILURE", "is no such URN"))
}

fn known(body: &Value, path: &str, fields: &[&str]) -> Checked {
    let unknown = body.as_object().into_iter().flatten().find(|(name, _)| !fields.contains(&name.as_str()));
    unknown.map_or(Ok(()), |(name, _)| Err(wrong(&format!("{path}/{name}"), "UNPERMITTED_FIELD", "is unrecognized")))
}

fn needed(body: &Value, path: &str, fields: &[&str]) -> Checked {
    let missing = fields.iter().find(|field| body.get(**field).is_none_or(Value::is_null));
    missing.map_or(Ok(()), |field| Err(wrong(&format!("{path}/{field}"), "MISSING_FIELD", "is required")))
}

fn account(value: &Value, path: &str) -> Checked {
    let is_it = *value == format!("urn:li:sponsoredAccount:{ACCOUNT}");
    if is_it { Ok(()) } else { Err(wrong(path, "URN_VALIDATION_FAILURE", "is not this account")) }
}

fn status(value: &Value, path: &str) -> Checked {
    let is_one = value.as_str().is_some_and(|status| STATUSES.contains(&status));
    if is_one { Ok(()) } else { Err(wrong(path, "INVALID_VALUE", "is no status")) }
}

fn schedule(value: &Value, path: &str) -> Checked {
    let moment = |field: &str| value[field].as_i64().filter(|moment| *moment > 1_000_000_000_000);
    let is_right = moment("start").is_some_and(|start| value.get("end").is_none() || moment("end") > Some(start));
    if is_right {
        Ok(())
    } else {
        Err(wrong(path, "INVALID_VALUE", "has no start in milliseconds, or an end before it"))
    }
}

fn amount(value: &Value, path: &str) -> Checked {
    let is_right = value["amount"].as_str().is_some_and(|text| text.parse::<f64>().is_ok_and(|number| number >= 0.0));
    if !is_right {
        return Err(wrong(&format!("{path}/amount"), "INVALID_VALUE", "is no decimal text"));
    }
    let is_right = value["currencyCode"] == "BRL";
    if is_right {
        Ok(())
    } else {
        Err(wrong(&format!("{path}/currencyCode"), "CURRENCY_MISMATCH", "is not the account's"))
    }
}
