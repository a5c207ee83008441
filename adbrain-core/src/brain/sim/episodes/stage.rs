//! One campaign over all platforms and segments of an account, played on the market itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::DAYS;
use crate::error::{Error, Result};
use crate::market::{AdSetSetup, AdSetup, CampaignSetup, Instruction, Market, MarketOptions, Trial, World};
use crate::model::{
    AgeRange, Audience, BidStrategy, Flight, Gender, Metrics, Money, ObjectId, Objective, Platform, Tag,
};
use crate::stats::random::Random;

/// The segments of an account: ages and gender.
const AGES: [(u8, u8); 3] = [(25, 34), (35, 44), (45, 54)];
/// The place of audiences in a seed; never another one's.
const PEOPLE: u64 = 0x7065_6f70_6c65;
/// Steps of a budget that the clairvoyant deals out.
const STEPS: i64 = 24;
/// The least budget of an ad set, in micros: one that gets nothing is still there.
const LEAST: i64 = 10_000;
/// How far a budget moves in a day: less than what begins the learning phase again.
const STEP: f64 = 0.18;
/// Days before budgets move.
const QUIET_DAYS: u32 = 2;
/// The variance of the logarithm of the return that a split before launch is believed to.
const PRIOR_VARIANCE: f64 = 0.25;
/// How strongly budgets follow returns: shares as the return to this power.
const EAGERNESS: f64 = 2.0;

/// One place for money: an ad set of a segment on a platform.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) platform: Platform,
    /// As best practices name it: `25-34 female`.
    pub(super) segment: String,
    pub(super) tag: Tag,
}

/// What happened: the value and spend of each day as they truly are, and what the platforms reported in the end.
pub(super) struct Played {
    pub(super) days: Vec<[f64; 2]>,
    /// The reported days of each cell, in the order of the cells.
    pub(super) reported: Vec<Vec<Metrics>>,
}

