//! What a ledger makes of changes; and that one which follows the newest records, where they do nothing but make, is the one that is counted
//! anew.

use super::super::drift::DriftField;
use super::super::journal::{Journal, Record};
use super::super::ledger::{Delivery, Ledger, Moment, Object};
use super::*;

/// Takes over the records from a place on, into a ledger.
fn follow(ledger: &mut Ledger, journal: &Journal, from: usize, mode: Mode) -> bool {
    let records = journal.records().get(from..).unwrap();
    ledger.follow(journal, (records, &RunId::new("run"), mode), |_| false)
}

fn anew(journal: &Journal, mode: Mode) -> Ledger {
    Ledger::of(journal, &RunId::new("run"), mode)
}

#[tokio::test]
async fn a_launch_is_followed_from_its_first_record_to_its_last() {
    for mode in [Mode::Sandbox, Mode::DryRun] {
        let mut bench = Bench::new().await;
        bench.options.mode = mode;
        bench.options.limits.approvals.none_up_to = Some(brl(80));
        let control = bench.open().await;
        control.launch(&plan(), &OneFile).await.unwrap();
        let session = control.session().await.unwrap();
        let mut ledger = Ledger::default();
        assert!(follow(&mut ledger, &session.journal, 0, mode));
        assert_eq!(ledger, anew(&session.journal, mode));
        assert_eq!(ledger.objects.len(), 14);
        assert!(!follow(&mut ledger, &session.journal, 0, mode), "what is there is not made once more");
    }
}

#[tokio::test]
async fn what_was_planned_alone_is_not_followed_where_it_does_not_count() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::DryRun;
    bench.options.limits.approvals.none_up_to = Some(brl(80));
    let control = bench.open().await;
    control.launch(&plan(), &OneFile).await.unwrap();
    let session = control.session().await.unwrap();
    assert!(!follow(&mut Ledger::default(), &session.journal, 0, Mode::Sandbox));
    assert_eq!(anew(&session.journal, Mode::Sandbox), Ledger::default());
}

#[tokio::test]
async fn nothing_is_followed_over_what_an_account_shows_what_was_changed_or_adopted() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let session = control.session().await.unwrap();
    let journal: &Journal = &session.journal;
    let is_activation = |record: &Record| record.action == "activate";
    let made = journal.records().iter().position(is_activation).unwrap();
    let launch = journal.records().get(..made).unwrap();
    let run = RunId::new("run");
    let shown = Tag::new("meta-1");
    let mut ledger = Ledger::default();
    assert!(!ledger.follow(journal, (launch, &run, Mode::Sandbox), |tag| *tag == shown));
    assert!(
        !follow(&mut anew(journal, Mode::Sandbox), journal, made, Mode::Sandbox),
        "an activation changes something"
    );

    let mut ledger = Ledger::default();
    assert!(ledger.follow(journal, (launch, &run, Mode::Sandbox), |_| false));
    let last = launch.iter().rposition(|record| record.action == "create").unwrap();
    let last_of_a_create = launch.get(last..=last).unwrap();
    assert!(ledger.clone().follow(journal, (last_of_a_create, &run, Mode::Sandbox), |_| true));
    for change in [
        |ledger: &mut Ledger, tag: &Tag| ledger.objects.get_mut(tag).unwrap().is_adopted = true,
        |ledger: &mut Ledger, tag: &Tag| {
            let object = ledger.objects.get_mut(tag).unwrap();
            object.changed_at = object.made_at;
        },
    ] {
        let mut changed = ledger.clone();
        change(&mut changed, &launch[last].target);
        assert!(!changed.follow(journal, (last_of_a_create, &run, Mode::Sandbox), |_| false));
    }
}

#[tokio::test]
async fn an_ad_set_below_a_campaign_that_was_changed_before_is_counted_anew() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    control.launch(&plan(), &OneFile).await.unwrap();
    let session = control.session().await.unwrap();
    let journal: &Journal = &session.journal;
    let ad_set = Tag::new("meta-1");
    let made = journal.records().iter().position(|record| record.target == ad_set).unwrap();
    let run = RunId::new("run");
    let of_ad_set = (journal.records().get(made..=made).unwrap(), &run, Mode::Sandbox);
    let mut before = Ledger::default();
    assert!(before.follow(journal, (journal.records().get(..made).unwrap(), &run, Mode::Sandbox), |_| false));
    assert!(before.clone().follow(journal, of_ad_set, |_| false));
    let campaign = Tag::new("meta-c");
    let ways: [fn(&mut Object); 2] = [|object| object.changed_at = object.made_at, |object| object.is_adopted = true];
    for change in ways {
        let mut changed = before.clone();
        change(changed.objects.get_mut(&campaign).unwrap());
        assert!(!changed.follow(journal, of_ad_set, |_| false));
    }
}

