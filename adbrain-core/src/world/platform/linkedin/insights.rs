//! Reports: one row per ad and day. `LinkedIn` counts its days in UTC, gives no hours, pages nothing, and takes few metrics at a time.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::api::Api;
use super::map;
use super::restli::{self, Value};
use super::wire::{Day, Page, ReportRow};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Metrics, Money};
use crate::platform::report::Days;

/// What is asked for.
const METRICS: [&str; 6] = [
    "impressions",
    "clicks",
    "costInLocalCurrency",
    "externalWebsiteConversions",
    "oneClickLeads",
    "conversionValueInLocalCurrency",
];
/// What every row is known by.
const KEYS: [&str; 2] = ["dateRange", "pivotValues"];
/// The most fields in one question.
const MOST_FIELDS: usize = 20;
/// Days in one question: there are no pages, so long windows are asked for in parts.
const DAYS_AT_ONCE: i64 = 30;

/// The metrics of ads by day and URN of the creative.
pub(super) type Report = BTreeMap<(Date, String), Metrics>;

/// Reads a report of an account.
pub(super) async fn read(api: &Api, account: &str, days: &Days, currency: Currency) -> Result<Report> {
    let mut cells = BTreeMap::new();
    for [first, last] in windows(days)? {
        for metrics in METRICS.chunks(MOST_FIELDS - KEYS.len()) {
            let page: Page<ReportRow> = api.read("/adAnalytics", &query(account, [first, last], metrics)).await?;
            for row in page.elements {
                merge(&mut cells, row, [first, last])?;
            }
        }
    }
    cells.into_iter().map(|(key, cells)| Ok((key, metrics(&cells, currency)?))).collect()
}

type Cells = BTreeMap<(Date, String), BTreeMap<String, Json>>;

/// Adds the metrics of a row to what is known of its ad and day; rows of other days are left out.
fn merge(cells: &mut Cells, row: ReportRow, [first, last]: [Date; 2]) -> Result<()> {
    let Day { year, month, day } = row.date_range.start;
    let strange = || {
        Error::new(
            ErrorKind::Unavailable,
            format!("linkedin gave a report row of {year}-{month}-{day} for {:?}", row.pivot_values),
        )
        .next("try again later")
    };
    let date = Date::new(year, month, day).map_err(|_| strange())?;
    let [creative] = row.pivot_values.as_slice() else { return Err(strange()) };
    if (first..=last).contains(&date) {
        cells.entry((date, map::urn(map::CREATIVE, creative))).or_default().extend(row.metrics);
    }
    Ok(())
}

/// Leads out of `LinkedIn`'s own forms are conversions too: they happen on no website.
fn metrics(cells: &BTreeMap<String, Json>, currency: Currency) -> Result<Metrics> {
    let count = |name: &str| map::count(cells.get(name));
    Ok(Metrics {
        impressions: count("impressions")?,
        clicks: count("clicks")?,
        conversions: count("externalWebsiteConversions")?.saturating_add(count("oneClickLeads")?),
        spend: amount(cells.get("costInLocalCurrency"), currency)?,
        revenue: amount(cells.get("conversionValueInLocalCurrency"), currency)?,
    })
}

fn amount(value: Option<&Json>, currency: Currency) -> Result<Money> {
    let micros = match value {
        None | Some(Json::Null) => 0,
        Some(Json::String(text)) => map::micros(text)?,
        Some(other) => map::micros(&other.to_string())?,
    };
    Ok(Money::from_micros(micros, currency))
}

/// The days in parts that can be asked for at once.
fn windows(days: &Days) -> Result<Vec<[Date; 2]>> {
    let beyond = |_| Error::invalid("query.end", "is beyond the calendar").next("ask for other days");
    let mut parts = Vec::new();
    let mut first = days.first;
    while first <= days.last {
        let next = first.checked_add(DAYS_AT_ONCE.days()).map_err(beyond)?;
        parts.push([first, next.yesterday().map_err(beyond)?.min(days.last)]);
        first = next;
    }
    Ok(parts)
}

fn query(account: &str, [first, last]: [Date; 2], metrics: &[&str]) -> String {
    let day = |date: Date| {
        let parts = [("year", i64::from(date.year())), ("month", date.month().into()), ("day", date.day().into())];
        Value::Record(parts.into_iter().map(|(name, part)| (name.to_owned(), part.into())).collect())
    };
    let range = Value::Record(vec![("start".to_owned(), day(first)), ("end".to_owned(), day(last))]);
    let parameters = [
        ("q", "analytics".into()),
        ("pivot", "CREATIVE".into()),
        ("timeGranularity", "DAILY".into()),
        ("dateRange", range),
        ("accounts", Value::texts([account])),
    ];
    let names: Vec<_> = KEYS.iter().chain(metrics).copied().collect();
    format!("{}&{}", restli::query(&parameters), restli::fields(&names))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;
    use crate::platform::{InsightsQuery, InsightsStep};

    fn row(day: i8, metrics: &Json) -> ReportRow {
        let mut row = json!({
            "dateRange": {"start": {"year": 2026, "month": 11, "day": day}, "end": {"year": 2026, "month": 11, "day": day}},
            "pivotValues": ["urn:li:sponsoredCreative:1"],
        });
        row.as_object_mut().unwrap().extend(metrics.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn a_question_is_written_as_linkedin_wants_it() {
        let days = ["2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap()];
        assert_eq!(
            query("urn:li:sponsoredAccount:5012345", days, &["impressions", "clicks"]),
            "q=analytics&pivot=CREATIVE&timeGranularity=DAILY\
             &dateRange=(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:30))\
             &accounts=List(urn%3Ali%3AsponsoredAccount%3A5012345)&fields=dateRange,pivotValues,impressions,clicks"
        );
    }

    #[test]
    fn parts_of_a_row_are_merged_and_rows_of_other_days_left_out() {
        let days = ["2026-11-01".parse().unwrap(), "2026-11-02".parse().unwrap()];
        let mut cells = Cells::new();
        merge(&mut cells, row(1, &json!({"impressions": 100, "clicks": 3})), days).unwrap();
        merge(&mut cells, row(1, &json!({"costInLocalCurrency": "1.2345678", "oneClickLeads": 2})), days).unwrap();
        merge(&mut cells, row(3, &json!({"impressions": 9})), days).unwrap();
        assert_eq!(cells.len(), 1);
        let found = metrics(cells.values().next().unwrap(), Currency::BRL).unwrap();
        assert_eq!((found.impressions, found.clicks, found.conversions), (100, 3, 2));
        assert_eq!((found.spend.micros(), found.revenue.micros()), (1_234_568, 0));
    }

    #[test]
    fn long_windows_are_asked_for_in_parts_that_meet() {
        let (start, end) = ("2026-01-01T00:00:00Z".parse().unwrap(), "2026-03-03T00:00:00Z".parse().unwrap());
        let days = Days::of(&InsightsQuery { start, end, step: InsightsStep::Day }, &TimeZone::UTC).unwrap();
        let parts = windows(&days).unwrap();
        let told: Vec<_> = parts.iter().map(|[first, last]| format!("{first}/{last}")).collect();
        assert_eq!(told, ["2026-01-01/2026-01-30", "2026-01-31/2026-03-01", "2026-03-02/2026-03-02"]);
    }
}
