//! An account played again in a market: the same campaigns on the same days with the same daily spend.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::days::{Account, Counts, Known};
use crate::error::Result;
use crate::market::{AdSetSetup, AdSetup, CampaignSetup, Instruction, Market, MarketOptions, Shock, World};
use crate::model::{
    Audience, BidStrategy, Currency, Flight, MICROS_PER_UNIT, Money, ObjectId, Objective, Platform, Tag,
};

/// People in the audience of a campaign, which no history tells: the middle of what trials take.
const PEOPLE: u64 = 700_000;
/// Days after the last one at which all conversions have arrived.
const MATURE: i64 = 60;

/// What makes a campaign other than its platform: factors on prices, click rates and conversion rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Factors {
    pub(super) price: f64,
    pub(super) click: f64,
    pub(super) conversion: f64,
}

/// The daily counts of each campaign, in the order of the account.
pub(super) type Days = Vec<Vec<Counts>>;

/// What is played again.
pub(super) struct Stage<'a> {
    pub(super) account: &'a Account,
    pub(super) currency: Currency,
    /// Units of the currency in one US dollar.
    pub(super) units_per_usd: f64,
    /// When the conversions were counted; days after the last where nothing is known.
    pub(super) as_of: Timestamp,
    flight: Flight,
}

impl<'a> Stage<'a> {
    /// `exported` is the day on which the conversions were counted.
    pub(super) fn of(
        account: &'a Account,
        (currency, units_per_usd): (Currency, f64),
        exported: Option<Date>,
    ) -> Result<Self> {
        let last = i64::try_from(account.length).unwrap_or(i64::MAX);
        let flight = Flight { start: account.first, end: account.first, time_zone: "UTC".to_owned() };
        let as_of = match exported {
            None => flight.start_of_day(last + MATURE)?,
            Some(start) => Flight { start, ..flight.clone() }.start_of_day(0)?.max(flight.start_of_day(last)?),
        };
        let end = flight.zone()?.to_datetime(flight.start_of_day(last)?).date();
        Ok(Self { account, currency, units_per_usd, as_of, flight: Flight { end, ..flight } })
    }

    /// Plays the account in a world, each campaign with its factors.
    pub(super) fn play(&self, world: &World, factors: &[Factors], seed: u64) -> Result<Days> {
        let shocks = self.shocks(factors)?;
        let world = Arc::new(world.known(shocks));
        let mut results: BTreeMap<usize, Vec<Counts>> = BTreeMap::new();
        for platform in self.account.platforms() {
            results.extend(self.platform(&world, platform, seed)?);
        }
        Ok(results.into_values().collect())
    }

    fn shocks(&self, factors: &[Factors]) -> Result<Vec<Shock>> {
        let (start, end) = (self.start_of(0)?, self.start_of(self.account.length)?);
        let shock = |((place, known), factors): ((usize, &Known), &Factors)| Shock {
            platform: Some(known.platform),
            campaign: Some(tag(place)),
            price: factors.price,
            click: factors.click,
            conversion: factors.conversion,
            ..Shock::between(start, end)
        };
        Ok(self.account.campaigns.iter().enumerate().zip(factors).map(shock).collect())
    }

    fn platform(&self, world: &Arc<World>, platform: Platform, seed: u64) -> Result<BTreeMap<usize, Vec<Counts>>> {
        let options = MarketOptions { world: world.clone(), platform, currency: self.currency, seed };
        let mut market = Market::new(options)?;
        let own: Vec<(usize, &Known)> =
            self.account.campaigns.iter().enumerate().filter(|(_, known)| known.platform == platform).collect();
        for (place, _) in &own {
            self.set_up(&mut market, *place)?;
        }
        for day in 0..self.account.length {
            for (place, known) in &own {
                self.begin(&mut market, (*place, known), day)?;
            }
        }
        market.advance_to(self.start_of(self.account.length)?)?;
        let mut results: BTreeMap<usize, Vec<Counts>> =
            own.iter().map(|(place, _)| (*place, vec![Counts::default(); self.account.length])).collect();
        let (start, end) = (self.start_of(0)?, self.start_of(self.account.length)?);
        for tally in market.report(start..end, 24, self.as_of)? {
            let day = tally.start.duration_since(start).as_hours().div_euclid(24);
            let found = own.iter().find(|(place, _)| tag(*place).as_str() == tally.path.campaign);
            let days = found.and_then(|(place, _)| results.get_mut(place));
            if let Some(sum) = days.and_then(|days| days.get_mut(usize::try_from(day).unwrap_or(usize::MAX))) {
                sum.add(&Counts::of_metrics(&tally.metrics));
            }
        }
        Ok(results)
    }

    /// Makes a campaign with one ad set and one ad; only the campaign and the ad run.
    fn set_up(&self, market: &mut Market, place: usize) -> Result<()> {
        let at = self.start_of(0)?;
        let (campaign, ad_set, ad) = (id(place, "campaign"), id(place, "ad set"), id(place, "ad"));
        let setups = [
            Instruction::Campaign(CampaignSetup {
                id: campaign.clone(),
                tag: tag(place),
                objective: Objective::Sales,
                flight: self.flight.clone(),
            }),
            Instruction::AdSet(AdSetSetup {
                id: ad_set.clone(),
                tag: Tag::new(format!("{}-set", tag(place))),
                campaign: campaign.clone(),
                audience: Audience { size: Some(PEOPLE), ..Audience::new(tag(place).to_string(), Vec::new()) },
                daily_budget: Money::zero(self.currency),
                bid_strategy: BidStrategy::LowestCost,
                bid: None,
            }),
            Instruction::Ad(AdSetup {
                id: ad.clone(),
                tag: Tag::new(format!("{}-ad", tag(place))),
                ad_set,
                asset: tag(place).to_string(),
                style: String::new(),
            }),
            Instruction::Start(campaign),
            Instruction::Start(ad),
        ];
        for setup in setups {
            market.instruct(at, setup);
        }
        Ok(())
    }

    /// What a campaign may spend on a day: what it did spend.
    fn begin(&self, market: &mut Market, (place, known): (usize, &Known), day: usize) -> Result<()> {
        let (at, ad_set) = (self.start_of(day)?, id(place, "ad set"));
        match known.days.get(day).filter(|counts| counts.is_delivered()) {
            Some(counts) => {
                let budget = Money::from_micros(micros(counts.spend), self.currency);
                market.instruct(at, Instruction::SetDailyBudget(ad_set.clone(), budget));
                market.instruct(at, Instruction::Start(ad_set));
            }
            None => market.instruct(at, Instruction::Stop(ad_set)),
        }
        Ok(())
    }

    /// The date of a day.
    pub(super) fn date(&self, day: usize) -> Result<Date> {
        Ok(self.flight.zone()?.to_datetime(self.start_of(day)?).date())
    }

    fn start_of(&self, day: usize) -> Result<Timestamp> {
        self.flight.start_of_day(i64::try_from(day).unwrap_or(i64::MAX))
    }
}

/// The mark of a campaign in the market: its luck hangs on it.
fn tag(place: usize) -> Tag {
    Tag::new(format!("known-{place:04}"))
}

fn id(place: usize, kind: &str) -> ObjectId {
    ObjectId::new(format!("{kind} {place}"))
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
fn micros(units: f64) -> i64 {
    libm::round(units * MICROS_PER_UNIT as f64).clamp(0.0, 9.0e15) as i64
}
