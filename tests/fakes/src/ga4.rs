//! A fake of the Analytics Data API: one property whose groups of users are known.

use serde_json::{Value, json};

use crate::{Answer, Api, Fault, Received};

/// The property.
pub const PROPERTY: &str = "349001122";
/// The token that it takes.
pub const TOKEN: &str = "ya29.canary-analytics";
/// Rows of a page, whatever is asked for.
const PAGE_SIZE: usize = 4;
/// Tokens that a report costs.
const COST: i64 = 10;

/// The state of the property.
pub struct Ga4Api {
    /// Tokens left of the property's hour.
    left: i64,
}

impl Ga4Api {
    /// A property that has used none of its quota.
    pub fn new() -> Self {
        Self::with_tokens(40_000)
    }

    /// A property with so many tokens left in this hour.
    pub fn with_tokens(left: i64) -> Self {
        Self { left }
    }

    fn report(&mut self, body: &Value) -> Result<Value, Answer> {
        if self.left < COST {
            return Err(failed(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens for an hour."));
        }
        self.left -= COST;
        if body["dateRanges"][0]["endDate"] != "yesterday" {
            return Err(failed(400, "INVALID_ARGUMENT", "This fake has the days up to yesterday."));
        }
        if body["metrics"] != json!([{"name": "activeUsers"}]) {
            return Err(failed(400, "INVALID_ARGUMENT", "This fake counts activeUsers."));
        }
        let names: Vec<&str> =
            body["dimensions"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
        let rows = rows(&names)?;
        let offset: usize = body["offset"].as_str().and_then(|offset| offset.parse().ok()).unwrap_or(0);
        let page: Vec<_> =
            rows.iter().skip(offset).take(PAGE_SIZE).map(|(values, users)| row(values, *users)).collect();
        let headers: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
        Ok(json!({
            "dimensionHeaders": headers, "metricHeaders": [{"name": "activeUsers", "type": "TYPE_INTEGER"}],
            "rows": page, "rowCount": rows.len(),
            "metadata": {"currencyCode": "BRL", "timeZone": "America/Sao_Paulo",
                         "subjectToThresholding": names.contains(&"userGender")},
            "propertyQuota": {"tokensPerDay": {"consumed": COST, "remaining": 199_000},
                              "tokensPerHour": {"consumed": COST, "remaining": self.left},
                              "concurrentRequests": {"remaining": 10}},
            "kind": "analyticsData#runReport",
        }))
    }
}

impl Default for Ga4Api {
    fn default() -> Self {
        Self::new()
    }
}

/// The groups of the two sets of dimensions that this property knows.
fn rows(names: &[&str]) -> Result<Vec<(Vec<&'static str>, u64)>, Answer> {
    match names {
        ["userAgeBracket", "userGender"] => Ok(vec![
            (vec!["25-34", "female"], 420),
            (vec!["35-44", "female"], 260),
            (vec!["25-34", "male"], 210),
            (vec!["18-24", "female"], 180),
            (vec!["unknown", "unknown"], 900),
            (vec!["45-54", "male"], 75),
        ]),
        ["city"] => Ok(vec![(vec!["Recife"], 800), (vec!["Olinda"], 120), (vec!["(not set)"], 60)]),
        _ => Err(failed(400, "INVALID_ARGUMENT", "The dimensions & metrics are incompatible.")),
    }
}

fn row(values: &[&str], users: u64) -> Value {
    let values: Vec<_> = values.iter().map(|value| json!({"value": value})).collect();
    json!({"dimensionValues": values, "metricValues": [{"value": users.to_string()}]})
}

fn failed(status: u16, word: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"error": {"code": status, "message": message, "status": word}}))
}

impl Api for Ga4Api {
    fn platform(&self) -> &'static str {
        "ga4"
    }

    fn host(&self) -> &'static str {
        "analyticsdata.googleapis.com"
    }

    fn is_write(&self, _request: &Received) -> bool {
        false
    }

    fn answer(&mut self, request: &Received) -> Answer {
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return failed(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        }
        if request.path != format!("/v1beta/properties/{PROPERTY}:runReport") || request.method != "POST" {
            return failed(403, "PERMISSION_DENIED", "User does not have sufficient permissions for this property.");
        }
        self.report(&request.json()).map_or_else(|answer| answer, |body| Answer::json(200, &body))
    }

    fn failure(&self, _fault: Fault) -> Answer {
        failed(500, "INTERNAL", "Internal error encountered.")
    }
}
