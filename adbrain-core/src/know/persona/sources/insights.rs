//! Follower insights of Instagram accounts and Facebook pages: one breakdown of the people, as the Graph API counts them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::profile::Source;
use super::online::{Counts, PeopleRead, digits, profiles};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Request, Secret, query};
use crate::model::Message;
use crate::platform::{Reader, RemoteOptions, meta};

/// The Graph API's own address.
const BASE: &str = "https://graph.facebook.com";
/// The version that the requests were written for.
const VERSION: &str = "v26.0";
/// What Meta answers no more, in any version, since 2025-11-15 (developers.facebook.com, deprecated Page Insights metrics); those of followers
/// took its place.
const TAKEN_AWAY: &str = "page_fans";
/// What page metrics end with, and the column that it is.
const PAGE_METRICS: [(&str, &str); 3] = [("_gender_age", "gender_age"), ("_city", "city"), ("_country", "country")];

/// An Instagram business or creator account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstagramConfig {
    /// The account's id at Instagram: digits.
    pub account: String,
    /// A token with `instagram_basic` and `instagram_manage_insights`.
    #[schemars(with = "String")]
    pub token: Secret,
    /// Followers by default, or people who engaged with the account.
    #[serde(default)]
    pub audience: InstagramAudience,
    /// What the people are told apart by: age by default.
    #[serde(default)]
    pub breakdown: Breakdown,
    /// The API version: `v26.0`.
    #[serde(default = "version")]
    pub version: String,
    /// Where the API is reached; Meta's own address by default.
    #[serde(default = "base")]
    pub base_url: String,
}

/// Whose demographics are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstagramAudience {
    /// Everybody who follows the account.
    #[default]
    Followers,
    /// Those who engaged with it this month.
    Engaged,
}

/// What people are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breakdown {
    /// By age.
    #[default]
    Age,
    /// By gender.
    Gender,
    /// By city.
    City,
    /// By country.
    Country,
}

impl Breakdown {
    fn name(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Gender => "gender",
            Self::City => "city",
            Self::Country => "country",
        }
    }
}

/// A Facebook page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageConfig {
    /// The page's id: digits.
    pub page: String,
    /// A page token with `read_insights`.
    #[schemars(with = "String")]
    pub token: Secret,
    /// A metric that counts people by country, city, or gender and age; `page_follows_country` by default. Meta takes page metrics away, as it
    /// did with `page_fans_country`: name the one that it offers.
    #[serde(default = "followers_by_country")]
    pub metric: String,
    /// The API version: `v26.0`.
    #[serde(default = "version")]
    pub version: String,
    /// Where the API is reached; Meta's own address by default.
    #[serde(default = "base")]
    pub base_url: String,
}

fn followers_by_country() -> String {
    "page_follows_country".to_owned()
}

fn version() -> String {
    VERSION.to_owned()
}

fn base() -> String {
    BASE.to_owned()
}

impl InstagramConfig {
    pub(super) fn check(&self) -> Result<()> {
        digits("account", &self.account, "give the digits of the Instagram account's id")?;
        has_token(&self.token)
    }
}

impl PageConfig {
    pub(super) fn check(&self) -> Result<()> {
        digits("page", &self.page, "give the digits of the page's id")?;
        self.column().map(drop)?;
        has_token(&self.token)
    }

    fn column(&self) -> Result<&'static str> {
        if self.metric.starts_with(TAKEN_AWAY) {
            return Err(Error::invalid("metric", format!("{:?} is answered by Meta no more", self.metric))
                .next("name page_follows_country or page_follows_city"));
        }
        let known = PAGE_METRICS.iter().find(|(end, _)| self.metric.starts_with("page_") && self.metric.ends_with(end));
        known.map(|(_, column)| *column).ok_or_else(|| {
            Error::invalid(
                "metric",
                format!("{:?} does not count people by country, city, or gender and age", self.metric),
            )
            .next("name one such as page_follows_country")
        })
    }
}

fn has_token(token: &Secret) -> Result<()> {
    if token.is_empty() {
        return Err(Error::invalid("token", "is empty").next("make a token with the right to read insights"));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Insight>,
}

#[derive(Deserialize)]
struct Insight {
    total_value: Option<TotalValue>,
    #[serde(default)]
    values: Vec<Dated>,
}

#[derive(Deserialize)]
struct TotalValue {
    #[serde(default)]
    breakdowns: Vec<Groups>,
}

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    dimension_keys: Vec<String>,
    #[serde(default)]
    results: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    dimension_values: Vec<String>,
    value: u64,
}

