//! What the ad sets of a platform show together: shifts of its prices, and falls of conversions that are rather those of tracking.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Observation;
use super::delivery::Delivery;
use super::hours;
use super::rules::{Level, Sample};
use super::scan::{Gap, KnownDay, gap, stretch};
use super::series::{AlarmBudget, Point, SeriesDetector, SeriesSettings, Status};
use crate::error::Result;
use crate::model::{Metrics, Platform};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Days of prices that a detector remembers.
const MEMORY: u32 = 14;
/// False alarms of prices that an account may have a day, over all of its platforms: one in ten days. With four platforms each is told
/// from 4.3 standard errors on, which is nearly the default of a series.
const BUDGET: AlarmBudget = AlarmBudget { alarms_per_day: 0.1 };
const HOURS_A_DAY: f64 = 24.0;
/// What an hour leaves of those before it, where the size of a change is followed: eight hours count.
const KEPT: f64 = 0.875;

/// The detectors of prices, one for each platform.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices(BTreeMap<Platform, Price>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    detector: SeriesDetector,
    /// The last hour of all its ad sets together, as it was first known.
    last: Option<(Timestamp, Metrics)>,
    /// What that hour usually costs.
    usual: Option<f64>,
    /// The change that is going on, 0.35 for 35 % more; none while nothing can be said, 0 while nothing is.
    shift: Option<f64>,
    /// What the last hours of a change cost and what they usually do, older hours counting less.
    #[serde(default)]
    paid: [f64; 2],
    /// What is delivered; none before the first hours.
    #[serde(default)]
    delivery: Option<Delivery>,
}

