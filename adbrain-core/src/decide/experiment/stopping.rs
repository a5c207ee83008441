//! When a test may stop, and what a stop is worth.

use super::{
    Apply, Arm, Assignment, Block, Comparison, Data, Engine, Futility, Guard, Label, Looks, Metric, Readout, Sample,
    Settings, Spending, TestObjects, Unit, VerdictKind, decide, readout,
};
use crate::model::message::Argument;
use crate::stats::random::Random;

fn day(unit: usize) -> String {
    format!("2027-01-{:02}", unit + 1)
}

fn clicks(unit: usize, impressions: u64, clicks: u64) -> Block {
    Block { unit: day(unit), impressions: Some(impressions), clicks: Some(clicks), ..Block::default() }
}

/// Two arms of days whose rates share shocks; the second is better by `lift`, and each day of an arm has noise of its own.
fn noisy(seed: u64, days: usize, lift: f64, own: f64) -> Data {
    let block = |arm: usize, place: usize| {
        let shock = Random::at(seed, &[0, place as u64]).log_normal(0.25);
        let noise = Random::at(seed, &[1, arm as u64, place as u64]).log_normal(own);
        Block::ratio(day(place), 2.0 * shock * noise * if arm == 1 { 1.0 + lift } else { 1.0 }, 1.0)
    };
    let arm = |place: usize, name: &str| Arm::of_blocks(name, (0..days).map(|day| block(place, day)).collect());
    Data::of(vec![arm(0, "old"), arm(1, "new")])
}

fn one(settings: &Settings, data: &Data) -> Comparison {
    readout(settings, data).unwrap().comparisons.remove(0)
}

fn warned(comparison: &Comparison, key: &str) -> bool {
    comparison.warnings.iter().any(|warning| warning.key == key)
}

fn fixed(end: Option<u64>) -> Settings {
    Settings { looks: Some(Looks::FixedEnd), planned_units: end, ..Settings::new(Metric::Ratio) }
}

/// One day holds nine tenths of the clicks of the control; on all other days the variant looks better.
fn one_day_against_all(days: usize) -> Data {
    let first = [(200_000, 4_000), (200_000, 2_000)];
    let arm = |place: usize| {
        let (impressions, count) = first[place];
        let usual = |unit: usize| clicks(unit, 1_000, [20 + unit % 3, 24 + unit % 4][place] as u64);
        let blocks = std::iter::once(clicks(0, impressions, count)).chain((1..days).map(usual)).collect();
        Arm { assigned: Some(300_000), ..Arm::of_blocks(place.to_string(), blocks) }
    };
    Data::of(vec![arm(0), arm(1)])
}

#[test]
fn a_usual_day_that_wins_while_all_days_together_lose_is_no_winner() {
    let settings = Settings { assignment: Assignment::SplitTest, ..Settings::until(Metric::Ctr, 28) };
    for (days, kind) in [(20, VerdictKind::KeepRunning), (28, VerdictKind::Invalid)] {
        let data = one_day_against_all(days);
        let found = readout(&settings, &data).unwrap();
        let one = &found.comparisons[0];
        assert!(one.looks.last().unwrap().z > 2.5 && one.lift.as_ref().unwrap().value > 0.1, "{one:?}");
        assert!(one.difference.as_ref().unwrap().value < 0.0);
        assert_eq!((one.verdict.kind, one.verdict.reason.key.as_str()), (kind, "experiment-totals-disagree"));
        let Argument::Ratio(totals) = &one.verdict.reason.args["totals"] else { panic!("{one:?}") };
        assert!(*totals < -0.3, "{totals}");
        let objects = TestObjects { test: "hook".into(), objects: Vec::new() };
        let decision = decide(&found, &settings, &objects).unwrap();
        assert_eq!((decision.winner, decision.losers.len(), decision.proposals.len()), (None, 0, 0));
    }
}

