//! The presets against the built-in detector, and against each other.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::alert::rules::{Engine, Sample};
use crate::alert::{AlertSettings, Detector, Observation};
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

/// What happened when: `opened` or `closed`, rule and moment.
type Events = Vec<(Timestamp, String, bool)>;

/// Runs the detector and the engine over the same observations of one ad set.
fn both(hourly: &[(Timestamp, Metrics)], rules: &str, days: u32) -> (Events, Events) {
    let tag = Tag::new("set");
    let (mut detector, mut engine) =
        (Detector::new(AlertSettings::default()).unwrap(), Engine::new(RuleSet::preset(rules).unwrap()));
    let (mut ours, mut theirs) = (Events::new(), Events::new());
    for hour in 24..days * 24 {
        let at = start() + HOUR * hour.cast_signed();
        let known = &hourly[..hourly.partition_point(|(hour, _)| *hour < at)];
        let old = known.partition_point(|(hour, _)| *hour < at - HOUR * 72);
        let matured = Metrics::total(known[..old].iter().map(|(_, metrics)| metrics), Currency::BRL).unwrap();
        let people = 1_000 + u64::from(hour) * 7 % 1_500;
        let seen = Observation {
            hourly: known,
            matured,
            target_roas: Some(if hour > 300 { 4.5 } else { 3.0 }),
            audience_now: Some(1_000),
            audience_available: Some((people, 3 * people)),
            ..Observation::new(Platform::Meta, &tag, at, money(500.0))
        };
        let found = detector.observe(&seen).into_iter().map(|episode| (at, episode.rule, episode.closed_at.is_some()));
        theirs.extend(found);
        let sample = Sample::of(&seen, &AlertSettings::default());
        let found = engine.evaluate(at, &[sample]).unwrap().episodes.into_iter();
        ours.extend(found.map(|episode| (at, episode.rule, episode.closed_at.is_some())));
    }
    (ours, theirs)
}

#[test]
fn guarded_opens_and_closes_what_the_built_in_detector_does() {
    let mut rules = BTreeMap::<String, u32>::new();
    for seed in 0..6 {
        let (ours, theirs) = both(&hours(20, seed, true), "guarded", 20);
        assert_eq!(ours, theirs, "seed {seed}");
        for (_, rule, _) in ours {
            *rules.entry(rule).or_default() += 1;
        }
    }
    assert!(rules.len() == 3 && rules.values().all(|count| *count >= 6), "{rules:?}");
}

#[test]
fn legacy_fires_far_more_often_than_guarded_on_a_calm_noisy_series() {
    let mut opened = [0, 0];
    for seed in 0..5 {
        let calm = hours(14, seed, false);
        for (count, rules) in opened.iter_mut().zip(["guarded", "legacy"]) {
            let (events, _) = both(&calm, rules, 14);
            *count += events.iter().filter(|(_, rule, is_over)| rule == "cost_spike" && !is_over).count();
        }
    }
    let [guarded, legacy] = opened;
    assert!(guarded <= 3 && legacy > 20 * guarded.max(1), "guarded {guarded}, legacy {legacy} in 65 watched days");
}

#[test]
fn both_presets_have_the_three_rules_and_any_other_is_not_found() {
    for (name, _) in PRESETS {
        let rules = RuleSet::preset(name).unwrap();
        let names: Vec<_> = rules.rules().iter().map(crate::alert::rules::Rule::name).collect();
        assert_eq!(names, ["cost_spike", "performance_drop", "opportunity"], "{name}");
    }
    assert!(preset_text("other").unwrap_err().to_string().contains("guarded, legacy"));
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
    assert_eq!(proposed, [("cut_bid", 10), ("pause_worst_ads", 3)]);
}

#[test]
fn a_proposal_becomes_changes_of_the_ad_set_as_it_is_observed() {
    let tag = Tag::new("set");
    let mut engine = Engine::new(RuleSet::preset("legacy").unwrap());
    let seen = Observation { bid: Some(money(2.0)), ..Observation::new(Platform::Meta, &tag, start(), money(50.0)) };
    let sample = Sample::of(&seen, &AlertSettings::default()).with("cpm_hour", 30.0).with("cpm_previous_hour", 20.0);
    let found = engine.evaluate(start(), &[sample]).unwrap().told;
    let changes = found.proposals[0].changes(&seen, &AlertSettings::default());
    assert_eq!(changes[0].kind, crate::model::ChangeKind::SetBid { before: money(2.0), after: money(1.8) });
    assert_eq!(changes[0].cause, found.notifications[0].episodes[0].key);
}