/// A sample of each platform whose ad sets are observed at a moment.
pub(super) fn samples(prices: &mut Prices, seen: &[Observation<'_>]) -> Result<Vec<Sample>> {
    let mut platforms: BTreeMap<Platform, Vec<&Observation<'_>>> = BTreeMap::new();
    for one in seen {
        platforms.entry(one.platform).or_default().push(one);
    }
    prices.share(platforms.keys())?;
    let days =
        platforms.iter().map(|(platform, own)| Ok((*platform, days(own)?))).collect::<Result<BTreeMap<_, _>>>()?;
    let all: Vec<&[KnownDay]> = days.values().map(Vec::as_slice).collect();
    let account = gap(&all);
    let sample = |(platform, own): (Platform, Vec<&Observation<'_>>)| {
        let days = days.get(&platform).map_or(&[][..], Vec::as_slice);
        sample(prices, (platform, &own), (days, account))
    };
    platforms.into_iter().map(sample).collect()
}

/// The days on which conversions of a platform are missing, by a sample of it: those of its own gap, or of the account's, as far as the gap
/// lies above a size and an evidence.
pub(super) fn missing(sample: &Sample, at: Timestamp) -> Option<[Timestamp; 2]> {
    let metric = |name: &str| sample.metrics.get(name).copied();
    let of = |name: &str| {
        let evidence = metric(&format!("{name}_evidence"))?;
        Some((evidence, metric(&format!("{name}_from"))?, metric(&format!("{name}_days"))?))
    };
    let found = ["conversion_gap", "account_gap"].into_iter().filter_map(of);
    let (_, from, days) = found.max_by(|a, b| a.0.total_cmp(&b.0))?;
    let back = |days: f64| SignedDuration::try_from_secs_f64(days * DAY_SECONDS).unwrap_or_default();
    Some([at - back(from), at - back(from - days)])
}

/// Seconds of a day.
const DAY_SECONDS: f64 = 86_400.0;

fn sample(
    prices: &mut Prices,
    (platform, seen): (Platform, &[&Observation<'_>]),
    (days, account): (&[KnownDay], Option<Gap>),
) -> Result<Sample> {
    let at = seen.iter().map(|one| one.at).max().unwrap_or_default();
    let price = prices.of(platform)?;
    price.read(seen)?;
    let delivery = price.delivery(seen)?;
    let shifts = [("impressions_shift", delivery.impressions.shift), ("spend_shift", delivery.spend.shift)];
    let last = price.last.as_ref();
    let as_of = last.map_or(at, |(start, _)| *start + HOUR);
    let mut sample = Sample::new(platform, platform.as_str(), Level::Platform, as_of);
    if let Some((_, hour)) = last {
        sample.set("impressions_hour", hour.impressions as f64);
        sample.set("clicks_hour", hour.clicks as f64);
        sample.set("spend_hour", hour.spend.to_units());
        sample.set("cpm_hour", hour.cpm());
        sample.set("cpm_same_hour_median", price.usual);
    }
    let newest: Vec<Metrics> = days.iter().rev().map(|day| day.metrics.clone()).collect();
    sample.set_days(&newest);
    sample.set_fall(days);
    sample.set("cpm_shift", price.shift);
    for (name, shift) in shifts {
        sample.set(name, shift);
    }
    let own = gap(&[days]);
    set_gap(&mut sample, ("conversion_gap", own), (days, at));
    set_gap(&mut sample, ("account_gap", account), (days, at));
    sample.set("ad_sets_lacking", own.and_then(|gap| lacking(seen, (days.len(), gap))));
    Ok(sample)
}

/// The days of all ad sets together, the oldest first.
fn days(seen: &[&Observation<'_>]) -> Result<Vec<KnownDay>> {
    let mut days: BTreeMap<Timestamp, KnownDay> = BTreeMap::new();
    for day in seen.iter().flat_map(|one| one.days) {
        match days.get_mut(&day.start) {
            Some(sum) => sum.metrics = sum.metrics.merge(&day.metrics)?,
            None => {
                days.insert(day.start, day.clone());
            }
        }
    }
    Ok(days.into_values().collect())
}

/// The metrics of a gap; its beginning in days before the moment.
fn set_gap(sample: &mut Sample, (name, gap): (&str, Option<Gap>), (days, at): (&[KnownDay], Timestamp)) {
    let Some(gap) = gap else { return };
    sample.set(name, gap.size);
    sample.set(&format!("{name}_evidence"), gap.evidence);
    sample.set(&format!("{name}_days"), gap.days as f64);
    let first = days.get(gap.from).map(|day| at.duration_since(day.start).as_secs_f64() / DAY_SECONDS);
    sample.set(&format!("{name}_from"), first);
}

/// The share of ad sets of which conversions are missing in a gap of their platform, which has so many days; none where fewer than two can be
/// told.
fn lacking(seen: &[&Observation<'_>], (days, gap): (usize, Gap)) -> Option<f64> {
    let of = |one: &&Observation<'_>| {
        let [seen, expected, _] = stretch(one.days, (days, gap.from, gap.from + gap.days))?;
        (expected > 0.0).then_some(seen < (1.0 - FELL) * expected)
    };
    let all: Vec<bool> = seen.iter().filter_map(of).collect();
    let lack = all.iter().filter(|lacks| **lacks).count();
    (all.len() >= 2).then(|| lack as f64 / all.len() as f64)
}

/// An ad set counts as lacking conversions from this part on.
const FELL: f64 = 0.25;

impl Prices {
    /// Gives the series of each platform its part of the budget, those that are seen for the first time too.
    fn share<'a>(&mut self, seen: impl Iterator<Item = &'a Platform>) -> Result<()> {
        for platform in seen {
            self.of(*platform)?;
        }
        if self.0.is_empty() {
            return Ok(());
        }
        let thresholds = BUDGET.thresholds(&vec![1.0; self.0.len()], HOURS_A_DAY)?;
        self.0.values_mut().zip(thresholds).try_for_each(|(price, threshold)| price.detector.set_threshold(threshold))
    }

    fn of(&mut self, platform: Platform) -> Result<&mut Price> {
        let price = match self.0.remove(&platform) {
            Some(price) => price,
            None => Price {
                detector: SeriesDetector::new(SeriesSettings { memory: MEMORY, ..SeriesSettings::default() }, HOUR)?,
                last: None,
                usual: None,
                shift: None,
                paid: [0.0; 2],
                delivery: None,
            },
        };
        Ok(self.0.entry(platform).or_insert(price))
    }
}

impl Price {
    /// What is delivered up to now.
    fn delivery(&mut self, seen: &[&Observation<'_>]) -> Result<&Delivery> {
        let delivery = match &mut self.delivery {
            Some(known) => known,
            none => none.insert(Delivery::new()?),
        };
        delivery.read(seen)?;
        Ok(delivery)
    }

    /// Reads the full hours of ad sets that are new.
    fn read(&mut self, seen: &[&Observation<'_>]) -> Result<()> {
        let last = self.last.as_ref().map(|(start, _)| *start);
        for (start, metrics) in hours::together(seen, last)? {
            self.see(start, &metrics)?;
            self.last = Some((start, metrics));
        }
        Ok(())
    }

    fn see(&mut self, start: Timestamp, metrics: &Metrics) -> Result<()> {
        let point = Point { at: start, value: metrics.cpm(), volume: Some(metrics.impressions as f64) };
        let reading = self.detector.observe(&point)?;
        self.usual = reading.expected;
        let usual = reading.expected.map_or(0.0, |cpm| cpm * metrics.impressions as f64 / 1_000.0);
        self.shift = match (reading.alarm, reading.status) {
            (Some(alarm), _) => {
                // It counts as the hours that are remembered, so that one hour does not move it much.
                self.paid = [usual * (1.0 + alarm.size), usual].map(|amount| amount / (1.0 - KEPT));
                Some(alarm.size)
            }
            (None, Status::Learning) => None,
            (None, Status::Watching | Status::Recovered | Status::Adopted) => Some(0.0),
            (None, Status::Open) => {
                let [paid, before] = self.paid;
                self.paid = [paid * KEPT + metrics.spend.to_units(), before * KEPT + usual];
                let [paid, usual] = self.paid;
                if usual > 0.0 { Some(paid / usual - 1.0) } else { self.shift }
            }
            (None, Status::Empty | Status::Late) => self.shift,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_share_one_budget_of_false_alarms() {
        let mut prices = Prices::default();
        prices.share([].iter()).unwrap();
        let of =
            |prices: &Prices| prices.0.values().map(|price| price.detector.settings().threshold).collect::<Vec<_>>();
        prices.share([Platform::Meta].iter()).unwrap();
        let alone = of(&prices);
        prices.share([Platform::Google, Platform::TikTok, Platform::LinkedIn].iter()).unwrap();
        let together = of(&prices);
        assert_eq!((alone.len(), together.len()), (1, 4));
        assert!((3.65..3.75).contains(&alone[0]), "{alone:?}");
        assert!(together.iter().all(|threshold| (4.25..4.35).contains(threshold)), "{together:?}");
    }
}
