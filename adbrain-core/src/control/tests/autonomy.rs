//! How far proposals go by themselves.

use super::*;
use crate::control::Autonomy;
use crate::model::MediaPlan;

/// A control over a plan that delivers, in which proposals go as far as `autonomy` says.
async fn running(bench: &mut Bench, autonomy: &str) -> Control {
    let control = bench.open().await;
    control.launch(&plan(), &OneFile).await.unwrap();
    control.activate(&plan()).await.unwrap();
    drop(control);
    bench.options.autonomy = autonomy.parse::<Autonomy>().unwrap();
    bench.options.limits.learning_hours = 0;
    bench.open().await
}

fn daily(plan: &MediaPlan, tag: &str) -> i64 {
    let sets = plan.campaigns.iter().flat_map(|campaign| &campaign.ad_sets);
    sets.filter(|set| set.tag.as_str() == tag).map(|set| set.daily_budget.micros() / 1_000_000).sum()
}

#[tokio::test]
async fn what_is_only_observed_or_in_the_shadow_writes_nothing_and_is_recorded() {
    for (autonomy, state) in [("observe", JournalState::Refused), ("shadow", JournalState::Planned)] {
        let mut bench = Bench::new().await;
        let control = running(&mut bench, autonomy).await;
        let (sent, before) = (bench.meta.requests().len(), daily(&plan(), "meta-1"));
        let change = budget("meta-1", before, before - 1);
        let outcome = one(&control, change.clone()).await;
        assert_eq!(outcome.state, state, "{autonomy}");
        assert_eq!(reason(&outcome), if autonomy == "observe" { "refused-observe" } else { "" });
        assert_eq!(one(&control, change).await, outcome, "once and for all");
        assert_eq!(bench.meta.requests().len(), sent);
        assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(before)));
        assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
    }
}

#[tokio::test]
async fn the_shadow_keeps_the_limits_and_counts_for_nothing() {
    let mut bench = Bench::new().await;
    let control = running(&mut bench, "shadow").await;
    let before = daily(&plan(), "meta-1");
    let refused = one(&control, budget("meta-1", before, before * 3)).await;
    assert_eq!((refused.state, reason(&refused)), (JournalState::Refused, "refused-raise-too-large"));
    for number in 0..5 {
        let mut change = budget("meta-1", before, before - 1);
        change.cause = format!("episode {number}");
        assert_eq!(one(&control, change).await.state, JournalState::Planned, "{number}");
    }
}

#[tokio::test]
async fn a_person_approves_each_also_where_it_lowers_something() {
    let mut bench = Bench::new().await;
    let control = running(&mut bench, "automatic, meta.set_daily_budget=approve").await;
    let before = daily(&plan(), "meta-1");
    let change = budget("meta-1", before, before - 1);
    let outcome = one(&control, change.clone()).await;
    assert_eq!((outcome.state, reason(&outcome)), (JournalState::Refused, "refused-needs-approval"));
    let hash = crate::model::ContentHash::of_value(&change).unwrap();
    control.approve(&hash, "ana", SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(one(&control, change).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(before - 1)));
    let google = daily(&plan(), "google-1");
    assert_eq!(one(&control, budget("google-1", google, google - 1)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn an_order_of_a_person_is_no_proposal() {
    let mut bench = Bench::new().await;
    let control = running(&mut bench, "observe").await;
    let paused = control.pause_all().await.unwrap();
    assert!(!paused.is_empty());
    assert_states(&paused, JournalState::Confirmed);
}