/// An account at the start of a campaign.
pub(super) struct Scene<'a> {
    world: &'a Arc<World>,
    trial: &'a Trial,
    seed: u64,
    episode: u32,
    pub(super) flight: Flight,
    pub(super) cells: Vec<Cell>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        world: &'a Arc<World>,
        trial: &'a Trial,
        (seed, episode, after): (u64, u32, u32),
    ) -> Result<Self> {
        let day = |days: u32| {
            trial.start.checked_add(jiff::Span::new().days(i64::from(days))).map_err(|error| {
                Error::invalid("episodes", "go beyond the calendar").next("give fewer").caused_by(error)
            })
        };
        let flight = Flight { start: day(after)?, end: day(after + DAYS - 1)?, time_zone: trial.time_zone.clone() };
        let segments = segments();
        let cells = trial.campaigns.keys().flat_map(|platform| {
            segments.iter().map(move |segment| Cell {
                platform: *platform,
                segment: segment.clone(),
                tag: Tag::new(format!("e{episode}-{platform}-{}", segment.replace(' ', "-"))),
            })
        });
        Ok(Self { world, trial, seed, episode, cells: cells.collect(), flight })
    }

    /// The money of a day.
    pub(super) fn total(&self) -> Money {
        self.trial.total()
    }

    pub(super) fn platforms(&self) -> Vec<Platform> {
        self.trial.campaigns.keys().copied().collect()
    }

    /// The first moment of a day of the flight.
    pub(super) fn start_of(&self, day: u32) -> Result<Timestamp> {
        self.flight.start_of_day(i64::from(day))
    }

    /// Launches a campaign with one ad set for each cell, and lets it deliver.
    fn launch(&self, budgets: &[Money]) -> Result<BTreeMap<Platform, Market>> {
        let start = self.start_of(0)?;
        let mut markets = BTreeMap::new();
        for platform in self.platforms() {
            let options =
                MarketOptions { world: self.world.clone(), platform, currency: self.trial.currency, seed: self.seed };
            let mut market = Market::new(options)?;
            let campaign = ObjectId::new(format!("e{}-{platform}", self.episode));
            market.instruct(start, Instruction::Campaign(self.campaign(&campaign)));
            let own = self.cells.iter().zip(budgets).filter(|(cell, _)| cell.platform == platform);
            for instruction in own.flat_map(|(cell, budget)| self.ad_set(cell, (&campaign, *budget))) {
                market.instruct(start, instruction);
            }
            market.instruct(start, Instruction::Start(campaign));
            markets.insert(platform, market);
        }
        Ok(markets)
    }

    fn campaign(&self, id: &ObjectId) -> CampaignSetup {
        let (id, tag) = (id.clone(), Tag::new(id.as_str()));
        CampaignSetup { id, tag, objective: Objective::Sales, flight: self.flight.clone() }
    }

    fn ad_set(&self, cell: &Cell, (campaign, daily_budget): (&ObjectId, Money)) -> Vec<Instruction> {
        let (set, ad) = (ObjectId::new(cell.tag.as_str()), ObjectId::new(format!("{}-ad", cell.tag)));
        let ad_set = AdSetSetup {
            id: set.clone(),
            tag: cell.tag.clone(),
            campaign: campaign.clone(),
            audience: self.audience(cell),
            daily_budget,
            bid_strategy: BidStrategy::LowestCost,
            bid: None,
        };
        let setup = AdSetup {
            id: ad.clone(),
            tag: Tag::new(ad.as_str()),
            ad_set: set.clone(),
            asset: format!("asset-{}", self.episode),
            style: "benefit".to_owned(),
        };
        vec![Instruction::AdSet(ad_set), Instruction::Ad(setup), Instruction::Start(set), Instruction::Start(ad)]
    }

    /// Its name is that of the segment: the market keeps its quality from campaign to campaign.
    fn audience(&self, cell: &Cell) -> Audience {
        let place = self.cells.iter().position(|other| other.segment == cell.segment).unwrap_or_default();
        let [low, high] = self.trial.audience.map(|people| libm::log(people as f64));
        let luck = Random::at(self.seed, &[PEOPLE, place as u64]).uniform();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two whole numbers")]
        let size = libm::round(libm::exp(low + (high - low) * luck)) as u64;
        Audience { size: Some(size), ..Audience::new(cell.segment.clone(), Vec::new()) }
    }

    /// The split of a clairvoyant on the first day: step by step to where the next step truly brings most.
    pub(super) fn clairvoyant(&self) -> Result<Vec<Money>> {
        let step = self.total().scale(1, STEPS)?;
        let levels: Vec<i64> = (1..=STEPS).map(|count| step.micros() * count).collect();
        let even = vec![step; self.cells.len()];
        let mut worth: BTreeMap<Tag, Vec<f64>> = BTreeMap::new();
        for market in self.launch(&even)?.values_mut() {
            let found = market.prospects(&levels)?;
            worth
                .extend(found.into_iter().map(|one| (one.ad_set, one.worth.iter().map(|worth| worth.value).collect())));
        }
        let mut given = vec![0_usize; self.cells.len()];
        for _ in 0..STEPS {
            let gain = |cell: usize| {
                let values = self.cells.get(cell).and_then(|cell| worth.get(&cell.tag));
                let at = |count: usize| count.checked_sub(1).and_then(|at| values?.get(at).copied()).unwrap_or(0.0);
                let count = given.get(cell).copied().unwrap_or_default();
                at(count + 1) - at(count)
            };
            let best = (0..self.cells.len()).reduce(|best, next| if gain(next) > gain(best) { next } else { best });
            if let Some(count) = best.and_then(|best| given.get_mut(best)) {
                *count += 1;
            }
        }
        let micros = |count: usize| (step.micros() * i64::try_from(count).unwrap_or(STEPS)).max(LEAST);
        Ok(given.into_iter().map(|count| Money::from_micros(micros(count), step.currency())).collect())
    }

    /// Plays the flight from a first split; where budgets move, they follow the returns of each ad set from the third day on.
    pub(super) fn play(&self, begin: &[Money], moves: bool) -> Result<Played> {
        let mut markets = self.launch(begin)?;
        let (mut budgets, mut days) = (begin.to_vec(), Vec::new());
        for day in 0..DAYS {
            let (start, end) = (self.start_of(day)?, self.start_of(day + 1)?);
            if moves && day >= QUIET_DAYS {
                let seen = self.reported(&markets, start)?;
                budgets = self.moved((begin, &budgets), &seen);
                for (cell, budget) in self.cells.iter().zip(&budgets) {
                    if let Some(market) = markets.get_mut(&cell.platform) {
                        let set = ObjectId::new(cell.tag.as_str());
                        market.instruct(start, Instruction::SetDailyBudget(set, *budget));
                    }
                }
            }
            let mut sums = [0.0; 2];
            for market in markets.values_mut() {
                market.advance_to(end)?;
                let worth = market.worth(&(start..end), None);
                sums = [sums[0] + worth.value, sums[1] + worth.spend];
            }
            days.push(sums);
        }
        // Late conversions have come in by then.
        let settled = self.start_of(DAYS)? + SignedDuration::from_hours(24 * i64::from(super::GAP));
        for market in markets.values_mut() {
            market.advance_to(settled)?;
        }
        Ok(Played { days, reported: self.reported(&markets, settled)? })
    }

    /// What the platforms report of each cell's days by a moment.
    fn reported(&self, markets: &BTreeMap<Platform, Market>, as_of: Timestamp) -> Result<Vec<Vec<Metrics>>> {
        let window = self.start_of(0)?..self.start_of(DAYS)?.min(as_of);
        let mut days: BTreeMap<String, Vec<Metrics>> = BTreeMap::new();
        for market in markets.values() {
            for tally in market.report(window.clone(), 24, as_of)? {
                days.entry(tally.path.ad_set).or_default().push(tally.metrics);
            }
        }
        Ok(self.cells.iter().map(|cell| days.remove(cell.tag.as_str()).unwrap_or_default()).collect())
    }

    /// The budgets of the next day: a step from each towards its share by what is believed of its return.
    fn moved(&self, (begin, now): (&[Money], &[Money]), seen: &[Vec<Metrics>]) -> Vec<Money> {
        let seen: Vec<Seen> = begin.iter().zip(seen).map(|(begin, days)| Seen::of(*begin, days)).collect();
        let weights = weights(&seen);
        let (all, total) = (weights.iter().sum::<f64>().max(f64::MIN_POSITIVE), self.total());
        let wanted = weights.iter().map(|weight| weight / all * total.micros() as f64);
        let stepped: Vec<f64> = now
            .iter()
            .zip(wanted)
            .map(|(now, wanted)| wanted.clamp(now.micros() as f64 * (1.0 - STEP), now.micros() as f64 * (1.0 + STEP)))
            .collect();
        let sum = stepped.iter().sum::<f64>().max(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a part of the total")]
        let micros = |part: f64| (part / sum * total.micros() as f64) as i64;
        stepped.into_iter().map(|part| Money::from_micros(micros(part), total.currency())).collect()
    }
}

