//! Where a brand's people are read from: analytics and follower insights, as a file or a mapping names them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::super::people::People;
use super::super::profile::Source;
use super::ga4::{self, Ga4Config};
use super::insights::{self, InstagramConfig, PageConfig};
use super::segments::import_segments;
use super::{ImportOptions, Imported};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Message};
use crate::platform::RemoteOptions;

/// A source of counts of people, with its token. Each gives one breakdown of its people: two breakdowns would count everybody twice.
///
/// ```
/// use adbrain_core::persona::PeopleSource;
/// let source = serde_json::json!({"source": "ga4", "property": "123456", "token": "ya29.secret"});
/// let source = PeopleSource::from_value(&source)?;
/// assert_eq!(source.name(), "ga4/123456");
/// assert!(!format!("{source:?}").contains("ya29"));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "source", rename_all = "lowercase")]
#[non_exhaustive]
pub enum PeopleSource {
    /// Google Analytics 4.
    Ga4(Ga4Config),
    /// Followers of an Instagram account, or those who engaged with it.
    Instagram(InstagramConfig),
    /// Followers of a Facebook page.
    Page(PageConfig),
}

/// What a source said: counts as profiles, and what a reader should know of them.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleRead {
    /// The profiles; none where the source tells nothing about so few people.
    pub imported: Option<Imported>,
    /// What was withheld, by whom and why.
    pub notes: Vec<Message>,
}

impl PeopleSource {
    /// Reads a source from JSON. No error shows a token.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the field.
    pub fn from_value(value: &Value) -> Result<Self> {
        let token = value.get("token").and_then(Value::as_str).unwrap_or_default();
        let source = Self::deserialize(value).map_err(|error| {
            let text = error.to_string();
            let what = if token.is_empty() { text } else { text.replace(token, "***") };
            Error::invalid("people", what).next("compare it with its JSON Schema (`adbrain schema people_source`)")
        })?;
        source.check()?;
        Ok(source)
    }

    fn check(&self) -> Result<()> {
        match self {
            Self::Ga4(config) => config.check(),
            Self::Instagram(config) => config.check(),
            Self::Page(config) => config.check(),
        }
    }

    /// Kind and id: `ga4/123456`.
    pub fn name(&self) -> String {
        match self {
            Self::Ga4(config) => format!("ga4/{}", config.property),
            Self::Instagram(config) => format!("instagram/{}", config.account),
            Self::Page(config) => format!("page/{}", config.page),
        }
    }

    /// Reads the counts. Nothing is written to the source.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`] for the token, [`ErrorKind::RateLimited`] where the quota is used up, [`ErrorKind::InvalidInput`] for a
    /// dimension that the source refuses, and what the network fails with.
    pub async fn read(&self, options: &RemoteOptions) -> Result<PeopleRead> {
        let read = match self {
            Self::Ga4(config) => ga4::read(config, options).await,
            Self::Instagram(config) => insights::read_instagram(config, options).await,
            Self::Page(config) => insights::read_page(config, options).await,
        };
        read.map_err(|error| error.with("source", self.name()))
    }
}

/// What a caller gave as people: profiles, or sources to read them from.
#[derive(Debug, Clone, Default)]
pub struct PeopleGiven {
    /// Profiles.
    pub people: Option<People>,
    /// Sources that are read at the start of each run.
    pub sources: Vec<PeopleSource>,
}

impl PeopleGiven {
    /// Reads people as `personas` gives them back, a source (an object with `source`), or a list of sources.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the field.
    pub fn from_value(value: &Value) -> Result<Self> {
        match value {
            Value::Array(sources) => {
                Ok(Self { people: None, sources: sources.iter().map(PeopleSource::from_value).collect::<Result<_>>()? })
            }
            Value::Object(fields) if fields.contains_key("source") => {
                Ok(Self { people: None, sources: vec![PeopleSource::from_value(value)?] })
            }
            other => {
                let people = People::deserialize(other).map_err(|error| {
                    Error::invalid("people", error).next("give what `personas` gave back as people, or a source")
                })?;
                Ok(Self { people: Some(people), sources: Vec::new() })
            }
        }
    }
}

