//! One ad set in one hour, in any physics: the day's pacing, what it may spend, what is written down.

use super::account::{Ad, AdSet, Day};
use super::conditions::Conditions;
use super::luck::{Luck, Purpose};
use super::results::{Conversion, Delivered};
use super::truth::Worth;
use super::world::{ObjectiveFactors, PlatformWorld, World};
use crate::model::{Currency, MICROS_PER_UNIT, Money, Platform};
use crate::stats::random::Random;

/// No ad is clicked or bought from more often than this.
pub(super) const HIGHEST_RATE: f64 = 0.5;

/// What an hour is simulated with.
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) name: Platform,
    pub(super) platform: &'a PlatformWorld,
    pub(super) factors: ObjectiveFactors,
    pub(super) conditions: Conditions,
    pub(super) luck: Luck,
    pub(super) currency: Currency,
    /// Micros of the account's currency in one US dollar.
    pub(super) micros_per_usd: f64,
}

/// What an ad got in an hour: impressions at one price, their clicks, and what these are worth on average, in micros.
pub(super) struct Got {
    pub(super) impressions: u64,
    pub(super) clicks: u64,
    pub(super) price: i64,
    pub(super) worth: f64,
}

impl Scene<'_> {
    /// Simulates one hour of an ad set that runs.
    pub(super) fn play(&self, ad_set: &mut AdSet) {
        self.start_day(ad_set);
        let wanted = self.wanted_spend(ad_set);
        if wanted > 0.0 {
            self.world.physics().play(self, ad_set, wanted);
        }
    }

    /// What an hour of an ad set brings and costs on average, in micros; the ad set goes on as it would.
    pub(super) fn expect(&self, ad_set: &mut AdSet) -> Worth {
        let pacing = &self.world.pacing;
        let usual = 1.0 + pacing.overdelivery_chance * pacing.overdelivery;
        let plan = ad_set.budget as f64 * usual - ad_set.day.carried as f64;
        let wanted = ((plan - ad_set.day.spent as f64).max(0.0) * self.conditions.share_of_rest)
            .min(self.allowance(ad_set) as f64);
        if wanted > 0.0 { self.world.physics().expect(self, ad_set, wanted) } else { Worth::default() }
    }

    /// At a new local day: people forget and ads drift, what was overspent is carried, the error of the day's pacing is drawn.
    pub(super) fn start_day(&self, ad_set: &mut AdSet) {
        let (today, before) = (self.conditions.day, ad_set.day);
        if before.number == Some(today) {
            return;
        }
        let days = before.number.map_or(0, |number| (today - number).max(1));
        self.world.physics().start_day(self, ad_set, days);
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
    pub(super) fn allowance(&self, ad_set: &AdSet) -> i64 {
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

    pub(super) fn is_learning(&self, ad_set: &AdSet) -> bool {
        (ad_set.conversions_since_edit as f64) < self.world.learning.conversions
    }

    /// Writes down what an ad got in this hour, and what it cost.
    pub(super) fn book(&self, ad_set: &mut AdSet, ad: &mut Ad, got: &Got) {
        let impressions = got.impressions;
        let spend = got.price.saturating_mul(impressions.cast_signed());
        ad_set.day.spent += spend;
        ad_set.impressions += impressions;
        ad_set.exposures += impressions as f64;
        ad.exposures += impressions as f64;
        ad.impressions += impressions as f64;
        let (hour, clicks, worth) = (self.conditions.hour, got.clicks, whole(got.worth));
        ad.hours.push(Delivered { hour, impressions, clicks, spend, worth });
    }

    /// The same of what is expected: parts of impressions, and no record.
    pub(super) fn foresee(ad_set: &mut AdSet, ad: &mut Ad, (impressions, spend): (f64, f64)) {
        ad_set.exposures += impressions;
        ad.exposures += impressions;
        ad.impressions += impressions;
        ad_set.day.spent += whole(spend);
    }

    /// Writes down a conversion of this hour that is known `delay` hours later and is worth `value` micros, if it is reported at all.
    pub(super) fn convert(&self, ad: &mut Ad, (delay, value): (i64, f64), random: &mut Random) {
        let hour = self.conditions.hour;
        let value = whole(value).max(MICROS_PER_UNIT / 100);
        let value = Money::from_micros(value, self.currency).floor_to_minor_unit().micros();
        let is_tracked = random.uniform() < self.conditions.tracked;
        let (recovered, end) = self.conditions.recovered;
        if is_tracked {
            ad.conversions.push(Conversion { hour, arrives: hour + delay, value });
        } else if recovered > 0.0 && random.uniform() < recovered {
            ad.conversions.push(Conversion { hour, arrives: end.max(hour) + delay, value });
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
pub(super) fn whole(value: f64) -> i64 {
    libm::round(value).clamp(0.0, 9.0e15) as i64
}
