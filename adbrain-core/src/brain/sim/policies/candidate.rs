//! The candidate of the first prototype: discounted, maturity-corrected and shrunk returns on curves of one fixed bend.

use async_trait::async_trait;

use super::super::policy::{CampaignView, Decision, Policy, View};
use super::steps::{FIFTH, by_curves, power_through, ratio};
use crate::error::Result;
use crate::measure::completeness;

/// The bend of all curves.
const EXPONENT: f64 = 0.62;
/// Days after which a day counts half.
const HALF_LIFE: f64 = 7.0;
/// Conversions that the account's mean counts as much as, in the estimate of a campaign.
const PRIOR: f64 = 6.0;

pub(super) struct Candidate;

/// Discounted sums of a campaign: what its spend should bring by the curve, what of that can be known by now, and what is known.
struct Seen {
    effort: f64,
    conversions: f64,
    revenue: f64,
}

#[async_trait]
impl Policy for Candidate {
    /// The value of `x^p` in a campaign is its conversions over its effort, shrunk to the account's, times the mean value of a conversion.
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let seen: Vec<Seen> = view.campaigns.iter().map(seen).collect();
        let sum = |of: fn(&Seen) -> f64| seen.iter().map(of).sum::<f64>();
        let (effort, conversions) = (sum(|one| one.effort), sum(|one| one.conversions));
        let (mean, order) = (ratio(conversions, effort), ratio(sum(|one| one.revenue), conversions));
        let curves = view.campaigns.iter().zip(&seen).map(|(campaign, own)| {
            let rate = (own.conversions + PRIOR) / (own.effort + PRIOR / mean.max(1e-12));
            power_through(campaign, rate * order * libm::pow(campaign.budget.to_units(), EXPONENT), EXPONENT)
        });
        by_curves(view, curves.collect(), FIFTH).map(Decision::of)
    }
}

fn seen(campaign: &CampaignView) -> Seen {
    let ages = campaign.days.iter().rev().zip(0..);
    ages.fold(Seen { effort: 0.0, conversions: 0.0, revenue: 0.0 }, |sum, (day, age)| {
        let age = f64::from(age);
        let weight = libm::pow(0.5, age / HALF_LIFE);
        let known = completeness(campaign.platform, age + 0.5);
        Seen {
            effort: sum.effort + weight * known * libm::pow(day.spend.to_units(), EXPONENT),
            conversions: sum.conversions + weight * day.conversions as f64,
            revenue: sum.revenue + weight * day.revenue.to_units(),
        }
    })
}