/// The counts of one breakdown as profiles: the same checks as a file of them. Nobody at all is no error.
pub(super) fn profiles(
    (headers, source): (&[&str], Source),
    rows: &[(Vec<String>, u64)],
) -> Result<(Option<Imported>, Vec<Message>)> {
    let rows: Vec<_> = rows.iter().filter(|(_, people)| *people > 0).collect();
    if rows.is_empty() {
        return Ok((None, vec![Message::new("people-none-told")]));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let unwritten =
        |error: csv::Error| Error::new(ErrorKind::Internal, "counts cannot be written as a table").caused_by(error);
    writer.write_record(headers.iter().copied().chain(["people"])).map_err(unwritten)?;
    for (values, people) in rows {
        let people = people.to_string();
        writer.write_record(values.iter().map(String::as_str).chain([people.as_str()])).map_err(unwritten)?;
    }
    let bytes = writer.into_inner().map_err(|error| {
        Error::new(ErrorKind::Internal, "counts cannot be written as a table").caused_by(error.into_error())
    })?;
    // Counts have neither money nor moments: what a file cannot say itself is not asked for.
    let imported = import_segments(
        &bytes,
        source,
        &ImportOptions { currency: Currency::USD, time_zone: jiff::tz::TimeZone::UTC },
    )?;
    let notes = imported.problems.first().map(|problem| {
        Message::new("people-rows-refused")
            .with("count", i64::try_from(imported.problems.len()).unwrap_or(i64::MAX))
            .with("problem", format!("{}: {}", problem.column, problem.problem))
    });
    Ok((Some(imported), notes.into_iter().collect()))
}

/// Refuses what is no row of digits.
pub(super) fn digits(field: &str, text: &str, next: &str) -> Result<()> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{text:?} is no id")).next(next))
}

/// Counts by label, in the order of the labels.
pub(super) type Counts = BTreeMap<String, u64>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_source_names_its_field_and_never_shows_its_token() {
        let ga4 = json!({"source": "ga4", "property": "1", "token": "canary"});
        let with = |name: &str, value: Value| {
            let mut wrong = ga4.clone();
            wrong[name] = value;
            wrong
        };
        for (wrong, told) in [
            (json!({"token": "canary"}), "source"),
            (json!({"source": "myspace", "token": "canary"}), "myspace"),
            (with("property", json!("canary-1")), "property"),
            (with("property", json!(7)), "invalid type"),
            (with("dimensions", json!(["eventName", "sessionSourceMedium"])), "dimensions"),
            (with("dimensions", json!([])), "dimensions"),
            (with("days", json!(0)), "days"),
            (with("token", json!("")), "token"),
            (json!({"source": "instagram", "account": "x", "token": "canary"}), "account"),
            (json!({"source": "instagram", "account": "1", "token": "canary", "breakdown": "canary"}), "***"),
            (json!({"source": "page", "page": "1", "token": "canary", "metric": "page_views"}), "metric"),
            (
                json!({"source": "page", "page": "1", "token": "canary", "metric": "page_fans_country"}),
                "page_follows_country",
            ),
        ] {
            let error = PeopleSource::from_value(&wrong).unwrap_err();
            assert!(error.to_string().contains(told), "{told}: {error}");
            let property_is_no_secret = told == "property";
            assert!(property_is_no_secret || !format!("{error:?}").contains("canary"), "{error:?}");
        }
        assert!(!format!("{:?}", PeopleSource::from_value(&ga4).unwrap()).contains("canary"));
    }

    #[test]
    fn people_may_be_profiles_a_source_or_several() {
        let source = json!({"source": "page", "page": "1", "token": "t"});
        assert_eq!(PeopleGiven::from_value(&source).unwrap().sources.len(), 1);
        assert_eq!(PeopleGiven::from_value(&json!([source, source])).unwrap().sources.len(), 2);
        let people = serde_json::to_value(People::default()).unwrap();
        assert!(PeopleGiven::from_value(&people).unwrap().people.is_some());
        assert!(PeopleGiven::from_value(&json!({"sourze": "page"})).unwrap_err().to_string().contains("people"));
    }

    #[test]
    fn nobody_told_is_a_note_and_no_error() {
        let (imported, notes) = profiles((&["age"], Source::Social), &[(vec!["25-34".into()], 0)]).unwrap();
        assert!(imported.is_none());
        assert_eq!(notes[0].key, "people-none-told");
        let rows = [(vec!["25-34".into()], 120), (vec!["nonsense".into()], 7)];
        let (imported, notes) = profiles((&["age"], Source::Social), &rows).unwrap();
        assert_eq!((imported.unwrap().profiles[0].people, notes[0].key.as_ref()), (120, "people-rows-refused"));
    }
}
