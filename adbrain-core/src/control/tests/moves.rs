//! Moves of money: all of it or none.

use super::*;
use crate::control::Autonomy;
use crate::model::message::Argument;
use crate::model::{Approvals, ContentHash, Money};

/// Four ad sets of 10 a day that have delivered for a week, under caps that leave room.
async fn week_old(bench: &mut Bench) -> Control {
    let limits = &mut bench.options.limits;
    (limits.daily_cap, limits.weekly_cap, limits.lifetime_cap) = (brl(200), brl(1_400), brl(4_000));
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(8 * 24));
    control
}

fn moved(from: &str, to: &str, by: i64) -> Vec<Change> {
    let part = |target: &str, by: i64| {
        change(target, ChangeKind::SetDailyBudget { before: brl(10), after: brl(10 + by) }, "budgets/2026-12-09")
    };
    vec![part(to, by), part(from, -by)]
}

/// The hash that an outcome waits for.
fn hash_of(outcome: &Outcome) -> ContentHash {
    match outcome.reason.as_ref().and_then(|reason| reason.args.get("hash")) {
        Some(Argument::Text(hash)) => ContentHash::new(hash.as_str()),
        other => panic!("{other:?}"),
    }
}

fn budgets(bench: &Bench) -> [i64; 2] {
    [bench.meta.get("meta-1"), bench.google.get("google-1")]
        .map(|object| object.daily_budget.unwrap().micros() / 1_000_000)
}

#[tokio::test]
async fn it_is_done_whole_and_the_cut_comes_first() {
    let mut bench = Bench::new().await;
    let control = week_old(&mut bench).await;
    let outcomes = control.submit_move(&moved("meta-1", "google-1", 2)).await.unwrap();
    assert_states(&outcomes, JournalState::Confirmed);
    assert_eq!((outcomes[0].target.as_str(), budgets(&bench)), ("meta-1", [8, 12]));
    let sent = bench.meta.requests().len();
    assert_eq!(control.submit_move(&moved("meta-1", "google-1", 2)).await.unwrap(), outcomes);
    assert_eq!(bench.meta.requests().len(), sent, "it is done once");
}

#[tokio::test]
async fn where_one_part_may_not_be_nothing_is_done_and_each_says_why() {
    let mut bench = Bench::new().await;
    let control = week_old(&mut bench).await;
    let outcomes = control.submit_move(&moved("meta-1", "google-1", 3)).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    let why: Vec<_> = outcomes.iter().map(reason).collect();
    assert_eq!(why, ["refused-with-others", "refused-raise-too-large"]);
    assert_eq!(budgets(&bench), [10, 10]);
}

#[tokio::test]
async fn one_approval_of_the_whole_move_is_enough() {
    let mut bench = Bench::new().await;
    drop(week_old(&mut bench).await);
    bench.options.autonomy = "approve".parse::<Autonomy>().unwrap();
    let control = bench.open().await;
    let wanted = moved("meta-1", "google-1", 2);
    let outcomes = control.submit_move(&wanted).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert!(outcomes.iter().all(|outcome| reason(outcome) == "refused-needs-approval"));
    assert_eq!(budgets(&bench), [10, 10]);
    control.approve(&hash_of(&outcomes[0]), "ana", SignedDuration::from_hours(1)).await.unwrap();
    assert_states(&control.submit_move(&wanted).await.unwrap(), JournalState::Confirmed);
    assert_eq!(budgets(&bench), [8, 12]);
}

#[tokio::test]
async fn the_least_autonomy_of_any_part_counts_for_all() {
    for (autonomy, state) in [("google=shadow", JournalState::Planned), ("google=observe", JournalState::Refused)] {
        let mut bench = Bench::new().await;
        drop(week_old(&mut bench).await);
        bench.options.autonomy = autonomy.parse::<Autonomy>().unwrap();
        let control = bench.open().await;
        for _ in 0..2 {
            assert_states(&control.submit_move(&moved("meta-1", "google-1", 2)).await.unwrap(), state);
            assert_eq!(budgets(&bench), [10, 10], "{autonomy}");
        }
    }
}

#[tokio::test]
async fn a_move_is_as_large_as_the_caps_have_room_for() {
    let mut bench = Bench::new().await;
    let control = week_old(&mut bench).await;
    let wanted = moved("meta-1", "google-1", 2);
    assert_eq!(control.largest_move(&wanted).await.unwrap(), wanted);
    drop(control);
    bench.clock.advance(SignedDuration::from_hours(3));
    // Later in the day both budgets count: 10 + 10 + 10 and the raised one, at up to 175 and 200 percent.
    let worst = |micros: i64| Money::from_micros(micros, brl(1).currency());
    let now = bench.open().await.status(&plan().hash().unwrap()).await.unwrap().caps[0].worst;
    bench.options.limits.daily_cap = worst(now.micros() + 2_000_000);
    let control = bench.open().await;
    let fitting = control.largest_move(&wanted).await.unwrap();
    let after: Vec<_> = fitting
        .iter()
        .map(|change| match change.kind {
            ChangeKind::SetDailyBudget { after, .. } => after.micros(),
            _ => 0,
        })
        .collect();
    assert!(after[0] > 10_000_000 && after[0] < 12_000_000 && after[0] + after[1] == 20_000_000, "{after:?}");
    assert_states(&control.submit_move(&fitting).await.unwrap(), JournalState::Confirmed);
    drop(control);
    bench.options.limits.daily_cap = worst(1_000_000);
    let control = bench.open().await;
    assert!(control.largest_move(&moved("meta-2", "google-2", 2)).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_amount_above_what_needs_nobody_waits_as_a_whole() {
    let mut bench = Bench::new().await;
    drop(week_old(&mut bench).await);
    bench.options.mode = Mode::Live;
    bench.options.limits.approvals = Approvals { none_up_to: Some(brl(1)), one_up_to: None };
    let control = bench.open().await;
    let outcomes = control.submit_move(&moved("meta-1", "google-1", 2)).await.unwrap();
    assert!(outcomes.iter().all(|outcome| reason(outcome) == "refused-needs-approval"), "{outcomes:?}");
    assert_eq!(budgets(&bench), [10, 10], "the cut waits with the raise");
}
