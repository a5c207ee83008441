//! What the door promises, against a platform that fails in every way.

mod approvals;
mod autonomy;
mod beside;
mod chain;
mod drift;
mod fill;
mod follow;
mod launch;
mod limits;
mod moves;
mod pace;
mod recover;
mod settle;
mod words;
mod writers;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use jiff::SignedDuration;

use super::fake::{Advance, Bench, Breaking, Fault, OneFile, OwnError, assert_states, brl, plan};
use super::{Control, JournalState, Mode, NoFiles, Outcome, verify};
use crate::error::{Error, ErrorKind};
use crate::model::{Change, ChangeKind, Platform, RunId, Tag};
use crate::platform::Status;

fn change(target: &str, kind: ChangeKind, cause: &str) -> Change {
    let platform = if target.starts_with("meta") { Platform::Meta } else { Platform::Google };
    Change { platform, target: Tag::new(target), kind, cause: cause.into() }
}

fn budget(target: &str, before: i64, after: i64) -> Change {
    let kind = ChangeKind::SetDailyBudget { before: brl(before), after: brl(after) };
    change(target, kind, &format!("{before}to{after}"))
}

async fn one(control: &Control, change: Change) -> Outcome {
    control.submit(&[change]).await.unwrap().remove(0)
}

fn reason(outcome: &Outcome) -> &str {
    outcome.reason.as_ref().map_or("", |reason| reason.key.as_str())
}

#[tokio::test]
async fn a_plan_is_created_paused_and_delivers_after_activation() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1a").status, Status::Paused);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1a").status, Status::Active);
    let sent = (bench.meta.requests().len(), bench.google.requests().len());
    assert_eq!(control.launch(&plan(), &OneFile).await.unwrap(), outcomes);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert_eq!((bench.meta.requests().len(), bench.google.requests().len()), sent);
}

#[tokio::test]
async fn runs_of_one_brief_in_two_accounts_change_each_its_own_objects() {
    let (here, mut there) = (Bench::new().await, Bench::new().await);
    there.options.run = RunId::new("other");
    let (first, second) = (here.open().await, there.open_on(here.database.clone()).await.unwrap());
    let mut turned = plan();
    turned.campaigns.iter_mut().for_each(|campaign| campaign.ad_sets.reverse());
    assert_states(&first.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_states(&second.launch(&turned, &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_ne!(here.meta.get("meta-1").id, there.meta.get("meta-1").id);
    assert_states(&first.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    let daily = here.meta.get("meta-1").daily_budget.unwrap().micros() / 1_000_000;
    let lower = one(&first, budget("meta-1", daily, daily - 1)).await;
    assert_eq!((lower.state, lower.object), (JournalState::Confirmed, Some(here.meta.get("meta-1").id)));
    assert_eq!(here.meta.get("meta-1").daily_budget, Some(brl(daily - 1)));
    assert_eq!(there.meta.get("meta-1").status, Status::Paused);
}

#[tokio::test]
async fn a_lost_answer_is_not_sent_again() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostAfter]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.requests().iter().filter(|request| *request == "create google-c").count(), 1);
    assert_eq!(bench.google.count("google-c"), 1);
}

#[tokio::test]
async fn a_request_that_never_arrived_is_sent_once_more_and_then_a_person_is_asked() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostBefore]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostBefore, Fault::LostBefore]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::NeedsPerson);
    assert_eq!(bench.google.count("google-c"), 0);
}

#[tokio::test]
async fn a_request_that_is_put_off_is_tried_again_for_a_day_before_a_person_is_asked() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None].into_iter().chain([Fault::NotNow; 40]));
    for hour in 0..24 {
        let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
        let last = outcomes.last().unwrap();
        assert_eq!((last.state, reason(last)), (JournalState::Unknown, "unknown-nothing-sent"), "hour {hour}");
        bench.clock.advance(SignedDuration::from_hours(1));
    }
    let tried = bench.google.requests().len();
    assert!((24..40).contains(&tried), "each launch tries it once or twice: {tried}");
    bench.google.fail_next([]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.count("google-c"), 1);

    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None].into_iter().chain([Fault::NotNow; 40]));
    control.launch(&plan(), &OneFile).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(25));
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::NeedsPerson);
}