#[test]
fn a_sum_that_one_day_makes_is_no_winner() {
    // Small days are better, four larger ones worse by more, and one great day makes the sum better after all.
    let arm = |name: &str, [great, large, usual]: [u64; 3]| {
        let block = |unit: usize| match unit {
            0 => clicks(0, 100_000, great),
            1..=4 => clicks(unit, 20_000, large),
            _ => clicks(unit, 1_000, usual + unit as u64 % 3),
        };
        Arm::of_blocks(name, (0..28).map(block).collect())
    };
    let data = Data::of(vec![arm("old", [2_000, 400, 20]), arm("new", [2_500, 350, 26])]);
    let found = one(&Settings::until(Metric::Ctr, 28), &data);
    assert!(found.dominance.as_ref().unwrap().turns && found.looks.last().unwrap().is_crossed, "{found:?}");
    assert_eq!(found.verdict.kind, VerdictKind::Invalid);
    assert_eq!(found.verdict.reason.key, "experiment-one-unit-decides");
}

#[test]
fn days_given_newest_first_say_what_days_in_order_say() {
    for settings in [Settings::until(Metric::Ratio, 28), Settings::new(Metric::Ratio), fixed(Some(28))] {
        let data = noisy(3, 28, 0.15, 0.15);
        let mut back = data.clone();
        back.arms.iter_mut().for_each(|arm| arm.blocks.reverse());
        assert_eq!(readout(&settings, &data).unwrap(), readout(&settings, &back).unwrap());
    }
}

#[test]
fn an_anytime_verdict_stays_once_its_interval_has_left_zero() {
    // Two weeks of a clear gain, then as much loss: the least p value stays below 0.05, and so does the verdict.
    let mut data = noisy(1, 31, 0.4, 0.1);
    for block in data.arms[1].blocks.iter_mut().skip(16) {
        block.numerator = block.numerator.map(|value| value / 2.0);
    }
    let settings = Settings::new(Metric::Ratio);
    let found = one(&settings, &data);
    assert!(!found.looks.last().unwrap().is_crossed && found.p_anytime.unwrap() < 0.05, "{found:?}");
    assert_eq!(found.verdict.kind, VerdictKind::Winner);
    assert!(warned(&found, "experiment-anytime-biased") && warned(&found, "experiment-units-after-the-end"));
    assert!(found.lift.unwrap().method.ends_with("_confidence_sequence"));
    for seed in 0..40 {
        let found = one(&settings, &noisy(seed, 28, 0.1, 0.2));
        assert_eq!(found.p_anytime.unwrap() <= 0.05, found.verdict.kind != VerdictKind::KeepRunning, "{found:?}");
    }
}

#[test]
fn binding_bounds_and_the_numbers_after_the_stop_agree() {
    let settings = Settings { futility: Futility::Binding, ..Settings::until(Metric::Ratio, 28) };
    let engine = Engine::new(settings, 1).unwrap();
    let mut late = 0;
    for seed in 0..60 {
        let found = engine.readout(&noisy(seed, 28, 0.12, 0.2)).unwrap().comparisons.remove(0);
        let Some(look) = found.looks.iter().find(|look| look.is_crossed) else { continue };
        if found.verdict.reason.key == "experiment-futile-ended" {
            continue;
        }
        let lift = found.lift.as_ref().unwrap();
        assert!(found.p_stopped.unwrap() <= 0.05 && (lift.low > 0.0 || lift.high < 0.0), "{found:?}");
        assert!(matches!(found.verdict.kind, VerdictKind::Winner | VerdictKind::Loser), "{found:?}");
        late += u32::from(look.units > 24);
    }
    assert!(late > 3, "{late}");
}

fn people(arrived: u64, share: f64) -> Data {
    let counts = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of a test")]
        let successes = (arrived as f64 * share) as u64;
        Sample::Counts { successes, trials: arrived }
    };
    Data::of(vec![Arm::of_sample("old", counts(0.05)), Arm::of_sample("new", counts(share))])
}

