//! Whether markets look like real ones: figures of both, each within a range that public data or the notes of the world files give. The ranges
//! and their sources are in `docs/reference/worlds.md`.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;
use crate::market::{AdSetSetup, AdSetup, CampaignSetup, Tally};
use crate::model::{Audience, BidStrategy, Flight, Metrics, Money, ObjectId, Objective, Tag};
use crate::stats::quantile::quantile;
use crate::stats::random::Random;

/// Seeds over which figures are taken.
const SEEDS: u64 = 3;
const DAYS: i64 = 56;
/// The days before which people still get to know the ads.
const SETTLED: i64 = 14;
/// What each campaign may spend a day, in dollars.
const BUDGET: i64 = 100;
const START: &str = "2026-05-04T00:00:00Z";

fn start() -> Timestamp {
    START.parse().unwrap()
}

/// The campaigns of a family's trial on one platform, with equal budgets, at the end of all its days.
fn season(family: &str, platform: Platform, seed: u64) -> Market {
    let world = Arc::new(World::family(family).unwrap());
    let trial = world.trial.clone().unwrap();
    let count = trial.campaigns.get(&platform).copied().unwrap();
    let mut market = Market::new(MarketOptions { world, platform, currency: Currency::USD, seed }).unwrap();
    let mut tell = |instruction: Instruction| market.instruct(start(), instruction);
    for number in 0..u64::from(count) {
        let name = |part: &str| format!("{platform}-{number}{part}");
        let id = |part: &str| ObjectId::new(name(part));
        let [low, high] = trial.audience.map(|people| libm::log(people as f64));
        let size = libm::exp(low + (high - low) * Random::at(seed, &[number]).uniform());
        let audience =
            Audience { size: Some(crate::market::people::people(size)), ..Audience::new(name(""), Vec::new()) };
        let (first, last) = ("2026-05-04".parse().unwrap(), "2026-12-31".parse().unwrap());
        let flight = Flight { start: first, end: last, time_zone: "UTC".into() };
        let (tag, objective) = (Tag::new(name("")), Objective::Sales);
        tell(Instruction::Campaign(CampaignSetup { id: id(""), tag, objective, flight }));
        tell(Instruction::AdSet(AdSetSetup {
            id: id("-set"),
            tag: Tag::new(name("-set")),
            campaign: id(""),
            audience,
            daily_budget: Money::from_micros(BUDGET * MICROS_PER_UNIT, Currency::USD),
            bid_strategy: BidStrategy::LowestCost,
            bid: None,
        }));
        for ad in ["-ad1", "-ad2"] {
            let (tag, asset) = (Tag::new(name(ad)), name(ad));
            tell(Instruction::Ad(AdSetup { id: id(ad), tag, ad_set: id("-set"), asset, style: String::new() }));
        }
        for part in ["", "-set", "-ad1", "-ad2"] {
            tell(Instruction::Start(id(part)));
        }
    }
    market.advance_to(start() + SignedDuration::from_hours(24 * DAYS)).unwrap();
    market
}

/// Every platform of a family in every seed.
fn seasons(family: &str) -> Vec<Market> {
    let of = |seed| Platform::ALL.iter().map(move |platform| season(family, *platform, seed));
    (1..=SEEDS).flat_map(of).collect()
}

/// Rows of settled days, everything known.
fn rows(market: &Market, step_hours: i64) -> Vec<Tally> {
    let window = [SETTLED, DAYS].map(|day| start() + SignedDuration::from_hours(24 * day));
    market.report(window[0]..window[1], step_hours, "2027-06-01T00:00:00Z".parse().unwrap()).unwrap()
}

/// The sums of campaigns by a key of each row.
fn sums<K: Ord>(rows: &[Tally], key: impl Fn(&Tally) -> K) -> BTreeMap<K, Metrics> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let sum = sums.entry(key(row)).or_insert_with(|| Metrics::none(Currency::USD));
        *sum = sum.merge(&row.metrics).unwrap();
    }
    sums
}

