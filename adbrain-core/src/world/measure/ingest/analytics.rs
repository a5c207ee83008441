//! Rows of Google Analytics 4 by day: which property, which columns, and how its answers become facts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::Value;

use super::due::questions;
use super::facts::{label, part, plain};
use super::pull::Checking;
use super::{Fact, Ingestion, PullOrder, Pulled, RefusedRow};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::measure::analytics::{self, Property, Question, ReportRow};
use crate::measure::cells::Parsed;
use crate::measure::number;
use crate::model::{Currency, Money};
use crate::platform::{InsightsStep, RemoteOptions};

/// The API takes nine dimensions; one is the day.
const MOST_DIMENSIONS: usize = 8;
/// The API takes ten metrics.
const MOST_METRICS: usize = 10;
/// What the API calls the day, written as `20261201`.
const DAY: &str = "date";

/// A property of Google Analytics 4 whose rows are kept by day. The property says in which currency and time zone they are.
///
/// ```
/// use adbrain_core::measure::AnalyticsSource;
/// let source = serde_json::json!({"property": "349001122", "token": "ya29.secret"});
/// let source = AnalyticsSource::from_value(&source)?;
/// assert_eq!(source.name(), "ga4/349001122");
/// assert_eq!(source.amounts, ["purchaseRevenue"]);
/// assert!(!format!("{source:?}").contains("ya29"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AnalyticsSource {
    /// The property: digits.
    pub property: String,
    /// An OAuth access token with the scope `analytics.readonly`.
    #[schemars(with = "String")]
    pub token: Secret,
    /// A word behind the property, where rows by other columns are kept beside the usual ones: `ga4/349001122/pages`.
    #[schemars(default)]
    pub report: Option<String>,
    /// The dimensions that name a row within its day, at most eight; source, medium and campaign of the session by default.
    #[schemars(default = "dimensions")]
    pub dimensions: Vec<String>,
    /// Metrics that are numbers; sessions, users, key events and transactions by default.
    #[schemars(default = "numbers")]
    pub numbers: Vec<String>,
    /// Metrics that are money in the property's currency; the revenue of purchases by default.
    #[schemars(default = "amounts")]
    pub amounts: Vec<String>,
    /// Where the API is reached; Google's own address by default.
    #[schemars(default = "analytics::base")]
    pub base_url: String,
}

/// The same as it is written, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    property: String,
    token: Secret,
    #[serde(default)]
    report: Option<String>,
    #[serde(default = "dimensions")]
    dimensions: Vec<String>,
    #[serde(default = "numbers")]
    numbers: Vec<String>,
    #[serde(default = "amounts")]
    amounts: Vec<String>,
    #[serde(default = "analytics::base")]
    base_url: String,
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn dimensions() -> Vec<String> {
    owned(&["sessionSourceMedium", "sessionCampaignName"])
}

fn numbers() -> Vec<String> {
    owned(&["sessions", "totalUsers", "keyEvents", "transactions"])
}

fn amounts() -> Vec<String> {
    owned(&["purchaseRevenue"])
}

