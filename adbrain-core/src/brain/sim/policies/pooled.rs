//! An imitation of what platforms do inside one campaign budget: the parts of the platforms never change, and inside each of them the
//! campaigns with the better return of the last days get more each day.

use async_trait::async_trait;

use super::super::policy::{Decision, Policy, View};
use super::steps::{FIFTH, WEEK, among, power_through, ratio};
use crate::error::Result;
use crate::model::{Money, Platform};

/// Conversions that the platform's mean counts as much as.
const PRIOR: f64 = 6.0;
/// The bend of all curves.
const EXPONENT: f64 = 0.62;

pub(super) struct Pooled;

#[async_trait]
impl Policy for Pooled {
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let mut budgets: Vec<Money> = view.campaigns.iter().map(|campaign| campaign.budget).collect();
        for platform in Platform::ALL {
            let on = |place: &usize| view.campaigns.get(*place).is_some_and(|campaign| campaign.platform == *platform);
            let places: Vec<usize> = (0..view.campaigns.len()).filter(on).collect();
            let own: Vec<_> = places.iter().filter_map(|place| view.campaigns.get(*place)).collect();
            let Some(pool) = Money::sum(own.iter().map(|campaign| campaign.budget))? else { continue };
            let sums: Vec<[f64; 4]> = own.iter().map(|campaign| campaign.last(WEEK)).collect();
            let sum = |of: usize| sums.iter().filter_map(|sum| sum.get(of)).sum::<f64>();
            let cost = ratio(sum(0), sum(3)).max(1e-6);
            let curves = own.iter().zip(&sums).map(|(campaign, [spend, _, _, conversions])| {
                let rate = (conversions + PRIOR) / (spend + PRIOR * cost) * ratio(sum(1), sum(3));
                (*campaign, power_through(campaign, rate * campaign.budget.to_units(), EXPONENT))
            });
            for (place, budget) in places.iter().zip(among(view, pool, curves.collect(), FIFTH)?) {
                if let Some(slot) = budgets.get_mut(*place) {
                    *slot = budget;
                }
            }
        }
        Ok(Decision::of(budgets))
    }
}
