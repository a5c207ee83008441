//! When a version of the API dies: `LinkedIn` makes one a month and lets it live for a year, then answers 426.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::error::{Error, Result};

/// The version that the connector was checked against.
pub(super) const VERSION: &str = "202608";
/// So many days before a version may die it is warned of.
const WARNING_DAYS: i32 = 60;
/// Days that are known from reports of integrators: later than the rule says, for none is earlier known.
/// 202502: estuary connectors, pull request 3922, read November 2026.
const KNOWN: [(&str, Date); 1] = [("202502", jiff::civil::date(2026, 2, 16))];

/// The first day on which `LinkedIn` may refuse a version: the one that is known, else the first of its month a year later.
///
/// ```
/// use adbrain_core::platform::linkedin::version_expires;
/// assert_eq!(version_expires("202608")?.to_string(), "2027-08-01");
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a text that is no year and month.
pub fn version_expires(version: &str) -> Result<Date> {
    if let Some((_, day)) = KNOWN.iter().find(|(known, _)| *known == version) {
        return Ok(*day);
    }
    let bad = || Error::invalid("version", format!("{version:?} is no version")).next("write year and month: 202608");
    let is_digits = version.len() == 6 && version.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = version.split_at_checked(4).filter(|_| is_digits).ok_or_else(bad)?;
    let (year, month) = (year.parse().map_err(|_| bad())?, month.parse().map_err(|_| bad())?);
    let first = Date::new(year, month, 1).ok().filter(|_| (2_000..3_000).contains(&year)).ok_or_else(bad)?;
    first.checked_add(12.months()).map_err(|_| bad())
}

/// What to say about a version today; nothing while it has more than 60 days to live.
///
/// # Errors
/// As [`version_expires`].
pub fn version_warning(version: &str, today: Date) -> Result<Option<String>> {
    let expires = version_expires(version)?;
    let days = (expires - today).get_days();
    if days > WARNING_DAYS {
        return Ok(None);
    }
    let when =
        if days > 0 { format!("may be refused from {expires} on") } else { format!("may be refused since {expires}") };
    Ok(Some(format!("version {version} of the LinkedIn API {when}; raise the field `version` to a newer month")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_lives_for_a_year_and_is_warned_of_in_time() {
        assert_eq!(version_expires(VERSION).unwrap().to_string(), "2027-08-01");
        assert_eq!(version_expires("202512").unwrap().to_string(), "2026-12-01");
        assert_eq!(version_expires("202502").unwrap().to_string(), "2026-02-16");
        let warning = |day: &str| version_warning(VERSION, day.parse().unwrap()).unwrap();
        assert_eq!(warning("2027-05-31"), None);
        assert!(warning("2027-06-02").unwrap().contains("from 2027-08-01 on"));
        assert!(warning("2027-08-01").unwrap().contains("since 2027-08-01"));
    }

    #[test]
    fn what_is_no_month_is_no_version() {
        for text in ["", "2026", "202613", "202600", "v26.0", "2026-8", "999908"] {
            assert!(version_expires(text).unwrap_err().to_string().contains("version"), "{text}");
        }
    }
}
