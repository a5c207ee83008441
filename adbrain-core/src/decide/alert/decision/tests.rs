//! Tests of the value of actions, of grades and of the scoreboard.

use super::super::{MetricSettings, Observation};
use super::value::{Orders, Returns};
use super::*;
use crate::model::{Change, ChangeKind, Currency, Metrics, Money, Tag};
use crate::stats::random::Random;

#[expect(clippy::cast_possible_truncation, reason = "small amounts of a test")]
fn money(units: f64) -> Money {
    Money::from_micros((units * 1e6).round() as i64, Currency::USD)
}

fn at() -> Timestamp {
    "2027-02-01T00:00:00Z".parse().unwrap()
}

/// Orders of 100 each.
fn sales(conversions: u64, spend: f64) -> Metrics {
    let revenue = money(conversions as f64 * 100.0);
    Metrics { impressions: 9_000, conversions, spend: money(spend), revenue, ..Metrics::none(Currency::USD) }
}

fn close(ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() < 1e-9 * theirs.abs().max(1.0), "{ours} is not {theirs}");
}

#[test]
fn returns_are_drawn_to_those_of_all_by_eleven_conversions() {
    let orders = Orders { value: 100.0, dispersion: 1.5 };
    let found = Returns::of(&sales(7, 400.0), orders, 2.0).unwrap();
    // 100 * 18 / (400 + 11 * 100 / 2) and 100^2 * 1.5 * 18 / 950^2.
    close(found.mean, 1_800.0 / 950.0);
    close(found.variance, 270_000.0 / 902_500.0);
    close(Returns::of(&sales(0, 0.0), orders, 2.0).unwrap().mean, 2.0);
    assert_eq!(Returns::of(&sales(1, 1.0), orders, 0.0), None);
}

#[test]
fn a_pause_is_worth_the_difference_on_the_money_that_it_frees() {
    let tag = Tag::new("set");
    let ads = [(Tag::new("bad"), sales(1, 500.0)), (Tag::new("good"), sales(60, 1_500.0))];
    let seen = Observation {
        matured: sales(61, 2_000.0),
        active_ads: &ads,
        ..Observation::new(Platform::Meta, &tag, at(), money(200.0))
    };
    let valued = pause(&MetricSettings::default(), &seen, &Tag::new("bad")).unwrap();
    let around = 6_100.0 / 2_000.0;
    let (bad, good) = (100.0 * 12.0 / (500.0 + 1_100.0 / around), 100.0 * 71.0 / (1_500.0 + 1_100.0 / around));
    close(valued.evidence["roas_ad"], bad);
    close(valued.evidence["roas_others"], good);
    close(valued.evidence["money"], 0.25 * 200.0 * 7.0);
    close(valued.expected.value, 350.0 * (good - bad));
    assert!(valued.expected.low < valued.expected.value && valued.expected.days == 7);
    assert!(pause(&MetricSettings::default(), &seen, &Tag::new("other")).is_none());
    let alone = Observation { active_ads: &ads[..1], ..seen };
    assert!(pause(&MetricSettings::default(), &alone, &Tag::new("bad")).is_none(), "nobody takes the money");
}

#[test]
fn a_bid_is_cut_where_the_price_makes_the_return_fall_below_the_target() {
    let tag = Tag::new("set");
    let value = |conversions, rise| {
        let seen = Observation {
            matured: sales(conversions, 1_000.0),
            target_roas: Some(3.0),
            ..Observation::new(Platform::Meta, &tag, at(), money(100.0))
        };
        cut_bid(&MetricSettings::default(), &seen, (10, rise)).unwrap().expected
    };
    // A fifth of 100 is kept: 20 * (3 - 3 / 1.5).
    close(value(30, 0.5).value, 20.0);
    assert!(value(60, 0.5).value < 0.0 && value(60, 1.5).value > 0.0);
    assert!(value(30, 0.5).low < 0.0, "a day of a few orders is not sure");
}

/// A decision to pause an ad of the true ROAS `bad` beside others of `good`, and what came in the week after, with a given luck.
fn week(random: &mut Random, [bad, good]: [f64; 2], is_done: bool) -> Option<(DecisionRecord, Graded)> {
    let sold = |random: &mut Random, spend: f64, roas: f64| {
        let count = random.poisson(spend * roas / 100.0);
        let revenue: f64 = (0..count).map(|_| 100.0 * random.log_normal(0.63) * libm::exp(-0.63 * 0.63 / 2.0)).sum();
        Metrics { revenue: money(revenue), ..sales(count, spend) }
    };
    let before = [sold(random, 1_500.0, bad), sold(random, 3_000.0, good)];
    let ads = [(Tag::new("bad"), before[0].clone()), (Tag::new("good"), before[1].clone())];
    let tag = Tag::new("set");
    let seen = Observation {
        matured: before[0].merge(&before[1]).unwrap(),
        active_ads: &ads,
        ..Observation::new(Platform::Meta, &tag, at(), money(300.0))
    };
    let valued = pause(&MetricSettings::default(), &seen, &ads[0].0)?;
    let place = Place {
        rule: "performance_drop",
        cause: "episode",
        at: at(),
        platform: Platform::Meta,
        object: "set",
        is_learning: false,
    };
    let change =
        Change { platform: Platform::Meta, target: Tag::new("bad"), kind: ChangeKind::Pause, cause: "episode".into() };
    let candidate =
        Candidate { action: ActionKind::PauseWorstAds, changes: vec![change], days: 7, valued: Some(valued) };
    let mut record = decide(Decide::ExpectedValue, &place, candidate);
    let (own, others) = (sold(random, 700.0, bad), sold(random, 1_400.0, good));
    let graded = grade(&record, &After { at: at(), own: &own, others: &others, is_done })?;
    record.outcome = Some(graded);
    Some((record, graded))
}

