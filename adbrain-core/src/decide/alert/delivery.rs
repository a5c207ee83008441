//! Delivery of a platform hour by hour: impressions that stop, and spend that runs away.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::series::{CountDetector, CountSeen, CountSettings, Status};
use super::{Observation, hours};
use crate::error::Result;
use crate::model::Metrics;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// An hour of which a report holds nothing is one without delivery once it is over for so long: reports of hours may come late.
const LATE: SignedDuration = SignedDuration::from_hours(2);
/// Hours without a row that are made up for at most; before a longer stretch nothing was watched.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(72);
/// Hours of a day, two weeks of memory, changes since four hours, three days until a new level is the usual one. A calm count is told once
/// in 20,000; the rules ask for changes that are far larger.
const SETTINGS: CountSettings =
    CountSettings { season: 24, memory: 14, least_seasons: 3, level: 5e-5, window: 4, adopt: 72 };

/// What a platform's ad sets deliver together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivery {
    last: Option<Timestamp>,
    pub(super) impressions: Counted,
    pub(super) spend: Counted,
}

/// A count of each hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    detector: CountDetector,
    /// The change that is going on, -1 where nothing is left; none while nothing can be said, 0 while nothing is.
    pub(super) shift: Option<f64>,
}

impl Delivery {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { last: None, impressions: Counted::new()?, spend: Counted::new()? })
    }

    /// Reads the hours of ad sets that are new: those with rows once they are full, those without once no row is to be expected any more.
    pub(super) fn read(&mut self, seen: &[&Observation<'_>]) -> Result<()> {
        let rows = hours::together(seen, self.last)?;
        let Some(at) = seen.iter().map(|one| one.at).max() else { return Ok(()) };
        let newest = rows.keys().next_back().copied();
        let silent = at.checked_sub(LATE + HOUR).ok().filter(|_| self.last.is_some());
        let Some(until) = newest.max(silent) else { return Ok(()) };
        let first = rows.keys().next().copied().unwrap_or(until);
        let mut hour = match self.last {
            Some(last) if until.duration_since(last) <= LONGEST_SILENCE => last + HOUR,
            _ => first,
        };
        while hour <= until {
            self.see(hour, rows.get(&hour))?;
            hour += HOUR;
        }
        Ok(())
    }

    fn see(&mut self, hour: Timestamp, metrics: Option<&Metrics>) -> Result<()> {
        let (impressions, spend) = metrics.map_or((0, 0), |metrics| {
            let minor = metrics.spend.micros() / metrics.spend.currency().minor_unit_micros().max(1);
            (metrics.impressions, u64::try_from(minor).unwrap_or(0))
        });
        self.impressions.see(hour, impressions)?;
        self.spend.see(hour, spend)?;
        self.last = Some(hour);
        Ok(())
    }
}

impl Counted {
    fn new() -> Result<Self> {
        Ok(Self { detector: CountDetector::new(SETTINGS, HOUR)?, shift: None })
    }

    fn see(&mut self, hour: Timestamp, count: u64) -> Result<()> {
        let CountSeen { status, expected, .. } = self.detector.observe(hour, count)?;
        self.shift = match (status, expected) {
            (Status::Open, Some(expected)) if expected > 0.0 => Some(count as f64 / expected - 1.0),
            (Status::Open | Status::Empty | Status::Late, _) => self.shift,
            (Status::Learning, _) => None,
            (Status::Watching | Status::Recovered | Status::Adopted, _) => Some(0.0),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Money, Platform, Tag};
    use crate::stats::random::Random;

    fn start() -> Timestamp {
        "2026-12-01T00:00:00Z".parse().unwrap()
    }

    /// An hour of about 2,000 impressions at night and 6,000 by day, times what it delivers of it; none of nothing.
    fn hour(number: i64, times: f64) -> Option<(Timestamp, Metrics)> {
        let mut random = Random::at(5, &[u64::try_from(number).unwrap()]);
        let usual = if number % 24 < 8 { 2_000.0 } else { 6_000.0 };
        let noise = random.log_normal(0.1);
        let impressions = random.poisson(usual * times * noise);
        let spend = Money::from_micros(i64::try_from(impressions).unwrap() * 8_000, Currency::USD);
        let metrics = Metrics { impressions, spend, ..Metrics::none(Currency::USD) };
        (impressions > 0).then_some((start() + HOUR * i32::try_from(number).unwrap(), metrics))
    }

    /// The shifts of impressions and spend after each hour of so many.
    fn watch(hours: i64, times: impl Fn(i64) -> f64) -> Vec<[Option<f64>; 2]> {
        let (mut delivery, tag, mut shown) = (Delivery::new().unwrap(), Tag::new("set-1"), Vec::new());
        let watch = |number: i64| {
            shown.extend(hour(number, times(number)));
            let at = start() + HOUR * i32::try_from(number + 1).unwrap();
            let budget = Money::parse("500", Currency::USD).unwrap();
            let seen = Observation { hourly: &shown, ..Observation::new(Platform::Meta, &tag, at, budget) };
            delivery.read(&[&seen]).unwrap();
            [delivery.impressions.shift, delivery.spend.shift]
        };
        (0..hours).map(watch).collect()
    }

    #[test]
    fn calm_hours_have_no_shift_once_they_are_known() {
        let shifts = watch(24 * 14, |_| 1.0);
        assert!(shifts[..24 * 3].iter().flatten().all(Option::is_none));
        let later = shifts[24 * 6..].iter().flatten();
        assert!(later.clone().all(Option::is_some) && later.filter(|shift| **shift != Some(0.0)).count() <= 2);
    }

    #[test]
    fn delivery_that_stops_is_seen_three_hours_later() {
        let shifts = watch(24 * 10, |hour| if hour < 24 * 9 + 12 { 1.0 } else { 0.0 });
        let stopped = 24 * 9 + 12;
        assert_eq!(shifts[stopped + 1][0], Some(0.0), "a row may still come");
        assert_eq!(shifts[stopped + 2], [Some(-1.0); 2]);
        assert_eq!(shifts.last().unwrap()[0], Some(-1.0), "it goes on");
    }

    #[test]
    fn spend_that_runs_away_is_seen_with_its_hour() {
        let at = 24 * 9 + 12;
        let shifts = watch(24 * 10, |hour| if hour < at { 1.0 } else { 3.0 });
        let shift = shifts[usize::try_from(at).unwrap()][1];
        assert!(shift.is_some_and(|shift| (1.5..2.5).contains(&shift)), "{shift:?}");
    }

    #[test]
    fn what_was_seen_is_not_seen_again_after_a_restart() {
        let mut delivery = Delivery::new().unwrap();
        let (tag, shown) = (Tag::new("set-1"), (0..100).filter_map(|number| hour(number, 1.0)).collect::<Vec<_>>());
        let budget = Money::parse("500", Currency::USD).unwrap();
        let at = start() + HOUR * 100;
        let seen = Observation { hourly: &shown, ..Observation::new(Platform::Meta, &tag, at, budget) };
        delivery.read(&[&seen]).unwrap();
        let text = serde_json::to_string(&delivery).unwrap();
        let mut again: Delivery = serde_json::from_str(&text).unwrap();
        again.read(&[&seen]).unwrap();
        assert_eq!(again, delivery);
    }
}
