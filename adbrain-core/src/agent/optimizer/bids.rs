//! How ad sets bid: by a cost cap where the account's own conversions speak for one, else for the lowest cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::past::by_platform;
use super::{OptimizerInput, capabilities};
use crate::error::Result;
use crate::model::{BidStrategy, Evidence, History, Message, Money, Objective, Platform, Reason};

/// What a conversion cost on a platform before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformCost {
    /// The platform.
    pub platform: Platform,
    /// The conversions that were counted.
    pub conversions: u64,
    /// The mean cost of one of them.
    pub cost: Money,
}

impl PlatformCost {
    /// The cost on each platform of past results that has conversions, in the order of the platforms.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for amounts that do not add up.
    pub fn all(history: &History) -> Result<Vec<Self>> {
        let costs = by_platform(history)?.into_iter().filter(|(_, sum)| sum.conversions > 0 && sum.spend.is_positive());
        costs
            .map(|(platform, sum)| {
                let count = i64::try_from(sum.conversions).unwrap_or(i64::MAX);
                let cost = sum.spend.scale(1, count)?.floor_to_minor_unit();
                Ok(Self { platform, conversions: sum.conversions, cost })
            })
            .collect()
    }
}

/// The fewest conversions of the past behind a cap: what Meta asks of an ad set in a week before it calls it out of its learning phase
/// (its help pages, "About the learning phase": about 50).
const LEAST_CONVERSIONS: u64 = 50;

/// A cap is so many times what a conversion cost before, or more: new ads cost more than proven ones while they are learnt, and a cap that
/// stops their delivery stops the tests between them too. The factor is an assumption.
const ROOM: i64 = 2;

/// Why a platform bids as it does.
enum Choice<'a> {
    /// A cap at the brief's most for a conversion.
    Cap(Money, &'a PlatformCost),
    /// Conversions are not what the campaign is for.
    OtherObjective,
    /// The platform has no cost cap.
    Unsupported,
    /// Too few conversions are known there.
    Unknown(u64),
    /// The cap leaves too little room above what a conversion cost: it would stop delivery.
    Dear(Money, &'a PlatformCost),
}

fn choose(input: &OptimizerInput, platform: Platform) -> Result<Choice<'_>> {
    if !matches!(input.strategy.objective, Objective::Sales | Objective::Leads) {
        return Ok(Choice::OtherObjective);
    }
    if !capabilities(input, platform)?.bid_strategies.contains(&BidStrategy::CostCap) {
        return Ok(Choice::Unsupported);
    }
    let cap = input.strategy.max_cpa().floor_to_minor_unit();
    let of = |cost: &&PlatformCost| cost.platform == platform && cost.cost.currency() == cap.currency();
    Ok(match input.costs.iter().find(of) {
        Some(known) if known.conversions < LEAST_CONVERSIONS => Choice::Unknown(known.conversions),
        Some(known) if known.cost.micros().saturating_mul(ROOM) > cap.micros() => Choice::Dear(cap, known),
        Some(known) => Choice::Cap(cap, known),
        None => Choice::Unknown(0),
    })
}

/// The bid strategy of a platform's ad sets, and its amount.
pub(super) fn bid(input: &OptimizerInput, platform: Platform) -> Result<(BidStrategy, Option<Money>)> {
    Ok(match choose(input, platform)? {
        Choice::Cap(cap, _) => (BidStrategy::CostCap, Some(cap)),
        _ => (BidStrategy::LowestCost, None),
    })
}