#[tokio::test]
async fn requests_that_are_put_off_do_not_count_beside_one_that_was_lost() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::NotNow, Fault::LostBefore, Fault::NotNow]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::Unknown);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.count("google-c"), 1);
}

#[tokio::test]
async fn several_objects_with_one_tag_need_a_person() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::Twice]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::NeedsPerson);
    let outcomes = control.activate(&plan()).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert_eq!(reason(&outcomes[0]), "needs-person-census");
}

#[tokio::test]
async fn what_the_listing_does_not_show_yet_stays_unknown() {
    let mut bench = Bench::new().await;
    let google = Arc::get_mut(&mut bench.google).unwrap();
    google.capabilities.settle_seconds = 30;
    google.lag = SignedDuration::from_secs(30);
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::LostAfter]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::Unknown);
    bench.clock.advance(SignedDuration::from_secs(30));
    assert_states(&control.reconcile().await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.count("google-c"), 1);
}

#[tokio::test]
async fn a_wait_for_the_listing_settles_it_at_once() {
    let mut bench = Bench::new().await;
    for fake in [&mut bench.google, &mut bench.meta] {
        let fake = Arc::get_mut(fake).unwrap();
        fake.capabilities.settle_seconds = 30;
        fake.lag = SignedDuration::from_secs(30);
    }
    bench.options.settle = Arc::new(Advance(bench.clock.clone()));
    let control = bench.open().await;
    bench.meta.fail_next([Fault::None, Fault::LostAfter, Fault::LostAfter, Fault::LostBefore]);
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert!(["meta-c", "meta-1", "meta-1a", "meta-2b"].iter().all(|tag| bench.meta.count(tag) == 1));
}

#[tokio::test]
async fn a_crash_at_any_write_of_the_journal_doubles_nothing_and_loses_nothing() {
    for writes in 0..200 {
        let bench = Bench::new().await;
        let database = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(writes) });
        let control = bench.open_on(database).await.unwrap();
        let crashed = match control.launch(&plan(), &OneFile).await {
            Ok(_) => control.activate(&plan()).await.is_err(),
            Err(_) => true,
        };
        drop(control);
        let control = bench.open().await;
        assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
        assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
        let tags = ["google-c", "google-1", "google-2b", "meta-c", "meta-1", "meta-2", "meta-1a", "meta-2b"];
        for tag in tags {
            assert_eq!(bench.meta.count(tag) + bench.google.count(tag), 1, "{tag} after {writes} writes");
        }
        if !crashed {
            assert!(writes > 60, "the launch writes less than expected: {writes}");
            return;
        }
    }
    panic!("the launch never came through");
}

#[tokio::test]
async fn a_dry_run_sends_nothing() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::DryRun;
    bench.options.limits.approvals.none_up_to = Some(brl(80));
    let control = bench.open().await;
    assert_states(&control.launch(&plan(), &NoFiles).await.unwrap(), JournalState::Planned);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Planned);
    assert!(bench.meta.requests().is_empty() && bench.google.requests().is_empty());
}

#[tokio::test]
async fn a_preview_writes_nothing() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let steps = control.preview(&plan()).await.unwrap();
    assert!(steps.iter().all(|step| step.refused.is_none()));
    assert_eq!(steps.len(), 8);
    assert!(control.outcomes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_half_done_launch_is_taken_back() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::Rejected]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(outcomes.last().unwrap().state, JournalState::Refused);
    assert_eq!(bench.meta.count("meta-c") + bench.meta.count("meta-1a"), 0);
    let made = outcomes.iter().filter(|outcome| outcome.platform == Platform::Meta && outcome.action == "create");
    assert!(made.clone().count() == 7 && made.into_iter().all(|outcome| outcome.state == JournalState::Compensated));
    let sent = bench.meta.requests().len() + bench.google.requests().len();
    control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(bench.meta.requests().len() + bench.google.requests().len(), sent, "it is not begun again in this run");
}

