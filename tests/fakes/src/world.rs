//! A simulated account behind a fake: what is made over the wire delivers in a market, and reports come from there in place of fixed figures.
//!
//! Of an ad the market knows its budget, its days and what of it may run. Targeting, creatives and goals are not read off the wire: each ad set is
//! shown to everybody in Brazil for sales, and the luck of an ad hangs on its id.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use adbrain_core::Result;
use adbrain_core::market::{AdSetSetup, AdSetup, CampaignSetup, Instruction, Market, MarketOptions, Tally, World};
use adbrain_core::model::{
    Audience, BidStrategy, Currency, Flight, MICROS_PER_UNIT, Money, ObjectId, Objective, Platform, Tag,
};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// The currency of the accounts of all fakes.
const CURRENCY: Currency = Currency::BRL;
/// Days of an ad set for which the platform was told no end.
const ENDLESS_DAYS: i64 = 3_650;

/// An ad as a fake holds it, with what it hangs below.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    /// The platform's own ids of its campaign, its ad set and itself.
    pub(crate) ids: [String; 3],
    /// Whether each of them may deliver.
    pub(crate) runs: [bool; 3],
    /// The daily budget of the ad set, in micros.
    pub(crate) budget: i64,
    /// When the ad set starts and ends, where the platform was told.
    pub(crate) flight: [Option<Timestamp>; 2],
}

/// What an ad did in some hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) impressions: u64,
    pub(crate) clicks: u64,
    pub(crate) conversions: u64,
    /// In micros.
    pub(crate) spend: i64,
    /// In micros.
    pub(crate) revenue: i64,
}

/// An account in a simulated market; copies are the same account.
#[derive(Clone)]
pub struct WorldAccount(Arc<Mutex<Inner>>);

struct Inner {
    market: Market,
    /// Which of the objects are in the market and run there, by their ids.
    running: BTreeMap<ObjectId, bool>,
    /// The daily budgets of ad sets in micros.
    budgets: BTreeMap<ObjectId, i64>,
}

impl WorldAccount {
    /// An empty account on a platform of a world.
    ///
    /// # Errors
    /// Where the world lacks the platform, or a rate for Brazilian reais.
    pub fn open(world: World, platform: Platform, seed: u64) -> Result<Self> {
        let options = MarketOptions { world: Arc::new(world), platform, currency: CURRENCY, seed };
        let (running, budgets) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self(Arc::new(Mutex::new(Inner { market: Market::new(options)?, running, budgets }))))
    }

    /// What the market itself says of each ad, by its id on the platform, in windows of so many hours as it is known at a moment.
    ///
    /// # Errors
    /// As [`Market::report`].
    pub fn report(&self, window: Range<Timestamp>, step_hours: i64, as_of: Timestamp) -> Result<Vec<Tally>> {
        let mut inner = self.0.lock().expect("no fake panics");
        inner.market.advance_to(as_of)?;
        inner.market.report(window, step_hours, as_of)
    }

    /// Enters what a fake holds now: what is new, what runs or does not any more, and budgets that are others.
    pub(crate) fn enter(&self, placed: impl IntoIterator<Item = Placed>, now: Timestamp) {
        let mut inner = self.0.lock().expect("no fake panics");
        for ad in placed {
            inner.place(&ad, now);
        }
    }

    /// What an ad did in some hours, as far as it is known now; none where it was not shown.
    pub(crate) fn figures(&self, ad: &str, window: Range<Timestamp>, now: Timestamp) -> Option<Figures> {
        let hours = (window.end.as_second() - window.start.as_second()) / 3_600;
        let all = self.report(window, hours, now).expect("amounts of a test");
        let metrics = all.into_iter().find(|tally| tally.path.ad == ad)?.metrics;
        Some(Figures {
            impressions: metrics.impressions,
            clicks: metrics.clicks,
            conversions: metrics.conversions,
            spend: metrics.spend.micros(),
            revenue: metrics.revenue.micros(),
        })
    }
}

