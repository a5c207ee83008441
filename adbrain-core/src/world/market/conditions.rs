//! The market's weather: what holds for every ad of a platform in one hour.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::luck::{Luck, Purpose, entity};
use super::results::SECONDS_PER_HOUR;
use super::shock::Shock;
use super::world::World;
use crate::model::{Platform, Tag};

const HOURS_PER_DAY: i64 = 24;

/// What holds in one hour at one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditions {
    /// Hours since 1970.
    pub(super) hour: i64,
    /// The local day, and its days since 1970.
    pub(super) date: Date,
    pub(super) day: i64,
    /// This hour's part of the traffic of a local day, and of what is left of this one.
    pub(super) share_of_day: f64,
    pub(super) share_of_rest: f64,
    /// Factors on price, clicks, conversions.
    pub(super) price: f64,
    pub(super) click: f64,
    pub(super) conversion: f64,
    /// Share of conversions that is reported.
    pub(super) tracked: f64,
    /// Share of the others that is reported late, and the hour from which on.
    pub(super) recovered: (f64, i64),
}

/// The weather of one platform.
#[derive(Debug)]
pub(super) struct Weather {
    platform: Platform,
    luck: Luck,
    entity: u64,
    /// The last day (UTC) asked for and the competition of its hours.
    competition: (i64, [f64; 24]),
}

impl Weather {
    pub(super) fn new(platform: Platform, luck: Luck) -> Self {
        Self { platform, luck, entity: entity(platform, "platform", "market"), competition: (i64::MIN, [1.0; 24]) }
    }

    /// The conditions of an hour in a time zone.
    pub(super) fn at(&mut self, world: &World, hour: i64, (campaign, zone): (&Tag, &TimeZone)) -> Conditions {
        let moment = Timestamp::from_second(hour * SECONDS_PER_HOUR).unwrap_or(Timestamp::MAX);
        let local = zone.to_datetime(moment);
        let clock = usize::from(local.hour().unsigned_abs());
        let weekday = usize::from(local.date().weekday().to_monday_zero_offset().unsigned_abs());
        let month = usize::from(local.date().month().unsigned_abs()).saturating_sub(1);
        let rhythm = &world.rhythm;
        let factor = |list: &[f64], position: usize| list.get(position).copied().unwrap_or(1.0);
        let [all, rest]: [f64; 2] = [0, clock].map(|from| rhythm.traffic_by_hour.iter().skip(from).sum());
        let season = factor(&rhythm.price_by_hour, clock)
            * factor(&rhythm.price_by_weekday, weekday)
            * factor(&rhythm.price_by_month, month);
        let mut conditions = Conditions {
            hour,
            date: local.date(),
            day: days_since_1970(local.date()),
            share_of_day: factor(&rhythm.traffic_by_hour, clock) / all,
            share_of_rest: factor(&rhythm.traffic_by_hour, clock) / rest,
            price: season * self.competition(world, hour) * self.noise(world, hour),
            click: 1.0,
            conversion: factor(&rhythm.conversion_by_month, month),
            tracked: 1.0,
            recovered: (0.0, hour),
        };
        for shock in world.shock.iter().filter(|shock| shock.holds(self.platform, campaign, moment)) {
            conditions.suffer(shock, moment);
        }
        conditions
    }

    fn competition(&mut self, world: &World, hour: i64) -> f64 {
        let day = hour.div_euclid(HOURS_PER_DAY);
        if self.competition.0 != day {
            self.competition = (day, world.physics().competition(world, (self.luck, self.entity), day));
        }
        let clock = usize::try_from(hour.rem_euclid(HOURS_PER_DAY)).unwrap_or(0);
        self.competition.1.get(clock).copied().unwrap_or(1.0)
    }

    fn noise(&self, world: &World, hour: i64) -> f64 {
        self.luck.at(self.entity, hour, Purpose::Price).log_normal(world.auction.hour_sd)
    }
}

impl Conditions {
    /// A shock that comes slowly has its factors to the power of its strength.
    fn suffer(&mut self, shock: &Shock, moment: Timestamp) {
        let strength = shock.strength(moment);
        let part = |factor: f64| libm::pow(factor, strength);
        self.price *= part(shock.price);
        self.click *= part(shock.click);
        self.conversion *= part(shock.conversion);
        self.tracked *= 1.0 - (1.0 - shock.tracked) * strength;
        if shock.recovered > 0.0 {
            self.recovered = (shock.recovered, shock.end.as_second().div_euclid(SECONDS_PER_HOUR));
        }
    }
}

fn days_since_1970(date: Date) -> i64 {
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_or(0, |midnight| midnight.as_second().div_euclid(86_400))
}
