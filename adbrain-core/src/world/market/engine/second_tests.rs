//! The second physics through the market: what holds in any physics, and what is its own.

use jiff::SignedDuration;

use super::tests::{START, ad, ad_set, at, days, id, launch_among, market_on, reais, shock, total};
use super::*;
use crate::market::hour::whole;
use crate::market::{AdSetSetup, Tally, Worth};
use crate::model::{Audience, BidStrategy, ContentHash, Metrics, Money};

/// People in an audience.
const PEOPLE: Option<u64> = Some(600_000);
const LATE: &str = "2027-06-01T00:00:00Z";

fn second(text: &str, platform: Platform, seed: u64) -> Market {
    market_on("second", text, platform, seed)
}

/// A market that has run for some days of December with ad sets of two ads.
fn after(mut market: Market, (budget, people): (i64, Option<u64>), ad_sets: usize, length: i64) -> Market {
    launch_among(&mut market, (reais(budget), people), ad_sets, 2);
    market.advance_to(at("2026-12-01T03:00:00Z") + SignedDuration::from_hours(24 * length)).unwrap();
    market
}

#[test]
fn no_day_costs_more_than_the_worst_case_and_the_budget_holds_on_average() {
    for platform in Platform::ALL {
        let market = after(second("", *platform, 3), (500, PEOPLE), 2, 60);
        let percent = market.options.world.platform(*platform).unwrap().worst_case_day_percent;
        let mut by_day = std::collections::BTreeMap::new();
        for tally in days(&market, 60, LATE) {
            *by_day.entry((tally.path.ad_set, tally.start)).or_insert(0) += tally.metrics.spend.micros();
        }
        let most = 500 * MICROS_PER_UNIT * i64::from(percent) / 100;
        assert!(by_day.values().all(|spend| *spend <= most), "{platform}");
        let mean = by_day.values().sum::<i64>() as f64 / (2.0 * 60.0 * 500.0 * MICROS_PER_UNIT as f64);
        assert!((0.85..=1.01).contains(&mean), "{platform} {mean}");
    }
}

#[test]
fn steps_change_nothing_and_an_ad_set_more_leaves_the_luck_of_others_alone() {
    let one = after(second("", Platform::TikTok, 5), (400, PEOPLE), 1, 12);
    let mut many = second("", Platform::TikTok, 5);
    launch_among(&mut many, (reais(400), PEOPLE), 4, 2);
    for step in 0..230 {
        many.advance_to(at(START) + SignedDuration::from_mins(step * 77)).unwrap();
    }
    many.advance_to(one.simulated_until().unwrap()).unwrap();
    let mut own = days(&many, 12, LATE);
    own.retain(|tally| tally.path.ad_set == "s0");
    assert_eq!(days(&one, 12, LATE), own);
    assert_ne!(days(&one, 12, LATE), days(&after(second("", Platform::TikTok, 6), (400, PEOPLE), 1, 12), 12, LATE));
}

#[test]
fn what_is_worth_is_what_conversions_bring_on_average_but_for_those_that_would_have_come_anyway() {
    let (mut value, mut revenue, mut least) = (0.0, 0.0, 0.0);
    let window = at("2026-12-01T03:00:00Z")..at("2027-02-01T03:00:00Z");
    for seed in 0..8 {
        let run = |share: f64| {
            let text = format!("[physics.views]\nincremental = [{share:.1}, {share:.1}]");
            after(second(&text, Platform::Meta, seed), (5_000, PEOPLE), 4, 62)
        };
        let (all, none) = (run(1.0), run(0.0));
        let seen = total(&days(&all, 62, LATE));
        assert_eq!(seen, total(&days(&none, 62, LATE)), "what is reported is the same");
        assert!((all.worth(&window, None).spend / seen.spend.micros() as f64 - 1.0).abs() < 1e-9);
        value += all.worth(&window, None).value;
        least += none.worth(&window, None).value;
        revenue += seen.revenue.micros() as f64;
    }
    assert!((value / revenue - 1.0).abs() < 0.02, "{value} {revenue}");
    assert!((0.6..0.9).contains(&(least / value)), "{least} {value}");
}

#[test]
fn prospects_are_near_what_the_day_then_brings_and_change_nothing() {
    let run = |platform: Platform, asks: bool| {
        let mut market = second("", platform, 8);
        launch_among(&mut market, (reais(600), PEOPLE), 6, 2);
        let (mut foreseen, mut brought) = (Worth::default(), Worth::default());
        for day in 0..14 {
            let start = at("2026-12-02T03:00:00Z") + SignedDuration::from_hours(24 * day);
            market.advance_to(start).unwrap();
            if asks {
                for prospect in market.prospects(&[reais(600).micros()]).unwrap() {
                    foreseen.value += prospect.worth[0].value;
                    foreseen.spend += prospect.worth[0].spend;
                }
            }
            let end = start + SignedDuration::from_hours(24);
            market.advance_to(end).unwrap();
            let day = market.worth(&(start..end), None);
            (brought.value, brought.spend) = (brought.value + day.value, brought.spend + day.spend);
        }
        (foreseen, brought)
    };
    for platform in Platform::ALL {
        let (foreseen, brought) = run(*platform, true);
        assert_eq!(run(*platform, false).1, brought);
        assert!((foreseen.value / brought.value - 1.0).abs() < 0.04, "{platform} {foreseen:?} {brought:?}");
        assert!((foreseen.spend / brought.spend - 1.0).abs() < 0.04, "{platform} {foreseen:?} {brought:?}");
    }
}

