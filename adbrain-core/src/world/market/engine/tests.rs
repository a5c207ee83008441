use super::super::{AdSetSetup, AdSetup, CampaignSetup, Tally};
use super::*;
use crate::model::{Audience, BidStrategy, Flight, Metrics, Money, ObjectId, Objective, Tag};

pub(super) const START: &str = "2026-11-30T12:00:00Z";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn id(name: &(impl ToString + ?Sized)) -> ObjectId {
    ObjectId::new(name.to_string())
}

fn market(platform: Platform, seed: u64) -> Market {
    let world = Arc::new(World::builtin().unwrap());
    Market::new(MarketOptions { world, platform, currency: Currency::BRL, seed }).unwrap()
}

pub(super) fn reais(units: i64) -> Money {
    Money::from_micros(units * MICROS_PER_UNIT, Currency::BRL)
}

fn audience(name: &str) -> Audience {
    Audience::new(name, vec!["BR".to_owned()])
}

pub(super) fn ad_set(name: &str, daily_budget: Money) -> AdSetSetup {
    AdSetSetup {
        id: id(name),
        tag: Tag::new(name),
        campaign: id("c"),
        audience: audience(name),
        daily_budget,
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
    }
}

pub(super) fn ad(name: &str, ad_set: &str) -> AdSetup {
    AdSetup { id: id(name), tag: Tag::new(name), ad_set: id(ad_set), asset: name.into(), style: "benefit".into() }
}

/// A campaign of 90 days from December in Brazil with some ad sets of some ads, all running.
fn launch(market: &mut Market, budget: Money, ad_sets: usize, ads: usize) {
    launch_among(market, (budget, None), ad_sets, ads);
}

/// The same with audiences of so many people.
pub(super) fn launch_among(market: &mut Market, (budget, people): (Money, Option<u64>), ad_sets: usize, ads: usize) {
    let (start, end) = ("2026-12-01".parse().unwrap(), "2027-02-28".parse().unwrap());
    let flight = Flight { start, end, time_zone: "America/Sao_Paulo".into() };
    let (tag, objective) = (Tag::new("c"), Objective::Sales);
    market.instruct(at(START), Instruction::Campaign(CampaignSetup { id: id("c"), tag, objective, flight }));
    market.instruct(at(START), Instruction::Start(id("c")));
    for set in 0..ad_sets {
        let set = format!("s{set}");
        let audience = Audience { size: people, ..audience(&set) };
        market.instruct(at(START), Instruction::AdSet(AdSetSetup { audience, ..ad_set(&set, budget) }));
        market.instruct(at(START), Instruction::Start(id(&set)));
        for number in 0..ads {
            let name = format!("{set}-a{number}");
            market.instruct(at(START), Instruction::Ad(ad(&name, &set)));
            market.instruct(at(START), Instruction::Start(id(&name)));
        }
    }
}

pub(super) fn days(market: &Market, days: i64, as_of: &str) -> Vec<Tally> {
    let start = at("2026-12-01T03:00:00Z");
    market.report(start..start + jiff::SignedDuration::from_hours(24 * days), 24, at(as_of)).unwrap()
}

pub(super) fn total(tallies: &[Tally]) -> Metrics {
    Metrics::total(tallies.iter().map(|tally| &tally.metrics), Currency::BRL).unwrap()
}

#[test]
fn nothing_runs_before_the_flight_or_while_something_above_is_paused() {
    let mut market = market(Platform::Meta, 1);
    launch(&mut market, reais(100), 1, 2);
    market.advance_to(at("2026-12-01T03:00:00Z")).unwrap();
    assert!(days(&market, 90, "2027-04-01T00:00:00Z").is_empty());
    market.instruct(at("2026-12-01T03:00:00Z"), Instruction::Stop(id("c")));
    market.advance_to(at("2026-12-02T03:00:00Z")).unwrap();
    assert!(days(&market, 90, "2027-04-01T00:00:00Z").is_empty());
    market.instruct(at("2026-12-02T03:00:00Z"), Instruction::Start(id("c")));
    market.advance_to(at("2026-12-02T20:00:00Z")).unwrap();
    assert!(total(&days(&market, 90, "2027-04-01T00:00:00Z")).impressions > 0);
}