#[tokio::test]
async fn a_plan_of_which_a_part_cannot_be_had_makes_nothing() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    let mut wanted = plan();
    wanted.campaigns[1].ad_sets[1].daily_budget =
        crate::model::Money::from_micros(500_000, crate::model::Currency::BRL);
    let outcomes = control.launch(&wanted, &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
    assert_eq!(reason(&outcomes[0]), "refused-below-least-budget");
    assert_eq!(
        bench.meta.requests().len() + bench.google.requests().len(),
        0,
        "nothing was made, and nothing taken back"
    );
}

#[tokio::test]
async fn a_sandbox_run_writes_to_no_real_account() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.google).unwrap().capabilities.is_sandbox = false;
    let control = bench.open().await;
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().any(|outcome| reason(outcome) == "refused-not-a-sandbox"));
    assert!(bench.google.requests().is_empty());
}

#[tokio::test]
async fn an_approval_for_another_plan_or_an_old_one_is_refused() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::Live;
    let mut wanted = plan();
    for campaign in &mut wanted.campaigns {
        campaign.declarations.special_categories = Some(Vec::new());
        campaign.declarations.is_political = Some(false);
    }
    let control = bench.open().await;
    assert_eq!(reason(&control.launch(&plan(), &OneFile).await.unwrap()[2]), "refused-declarations");
    let bench = Bench { options: bench.options, ..Bench::new().await };
    let control = bench.open().await;
    assert_states(&control.launch(&wanted, &OneFile).await.unwrap(), JournalState::Confirmed);
    control.approve(&plan().hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(reason(&control.activate(&wanted).await.unwrap()[0]), "refused-needs-approval");
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(reason(&control.activate(&wanted).await.unwrap()[0]), "refused-needs-approval");
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_nanos(1)).await.unwrap();
    bench.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(reason(&control.activate(&wanted).await.unwrap()[0]), "refused-needs-approval", "the newest one counts");
    control.approve(&wanted.hash().unwrap(), "ana", SignedDuration::from_hours(1)).await.unwrap();
    assert_states(&control.activate(&wanted).await.unwrap(), JournalState::Confirmed);
    assert_eq!(
        control.approve(&wanted.hash().unwrap(), "policy", SignedDuration::MAX).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn the_kill_switch_refuses_every_write_but_a_pause_and_survives_a_restart() {
    let mut bench = Bench::new().await;
    bench.options.kill_file = Some(bench.folder.path().join("KILL"));
    let control = bench.running().await;
    control.kill("ana").await.unwrap();
    let control = {
        drop(control);
        bench.open().await
    };
    assert!(control.is_killed());
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-kill-switch");
    assert_eq!(one(&control, change("meta-1a", ChangeKind::Pause, "x")).await.state, JournalState::Confirmed);
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    control.resume("ana").await.unwrap();
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    std::fs::write(bench.folder.path().join("KILL"), "").unwrap();
    assert!(control.is_killed());
}

#[tokio::test]
async fn the_kill_switch_ends_a_request_on_its_way_and_what_became_of_it_is_looked_up_later() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let lowered = budget("meta-1", 10, 9);
    let mut sending = pin!(one(&control, lowered.clone()));
    until_it_hangs(&bench, &mut sending).await;
    let (hung, killed) = tokio::join!(sending, control.kill("ana"));
    killed.unwrap();
    assert_eq!(hung.state, JournalState::Unknown);
    assert_eq!(reason(&hung), "unknown-lost");
    assert_states(&control.pause_all().await.unwrap(), JournalState::Confirmed);
    control.resume("ana").await.unwrap();
    let sent = bench.meta.requests().len();
    assert_eq!(one(&control, lowered).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.requests().len(), sent, "it had been done, and is not sent again");
}

