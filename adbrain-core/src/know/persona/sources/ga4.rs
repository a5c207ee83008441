//! Google Analytics 4: one report of the Data API v1beta, active users by one set of dimensions over whole days.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::super::profile::Source;
use super::online::{PeopleRead, digits, profiles};
use super::reader::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Effect, Request, Response, Secret};
use crate::model::Message;
use crate::platform::RemoteOptions;

/// The Data API's own address.
const BASE: &str = "https://analyticsdata.googleapis.com";
/// Rows of one page; the API gives at most 250,000.
const PAGE: usize = 10_000;
/// More rows than any set of these dimensions has groups of people: a report that goes on is wrong.
const MOST_ROWS: usize = 200_000;
/// Dimensions that say who people are.
const DIMENSIONS: [&str; 10] = [
    "userAgeBracket",
    "userGender",
    "country",
    "region",
    "city",
    "hour",
    "dayOfWeek",
    "deviceCategory",
    "brandingInterest",
    "eventName",
];
/// The API takes at most nine dimensions.
const MOST_DIMENSIONS: usize = 9;
/// The longest time that is asked for.
const MOST_DAYS: u32 = 365;

/// A property of Google Analytics 4.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ga4Config {
    /// The property: digits.
    pub property: String,
    /// An OAuth access token with the scope `analytics.readonly`.
    #[schemars(with = "String")]
    pub token: Secret,
    /// One set of dimensions: age and gender by default. More of them make smaller groups, of which Google withholds more.
    #[serde(default = "age_and_gender")]
    pub dimensions: Vec<String>,
    /// The whole days up to yesterday that are counted: 28 by default.
    #[serde(default = "four_weeks")]
    pub days: u32,
    /// Where the API is reached; Google's own address by default.
    #[serde(default = "base")]
    pub base_url: String,
}

fn age_and_gender() -> Vec<String> {
    vec!["userAgeBracket".to_owned(), "userGender".to_owned()]
}

fn four_weeks() -> u32 {
    28
}

fn base() -> String {
    BASE.to_owned()
}

impl Ga4Config {
    pub(super) fn check(&self) -> Result<()> {
        digits("property", &self.property, "give the digits of the property's id, from its settings")?;
        if self.token.is_empty() {
            return Err(Error::invalid("token", "is empty").next("make an access token with analytics.readonly"));
        }
        let is_known = |name: &String| DIMENSIONS.contains(&name.as_str());
        let is_set = (1..=MOST_DIMENSIONS).contains(&self.dimensions.len());
        if !is_set || !self.dimensions.iter().all(is_known) {
            let what = format!("are not 1 to {MOST_DIMENSIONS} of: {}", DIMENSIONS.join(", "));
            return Err(Error::invalid("dimensions", what).next("name those that say who your people are"));
        }
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Err(Error::invalid("days", format!("is {}, not 1 to {MOST_DAYS}", self.days))
                .next("give a number of whole days such as 28"));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(default)]
    row_count: usize,
    #[serde(default)]
    metadata: Metadata,
    /// What is left of each quota.
    #[serde(default)]
    property_quota: BTreeMap<String, Quota>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(default)]
    dimension_values: Vec<Cell>,
    #[serde(default)]
    metric_values: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(default)]
    value: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    subject_to_thresholding: bool,
    #[serde(default)]
    data_loss_from_other_row: bool,
}

#[derive(Deserialize)]
struct Quota {
    #[serde(default)]
    consumed: i64,
    remaining: Option<i64>,
}

/// Reads active users by the dimensions of the config, today left out: it is not complete.
pub(super) async fn read(config: &Ga4Config, options: &RemoteOptions) -> Result<PeopleRead> {
    config.check()?;
    let remote = Reader::open(&config.base_url, options, judge)?;
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    loop {
        let report: Report = remote.read(&request(config, &remote, rows.len())?).await?;
        if notes.is_empty() {
            notes = told(&report.metadata);
        }
        let last = report.rows.is_empty();
        for row in &report.rows {
            rows.push(counted(row, config.dimensions.len())?);
        }
        if last || rows.len() >= report.row_count {
            break;
        }
        if rows.len() >= MOST_ROWS {
            return Err(Error::new(ErrorKind::Unavailable, "the report does not end").next("ask for fewer dimensions"));
        }
        has_quota(&report.property_quota)?;
    }
    let headers: Vec<&str> = config.dimensions.iter().map(String::as_str).collect();
    let (imported, more) = profiles((&headers, Source::Analytics), &rows)?;
    notes.extend(more);
    Ok(PeopleRead { imported, notes })
}

