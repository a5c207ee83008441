//! The platforms' own rules of learning and change, beside the limits of the plan: the stricter one counts.

use super::*;
use crate::platform::Pace;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A running plan three days later, on a Meta with rules and a Google without.
async fn with(pace: Pace) -> (Bench, Control) {
    let mut bench = Bench::new().await;
    bench.options.limits.max_changes_per_object_and_day = 10;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.pace = pace;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    (bench, control)
}

#[tokio::test]
async fn a_change_by_more_than_the_platform_calls_significant_begins_the_learning_anew() {
    let (bench, control) = with(Pace { significant_edit_percent: Some(20), ..Pace::default() }).await;
    for platform in ["meta", "google"] {
        let cut = one(&control, budget(&format!("{platform}-1"), 10, 7)).await;
        assert_eq!(cut.state, JournalState::Confirmed, "{platform}");
    }
    assert_eq!(reason(&one(&control, budget("meta-1", 7, 8)).await), "refused-learning");
    assert_eq!(one(&control, budget("google-1", 7, 8)).await.state, JournalState::Confirmed);
    assert_eq!(
        one(&control, budget("meta-2", 10, 8)).await.state,
        JournalState::Confirmed,
        "a fifth is not above a fifth"
    );
    assert_eq!(one(&control, budget("meta-2", 8, 9)).await.state, JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_hours(72));
    assert_eq!(one(&control, budget("meta-1", 7, 8)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn a_change_of_a_budget_too_many_for_the_platform_in_an_hour_is_not_sent() {
    let (bench, control) = with(Pace { edits_per_hour: Some(2), ..Pace::default() }).await;
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(one(&control, budget("meta-1", 9, 8)).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-1", 8, 7)).await), "refused-changes-per-hour");
    assert_eq!(one(&control, budget("meta-2", 10, 9)).await.state, JournalState::Confirmed, "another ad set");
    assert_eq!(one(&control, change("meta-1a", ChangeKind::Pause, "x")).await.state, JournalState::Confirmed);
    bench.clock.advance(HOUR);
    assert_eq!(one(&control, budget("meta-1", 8, 7)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn the_platform_s_changes_of_a_day_hold_back_raises_and_no_cuts() {
    let (bench, control) = with(Pace { edits_per_day: Some(1), ..Pace::default() }).await;
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-1", 9, 10)).await), "refused-changes-per-day");
    assert_eq!(one(&control, budget("meta-1", 9, 8)).await.state, JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(one(&control, budget("meta-1", 8, 9)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn the_longer_of_the_plan_s_and_the_platform_s_learning_holds() {
    let (bench, control) = with(Pace { learning_hours: Some(168), ..Pace::default() }).await;
    assert_eq!(one(&control, budget("google-1", 10, 8)).await.state, JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_hours(48));
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 11)).await), "refused-learning");
    bench.clock.advance(SignedDuration::from_hours(48));
    assert_eq!(one(&control, budget("meta-1", 10, 11)).await.state, JournalState::Confirmed);
}