#[test]
fn prices_rise_with_the_share_of_the_auctions_until_the_supply_is_had() {
    let run =
        |budget: i64| total(&days(&after(second("", Platform::Meta, 8), (budget, Some(60_000)), 1, 10), 10, LATE));
    let [low, middle, high, all] = [50, 200, 800, 50_000].map(run);
    let price = |metrics: &Metrics| metrics.cpm().unwrap();
    let bends = [price(&middle) / price(&low), price(&high) / price(&middle)];
    assert!(bends[0] > 1.15 && bends[1] > bends[0], "{bends:?}");
    assert!(all.spend.micros() < reais(50_000 * 10).micros() / 5, "what is not sold is not spent: {all:?}");
    assert!(all.impressions < 60_000 * 3 * 10 / 25, "{all:?}");
}

#[test]
fn a_bid_of_the_ad_set_limits_what_a_result_costs() {
    let run = |bid_strategy: BidStrategy, bid: Option<Money>| {
        let mut market = after(second("", Platform::Meta, 4), (2_000, PEOPLE), 1, 0);
        let audience = Audience { size: Some(300_000), ..ad_set("b", reais(2_000)).audience };
        let bidding = AdSetSetup { audience, bid_strategy, bid, ..ad_set("b", reais(2_000)) };
        market.instruct(at(START), Instruction::AdSet(bidding));
        market.instruct(at(START), Instruction::Ad(ad("b-ad", "b")));
        market.instruct(at(START), Instruction::Start(id("b")));
        market.instruct(at(START), Instruction::Start(id("b-ad")));
        market.advance_to(at("2026-12-31T03:00:00Z")).unwrap();
        let mut tallies: Vec<Tally> = days(&market, 30, LATE);
        tallies.retain(|tally| tally.path.ad_set == "b");
        total(&tallies)
    };
    let cost = |metrics: &Metrics| metrics.spend.to_units() / metrics.conversions as f64;
    let free = run(BidStrategy::LowestCost, None);
    let limit = Money::from_micros(whole(0.6 * cost(&free) * MICROS_PER_UNIT as f64), Currency::BRL);
    let (capped, strict) = (run(BidStrategy::CostCap, Some(limit)), run(BidStrategy::BidCap, Some(limit)));
    assert!(capped.spend.micros() < free.spend.micros() && strict.spend.micros() < capped.spend.micros());
    assert!(capped.conversions > 20 && cost(&capped) < 1.15 * limit.to_units(), "{capped:?} {limit}");
    let hopeless = run(BidStrategy::BidCap, Some(reais(1)));
    assert_eq!(hopeless.impressions, 0);
}

#[test]
fn shocks_act_on_bids_clicks_and_conversions() {
    let run = |fields: &str| {
        let market = after(second(&shock(fields), Platform::Meta, 1), (1_500, PEOPLE), 4, 12);
        let (start, end) = (at("2026-12-05T03:00:00Z"), at("2026-12-08T03:00:00Z"));
        total(&market.report(start..end, 24, at(LATE)).unwrap())
    };
    let calm = run("price = 1.0");
    let dearer = run("price = 2.0").cpm().unwrap() / calm.cpm().unwrap();
    assert!((1.4..1.95).contains(&dearer), "bids of twice the height raise prices by less: {dearer}");
    let clicks = run("click = 0.5").ctr().unwrap() / calm.ctr().unwrap();
    assert!((0.42..0.6).contains(&clicks), "{clicks}");
    let conversions = run("conversion = 0.3").conversions as f64 / calm.conversions as f64;
    assert!((0.15..0.5).contains(&conversions), "{conversions}");
    assert_eq!(run("tracked = 0.0").conversions, 0);
    assert_eq!(run("tracked = 0.0\nrecovered = 1.0").conversions, calm.conversions);
}

#[test]
fn ads_age_where_the_world_says_so() {
    let rate = |text: &str| {
        let market = after(second(text, Platform::Meta, 2), (1_500, Some(3_000_000)), 1, 40);
        let rate = |from: &str, to: &str| total(&market.report(at(from)..at(to), 24, at(LATE)).unwrap()).ctr().unwrap();
        rate("2027-01-01T03:00:00Z", "2027-01-10T03:00:00Z") / rate("2026-12-01T03:00:00Z", "2026-12-03T03:00:00Z")
    };
    let (fresh, aged) = (rate(""), rate("[physics.people]\naged_share = 0.3\naging_impressions = 15000.0"));
    assert!(aged < 0.6 * fresh, "{aged} {fresh}");
}

#[test]
fn what_is_wrong_in_the_parameters_is_named() {
    let cases = [
        ("[physics.auction]\nbid_sd = 0.0", "world.physics.auction.bid_sd"),
        ("[physics.people]\nexplore_share = 1.5", "world.physics.people.explore_share"),
        ("[physics.order]\nlarge_exponent = 1.0", "world.physics.order.large_exponent"),
        ("[physics.views]\nincremental = [0.9, 0.3]", "world.physics.views.incremental"),
        ("[physics.platform.meta.delay]\nslow_days = -1.0", "world.physics.platform.meta.delay.slow_days"),
        ("[physics.weather]\nwind = 1.0", "wind"),
        ("[physics]\nkind = \"third\"", "third"),
    ];
    for (text, wanted) in cases {
        let error = World::from_toml(&format!("extends = \"second\"\n{text}")).unwrap_err();
        assert!(error.to_string().contains(wanted), "{wanted}: {error}");
    }
}

/// The hash of what a market reports, in bytes that are the same on any machine.
fn digest(base: &str) -> String {
    let market = after(market_on(base, "", Platform::Meta, 42), (700, PEOPLE), 3, 20);
    ContentHash::of(format!("{:?}", days(&market, 20, LATE)).as_bytes()).short(16).to_owned()
}

#[test]
fn both_markets_give_the_bytes_that_they_always_gave() {
    assert_eq!([digest("default"), digest("second")], ["5b370a6f84503ccf", "ed7325df588771dc"]);
}