/// Goes on with a change on Meta up to where its request is on its way and nothing comes back.
async fn until_it_hangs(bench: &Bench, sending: &mut (impl Future<Output = Outcome> + Unpin)) {
    bench.meta.fail_next([Fault::Hangs]);
    tokio::select! {
        ended = sending => panic!("nothing was on its way: {ended:?}"),
        () = bench.meta.hanging.notified() => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_on_its_way_ends_too_where_the_switch_is_turned_by_its_file() {
    let mut bench = Bench::new().await;
    let file = bench.folder.path().join("KILL");
    bench.options.kill_file = Some(file.clone());
    let control = bench.running().await;
    let mut sending = pin!(one(&control, budget("meta-1", 10, 9)));
    until_it_hangs(&bench, &mut sending).await;
    super::turn_on(&file, "too dear").unwrap();
    assert_eq!(sending.await.state, JournalState::Unknown);
}

#[tokio::test]
async fn a_switch_that_another_process_turns_is_followed_without_opening_again() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let other = bench.open().await;
    other.kill("ana").await.unwrap();
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-kill-switch");
    assert!(control.is_killed());
    other.resume("ana").await.unwrap();
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    control.kill("ana").await.unwrap();
    assert!(control.is_killed() && !other.is_killed());
    assert_eq!(reason(&one(&other, budget("meta-1", 9, 8)).await), "refused-kill-switch");
}

#[tokio::test]
async fn to_take_back_a_pause_of_what_was_never_let_go_lets_nothing_go() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    control.launch(&plan(), &OneFile).await.unwrap();
    assert_eq!(one(&control, change("meta-1", ChangeKind::Pause, "x")).await.state, JournalState::Confirmed);
    let outcomes = control.undo(&Tag::new("meta-1")).await.unwrap();
    assert_eq!(reason(&outcomes[0]), "refused-not-activated");
    assert_eq!(reason(&one(&control, change("meta-1", ChangeKind::Activate, "x")).await), "refused-not-activated");
    assert_eq!(bench.meta.get("meta-1").status, Status::Paused);
}

#[tokio::test]
async fn an_activation_whose_answer_was_lost_is_not_sent_again_where_somebody_passed_the_cap_meanwhile() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    let control = bench.open().await;
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_mins(1));
    bench.meta.fail_next([Fault::None; 6].into_iter().chain([Fault::LostBefore]));
    control.activate(&plan()).await.unwrap();
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused);
    bench.clock.advance(SignedDuration::from_hours(1));
    bench.meta.edit("meta-2", |object| object.daily_budget = Some(brl(20)));
    let outcomes = control.reconcile().await.unwrap();
    assert_eq!((outcomes.len(), reason(&outcomes[0])), (1, "refused-daily-cap"));
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused);
    let refused = control.activate(&plan()).await.unwrap();
    let top = refused.iter().find(|outcome| outcome.target.as_str() == "meta-c").unwrap();
    assert_eq!(reason(top), "refused-daily-cap");
    bench.meta.edit("meta-2", |object| object.daily_budget = Some(brl(10)));
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-c").status, Status::Active);
}

#[tokio::test]
async fn an_activation_whose_answer_was_lost_is_not_sent_again_days_later() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.settle_seconds = 30;
    let control = bench.open().await;
    control.launch(&plan(), &OneFile).await.unwrap();
    bench.clock.advance(SignedDuration::from_mins(1));
    bench.meta.fail_next([Fault::None; 6].into_iter().chain([Fault::LostBefore]));
    control.activate(&plan()).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(reason(&control.reconcile().await.unwrap()[0]), "refused-interrupted");
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
}

#[tokio::test]
async fn undo_restores_the_budget() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    assert_eq!(one(&control, budget("meta-1", 10, 7)).await.state, JournalState::Confirmed);
    let outcomes = control.undo(&Tag::new("meta-1")).await.unwrap();
    assert_eq!((outcomes[0].state, outcomes[1].state), (JournalState::Confirmed, JournalState::Compensated));
    assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(10)));
}

#[tokio::test]
async fn proposals_keep_within_every_limit() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 11)).await), "refused-learning");
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 6)).await), "refused-cut-too-large");
    assert_eq!(reason(&one(&control, budget("meta-1", 9, 8)).await), "refused-drift");
    assert_eq!(reason(&one(&control, budget("meta-9", 10, 9)).await), "refused-unknown-object");
    bench.clock.advance(SignedDuration::from_hours(72));
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 13)).await), "refused-raise-too-large");
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 12)).await), "refused-daily-cap");
    let moved = control.submit(&[budget("meta-1", 10, 12), budget("google-1", 10, 8)]).await.unwrap();
    assert_states(&moved, JournalState::Confirmed);
    assert_eq!(moved[0].target, Tag::new("google-1"));
    assert_eq!(one(&control, budget("google-1", 8, 7)).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("google-1", 7, 6)).await), "refused-changes-per-day");
}