impl<'de> Deserialize<'de> for AnalyticsSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::from_value(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl AnalyticsSource {
    /// Reads a source from JSON and checks it. No error shows the token.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the field.
    pub fn from_value(value: &Value) -> Result<Self> {
        if !value.is_object() {
            return Err(Error::invalid("analytics", "is no object with `property` and `token`")
                .next("compare it with its JSON Schema (`adbrain schema analytics_source`)"));
        }
        let token = value.get("token").and_then(Value::as_str).unwrap_or_default();
        let written = Written::deserialize(value).map_err(|error| {
            let text = error.to_string();
            let what = if token.is_empty() { text } else { text.replace(token, "***") };
            Error::invalid("analytics", what)
                .next("compare it with its JSON Schema (`adbrain schema analytics_source`)")
        })?;
        let Written { property, token, report, dimensions, numbers, amounts, base_url } = written;
        let source = Self { property, token, report, dimensions, numbers, amounts, base_url };
        source.check()?;
        Ok(source)
    }

    fn check(&self) -> Result<()> {
        analytics::check(&self.property, &self.token)?;
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if self.report.as_deref().is_some_and(|word| !is_word(word)) {
            return Err(Error::invalid("report", "is no word of letters and digits").next("name it as `pages`"));
        }
        let columns = self.dimensions.iter().chain(&self.numbers).chain(&self.amounts);
        // What users of a property make up can name a person.
        let is_known_to_all = |name: &&String| is_word(name) && *name != DAY;
        if let Some(name) = columns.into_iter().find(|name| !is_known_to_all(name)) {
            return Err(Error::invalid("dimensions", format!("{name:?} is not asked for"))
                .next("name dimensions and metrics of the API but the day, and none of your own making"));
        }
        let metrics = self.numbers.len() + self.amounts.len();
        if !(1..=MOST_DIMENSIONS).contains(&self.dimensions.len()) || !(1..=MOST_METRICS).contains(&metrics) {
            let what = format!("takes 1 to {MOST_DIMENSIONS} of them, and 1 to {MOST_METRICS} numbers and amounts");
            return Err(Error::invalid("dimensions", what).next("ask for fewer, or keep two reports of the property"));
        }
        Ok(())
    }

    /// The source of its rows: `ga4/349001122`.
    pub fn name(&self) -> String {
        let behind = self.report.as_deref().map(|word| format!("/{word}")).unwrap_or_default();
        format!("ga4/{}{behind}", self.property)
    }

    fn fact(&self, row: &ReportRow, currency: Currency) -> std::result::Result<Fact, RefusedRow> {
        let Some((day, names)) = row.dimensions.split_first() else { return Err(refused(row, DAY, "is missing")) };
        let day = Date::strptime("%Y%m%d", day).map_err(|_| refused(row, DAY, "is no day"))?;
        let cells = self.numbers.iter().zip(&row.metrics);
        let money = self.amounts.iter().zip(row.metrics.iter().skip(self.numbers.len()));
        let amount = |text: &str| number::amount(text).map(|micros| Money::from_micros(micros, currency));
        let id = names.iter().map(|name| part(if name.is_empty() { "(not set)" } else { name }));
        let labels = self.dimensions.iter().zip(names);
        let at = |field: &str, problem: &str| RefusedRow { day, ..refused(row, field, problem) };
        Ok(Fact {
            id: id.collect::<Parsed<Vec<_>>>().map_err(|problem| at("dimensions", &problem))?.join("/"),
            day,
            amounts: all(money, amount).map_err(|(field, problem)| at(&field, &problem))?,
            numbers: all(cells, plain).map_err(|(field, problem)| at(&field, &problem))?,
            labels: all(labels, label).map_err(|(field, problem)| at(&field, &problem))?,
        })
    }
}

fn refused(row: &ReportRow, field: &str, problem: &str) -> RefusedRow {
    RefusedRow { day: Date::MIN, row: row.dimensions.join("/"), field: field.to_owned(), problem: problem.to_owned() }
}

fn all<'a, T>(
    cells: impl Iterator<Item = (&'a String, &'a String)>,
    parse: impl Fn(&str) -> Parsed<T>,
) -> std::result::Result<BTreeMap<String, T>, (String, String)> {
    let read = |(name, text): (&String, &String)| match parse(text) {
        Ok(value) => Ok((name.clone(), value)),
        Err(problem) => Err((name.clone(), problem)),
    };
    cells.map(read).collect()
}

/// What a property says of itself.
struct Setting {
    currency: Currency,
    zone: TimeZone,
}