/// The count of each group up to the end of a day.
#[derive(Deserialize)]
struct Dated {
    value: Value,
    #[serde(default)]
    end_time: String,
}

/// Reads one breakdown of an Instagram account's people. Below 100 followers Instagram tells nothing: that is a note, no error.
pub(super) async fn read_instagram(config: &InstagramConfig, options: &RemoteOptions) -> Result<PeopleRead> {
    config.check()?;
    let (metric, timeframe) = match config.audience {
        InstagramAudience::Followers => ("follower_demographics", None),
        InstagramAudience::Engaged => ("engaged_audience_demographics", Some(("timeframe", "this_month"))),
    };
    let breakdown = config.breakdown.name();
    let asked = [("metric", metric), ("period", "lifetime"), ("metric_type", "total_value"), ("breakdown", breakdown)];
    let asked: Vec<_> = asked.into_iter().chain(timeframe).collect();
    let place = (config.base_url.as_str(), format!("/{}/{}/insights", config.version, config.account));
    let answer = ask(place, (&config.token, &asked), options).await?;
    let groups = answer.data.into_iter().filter_map(|insight| insight.total_value).flat_map(|total| total.breakdowns);
    let mut counts = Counts::new();
    for groups in groups {
        // The time frame stands among the keys of engaged people.
        let Some(place) = groups.dimension_keys.iter().position(|key| key == breakdown) else { continue };
        for group in groups.results {
            let label = group.dimension_values.get(place).ok_or_else(strange)?;
            add(&mut counts, label, group.value)?;
        }
    }
    people(breakdown, counts)
}

/// Reads the newest day of a page's metric.
pub(super) async fn read_page(config: &PageConfig, options: &RemoteOptions) -> Result<PeopleRead> {
    config.check()?;
    let asked = [("metric", config.metric.as_str()), ("period", "day")];
    let place = (config.base_url.as_str(), format!("/{}/{}/insights", config.version, config.page));
    let answer = ask(place, (&config.token, &asked), options).await?;
    let newest = answer.data.into_iter().flat_map(|insight| insight.values).max_by(|a, b| a.end_time.cmp(&b.end_time));
    let mut counts = Counts::new();
    if let Some(Dated { value: Value::Object(groups), .. }) = newest {
        for (label, count) in groups {
            add(&mut counts, &label, count.as_u64().ok_or_else(strange)?)?;
        }
    }
    people(config.column()?, counts)
}

async fn ask(
    (base, path): (&str, String),
    (token, asked): (&Secret, &[(&str, &str)]),
    options: &RemoteOptions,
) -> Result<Answer> {
    let remote = Reader::open(base, options, meta::judge)?;
    let request = Request::get(remote.url(&format!("{path}?{}", query(asked)))).bearer(token);
    remote.read(&request).await.map_err(|error| match error.kind() {
        ErrorKind::Unauthorized => error
            .next("give the token instagram_manage_insights (Instagram) or read_insights (pages), or make a new one"),
        _ => error,
    })
}

fn add(counts: &mut Counts, label: &str, count: u64) -> Result<()> {
    if counts.insert(label.to_owned(), count).is_some() {
        let message = format!("insights name the group {label:?} twice");
        return Err(Error::new(ErrorKind::Unavailable, message).next("try again later"));
    }
    Ok(())
}

/// Genders come as one letter; `U` is unknown.
fn people(column: &str, counts: Counts) -> Result<PeopleRead> {
    let label = |label: String| match (column, label.as_str()) {
        ("gender", "U") => "unknown".to_owned(),
        _ => label,
    };
    let rows: Vec<_> = counts.into_iter().map(|(group, count)| (vec![label(group)], count)).collect();
    if rows.is_empty() {
        return Ok(PeopleRead { imported: None, notes: vec![Message::new("people-too-few-followers")] });
    }
    let (imported, notes) = profiles((&[column], Source::Social), &rows)?;
    Ok(PeopleRead { imported, notes })
}

fn strange() -> Error {
    Error::new(ErrorKind::Unavailable, "insights hold a group without a count").next("try again later")
}
