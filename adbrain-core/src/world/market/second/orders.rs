//! Clicks, conversions, their delay and their value.

use serde::{Deserialize, Serialize};

use super::{Rates, Second, Site};
use crate::market::account::{Ad, AdSet};
use crate::market::hour::Scene;
use crate::market::luck::Purpose;
use crate::stats::random::Random;

const HOURS_PER_DAY: f64 = 24.0;

/// How far counts are spread beyond those of Poisson: the mean of each has a gamma law of this shape, so that it is negative binomial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    /// Of the clicks of an ad in an hour.
    pub(super) click_shape: f64,
    /// Of the conversions of an ad on a day.
    pub(super) demand_shape: f64,
}

impl Counts {
    pub(super) fn clicks(&self, mut random: Random, impressions: u64, rate: f64) -> u64 {
        let luck = random.gamma_of_mean_one(self.click_shape);
        random.poisson(impressions as f64 * rate * luck).min(impressions)
    }
}

/// Hours from a click to its conversion: at once for some, exponential; Weibull for the others, up to the end of the window (Ji and others,
/// "Time-aware conversion prediction", 2017, use Weibull laws; Chapelle, KDD 2014, exponential ones).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delay {
    /// The share that comes at once, and its mean delay in hours.
    pub(super) fast_share: f64,
    pub(super) fast_hours: f64,
    /// Shape and scale, in days, of the others.
    pub(super) slow_shape: f64,
    pub(super) slow_days: f64,
    /// Later ones are not counted.
    pub(super) longest_days: f64,
}

impl Delay {
    /// Whole hours.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
    pub(super) fn hours(&self, random: &mut Random) -> i64 {
        let (kind, luck) = (random.uniform(), random.uniform());
        let longest = self.longest_days * HOURS_PER_DAY;
        let hours = if kind < self.fast_share {
            -self.fast_hours * libm::log(1.0 - luck)
        } else {
            // The law cut off at the end of the window: luck within the part of it that lies before.
            let before = 1.0 - libm::exp(-libm::pow(self.longest_days / self.slow_days, self.slow_shape));
            let days = self.slow_days * libm::pow(-libm::log(1.0 - luck * before), 1.0 / self.slow_shape);
            days * HOURS_PER_DAY
        };
        libm::floor(hours.clamp(0.0, longest)) as i64
    }
}

/// What orders are worth: most have a gamma law, some are large with a Pareto tail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// Mean and shape of usual orders.
    pub(super) usual_usd: f64,
    pub(super) shape: f64,
    /// The share of large ones, the least that one of them is worth, and the exponent of their tail.
    pub(super) large_share: f64,
    pub(super) large_usd: f64,
    pub(super) large_exponent: f64,
}

impl Order {
    /// The value of one order, in micros.
    fn value(&self, scene: &Scene<'_>, random: &mut Random) -> f64 {
        let usd = if random.uniform() < self.large_share {
            self.large_usd * libm::pow(1.0 - random.uniform(), -1.0 / self.large_exponent)
        } else {
            self.usual_usd * random.gamma_of_mean_one(self.shape)
        };
        usd * scene.factors.value * scene.micros_per_usd
    }

    /// The mean of these laws, in micros.
    pub(super) fn mean(&self, scene: &Scene<'_>) -> f64 {
        let large = self.large_usd * self.large_exponent / (self.large_exponent - 1.0);
        let usd = self.usual_usd + self.large_share * (large - self.usual_usd);
        usd * scene.factors.value * scene.micros_per_usd
    }
}

/// People who see an ad, do not click and buy: the platform counts them all, and the ad brought a part of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Views {
    /// That part, drawn for each ad set: a range.
    pub(super) incremental: [f64; 2],
}

impl Views {
    pub(super) fn incremental(&self, scene: &Scene<'_>, ad_set: &AdSet) -> f64 {
        let [low, high] = self.incremental;
        low + (high - low) * scene.luck.at(ad_set.entity, 0, Purpose::Incrementality).uniform()
    }
}

impl Second {
    /// Draws the conversions of an hour's clicks and views; says how many there are, reported or not.
    pub(super) fn convert(
        &self,
        scene: &Scene<'_>,
        (ad, site): (&mut Ad, &Site),
        (impressions, clicks): (u64, u64),
        rates: Rates,
    ) -> u64 {
        let (hour, day) = (scene.conditions.hour, scene.conditions.day);
        let demand = scene.luck.at(ad.entity, day, Purpose::Demand).gamma_of_mean_one(self.counts.demand_shape);
        let streams = [
            (Purpose::Conversions, clicks, clicks as f64 * rates.conversion),
            (Purpose::Views, impressions - clicks, impressions as f64 * rates.view),
        ];
        let mut all = 0;
        for (purpose, most, mean) in streams.into_iter().filter(|(_, _, mean)| *mean > 0.0) {
            let mut random = scene.luck.at(ad.entity, hour, purpose);
            let conversions = random.poisson(mean * demand).min(most);
            for _ in 0..conversions {
                let delay = site.delay.hours(&mut random);
                let value = self.order.value(scene, &mut random);
                scene.convert(ad, (delay, value), &mut random);
            }
            all += conversions;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELAY: Delay =
        Delay { fast_share: 0.4, fast_hours: 1.0, slow_shape: 0.7, slow_days: 5.0, longest_days: 28.0 };

    #[test]
    fn delays_have_their_law_and_end_with_the_window() {
        let mut random = Random::at(2, &[1]);
        let hours: Vec<i64> = (0..100_000).map(|_| DELAY.hours(&mut random)).collect();
        let share = |below: i64| hours.iter().filter(|hours| **hours < below).count() as f64 / hours.len() as f64;
        let law = |below: f64| {
            let slow = |days: f64| 1.0 - libm::exp(-libm::pow(days / 5.0, 0.7));
            0.4 * (1.0 - libm::exp(-below)) + 0.6 * slow(below / 24.0) / slow(28.0)
        };
        for below in [1, 6, 24, 7 * 24, 21 * 24] {
            assert!((share(below) - law(below as f64)).abs() < 0.006, "{below} {} {}", share(below), law(below as f64));
        }
        assert!(hours.iter().all(|hours| (0..=28 * 24).contains(hours)));
    }

    #[test]
    fn clicks_are_spread_as_a_negative_binomial_count() {
        let counts = Counts { click_shape: 5.0, demand_shape: 1.0 };
        let draws: Vec<f64> =
            (0..40_000).map(|place| counts.clicks(Random::at(6, &[place]), 1_000, 0.01) as f64).collect();
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let variance = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f64>() / n;
        assert!((mean - 10.0).abs() < 0.12 && (variance - (10.0 + 100.0 / 5.0)).abs() < 1.2, "{mean} {variance}");
    }
}