impl Ingestion {
    /// Brings the closed days of a property up to date, as [`Ingestion::pull`] those of an account. Whatever Google withholds of small
    /// groups is told in [`Pulled::notes`].
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`] for the token, [`ErrorKind::RateLimited`] where a quota is used up, [`ErrorKind::InvalidInput`] for
    /// columns that the API refuses, [`ErrorKind::Unavailable`] for a property that does not say its currency and time zone; else as
    /// [`Ingestion::pull`].
    pub async fn pull_analytics(
        &self,
        source: &AnalyticsSource,
        options: &RemoteOptions,
        order: &PullOrder,
    ) -> Result<Pulled> {
        let name = source.name();
        let told = |error: Error| error.with("source", &name);
        let property = Property::open((&source.property, &source.token, &source.base_url), options).map_err(told)?;
        let setting = setting(&property).await.map_err(told)?;
        let (place, days) = ((name.as_str(), InsightsStep::Day), [order.first, order.last]);
        let due = self.due(place, days, &setting.zone).await?;
        let mut pulled = Pulled { source: name.clone(), asked_days: due.len() as u64, ..Pulled::default() };
        for question in questions(&due, &setting.zone)? {
            let rows = ask(source, &property, &question).await.map_err(told)?;
            for note in rows.metadata.notes() {
                if !pulled.notes.contains(&note) {
                    pulled.notes.push(note);
                }
            }
            let as_of = self.clock.now();
            for (day, facts) in by_day((&question, source, setting.currency), &rows.rows)? {
                self.keep_day(place, (Checking::facts(day, facts)?, as_of), (order.jumps, &mut pulled)).await?;
            }
        }
        pulled.known_until = self.known_until(place, days).await?;
        Ok(pulled)
    }
}

/// Asks for one number of yesterday, whose answer says how the property counts.
async fn setting(property: &Property<'_>) -> Result<Setting> {
    let metrics = ["activeUsers".to_owned()];
    let yesterday = || "yesterday".to_owned();
    let days = [yesterday(), yesterday()];
    let told = property.report(&Question { dimensions: &[], metrics: &metrics, days }).await?.metadata;
    let currency = told.currency_code.as_deref().and_then(|code| code.parse().ok());
    let zone = told.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    currency.zip(zone).map(|(currency, zone)| Setting { currency, zone }).ok_or_else(|| {
        Error::new(ErrorKind::Unavailable, "the property does not say its currency and time zone")
            .next("look at the property's settings, then pull again")
    })
}

async fn ask(
    source: &AnalyticsSource,
    property: &Property<'_>,
    days: &[Date],
) -> Result<crate::measure::analytics::Report> {
    let dimensions: Vec<String> = [DAY.to_owned()].into_iter().chain(source.dimensions.iter().cloned()).collect();
    let metrics: Vec<String> = source.numbers.iter().chain(&source.amounts).cloned().collect();
    let end = |day: Option<&Date>| day.map(Date::to_string).unwrap_or_default();
    let days = [end(days.first()), end(days.last())];
    property.report(&Question { dimensions: &dimensions, metrics: &metrics, days }).await
}

/// The facts of each day that was asked for, in the order of the answer; a day without rows is known to have none.
fn by_day(
    (days, source, currency): (&[Date], &AnalyticsSource, Currency),
    rows: &[ReportRow],
) -> Result<BTreeMap<Date, Vec<std::result::Result<Fact, RefusedRow>>>> {
    let mut found: BTreeMap<Date, Vec<_>> = days.iter().map(|day| (*day, Vec::new())).collect();
    for row in rows {
        let fact = source.fact(row, currency);
        let day = fact.as_ref().map_or_else(|refused| refused.day, |fact| fact.day);
        let Some(facts) = found.get_mut(&day) else {
            let what = format!("{} answered with a row of a day that was not asked for", source.name());
            return Err(Error::new(ErrorKind::Unavailable, what).next("pull again later; nothing of it was kept"));
        };
        facts.push(fact);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(change: &Value) -> Result<AnalyticsSource> {
        let mut value = json!({"property": "349001122", "token": "ya29.canary"});
        for (name, field) in change.as_object().unwrap() {
            value[name] = field.clone();
        }
        AnalyticsSource::from_value(&value)
    }

    #[test]
    fn what_cannot_be_asked_is_refused_by_its_field_and_no_token_is_shown() {
        for (change, field) in [
            (json!({"property": "GA-1"}), "property"),
            (json!({"token": ""}), "token"),
            (json!({"report": "a/b"}), "report"),
            (json!({"dimensions": []}), "dimensions"),
            (json!({"dimensions": ["date"]}), "dimensions"),
            (json!({"dimensions": ["customUser:mail"]}), "dimensions"),
            (json!({"numbers": [], "amounts": []}), "dimensions"),
            (json!({"dimension": "ya29.canary"}), "analytics"),
        ] {
            let error = source(&change).unwrap_err();
            assert_eq!(error.context_of("field"), Some(field), "{error}");
            assert!(error.next_step().is_some() && !format!("{error:?}{error}").contains("canary"), "{error:?}");
        }
        let error = AnalyticsSource::from_value(&json!("ya29.canary")).unwrap_err();
        assert!(!error.to_string().contains("canary"), "{error}");
    }

    #[test]
    fn a_row_becomes_a_fact_and_a_bad_one_names_its_column() {
        let source = source(&json!({"numbers": ["sessions"]})).unwrap();
        let row = |day: &str, medium: &str, sessions: &str, revenue: &str| ReportRow {
            dimensions: [day, medium, ""].map(str::to_owned).to_vec(),
            metrics: [sessions, revenue].map(str::to_owned).to_vec(),
        };
        let fact = source.fact(&row("20261201", "meta / paid", "7", "12.5"), Currency::BRL).unwrap();
        assert_eq!((fact.id.as_str(), fact.day.to_string().as_str()), ("meta / paid/(not set)", "2026-12-01"));
        assert_eq!(fact.amounts["purchaseRevenue"], Money::parse("12.50", Currency::BRL).unwrap());
        assert_eq!((fact.numbers["sessions"], fact.labels["sessionSourceMedium"].as_str()), (7.0, "meta / paid"));
        for (row, field) in [
            (row("2026", "a", "1", "1"), "date"),
            (row("20261201", "mary@example.com", "1", "1"), "dimensions"),
            (row("20261201", "a", "many", "1"), "sessions"),
            (row("20261201", "a", "1", "-1"), "purchaseRevenue"),
        ] {
            assert_eq!(source.fact(&row, Currency::BRL).unwrap_err().field, field);
        }
    }
}
