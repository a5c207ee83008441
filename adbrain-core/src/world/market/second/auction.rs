//! Auctions of the second price: an impression goes to the highest bid and costs what the next one bid.
//!
//! The highest of the others' bids has a log-normal law (Cui and others, "Bid landscape forecasting in online ad exchange marketplace", KDD
//! 2011, fit mixtures of it). Who bids `b` wins `F(b)` of the auctions and pays what the others bid below `b`. A platform that has to spend
//! a budget bids as high as that takes, so that each further impression is dearer than the last, and the supply of an hour is all that can be
//! had.

use serde::{Deserialize, Serialize};

use super::Site;
use crate::market::account::AdSet;
use crate::market::hour::Scene;
use crate::model::BidStrategy;
use crate::stats::distribution::{normal_cdf, normal_quantile};

/// Halvings of the search for the bid at a mean price: after them it is known to one part in a million of a deviation.
const HALVINGS: u32 = 24;
/// Bids further from the median, in deviations, win nothing or all.
const FURTHEST: f64 = 8.0;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auction {
    /// The deviation of the logarithm of the highest of the others' bids.
    pub(super) bid_sd: f64,
    /// The share of auctions won at which an impression costs what the platform's table says.
    pub(super) usual_share: f64,
    /// The most that one advertiser can win.
    pub(super) most_share: f64,
    /// The least that an impression costs, as a part of the table's price.
    pub(super) reserve: f64,
}

/// What is bought in an hour, in micros.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sale {
    pub(super) spend: f64,
    /// Of one impression.
    pub(super) price: f64,
}

/// The auctions of one hour.
#[derive(Debug, Clone, Copy)]
struct Hour {
    supply: f64,
    /// The median of the highest of the others' bids for an impression.
    median: f64,
    sd: f64,
}

impl Auction {
    /// Spends what is wanted, as far as supply and the ad set's own bid let it; `results` are its conversions per impression.
    pub(super) fn buy(
        &self,
        scene: &Scene<'_>,
        (ad_set, site): (&AdSet, &Site),
        (wanted, results): (f64, f64),
    ) -> Option<Sale> {
        let table = scene.platform.cpm_usd * scene.micros_per_usd / 1_000.0 * scene.factors.price;
        let learning = if scene.is_learning(ad_set) { 1.0 + scene.world.learning.price_penalty } else { 1.0 };
        let median = table * self.median_of_table() * scene.conditions.price * learning;
        let supply = ad_set.pool * site.auctions * scene.conditions.share_of_day;
        let hour = Hour { supply, median, sd: self.bid_sd };
        let reserve = table * self.reserve;
        let most = normal_quantile(self.most_share).min(hour.limit(ad_set, (reserve, results))?);
        let spend = wanted.min(hour.cost(most));
        let bid = hour.bid_to_spend(spend);
        let price = (spend / hour.impressions(bid)).max(reserve);
        (spend > 0.0 && price.is_finite()).then_some(Sale { spend, price })
    }

    /// The median bid over the table's price, so that the usual share of the auctions is had at that price.
    fn median_of_table(&self) -> f64 {
        let usual = Hour { supply: 1.0, median: 1.0, sd: self.bid_sd };
        let bid = normal_quantile(self.usual_share);
        usual.impressions(bid) / usual.cost(bid)
    }
}

/// Bids are in deviations of the logarithm from the median: `bid = ln(b / median) / sd`.
impl Hour {
    /// `supply * F(b)`.
    fn impressions(&self, bid: f64) -> f64 {
        self.supply * normal_cdf(bid)
    }

    /// What they cost: the part of the others' bids below one's own, `supply * median * e^(sd^2 / 2) * Phi(bid - sd)`.
    fn cost(&self, bid: f64) -> f64 {
        self.cost_of_all() * normal_cdf(bid - self.sd)
    }

    fn cost_of_all(&self) -> f64 {
        self.supply * self.median * libm::exp(self.sd * self.sd / 2.0)
    }

    fn bid_to_spend(&self, spend: f64) -> f64 {
        self.sd + normal_quantile((spend / self.cost_of_all()).clamp(0.0, 1.0))
    }

    /// The highest bid that the ad set's own amount per result allows: a bid cap is what one impression may cost, a cost cap what they may
    /// cost on average. None where even the reserve is above it.
    fn limit(&self, ad_set: &AdSet, (reserve, results): (f64, f64)) -> Option<f64> {
        let amount = match (ad_set.bid_strategy, ad_set.bid) {
            (BidStrategy::LowestCost, _) | (_, None) => return Some(FURTHEST),
            (_, Some(bid)) => bid as f64 * results,
        };
        let limit = match ad_set.bid_strategy {
            BidStrategy::BidCap => libm::log(amount / self.median) / self.sd,
            _ => self.bid_at_mean(amount),
        };
        (amount > reserve).then_some(limit)
    }

    /// The bid at which impressions cost so much on average, which rises with the bid.
    fn bid_at_mean(&self, price: f64) -> f64 {
        let (mut low, mut high) = (-FURTHEST, FURTHEST);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            let is_below = self.cost(middle) < price * self.impressions(middle);
            (low, high) = if is_below { (middle, high) } else { (low, middle) };
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUCTION: Auction = Auction { bid_sd: 0.8, usual_share: 0.12, most_share: 0.85, reserve: 0.4 };

    fn hour() -> Hour {
        Hour { supply: 1_000.0, median: 5.0, sd: 0.8 }
    }

    #[test]
    fn the_usual_share_costs_the_tables_price() {
        let median = AUCTION.median_of_table();
        let hour = Hour { supply: 70.0, median, sd: 0.8 };
        let bid = normal_quantile(0.12);
        assert!((hour.cost(bid) / hour.impressions(bid) - 1.0).abs() < 1e-12, "{median}");
    }

    #[test]
    fn each_further_impression_is_dearer_and_costs_what_the_marginal_bid_is() {
        let hour = hour();
        for bid in [-2.0, -1.0, 0.0, 1.0] {
            let (low, high) = (bid - 1e-4, bid + 1e-4);
            let marginal = (hour.cost(high) - hour.cost(low)) / (hour.impressions(high) - hour.impressions(low));
            let own = hour.median * libm::exp(bid * hour.sd);
            assert!((marginal / own - 1.0).abs() < 1e-6, "{bid} {marginal} {own}");
            assert!(hour.cost(bid) / hour.impressions(bid) < own);
        }
    }

    #[test]
    fn bids_are_found_back_from_spend_and_from_mean_price() {
        let hour = hour();
        for bid in [-2.5, -0.3, 0.8] {
            assert!((hour.bid_to_spend(hour.cost(bid)) - bid).abs() < 1e-9);
            let mean = hour.cost(bid) / hour.impressions(bid);
            assert!((hour.bid_at_mean(mean) - bid).abs() < 1e-5);
        }
    }
}
