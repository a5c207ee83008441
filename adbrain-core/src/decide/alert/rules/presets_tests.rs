//! The presets against each other, and against the rules of thumb that they are made of.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::alert::rules::{Engine, Sample};
use crate::alert::{Detector, Observation};
use crate::model::{Currency, Metrics, Money, Platform, Tag};
use crate::stats::random::Random;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[expect(clippy::cast_possible_truncation, reason = "small amounts of a test")]
fn money(units: f64) -> Money {
    Money::from_micros((units * 1e6).round() as i64, Currency::BRL)
}

fn start() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// Hours with a daily rhythm of prices, noise of 10 %, gaps and thin hours, and a shock now and then.
fn hours(days: u32, seed: u64, shocks: bool) -> Vec<(Timestamp, Metrics)> {
    let mut random = Random::at(seed, &[7]);
    let mut all = Vec::new();
    let mut factor = 1.0;
    for hour in 0..days * 24 {
        if shocks && hour % 6 == 0 {
            factor = [1.0, 1.0, 1.0, 1.7, 1.15][usize::try_from(random.below(5)).unwrap()];
        }
        let is_thin = shocks && random.below(12) == 0;
        let shown = random.poisson(if is_thin { 400.0 } else { 3000.0 });
        let rhythm = 1.0 + 0.25 * libm::sin(f64::from(hour) / 24.0 * std::f64::consts::TAU);
        let cpm = 20.0 * rhythm * random.log_normal(0.10) * factor;
        let conversions = random.poisson(2.0);
        let metrics = Metrics {
            impressions: shown,
            clicks: shown / 50,
            conversions,
            spend: money(shown as f64 / 1000.0 * cpm),
            revenue: money(conversions as f64 * 90.0),
        };
        if !(shocks && random.below(20) == 0) {
            all.push((start() + HOUR * hour.cast_signed(), metrics));
        }
    }
    all
}

/// How many episodes of a rule open over the hours of one ad set.
fn opened(hourly: &[(Timestamp, Metrics)], (rules, rule): (&str, &str), days: u32) -> usize {
    let tag = Tag::new("set");
    let mut detector = Detector::new(RuleSet::preset(rules).unwrap());
    for hour in 24..days * 24 {
        let at = start() + HOUR * hour.cast_signed();
        let known = &hourly[..hourly.partition_point(|(hour, _)| *hour < at)];
        let seen = Observation { hourly: known, ..Observation::new(Platform::Meta, &tag, at, money(500.0)) };
        detector.observe(at, &[seen]).unwrap();
    }
    detector.episodes().iter().filter(|episode| episode.rule == rule).count()
}

#[test]
fn legacy_fires_far_more_often_than_guarded_on_a_calm_noisy_series() {
    let mut counts = [0, 0];
    for seed in 0..5 {
        let calm = hours(14, seed, false);
        for (count, rules) in counts.iter_mut().zip(["guarded", "legacy"]) {
            *count += opened(&calm, (rules, "cost_spike"), 14);
        }
    }
    let [guarded, legacy] = counts;
    assert!(guarded <= 3 && legacy > 20 * guarded.max(1), "guarded {guarded}, legacy {legacy} in 65 watched days");
}

#[test]
fn guarded_finds_shocks() {
    let found: usize = (0..5).map(|seed| opened(&hours(20, seed, true), ("guarded", "cost_spike"), 20)).sum();
    assert!(found >= 8, "{found} in 100 watched days with shocks, a day of rest after each");
}

#[test]
fn both_presets_have_the_three_rules_and_any_other_is_not_found() {
    let three = ["cost_spike", "performance_drop", "opportunity"];
    for (name, more) in [
        (
            "guarded",
            &[
                "price_rise",
                "delivery_stop",
                "spend_runaway",
                "tracking",
                "tracking_account",
                "tracking_suspected",
                "conversion_break",
            ][..],
        ),
        ("legacy", &[]),
    ] {
        let rules = RuleSet::preset(name).unwrap();
        let names: Vec<_> = rules.rules().iter().map(crate::alert::rules::Rule::name).collect();
        assert_eq!(names, [&three[..], more].concat(), "{name}");
    }
    assert_eq!(PRESETS.map(|(name, _)| name), ["guarded", "legacy"]);
    assert!(preset_text("other").unwrap_err().to_string().contains("guarded, legacy"));
}

