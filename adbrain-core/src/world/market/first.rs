//! The first physics: prices rise with the power of spend and of exposures, click rates fall with that of exposures; a table of delays,
//! log-normal orders, a random walk of conversion rates.

use super::account::{Ad, AdSet};
use super::hour::{Got, HIGHEST_RATE, Scene, whole};
use super::luck::{Luck, Purpose};
use super::people::people;
use super::physics::Physics;
use super::truth::Worth;
use super::views::Views;
use super::world::World;
use crate::model::BidStrategy;
use crate::stats::random::Random;

/// Days after which yesterday's competition is forgotten: `.8^40` is below .0002.
const COMPETITION_DAYS: i64 = 40;
/// Above its limit a bid buys less and less: delivery falls with this power of limit over cost.
const COST_CAP_POWER: f64 = 2.0;
/// A bid cap is strict: delivery falls faster.
const BID_CAP_POWER: f64 = 6.0;
const HOURS_PER_DAY: i64 = 24;

/// The physics of the default market; its parameters are the world's own.
pub(super) struct First;

impl Physics for First {
    /// `e^x` of an autoregressive `x_d = memory * x_(d-1) + sd * z_d`, written as a finite sum, so that any day can be asked for
    /// without the days before it.
    fn competition(&self, world: &World, (luck, entity): (Luck, u64), day: i64) -> [f64; 24] {
        let auction = &world.auction;
        let (mut sum, mut weight) = (0.0, auction.competition_sd);
        for back in 0..COMPETITION_DAYS {
            sum += weight * luck.at(entity, day - back, Purpose::Competition).normal();
            weight *= auction.competition_memory;
        }
        [libm::exp(sum); 24]
    }

    fn quality(&self, mut random: Random, sd: f64) -> f64 {
        random.log_normal(sd)
    }

    /// Exposures fade, and the conversion rates of ads go a step of their random walk.
    fn start_day(&self, scene: &Scene<'_>, ad_set: &mut AdSet, days: i64) {
        let creative = &scene.world.creative;
        let memory = libm::pow(creative.exposure_memory, days as f64);
        ad_set.exposures *= memory;
        for ad in &mut ad_set.ads {
            ad.exposures *= memory;
            let step = scene.luck.at(ad.entity, scene.conditions.day, Purpose::Drift).normal();
            ad.drift += creative.conversion_drift_sd * step;
        }
    }

    fn play(&self, scene: &Scene<'_>, ad_set: &mut AdSet, wanted: f64) {
        let weights: Vec<f64> = ad_set.ads.iter().map(|ad| weight(scene, ad_set, ad)).collect();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return;
        }
        let mut ads = std::mem::take(&mut ad_set.ads);
        for (ad, weight) in ads.iter_mut().zip(weights).filter(|(ad, _)| ad.is_running) {
            deliver(scene, ad_set, ad, wanted * weight / total);
        }
        ad_set.ads = ads;
    }

    fn expect(&self, scene: &Scene<'_>, ad_set: &mut AdSet, wanted: f64) -> Worth {
        let weights: Vec<f64> = ad_set.ads.iter().map(|ad| weight(scene, ad_set, ad)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = Worth::default();
        if total <= 0.0 {
            return sum;
        }
        let mut ads = std::mem::take(&mut ad_set.ads);
        for (ad, weight) in ads.iter_mut().zip(weights).filter(|(ad, _)| ad.is_running) {
            let (click_rate, conversion_rate) = (click_rate(scene, ad_set, ad), conversion_rate(scene, ad_set, ad));
            let price = price(scene, ad_set, click_rate).max(1.0);
            let cost = price / (click_rate * conversion_rate);
            let impressions = wanted * weight / total * bid_factor(ad_set, cost) / price;
            let spend = impressions * price;
            Scene::foresee(ad_set, ad, (impressions, spend));
            sum.spend += spend;
            sum.value += brought(scene, ad_set, impressions, (click_rate, conversion_rate)) * order_value(scene);
        }
        ad_set.ads = ads;
        sum
    }

    /// Impressions at random: `people * (1 - e^(-impressions / people))`.
    fn reach(&self, pool: f64, impressions: f64) -> u64 {
        people(pool * (1.0 - libm::exp(-impressions / pool))).min(people(impressions))
    }
}

fn weight(scene: &Scene<'_>, ad_set: &AdSet, ad: &Ad) -> f64 {
    let power = scene.world.creative.delivery_exponent;
    if ad.is_running { libm::pow(click_rate(scene, ad_set, ad), power) } else { 0.0 }
}

/// `base * goal * fit * quality * (1 + exposures per person)^-fatigue`.
fn click_rate(scene: &Scene<'_>, ad_set: &AdSet, ad: &Ad) -> f64 {
    let fatigue = libm::pow(1.0 + ad.exposures / ad_set.pool, -scene.world.creative.fatigue_exponent);
    let quality = ad_set.click_fit * ad.click_quality * fatigue * freshness(scene, ad);
    (scene.platform.ctr * scene.factors.click * scene.conditions.click * quality).min(HIGHEST_RATE)
}

/// `(1 + impressions / scale)^-wear-out`.
fn freshness(scene: &Scene<'_>, ad: &Ad) -> f64 {
    let creative = &scene.world.creative;
    if creative.wear_out_exponent > 0.0 {
        libm::pow(1.0 + ad.impressions / creative.wear_out_impressions, -creative.wear_out_exponent)
    } else {
        1.0
    }
}

fn conversion_rate(scene: &Scene<'_>, ad_set: &AdSet, ad: &Ad) -> f64 {
    let quality = ad_set.conversion_fit * ad.conversion_quality * libm::exp(ad.drift);
    let learning = if scene.is_learning(ad_set) { 1.0 - scene.world.learning.conversion_penalty } else { 1.0 };
    let rate = scene.platform.cvr * scene.factors.conversion * scene.conditions.conversion * quality * learning;
    rate.min(HIGHEST_RATE)
}