impl Inner {
    fn place(&mut self, placed: &Placed, now: Timestamp) {
        let [campaign, ad_set, ad] = &placed.ids;
        let id = |text: &str| ObjectId::new(text.to_owned());
        // A market campaign for each ad set: days are the campaign's there.
        let (campaign, set, ad) = (id(&format!("{campaign}/{ad_set}")), id(ad_set), id(ad));
        let tag = |id: &ObjectId| Tag::new(id.as_str().to_owned());
        if !self.running.contains_key(&set) {
            let (objective, flight) = (Objective::Sales, flight(placed.flight, now));
            let setup = CampaignSetup { id: campaign.clone(), tag: tag(&campaign), objective, flight };
            self.market.instruct(now, Instruction::Campaign(setup));
            self.market.instruct(now, Instruction::AdSet(ad_set_setup((&campaign, &set), placed.budget)));
            self.running.extend([(campaign.clone(), false), (set.clone(), false)]);
            self.budgets.insert(set.clone(), placed.budget);
        }
        if !self.running.contains_key(&ad) {
            let (asset, style) = (ad.to_string(), String::new());
            let setup = AdSetup { id: ad.clone(), tag: tag(&ad), ad_set: set.clone(), asset, style };
            self.market.instruct(now, Instruction::Ad(setup));
            self.running.insert(ad.clone(), false);
        }
        if self.budgets.insert(set.clone(), placed.budget) != Some(placed.budget) {
            let budget = Money::from_micros(placed.budget, CURRENCY);
            self.market.instruct(now, Instruction::SetDailyBudget(set.clone(), budget));
        }
        for (id, runs) in [campaign, set, ad].into_iter().zip(placed.runs) {
            if self.running.insert(id.clone(), runs) != Some(runs) {
                let instruction = if runs { Instruction::Start(id) } else { Instruction::Stop(id) };
                self.market.instruct(now, instruction);
            }
        }
    }
}

fn ad_set_setup((campaign, set): (&ObjectId, &ObjectId), budget: i64) -> AdSetSetup {
    AdSetSetup {
        id: set.clone(),
        tag: Tag::new(set.as_str().to_owned()),
        campaign: campaign.clone(),
        audience: Audience::new(set.as_str(), vec!["BR".to_owned()]),
        daily_budget: Money::from_micros(budget, CURRENCY),
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
    }
}

/// Whole days in UTC, from today where the platform was told no start.
fn flight([start, end]: [Option<Timestamp>; 2], now: Timestamp) -> Flight {
    let day = |moment: Timestamp| moment.to_zoned_datetime(TimeZone::UTC).date();
    let start = day(start.unwrap_or(now));
    let last = end.map(|end| day(end - SignedDuration::from_secs(1)));
    let end = last.unwrap_or_else(|| start.saturating_add(ENDLESS_DAYS.days()));
    Flight { start, end: end.max(start), time_zone: "UTC".to_owned() }
}

/// A day, or an hour of it, in UTC.
pub(crate) fn window(day: Date, hour: Option<i8>) -> Range<Timestamp> {
    let start = moment(&format!("{day} {:02}:00:00", hour.unwrap_or(0))).expect("a day of the test");
    start..start + SignedDuration::from_hours(if hour.is_some() { 1 } else { 24 })
}

/// A moment as platforms write it, in UTC where nothing else is said.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned_datetime(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| local().map(|local| local.timestamp()))
}

/// Micros as an amount with two places, as platforms show it.
pub(crate) fn amount(micros: i64) -> String {
    let cents = (micros + MICROS_PER_UNIT / 200).div_euclid(MICROS_PER_UNIT / 100);
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// An amount of a platform in micros; zero where it is none.
pub(crate) fn micros(amount: &str) -> i64 {
    Money::parse(amount, CURRENCY).map_or(0, Money::micros)
}