#[test]
fn people_are_judged_at_their_planned_looks_only() {
    let looks = Some(Looks::GroupSequential { at: vec![10_000, 20_000, 30_000], spending: Spending::Pocock });
    let settings = Settings { unit: Unit::User, looks, ..Settings::until(Metric::Mean, 30_000) };
    for (arrived, kind) in [
        (9_000, VerdictKind::KeepRunning),
        (10_000, VerdictKind::Winner),
        (11_000, VerdictKind::KeepRunning),
        (30_000, VerdictKind::Winner),
        (31_000, VerdictKind::KeepRunning),
    ] {
        let found = one(&settings, &people(arrived, 0.06));
        assert_eq!(found.verdict.kind, kind, "{arrived} {found:?}");
        if kind == VerdictKind::KeepRunning {
            assert_eq!(found.verdict.reason.key, "experiment-between-looks");
            assert!(found.lift.unwrap().method.ends_with("_confidence_sequence"));
        }
    }
    // The number that a look really had stands in the plan.
    let at = vec![10_250, 20_000, 30_000];
    let met = Settings { looks: Some(Looks::GroupSequential { at, spending: Spending::Pocock }), ..settings };
    assert_eq!(one(&met, &people(10_250, 0.06)).verdict.kind, VerdictKind::Winner);
}

#[test]
fn between_planned_days_the_confidence_sequence_is_shown() {
    let looks = Some(Looks::GroupSequential { at: vec![14, 28], spending: Spending::Pocock });
    let settings = Settings { looks, ..Settings::until(Metric::Ratio, 28) };
    let method = |days| one(&settings, &noisy(2, days, 0.0, 0.2)).lift.unwrap().method;
    assert!(method(14).ends_with("_repeated_interval"));
    assert!(method(20).ends_with("_confidence_sequence"));
    assert!(method(28).ends_with("_bias_adjusted"));
    let between = one(&settings, &noisy(2, 20, 0.0, 0.2));
    let (look, lift) = (between.looks.last().unwrap(), between.lift.unwrap());
    assert_eq!((look.bound, look.low, look.high), (None, lift.low, lift.high));
}

#[test]
fn a_fixed_end_by_days_is_stated_kept_and_freezes_the_look() {
    assert!(fixed(None).check().unwrap_err().to_string().starts_with("planned_units"));
    let settings = fixed(Some(28));
    assert_eq!(one(&settings, &noisy(1, 27, 0.5, 0.1)).verdict.kind, VerdictKind::KeepRunning);
    let (at_end, later) = (one(&settings, &noisy(1, 28, 0.2, 0.2)), one(&settings, &noisy(1, 31, 0.2, 0.2)));
    assert_eq!((&at_end.lift, at_end.p_value, &at_end.verdict), (&later.lift, later.p_value, &later.verdict));
    assert!(!warned(&at_end, "experiment-units-after-the-end") && warned(&later, "experiment-units-after-the-end"));
    let regions = Settings { unit: Unit::Geo, ..fixed(None) };
    regions.check().unwrap();
}

#[test]
fn giving_up_names_the_effect_that_the_bound_was_made_for() {
    let settings = Settings::until(Metric::Ratio, 28);
    let given_up = (0..60).map(|seed| one(&settings, &noisy(seed, 24, 0.0, 0.5)));
    let given_up: Vec<_> = given_up.filter(|found| found.verdict.reason.key == "experiment-futile").collect();
    assert!(given_up.len() > 10, "{}", given_up.len());
    for found in given_up {
        let Argument::Ratio(effect) = &found.verdict.reason.args["effect"] else { panic!("{found:?}") };
        // With noise of 0.5 on each arm and day, 28 days show exp((1.99 + 0.84) sqrt(2) 0.5 / sqrt(28)) - 1 = 46 % in four of five tests.
        assert!((0.2..0.7).contains(effect), "{effect}");
        assert!(found.needed_units.unwrap() > 28 && warned(&found, "experiment-planned-too-short"), "{found:?}");
    }
    let calm = one(&settings, &noisy(1, 24, 0.0, 0.1));
    assert!(!warned(&calm, "experiment-planned-too-short"), "{calm:?}");
}

#[test]
fn a_guard_counts_the_units_that_the_metric_counts() {
    let guards = vec![Guard { metric: Metric::Ratio, margin: None }];
    let settings = Settings { guards, ..fixed(Some(28)) };
    let found = one(&settings, &noisy(1, 28, 0.0, 0.2));
    let guard = found.guards[0].lift.as_ref().unwrap();
    assert_eq!(guard.sample_size, found.lift.unwrap().sample_size);
}

