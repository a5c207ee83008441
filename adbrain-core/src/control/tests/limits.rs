//! Where limits begin and end.

use super::*;
use crate::model::{Currency, Language, MediaPlan, Money};

fn bid(target: &str, before: i64, after: i64) -> Change {
    let kind = ChangeKind::SetBid { before: brl(before), after: brl(after) };
    change(target, kind, &format!("bid {before}to{after}"))
}

#[tokio::test]
async fn caps_in_another_currency_than_the_account_s_stop_everything_but_a_pause() {
    let mut bench = Bench::new().await;
    drop(bench.running().await);
    let dollars = Money::from_micros(80_000_000, Currency::USD);
    bench.options.limits.daily_cap = dollars;
    let control = bench.open().await;
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-currency");
    assert_eq!(reason(&one(&control, change("meta-1", ChangeKind::Activate, "again")).await), "refused-currency");
    let paused = one(&control, change("meta-1a", ChangeKind::Pause, "episode")).await;
    assert_eq!(paused.state, JournalState::Confirmed, "{paused:?}");
}

#[tokio::test]
async fn a_cut_whose_request_was_lost_is_sent_again_although_somebody_passed_the_cap() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(1));
    bench.google.edit("google-1", |object| object.daily_budget = Some(brl(90)));
    bench.meta.fail_next([Fault::LostBefore]);
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.get("meta-1").daily_budget, Some(brl(9)));
}

#[tokio::test]
async fn a_bid_is_changed_from_where_it_stands_or_not_at_all() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    assert_eq!(reason(&one(&control, bid("meta-1", 2, 1)).await), "refused-no-amount");
    bench.meta.edit("meta-1", |object| object.bid = Some(brl(4)));
    assert_eq!(reason(&one(&control, bid("meta-1", 2, 1)).await), "refused-drift");
    assert_eq!(reason(&one(&control, bid("meta-1", 4, 1)).await), "refused-cut-too-large");
    assert_eq!(reason(&one(&control, bid("meta-1", 4, 5)).await), "refused-raise-too-large");
    assert_eq!(reason(&one(&control, bid("meta-1", 4, 0)).await), "refused-bad-amount");
}

