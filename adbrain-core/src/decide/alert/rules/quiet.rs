//! Hours in which nobody is told.

use jiff::ZonedDateTime;
use jiff::civil::{Time, Weekday};

/// A stretch of every day, or of some days of the week, by the clock on the wall: a night with a change of clocks is an hour longer or
/// shorter, as people live it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quiet {
    /// From and until; the whole day without them. Where `until` is before `from` it is on the next day.
    pub(super) span: Option<(Time, Time)>,
    /// The days on which it begins; every day where it names none.
    pub(super) days: Vec<Weekday>,
}

impl Quiet {
    pub(super) fn covers(&self, now: &ZonedDateTime) -> bool {
        let begins = |day: Weekday| self.days.is_empty() || self.days.contains(&day);
        let (today, time) = (now.weekday(), now.time());
        match self.span {
            None => begins(today),
            Some((from, until)) if from < until => begins(today) && from <= time && time < until,
            Some((from, until)) => (begins(today) && time >= from) || (begins(today.previous()) && time < until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn covers(quiet: &Quiet, at: &str, zone: &str) -> bool {
        quiet.covers(&at.parse::<Timestamp>().unwrap().in_tz(zone).unwrap())
    }

    fn span(from: i8, until: i8, days: &[Weekday]) -> Quiet {
        Quiet { span: Some((Time::constant(from, 0, 0, 0), Time::constant(until, 0, 0, 0))), days: days.to_vec() }
    }

    #[test]
    fn a_night_goes_across_midnight_and_belongs_to_the_day_on_which_it_begins() {
        let (every, friday) = (span(22, 7, &[]), span(22, 7, &[Weekday::Friday]));
        // 2026-12-04 is a Friday; Sao Paulo is three hours behind.
        for (at, in_every, in_friday) in [
            ("2026-12-05T00:59:00Z", false, false),
            ("2026-12-05T01:00:00Z", true, true),
            ("2026-12-05T09:59:59Z", true, true),
            ("2026-12-05T10:00:00Z", false, false),
            ("2026-12-06T01:00:00Z", true, false),
            ("2026-12-04T09:00:00Z", true, false),
        ] {
            assert_eq!(covers(&every, at, "America/Sao_Paulo"), in_every, "{at}");
            assert_eq!(covers(&friday, at, "America/Sao_Paulo"), in_friday, "{at}");
        }
    }

    #[test]
    fn a_night_in_which_the_clocks_change_ends_by_the_clock_on_the_wall() {
        let night = span(22, 7, &[]);
        // Berlin: clocks go from 2:00 to 3:00 on 2026-03-29, back from 3:00 to 2:00 on 2026-10-25.
        for (at, is_quiet) in [
            ("2026-03-28T20:59:00Z", false),
            ("2026-03-28T21:00:00Z", true),
            ("2026-03-29T04:59:00Z", true),
            ("2026-03-29T05:00:00Z", false),
            ("2026-10-24T20:00:00Z", true),
            ("2026-10-25T05:59:00Z", true),
            ("2026-10-25T06:00:00Z", false),
        ] {
            assert_eq!(covers(&night, at, "Europe/Berlin"), is_quiet, "{at}");
        }
    }

    #[test]
    fn a_span_within_a_day_and_a_whole_day_are_quiet_too() {
        let lunch = span(12, 13, &[]);
        assert!(covers(&lunch, "2026-12-01T12:30:00Z", "UTC") && !covers(&lunch, "2026-12-01T13:00:00Z", "UTC"));
        let sunday = Quiet { span: None, days: vec![Weekday::Sunday] };
        assert!(covers(&sunday, "2026-12-06T23:59:59Z", "UTC") && !covers(&sunday, "2026-12-07T00:00:00Z", "UTC"));
    }
}