/// Micros for one impression: `base * season and competition * (spend / reference)^eta * (1 + exposures per person)^sigma *
/// (click rate / usual click rate)^-q`, more while learning.
fn price(scene: &Scene<'_>, ad_set: &AdSet, click_rate: f64) -> f64 {
    let auction = &scene.world.auction;
    let reference = scene.platform.reference_spend_usd * scene.micros_per_usd;
    let spend = (ad_set.budget as f64 / reference).max(auction.spend_floor);
    let base = scene.platform.cpm_usd * scene.micros_per_usd / 1_000.0;
    let learning = if scene.is_learning(ad_set) { 1.0 + scene.world.learning.price_penalty } else { 1.0 };
    base * scene.factors.price
        * scene.conditions.price
        * learning
        * libm::pow(spend, auction.spend_exponent)
        * libm::pow(1.0 + ad_set.exposures / ad_set.pool, auction.saturation_exponent)
        * libm::pow(click_rate / scene.platform.ctr, -auction.quality_exponent)
}

fn deliver(scene: &Scene<'_>, ad_set: &mut AdSet, ad: &mut Ad, wanted: f64) {
    let (click_rate, conversion_rate) = (click_rate(scene, ad_set, ad), conversion_rate(scene, ad_set, ad));
    let price = whole(price(scene, ad_set, click_rate)).max(1);
    let cost = price as f64 / (click_rate * conversion_rate);
    let mean = wanted * bid_factor(ad_set, cost) / price as f64;
    let hour = scene.conditions.hour;
    let affordable = (scene.allowance(ad_set) / price).unsigned_abs();
    let impressions = scene.luck.at(ad.entity, hour, Purpose::Delivery).poisson(mean).min(affordable);
    if impressions == 0 {
        return;
    }
    let clicks = scene.luck.at(ad.entity, hour, Purpose::Clicks).binomial(impressions, click_rate);
    let worth = brought(scene, ad_set, impressions as f64, (click_rate, conversion_rate)) * order_value(scene);
    scene.book(ad_set, ad, &Got { impressions, clicks, price, worth });
    ad_set.conversions_since_edit += convert(scene, ad, (impressions, clicks), conversion_rate);
}

/// Conversions on average that would not have come without so many impressions: those after clicks, and a part of those after views.
fn brought(scene: &Scene<'_>, ad_set: &AdSet, impressions: f64, (click_rate, conversion_rate): (f64, f64)) -> f64 {
    let after_clicks = impressions * click_rate * conversion_rate;
    let after_views =
        |views: Views| impressions * views.rate(scene, conversion_rate) * views.incremental(scene, ad_set);
    after_clicks + scene.platform.views.map_or(0.0, after_views)
}

/// Draws the conversions of an hour's clicks and views; says how many there are, reported or not.
fn convert(scene: &Scene<'_>, ad: &mut Ad, (impressions, clicks): (u64, u64), rate: f64) -> u64 {
    let (entity, hour) = (ad.entity, scene.conditions.hour);
    let place = |purpose| scene.luck.at(entity, hour, purpose);
    let mut random = place(Purpose::Conversions);
    let after_clicks = random.binomial(clicks, rate);
    enter(scene, ad, after_clicks, &mut random);
    let Some(views) = scene.platform.views else { return after_clicks };
    // Luck of their own: conversions after clicks stay what they are without views.
    let mut random = place(Purpose::Views);
    let after_views = random.binomial(impressions - clicks, views.rate(scene, rate));
    enter(scene, ad, after_views, &mut random);
    after_clicks + after_views
}

/// Writes conversions down, each with its delay and value.
fn enter(scene: &Scene<'_>, ad: &mut Ad, conversions: u64, random: &mut Random) {
    for _ in 0..conversions {
        let days = delay_in_days(&scene.platform.delay, random.uniform());
        let delay = days * HOURS_PER_DAY + random.below(HOURS_PER_DAY.unsigned_abs()).cast_signed();
        let value = usual_order(scene) * random.log_normal(scene.world.order.sd);
        scene.convert(ad, (delay, value), random);
    }
}

/// The median value of an order, in micros.
fn usual_order(scene: &Scene<'_>) -> f64 {
    let value = scene.platform.order_value_usd.unwrap_or(scene.world.order.value_usd);
    value * scene.factors.value * scene.micros_per_usd
}

/// The mean value of an order, in micros: that of the log-normal law.
fn order_value(scene: &Scene<'_>) -> f64 {
    usual_order(scene) * libm::exp(scene.world.order.sd * scene.world.order.sd / 2.0)
}

/// The part of the wanted delivery that a bid lets through: `(bid / cost of a result)^power`, at most 1.
fn bid_factor(ad_set: &AdSet, cost: f64) -> f64 {
    let power = match (ad_set.bid_strategy, ad_set.bid) {
        (BidStrategy::LowestCost, _) | (_, None) => return 1.0,
        (BidStrategy::CostCap, Some(_)) => COST_CAP_POWER,
        (BidStrategy::BidCap, Some(_)) => BID_CAP_POWER,
    };
    let bid = ad_set.bid.unwrap_or_default() as f64;
    libm::pow((bid / cost).min(1.0), power)
}

/// The first day up to which the shares add up to more than `luck`.
fn delay_in_days(shares: &[f64], luck: f64) -> i64 {
    let mut sum = 0.0;
    let mut day = 0;
    for share in shares {
        sum += share;
        if luck < sum {
            break;
        }
        day += 1;
    }
    day
}
