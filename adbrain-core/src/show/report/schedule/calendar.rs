//! Which periods a schedule has over a flight, and when the report of each is due.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::settings::{Cadence, DayOfWeek, ScheduleEntry};
use crate::brain::Period;
use crate::error::{Error, Result};
use crate::model::Flight;

/// A period whose report is to be made, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) period: Period,
    pub(super) at: Timestamp,
}

impl ScheduleEntry {
    /// The periods of a flight in order, the first and the last cut to it. That of the last days is due on the day after the flight.
    pub(super) fn periods(&self, flight: &Flight) -> Result<Vec<Due>> {
        let (time, zone) = (self.time()?, self.zone(flight)?);
        let (mut found, mut next) = (Vec::new(), Some(flight.start));
        while let Some(day) = next.filter(|day| *day <= flight.end) {
            let whole = self.around(day).ok_or_else(beyond)?;
            let period = Period { first: whole.first.max(flight.start), last: whole.last.min(flight.end) };
            let made_on = if period.last < whole.last { period.last.tomorrow().ok() } else { self.made_on(whole.last) };
            let made_on = made_on.ok_or_else(beyond)?;
            next = period.last.tomorrow().ok();
            // In a zone of its own the hour may come before the account's day is over: it is that of the day after then.
            let over = moment(next.ok_or_else(beyond)?, Time::midnight(), &flight.zone()?)?;
            let at = moment(made_on, time, &zone)?;
            let at = if at < over { moment(made_on.tomorrow().map_err(|_| beyond())?, time, &zone)? } else { at };
            found.push(Due { period, at });
        }
        Ok(found)
    }

    fn zone(&self, flight: &Flight) -> Result<TimeZone> {
        let Some(name) = &self.time_zone else { return flight.zone() };
        TimeZone::get(name)
            .map_err(|_| self.wrong("time_zone", "is not known", "write a name such as America/Sao_Paulo"))
    }

    /// The whole period that a day lies in.
    fn around(&self, day: Date) -> Option<Period> {
        match self.every {
            Cadence::Day => Some(Period { first: day, last: day }),
            Cadence::Week => {
                let begins: Weekday = self.weekday.unwrap_or(DayOfWeek::Monday).into();
                let first = day.checked_sub(i64::from(begins.until(day.weekday())).days()).ok()?;
                Some(Period { first, last: first.checked_add(6.days()).ok()? })
            }
            Cadence::Month => Some(Period { first: day.first_of_month(), last: day.last_of_month() }),
        }
    }

    /// The day on which the report of a whole period is made.
    fn made_on(&self, last: Date) -> Option<Date> {
        let next = last.tomorrow().ok()?;
        match self.every {
            Cadence::Day | Cadence::Week => Some(next),
            Cadence::Month => {
                let day = self.day.unwrap_or(1).min(next.days_in_month());
                Date::new(next.year(), next.month(), day).ok()
            }
        }
    }
}

/// A time of day as a moment. Where clocks are set forward over it, it is that much later; where they are set back and it comes twice, the first.
fn moment(day: Date, time: Time, zone: &TimeZone) -> Result<Timestamp> {
    day.to_datetime(time).to_zoned_datetime(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| beyond())
}

fn beyond() -> Error {
    Error::invalid("flight", "ends beyond the calendar").next("check the years of the flight")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Schedules;
    use jiff::civil::date;

    fn entry(more: &str) -> ScheduleEntry {
        let text = format!("version = 1\n[[schedule]]\nname = \"x\"\nfolder = \"f\"\n{more}");
        Schedules::from_text(&text).unwrap().schedules.remove(0)
    }

    fn flight(start: Date, end: Date, zone: &str) -> Flight {
        Flight { start, end, time_zone: zone.into() }
    }

    fn shown(due: &[Due]) -> Vec<String> {
        due.iter().map(|due| format!("{} {} {}", due.period.first, due.period.last, due.at)).collect()
    }

    #[test]
    fn weeks_end_before_their_weekday_and_the_ends_of_the_flight_cut_them() {
        let flight = flight(date(2026, 12, 2), date(2026, 12, 17), "America/Sao_Paulo");
        let weeks = entry("every = \"week\"\n").periods(&flight).unwrap();
        assert_eq!(
            shown(&weeks),
            [
                "2026-12-02 2026-12-06 2026-12-07T11:00:00Z",
                "2026-12-07 2026-12-13 2026-12-14T11:00:00Z",
                "2026-12-14 2026-12-17 2026-12-18T11:00:00Z",
            ]
        );
        let sundays = entry("every = \"week\"\nweekday = \"sunday\"\nat = \"07:30\"\n").periods(&flight).unwrap();
        assert_eq!(shown(&sundays)[1], "2026-12-06 2026-12-12 2026-12-13T10:30:00Z");
        let all: i64 = sundays.iter().map(|due| due.period.days()).sum();
        assert_eq!(all, flight.days(), "every day is in one period");
    }

    #[test]
    fn months_have_their_lengths_and_a_day_that_a_month_lacks_is_its_last() {
        let flight = flight(date(2027, 12, 15), date(2028, 3, 31), "UTC");
        let months = entry("every = \"month\"\nday = 31\n").periods(&flight).unwrap();
        assert_eq!(
            shown(&months),
            [
                "2027-12-15 2027-12-31 2028-01-31T08:00:00Z",
                "2028-01-01 2028-01-31 2028-02-29T08:00:00Z",
                "2028-02-01 2028-02-29 2028-03-31T08:00:00Z",
                "2028-03-01 2028-03-31 2028-04-30T08:00:00Z",
            ]
        );
    }

    #[test]
    fn days_on_which_clocks_change_have_one_report_each() {
        let spring = flight(date(2027, 3, 27), date(2027, 3, 29), "Europe/Lisbon");
        let days = entry("every = \"day\"\nat = \"01:30\"\n").periods(&spring).unwrap();
        assert_eq!(
            shown(&days),
            [
                "2027-03-27 2027-03-27 2027-03-28T01:30:00Z",
                "2027-03-28 2027-03-28 2027-03-29T00:30:00Z",
                "2027-03-29 2027-03-29 2027-03-30T00:30:00Z",
            ],
            "01:30 does not exist on the 28th: it is an hour later"
        );
        let autumn = flight(date(2027, 10, 30), date(2027, 10, 31), "Europe/Lisbon");
        let days = entry("every = \"day\"\nat = \"01:30\"\n").periods(&autumn).unwrap();
        assert_eq!(shown(&days)[0], "2027-10-30 2027-10-30 2027-10-31T00:30:00Z", "the first of the two");
    }

    #[test]
    fn a_zone_of_its_own_moves_the_hour_and_no_day_is_told_before_it_is_over() {
        let flight = flight(date(2026, 12, 2), date(2026, 12, 2), "America/Sao_Paulo");
        let days = entry("every = \"day\"\ntime_zone = \"Asia/Tokyo\"\n").periods(&flight).unwrap();
        assert_eq!(shown(&days), ["2026-12-02 2026-12-02 2026-12-03T23:00:00Z"]);
    }
}
