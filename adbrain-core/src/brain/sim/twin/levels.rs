//! Levels of prices, click rates and conversion rates: of platforms, and of campaigns beside their platform.

use std::collections::BTreeMap;

use super::days::{Account, Counts};
use super::replay::{Days, Factors};
use crate::model::Platform;
use crate::stats::random::Random;

/// Days at which a history weighs as much as the world that it begins from.
const DAYS_OF_TRUST: f64 = 5.0;
/// How far the level of an account lies from that of the world, as the deviation of its logarithm.
const ACCOUNTS_SD: f64 = 1.0;
/// How many campaigns the dispersion of the world weighs as much as.
const DISPERSION_WEIGHT: f64 = 4.0;
/// The least dispersion between campaigns, as a variance of the logarithm.
const LEAST_DISPERSION: f64 = 0.0025;
/// Events from which on a campaign says something of the dispersion.
const EVENTS_OF_DISPERSION: f64 = 10.0;
/// How many days the assumption of no over-dispersion weighs as much as.
const COUNTING_WEIGHT: f64 = 20.0;
/// The place of a twin's doubt in a seed; never another one's.
const DOUBT: u64 = 0x7477_696e;

/// One of the three rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    /// Spend per impression.
    Price,
    /// Clicks per impression.
    Click,
    /// Conversions per click.
    Conversion,
}

impl Rate {
    pub(super) const ALL: [Self; 3] = [Self::Price, Self::Click, Self::Conversion];

    /// What it is a rate of, and over what.
    pub(super) fn parts(self, counts: &Counts) -> (f64, f64) {
        match self {
            Self::Price => (counts.spend, counts.impressions),
            Self::Click => (counts.clicks, counts.impressions),
            Self::Conversion => (counts.conversions, counts.clicks),
        }
    }

    /// The logarithm of the rate, with half an event for each time that the days were played where events are counted; none over nothing.
    fn log(self, counts: &Counts, times: f64) -> Option<f64> {
        let (events, over) = self.parts(counts);
        let half = if self == Self::Price { 0.0 } else { 0.5 * times };
        (over > 0.0 && events + half > 0.0).then(|| libm::log((events + half) / over))
    }

    fn place(self) -> u64 {
        self as u64
    }
}

/// A deviation from the world that the fit began from, as a logarithm, with what is not known of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Deviation {
    pub(super) value: f64,
    pub(super) variance: f64,
    /// How much of it is the history's, 0 to 1.
    pub(super) trust: f64,
}

/// One rate of all platforms and campaigns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    pub(super) rate: Rate,
    pub(super) platforms: BTreeMap<Platform, Deviation>,
    /// In the order of the account.
    pub(super) campaigns: Vec<Deviation>,
    /// The variance of the logarithm between the campaigns of a platform.
    pub(super) dispersion: f64,
    /// Over how many campaigns it was taken.
    pub(super) seen: usize,
    /// The variance of daily events over that of counting alone.
    pub(super) over_dispersion: f64,
    /// The dispersion of the world.
    usual: f64,
}

impl Levels {
    /// Everything as in the world.
    pub(super) fn usual(account: &Account, rate: Rate, dispersion: f64) -> Self {
        Self {
            rate,
            platforms: account.platforms().into_iter().map(|platform| (platform, Deviation::default())).collect(),
            campaigns: vec![Deviation::default(); account.campaigns.len()],
            dispersion,
            seen: 0,
            over_dispersion: 1.0,
            usual: dispersion,
        }
    }

    /// The deviation of a platform.
    pub(super) fn of(&self, platform: Platform) -> Deviation {
        self.platforms.get(&platform).copied().unwrap_or_default()
    }