#[tokio::test]
async fn an_amount_that_nobody_can_pay_is_refused() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    let to = |micros: i64| {
        let (before, after) = (brl(10), Money::from_micros(micros, Currency::BRL));
        change("meta-1", ChangeKind::SetDailyBudget { before, after }, &format!("to {micros}"))
    };
    for micros in [0, -1_000_000, 9_005_000] {
        assert_eq!(reason(&one(&control, to(micros)).await), "refused-bad-amount", "{micros}");
    }
    let other = Money::from_micros(9_000_000, Currency::USD);
    let kind = ChangeKind::SetDailyBudget { before: brl(10), after: other };
    assert_eq!(reason(&one(&control, change("meta-1", kind, "dollars")).await), "refused-currency");
    assert_eq!(one(&control, to(9_000_000)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn steps_are_taken_up_to_their_limits_and_no_further() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    bench.clock.advance(SignedDuration::from_hours(72));
    let to = |target: &str, micros: i64| {
        let (before, after) = (brl(10), Money::from_micros(micros, Currency::BRL));
        change(target, ChangeKind::SetDailyBudget { before, after }, &format!("to {micros}"))
    };
    let told = |outcome: &Outcome| outcome.reason.as_ref().unwrap().text(Language::English);
    let cut = one(&control, to("meta-1", 6_990_000)).await;
    assert_eq!(reason(&cut), "refused-cut-too-large");
    assert!(told(&cut).contains("30"), "{}", told(&cut));
    assert_eq!(one(&control, to("meta-1", 7_000_000)).await.state, JournalState::Confirmed);
    assert_eq!(reason(&one(&control, to("google-1", 12_010_000)).await), "refused-raise-too-large");
    bench.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(one(&control, to("google-1", 12_000_000)).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn changes_of_a_day_and_pauses_of_an_hour_count_until_it_has_passed() {
    let bench = Bench::new().await;
    let control = bench.running().await;
    for (before, after) in [(10, 9), (9, 8)] {
        assert_eq!(one(&control, budget("meta-1", before, after)).await.state, JournalState::Confirmed);
    }
    bench.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(reason(&one(&control, budget("meta-1", 8, 7)).await), "refused-changes-per-day");
    bench.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(one(&control, budget("meta-1", 8, 7)).await.state, JournalState::Confirmed);

    let pause = |tag: &str, cause: &str| change(tag, ChangeKind::Pause, cause);
    for tag in ["meta-1a", "meta-1b", "meta-2a"] {
        assert_eq!(one(&control, pause(tag, "first")).await.state, JournalState::Confirmed);
    }
    bench.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(reason(&one(&control, pause("meta-2b", "hour")).await), "refused-last-active-ad");
    assert_eq!(one(&control, pause("google-1a", "other")).await.state, JournalState::Confirmed);
}

#[tokio::test]
async fn what_was_in_force_before_a_flight_costs_none_of_its_days() {
    let mut bench = Bench::new().await;
    let mut later = plan();
    for campaign in &mut later.campaigns {
        campaign.flight.start = "2026-12-03".parse().unwrap();
    }
    let control = bench.open().await;
    assert_states(&control.launch(&later, &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_states(&control.activate(&later).await.unwrap(), JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_hours(30));
    assert_eq!(one(&control, budget("meta-1", 10, 7)).await.state, JournalState::Confirmed);
    bench.clock.advance(SignedDuration::from_hours(42));
    // Eight days of 7 and thrice 10, and on the seven days from now on 2 more.
    for (cap, ends) in [(309, "refused-lifetime-cap"), (310, "")] {
        bench.options.limits.lifetime_cap = brl(cap);
        let raised = one(&bench.open().await, budget("google-1", 10, 12)).await;
        assert_eq!(reason(&raised), ends, "cap {cap}");
    }
}

#[tokio::test]
async fn the_least_budget_of_a_platform_is_enough() {
    let mut bench = Bench::new().await;
    Arc::get_mut(&mut bench.meta).unwrap().capabilities.least_daily_budget = brl(10);
    let control = bench.running().await;
    assert_eq!(reason(&one(&control, budget("meta-1", 10, 9)).await), "refused-below-least-budget");
}

#[tokio::test]
async fn real_money_needs_the_advertiser_s_answers() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::Live;
    let control = bench.open().await;
    let open = |special: bool, political: bool| {
        let mut asked = plan();
        for campaign in &mut asked.campaigns {
            campaign.declarations.special_categories = special.then(Vec::new);
            campaign.declarations.is_political = political.then_some(false);
        }
        asked
    };
    for (special, political, field) in [
        (false, false, Some("declarations.special_categories")),
        (false, true, Some("declarations.special_categories")),
        (true, false, Some("declarations.is_political")),
        (true, true, None),
    ] {
        let steps = control.preview(&open(special, political)).await.unwrap();
        let told = steps.iter().filter_map(|step| step.refused.as_ref());
        let mut told =
            told.filter(|reason| reason.key == "refused-declarations").map(|reason| reason.text(Language::English));
        match field {
            Some(field) => assert!(told.next().unwrap().contains(field), "{field}"),
            None => assert_eq!(told.next(), None),
        }
    }
}

/// The plan with marks of its own.
pub(super) fn marked(mark: &str) -> MediaPlan {
    let mut marked = plan();
    let of = |tag: &Tag| Tag::new(format!("{mark}-{tag}"));
    for campaign in &mut marked.campaigns {
        campaign.tag = of(&campaign.tag);
        for set in &mut campaign.ad_sets {
            set.tag = of(&set.tag);
            set.ads.iter_mut().for_each(|ad| ad.tag = of(&ad.tag));
        }
    }
    marked
}

#[tokio::test]
async fn what_a_dry_run_planned_takes_no_room_under_the_caps_and_counts_in_dry_runs() {
    let mut bench = Bench::new().await;
    bench.options.mode = Mode::DryRun;
    bench.options.limits.approvals.none_up_to = Some(brl(200));
    let dry = bench.open().await;
    assert_states(&dry.launch(&marked("dry"), &OneFile).await.unwrap(), JournalState::Planned);
    let second = dry.launch(&plan(), &OneFile).await.unwrap();
    assert!(second.iter().any(|outcome| reason(outcome) == "refused-daily-cap"), "{second:?}");
    drop(dry);
    bench.options.mode = Mode::Sandbox;
    assert_states(&bench.open().await.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
}

#[tokio::test]
async fn a_launch_over_objects_that_are_there_with_other_budgets_counts_what_the_account_shows() {
    let (bench, twin) = (Bench::new().await, Bench::new().await);
    drop(twin.running().await);
    twin.meta.edit("meta-1", |object| object.daily_budget = Some(brl(14)));
    let objects = twin.meta.state.lock().unwrap().objects.clone();
    bench.meta.state.lock().unwrap().objects = objects;
    let outcomes = bench.open().await.launch(&plan(), &OneFile).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state != JournalState::Unknown), "{outcomes:?}");
    assert!(bench.watch.lock().unwrap().highest <= brl(88).micros());
}
