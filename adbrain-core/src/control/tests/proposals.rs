//! Proposals within the limits of a run, refused beyond them, and taken back.

use super::*;

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
async fn undo_restores_the_budget() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    assert_eq!(one(&control, budget("meta-1", 10, 7)).await.state, JournalState::Confirmed);
    let outcomes = control.undo(&Tag::new("meta-1")).await.unwrap();
    assert_eq!((outcomes[0].state, outcomes[1].state), (JournalState::Confirmed, JournalState::Compensated));
    assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(10)));
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
