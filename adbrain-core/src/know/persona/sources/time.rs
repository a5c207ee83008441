//! Moments as shops write them, told in the time zone of the account.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The day of an order and, where the text says a time, its hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) day: Date,
    pub(super) hour_of_week: Option<u8>,
}

/// Reads `2026-12-01`, `2026-12-01 10:20:30`, `2026-12-01T10:20:30Z` or `2026-12-01 10:20:30 -0300`; one without an offset is a time in
/// the account's zone.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Result<Option<Moment>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let local = absolute(text).map(|moment| zone.to_datetime(moment)).or_else(|| text.parse::<DateTime>().ok());
    let bad = || "is not a moment such as 2026-12-01 or 2026-12-01T10:20:30Z".to_owned();
    let local = local.filter(|local| (2000..=2100).contains(&local.year())).ok_or_else(bad)?;
    let has_time = text.contains(':');
    Ok(Some(Moment { day: local.date(), hour_of_week: has_time.then(|| hour_of_week(local)) }))
}

/// A moment with an offset. Shopify writes a space before the offset, which ISO 8601 does not know.
fn absolute(text: &str) -> Option<Timestamp> {
    if !text.contains(':') {
        return None;
    }
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let (start, offset) = text.rsplit_once(' ')?;
    let is_offset = offset.len() == 5 && offset.starts_with(['+', '-']);
    let joined = format!("{start}{}:{}", offset.get(..3)?, offset.get(3..)?);
    is_offset.then(|| joined.parse().ok()).flatten()
}

/// Hours since Monday, midnight.
pub(super) fn hour_of_week(local: DateTime) -> u8 {
    week_hour(local.weekday().to_monday_zero_offset(), local.hour())
}

/// The hour of the week of a day, 0 for Monday, and an hour of that day.
pub(super) fn week_hour(day: i8, hour: i8) -> u8 {
    (24 * u8::try_from(day).unwrap_or(0)).saturating_add(u8::try_from(hour).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_the_account_s_zone() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let read = |text: &str| {
            moment(text, &zone).map(|found| found.map(|found| (found.day.to_string(), found.hour_of_week)))
        };
        // The 1st of December 2026 is a Tuesday; São Paulo is three hours behind.
        let cases = [
            ("2026-12-01", "2026-12-01", None),
            ("2026-12-01 10:20:30", "2026-12-01", Some(34)),
            ("2026-12-01T02:20:30Z", "2026-11-30", Some(23)),
            ("2026-12-01T10:20:30+01:00", "2026-12-01", Some(30)),
            ("2026-12-01 10:20:30 -0500", "2026-12-01", Some(36)),
        ];
        for (text, day, hour) in cases {
            assert_eq!(read(text), Ok(Some((day.to_owned(), hour))), "{text}");
        }
        assert_eq!(read(" "), Ok(None));
        for text in ["01/12/2026", "2026-13-01", "yesterday", "1899-12-31", "46143", "2026-12-01 25:00:00"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn daylight_saving_is_kept() {
        let zone = TimeZone::get("Europe/Lisbon").unwrap();
        let hour = |text| moment(text, &zone).unwrap().unwrap().hour_of_week;
        assert_eq!(hour("2026-07-01T10:00:00Z"), Some(2 * 24 + 11));
        assert_eq!(hour("2026-12-02T10:00:00Z"), Some(2 * 24 + 10));
    }
}
