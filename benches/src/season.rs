//! A season of the simulated market.

use std::sync::Arc;

use adbrain_core::Result;
use adbrain_core::market::{AdSetSetup, AdSetup, CampaignSetup, Instruction, Market, MarketOptions, World};
use adbrain_core::model::{Audience, BidStrategy, Currency, Flight, Money, ObjectId, Objective, Platform, Tag};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// On each of the four platforms: 50 ads.
pub const AD_SETS: u32 = 10;
/// In each ad set.
pub const ADS: u32 = 5;
const SEED: u64 = 7;
/// The flight.
const FIRST_DAY: Date = jiff::civil::date(2026, 12, 1);
const LAST_DAY: Date = jiff::civil::date(2027, 2, 28);

/// Plays so many days of the season on every platform and reports them by the day; gives the impressions.
///
/// # Errors
/// Those of the market.
pub fn season(world: &Arc<World>, days: i64) -> Result<u64> {
    let start = FIRST_DAY.in_tz("America/Sao_Paulo").map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
    let end = start + SignedDuration::from_hours(24 * days);
    let mut impressions = 0;
    for platform in Platform::ALL {
        let options = MarketOptions { world: world.clone(), platform: *platform, currency: Currency::BRL, seed: SEED };
        let mut market = Market::new(options)?;
        launch(&mut market, start);
        market.advance_to(end)?;
        impressions += market.report(start..end, 24, end)?.iter().map(|tally| tally.metrics.impressions).sum::<u64>();
    }
    Ok(impressions)
}

fn launch(market: &mut Market, start: Timestamp) {
    let mut tell = |instruction| market.instruct(start, instruction);
    let (campaign, tag) = (ObjectId::new("c"), Tag::new("c"));
    let (date, last) = (FIRST_DAY, LAST_DAY);
    let flight = Flight { start: date, end: last, time_zone: "America/Sao_Paulo".into() };
    tell(Instruction::Campaign(CampaignSetup { id: campaign.clone(), tag, objective: Objective::Sales, flight }));
    tell(Instruction::Start(campaign.clone()));
    for set in 0..AD_SETS {
        let id = ObjectId::new(format!("s{set}"));
        tell(Instruction::AdSet(ad_set(&id, &campaign)));
        tell(Instruction::Start(id.clone()));
        for number in 0..ADS {
            let name = format!("s{set}-a{number}");
            let (ad, tag, asset) = (ObjectId::new(name.clone()), Tag::new(name.clone()), name);
            tell(Instruction::Ad(AdSetup { id: ad.clone(), tag, ad_set: id.clone(), asset, style: "benefit".into() }));
            tell(Instruction::Start(ad));
        }
    }
}

fn ad_set(id: &ObjectId, campaign: &ObjectId) -> AdSetSetup {
    AdSetSetup {
        id: id.clone(),
        tag: Tag::new(id.as_str()),
        campaign: campaign.clone(),
        audience: Audience::new(id.to_string(), vec!["BR".to_owned()]),
        daily_budget: Money::from_micros(200_000_000, Currency::BRL),
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
    }
}
