//! When the platforms' versions end: one table for all four (`versions.toml`), and what is said when one is near its end or gone.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Message, Platform};

const TABLE: &str = include_str!("versions.toml");
/// So many days before a version may die it is warned of.
const WARNING_DAYS: i32 = 60;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    meta: Line,
    google: Line,
    tiktok: Line,
    linkedin: Line,
}

/// What is known of one platform's versions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "date and source are for readers, and a test wants them there"))]
struct Line {
    checked: String,
    newest: String,
    months: Option<i64>,
    looked_up: toml::value::Datetime,
    source: String,
    versions: Vec<Known>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    version: String,
    released: Option<toml::value::Datetime>,
    ends: Option<toml::value::Datetime>,
}

fn line(platform: Platform) -> Result<&'static Line> {
    static READ: OnceLock<Option<Table>> = OnceLock::new();
    let table = READ.get_or_init(|| toml::from_str(TABLE).ok()).as_ref();
    let table = table.ok_or_else(|| Error::new(ErrorKind::Internal, "the table of versions cannot be read"))?;
    Ok(match platform {
        Platform::Meta => &table.meta,
        Platform::Google => &table.google,
        Platform::TikTok => &table.tiktok,
        Platform::LinkedIn => &table.linkedin,
    })
}

/// The version that a platform's connector was checked against.
pub(super) fn checked(platform: Platform) -> &'static str {
    line(platform).map_or("", |line| line.checked.as_str())
}

/// The first day on which a platform may refuse a version: the one that is known, else the end of its lifetime after its release; none
/// where neither is known.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a `LinkedIn` version that is no year and month.
pub(super) fn expires(platform: Platform, version: &str) -> Result<Option<Date>> {
    let line = line(platform)?;
    let known = line.versions.iter().find(|known| known.version == version);
    if let Some(ends) = known.and_then(|known| date(known.ends)) {
        return Ok(Some(ends));
    }
    let released = match platform {
        Platform::LinkedIn => Some(month(version)?),
        _ => known.and_then(|known| date(known.released)),
    };
    let lifetime = line.months.map(jiff::ToSpan::months);
    Ok(released.zip(lifetime).and_then(|(released, lifetime)| released.checked_add(lifetime).ok()))
}

fn date(written: Option<toml::value::Datetime>) -> Option<Date> {
    let day = written?.date?;
    Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
}

/// The first of the month that names a version: `202608`.
fn month(version: &str) -> Result<Date> {
    let bad = || Error::invalid("version", format!("{version:?} is no version")).next("write year and month: 202608");
    let is_digits = version.len() == 6 && version.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = version.split_at_checked(4).filter(|_| is_digits).ok_or_else(bad)?;
    let (year, month) = (year.parse().map_err(|_| bad())?, month.parse().map_err(|_| bad())?);
    Date::new(year, month, 1).ok().filter(|_| (2_000..3_000).contains(&year)).ok_or_else(bad)
}

/// What to say about a version today; nothing while it has more than 60 days to live.
pub(super) fn warning(platform: Platform, version: &str, today: Date) -> Option<Message> {
    let (expires, newest) = (expires(platform, version).ok()??, line(platform).ok()?.newest.as_str());
    let days = (expires - today).get_days();
    let key = if days > 0 { "platform-version-ends" } else { "platform-version-ended" };
    let warning = Message::new(key)
        .with("platform", platform.as_str())
        .with("version", version)
        .with("day", expires.to_string())
        .with("newest", newest);
    (days <= WARNING_DAYS).then_some(warning)
}

/// The error of an answer that the version is no longer served.
pub(super) fn gone(platform: Platform, what: &str) -> Error {
    let newest = line(platform).map_or("", |line| line.newest.as_str());
    Error::new(ErrorKind::InvalidInput, format!("version: {what}")).with("field", "version").next(format!(
        "raise the field `version` of the account: {newest} is the newest that was known when this adbrain was made"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn each_platform_has_its_version_its_source_and_its_day_of_look_up() {
        for platform in Platform::ALL.iter().copied() {
            let line = line(platform).unwrap();
            assert!(!line.source.is_empty() && date(Some(line.looked_up)).is_some(), "{platform}");
            assert!(!checked(platform).is_empty() && !line.newest.is_empty(), "{platform}");
            assert!(
                expires(platform, checked(platform)).unwrap().is_some() || platform == Platform::TikTok,
                "{platform}"
            );
        }
    }

    #[test]
    fn a_version_ends_on_its_day_or_a_lifetime_after_its_release() {
        for (platform, version, ends) in [
            (Platform::Google, "v22", Some("2026-10-07")),
            (Platform::Google, "v26", Some("2027-11-01")),
            (Platform::Google, "v99", None),
            (Platform::Meta, "v26.0", Some("2027-07-29")),
            (Platform::TikTok, "v1.3", None),
            (Platform::LinkedIn, "202608", Some("2027-08-01")),
            (Platform::LinkedIn, "202512", Some("2026-12-01")),
            (Platform::LinkedIn, "202502", Some("2026-02-16")),
        ] {
            assert_eq!(expires(platform, version).unwrap(), ends.map(day), "{platform} {version}");
        }
        for text in ["", "2026", "202613", "202600", "v26.0", "2026-8", "999908"] {
            assert!(expires(Platform::LinkedIn, text).unwrap_err().to_string().contains("version"), "{text}");
        }
    }

    #[test]
    fn a_version_is_warned_of_sixty_days_ahead() {
        let warned = |today: &str| warning(Platform::LinkedIn, "202608", day(today)).map(|message| message.key);
        assert_eq!(warned("2027-05-31"), None);
        assert_eq!(warned("2027-06-02").as_deref(), Some("platform-version-ends"));
        assert_eq!(warned("2027-08-01").as_deref(), Some("platform-version-ended"));
        assert_eq!(warning(Platform::TikTok, "v1.3", day("2030-01-01")), None);
    }

    #[test]
    fn an_answer_that_a_version_is_gone_names_the_field_and_the_newest() {
        let error = gone(Platform::Google, "no");
        assert_eq!(error.context_of("field"), Some("version"));
        assert!(error.next_step().unwrap().contains("v26"));
    }
}
