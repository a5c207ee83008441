//! A launch that is asked for again while a change of a budget is not settled.

use super::*;
use crate::clock::Clock as _;
use crate::control::journal::{Body, Note};
use crate::control::ledger::Ledger;
use crate::control::step::{Step, Work};

const WINDOW: SignedDuration = SignedDuration::from_secs(30);

/// A running plan on a platform that shows a write after half a minute, all of it settled.
async fn settled() -> (Bench, Control) {
    let mut bench = Bench::new().await;
    let control = bench.running().await;
    drop(control);
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    bench.clock.advance(SignedDuration::from_hours(100));
    let control = bench.open().await;
    (bench, control)
}

async fn assert_needs_nobody(control: &Control) {
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    let all = control.outcomes().await.unwrap();
    assert!(all.iter().all(|one| one.state != JournalState::NeedsPerson), "{all:#?}");
}

#[tokio::test]
async fn a_launch_beside_a_budget_change_whose_answer_was_lost_asks_nobody_and_looks_it_up_once_it_has_settled() {
    for fault in [Fault::LostAfter, Fault::LostBefore, Fault::NotNow] {
        for (before, after) in [(10, 8), (10, 11)] {
            let (bench, control) = settled().await;
            // Room below the cap for the raise, from a day before.
            assert_eq!(one(&control, budget("google-1", 10, 8)).await.state, JournalState::Confirmed);
            bench.clock.advance(SignedDuration::from_hours(48));
            bench.meta.fail_next([fault]);
            let open = one(&control, budget("meta-1", before, after)).await;
            assert_eq!(open.state, JournalState::Unknown, "{fault:?} {after}");
            assert_needs_nobody(&control).await;
            assert_eq!(one(&control, budget("meta-1", before, after)).await.state, JournalState::Unknown);
            bench.clock.advance(WINDOW);
            assert_needs_nobody(&control).await;
            assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(after)), "{fault:?}");
            bench.clock.advance(WINDOW);
            assert_needs_nobody(&control).await;
            let changed = one(&control, budget("meta-1", before, after)).await;
            assert_eq!(changed.state, JournalState::Confirmed, "{fault:?} {after}");
            let sent = bench.meta.requests().iter().filter(|request| *request == "set_daily_budget meta-1").count();
            assert_eq!(sent, if fault == Fault::LostAfter { 1 } else { 2 }, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_launch_within_the_settle_window_of_a_confirmed_budget_change_asks_nobody() {
    let (bench, control) = settled().await;
    assert_eq!(one(&control, budget("meta-1", 10, 8)).await.state, JournalState::Confirmed);
    // The list still shows the amount from before.
    bench.meta.edit("meta-1", |object| object.daily_budget = Some(brl(10)));
    assert_needs_nobody(&control).await;
    bench.meta.edit("meta-1", |object| object.daily_budget = Some(brl(8)));
    bench.clock.advance(WINDOW);
    assert_needs_nobody(&control).await;
}

#[tokio::test]
async fn a_launch_still_asks_a_person_where_the_budget_is_nobody_s_once_all_has_settled() {
    let (bench, control) = settled().await;
    assert_eq!(one(&control, budget("meta-1", 10, 8)).await.state, JournalState::Confirmed);
    bench.clock.advance(WINDOW);
    bench.meta.edit("meta-1", |object| object.daily_budget = Some(brl(5)));
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().any(|outcome| reason(outcome) == "needs-person-budget"), "{outcomes:#?}");
}

#[tokio::test]
async fn a_throttled_change_is_one_that_was_not_taken_and_no_lost_answer() {
    let (bench, control) = settled().await;
    bench.meta.fail_next([Fault::Throttled; 4]);
    for _ in 0..3 {
        let put_off = one(&control, budget("meta-1", 10, 8)).await;
        let state = (put_off.state, reason(&put_off));
        assert!(
            state == (JournalState::Unknown, "unknown-nothing-sent")
                || state == (JournalState::Unknown, "unknown-not-settled"),
            "{state:?}"
        );
        bench.clock.advance(WINDOW);
    }
    bench.meta.fail_next([]);
    bench.clock.advance(WINDOW);
    assert_eq!(one(&control, budget("meta-1", 10, 8)).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(8)));
}

#[tokio::test]
async fn what_hangs_below_a_campaign_that_is_not_settled_hangs_below_it_all_the_same() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let (run, mode) = (&control.options.run, control.options.mode);
    let mut journal = control.journal.lock().await;
    let is_create = |step: &Step| matches!(step.work, Work::Change(ChangeKind::Create { .. }));
    let steps = journal.entries(run).into_iter().filter_map(|entry| journal.step(&entry));
    let campaign = steps.into_iter().find(|step| step.target == Tag::new("meta-c") && is_create(step)).unwrap();
    let note = Note { state: JournalState::Unknown, body: Body::default(), at: bench.clock.now() };
    journal.append(run, &campaign, note).await.unwrap();
    let ledger = Ledger::of(&journal, run, mode);
    let ad_set = Tag::new("meta-1");
    assert!(ledger.objects[&campaign.target].is_open && !ledger.objects[&ad_set].is_open);
    assert_eq!(ledger.objects[&ad_set].parent.as_ref(), Some(&campaign.target));
    assert!(ledger.flight(&ad_set).is_some(), "its lifetime counts against the cap");
}