/// Why a platform's ad sets bid as they do.
pub(super) fn reason(input: &OptimizerInput, platform: Platform) -> Result<Reason> {
    let told = |key: &str| Message::new(key).with("platform", platform.as_str());
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let chosen = choose(input, platform)?;
    let message = match &chosen {
        Choice::Cap(cap, known) => told("reason-bid-cap")
            .with("cap", *cap)
            .with("cost", known.cost)
            .with("conversions", count(known.conversions)),
        Choice::OtherObjective => told("reason-bid-other-objective"),
        Choice::Unsupported => told("reason-bid-unsupported"),
        Choice::Unknown(conversions) => {
            told("reason-bid-unknown").with("conversions", count(*conversions)).with("least", count(LEAST_CONVERSIONS))
        }
        Choice::Dear(cap, known) => told("reason-bid-dear").with("cap", *cap).with("cost", known.cost),
    };
    let evidence = match chosen {
        Choice::Cap(..) | Choice::Dear(..) => {
            vec![Evidence { source: "history".into(), subject: format!("cpa on {platform}"), estimate: None }]
        }
        _ => Vec::new(),
    };
    Ok(Reason { choice: "bid".into(), message, evidence })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Currency, Language};

    fn input(objective: &str, able: &[&str], cost: Option<(u64, i64)>) -> OptimizerInput {
        let brief: crate::model::Brief = serde_json::from_value(json!({
            "name": "n", "brand": "b", "industry": "fashion", "objective": objective, "markets": ["BR"], "language": "en",
            "flight": {"start": "2027-01-01", "end": "2027-01-14", "time_zone": "America/Sao_Paulo"},
            "budget": {"amount": "1000.00", "currency": "BRL"}, "formats": ["video"], "platforms": ["meta"],
            "product": {"name": "p", "url": "https://example.com", "benefits": ["light"]},
        }))
        .unwrap();
        let cost = cost.map(|(conversions, units)| PlatformCost {
            platform: Platform::Meta,
            conversions,
            cost: Money::from_micros(units * 1_000_000, Currency::BRL),
        });
        let able = json!([{"platform": "meta", "account": "a", "currency": "BRL", "is_sandbox": true, "creates_whole_trees": true,
            "settle_seconds": 0, "worst_case_day_percent": 175, "formats": ["video"], "bid_strategies": able,
            "least_daily_budget": {"amount": "6.00", "currency": "BRL"}}]);
        let strategy = json!({"brief": brief.check().unwrap(), "objective": objective, "platforms": [], "audiences": [],
            "formats": ["video"], "reasons": []});
        let whole = json!({"strategy": strategy, "capabilities": able, "costs": cost.into_iter().collect::<Vec<_>>(),
            "assets": crate::model::AssetSet::default(), "copy": crate::model::CopySet::default()});
        serde_json::from_value(whole).unwrap()
    }

    fn told(input: &OptimizerInput) -> (BidStrategy, Option<String>, String) {
        let (strategy, bid) = bid(input, Platform::Meta).unwrap();
        let reason = reason(input, Platform::Meta).unwrap().message;
        for language in Language::ALL {
            assert!(reason.try_text(*language).is_ok(), "{reason:?} in {language}");
        }
        (strategy, bid.map(Money::amount_text), reason.key)
    }

    #[test]
    fn a_cap_needs_an_objective_a_platform_and_past_conversions_that_bear_it() {
        let all = ["lowest_cost", "cost_cap"];
        let lowest = |key: &str| (BidStrategy::LowestCost, None, key.to_owned());
        let capped = (BidStrategy::CostCap, Some("50.00".to_owned()), "reason-bid-cap".to_owned());
        assert_eq!(told(&input("sales", &all, Some((50, 25)))), capped);
        assert_eq!(told(&input("sales", &all, Some((49, 25)))), lowest("reason-bid-unknown"));
        assert_eq!(told(&input("sales", &all, None)), lowest("reason-bid-unknown"));
        assert_eq!(told(&input("sales", &all, Some((500, 26)))), lowest("reason-bid-dear"));
        assert_eq!(told(&input("sales", &["lowest_cost"], Some((500, 25)))), lowest("reason-bid-unsupported"));
        assert_eq!(told(&input("awareness", &all, Some((500, 25)))), lowest("reason-bid-other-objective"));
    }
}
