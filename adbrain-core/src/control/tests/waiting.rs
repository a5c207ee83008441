//! Proposals that wait, each with the word of a person; and silences.

use super::*;
use crate::alert::rules::Silence;
use crate::clock::Clock as _;
use crate::control::{Autonomy, Silences, Waiting};
use crate::error::ErrorKind;
use crate::model::{Approvals, ContentHash, Money};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Four ad sets of 10 a day that have delivered for a week; a person approves each proposal.
async fn asking(bench: &mut Bench) -> Control {
    let limits = &mut bench.options.limits;
    (limits.daily_cap, limits.weekly_cap, limits.lifetime_cap) = (brl(200), brl(1_400), brl(4_000));
    drop(bench.running().await);
    bench.clock.advance(SignedDuration::from_hours(8 * 24));
    bench.options.autonomy = "approve".parse::<Autonomy>().unwrap();
    bench.open().await
}

async fn only(control: &Control) -> Waiting {
    let mut all = control.waiting().await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn daily(bench: &Bench, tag: &str) -> i64 {
    bench.meta.get(tag).daily_budget.unwrap().micros() / 1_000_000
}

#[tokio::test]
async fn a_single_change_is_found_by_its_hash_and_done_by_the_word_of_a_person() {
    let mut bench = Bench::new().await;
    let control = asking(&mut bench).await;
    let wanted = budget("meta-1", 10, 12);
    assert_eq!(reason(&one(&control, wanted.clone()).await), "refused-needs-approval");
    let (waits, sent) = (only(&control).await, bench.meta.requests().len());
    assert_eq!((&waits.hash, &waits.changes), (&ContentHash::of_value(&wanted).unwrap(), &vec![wanted]));
    assert!(waits.refused.is_none() && waits.worst_day.is_some_and(|worst| worst.micros() > 0), "{waits:?}");
    assert_eq!(bench.meta.requests().len(), sent, "a look sends nothing");
    for by in ["", "policy"] {
        assert_eq!(control.approve_waiting(&waits.hash, by, HOUR).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(daily(&bench, "meta-1"), 10);
    let done = control.approve_waiting(&waits.hash, "Ana", HOUR).await.unwrap();
    assert_states(&done, JournalState::Confirmed);
    assert_eq!(daily(&bench, "meta-1"), 12);
    assert!(control.waiting().await.unwrap().is_empty());
    let again = control.approve_waiting(&waits.hash, "Ana", HOUR).await.unwrap_err();
    assert!(again.kind() == ErrorKind::Conflict && again.next_step().is_some(), "{again}");
    assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
}

#[tokio::test]
async fn caps_are_those_of_the_moment_of_the_approval() {
    let mut bench = Bench::new().await;
    let control = asking(&mut bench).await;
    one(&control, budget("meta-1", 10, 12)).await;
    let now = control.status(&plan().hash().unwrap()).await.unwrap().caps[0].worst;
    drop(control);
    bench.options.limits.daily_cap = Money::from_micros(now.micros() + 1_000_000, now.currency());
    let control = bench.open().await;
    let waits = only(&control).await;
    assert_eq!(waits.refused.as_ref().map(|no| no.key.as_str()), Some("refused-daily-cap"));
    let done = control.approve_waiting(&waits.hash, "Ana", HOUR).await.unwrap();
    assert_eq!(reason(&done[0]), "refused-daily-cap");
    assert_eq!(daily(&bench, "meta-1"), 10);
}

#[tokio::test]
async fn what_is_refused_waits_no_more_and_an_amount_for_two_waits_for_the_second() {
    let mut bench = Bench::new().await;
    drop(asking(&mut bench).await);
    bench.options.mode = Mode::Live;
    bench.options.limits.approvals = Approvals { none_up_to: None, one_up_to: Some(brl(1)) };
    let control = bench.open().await;
    one(&control, budget("meta-1", 10, 12)).await;
    let waits = only(&control).await;
    let first = control.approve_waiting(&waits.hash, "Ana", HOUR).await.unwrap();
    assert_eq!((reason(&first[0]), daily(&bench, "meta-1")), ("refused-needs-approval", 10));
    assert_eq!(only(&control).await.hash, waits.hash);
    let refused = control.refuse_waiting(&waits.hash, "Bia", "too early").await.unwrap();
    assert_eq!(reason(&refused[0]), "refused-by-person");
    assert!(control.waiting().await.unwrap().is_empty());
    assert_eq!(daily(&bench, "meta-1"), 10);
}

#[tokio::test]
async fn a_move_is_one_proposal_and_done_as_a_whole() {
    let mut bench = Bench::new().await;
    let control = asking(&mut bench).await;
    let part = |target: &str, after: i64| {
        change(target, ChangeKind::SetDailyBudget { before: brl(10), after: brl(after) }, "budgets/2026-12-09")
    };
    control.submit_move(&[part("google-1", 12), part("meta-1", 8)]).await.unwrap();
    let waits = only(&control).await;
    assert_eq!((waits.changes.len(), waits.entries.len()), (2, 2));
    assert_states(&control.approve_waiting(&waits.hash, "Ana", HOUR).await.unwrap(), JournalState::Confirmed);
    assert_eq!((daily(&bench, "meta-1"), bench.google.get("google-1").daily_budget), (8, Some(brl(12))));
}

#[tokio::test]
async fn an_undo_by_a_person_is_that_persons_approval() {
    let mut bench = Bench::new().await;
    drop(asking(&mut bench).await);
    bench.options.autonomy = Autonomy::default();
    let lowered = one(&bench.open().await, budget("meta-1", 10, 8)).await;
    assert_eq!(lowered.state, JournalState::Confirmed);
    bench.options.mode = Mode::Live;
    bench.options.limits.approvals = Approvals::default();
    let control = bench.open().await;
    let asked = control.undo_entry(&lowered.entry).await.unwrap();
    assert_eq!(reason(&asked[0]), "refused-needs-approval", "the policy alone does not raise it");
    assert_eq!(only(&control).await.changes[0].target.as_str(), "meta-1", "it waits like any proposal");
    let done = control.undo_entry_by(&lowered.entry, "Ana").await.unwrap();
    assert_eq!((done[0].state, done[1].state), (JournalState::Confirmed, JournalState::Compensated));
    assert_eq!(daily(&bench, "meta-1"), 10);
    assert_eq!(control.undo_entry_by(&lowered.entry, " ").await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn an_undo_that_waits_is_done_by_its_hash() {
    let mut bench = Bench::new().await;
    drop(asking(&mut bench).await);
    bench.options.autonomy = Autonomy::default();
    let lowered = one(&bench.open().await, budget("meta-1", 10, 8)).await;
    bench.options.mode = Mode::Live;
    bench.options.limits.approvals = Approvals::default();
    let control = bench.open().await;
    control.undo_entry(&lowered.entry).await.unwrap();
    let waits = only(&control).await;
    let done = control.approve_waiting(&waits.hash, "Ana", HOUR).await.unwrap();
    assert_eq!((done[0].state, done[1].state), (JournalState::Confirmed, JournalState::Compensated));
    assert_eq!(daily(&bench, "meta-1"), 10);
}

fn silence(bench: &Bench, by: &str) -> Silence {
    let from = bench.clock.now();
    let only = [("rule".to_owned(), "cost_spike".to_owned())].into();
    Silence { only, from, until: from + SignedDuration::from_hours(4), by: by.into(), reason: "a sale".into() }
}

#[tokio::test]
async fn a_silence_stands_in_the_journal_with_a_name_and_outlives_the_process() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let run = bench.options.run.clone();
    let kept = control.silence(Some(run.clone()), silence(&bench, "Ana")).await.unwrap();
    drop(control);
    let all = Silences::of(bench.database.as_ref()).await.unwrap();
    assert_eq!(all.all(), std::slice::from_ref(&kept));
    assert_eq!((all.of_run(&run).len(), all.of_run(&RunId::new("another")).len()), (1, 0));
    bench.clock.advance(HOUR);
    let control = bench.open().await;
    control.end_silence(&kept.id, "Bia").await.unwrap();
    let ended = Silences::of(bench.database.as_ref()).await.unwrap().all()[0].clone();
    assert_eq!(ended.ended.as_ref().map(|end| end.by.as_str()), Some("Bia"));
    assert!(ended.holds(ended.silence.from) && !ended.holds(bench.clock.now()));
    assert!(control.outcomes().await.unwrap().is_empty(), "no step of the run");
    assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
}

#[tokio::test]
async fn a_silence_of_everything_of_nobody_and_without_end_is_refused() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let usual = silence(&bench, "Ana");
    let labelled = |label: &str, value: &str| [(label.to_owned(), value.to_owned())].into();
    for (wrong, field) in [
        (Silence { only: [].into(), ..usual.clone() }, "match"),
        (Silence { by: "policy".into(), ..usual.clone() }, "by"),
        (Silence { reason: String::new(), ..usual.clone() }, "reason"),
        (Silence { until: usual.from, ..usual.clone() }, "time"),
        (Silence { until: usual.from + SignedDuration::from_hours(91 * 24), ..usual.clone() }, "time"),
        (Silence { only: labelled("platform", "myspace"), ..usual.clone() }, "match.platform"),
        (Silence { only: labelled("severity", "loud"), ..usual.clone() }, "match.severity"),
    ] {
        let error = control.silence(None, wrong).await.unwrap_err();
        assert_eq!(error.context_of("field"), Some(field), "{error}");
        assert!(error.next_step().is_some(), "{error}");
    }
    assert!(Silences::of(bench.database.as_ref()).await.unwrap().all().is_empty());
}