    /// Takes what the account did beside what it did in a calm market with the levels so far, the sum of `times` plays. `weather` is the
    /// variance of a day's logarithm that all campaigns of a platform share, with its memory counted in.
    pub(super) fn learn(&mut self, account: &Account, simulated: &Days, (weather, times): (f64, f64)) {
        self.over_dispersion = over_dispersion(account, self.rate);
        let sightings = self.sightings(account, (simulated, times));
        self.disperse(account, &sightings);
        for platform in account.platforms() {
            self.platform(account, platform, &sightings, weather);
        }
        for ((known, sighting), campaign) in account.campaigns.iter().zip(&sightings).zip(&mut self.campaigns) {
            let above = self.platforms.get(&known.platform).copied().unwrap_or_default();
            *campaign = Deviation { value: above.value, variance: self.dispersion, trust: 0.0 };
            if let Some(sighting) = sighting {
                let trust = by_days(sighting.days) * self.dispersion / (self.dispersion + sighting.variance);
                campaign.value += trust * (sighting.value - above.value);
                let rest = (1.0 - trust) * (1.0 - trust);
                (campaign.variance, campaign.trust) =
                    (rest * self.dispersion + trust * trust * sighting.variance, trust);
            }
        }
    }

    /// What each campaign shows by itself; none where it shows nothing.
    fn sightings(&self, account: &Account, (simulated, times): (&Days, f64)) -> Vec<Option<Sighting>> {
        let sighting = |((known, own), days): ((&super::days::Known, &Deviation), &Vec<Counts>)| {
            let real = account.learnt_from(&known.days);
            let twin = account.learnt_from(days);
            let value = own.value + self.rate.log(&real, 1.0)? - self.rate.log(&twin, times)?;
            let events = self.rate.parts(&real).0;
            let delivered = known.days.iter().take(account.split).filter(|day| day.is_delivered()).count() as f64;
            let variance = match self.rate {
                Rate::Price => LEAST_DISPERSION / delivered.max(1.0),
                _ => self.over_dispersion / (events + 0.5),
            };
            Some(Sighting { value, variance, events, days: delivered })
        };
        account.campaigns.iter().zip(&self.campaigns).zip(simulated).map(sighting).collect()
    }

    /// The variance between campaigns: that between the sightings of a platform less that of the sightings themselves, with the world's
    /// counted in as some campaigns.
    fn disperse(&mut self, account: &Account, sightings: &[Option<Sighting>]) {
        let (mut squares, mut expected, mut degrees, mut seen) = (0.0, 0.0, 0.0, 0);
        for platform in account.platforms() {
            let own: Vec<&Sighting> = of_platform(account, platform, sightings)
                .filter(|sighting| self.rate == Rate::Price || sighting.events >= EVENTS_OF_DISPERSION)
                .collect();
            if own.len() < 2 {
                continue;
            }
            let count = own.len() as f64;
            let mean = own.iter().map(|sighting| sighting.value).sum::<f64>() / count;
            squares += own.iter().map(|sighting| (sighting.value - mean) * (sighting.value - mean)).sum::<f64>();
            expected += own.iter().map(|sighting| sighting.variance).sum::<f64>() * (1.0 - 1.0 / count);
            degrees += count - 1.0;
            seen += own.len();
        }
        let found = (DISPERSION_WEIGHT * self.usual + squares - expected) / (DISPERSION_WEIGHT + degrees);
        (self.dispersion, self.seen) = (found.max(LEAST_DISPERSION), seen);
    }

    /// A platform's level: the mean of its campaigns by their weights, as far as days and events are to be trusted.
    fn platform(&mut self, account: &Account, platform: Platform, sightings: &[Option<Sighting>], weather: f64) {
        let (mut sum, mut weights, mut events) = (0.0, 0.0, 0.0);
        for sighting in of_platform(account, platform, sightings) {
            let weight = 1.0 / (self.dispersion + sighting.variance);
            sum += weight * sighting.value;
            weights += weight;
            events += sighting.events;
        }
        if weights <= 0.0 {
            return;
        }
        let days = account.days_of(platform) as f64;
        let counting = match self.rate {
            Rate::Price => weather / days.max(1.0),
            _ => self.over_dispersion / (events + 0.5),
        };
        let prior = ACCOUNTS_SD * ACCOUNTS_SD;
        let trust = by_days(days) * prior / (prior + counting);
        let common = if self.rate == Rate::Price { weather / days.max(1.0) } else { 0.0 };
        let variance = (1.0 - trust) * (1.0 - trust) * prior + trust * trust * common;
        self.platforms.insert(platform, Deviation { value: trust * sum / weights, variance, trust });
    }

