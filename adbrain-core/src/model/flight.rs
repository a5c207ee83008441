//! A flight: the days on which a campaign runs, in the account's time zone.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The years in which a flight may lie; others are slips of the keyboard, and the calendar ends at 9999.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// Dates as people write them in a brief: the day alone, since a time of day or a zone beside it would be lost.
pub(super) mod plain_date {
    use jiff::civil::Date;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer};

    /// The length of `2027-01-31`.
    const LENGTH: usize = 10;

    pub(in crate::model) fn required<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        let date = text.parse().ok().filter(|_| text.len() == LENGTH);
        date.ok_or_else(|| D::Error::custom(format!("{text:?} is no date; write the day alone, as 2027-01-31")))
    }

    pub(in crate::model) fn or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| required(serde::de::value::StringDeserializer::new(text))).transpose()
    }
}

/// The days from `start` to `end`, both included, in a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flight {
    /// The first day, `2026-12-01`.
    #[schemars(with = "String", extend("format" = "date", "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    #[serde(deserialize_with = "plain_date::required")]
    pub start: Date,
    /// The last day, included.
    #[schemars(with = "String", extend("format" = "date", "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    #[serde(deserialize_with = "plain_date::required")]
    pub end: Date,
    /// IANA name of the time zone of the ad accounts: `America/Sao_Paulo`.
    pub time_zone: String,
}

impl Flight {
    /// The number of days, both ends included; zero or less where the flight ends before it starts.
    pub fn days(&self) -> i64 {
        i64::from((self.end - self.start).get_days()) + 1
    }

    /// The time zone.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an unknown name.
    pub fn zone(&self) -> Result<TimeZone> {
        let unknown = |_| {
            Error::invalid("flight.time_zone", format!("unknown time zone {:?}", self.time_zone))
                .next("use an IANA name such as America/Sao_Paulo")
        };
        TimeZone::get(&self.time_zone).map_err(unknown)
    }

    /// The moment at which the day number `day` (from zero) starts.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an unknown time zone or a day beyond the calendar.
    pub fn start_of_day(&self, day: i64) -> Result<Timestamp> {
        let beyond = |_| {
            Error::invalid("flight", format!("day {day} is beyond the calendar")).next("check the years of the flight")
        };
        let span = jiff::Span::new().try_days(day).map_err(beyond)?;
        let date = self.start.checked_add(span).map_err(beyond)?;
        Ok(date.to_zoned_datetime(self.zone()?).map_err(beyond)?.timestamp())
    }

    /// Checks years, order, length (at most two years) and time zone.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self) -> Result<()> {
        self.zone()?;
        for (field, day) in [("flight.start", self.start), ("flight.end", self.end)] {
            if !YEARS.contains(&day.year()) {
                return Err(Error::invalid(field, format!("{day} is not within the years 2000 to 2100"))
                    .next("check the year, written as 2027-01-31"));
            }
        }
        if self.end < self.start {
            return Err(Error::invalid("flight.end", format!("{} is before the start {}", self.end, self.start))
                .next("give an end on or after the start"));
        }
        if self.days() > 731 {
            return Err(Error::invalid("flight.end", format!("the flight lasts {} days", self.days()))
                .next("plan at most two years at a time"));
        }
        Ok(())
    }
}