#[test]
fn guarded_proposes_nothing_where_tracking_is_held() {
    let at = start();
    let proposed = |evidence: f64| {
        let dear = Sample::new(Platform::Meta, "set", crate::alert::rules::Level::AdSet, at)
            .with("cpm_hour", 26.0)
            .with("cpm_same_hour_median", 20.0)
            .with("cpm_same_hour_standard_errors", 6.0)
            .with("cpm_same_hour_days", 10.0)
            .with("impressions_hour", 3_000.0);
        let platform = Sample::new(Platform::Meta, "meta", crate::alert::rules::Level::Platform, at)
            .with("conversion_gap", 0.9)
            .with("conversion_gap_evidence", evidence)
            .with("ad_sets_lacking", 1.0)
            .with("clicks_day", 100.0)
            .with("clicks_days_median", 100.0);
        let found = Engine::new(RuleSet::preset("guarded").unwrap()).evaluate(at, &[dear, platform]).unwrap();
        found.told.proposals.len()
    };
    assert_eq!([0.0, 9.0].map(proposed), [1, 0]);
}

#[test]
fn legacy_takes_its_three_rules_literally() {
    let mut engine = Engine::new(RuleSet::preset("legacy").unwrap());
    let at = start();
    let look = |cpm: f64, roas: f64, people: f64| {
        Sample::new(Platform::Meta, "set", crate::alert::rules::Level::AdSet, at)
            .with("cpm_hour", cpm)
            .with("cpm_previous_hour", 20.0)
            .with("roas_day", roas)
            .with("target_roas", 3.0)
            .with("audience_available_low", people / 2.0)
            .with("audience_available_high", people * 1.5)
            .with("audience_now", 1_000.0)
    };
    assert_eq!(engine.evaluate(at, &[look(23.9, 2.41, 2_000.0)]).unwrap().told.notifications.len(), 0);
    let found = engine.evaluate(at, &[look(24.1, 2.39, 2_001.0)]).unwrap().told;
    let told: Vec<_> = found.notifications.iter().map(|told| told.rule.as_str()).collect();
    assert_eq!(told, ["cost_spike", "performance_drop", "opportunity"]);
    let proposed: Vec<_> = found.proposals.iter().map(|told| (told.kind.as_str(), told.amount)).collect();
    assert_eq!(proposed, [("cut_bid", 10), ("pause_worst_ads", 3), ("move_budget", 20)]);
}

#[test]
fn legacy_acts_whatever_it_is_expected_to_bring() {
    let tag = Tag::new("set");
    let hour =
        |start, cpm: f64| (start, Metrics { impressions: 1000, spend: money(cpm), ..Metrics::none(Currency::BRL) });
    let hourly = [hour(start(), 20.0), hour(start() + HOUR, 30.0)];
    let at = start() + HOUR * 2;
    let seen = Observation {
        bid: Some(money(2.0)),
        hourly: &hourly,
        ..Observation::new(Platform::Meta, &tag, at, money(50.0))
    };
    let found = Detector::new(RuleSet::preset("legacy").unwrap()).observe(at, &[seen]).unwrap();
    let [decision] = found.decisions.as_slice() else { panic!("{:?}", found.decisions) };
    assert!(decision.is_proposed && decision.expected().is_none() && decision.why.key == "decision-fixed");
    let [change] = decision.changes.as_slice() else { panic!("{decision:?}") };
    assert_eq!(change.kind, crate::model::ChangeKind::SetBid { before: money(2.0), after: money(1.8) });
    assert_eq!(change.cause, found.episodes[0].key);
    assert_eq!(decision.undo[0].kind, crate::model::ChangeKind::SetBid { before: money(1.8), after: money(2.0) });
}
