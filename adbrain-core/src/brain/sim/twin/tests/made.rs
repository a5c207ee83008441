//! Accounts that a known world makes: their histories.

use std::sync::Arc;

use jiff::civil::{Date, date};

use crate::market::{
    AdSetSetup, AdSetup, CampaignSetup, Instruction, Market, MarketOptions, PlatformLevels, Tally, World,
};
use crate::model::{
    Audience, BidStrategy, ContentHash, Currency, Flight, History, HistoryRow, MICROS_PER_UNIT, Money, ObjectId,
    Objective, Platform, Tag,
};
use crate::stats::random::Random;

const START: Date = date(2026, 3, 2);
const ADS: usize = 2;

/// A world that differs from the built-in one in most that can be learnt.
pub(super) fn truth() -> World {
    let base = World::builtin().unwrap();
    let mut own = base.learnable();
    let of = |cpm_usd, ctr, cvr, order_value_usd| PlatformLevels { cpm_usd, ctr, cvr, order_value_usd };
    own.platforms.insert(Platform::Meta, of(15.0, 0.014, 0.05, 60.0));
    own.platforms.insert(Platform::Google, of(150.0, 0.04, 0.09, 90.0));
    own.order_sd = 0.6;
    own.spend_exponent = 0.35;
    own.price_by_weekday = vec![0.9, 0.95, 1.0, 1.0, 1.1, 1.1, 0.95];
    base.with_learnt("truth", &own, None).unwrap()
}

/// What an account is made of.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub(super) days: i64,
    pub(super) campaigns: usize,
    pub(super) budget: f64,
    /// The deviation of the logarithm of what budgets are from week to week.
    pub(super) moves: f64,
    pub(super) currency: Currency,
}

pub(super) const USUAL: Made = Made { days: 56, campaigns: 2, budget: 120.0, moves: 0.0, currency: Currency::USD };

/// The history of an account in a world: campaigns of two ads on two platforms, with all conversions.
pub(super) fn account(world: &World, made: &Made, seed: u64) -> History {
    let platforms = [Platform::Meta, Platform::Google];
    let tallies = platforms.map(|platform| (platform, play(world, made, (platform, seed))));
    let rows =
        tallies.into_iter().flat_map(|(platform, tallies)| tallies.into_iter().map(move |tally| (platform, tally)));
    let row = |(line, (platform, tally)): (u64, (Platform, Tally))| HistoryRow {
        line,
        platform,
        campaign: tally.path.campaign,
        ad: tally.path.ad,
        date: Some(tally.start.to_string().get(..10).unwrap().parse().unwrap()),
        ages: None,
        gender: None,
        interest: None,
        creative_type: None,
        copy_style: None,
        metrics: tally.metrics,
    };
    let rows = (1..).zip(rows).map(row).collect();
    let (hash, mapping) = (ContentHash::of(b"made"), "adbrain".to_owned());
    History { hash, currency: made.currency, mapping, rows, problems: Vec::new() }
}

fn play(world: &World, made: &Made, (platform, seed): (Platform, u64)) -> Vec<Tally> {
    let end = START.checked_add(jiff::Span::new().days(made.days)).unwrap();
    let flight = Flight { start: START, end, time_zone: "UTC".into() };
    let at = |day: i64| flight.start_of_day(day).unwrap();
    let options = MarketOptions { world: Arc::new(world.clone()), platform, currency: made.currency, seed };
    let mut market = Market::new(options).unwrap();
    for number in 0..made.campaigns {
        for instruction in set_up(made, number, &flight) {
            market.instruct(at(0), instruction);
        }
    }
    for week in (1..made.days / 7).filter(|_| made.moves > 0.0) {
        for number in 0..made.campaigns {
            let place = [99, u64::try_from(week).unwrap(), number as u64];
            let budget = money(made, Random::at(seed, &place).log_normal(made.moves));
            market.instruct(at(week * 7), Instruction::SetDailyBudget(ObjectId::new(format!("set {number}")), budget));
        }
    }
    market.advance_to(at(made.days)).unwrap();
    market.report(at(0)..at(made.days), 24, at(made.days + 60)).unwrap()
}

fn set_up(made: &Made, number: usize, flight: &Flight) -> Vec<Instruction> {
    let name = format!("campaign {number}");
    let id = |kind: &str| ObjectId::new(format!("{kind} {number}"));
    let mut all = vec![
        Instruction::Campaign(CampaignSetup {
            id: id("campaign"),
            tag: Tag::new(&name),
            objective: Objective::Sales,
            flight: flight.clone(),
        }),
        Instruction::AdSet(AdSetSetup {
            id: id("set"),
            tag: Tag::new(format!("{name} set")),
            campaign: id("campaign"),
            audience: Audience { size: Some(1_000_000), ..Audience::new(&name, Vec::new()) },
            daily_budget: money(made, 1.0),
            bid_strategy: BidStrategy::LowestCost,
            bid: None,
        }),
    ];
    for ad in 0..ADS {
        let (own, tag) = (ObjectId::new(format!("ad {number} {ad}")), Tag::new(format!("{name} ad {ad}")));
        let asset = format!("{name} asset {ad}");
        all.push(Instruction::Ad(AdSetup { id: own.clone(), tag, ad_set: id("set"), asset, style: String::new() }));
        all.push(Instruction::Start(own));
    }
    all.extend([Instruction::Start(id("campaign")), Instruction::Start(id("set"))]);
    all
}

/// A part of the daily budget.
#[expect(clippy::cast_possible_truncation, reason = "amounts of tests are small")]
fn money(made: &Made, part: f64) -> Money {
    let micros = libm::round(made.budget * part * MICROS_PER_UNIT as f64) as i64;
    Money::from_micros(micros, made.currency).floor_to_minor_unit()
}