#[test]
fn no_day_costs_more_than_the_worst_case_and_the_budget_holds_on_average() {
    for platform in Platform::ALL {
        let mut market = market(*platform, 3);
        launch(&mut market, reais(150), 2, 3);
        market.advance_to(at("2027-03-02T00:00:00Z")).unwrap();
        let percent = World::builtin().unwrap().platform(*platform).unwrap().worst_case_day_percent;
        let mut by_day = std::collections::BTreeMap::new();
        for tally in days(&market, 90, "2027-04-01T00:00:00Z") {
            *by_day.entry((tally.path.ad_set, tally.start)).or_insert(0) += tally.metrics.spend.micros();
        }
        let most = 150 * MICROS_PER_UNIT * i64::from(percent) / 100;
        assert!(by_day.values().all(|spend| *spend <= most), "{platform}");
        let mean = by_day.values().sum::<i64>() as f64 / (2.0 * 90.0 * 150.0 * MICROS_PER_UNIT as f64);
        assert!((0.85..=1.01).contains(&mean), "{platform} {mean}");
    }
}

#[test]
fn the_steps_in_which_it_advances_change_nothing() {
    let (mut one, mut many) = (market(Platform::TikTok, 5), market(Platform::TikTok, 5));
    launch(&mut one, reais(200), 2, 2);
    launch(&mut many, reais(200), 2, 2);
    for hour in 0..200 {
        many.advance_to(at(START) + jiff::SignedDuration::from_mins(hour * 77)).unwrap();
    }
    let cut = at("2026-12-11T05:30:00Z");
    for market in [&mut one, &mut many] {
        market.instruct(cut, Instruction::SetDailyBudget(id("s0"), reais(110)));
        market.advance_to(at("2026-12-21T00:00:00Z")).unwrap();
    }
    let as_of = "2026-12-21T00:00:00Z";
    assert_eq!(days(&one, 30, as_of), days(&many, 30, as_of));
}

#[test]
fn an_ad_more_leaves_the_luck_of_other_ad_sets_alone_and_the_seed_changes_all() {
    let run = |sets, seed| {
        let mut market = market(Platform::Meta, seed);
        launch(&mut market, reais(100), sets, 1);
        market.advance_to(at("2026-12-08T03:00:00Z")).unwrap();
        let mut tallies = days(&market, 7, "2027-01-01T00:00:00Z");
        tallies.retain(|tally| tally.path.ad_set == "s0");
        tallies
    };
    assert_eq!(run(1, 11), run(4, 11));
    assert_ne!(run(1, 11), run(1, 12));
}

#[test]
fn conversions_arrive_late_and_are_never_taken_back() {
    let mut market = market(Platform::Meta, 2);
    launch(&mut market, reais(2000), 3, 3);
    market.advance_to(at("2026-12-11T03:00:00Z")).unwrap();
    let known = |as_of| {
        let sum = total(&days(&market, 5, as_of));
        (sum.conversions, sum.revenue.micros(), sum.clicks)
    };
    let (early, late) = (known("2026-12-06T03:00:00Z"), known("2026-12-20T00:00:00Z"));
    assert!(early.0 < late.0 && early.1 < late.1 && early.2 == late.2, "{early:?} {late:?}");
    let share = early.0 as f64 / late.0 as f64;
    assert!((0.6..0.85).contains(&share), "{share}");
}

#[test]
fn hours_add_up_to_days_and_reach_stays_below_impressions() {
    let mut market = market(Platform::Google, 4);
    launch(&mut market, reais(300), 2, 2);
    market.advance_to(at("2026-12-09T00:00:00Z")).unwrap();
    let start = at("2026-12-01T03:00:00Z");
    let end = start + jiff::SignedDuration::from_hours(24 * 7);
    let as_of = at("2027-01-01T00:00:00Z");
    let hours = market.report(start..end, 1, as_of).unwrap();
    assert_eq!(total(&hours), total(&days(&market, 7, "2027-01-01T00:00:00Z")));
    assert!(
        hours.iter().all(|tally| tally.start + jiff::SignedDuration::from_hours(1) == tally.end && tally.reach > 0)
    );
}

#[test]
fn more_money_buys_more_at_a_worse_price_and_a_low_bid_buys_less() {
    let run = |budget, bid: Option<i64>| {
        let mut market = market(Platform::Meta, 8);
        launch(&mut market, reais(budget), 1, 2);
        let bidding = AdSetSetup {
            bid_strategy: if bid.is_some() { BidStrategy::CostCap } else { BidStrategy::LowestCost },
            bid: bid.map(reais),
            ..ad_set("bidding", reais(budget))
        };
        market.instruct(at(START), Instruction::AdSet(bidding));
        market.instruct(at(START), Instruction::Start(id("bidding")));
        market.instruct(at(START), Instruction::Ad(ad("bidder", "bidding")));
        market.instruct(at(START), Instruction::Start(id("bidder")));
        market.advance_to(at("2026-12-15T03:00:00Z")).unwrap();
        let mut tallies = days(&market, 14, "2027-01-15T00:00:00Z");
        tallies.retain(|tally| tally.path.ad_set == "bidding");
        total(&tallies)
    };
    let (small, large, capped) = (run(200, None), run(4000, None), run(4000, Some(30)));
    assert!(large.impressions > small.impressions * 5 && large.cpm() > small.cpm().map(|cpm| cpm * 1.3));
    assert!(capped.spend.micros() < large.spend.micros() / 2, "{capped:?}");
}

