//! Google Analytics 4: reports of the Data API v1beta, page by page.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::http::{Effect, Request, Response, Secret};
use crate::model::Message;
use crate::platform::{Reader, RemoteOptions};

/// The Data API's own address.
const BASE: &str = "https://analyticsdata.googleapis.com";
/// Rows of one page; the API gives at most 250,000.
const PAGE: usize = 10_000;
/// More rows than a report has that anybody can read: one that goes on is wrong.
const MOST_ROWS: usize = 200_000;

/// The address that is asked where a config names none.
pub(crate) fn base() -> String {
    BASE.to_owned()
}

/// One property with the token that reads it.
pub(crate) struct Property<'a> {
    reader: Reader,
    id: &'a str,
    token: &'a Secret,
}

/// What a report is asked for: `[first, last]` are days as the API writes them, `28daysAgo`, `yesterday` or `2026-12-01`.
pub(crate) struct Question<'a> {
    pub(crate) dimensions: &'a [String],
    pub(crate) metrics: &'a [String],
    pub(crate) days: [String; 2],
}

/// A whole report.
pub(crate) struct Report {
    pub(crate) rows: Vec<ReportRow>,
    pub(crate) metadata: Metadata,
}

/// A row, with as many dimensions and metrics as were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReportRow {
    pub(crate) dimensions: Vec<String>,
    pub(crate) metrics: Vec<String>,
}

/// What the property says of itself and of what it withholds.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) currency_code: Option<String>,
    pub(crate) time_zone: Option<String>,
    #[serde(default)]
    subject_to_thresholding: bool,
    #[serde(default)]
    data_loss_from_other_row: bool,
}

impl Metadata {
    /// What Google withholds of small groups.
    pub(crate) fn notes(&self) -> Vec<Message> {
        let thresholded = self.subject_to_thresholding.then(|| Message::new("people-thresholded"));
        let other = self.data_loss_from_other_row.then(|| Message::new("people-other-row"));
        thresholded.into_iter().chain(other).collect()
    }
}

/// Checks what every config of a property has.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] naming the field.
pub(crate) fn check(property: &str, token: &Secret) -> Result<()> {
    if property.is_empty() || !property.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::invalid("property", format!("{property:?} is no id"))
            .next("give the digits of the property's id, from its settings"));
    }
    if token.is_empty() {
        return Err(Error::invalid("token", "is empty").next("make an access token with analytics.readonly"));
    }
    Ok(())
}

impl<'a> Property<'a> {
    pub(crate) fn open((id, token, base): (&'a str, &'a Secret, &str), options: &RemoteOptions) -> Result<Self> {
        Ok(Self { reader: Reader::open(base, options, judge)?, id, token })
    }

    /// Reads a report whole, or nothing of it.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`] where a quota does not last for another page, [`ErrorKind::Unauthorized`] for the token,
    /// [`ErrorKind::InvalidInput`] for what does not go together, and what the network fails with.
    pub(crate) async fn report(&self, question: &Question<'_>) -> Result<Report> {
        let (mut rows, mut metadata) = (Vec::new(), None);
        loop {
            let page: Page = self.reader.read(&self.request(question, rows.len())?).await?;
            metadata = metadata.or(Some(page.metadata));
            let is_last = page.rows.is_empty();
            for row in page.rows {
                rows.push(row.checked(question)?);
            }
            if is_last || rows.len() >= page.row_count {
                return Ok(Report { rows, metadata: metadata.unwrap_or_default() });
            }
            if rows.len() >= MOST_ROWS {
                return Err(
                    Error::new(ErrorKind::Unavailable, "the report does not end").next("ask for fewer dimensions")
                );
            }
            has_quota(&page.property_quota)?;
        }
    }

    fn request(&self, question: &Question<'_>, offset: usize) -> Result<Request> {
        let named = |names: &[String]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        let [first, last] = &question.days;
        let body = json!({
            "dateRanges": [{"startDate": first, "endDate": last}],
            "dimensions": named(question.dimensions),
            "metrics": named(question.metrics),
            "limit": PAGE.to_string(),
            "offset": offset.to_string(),
            "returnPropertyQuota": true,
        });
        let url = self.reader.url(&format!("/v1beta/properties/{}:runReport", self.id));
        Ok(Request::post(url).bearer(self.token).json(&body)?.effect(Effect::Read))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
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

impl Row {
    fn checked(self, question: &Question<'_>) -> Result<ReportRow> {
        let values = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.value).collect::<Vec<_>>();
        let (dimensions, metrics) = (values(self.dimension_values), values(self.metric_values));
        if dimensions.len() != question.dimensions.len() || metrics.len() != question.metrics.len() {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "a row of the report has other columns than were asked for",
            )
            .next("try again later"));
        }
        Ok(ReportRow { dimensions, metrics })
    }
}

#[derive(Deserialize)]
struct Cell {
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Quota {
    #[serde(default)]
    consumed: i64,
    remaining: Option<i64>,
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
