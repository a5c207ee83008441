//! Caps of accounts and objects, and what other people have in an account.

use super::*;
use crate::model::ObjectId;
use crate::platform::{Level, RemoteObject};

const LEVELS: [Level; 3] = [Level::Campaign, Level::AdSet, Level::Ad];

/// A campaign of other people with one ad set and one ad, each as it stands.
fn add(bench: &Bench, name: &str, daily: i64, status: [Status; 3]) {
    let mut above = None;
    let mut state = bench.meta.state.lock().unwrap();
    for (level, status) in LEVELS.into_iter().zip(status) {
        let id = ObjectId::new(format!("{name}-{}", state.objects.len()));
        let daily_budget = (level == Level::AdSet).then_some(brl(daily));
        let (tag, bid, parent) = (None, None, above.replace(id.clone()));
        let object = RemoteObject { id, tag, parent, level, name: name.to_owned(), status, daily_budget, bid };
        state.objects.push((object, super::super::fake::START.parse().unwrap()));
    }
}

const ON: Status = Status::Active;
const OFF: Status = Status::Paused;

/// What a launch comes to on Meta, whose two ad sets cost 40 on the worst day, beside what other people have there.
async fn launched(cap: i64, others: &[(i64, [Status; 3])]) -> String {
    let mut bench = Bench::new().await;
    bench.options.account_daily_caps.insert(Platform::Meta, brl(cap));
    for (daily, status) in others {
        add(&bench, "theirs", *daily, *status);
    }
    let outcomes = bench.open().await.launch(&plan(), &OneFile).await.unwrap();
    let refused = outcomes.iter().find(|outcome| outcome.state == JournalState::Refused);
    refused.map_or_else(|| "made".to_owned(), |outcome| reason(outcome).to_owned())
}

#[tokio::test]
async fn what_delivers_in_an_account_counts_against_its_cap_whosever_it_is() {
    assert_eq!(launched(40, &[]).await, "made");
    assert_eq!(launched(39, &[]).await, "refused-account-cap");
    assert_eq!(launched(50, &[(5, [ON, ON, ON])]).await, "made");
    assert_eq!(launched(49, &[(5, [ON, ON, ON])]).await, "refused-account-cap");
    assert_eq!(launched(49, &[(5, [ON, ON, OFF])]).await, "refused-account-cap");
    assert_eq!(launched(49, &[(5, [ON, OFF, ON])]).await, "made");
    assert_eq!(launched(49, &[(5, [OFF, ON, ON])]).await, "made");
    assert_eq!(launched(55, &[(5, [ON, ON, ON]), (3, [ON, ON, ON])]).await, "refused-account-cap");
    assert_eq!(launched(55, &[(5, [ON, ON, ON]), (3, [OFF, ON, ON])]).await, "made");
    assert_eq!(launched(55, &[(5, [OFF, ON, ON]), (8, [ON, ON, ON])]).await, "refused-account-cap");
}

#[tokio::test]
async fn an_account_that_is_over_its_cap_is_lowered_and_not_raised() {
    let mut bench = Bench::new().await;
    bench.options.account_daily_caps.insert(Platform::Meta, brl(60));
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    add(&bench, "theirs", 30, [ON; 3]);
    assert_eq!(one(&control, budget("google-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, budget("meta-2", 10, 11)).await), "refused-account-cap");
}

#[tokio::test]
async fn each_ad_set_keeps_within_the_cap_of_one() {
    let mut bench = Bench::new().await;
    bench.options.object_daily_cap = Some(brl(19));
    let outcomes = bench.open().await.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().any(|outcome| reason(outcome) == "refused-object-cap"), "{outcomes:?}");
    bench.options.object_daily_cap = Some(brl(20));
    (bench.options.limits.daily_cap, bench.options.limits.weekly_cap) = (brl(90), brl(630));
    bench.options.limits.lifetime_cap = brl(500);
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 11)).await), "refused-object-cap");
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn the_last_own_ad_is_paused_where_other_people_s_deliver() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let pause = || change("meta-c", ChangeKind::Pause, "episode");
    add(&bench, "stopped", 5, [ON, ON, OFF]);
    assert_eq!(reason(&one(&control, pause()).await), "refused-last-active-ad");
    add(&bench, "held", 5, [OFF, ON, ON]);
    assert_eq!(reason(&one(&control, pause()).await), "refused-last-active-ad");
    add(&bench, "theirs", 5, [ON, ON, ON]);
    assert_eq!(one(&control, pause()).await.state, JournalState::Confirmed);
}
