//! Estimated curves against days that are drawn from curves that are known.

use super::{CampaignDay, CampaignDays, CurveBeliefs, CurveEstimate, ResponseCurve, estimate_curves};
use crate::stats::random::Random;

/// What a drawn campaign is made of.
#[derive(Clone, Copy)]
struct Truth {
    /// Clicks of a day at a budget of 100.
    clicks: f64,
    rate: f64,
    order: f64,
}

/// Days of a campaign with budgets that go up and down, prices that rise with them, and conversions.
fn draw(name: &str, group: &str, truth: impl Fn(usize) -> Truth, (seed, elasticity): (u64, f64)) -> CampaignDays {
    let day = |number: usize| {
        let mut random = Random::at(seed, &[number as u64]);
        let budget = 100.0 * random.log_normal(0.15);
        let price = 0.01 * libm::pow(budget / 100.0, elasticity) * random.log_normal(0.03);
        let impressions = budget / price;
        let now = truth(number);
        let clicks = random.poisson(now.clicks / 1e4 * impressions) as f64;
        let conversions = random.poisson(clicks * now.rate) as f64;
        CampaignDay {
            budget,
            spend: budget,
            impressions,
            clicks,
            conversions,
            revenue: now.order * conversions,
            known: 1.0,
        }
    };
    CampaignDays { name: name.to_owned(), group: group.to_owned(), days: (0..60).map(day).collect() }
}

fn campaigns(seed: u64, rates: [f64; 6], elasticity: f64) -> Vec<CampaignDays> {
    let of = |(place, rate): (usize, f64)| {
        let truth = Truth { clicks: 200.0, rate, order: 100.0 };
        let group = if place < 3 { "meta" } else { "google" };
        draw(&format!("c{place}"), group, move |_| truth, (seed * 100 + place as u64, elasticity))
    };
    rates.into_iter().enumerate().map(of).collect()
}

#[test]
fn curves_bend_as_prices_rise_and_campaigns_are_told_apart() {
    let beliefs = CurveBeliefs { tiring: 0.0, ..CurveBeliefs::default() };
    for elasticity in [0.15, 0.35] {
        let found = estimate_curves(&campaigns(3, [0.01, 0.03, 0.09, 0.02, 0.02, 0.02], elasticity), &beliefs).unwrap();
        for (one, rate) in found.iter().zip([0.01, 0.03, 0.09, 0.02, 0.02, 0.02]) {
            let ResponseCurve::Power { exponent, .. } = one.curve else { panic!("{one:?}") };
            assert!((exponent - (1.0 - elasticity)).abs() < 0.05, "{one:?}");
            assert!(one.conversion_rate_low < rate * 1.1 && rate * 0.9 < one.conversion_rate_high, "{one:?}");
            assert!((one.conversion_rate / rate - 1.0).abs() < 0.4, "{one:?}");
            assert!((one.order_value - 100.0).abs() < 1e-6 && one.held_days.is_empty(), "{one:?}");
            assert!((one.curve.value(100.0) / (200.0 * rate * 100.0) - 1.0).abs() < 0.6, "{one:?}");
        }
    }
}

#[test]
fn few_conversions_are_drawn_towards_the_group_and_many_speak_for_themselves() {
    let thin = |seed| {
        let mut all = campaigns(seed, [0.02; 6], 0.25);
        for campaign in &mut all {
            campaign.days.truncate(6);
        }
        for day in &mut all[0].days {
            day.conversions = 0.0;
        }
        estimate_curves(&all, &CurveBeliefs::default()).unwrap()
    };
    for seed in 0..5 {
        let found = thin(seed);
        let (own, other) = (found[0].conversion_rate, found[1].conversion_rate);
        assert!(own > 0.0 && own < other, "{own} {other}");
        assert!(found[0].conversion_rate_low < own && own < found[0].conversion_rate_high);
    }
}

#[test]
fn conversions_that_are_not_known_yet_are_no_fall() {
    let mut all = campaigns(7, [0.03; 6], 0.25);
    for campaign in &mut all {
        for (number, known) in [(57, 0.6), (58, 0.4), (59, 0.2)] {
            let day = &mut campaign.days[number];
            day.conversions = (day.conversions * known).round();
            day.known = known;
        }
    }
    for one in estimate_curves(&all, &CurveBeliefs::default()).unwrap() {
        assert!(one.broke_on.is_none() && one.held_days.is_empty(), "{one:?}");
        assert!((one.conversion_rate / 0.03 - 1.0).abs() < 0.3, "{one:?}");
    }
}

