//! What the market knows of an account: campaigns, ad sets and ads with what runs and what was learnt.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::luck::{Luck, Purpose, entity};
use super::results::{Conversion, Delivered};
use super::world::{ObjectiveFactors, World};
use crate::error::Result;
use crate::model::{Audience, BidStrategy, Flight, Money, ObjectId, Objective, Platform, Tag};

/// A campaign that is made, not running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignSetup {
    /// Its id.
    pub id: ObjectId,
    /// Our mark on it.
    pub tag: Tag,
    /// What it is for.
    pub objective: Objective,
    /// When it may run.
    pub flight: Flight,
}

/// An ad set that is made, not running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdSetSetup {
    /// Its id.
    pub id: ObjectId,
    /// Our mark on it.
    pub tag: Tag,
    /// The campaign above it.
    pub campaign: ObjectId,
    /// Who sees it.
    pub audience: Audience,
    /// What it may spend a day.
    pub daily_budget: Money,
    /// How it bids.
    pub bid_strategy: BidStrategy,
    /// The amount that the bid strategy needs.
    pub bid: Option<Money>,
}

/// An ad that is made, not running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdSetup {
    /// Its id.
    pub id: ObjectId,
    /// Our mark on it; its luck hangs on this.
    pub tag: Tag,
    /// The ad set above it.
    pub ad_set: ObjectId,
    /// The asset that it shows: ads with the same asset share a part of their quality.
    pub asset: String,
    /// The style of its copy, with a share in the quality as well.
    pub style: String,
}

/// What the market is told. Unknown ids change nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Instruction {
    /// A campaign is made.
    Campaign(CampaignSetup),
    /// An ad set is made.
    AdSet(AdSetSetup),
    /// An ad is made.
    Ad(AdSetup),
    /// An object may deliver.
    Start(ObjectId),
    /// An object does not deliver any more.
    Stop(ObjectId),
    /// The daily budget of an ad set.
    SetDailyBudget(ObjectId, Money),
    /// The bid of an ad set.
    SetBid(ObjectId, Money),
}

#[derive(Debug)]
pub(super) struct Campaign {
    pub(super) id: ObjectId,
    pub(super) tag: Tag,
    pub(super) is_running: bool,
    pub(super) factors: ObjectiveFactors,
    pub(super) first_day: Date,
    pub(super) last_day: Date,
    pub(super) zone: TimeZone,
    pub(super) ad_sets: Vec<AdSet>,
}

#[derive(Debug)]
pub(super) struct AdSet {
    pub(super) id: ObjectId,
    pub(super) tag: Tag,
    pub(super) entity: u64,
    pub(super) is_running: bool,
    pub(super) budget: i64,
    pub(super) bid_strategy: BidStrategy,
    pub(super) bid: Option<i64>,
    /// People in the audience.
    pub(super) people: f64,
    /// People whom delivery can reach within the memory of exposure.
    pub(super) pool: f64,
    pub(super) click_fit: f64,
    pub(super) conversion_fit: f64,
    pub(super) day: Day,
    /// Impressions that are still remembered.
    pub(super) exposures: f64,
    pub(super) impressions: u64,
    pub(super) conversions_since_edit: u64,
    pub(super) ads: Vec<Ad>,
}

/// The pacing of an ad set on one local day, in micros.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Day {
    /// Days since 1970 in the campaign's time zone; none before the first.
    pub(super) number: Option<i64>,
    pub(super) factor: f64,
    pub(super) spent: i64,
    /// The highest budget that held on it.
    pub(super) budget: i64,
    /// What the days before spent above their budgets and this day makes up for.
    pub(super) carried: i64,
}

#[derive(Debug)]
pub(super) struct Ad {
    pub(super) id: ObjectId,
    pub(super) tag: Tag,
    pub(super) entity: u64,
    pub(super) is_running: bool,
    pub(super) click_quality: f64,
    pub(super) conversion_quality: f64,
    /// Logarithm of the drift of its conversion rate.
    pub(super) drift: f64,
    pub(super) exposures: f64,
    /// All impressions that it has had.
    pub(super) impressions: f64,
    pub(super) hours: Vec<Delivered>,
    pub(super) conversions: Vec<Conversion>,
}

/// Makes the parts of an account with their latent qualities.
pub(super) struct Maker<'a> {
    pub(super) world: &'a World,
    pub(super) platform: Platform,
    pub(super) luck: Luck,
}

