//! How far a day lies off what the days before it foretell.

use super::estimate::{CampaignDay, CampaignDays};

/// The least deviation of a day: platforms do not spend a budget to the unit.
const LEAST_NOISE: f64 = 0.06;
/// Clicks from which on a day's weight grows no more.
const MANY_CLICKS: f64 = 100.0;

/// The deviation of a day's clicks from what the days before foretell, over it, without the luck of single clicks: over all campaigns, by the
/// moments `sum(w ((clicks - foretold)^2 - foretold)) / sum(w foretold^2)`, with `w = 1 / (1 + foretold / 100)`.
pub(super) fn noise(campaigns: &[CampaignDays], (exponent, half_life): (f64, f64)) -> f64 {
    let memory = libm::pow(0.5, 1.0 / half_life);
    let (mut square, mut scale) = (0.0, 0.0);
    for (foretold, clicks) in campaigns.iter().flat_map(|campaign| pairs(&campaign.days, (exponent, memory))) {
        let weight = 1.0 / (1.0 + foretold / MANY_CLICKS);
        square += weight * ((clicks - foretold) * (clicks - foretold) - foretold);
        scale += weight * foretold * foretold;
    }
    let found = if scale > 0.0 { libm::sqrt((square / scale).max(0.0)) } else { 0.0 };
    found.max(LEAST_NOISE)
}

/// What the days before foretell of each day, and what it was.
fn pairs(days: &[CampaignDay], (exponent, memory): (f64, f64)) -> Vec<(f64, f64)> {
    let (mut above, mut below, mut pairs) = (0.0, 0.0, Vec::new());
    for day in days.iter().filter(|day| day.spend > 0.0 && day.budget > 0.0) {
        let effort = libm::pow(day.budget, exponent);
        if above > 0.0 {
            pairs.push((above / below * effort, day.clicks));
        }
        (above, below) = (memory * above + day.clicks, memory * below + effort);
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    /// Campaigns whose days lie off their level by so much.
    fn noisy(seed: u64, deviation: f64) -> Vec<CampaignDays> {
        let campaign = |place: u64| {
            let mut random = Random::at(seed, &[place]);
            let mut day = || {
                let mean = 150.0 * random.log_normal(deviation);
                let clicks = random.poisson(mean) as f64;
                let (conversions, revenue) = (0.0, 0.0);
                CampaignDay { budget: 100.0, spend: 100.0, impressions: 1e4, clicks, conversions, revenue, known: 1.0 }
            };
            CampaignDays { name: place.to_string(), group: "meta".to_owned(), days: (0..40).map(|_| day()).collect() }
        };
        (0..8).map(campaign).collect()
    }

    #[test]
    fn the_noise_of_days_is_told_from_the_luck_of_clicks() {
        for seed in 0..10 {
            assert!(noise(&noisy(seed, 0.0), (0.7, 3.0)) < 0.09);
            let found = noise(&noisy(seed, 0.25), (0.7, 3.0));
            assert!((0.22..0.36).contains(&found), "{found}");
        }
        assert!((noise(&[], (0.7, 3.0)) - LEAST_NOISE).abs() < 1e-12);
    }
}
