//! Thompson sampling per campaign: each day one draw of the conversions that a unit of money brings.

use async_trait::async_trait;

use super::super::policy::{Decision, Policy, View};
use super::steps::{FIFTH, by_curves, power_through, ratio};
use crate::error::Result;
use crate::stats::distribution::gamma_quantile;
use crate::stats::random::Random;

/// How many days it remembers.
const MEMORY: usize = 14;
/// The bend of the curve through each draw.
const EXPONENT: f64 = 0.62;
/// Its place in a seed; never another one's.
const PLACE: u64 = 0x7468_6f6d_7073_6f6e;

pub(super) struct Thompson {
    pub(super) seed: u64,
}

#[async_trait]
impl Policy for Thompson {
    /// Conversions per unit of money have the posterior Gamma(conversions + 1, spend + spend per conversion of the account).
    async fn decide(&mut self, view: &View) -> Result<Decision> {
        let sums: Vec<[f64; 4]> = view.campaigns.iter().map(|campaign| campaign.last(MEMORY)).collect();
        let all =
            sums.iter().fold([0.0; 4], |all: [f64; 4], own| [all[0] + own[0], all[1] + own[1], 0.0, all[3] + own[3]]);
        let order = ratio(all[1], all[3]);
        let cost = ratio(all[0], all[3]).max(1e-6);
        let curves =
            view.campaigns.iter().zip(&sums).zip(0..).map(|((campaign, [spend, _, _, conversions]), place)| {
                let luck = Random::at(self.seed, &[PLACE, u64::from(view.day), place]).uniform();
                let rate = gamma_quantile(luck, conversions + 1.0) / (spend + cost);
                power_through(campaign, rate * order * campaign.budget.to_units(), EXPONENT)
            });
        by_curves(view, curves.collect(), FIFTH).map(Decision::of)
    }
}