/// What an ad set brought so far, and what the first split says of it.
struct Seen {
    /// The logarithm of the return that its first budget stands for, but for a level that all share.
    before: f64,
    spend: f64,
    revenue: f64,
    conversions: f64,
}

impl Seen {
    fn of(begin: Money, days: &[Metrics]) -> Self {
        let sum = |part: fn(&Metrics) -> f64| days.iter().map(part).sum::<f64>();
        Self {
            before: libm::log(begin.to_units().max(0.01)) / EAGERNESS,
            spend: sum(|day| day.spend.to_units()),
            revenue: sum(|day| day.revenue.to_units()),
            conversions: sum(|day| day.conversions as f64),
        }
    }

    /// Its share's weight: the return before launch updated by its own days on the logarithm, each conversion being worth a unit of precision.
    fn weight(&self, level: f64) -> f64 {
        let before = self.before + level;
        let is_known = self.spend > 0.0 && self.revenue > 0.0;
        let own = if is_known { libm::log(self.revenue / self.spend) * self.conversions } else { 0.0 };
        let (precision, conversions) = (1.0 / PRIOR_VARIANCE, if is_known { self.conversions } else { 0.0 });
        libm::exp((before * precision + own) / (precision + conversions) * EAGERNESS)
    }
}

/// The weights of all ad sets: the returns before launch are put on the level of what has come in.
fn weights(seen: &[Seen]) -> Vec<f64> {
    let (spend, revenue): (f64, f64) =
        (seen.iter().map(|one| one.spend).sum(), seen.iter().map(|one| one.revenue).sum());
    let before = seen.iter().map(|one| one.before * one.spend).sum::<f64>() / spend.max(f64::MIN_POSITIVE);
    let level = if spend > 0.0 && revenue > 0.0 { libm::log(revenue / spend) - before } else { 0.0 };
    seen.iter().map(|one| one.weight(level)).collect()
}

/// The names of the segments.
pub(super) fn segments() -> Vec<String> {
    let genders = [Gender::Female, Gender::Male];
    let of = |(min, max): (u8, u8)| genders.map(|gender| format!("{} {gender}", AgeRange { min, max }));
    AGES.into_iter().flat_map(of).collect()
}