#[tokio::test]
async fn money_that_may_have_been_spent_today_is_not_moved_before_tomorrow() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72 + 12));
    assert_eq!(one(&control, budget("google-1", 10, 8)).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 12)).await), "refused-daily-cap");
    let paused = change("google-2", ChangeKind::Pause, "episode");
    assert_eq!(one(&control, paused).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 12)).await), "refused-daily-cap");
    bench.clock.advance(SignedDuration::from_hours(12));
    assert_eq!(one(&control, budget("meta-1", 10, 12)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn a_raise_that_was_taken_back_counts_for_its_day_all_the_same() {
    let mut bench = Bench::new().await;
    (bench.options.limits.daily_cap, bench.options.limits.weekly_cap) = (brl(84), brl(588));
    bench.options.limits.lifetime_cap = brl(500);
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72 + 12));
    assert_eq!(one(&control, budget("google-1", 10, 12)).await.state, JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_hours(6));
    let taken_back = control.undo(&Tag::new("google-1")).await.unwrap();
    assert_eq!(taken_back[1].state, JournalState::Compensated);
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 12)).await), "refused-daily-cap");
    bench.clock.advance(SignedDuration::from_hours(6));
    assert_eq!(one(&control, budget("meta-1", 10, 12)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn a_budget_that_somebody_raised_counts_for_its_day_after_the_ad_set_was_paused() {
    let mut bench = Bench::new().await;
    (bench.options.limits.daily_cap, bench.options.limits.weekly_cap) = (brl(84), brl(588));
    bench.options.limits.lifetime_cap = brl(500);
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72 + 12));
    bench.google.edit("google-2", |object| object.daily_budget = Some(brl(14)));
    let paused = change("google-2", ChangeKind::Pause, "episode");
    assert_eq!(one(&control, paused).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 12)).await), "refused-daily-cap");
    bench.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 12)).await), "refused-daily-cap");
    bench.clock.advance(SignedDuration::from_hours(11));
    assert_eq!(one(&control, budget("meta-1", 10, 12)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn a_paused_ad_set_counts_for_its_day_beside_an_older_step_that_is_not_settled() {
    let mut bench = Bench::new().await;
    (bench.options.limits.daily_cap, bench.options.limits.weekly_cap) = (brl(80), brl(560));
    bench.options.limits.lifetime_cap = brl(500);
    drop(bench.running().await);
    Arc::get_mut(&mut bench.google).unwrap().capabilities.settle_seconds = 30;
    let control = bench.open().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    bench.google.fail_next([Fault::NotNow]);
    let open = one(&control, change("google-c", ChangeKind::Activate, "again")).await;
    assert_eq!(open.state, JournalState::Unknown);
    bench.clock.advance(SignedDuration::from_hours(30));
    let paused = change("google-2", ChangeKind::Pause, "episode");
    assert_eq!(one(&control, paused).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 11)).await), "refused-daily-cap");
}

#[tokio::test]
async fn the_last_active_ad_and_a_fourth_pause_in_an_hour_are_refused() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let pause = |tag: &str| change(tag, ChangeKind::Pause, "episode");
    assert_eq!(reason(&one(&control, pause("meta-c")).await), "refused-last-active-ad");
    for tag in ["meta-1a", "meta-1b", "meta-2a"] {
        assert_eq!(one(&control, pause(tag)).await.state, JournalState::Confirmed);
    }
    assert_eq!(reason(&one(&control, pause("meta-2b")).await), "refused-pauses-per-hour");
    bench.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(reason(&one(&control, pause("meta-2b")).await), "refused-last-active-ad");
}

#[tokio::test]
async fn an_account_that_cannot_be_read_means_no() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.meta.state.lock().unwrap().is_down = true;
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-read-failed");
}

#[tokio::test]
async fn an_amount_that_somebody_changed_by_hand_is_not_overwritten() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(1));
    bench.meta.edit("meta-1", |object| object.daily_budget = Some(brl(5)));
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-drift");
}