impl Maker<'_> {
    pub(super) fn campaign(&self, setup: CampaignSetup) -> Result<Campaign> {
        let zone = setup.flight.zone()?;
        Ok(Campaign {
            id: setup.id,
            tag: setup.tag,
            is_running: false,
            factors: self.world.objective(setup.objective),
            first_day: setup.flight.start,
            last_day: setup.flight.end,
            zone,
            ad_sets: Vec::new(),
        })
    }

    pub(super) fn ad_set(&self, setup: AdSetSetup) -> Result<AdSet> {
        let people = self.world.audience_size(self.platform, &setup.audience)?;
        let creative = &self.world.creative;
        let audience = &setup.audience.name;
        Ok(AdSet {
            entity: entity(self.platform, "ad set", setup.tag.as_str()),
            id: setup.id,
            tag: setup.tag,
            is_running: false,
            budget: setup.daily_budget.micros(),
            bid_strategy: setup.bid_strategy,
            bid: setup.bid.map(Money::micros),
            people,
            pool: people * self.world.people.reachable_share,
            click_fit: self.quality("audience", audience, Purpose::ClickQuality, creative.audience_sd),
            conversion_fit: self.quality("audience", audience, Purpose::ConversionQuality, creative.audience_sd),
            day: Day::default(),
            exposures: 0.0,
            impressions: 0,
            conversions_since_edit: 0,
            ads: Vec::new(),
        })
    }

    pub(super) fn ad(&self, setup: AdSetup) -> Ad {
        let creative = &self.world.creative;
        let clicks = |kind, name: &str, sd| self.quality(kind, name, Purpose::ClickQuality, sd);
        let tag = setup.tag.as_str();
        Ad {
            entity: entity(self.platform, "ad", tag),
            click_quality: clicks("asset", &setup.asset, creative.asset_sd)
                * clicks("style", &setup.style, creative.style_sd)
                * clicks("ad", tag, creative.ad_sd),
            conversion_quality: self.quality("asset", &setup.asset, Purpose::ConversionQuality, creative.conversion_sd),
            id: setup.id,
            tag: setup.tag,
            is_running: false,
            drift: 0.0,
            exposures: 0.0,
            impressions: 0.0,
            hours: Vec::new(),
            conversions: Vec::new(),
        }
    }

    fn quality(&self, kind: &str, name: &str, purpose: Purpose, sd: f64) -> f64 {
        self.world.physics().quality(self.luck.at(entity(self.platform, kind, name), 0, purpose), sd)
    }
}

/// Carries an instruction out on the campaigns of an account.
///
/// # Errors
/// As the checks of the values inside: an unknown time zone.
pub(super) fn carry_out(maker: &Maker<'_>, campaigns: &mut Vec<Campaign>, instruction: Instruction) -> Result<()> {
    match instruction {
        Instruction::Campaign(setup) => campaigns.push(maker.campaign(setup)?),
        Instruction::AdSet(setup) => {
            let ad_set = maker.ad_set(setup.clone())?;
            if let Some(campaign) = campaigns.iter_mut().find(|campaign| campaign.id == setup.campaign) {
                campaign.ad_sets.push(ad_set);
            }
        }
        Instruction::Ad(setup) => {
            if let Some(ad_set) = ad_sets(campaigns).find(|ad_set| ad_set.id == setup.ad_set) {
                ad_set.ads.push(maker.ad(setup));
            }
        }
        Instruction::Start(id) => set_running(campaigns, &id, true),
        Instruction::Stop(id) => set_running(campaigns, &id, false),
        Instruction::SetDailyBudget(id, budget) => {
            if let Some(ad_set) = ad_sets(campaigns).find(|ad_set| ad_set.id == id) {
                ad_set.set_budget(budget.micros(), maker.world.learning.significant_edit);
            }
        }
        Instruction::SetBid(id, bid) => {
            if let Some(ad_set) = ad_sets(campaigns).find(|ad_set| ad_set.id == id) {
                ad_set.bid = Some(bid.micros());
            }
        }
    }
    Ok(())
}

fn ad_sets(campaigns: &mut [Campaign]) -> impl Iterator<Item = &mut AdSet> {
    campaigns.iter_mut().flat_map(|campaign| campaign.ad_sets.iter_mut())
}

fn set_running(campaigns: &mut [Campaign], id: &ObjectId, is_running: bool) {
    for campaign in campaigns {
        if campaign.id == *id {
            campaign.is_running = is_running;
        }
        for ad_set in &mut campaign.ad_sets {
            if ad_set.id == *id {
                ad_set.is_running = is_running;
            }
            ad_set.ads.iter_mut().filter(|ad| ad.id == *id).for_each(|ad| ad.is_running = is_running);
        }
    }
}

impl AdSet {
    /// Sets the budget; an edit above the significant share starts the learning phase again.
    fn set_budget(&mut self, budget: i64, significant: f64) {
        if (budget - self.budget).abs() as f64 > significant * self.budget as f64 {
            self.conversions_since_edit = 0;
        }
        self.budget = budget;
        self.day.budget = self.day.budget.max(budget);
    }

    /// The ad set as it stands, with another budget and without its past: to see what would come of that.
    pub(super) fn sketch(&self, budget: i64) -> Self {
        let ads = self.ads.iter().map(Ad::without_past).collect();
        let (id, tag) = (self.id.clone(), self.tag.clone());
        Self { id, tag, budget, ads, ..*self }
    }
}

impl Ad {
    fn without_past(&self) -> Self {
        let (id, tag) = (self.id.clone(), self.tag.clone());
        Self { id, tag, hours: Vec::new(), conversions: Vec::new(), ..*self }
    }
}