#[tokio::test]
async fn the_records_of_other_runs_and_notes_are_passed_over() {
    let (bench, mut there) = (Bench::new().await, Bench::new().await);
    there.options.run = RunId::new("other");
    there.options.limits.daily_cap = brl(200);
    let control = bench.open().await;
    control.kill("ana").await.unwrap();
    control.resume("ana").await.unwrap();
    control.launch(&plan(), &OneFile).await.unwrap();
    let mut other = super::limits::marked("other");
    other.limits = there.options.limits.clone();
    drop(control);
    let beside = there.open_on(bench.database.clone()).await.unwrap();
    assert_states(&beside.launch(&other, &OneFile).await.unwrap(), JournalState::Confirmed);
    drop(beside);
    let control = bench.open().await;
    let session = control.session().await.unwrap();
    let mut ledger = Ledger::default();
    assert!(follow(&mut ledger, &session.journal, 0, Mode::Sandbox));
    assert_eq!(ledger, anew(&session.journal, Mode::Sandbox));
    assert!(!ledger.objects.contains_key(&Tag::new("other-meta-c")));
}

/// A running plan's ledger.
async fn running() -> Ledger {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let session = control.session().await.unwrap();
    anew(&session.journal, Mode::Sandbox)
}

/// The object after a change that was or was not sure.
fn changed(ledger: &Ledger, kind: &ChangeKind, is_sure: bool) -> Object {
    let (mut after, tag) = (ledger.clone(), Tag::new("meta-1"));
    let at = "2026-12-02T12:00:00Z".parse().unwrap();
    after.objects.get_mut(&tag).unwrap().adopted =
        [DriftField::Status, DriftField::DailyBudget, DriftField::Bid].into();
    after.change(&tag, kind, Moment { at, is_sure });
    after.objects.remove(&tag).unwrap()
}

#[tokio::test]
async fn a_change_that_is_not_sure_counts_where_it_costs_and_the_field_is_ours_either_way() {
    let ledger = running().await;
    let budget = |after: i64| ChangeKind::SetDailyBudget { before: brl(10), after: brl(after) };
    for (after, is_sure, counts) in [(9, true, 9), (9, false, 10), (11, true, 11), (11, false, 11)] {
        let object = changed(&ledger, &budget(after), is_sure);
        assert_eq!(object.budget, Some(brl(counts)), "{after} {is_sure}");
        assert_eq!(object.adopted, [DriftField::Status, DriftField::Bid].into());
    }
    let bid = |after: i64| ChangeKind::SetBid { before: brl(4), after: brl(after) };
    let object = changed(&ledger, &bid(5), true);
    assert_eq!((object.bid, object.adopted), (Some(brl(5)), [DriftField::Status, DriftField::DailyBudget].into()));
    for (kind, is_sure, delivery) in [
        (ChangeKind::Pause, true, Delivery::Stopped),
        (ChangeKind::Pause, false, Delivery::Running),
        (ChangeKind::Archive, true, Delivery::Gone),
        (ChangeKind::Archive, false, Delivery::Running),
        (ChangeKind::Activate, false, Delivery::Running),
    ] {
        let object = changed(&ledger, &kind, is_sure);
        assert_eq!((object.delivery, object.adopted.contains(&DriftField::Status)), (delivery, false), "{kind:?}");
    }
}

#[tokio::test]
async fn what_an_account_shows_counts_where_it_costs_more_and_our_own_change_has_settled() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let session = control.session().await.unwrap();
    let (ledger, now) = (anew(&session.journal, Mode::Sandbox), crate::clock::Clock::now(&bench.clock));
    let after = now.checked_add(SignedDuration::from_secs(1)).unwrap();
    for (shown, settled_before, counts) in [(14, after, 14), (6, after, 10), (14, now, 10)] {
        let mut object = bench.meta.get("meta-1");
        object.daily_budget = Some(brl(shown));
        let mut seen = ledger.clone();
        seen.observe(&[object], settled_before);
        let own = &seen.objects[&Tag::new("meta-1")];
        assert_eq!((own.budget, own.shown), (Some(brl(counts)), brl(shown).micros()), "{shown}");
    }
}

#[tokio::test]
async fn an_ad_set_that_somebody_paused_is_none_that_is_left_to_deliver() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(1));
    let pause = || change("meta-1", ChangeKind::Pause, "episode");
    bench.meta.edit("meta-2", |object| object.status = Status::Paused);
    assert_eq!(reason(&one(&control, pause()).await), "refused-last-active-ad");
    bench.meta.edit("meta-2", |object| object.status = Status::Active);
    assert_eq!(one(&control, pause()).await.state, JournalState::Confirmed);
}
