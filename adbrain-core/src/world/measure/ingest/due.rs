//! Which days of a source are asked for: those that are missing, and those that may still be restated.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::Deserialize;

use super::shelf::{DayState, Place};
use crate::error::{Error, Result};
use crate::platform::InsightsStep;

const FILE: &str = include_str!("restated.json");
/// Where the file names no source: the longest window that any platform offers.
const LONGEST: i64 = 90;
/// Days in one question; a longer one is cut off more easily, and what came before the cut is kept.
pub(super) const MOST_DAYS: usize = 14;
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookBack {
    source: String,
    days: i64,
    /// When it was looked up, and why it is so; read by people.
    #[serde(rename = "as_of")]
    _as_of: Date,
    #[serde(rename = "why")]
    _why: String,
}

/// Days after its end during which a day of a source may still be restated: 7 on Meta, 90 on Google. `restated.json` says why.
///
/// ```
/// assert_eq!(adbrain_core::measure::look_back_days("meta/act_1"), 7);
/// ```
pub fn look_back_days(source: &str) -> i64 {
    static DAYS: OnceLock<BTreeMap<String, i64>> = OnceLock::new();
    let known = DAYS.get_or_init(|| {
        // A test holds that the file can be read; an empty list would ask for too much, never for too little.
        let found: Vec<LookBack> = serde_json::from_str(FILE).unwrap_or_default();
        found.into_iter().map(|one| (one.source, one.days)).collect()
    });
    let kind = source.split('/').next().unwrap_or_default();
    known.get(kind).copied().unwrap_or(LONGEST)
}

/// The first moment of a day, and the first after it.
pub(super) fn window(day: Date, zone: &TimeZone) -> Result<[Timestamp; 2]> {
    let beyond = |_| Error::invalid("day", format!("{day} is beyond the calendar")).next("ask for other days");
    let start = day.to_zoned_datetime(zone.clone()).map_err(beyond)?;
    let next = day.checked_add(1.day()).and_then(|next| next.to_zoned_datetime(zone.clone())).map_err(beyond)?;
    Ok([start.timestamp(), next.timestamp()])
}

/// The closed days from `first` to `last` that have to be asked for at `now`. A day that is known is asked for again once a day of the account
/// until its look-back is over; the last time after that. Hours are for alerts at the time: they are asked for once.
pub(super) fn due(
    (source, step): Place<'_>,
    [first, last]: [Date; 2],
    (known, zone, now): (&BTreeMap<Date, DayState>, &TimeZone, Timestamp),
) -> Result<Vec<Date>> {
    let today = now.to_zoned_datetime(zone.clone()).date();
    let [this_morning, _] = window(today, zone)?;
    let look_back = match step {
        InsightsStep::Day => SignedDuration::from_hours(24 * look_back_days(source)),
        InsightsStep::Hour => SignedDuration::ZERO,
    };
    let mut due = Vec::new();
    let mut day = first;
    while day <= last && day < today {
        let [_, end] = window(day, zone)?;
        let settled = end.checked_add(look_back).unwrap_or(Timestamp::MAX);
        let is_due = match known.get(&day) {
            Some(DayState { known_at: Some(_), checked_at }) => *checked_at < settled && *checked_at < this_morning,
            _ => true,
        };
        if is_due {
            due.push(day);
        }
        day = day.saturating_add(1.day());
    }
    Ok(due)
}

/// The days in as few questions as there can be. A day on which the clocks change is asked for by itself, for some platforms count 24 hours
/// from the start.
pub(super) fn questions(days: &[Date], zone: &TimeZone) -> Result<Vec<Vec<Date>>> {
    let mut found: Vec<(Vec<Date>, bool)> = Vec::new();
    for day in days {
        let [start, end] = window(*day, zone)?;
        let is_usual = end.duration_since(start) == DAY;
        match found.last_mut() {
            Some((days, true))
                if is_usual
                    && days.len() < MOST_DAYS
                    && days.last().is_some_and(|last| last.saturating_add(1.day()) == *day) =>
            {
                days.push(*day);
            }
            _ => found.push((vec![*day], is_usual)),
        }
    }
    Ok(found.into_iter().map(|(days, _)| days).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Platform;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_platform_has_a_look_back_with_a_date_and_a_reason() {
        let read: Vec<LookBack> = serde_json::from_str(FILE).unwrap();
        let told: Vec<serde_json::Value> = serde_json::from_str(FILE).unwrap();
        for platform in Platform::ALL {
            assert!(read.iter().any(|one| one.source == platform.as_str() && one.days >= 7), "{platform}");
        }
        for one in told {
            assert!(
                date(one["as_of"].as_str().unwrap()).year() >= 2026 && one["why"].as_str().unwrap().len() > 20,
                "{one}"
            );
        }
        assert_eq!((look_back_days("google/1"), look_back_days("orders/shop")), (90, LONGEST));
    }

    #[test]
    fn closed_days_are_asked_for_once_a_day_until_nothing_can_change_them() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let days = [date("2026-12-01"), date("2026-12-31")];
        let ask = |known: &BTreeMap<Date, DayState>, now: &str| {
            due(("meta/1", InsightsStep::Day), days, (known, &zone, now.parse().unwrap())).unwrap()
        };
        let mut known = BTreeMap::new();
        assert!(ask(&known, "2026-12-02T02:59:59Z").is_empty(), "the first of December has not closed in Sao Paulo");
        assert_eq!(ask(&known, "2026-12-03T04:00:00Z"), [date("2026-12-01"), date("2026-12-02")]);
        let checked = |at: &str| {
            let at = at.parse().unwrap();
            DayState { known_at: Some(at), checked_at: at }
        };
        known.insert(date("2026-12-01"), checked("2026-12-03T04:00:00Z"));
        assert_eq!(ask(&known, "2026-12-03T23:00:00Z"), [date("2026-12-02")], "once a day");
        assert_eq!(ask(&known, "2026-12-04T03:00:00Z").len(), 3);
        known.insert(date("2026-12-01"), checked("2026-12-09T03:00:00Z"));
        assert!(
            !ask(&known, "2027-01-04T03:00:00Z").contains(&date("2026-12-01")),
            "seven days after its end it is settled"
        );
    }

    #[test]
    fn questions_are_cut_where_days_are_missing_and_where_the_clocks_change() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let days = ["2027-10-27", "2027-10-29", "2027-10-30", "2027-10-31", "2027-11-01"].map(date);
        let lengths: Vec<_> = questions(&days, &zone).unwrap().iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 2, 1, 1]);
    }
}
