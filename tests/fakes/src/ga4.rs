//! A fake of the Analytics Data API: one property whose groups of users, and whose sessions and revenue by day, are known.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
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
    /// Revenue that has come in late, by day as the API writes it.
    late: BTreeMap<String, u64>,
}

impl Ga4Api {
    /// A property that has used none of its quota.
    pub fn new() -> Self {
        Self::with_tokens(40_000)
    }

    /// A property with so many tokens left in this hour.
    pub fn with_tokens(left: i64) -> Self {
        Self { left, late: BTreeMap::new() }
    }

    /// The same property some days later: revenue of one day has been credited to it since.
    #[must_use]
    pub fn with_late_revenue(mut self, day: &str, revenue: u64) -> Self {
        self.late.insert(day.to_owned(), revenue);
        self
    }

    fn report(&mut self, body: &Value) -> Result<Value, Answer> {
        if self.left < COST {
            return Err(failed(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens for an hour."));
        }
        self.left -= COST;
        let (names, metrics) = (named(&body["dimensions"]), named(&body["metrics"]));
        let rows = self.rows((&names, &metrics), &body["dateRanges"][0])?;
        let offset: usize = body["offset"].as_str().and_then(|offset| offset.parse().ok()).unwrap_or(0);
        let page: Vec<_> =
            rows.iter().skip(offset).take(PAGE_SIZE).map(|(values, metrics)| row(values, metrics)).collect();
        let headers = |names: &[&str]| names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>();
        Ok(json!({
            "dimensionHeaders": headers(&names), "metricHeaders": headers(&metrics),
            "rows": page, "rowCount": rows.len(),
            "metadata": {"currencyCode": "BRL", "timeZone": "America/Sao_Paulo",
                         "subjectToThresholding": names.contains(&"userGender")},
            "propertyQuota": {"tokensPerDay": {"consumed": COST, "remaining": 199_000},
                              "tokensPerHour": {"consumed": COST, "remaining": self.left},
                              "concurrentRequests": {"remaining": 10}},
            "kind": "analyticsData#runReport",
        }))
    }

    fn rows(&self, (names, metrics): (&[&str], &[&str]), range: &Value) -> Result<Vec<Row>, Answer> {
        if names.first() == Some(&"date") {
            return self.days(metrics, [&range["startDate"], &range["endDate"]]);
        }
        if range["endDate"] != "yesterday" || metrics != ["activeUsers"] {
            return Err(failed(400, "INVALID_ARGUMENT", "This fake counts activeUsers up to yesterday."));
        }
        let groups = groups(names)?.into_iter();
        Ok(groups.map(|(values, users)| (owned(&values), vec![users.to_string()])).collect())
    }

    /// Two campaigns a day; the seventh day of each month has no row.
    fn days(&self, metrics: &[&str], [first, last]: [&Value; 2]) -> Result<Vec<Row>, Answer> {
        let day = |value: &Value| value.as_str().and_then(|text| text.parse::<Date>().ok());
        let (Some(first), Some(last)) = (day(first), day(last)) else {
            return Err(failed(400, "INVALID_ARGUMENT", "Dates are YYYY-MM-DD."));
        };
        let mut rows = Vec::new();
        for day in first.series(1.day()).take_while(|day| *day <= last).filter(|day| day.day() != 7) {
            let text = day.strftime("%Y%m%d").to_string();
            for (campaign, sessions) in [("spring", 100 + u64::try_from(day.day()).unwrap_or(0)), ("", 40)] {
                let late = self.late.get(&text).copied().unwrap_or(0) * u64::from(campaign == "spring");
                let value = |name: &&str| match *name {
                    "purchaseRevenue" => format!("{}.5", sessions * 2 + late),
                    _ => sessions.to_string(),
                };
                rows.push((owned(&[&text, "meta / paid", campaign]), metrics.iter().map(value).collect()));
            }
        }
        Ok(rows)
    }
}

/// Dimensions and metrics of one line of a report.
type Row = (Vec<String>, Vec<String>);

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn named(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect()
}

impl Default for Ga4Api {
    fn default() -> Self {
        Self::new()
    }
}

/// The groups of the two sets of dimensions that this property knows.
fn groups(names: &[&str]) -> Result<Vec<(Vec<&'static str>, u64)>, Answer> {
    match names {
        [] => Ok(vec![(Vec::new(), 2_045)]),
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

fn row(dimensions: &[String], metrics: &[String]) -> Value {
    let cells = |texts: &[String]| texts.iter().map(|text| json!({"value": text})).collect::<Vec<_>>();
    json!({"dimensionValues": cells(dimensions), "metricValues": cells(metrics)})
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
