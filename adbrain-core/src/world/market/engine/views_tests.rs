//! Conversions after views in the first market.

use super::tests::{at, days, launch_among, market_on, reais, total};
use super::*;
use crate::model::Metrics;

const LATE: &str = "2027-06-01T00:00:00Z";
const DAYS: i64 = 62;
/// People in an audience.
const PEOPLE: Option<u64> = Some(3_000_000);

fn after(base: &str, text: &str, seed: u64) -> Market {
    let mut market = market_on(base, text, Platform::Meta, seed);
    launch_among(&mut market, (reais(5_000), PEOPLE), 4, 2);
    market.advance_to(at("2027-02-01T03:00:00Z")).unwrap();
    market
}

fn views(share: f64, [low, high]: [f64; 2]) -> String {
    format!("[platform.meta]\nviews = {{ share = {share:.2}, incremental = [{low:.1}, {high:.1}] }}")
}

fn value(market: &Market) -> f64 {
    market.worth(&(at("2026-12-01T03:00:00Z")..at("2027-02-01T03:00:00Z")), None).value
}

fn reported(market: &Market) -> Metrics {
    total(&days(market, DAYS, LATE))
}

#[test]
fn what_views_bring_is_reported_whole_and_counts_as_far_as_it_is_incremental() {
    let (mut revenue, mut values) = (0.0, [0.0; 3]);
    for seed in 0..6 {
        let shares = [[1.0, 1.0], [0.1, 0.6], [0.0, 0.0]];
        let markets = shares.map(|incremental| after("default", &views(0.3, incremental), seed));
        let seen = reported(&markets[0]);
        assert!(markets.iter().all(|market| reported(market) == seen), "what is reported is the same");
        for (sum, market) in values.iter_mut().zip(&markets) {
            *sum += value(market);
        }
        revenue += seen.revenue.micros() as f64;
    }
    let [all, some, none] = values.map(|value| value / revenue);
    assert!((all - 1.0).abs() < 0.02, "{all}");
    // Ads with other click rates than the usual have other shares of views.
    assert!((0.6..0.8).contains(&none), "{none}");
    assert!(some > none + 0.03 && some < all - 0.1, "{none} {some} {all}");
}

#[test]
fn a_share_of_nothing_changes_no_bit_and_views_leave_clicks_as_they_are() {
    let (usual, none) = (after("default", "", 4), after("default", &views(0.0, [0.5, 0.5]), 4));
    assert_eq!(days(&usual, DAYS, LATE), days(&none, DAYS, LATE));
    assert_eq!(value(&usual).to_bits(), value(&none).to_bits());
    let with = reported(&after("default", &views(0.3, [0.5, 0.5]), 4));
    let without = reported(&usual);
    assert!(with.conversions > without.conversions * 5 / 4, "{with:?} {without:?}");
    assert!((with.clicks as f64 / without.clicks as f64 - 1.0).abs() < 0.05, "{with:?} {without:?}");
}

#[test]
fn what_is_wrong_about_views_is_named() {
    let cases = [
        ("default", views(1.0, [0.0, 1.0]), "world.platform.meta.views.share"),
        ("default", views(0.2, [0.6, 0.1]), "world.platform.meta.views.incremental"),
        ("default", "[platform.meta]\nviews = { part = 0.2 }".to_owned(), "part"),
        ("second", views(0.2, [0.1, 0.6]), "world.platform.meta.views"),
    ];
    for (base, text, wanted) in cases {
        let error = World::from_toml(&format!("extends = \"{base}\"\nname = \"wrong\"\n{text}")).unwrap_err();
        assert!(error.to_string().contains(wanted), "{wanted}: {error}");
    }
}