/// `yesterday` is that of the property's own time zone.
fn request(config: &Ga4Config, remote: &Reader, offset: usize) -> Result<Request> {
    let dimensions: Vec<_> = config.dimensions.iter().map(|name| json!({"name": name})).collect();
    let body = json!({
        "dateRanges": [{"startDate": format!("{}daysAgo", config.days), "endDate": "yesterday"}],
        "dimensions": dimensions,
        "metrics": [{"name": "activeUsers"}],
        "limit": PAGE.to_string(),
        "offset": offset.to_string(),
        "returnPropertyQuota": true,
    });
    let url = remote.url(&format!("/v1beta/properties/{}:runReport", config.property));
    Ok(Request::post(url).bearer(&config.token).json(&body)?.effect(Effect::Read))
}

/// What Google withholds of small groups.
fn told(metadata: &Metadata) -> Vec<Message> {
    let thresholded = metadata.subject_to_thresholding.then(|| Message::new("people-thresholded"));
    let other = metadata.data_loss_from_other_row.then(|| Message::new("people-other-row"));
    thresholded.into_iter().chain(other).collect()
}

fn counted(row: &Row, dimensions: usize) -> Result<(Vec<String>, u64)> {
    let strange = || {
        Error::new(ErrorKind::Unavailable, "a row of the report has no count of users, or other dimensions")
            .next("try again later")
    };
    let people = row.metric_values.first().and_then(|cell| cell.value.parse().ok()).ok_or_else(strange)?;
    let values: Vec<String> = row.dimension_values.iter().map(|cell| cell.value.clone()).collect();
    if values.len() == dimensions { Ok((values, people)) } else { Err(strange()) }
}

/// Says no to another page where a quota would not last for it.
fn has_quota(quotas: &BTreeMap<String, Quota>) -> Result<()> {
    let is_short = |quota: &Quota| quota.remaining.is_some_and(|left| left <= 0 || left < quota.consumed);
    match quotas.iter().find(|(_, quota)| is_short(quota)) {
        None => Ok(()),
        Some((name, quota)) => {
            let left = quota.remaining.unwrap_or_default();
            Err(Error::new(ErrorKind::RateLimited, format!("the property's quota {name} has {left} left"))
                .next("wait for the next hour or day, or ask for fewer dimensions"))
        }
    }
}

#[derive(Deserialize)]
struct Failed {
    error: Failure,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
}

/// What an answer of Google means: its status in words, where it has one.
fn judge(request: &Request, response: &Response) -> Result<()> {
    if (200..300).contains(&response.status) {
        return Ok(());
    }
    let Ok(Failed { error }) = serde_json::from_slice(&response.body) else {
        return response.clone().success(request).map(drop);
    };
    let (kind, next) = match error.status.as_str() {
        "RESOURCE_EXHAUSTED" => (ErrorKind::RateLimited, "wait: a quota of the property is used up"),
        "UNAUTHENTICATED" => (ErrorKind::Unauthorized, "make a new access token: they last an hour"),
        "PERMISSION_DENIED" => (ErrorKind::Unauthorized, "give the token's user the role Viewer on the property"),
        "INVALID_ARGUMENT" => (ErrorKind::InvalidInput, "ask for other dimensions: not all go together"),
        "NOT_FOUND" => (ErrorKind::NotFound, "check the property's id"),
        _ => return response.clone().success(request).map(drop),
    };
    Err(Error::new(kind, format!("analytics: {}", error.message)).with("status", response.status).next(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_the_quota_does_not_last_for_is_not_asked_for() {
        let quota = |consumed, remaining| BTreeMap::from([("tokensPerHour".to_owned(), Quota { consumed, remaining })]);
        assert!(has_quota(&quota(10, Some(10))).is_ok() && has_quota(&quota(10, None)).is_ok());
        for (consumed, left) in [(10, 9), (0, 0)] {
            let error = has_quota(&quota(consumed, Some(left))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::RateLimited);
            assert!(error.to_string().contains("tokensPerHour"), "{error}");
        }
    }

    #[test]
    fn the_status_in_words_decides() {
        let request =
            Request::post("https://analyticsdata.googleapis.com/v1beta/properties/1:runReport").effect(Effect::Read);
        for (status, word, kind) in [
            (429, "RESOURCE_EXHAUSTED", ErrorKind::RateLimited),
            (401, "UNAUTHENTICATED", ErrorKind::Unauthorized),
            (403, "PERMISSION_DENIED", ErrorKind::Unauthorized),
            (400, "INVALID_ARGUMENT", ErrorKind::InvalidInput),
            (500, "INTERNAL", ErrorKind::Unavailable),
        ] {
            let body = json!({"error": {"code": status, "message": "no", "status": word}}).to_string().into_bytes();
            let error = judge(&request, &Response { status, headers: Vec::new(), body }).unwrap_err();
            assert_eq!(error.kind(), kind, "{word}");
            assert!(error.next_step().is_some(), "{word}");
        }
    }
}
