//! The windows of report rows: civil days and hours of the account.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::InsightsQuery;
use crate::error::{Error, Result};

/// The days of an account that a query asks for. Platforms report by the days of the account, so a query has to begin and end with one.
#[derive(Debug, Clone)]
pub(super) struct Days {
    zone: TimeZone,
    /// The first day.
    pub(super) first: Date,
    /// The last day, included.
    pub(super) last: Date,
}

impl Days {
    /// The whole days of a query.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an empty window and for one that does not begin and end at midnight of the account.
    pub(super) fn of(query: &InsightsQuery, zone: &TimeZone) -> Result<Self> {
        if query.end <= query.start {
            return Err(Error::invalid("query.end", "is not after the start").next("give a later end"));
        }
        for (field, moment) in [("query.start", query.start), ("query.end", query.end)] {
            let local = moment.to_zoned_datetime(zone.clone());
            if local.start_of_day().map_or(true, |start| start != local) {
                let name = zone.iana_name().unwrap_or("the account's time zone");
                let what = format!("{} is not the start of a day of the account", local.datetime());
                return Err(Error::invalid(field, what).next(format!("ask for whole days in {name}")));
            }
        }
        let first = query.start.to_zoned_datetime(zone.clone()).date();
        let last = (query.end - SignedDuration::from_nanos(1)).to_zoned_datetime(zone.clone()).date();
        Ok(Self { zone: zone.clone(), first, last })
    }

    /// How many days there are.
    pub(super) fn count(&self) -> i32 {
        (self.last - self.first).get_days() + 1
    }

    /// When a day starts and ends: 23 to 25 hours.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a day at the end of the calendar.
    pub(super) fn day(&self, day: Date) -> Result<[Timestamp; 2]> {
        let beyond = |_| Error::invalid("date", format!("{day} is beyond the calendar")).next("ask for other days");
        let start = day.to_zoned_datetime(self.zone.clone()).map_err(beyond)?;
        let end =
            day.checked_add(1.day()).and_then(|next| next.to_zoned_datetime(self.zone.clone())).map_err(beyond)?;
        Ok([start.timestamp(), end.timestamp()])
    }

    /// When an hour of a day's clock starts and ends. The hour that the clock skips falls to the one after it; of the hour that it shows
    /// twice, the first is meant: platforms report both as one.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an hour that no clock shows.
    pub(super) fn hour(&self, day: Date, hour: i8) -> Result<[Timestamp; 2]> {
        let beyond = |_| Error::invalid("hour", format!("{hour} of {day} is no hour")).next("ask for other days");
        let time = jiff::civil::Time::new(hour, 0, 0, 0).map_err(beyond)?;
        let start = day.to_datetime(time).to_zoned_datetime(self.zone.clone()).map_err(beyond)?.timestamp();
        Ok([start, start + SignedDuration::from_hours(1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::InsightsStep;

    fn days(start: &str, end: &str) -> Result<Days> {
        let zone = TimeZone::get("America/New_York").unwrap();
        let query = InsightsQuery { start: start.parse().unwrap(), end: end.parse().unwrap(), step: InsightsStep::Day };
        Days::of(&query, &zone)
    }

    #[test]
    fn days_are_those_of_the_account_and_change_their_length_with_the_clock() {
        let found = days("2026-10-31T04:00:00Z", "2026-11-03T05:00:00Z").unwrap();
        assert_eq!((found.first.to_string(), found.last.to_string()), ("2026-10-31".into(), "2026-11-02".into()));
        let [start, end] = found.day("2026-11-01".parse().unwrap()).unwrap();
        assert_eq!(end.duration_since(start).as_hours(), 25);
        let [start, _] = found.hour("2026-11-01".parse().unwrap(), 3).unwrap();
        assert_eq!(start.to_string(), "2026-11-01T08:00:00Z");
    }

    #[test]
    fn a_window_that_cuts_a_day_is_refused() {
        for (start, end, field) in [
            ("2026-10-31T00:00:00Z", "2026-11-03T05:00:00Z", "query.start"),
            ("2026-10-31T04:00:00Z", "2026-11-03T04:00:00Z", "query.end"),
            ("2026-10-31T04:00:00Z", "2026-10-31T04:00:00Z", "query.end"),
        ] {
            assert!(days(start, end).unwrap_err().to_string().contains(field), "{start} {end}");
        }
    }
}
