//! The second physics: auctions against log-normal bids with a finite supply, people who differ in how much they see, and who warm to an ad
//! before they tire of it.
//!
//! In: parameters, and an hour of an ad set. Out: impressions, clicks, conversions, spend. Called through `Physics`. Never shares a law with
//! the first: what is tuned on one is checked on the other.

mod auction;
mod check;
mod orders;
mod people;
mod weather;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::auction::{Auction, Sale};
use self::orders::{Counts, Delay, Order, Views};
use self::people::People;
use self::weather::{Drift, Weather};
use super::account::AdSet;
use super::hour::{Got, Scene, whole};
use super::luck::{Luck, Purpose};
use super::people::people;
use super::physics::Physics;
use super::truth::Worth;
use super::world::World;
use crate::model::Platform;
use crate::stats::random::Random;

/// The parameters of the second physics, the table `[physics]` of a world file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Second {
    auction: Auction,
    weather: Weather,
    people: People,
    drift: Drift,
    counts: Counts,
    order: Order,
    views: Views,
    platform: BTreeMap<Platform, Site>,
}

/// What differs between platforms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    /// Auctions a day for which an advertiser is eligible, per person whom delivery can reach.
    auctions: f64,
    /// The part of the conversion rate that is missing while people do not know an advertiser.
    strangeness: f64,
    /// Conversions of people who saw and did not click, per usual conversion of people who clicked.
    views: f64,
    delay: Delay,
}

/// What the next impression of an ad brings.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rates {
    /// Clicks per impression, and conversions per click.
    click: f64,
    conversion: f64,
    /// Conversions without a click per impression.
    view: f64,
    /// The ad's part of the spend of its ad set.
    part: f64,
}

impl Physics for Second {
    fn competition(&self, _world: &World, place: (Luck, u64), day: i64) -> [f64; 24] {
        self.weather.day(place, day)
    }

    /// A gamma law of mean 1: its low side is longer, its high side shorter than that of a log-normal law of the same deviation.
    fn quality(&self, mut random: Random, sd: f64) -> f64 {
        if sd > 0.0 { random.gamma_of_mean_one(1.0 / (sd * sd)) } else { 1.0 }
    }

    fn start_day(&self, scene: &Scene<'_>, ad_set: &mut AdSet, days: i64) {
        let memory = libm::pow(self.people.memory, days as f64);
        ad_set.exposures *= memory;
        for ad in &mut ad_set.ads {
            ad.exposures *= memory;
            ad.drift = self.drift.step(ad.drift, days, scene.luck.at(ad.entity, scene.conditions.day, Purpose::Drift));
        }
    }

    fn play(&self, scene: &Scene<'_>, ad_set: &mut AdSet, wanted: f64) {
        let Some((site, rates, sale)) = self.offer(scene, ad_set, wanted) else { return };
        let price = whole(sale.price).max(1);
        let (luck, hour, incremental) = (scene.luck, scene.conditions.hour, self.views.incremental(scene, ad_set));
        let mut ads = std::mem::take(&mut ad_set.ads);
        for (ad, rates) in ads.iter_mut().zip(&rates).filter(|(_, rates)| rates.part > 0.0) {
            let affordable = (scene.allowance(ad_set) / price).unsigned_abs();
            let mean = sale.spend * rates.part / price as f64;
            let impressions = luck.at(ad.entity, hour, Purpose::Delivery).poisson(mean).min(affordable);
            if impressions == 0 {
                continue;
            }
            let clicks = self.counts.clicks(luck.at(ad.entity, hour, Purpose::Clicks), impressions, rates.click);
            let worth = impressions as f64 * rates.worth(incremental) * self.order.mean(scene);
            scene.book(ad_set, ad, &Got { impressions, clicks, price, worth });
            ad_set.conversions_since_edit += self.convert(scene, (ad, site), (impressions, clicks), *rates);
        }
        ad_set.ads = ads;
    }

    fn expect(&self, scene: &Scene<'_>, ad_set: &mut AdSet, wanted: f64) -> Worth {
        let mut sum = Worth::default();
        let Some((_, rates, sale)) = self.offer(scene, ad_set, wanted) else { return sum };
        let incremental = self.views.incremental(scene, ad_set);
        let mut ads = std::mem::take(&mut ad_set.ads);
        for (ad, rates) in ads.iter_mut().zip(&rates).filter(|(_, rates)| rates.part > 0.0) {
            let spend = sale.spend * rates.part;
            let impressions = spend / sale.price.max(1.0);
            Scene::foresee(ad_set, ad, (impressions, spend));
            sum.spend += spend;
            sum.value += impressions * rates.worth(incremental) * self.order.mean(scene);
        }
        ad_set.ads = ads;
        sum
    }

    /// With exposures that have a negative binomial law: `people * (1 - (1 + impressions / people / spread)^-spread)`.
    fn reach(&self, pool: f64, impressions: f64) -> u64 {
        let none = libm::pow(1.0 + impressions / pool / self.people.spread, -self.people.spread);
        people(pool * (1.0 - none)).min(people(impressions))
    }
}

impl Second {
    /// What an hour has for an ad set: the rates of its ads and what the auctions sell; none where nothing runs or nothing is sold.
    fn offer(&self, scene: &Scene<'_>, ad_set: &AdSet, wanted: f64) -> Option<(&Site, Vec<Rates>, Sale)> {
        let site = self.platform.get(&scene.name)?;
        let rates = self.people.rates(scene, ad_set, site);
        let results: f64 = rates.iter().map(|rates| rates.part * rates.click * rates.conversion).sum();
        let sale = self.auction.buy(scene, (ad_set, site), (wanted, results))?;
        (results > 0.0).then_some((site, rates, sale))
    }
}

impl Rates {
    /// Conversions of an impression that would not have come without it.
    fn worth(&self, incremental: f64) -> f64 {
        self.click * self.conversion + self.view * incremental
    }
}