#[test]
fn a_shock_moves_prices_only_while_it_lasts() {
    let text = format!(
        "{}\n[[shock]]\nplatform = \"meta\"\nstart = \"2026-12-05T03:00:00Z\"\nend = \"2026-12-08T03:00:00Z\"\nprice = 2.0\n",
        include_str!("../../../../worlds/default.toml")
    );
    let world = Arc::new(World::from_toml(&text).unwrap());
    let run = |world: Arc<World>| {
        let mut market =
            Market::new(MarketOptions { world, platform: Platform::Meta, currency: Currency::BRL, seed: 1 }).unwrap();
        launch(&mut market, reais(500), 1, 1);
        market.advance_to(at("2026-12-12T03:00:00Z")).unwrap();
        days(&market, 11, "2027-01-15T00:00:00Z")
    };
    let (calm, shocked) = (run(Arc::new(World::builtin().unwrap())), run(world));
    let ratio = |day: usize| shocked[day].metrics.cpm().unwrap() / calm[day].metrics.cpm().unwrap();
    assert_eq!(calm[2].metrics, shocked[2].metrics);
    assert!((1.8..2.1).contains(&ratio(5)), "{}", ratio(5));
    assert!((0.9..1.1).contains(&ratio(9)), "{}", ratio(9));
}

#[test]
fn ninety_days_of_four_platforms_and_two_hundred_ads_are_plausible() {
    let mut sum = Metrics::none(Currency::BRL);
    for platform in Platform::ALL {
        let mut market = market(*platform, 42);
        launch(&mut market, reais(120), 10, 5);
        market.advance_to(at("2027-03-15T00:00:00Z")).unwrap();
        let tallies = days(&market, 90, "2027-06-01T00:00:00Z");
        assert!(tallies.iter().all(|tally| tally.metrics.clicks <= tally.metrics.impressions));
        let platform_sum = total(&tallies);
        println!(
            "{platform}: ctr {:?} cpm {:?} roas {:?}",
            platform_sum.ctr(),
            platform_sum.cpm(),
            platform_sum.roas()
        );
        sum = sum.merge(&platform_sum).unwrap();
    }
    println!("all: {sum:?} ctr {:?} roas {:?}", sum.ctr(), sum.roas());
    assert!((0.005..0.06).contains(&sum.ctr().unwrap()) && (1.0..6.0).contains(&sum.roas().unwrap()), "{sum:?}");
    assert!(sum.impressions > 1_000_000 && sum.conversions > 1_000, "{sum:?}");
}

/// The built-in market with what a text says.
fn market_of(text: &str, platform: Platform, seed: u64) -> Market {
    market_on("default", text, platform, seed)
}

/// A market with what a text says.
pub(super) fn market_on(base: &str, text: &str, platform: Platform, seed: u64) -> Market {
    let world = Arc::new(World::from_toml(&format!("extends = \"{base}\"\n{text}")).unwrap());
    Market::new(MarketOptions { world, platform, currency: Currency::BRL, seed }).unwrap()
}

pub(super) fn shock(fields: &str) -> String {
    format!("[[shock]]\nstart = \"2026-12-05T03:00:00Z\"\nend = \"2026-12-08T03:00:00Z\"\n{fields}")
}

#[test]
fn a_shock_of_one_campaign_comes_slowly_and_leaves_the_others_alone() {
    let days_of = |campaign: &str| {
        let mut market =
            market_of(&shock(&format!("campaign = \"{campaign}\"\nprice = 4.0\nramp_hours = 48.0")), Platform::Meta, 1);
        launch(&mut market, reais(500), 1, 1);
        market.advance_to(at("2026-12-12T03:00:00Z")).unwrap();
        days(&market, 11, "2027-01-15T00:00:00Z")
    };
    let (hit, other) = (days_of("c"), days_of("other"));
    let ratio = |day: usize| hit[day].metrics.cpm().unwrap() / other[day].metrics.cpm().unwrap();
    assert!((1.2..1.8).contains(&ratio(4)), "a quarter of the strength in the middle of the first day: {}", ratio(4));
    assert!((2.4..3.4).contains(&ratio(5)), "{}", ratio(5));
    assert!((3.4..4.2).contains(&ratio(6)), "{}", ratio(6));
}

