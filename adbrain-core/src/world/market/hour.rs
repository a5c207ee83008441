//! One ad set in one hour: pacing, price, impressions, clicks, conversions.

use super::account::{Ad, AdSet, Day};
use super::conditions::Conditions;
use super::luck::{Luck, Purpose};
use super::results::{Conversion, Delivered};
use super::truth::Worth;
use super::world::{ObjectiveFactors, PlatformWorld, World};
use crate::model::{BidStrategy, Currency, MICROS_PER_UNIT, Money};

/// No ad is clicked or bought from more often than this.
const HIGHEST_RATE: f64 = 0.5;
/// Above its limit a bid buys less and less: delivery falls with this power of limit over cost.
const COST_CAP_POWER: f64 = 2.0;
/// A bid cap is strict: delivery falls faster.
const BID_CAP_POWER: f64 = 6.0;
const HOURS_PER_DAY: i64 = 24;

/// What an hour is simulated with.
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) platform: &'a PlatformWorld,
    pub(super) factors: ObjectiveFactors,
    pub(super) conditions: Conditions,
    pub(super) luck: Luck,
    pub(super) currency: Currency,
    /// Micros of the account's currency in one US dollar.
    pub(super) micros_per_usd: f64,
}

impl Scene<'_> {
    /// Simulates one hour of an ad set that runs.
    pub(super) fn play(&self, ad_set: &mut AdSet) {
        self.start_day(ad_set);
        let wanted = self.wanted_spend(ad_set);
        let weights: Vec<f64> = ad_set.ads.iter().map(|ad| self.weight(ad_set, ad)).collect();
        let total: f64 = weights.iter().sum();
        if wanted <= 0.0 || total <= 0.0 {
            return;
        }
        let mut ads = std::mem::take(&mut ad_set.ads);
        for (ad, weight) in ads.iter_mut().zip(weights).filter(|(ad, _)| ad.is_running) {
            self.deliver(ad_set, ad, wanted * weight / total);
        }
        ad_set.ads = ads;
    }

    /// At a new local day: exposures fade, what was overspent is carried, the error of the day's pacing is drawn.
    pub(super) fn start_day(&self, ad_set: &mut AdSet) {
        let (today, before) = (self.conditions.day, ad_set.day);
        if before.number == Some(today) {
            return;
        }
        let days = before.number.map_or(0, |number| (today - number).max(1));
        let memory = libm::pow(self.world.creative.exposure_memory, days as f64);
        ad_set.exposures *= memory;
        for ad in &mut ad_set.ads {
            ad.exposures *= memory;
            ad.drift +=
                self.world.creative.conversion_drift_sd * self.luck.at(ad.entity, today, Purpose::Drift).normal();
        }
        let over = (before.carried + before.spent - before.budget).clamp(0, ad_set.budget);
        let carried = if before.number.is_some() { over } else { 0 };
        let (factor, budget) = (self.day_factor(ad_set), ad_set.budget);
        ad_set.day = Day { number: Some(today), factor, spent: 0, budget, carried };
    }

    /// How a day's spend lies to its budget: log-normal with mean 1, now and then higher, never above the worst case.
    fn day_factor(&self, ad_set: &AdSet) -> f64 {
        let pacing = &self.world.pacing;
        let mut random = self.luck.at(ad_set.entity, self.conditions.day, Purpose::Pacing);
        let usual = random.log_normal(pacing.day_sd) * libm::exp(-pacing.day_sd * pacing.day_sd / 2.0);
        let factor =
            if random.uniform() < pacing.overdelivery_chance { usual * (1.0 + pacing.overdelivery) } else { usual };
        factor.min(f64::from(self.platform.worst_case_day_percent) / 100.0)
    }

    /// What may be spent today in the worst case and is not spent yet, in micros.
    fn allowance(&self, ad_set: &AdSet) -> i64 {
        let percent = i128::from(self.platform.worst_case_day_percent);
        let most = i128::from(ad_set.budget) * percent / 100 - i128::from(ad_set.day.spent);
        i64::try_from(most.max(0)).unwrap_or(0)
    }

    /// What is left of the day's plan times this hour's part of the traffic that is left.
    fn wanted_spend(&self, ad_set: &AdSet) -> f64 {
        let plan = ad_set.budget as f64 * ad_set.day.factor - ad_set.day.carried as f64;
        let left = (plan - ad_set.day.spent as f64).max(0.0);
        let error = self.luck.at(ad_set.entity, self.conditions.hour, Purpose::Delivery);
        let noise = error.clone().log_normal(self.world.pacing.hour_sd);
        (left * self.conditions.share_of_rest * noise).min(self.allowance(ad_set) as f64)
    }

    fn weight(&self, ad_set: &AdSet, ad: &Ad) -> f64 {
        let power = self.world.creative.delivery_exponent;
        if ad.is_running { libm::pow(self.click_rate(ad_set, ad), power) } else { 0.0 }
    }

    /// `base * goal * fit * quality * (1 + exposures per person)^-fatigue`.
    fn click_rate(&self, ad_set: &AdSet, ad: &Ad) -> f64 {
        let fatigue = libm::pow(1.0 + ad.exposures / ad_set.pool, -self.world.creative.fatigue_exponent);
        let quality = ad_set.click_fit * ad.click_quality * fatigue * self.freshness(ad);
        (self.platform.ctr * self.factors.click * self.conditions.click * quality).min(HIGHEST_RATE)
    }

    /// `(1 + impressions / scale)^-wear-out`.
    fn freshness(&self, ad: &Ad) -> f64 {
        let creative = &self.world.creative;
        if creative.wear_out_exponent > 0.0 {
            libm::pow(1.0 + ad.impressions / creative.wear_out_impressions, -creative.wear_out_exponent)
        } else {
            1.0
        }
    }

    fn conversion_rate(&self, ad_set: &AdSet, ad: &Ad) -> f64 {
        let quality = ad_set.conversion_fit * ad.conversion_quality * libm::exp(ad.drift);
        let learning = if self.is_learning(ad_set) { 1.0 - self.world.learning.conversion_penalty } else { 1.0 };
        let rate = self.platform.cvr * self.factors.conversion * self.conditions.conversion * quality * learning;
        rate.min(HIGHEST_RATE)
    }

    fn is_learning(&self, ad_set: &AdSet) -> bool {
        (ad_set.conversions_since_edit as f64) < self.world.learning.conversions
    }

    /// Micros for one impression: `base * season and competition * (spend / reference)^eta * (1 + exposures per person)^sigma *
    /// (click rate / usual click rate)^-q`, more while learning.
    fn price(&self, ad_set: &AdSet, click_rate: f64) -> f64 {
        let auction = &self.world.auction;
        let reference = self.platform.reference_spend_usd * self.micros_per_usd;
        let spend = (ad_set.budget as f64 / reference).max(auction.spend_floor);
        let base = self.platform.cpm_usd * self.micros_per_usd / 1_000.0;
        let learning = if self.is_learning(ad_set) { 1.0 + self.world.learning.price_penalty } else { 1.0 };
        base * self.factors.price
            * self.conditions.price
            * learning
            * libm::pow(spend, auction.spend_exponent)
            * libm::pow(1.0 + ad_set.exposures / ad_set.pool, auction.saturation_exponent)
            * libm::pow(click_rate / self.platform.ctr, -auction.quality_exponent)
    }

    fn deliver(&self, ad_set: &mut AdSet, ad: &mut Ad, wanted: f64) {
        let click_rate = self.click_rate(ad_set, ad);
        let conversion_rate = self.conversion_rate(ad_set, ad);
        let price = whole(self.price(ad_set, click_rate)).max(1);
        let cost = price as f64 / (click_rate * conversion_rate);
        let mean = wanted * bid_factor(ad_set, cost) / price as f64;
        let mut random = self.luck.at(ad.entity, self.conditions.hour, Purpose::Delivery);
        let affordable = (self.allowance(ad_set) / price).unsigned_abs();
        let impressions = random.poisson(mean).min(affordable);
        if impressions == 0 {
            return;
        }
        let clicks = self.luck.at(ad.entity, self.conditions.hour, Purpose::Clicks).binomial(impressions, click_rate);
        let spend = price.saturating_mul(impressions.cast_signed());
        ad_set.day.spent += spend;
        ad_set.impressions += impressions;
        ad_set.exposures += impressions as f64;
        ad.exposures += impressions as f64;
        ad.impressions += impressions as f64;
        let worth = whole(impressions as f64 * click_rate * conversion_rate * self.order_value());
        ad.hours.push(Delivered { hour: self.conditions.hour, impressions, clicks, spend, worth });
        ad_set.conversions_since_edit += self.convert(ad, clicks, conversion_rate);
    }

    /// Draws the conversions of an hour's clicks; says how many there are, reported or not.
    fn convert(&self, ad: &mut Ad, clicks: u64, rate: f64) -> u64 {
        let hour = self.conditions.hour;
        let mut random = self.luck.at(ad.entity, hour, Purpose::Conversions);
        let conversions = random.binomial(clicks, rate);
        for _ in 0..conversions {
            let days = delay_in_days(&self.platform.delay, random.uniform());
            let delay = days * HOURS_PER_DAY + random.below(HOURS_PER_DAY.unsigned_abs()).cast_signed();
            let value = whole(self.usual_order() * random.log_normal(self.world.order.sd)).max(MICROS_PER_UNIT / 100);
            let value = Money::from_micros(value, self.currency).floor_to_minor_unit().micros();
            let is_tracked = random.uniform() < self.conditions.tracked;
            let (recovered, end) = self.conditions.recovered;
            if is_tracked {
                ad.conversions.push(Conversion { hour, arrives: hour + delay, value });
            } else if recovered > 0.0 && random.uniform() < recovered {
                ad.conversions.push(Conversion { hour, arrives: end.max(hour) + delay, value });
            }
        }
        conversions
    }

    /// The median value of an order, in micros.
    fn usual_order(&self) -> f64 {
        let value = self.platform.order_value_usd.unwrap_or(self.world.order.value_usd);
        value * self.factors.value * self.micros_per_usd
    }

    /// The mean value of an order, in micros: that of the log-normal law.
    fn order_value(&self) -> f64 {
        self.usual_order() * libm::exp(self.world.order.sd * self.world.order.sd / 2.0)
    }

    /// What an hour of an ad set brings and costs on average, in micros; the ad set goes on as it would.
    pub(super) fn expect(&self, ad_set: &mut AdSet) -> Worth {
        let pacing = &self.world.pacing;
        let usual = 1.0 + pacing.overdelivery_chance * pacing.overdelivery;
        let plan = ad_set.budget as f64 * usual - ad_set.day.carried as f64;
        let wanted = ((plan - ad_set.day.spent as f64).max(0.0) * self.conditions.share_of_rest)
            .min(self.allowance(ad_set) as f64);
        let weights: Vec<f64> = ad_set.ads.iter().map(|ad| self.weight(ad_set, ad)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = Worth::default();
        if wanted <= 0.0 || total <= 0.0 {
            return sum;
        }
        let mut ads = std::mem::take(&mut ad_set.ads);
        for (ad, weight) in ads.iter_mut().zip(weights).filter(|(ad, _)| ad.is_running) {
            let (click_rate, conversion_rate) = (self.click_rate(ad_set, ad), self.conversion_rate(ad_set, ad));
            let price = self.price(ad_set, click_rate).max(1.0);
            let cost = price / (click_rate * conversion_rate);
            let impressions = wanted * weight / total * bid_factor(ad_set, cost) / price;
            let spend = impressions * price;
            ad_set.exposures += impressions;
            ad.exposures += impressions;
            ad.impressions += impressions;
            ad_set.day.spent += whole(spend);
            sum.spend += spend;
            sum.value += impressions * click_rate * conversion_rate * self.order_value();
        }
        ad_set.ads = ads;
        sum
    }
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

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
pub(super) fn whole(value: f64) -> i64 {
    libm::round(value).clamp(0.0, 9.0e15) as i64
}