    /// The factor of each campaign beside its platform, without doubt.
    fn factors(&self, account: &Account) -> Vec<f64> {
        let factor =
            |(known, own): (&super::days::Known, &Deviation)| libm::exp(own.value - self.of(known.platform).value);
        account.campaigns.iter().zip(&self.campaigns).map(factor).collect()
    }

    /// The same as a seed draws it from what is not known.
    fn drawn(&self, account: &Account, seed: u64) -> Vec<f64> {
        // Seeds come in pairs that doubt in opposite directions, so that few seeds have the right middle; the mean of a factor is 1.
        let sign = if seed.is_multiple_of(2) { 1.0 } else { -1.0 };
        let doubt = |key: u64, deviation: &Deviation| {
            let luck = Random::at(seed / 2, &[DOUBT, self.rate.place(), key]).normal();
            sign * luck * libm::sqrt(deviation.variance) - deviation.variance / 2.0
        };
        let platforms = account.platforms();
        let common: BTreeMap<Platform, f64> =
            (0..).zip(&platforms).map(|(place, name)| (*name, doubt(place, &self.of(*name)))).collect();
        let first = platforms.len() as u64;
        let own = (first..).zip(&self.campaigns).map(|(place, own)| doubt(place, own));
        let shared = account.campaigns.iter().map(|known| common.get(&known.platform).copied().unwrap_or_default());
        let factors = self.factors(account);
        factors
            .into_iter()
            .zip(own)
            .zip(shared)
            .map(|((factor, own), shared)| factor * libm::exp(own + shared))
            .collect()
    }
}

/// What one campaign shows.
struct Sighting {
    value: f64,
    variance: f64,
    events: f64,
    days: f64,
}

fn of_platform<'a>(
    account: &'a Account,
    platform: Platform,
    sightings: &'a [Option<Sighting>],
) -> impl Iterator<Item = &'a Sighting> {
    let own = account.campaigns.iter().zip(sightings).filter(move |(known, _)| known.platform == platform);
    own.filter_map(|(_, sighting)| sighting.as_ref())
}

/// How much of a level is that of so many days: `n^2 / (n^2 + 5^2)`.
pub(super) fn by_days(days: f64) -> f64 {
    days * days / (days * days + DAYS_OF_TRUST * DAYS_OF_TRUST)
}

/// How far events go: `1 / (1 + 1 / events)`, what an account's level is, whose logarithm lies anywhere within about one of the world's.
pub(super) fn by_events(events: f64) -> f64 {
    let prior = ACCOUNTS_SD * ACCOUNTS_SD;
    prior / (prior + 1.0 / (events + 0.5))
}

/// The variance of the daily events of campaigns around their own mean rate over the mean, with some days of one counted in; never below 1.
fn over_dispersion(account: &Account, rate: Rate) -> f64 {
    let (mut sum, mut degrees) = (COUNTING_WEIGHT, COUNTING_WEIGHT);
    for known in &account.campaigns {
        let (events, over) = rate.parts(&account.learnt_from(&known.days));
        if events <= 0.0 || over <= 0.0 || rate == Rate::Price {
            continue;
        }
        let days = known.days.iter().take(account.split).map(|day| rate.parts(day)).filter(|(_, over)| *over > 0.0);
        let squares: Vec<f64> = days
            .map(|(own, over_own)| {
                let mean = over_own * events / over;
                (own - mean) * (own - mean) / mean
            })
            .collect();
        sum += squares.iter().sum::<f64>();
        degrees += (squares.len() as f64 - 1.0).max(0.0);
    }
    (sum / degrees).max(1.0)
}

/// The factors of all campaigns, without doubt.
pub(super) fn factors(levels: &[Levels; 3], account: &Account) -> Vec<Factors> {
    together(levels.each_ref().map(|levels| levels.factors(account)))
}

/// The same as a seed draws them.
pub(super) fn drawn(levels: &[Levels; 3], account: &Account, seed: u64) -> Vec<Factors> {
    together(levels.each_ref().map(|levels| levels.drawn(account, seed)))
}

fn together([price, click, conversion]: [Vec<f64>; 3]) -> Vec<Factors> {
    let rows = price.into_iter().zip(click).zip(conversion);
    rows.map(|((price, click), conversion)| Factors { price, click, conversion }).collect()
}
