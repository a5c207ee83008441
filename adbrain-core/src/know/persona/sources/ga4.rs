//! People of Google Analytics 4: active users by one set of dimensions over whole days.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::profile::Source;
use super::online::{PeopleRead, profiles};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::measure::analytics::{self, Property, Question, ReportRow};
use crate::platform::RemoteOptions;

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
    #[serde(default = "analytics::base")]
    pub base_url: String,
}

fn age_and_gender() -> Vec<String> {
    vec!["userAgeBracket".to_owned(), "userGender".to_owned()]
}

fn four_weeks() -> u32 {
    28
}

impl Ga4Config {
    pub(super) fn check(&self) -> Result<()> {
        analytics::check(&self.property, &self.token)?;
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

/// Reads active users by the dimensions of the config, today left out: it is not complete. `yesterday` is that of the property's own time
/// zone.
pub(super) async fn read(config: &Ga4Config, options: &RemoteOptions) -> Result<PeopleRead> {
    config.check()?;
    let property = Property::open((&config.property, &config.token, &config.base_url), options)?;
    let days = [format!("{}daysAgo", config.days), "yesterday".to_owned()];
    let metrics = ["activeUsers".to_owned()];
    let report = property.report(&Question { dimensions: &config.dimensions, metrics: &metrics, days }).await?;
    let mut notes = report.metadata.notes();
    let rows = report.rows.into_iter().map(counted).collect::<Result<Vec<_>>>()?;
    let headers: Vec<&str> = config.dimensions.iter().map(String::as_str).collect();
    let (imported, more) = profiles((&headers, Source::Analytics), &rows)?;
    notes.extend(more);
    Ok(PeopleRead { imported, notes })
}

fn counted(row: ReportRow) -> Result<(Vec<String>, u64)> {
    let people = row.metrics.first().and_then(|count| count.parse().ok()).ok_or_else(|| {
        Error::new(ErrorKind::Unavailable, "a row of the report has no count of users").next("try again later")
    })?;
    Ok((row.dimensions, people))
}
