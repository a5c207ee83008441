//! People: how often they have seen an ad, and what that does to them.
//!
//! Exposures of a person are a Poisson count whose rate has a gamma law over people, so that they have a negative binomial law (Huang and
//! Lin, "Modeling the audience's banner ad exposure for internet advertising planning", Journal of Advertising 35, 2006; Danaher, Marketing
//! Science 26, 2007). Whoever sees much is also more likely to see the next impression: with mean `m` and spread `k` he has seen it `n` times
//! before with a negative binomial law of mean `m (k + 1) / k` and spread `k + 1`, and sums over `n` have a closed form in its generating
//! function `G(z) = (1 + m / k * (1 - z))^-(k + 1)`.

use serde::{Deserialize, Serialize};

use super::{Rates, Site};
use crate::market::account::{Ad, AdSet};
use crate::market::hour::{HIGHEST_RATE, Scene};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    /// The shape of the gamma law of how much people see; the smaller, the more they differ.
    pub(super) spread: f64,
    /// The part of exposures that is still remembered after a day.
    pub(super) memory: f64,
    /// A click is `(1 + wear_in * n) * e^(-wear_out * n)` as likely after `n` exposures as at the first: a gamma curve.
    pub(super) wear_in: f64,
    pub(super) wear_out: f64,
    /// What is left of people's strangeness towards an advertiser after one exposure more.
    pub(super) strangeness_left: f64,
    /// An ad's click rate falls to this part as it ages, by `e^(-impressions / aging_impressions)`; 1 switches it off.
    pub(super) aged_share: f64,
    pub(super) aging_impressions: f64,
    /// The part of an ad set's spend that goes to all of its ads alike; the rest goes to the best one.
    pub(super) explore_share: f64,
}

impl People {
    /// What the next impression of each ad brings; nothing where it does not run.
    pub(super) fn rates(&self, scene: &Scene<'_>, ad_set: &AdSet, site: &Site) -> Vec<Rates> {
        let learning = if scene.is_learning(ad_set) { 1.0 - scene.world.learning.conversion_penalty } else { 1.0 };
        let usual = scene.platform.cvr * scene.factors.conversion * scene.conditions.conversion * learning;
        let known = 1.0 - site.strangeness * self.generated(ad_set.exposures / ad_set.pool, self.strangeness_left);
        let clicks = scene.platform.ctr * scene.factors.click;
        let rates = |ad: &Ad| {
            let buying = usual * ad_set.conversion_fit * ad.conversion_quality * libm::exp(ad.drift);
            let interest = ad_set.click_fit * ad.click_quality * self.appeal(ad.exposures / ad_set.pool);
            Rates {
                click: (clicks * scene.conditions.click * interest * self.freshness(ad)).min(HIGHEST_RATE),
                conversion: (buying * known).min(HIGHEST_RATE),
                view: (clicks * buying * site.views).min(HIGHEST_RATE),
                part: 0.0,
            }
        };
        let mut all: Vec<Rates> = ad_set.ads.iter().map(rates).collect();
        self.share(ad_set, &mut all);
        all
    }

    /// Divides the spend between the ads that run.
    fn share(&self, ad_set: &AdSet, rates: &mut [Rates]) {
        let results = |rates: &Rates| rates.click * rates.conversion;
        let running = || ad_set.ads.iter().zip(0..).filter(|(ad, _)| ad.is_running).map(|(_, place)| place);
        let count = running().count().max(1) as f64;
        let best = running().fold((0, -1.0), |best: (usize, f64), place: usize| {
            let own = rates.get(place).map_or(0.0, results);
            if own > best.1 { (place, own) } else { best }
        });
        for place in running() {
            if let Some(rates) = rates.get_mut(place) {
                let rest = if place == best.0 { 1.0 - self.explore_share } else { 0.0 };
                rates.part = self.explore_share / count + rest;
            }
        }
    }

    /// The mean of `z^n` over whoever sees the next impression, where people have seen `mean` on average.
    fn generated(&self, mean: f64, z: f64) -> f64 {
        libm::pow(1.0 + mean / self.spread * (1.0 - z), -(self.spread + 1.0))
    }

    /// The mean of `(1 + wear_in * n) * e^(-wear_out * n)`: `G(z) + wear_in * z * G'(z)` at `z = e^-wear_out`.
    fn appeal(&self, mean: f64) -> f64 {
        let z = libm::exp(-self.wear_out);
        let slope = (self.spread + 1.0) * (mean / self.spread) / (1.0 + mean / self.spread * (1.0 - z));
        self.generated(mean, z) * (1.0 + self.wear_in * z * slope)
    }

    fn freshness(&self, ad: &Ad) -> f64 {
        if self.aged_share < 1.0 {
            self.aged_share + (1.0 - self.aged_share) * libm::exp(-ad.impressions / self.aging_impressions)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::ln_gamma;

    const PEOPLE: People = People {
        spread: 0.8,
        memory: 0.9,
        wear_in: 0.5,
        wear_out: 0.45,
        strangeness_left: 0.5,
        aged_share: 1.0,
        aging_impressions: 1.0,
        explore_share: 0.3,
    };

    /// The mean of a function of earlier exposures, term by term over their negative binomial law.
    fn mean_over(mean: f64, of: impl Fn(f64) -> f64) -> f64 {
        let (shape, odds) = (PEOPLE.spread + 1.0, mean / PEOPLE.spread);
        (0..2_000)
            .map(|count| {
                let n = f64::from(count);
                let ln_choose = ln_gamma(shape + n) - ln_gamma(shape) - ln_gamma(n + 1.0);
                let ln_share = ln_choose + n * libm::log(odds / (1.0 + odds)) - shape * libm::log(1.0 + odds);
                libm::exp(ln_share) * of(n)
            })
            .sum()
    }

    #[test]
    fn closed_forms_are_the_sums_over_people() {
        for mean in [0.05, 0.7, 6.0] {
            let appeal = mean_over(mean, |n| (1.0 + 0.5 * n) * libm::exp(-0.45 * n));
            assert!((PEOPLE.appeal(mean) / appeal - 1.0).abs() < 1e-9, "{mean}");
            let strange = mean_over(mean, |n| libm::pow(0.5, n));
            assert!((PEOPLE.generated(mean, 0.5) / strange - 1.0).abs() < 1e-9, "{mean}");
        }
        assert!((PEOPLE.appeal(0.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn results_rise_with_frequency_before_they_fall() {
        let results = |mean: f64| PEOPLE.appeal(mean) * (1.0 - 0.5 * PEOPLE.generated(mean, 0.5));
        assert!(results(0.4) > 1.05 * results(0.0), "{} {}", results(0.4), results(0.0));
        assert!(results(8.0) < 0.75 * results(0.4), "{}", results(8.0));
    }
}