/// The logarithm of the CPM of each campaign and step, with the number of the step.
fn prices(market: &Market, step_hours: i64) -> Vec<Vec<(usize, f64)>> {
    let rows = rows(market, step_hours);
    let step = |row: &Tally| usize::try_from(row.start.duration_since(start()).as_hours() / step_hours).unwrap();
    let mut campaigns: BTreeMap<String, Vec<(usize, f64)>> = BTreeMap::new();
    for ((campaign, step), metrics) in sums(&rows, |row| (row.path.campaign.clone(), step(row))) {
        let price = metrics.cpm().filter(|_| metrics.impressions > 0);
        campaigns.entry(campaign).or_default().extend(price.map(|cpm| (step, libm::log(cpm))));
    }
    campaigns.into_values().collect()
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// Takes from each number the mean of those with the same key.
fn without_means(series: &[(usize, f64)], key: impl Fn(usize) -> usize) -> Vec<(usize, f64)> {
    let mut groups: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (step, number) in series {
        groups.entry(key(*step)).or_default().push(*number);
    }
    let means: BTreeMap<usize, f64> = groups.into_iter().map(|(key, numbers)| (key, mean(&numbers))).collect();
    series.iter().map(|(step, number)| (*step, number - means[&key(*step)])).collect()
}

/// The autocorrelation of daily log CPM, without weekdays.
fn memory(markets: &[Market]) -> f64 {
    let of = |series: Vec<(usize, f64)>| {
        let calm = without_means(&without_means(&series, |day| day % 7), |_| 0);
        let variance: f64 = calm.iter().map(|(_, x)| x * x).sum();
        calm.windows(2).map(|pair| pair[0].1 * pair[1].1).sum::<f64>() / variance
    };
    mean(&markets.iter().flat_map(|market| prices(market, 24)).map(of).collect::<Vec<_>>())
}

/// The dearest weekday's CPM over the cheapest one's.
fn weekdays(markets: &[Market]) -> f64 {
    let mut weekdays = vec![Vec::new(); 7];
    let campaigns = markets.iter().flat_map(|market| prices(market, 24));
    for (day, price) in campaigns.flat_map(|series| without_means(&series, |_| 0)) {
        weekdays[day % 7].push(price);
    }
    let means: Vec<f64> = weekdays.iter().map(|prices| mean(prices)).collect();
    libm::exp(quantile(&means, 1.0).unwrap() - quantile(&means, 0.0).unwrap())
}

/// The deviation of hourly log CPM from its day and its hour of the day.
fn noise(markets: &[Market]) -> f64 {
    let of = |series: Vec<(usize, f64)>| {
        let calm = without_means(&without_means(&series, |hour| hour / 24), |hour| hour % 24);
        libm::sqrt(mean(&calm.iter().map(|(_, x)| x * x).collect::<Vec<_>>()))
    };
    mean(&markets.iter().flat_map(|market| prices(market, 1)).map(of).collect::<Vec<_>>())
}

/// P90 over P10 of the ROAS of campaigns.
fn dispersion(markets: &[Market]) -> f64 {
    let campaigns = |market: &Market| sums(&rows(market, 24), |row| row.path.campaign.clone());
    let all = markets.iter().flat_map(|market| campaigns(market).into_values());
    let roas: Vec<f64> = all.map(|metrics| metrics.roas().unwrap()).collect();
    quantile(&roas, 0.9).unwrap() / quantile(&roas, 0.1).unwrap()
}

/// The share of days of ads without a conversion.
fn empty(markets: &[Market]) -> f64 {
    let rows: Vec<Tally> = markets.iter().flat_map(|market| rows(market, 24)).collect();
    rows.iter().filter(|row| row.metrics.conversions == 0).count() as f64 / rows.len() as f64
}

/// The share of conversions that are known so many hours after their click.
fn known(markets: &[Market], hours: i64) -> f64 {
    let ad_sets = markets.iter().flat_map(|market| &market.campaigns).flat_map(|campaign| &campaign.ad_sets);
    let conversions = ad_sets.flat_map(|ad_set| &ad_set.ads).flat_map(|ad| &ad.conversions);
    let delays: Vec<i64> = conversions.map(|conversion| conversion.arrives - conversion.hour).collect();
    delays.iter().filter(|delay| **delay < hours).count() as f64 / delays.len() as f64
}

#[test]
fn figures_of_both_markets_are_within_those_of_real_ones() {
    for family in ["stationary", "second/stationary"] {
        let markets = seasons(family);
        let figures = [
            ("autocorrelation of daily CPM", memory(&markets), 0.19..=0.85),
            ("dearest over cheapest weekday", weekdays(&markets), 1.05..=1.25),
            ("deviation of the hourly logarithm of CPM", noise(&markets), 0.04..=0.10),
            ("P90 / P10 of ROAS", dispersion(&markets), 3.3..=12.6),
            ("days of ads without a conversion", empty(&markets), 0.2..=0.65),
            ("conversions within a day", known(&markets, 24), 0.4..=0.65),
            ("conversions within a week", known(&markets, 7 * 24), 0.75..=1.0),
            ("conversions within 28 days", known(&markets, 28 * 24 + 1), 0.999..=1.0),
        ];
        for (what, figure, range) in &figures {
            println!("{family}: {what} {figure:.3}");
            assert!(range.contains(figure), "{family}: {what} is {figure}, not within {range:?}");
        }
    }
    let soon = known(&seasons("second/stationary"), 1);
    assert!((0.25..=0.45).contains(&soon), "conversions within an hour, in the second market alone: {soon}");
}