#[tokio::test]
async fn missing_files_are_named() {
    let mut bench = Bench::new().await;
    let mut wanted = plan();
    wanted.missing.push(crate::model::MissingFile {
        asset: "reel".into(),
        kind: crate::model::MediaKind::Video,
        width: 1080,
        height: 1920,
        length_ms: None,
        crop: None,
        message: crate::model::Message::new("x"),
    });
    let error = bench.open().await.launch(&wanted, &OneFile).await.unwrap_err();
    assert!(error.to_string().contains("reel"), "{error}");
    bench.options.mode = Mode::DryRun;
    let outcomes = bench.open().await.launch(&wanted, &OneFile).await.unwrap();
    assert_states(&outcomes, JournalState::Refused);
}

#[tokio::test]
async fn intents_go_to_the_emergency_file_while_the_database_is_gone_and_into_the_chain_afterwards() {
    let mut bench = Bench::new().await;
    bench.options.emergency_file = Some(bench.folder.path().join("emergency.jsonl"));
    let broken = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(5) });
    let control = bench.open_on(broken).await.unwrap();
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    let before = verify(bench.database.as_ref()).await.unwrap().entries;
    let sent = bench.google.requests().len();
    let control = {
        drop(control);
        bench.open().await
    };
    let after = verify(bench.database.as_ref()).await.unwrap();
    assert!((1..6).contains(&before) && after.entries > 20 && after.is_intact, "{after:?}");
    assert!(!bench.folder.path().join("emergency.jsonl").exists());
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_eq!(bench.google.requests().len(), sent);
}

#[tokio::test]
async fn without_journal_and_emergency_file_nothing_is_sent() {
    let bench = Bench::new().await;
    let broken = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(0) });
    let control = bench.open_on(broken).await.unwrap();
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert!(bench.meta.requests().is_empty());
}

/// Whether an error is the one that the connector's own code failed with.
fn is_own(mut error: Error) -> bool {
    error.kind() == ErrorKind::UserCode && error.take_source().is_some_and(|source| source.is::<OwnError>())
}

#[tokio::test]
async fn an_error_of_a_connector_s_own_code_comes_back_and_what_it_was_doing_is_found_out_later() {
    for place in 0..3 {
        let bench = Bench::new().await;
        let control = bench.open().await;
        bench.google.fail_next(std::iter::repeat_n(Fault::None, place).chain([Fault::UserCode]));
        let launched = async {
            control.launch(&plan(), &OneFile).await?;
            control.activate(&plan()).await
        };
        assert!(is_own(launched.await.unwrap_err()), "write {place}");
        let open = control.outcomes().await.unwrap();
        assert!(open.iter().any(|one| one.state == JournalState::Unknown && reason(one) == "unknown-user-code"));
        let control = bench.open().await;
        assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
        assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
        assert_eq!(bench.google.count("google-c"), 1, "nothing is made twice");
    }
}

#[tokio::test]
async fn reading_that_fails_in_a_connector_s_own_code_is_no_account_that_is_down() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.google.state.lock().unwrap().is_broken = true;
    assert!(is_own(control.launch(&plan(), &OneFile).await.unwrap_err()));
    assert!(is_own(control.activate(&plan()).await.unwrap_err()));
    assert!(is_own(control.preview(&plan()).await.unwrap_err()));
    assert!(is_own(control.submit(&[budget("meta-1", 20, 22)]).await.unwrap_err()));
    assert!(is_own(control.undo(&Tag::new("meta-c")).await.unwrap_err()));
    assert!(is_own(control.pause_all().await.unwrap_err()));
    assert_eq!(bench.meta.get("meta-c").status, Status::Paused, "the others are paused all the same");
    assert_eq!(bench.google.get("google-c").status, Status::Paused);
}

#[tokio::test]
async fn taking_back_that_fails_in_a_connector_s_own_code_is_told() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.meta.fail_next([Fault::None, Fault::None, Fault::Rejected, Fault::UserCode]);
    assert!(is_own(control.launch(&plan(), &OneFile).await.unwrap_err()));
    let open = control.outcomes().await.unwrap();
    assert!(open.iter().any(|outcome| outcome.state == JournalState::Compensating), "{open:#?}");
    let control = bench.open().await;
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state != JournalState::Confirmed || outcome.action == "upload"));
}
