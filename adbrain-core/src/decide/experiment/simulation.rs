//! How often the engine errs: tests of 28 days whose truth is known.

use super::{
    Arm, ArmBudget, ArmObject, Block, Data, Engine, Futility, Metric, Settings, TestObjects, VerdictKind, decide,
};
use crate::experiment::Assignment;
use crate::model::{Currency, Money, Platform, Tag};
use crate::stats::random::Random;

/// Shocks that both arms share, as the standard deviation of their logarithm.
const SHARED: f64 = 0.25;
/// What is left to each arm: with 28 days, +20 % is shown by one look at the end in 92 % of tests.
const OWN: f64 = 0.2;

/// One test: `arms` of which the last is better by `lift`.
fn test(seed: u64, days: u64, arms: u64, lift: f64) -> Data {
    let block = |arm: u64, day: u64| {
        let shock = Random::at(seed, &[0, day]).log_normal(SHARED);
        let mut own = Random::at(seed, &[1, arm, day]);
        let gain = if arm + 1 == arms { 1.0 + lift } else { 1.0 };
        let rate = 0.02 * shock * own.log_normal(OWN) * gain;
        let clicks = own.binomial(20_000, rate.min(1.0));
        Block { unit: format!("day {day:02}"), impressions: Some(20_000), clicks: Some(clicks), ..Block::default() }
    };
    let arm = |arm: u64| Arm {
        assigned: Some(50_000),
        ..Arm::of_blocks(arm.to_string(), (0..days).map(|day| block(arm, day)).collect())
    };
    Data::of((0..arms).map(arm).collect())
}

fn engine(variants: usize) -> Engine {
    engine_with(variants, Futility::default())
}

fn engine_with(variants: usize, futility: Futility) -> Engine {
    let settings = Settings { assignment: Assignment::SplitTest, futility, ..Settings::until(Metric::Ctr, 28) };
    Engine::new(settings, variants).unwrap()
}

fn objects(arms: u64) -> TestObjects {
    let object = |arm: u64| ArmObject {
        arm: arm.to_string(),
        platform: Platform::Meta,
        tag: Tag::new(format!("ad {arm}")),
        budget: Some(ArmBudget {
            ad_set: Tag::new(format!("set {arm}")),
            daily: Money::from_micros(100_000_000, Currency::BRL),
            steps: 0,
        }),
    };
    TestObjects { test: "simulated".into(), objects: (0..arms).map(object).collect() }
}

/// In how many of `runs` tests something is applied, and in how many the last arm is.
fn applied(runs: u64, arms: u64, lift: f64) -> (u64, u64) {
    let (engine, objects) = (engine(usize::try_from(arms - 1).unwrap()), objects(arms));
    let mut counts = (0, 0);
    for seed in 0..runs {
        let readout = engine.readout(&test(seed, 28, arms, lift)).unwrap();
        let decision = decide(&readout, engine.settings(), &objects).unwrap();
        counts.0 += u64::from(!decision.proposals.is_empty());
        counts.1 += u64::from(decision.winner == Some((arms - 1).to_string()) && !decision.proposals.is_empty());
    }
    counts
}

#[test]
fn in_a_null_world_at_most_one_test_in_twenty_is_applied() {
    for (runs, arms, most) in [(200, 2, 17), (50, 4, 6)] {
        // Measured once: of 16,000 tests 2.7 % raise the variant and another 2.7 % pause it. `most` is kept in 98 of 100 cases at 5 %.
        let (applied, _) = applied(runs, arms, 0.0);
        assert!(applied <= most, "{applied} of {runs} with {arms} arms");
    }
}

#[test]
fn in_a_real_world_the_planned_effect_is_applied_in_four_tests_of_five() {
    let (_, applied) = applied(100, 2, 0.2);
    assert!(applied >= 80, "{applied} of 100");
}

#[test]
fn looking_every_day_ends_as_looking_back_at_the_end_does() {
    for (futility, seed) in
        [Futility::None, Futility::Binding].into_iter().flat_map(|one| (0..6).map(move |seed| (one, seed)))
    {
        let engine = engine_with(1, futility);
        let whole = engine.readout(&test(seed, 28, 2, 0.2)).unwrap();
        let daily = (14..=28).map(|days| engine.readout(&test(seed, days, 2, 0.2)).unwrap());
        let stopped = daily
            .map(|readout| readout.comparisons[0].clone())
            .find(|one| one.verdict.kind != VerdictKind::KeepRunning);
        let whole = &whole.comparisons[0];
        assert_eq!(stopped.as_ref().map(|one| one.verdict.kind), Some(whole.verdict.kind), "{seed}");
        assert_eq!(stopped.and_then(|one| one.lift), whole.lift, "{seed}");
    }
}