/// Arms of 14 days by placement: the second gets `more` of its impressions in the feed.
fn placed(more: f64) -> Data {
    let data = noisy(4, 14, 0.0, 0.1);
    let arms = data.arms.into_iter().enumerate().map(|(place, arm)| {
        let mut luck = Random::at(9, &[place as u64]);
        let share = if place == 1 { 0.5 + more } else { 0.5 };
        let mut delivery = Vec::new();
        for unit in 0..14 {
            for (segment, share) in [("feed", share), ("story", 1.0 - share)] {
                let impressions = luck.poisson(8_000.0 * share);
                let dimension = "placement".to_owned();
                delivery.push(super::Delivered { dimension, segment: segment.into(), unit: day(unit), impressions });
            }
        }
        Arm { delivery, assigned: Some(10_000), ..arm }
    });
    Data::of(arms.collect())
}

#[test]
fn a_readout_tests_whether_the_arms_were_delivered_alike() {
    let uneven = |more: f64| -> Readout { readout(&Settings::until(Metric::Ratio, 28), &placed(more)).unwrap() };
    let tilted = uneven(0.1);
    let one = tilted.delivery.iter().find(|one| one.dimension == "placement").unwrap();
    assert!(one.is_uneven && one.p_value.unwrap() < 1e-3 && one.distance > 0.02, "{one:?}");
    let warning = tilted.warnings.iter().find(|warning| warning.key == "experiment-uneven").unwrap();
    assert_eq!(warning.args["dimension"], Argument::Text("placement".into()));
    let even = uneven(0.0);
    assert!(!even.delivery[0].is_uneven && even.warnings.iter().all(|warning| warning.key != "experiment-uneven"));
}

#[test]
fn nothing_is_applied_where_a_split_was_delivered_unevenly() {
    let mut data = placed(0.1);
    for block in &mut data.arms[1].blocks {
        block.numerator = block.numerator.map(|value| value * 1.5);
    }
    let apply = Apply { evidence: Label::Causal, ..Apply::default() };
    let settings = Settings { assignment: Assignment::SplitTest, apply, ..Settings::until(Metric::Ratio, 14) };
    let objects = TestObjects { test: "hook".into(), objects: Vec::new() };
    let decision = decide(&readout(&settings, &data).unwrap(), &settings, &objects).unwrap();
    assert_eq!(decision.winner.as_deref(), Some("new"));
    let blocked: Vec<_> = decision.blocked.iter().map(|message| message.key.as_str()).collect();
    assert_eq!((blocked, decision.proposals.len()), (vec!["experiment-blocked-uneven"], 0));
}

#[test]
fn swapping_the_arms_mirrors_a_watched_test() {
    let mut stops = 0;
    for seed in 0..60 {
        let days = 14 + usize::try_from(seed % 15).unwrap();
        let data = noisy(seed, days, 0.1, 0.15);
        let mut swapped = data.clone();
        swapped.arms.reverse();
        let engine = Engine::new(Settings::until(Metric::Ratio, 28), 1).unwrap();
        let read = |data: &Data| engine.readout(data).unwrap().comparisons.remove(0);
        let (there, back) = (read(&data), read(&swapped));
        let (first, second) = (there.lift.as_ref().unwrap(), back.lift.as_ref().unwrap());
        for (a, b) in [(first.value, second.value), (first.low, second.high), (first.high, second.low)] {
            assert!(((1.0 + a) * (1.0 + b) - 1.0).abs() < 1e-6, "{seed} {first:?} {second:?}");
        }
        let mirror = |kind| match kind {
            VerdictKind::Winner => VerdictKind::Loser,
            VerdictKind::Loser => VerdictKind::Winner,
            other => other,
        };
        assert_eq!(there.verdict.kind, mirror(back.verdict.kind), "{seed}");
        stops += u32::from(there.verdict.kind == VerdictKind::Winner);
    }
    assert!(stops > 5, "{stops}");
}
