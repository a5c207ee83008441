//! What becomes of a plan over two platforms where one of them says no.

use super::*;
use crate::model::{LaunchRule, MediaPlan};

fn best_effort() -> MediaPlan {
    MediaPlan { launch: LaunchRule::BestEffort, ..plan() }
}

fn of(outcomes: &[Outcome], platform: Platform) -> Vec<Outcome> {
    outcomes.iter().filter(|outcome| outcome.platform == platform).cloned().collect()
}

#[tokio::test]
async fn the_usual_plan_is_taken_back_on_all_platforms_where_one_refuses() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.google.fail_next([Fault::None, Fault::Rejected]);
    let outcomes = control.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().any(|outcome| outcome.state == JournalState::Compensated), "{outcomes:#?}");
    assert_eq!((bench.meta.count("meta-c"), bench.google.count("google-c")), (0, 0));
}

#[tokio::test]
async fn best_effort_goes_ahead_on_the_platform_that_took_its_part_and_only_there() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    bench.meta.fail_next([Fault::None, Fault::None, Fault::Rejected]);
    let outcomes = control.launch(&best_effort(), &OneFile).await.unwrap();
    assert_states(&of(&outcomes, Platform::Google), JournalState::Confirmed);
    assert_eq!((bench.meta.count("meta-c"), bench.google.count("google-c")), (0, 1));
    assert_eq!(control.launch(&best_effort(), &OneFile).await.unwrap(), outcomes, "the same list again, nothing sent");
    let activated = control.activate(&best_effort()).await.unwrap();
    assert_states(&of(&activated, Platform::Google), JournalState::Confirmed);
    assert_states(&of(&activated, Platform::Meta), JournalState::Refused);
    assert_eq!(bench.google.get("google-c").status, Status::Active);
    assert_eq!(bench.meta.count("meta-c"), 0);
}

#[tokio::test]
async fn all_campaigns_go_last_and_one_that_cannot_go_pauses_the_others() {
    for (rule, left) in [(LaunchRule::AllOrNothing, Status::Paused), (LaunchRule::BestEffort, Status::Active)] {
        let bench = Bench::new().await;
        let control = bench.open().await;
        let plan = MediaPlan { launch: rule, ..plan() };
        assert_states(&control.launch(&plan, &OneFile).await.unwrap(), JournalState::Confirmed);
        // Ads and ad sets of the second platform go, its campaign does not.
        let below = plan.campaigns[1].ad_sets.iter().map(|set| set.ads.len() + 1).sum();
        let second = if plan.campaigns[1].platform == Platform::Meta { &bench.meta } else { &bench.google };
        second.fail_next(std::iter::repeat_n(Fault::None, below).chain([Fault::Rejected]));
        let outcomes = control.activate(&plan).await.unwrap();
        let first = plan.campaigns[0].tag.as_str();
        let connector = if first.starts_with("meta") { &bench.meta } else { &bench.google };
        assert_eq!(connector.get(first).status, left, "{outcomes:#?}");
        assert_eq!(outcomes.last().unwrap().state, JournalState::Refused);
        assert!(outcomes.len() > below && outcomes[outcomes.len() - 2].action == "activate");
        assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
    }
}

#[tokio::test]
async fn no_campaign_goes_while_an_ad_of_the_plan_could_not() {
    let bench = Bench::new().await;
    let control = bench.open().await;
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    bench.meta.fail_next([Fault::Rejected]);
    let outcomes = control.activate(&plan()).await.unwrap();
    assert_eq!(reason(outcomes.last().unwrap()), "refused-not-ready");
    assert_eq!(
        (bench.meta.get("meta-c").status, bench.google.get("google-c").status),
        (Status::Paused, Status::Paused)
    );
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
}