#[test]
fn intervals_of_pauses_in_the_shadow_hold_about_what_they_say() {
    let mut random = Random::at(3, &[]);
    let records: Vec<DecisionRecord> =
        (0..400).filter_map(|_| week(&mut random, [1.0, 2.5], false)).map(|(record, _)| record).collect();
    let board = scoreboard(&records);
    let [share, low, high] = board[0].calibration.unwrap();
    assert!((0.74..0.9).contains(&share) && low < share && share < high, "{share}");
    assert!(board[0].decisions == 400 && board[0].proposed > 250 && board[0].graded == 400, "{board:?}");
    assert!(board[0].value > 0.0 && board[0].interval[0] < board[0].value, "{board:?}");
    assert_eq!((board.len(), board[1].action), (2, Some(ActionKind::PauseWorstAds)));
}

#[test]
fn a_wrong_choice_is_regretted_and_a_right_one_is_not() {
    let mut random = Random::at(5, &[]);
    let (mut right, mut wrong) = (0.0, 0.0);
    for _ in 0..100 {
        right += week(&mut random, [0.5, 3.0], true).unwrap().1.regret;
        let (record, graded) = week(&mut random, [3.0, 0.5], false).unwrap();
        assert!(!record.is_proposed && record.why.key == "decision-loses", "{record:?}");
        wrong += graded.regret;
    }
    assert!(right < 100.0 && wrong < 100.0, "{right} {wrong}");
}

#[test]
fn what_learns_needs_a_sure_gain_and_what_is_fixed_needs_none() {
    let place =
        |is_learning| Place { rule: "r", cause: "c", at: at(), platform: Platform::Meta, object: "o", is_learning };
    let expected = |value: f64, chance: f64| {
        let expected = Expected { days: 7, value, low: value - 9.0, high: value + 9.0, chance };
        let valued = Some(Valued { expected, evidence: BTreeMap::new() });
        Candidate { action: ActionKind::CutBid, changes: Vec::new(), days: 7, valued }
    };
    let unknown = Candidate { valued: None, ..expected(1.0, 0.5) };
    for (how, is_learning, candidate, is_proposed, why) in [
        (Decide::ExpectedValue, false, expected(5.0, 0.98), true, "decision-gains"),
        (Decide::ExpectedValue, false, expected(5.0, 0.9), false, "decision-unsure"),
        (Decide::ExpectedValue, true, expected(5.0, 0.98), false, "decision-learns"),
        (Decide::ExpectedValue, true, expected(5.0, 0.999), true, "decision-gains"),
        (Decide::ExpectedValue, false, expected(-5.0, 0.2), false, "decision-loses"),
        (Decide::ExpectedValue, false, unknown, false, "decision-unknown"),
        (Decide::Fixed, true, expected(-5.0, 0.2), true, "decision-fixed"),
    ] {
        let record = decide(how, &place(is_learning), candidate);
        assert_eq!((record.is_proposed, record.why.key.as_str()), (is_proposed, why));
        assert_eq!(record.alternatives[0], Alternative { action: None, expected: Some(Expected::nothing(7)) });
    }
}

#[test]
fn a_cut_of_a_bid_is_not_graded_and_an_empty_board_has_no_rows() {
    let expected = Expected { days: 1, value: 5.0, low: 1.0, high: 9.0, chance: 0.9 };
    let candidate = Candidate {
        action: ActionKind::CutBid,
        changes: Vec::new(),
        days: 1,
        valued: Some(Valued { expected, evidence: BTreeMap::new() }),
    };
    let place = Place { rule: "r", cause: "c", at: at(), platform: Platform::Meta, object: "o", is_learning: false };
    let record = decide(Decide::ExpectedValue, &place, candidate);
    let (own, others) = (sales(3, 100.0), sales(3, 100.0));
    assert_eq!(grade(&record, &After { at: at(), own: &own, others: &others, is_done: true }), None);
    assert!(scoreboard(&[]).is_empty());
    let board = scoreboard(&[record]);
    assert_eq!((board[0].graded, board[0].calibration), (0, None));
}