#[test]
fn conversions_that_were_not_tracked_come_after_the_end_as_far_as_they_are_recovered() {
    let seen = |fields: &str, as_of: &str| {
        let mut market = market_of(&shock(fields), Platform::Meta, 3);
        launch(&mut market, reais(4_000), 2, 2);
        market.advance_to(at("2027-01-15T00:00:00Z")).unwrap();
        let start = at("2026-12-05T03:00:00Z");
        let end = start + jiff::SignedDuration::from_hours(72);
        total(&market.report(start..end, 72, at(as_of)).unwrap()).conversions
    };
    let (end, late) = ("2026-12-08T03:00:00Z", "2027-02-01T00:00:00Z");
    let (all, none) = (seen("tracked = 1.0", late), seen("tracked = 0.0", late));
    assert!(all > 50 && none == 0, "{all} {none}");
    assert_eq!(seen("tracked = 0.0\nrecovered = 1.0", end), 0);
    assert_eq!(seen("tracked = 0.0\nrecovered = 1.0", late), all);
    let half = seen("tracked = 0.0\nrecovered = 0.5", late);
    assert!((all / 3..all * 2 / 3).contains(&half), "{half} of {all}");
}

#[test]
fn what_is_worth_is_what_conversions_bring_on_average_reported_or_not() {
    let sums = |tracked: &str, seed: u64| {
        let mut market = market_of(&shock(tracked), Platform::Google, seed);
        launch(&mut market, reais(9_000), 3, 2);
        market.advance_to(at("2027-02-20T00:00:00Z")).unwrap();
        let window = at("2026-12-01T03:00:00Z")..at("2027-02-20T00:00:00Z");
        (market.worth(&window, None), total(&days(&market, 81, "2027-06-01T00:00:00Z")))
    };
    let (mut value, mut revenue) = (0.0, 0.0);
    for seed in 0..8 {
        let (worth, seen) = sums("tracked = 1.0", seed);
        assert!((worth.spend / seen.spend.micros() as f64 - 1.0).abs() < 1e-9, "{worth:?} {seen:?}");
        value += worth.value;
        revenue += seen.revenue.micros() as f64;
        let (same, less) = sums("tracked = 0.0", seed);
        assert_eq!(same, worth);
        assert!(less.revenue.micros() < seen.revenue.micros());
    }
    assert!((value / revenue - 1.0).abs() < 0.02, "{value} {revenue}");
}

#[test]
fn prospects_are_near_what_the_day_then_brings_and_change_nothing() {
    let run = |asks: bool| {
        let mut market = market(Platform::Meta, 8);
        launch(&mut market, reais(2_000), 6, 2);
        let (mut foreseen, mut brought) = (0.0, 0.0);
        for day in 0..10 {
            let start = at("2026-12-02T03:00:00Z") + jiff::SignedDuration::from_hours(24 * day);
            market.advance_to(start).unwrap();
            if asks {
                let prospects = market.prospects(&[reais(2_000).micros()]).unwrap();
                assert_eq!(prospects.len(), 6);
                foreseen += prospects.iter().map(|prospect| prospect.worth[0].value).sum::<f64>();
            }
            let end = start + jiff::SignedDuration::from_hours(24);
            market.advance_to(end).unwrap();
            brought += market.worth(&(start..end), None).value;
        }
        (foreseen, brought)
    };
    let (foreseen, brought) = run(true);
    assert_eq!(run(false).1.to_bits(), brought.to_bits());
    assert!((foreseen / brought - 1.0).abs() < 0.04, "{foreseen} {brought}");
}

#[test]
fn an_ad_wears_out_with_its_impressions() {
    let rates = |text: &str| {
        let mut market = market_of(text, Platform::Meta, 2);
        launch(&mut market, reais(3_000), 1, 1);
        market.advance_to(at("2027-01-15T00:00:00Z")).unwrap();
        let days = days(&market, 40, "2027-06-01T00:00:00Z");
        let rate = |range: std::ops::Range<usize>| total(&days[range]).ctr().unwrap();
        rate(30..40) / rate(0..3)
    };
    let (fresh, worn) = (rates(""), rates("[creative]\nwear_out_exponent = 0.5\nwear_out_impressions = 20000.0"));
    assert!(worn < 0.6 * fresh, "{worn} {fresh}");
}