#[test]
fn a_campaign_that_breaks_is_found_and_a_group_without_conversions_is_held() {
    let truth = |rate| Truth { clicks: 200.0, rate, order: 100.0 };
    let mut all = campaigns(9, [0.03; 6], 0.25);
    all[1] = draw("c1", "meta", |day| truth(if day < 45 { 0.03 } else { 0.006 }), (5, 0.25));
    let found = estimate_curves(&all, &CurveBeliefs::default()).unwrap();
    assert!(found[1].fell && found[1].broke_on.is_some_and(|day| day.abs_diff(45) <= 2), "{:?}", found[1]);
    assert!(found.iter().enumerate().all(|(place, one)| place == 1 || one.broke_on.is_none()), "{found:?}");
    assert!(found.iter().all(|one| one.held_days.is_empty()), "{found:?}");

    let mut out = campaigns(11, [0.03; 6], 0.25);
    let before = estimate_curves(&out, &CurveBeliefs::default()).unwrap();
    for campaign in &mut out[..3] {
        for day in &mut campaign.days[56..] {
            (day.conversions, day.revenue) = (0.0, 0.0);
        }
    }
    let held = estimate_curves(&out, &CurveBeliefs::default()).unwrap();
    for (place, (one, usual)) in held.iter().zip(&before).enumerate() {
        assert_eq!(one.held_days, if place < 3 { vec![56, 57, 58, 59] } else { Vec::new() });
        assert!((one.conversion_rate / usual.conversion_rate - 1.0).abs() < 0.1, "{one:?} {usual:?}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let good = campaigns(1, [0.02; 6], 0.25);
    let refused = |all: &[CampaignDays], beliefs: CurveBeliefs, wanted: &str| {
        let error = estimate_curves(all, &beliefs).unwrap_err();
        assert_eq!(error.context_of("field"), Some(wanted), "{error}");
    };
    let mut short = good.clone();
    short[2].days.pop();
    refused(&short, CurveBeliefs::default(), "campaigns[2].days");
    for spoil in [
        |day: &mut CampaignDay| day.spend = f64::NAN,
        |day: &mut CampaignDay| day.clicks = -1.0,
        |day: &mut CampaignDay| day.known = 0.0,
    ] {
        let mut bad = good.clone();
        spoil(&mut bad[1].days[3]);
        refused(&bad, CurveBeliefs::default(), "campaigns[1].days[3]");
    }
    refused(&good, CurveBeliefs { hazard: 0.0, ..CurveBeliefs::default() }, "beliefs.hazard");
    assert!(estimate_curves(&[], &CurveBeliefs::default()).unwrap().is_empty());
}

#[test]
fn what_is_carried_over_is_told_from_what_a_day_brings_itself() {
    // Clicks of 200 and 40 in turns of four days; conversions follow what is carried of them.
    let carry = 0.6;
    let campaign = |place: u64| {
        let mut random = Random::at(9, &[place]);
        let mut level = 200.0;
        let day = |number: usize| {
            let clicks = if (number / 4).is_multiple_of(2) { 200.0 } else { 40.0 };
            level = (1.0 - carry) * clicks + carry * level;
            let conversions = random.poisson(0.1 * level) as f64;
            CampaignDay {
                budget: clicks,
                spend: clicks,
                impressions: 1e4,
                clicks,
                conversions,
                revenue: 50.0 * conversions,
                known: 1.0,
            }
        };
        CampaignDays { name: place.to_string(), group: "meta".to_owned(), days: (0..64).map(day).collect() }
    };
    let campaigns: Vec<_> = (0..6).map(campaign).collect();
    let estimate = |carry_over| {
        let beliefs = CurveBeliefs { carry_over, ..CurveBeliefs::default() };
        estimate_curves(&campaigns, &beliefs).unwrap()
    };
    let spread = |found: &[CurveEstimate]| {
        let rates: Vec<f64> = found.iter().map(|one| one.conversion_rate).collect();
        rates.iter().map(|rate| (rate / 0.1 - 1.0).abs()).sum::<f64>() / rates.len() as f64
    };
    let (with, without) = (estimate(carry), estimate(0.0));
    assert!(spread(&with) < 0.06, "{}", spread(&with));
    // The last day had 40 clicks: more than 40 are at work tomorrow, and who knows of no carry-over sees less.
    assert!(with[0].value > 1.02 * with[0].curve.value(40.0), "{:?}", with[0]);
    assert!((without[0].value - without[0].curve.value(40.0)).abs() < 1e-6 * without[0].value);
    let error = estimate_curves(&campaigns, &CurveBeliefs { carry_over: 1.0, ..CurveBeliefs::default() }).unwrap_err();
    assert_eq!(error.context_of("field"), Some("beliefs.carry_over"));
}
