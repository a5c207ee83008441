//! The Meta connector over its fake: contract, faults, what goes over the wire.

use std::sync::Arc;
use std::time::Duration;

use adbrain_core::Connector;
use adbrain_core::ErrorKind;
use adbrain_core::control::JournalState;
use adbrain_core::http::{Retry, Secret};
use adbrain_core::model::{Audience, ChangeKind, Currency, MediaPlan, Platform, Tag};
use adbrain_core::platform::meta::{Meta, MetaConfig};
use adbrain_core::platform::{InsightsQuery, InsightsStep, LookUp, RemoteOptions, Status, contract};
use adbrain_fakes::meta::{ACCOUNT, MetaApi, PAGE, TOKEN};
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::{Fake, Fault, Faults, Recorded};
use jiff::{SignedDuration, Timestamp};

/// Reads are tried again at once.
const AT_ONCE: Retry = Retry { attempts: 3, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };

async fn open(stage: &Stage, faults: Faults) -> (Fake, Arc<Meta>) {
    let fake = Fake::start(MetaApi::new(stage.clock()), faults).await.unwrap();
    let config = MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
    let meta = Meta::open(config, RemoteOptions { retry: AT_ONCE }, stage.clock()).await.unwrap();
    (fake, Arc::new(meta))
}

fn a_plan() -> MediaPlan {
    plan(Platform::Meta, Currency::BRL)
}

fn tags(plan: &MediaPlan) -> Vec<Tag> {
    let campaign = &plan.campaigns[0];
    let sets = campaign.ad_sets.iter().flat_map(|set| set.ads.iter().map(|ad| &ad.tag).chain([&set.tag]));
    sets.chain([&campaign.tag]).cloned().collect()
}

/// Every tag once and paused; what others made as it was.
async fn check_account(meta: &Meta, plan: &MediaPlan, case: &str) {
    let objects = meta.list().await.unwrap();
    for tag in tags(plan) {
        let found: Vec<_> = objects.iter().filter(|object| object.tag.as_ref() == Some(&tag)).collect();
        assert_eq!(found.len(), 1, "{case}: {tag}");
        assert_eq!(found[0].status, Status::Paused, "{case}: {tag}");
    }
    check_others(meta, case).await;
}

async fn check_others(meta: &Meta, case: &str) {
    let objects = meta.list().await.unwrap();
    let others: Vec<_> = objects.iter().filter(|object| object.tag.is_none()).collect();
    assert_eq!(others.len(), 3, "{case}");
    assert!(others.iter().all(|object| object.status == Status::Active), "{case}");
    assert_eq!(others[1].daily_budget.unwrap().micros(), 50_000_000, "{case}");
}

fn first_day() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn the_contract_for_reading_holds() {
    let stage = Stage::new().await;
    let (_fake, meta) = open(&stage, Faults::default()).await;
    contract::read_from(meta.as_ref(), first_day()).await.unwrap();
}

#[tokio::test]
async fn the_contract_for_writing_holds_and_nobody_elses_objects_change() {
    let stage = Stage::new().await;
    let (_fake, meta) = open(&stage, Faults::default()).await;
    for case in stage.contract(meta.clone(), &a_plan()).await.unwrap() {
        assert_eq!(case.broken, None, "{}", case.name);
    }
    check_others(&meta, "contract").await;
}

/// A launch makes a campaign, two ad sets, two ads, a picture and a video of several chunks.
#[tokio::test]
async fn a_lost_or_refused_answer_at_any_write_makes_nothing_twice() {
    let mut met = 0;
    for write in 1..=12 {
        for fault in [Fault::FailsBefore, Fault::FailsAfter, Fault::CutAfter(0), Fault::CutAfter(9), Fault::Throttled] {
            let case = format!("{fault:?} at write {write}");
            let stage = Stage::new().await;
            let (fake, meta) = open(&stage, Faults::at(write, fault)).await;
            let (plan, connector) = (a_plan(), meta.clone() as Arc<dyn Connector>);
            let control = stage.control(connector, &plan).await;
            let mut outcomes = control.launch(&plan, &Files).await.unwrap();
            for _ in 0..3 {
                if outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed) {
                    break;
                }
                stage.clock.advance(SignedDuration::from_mins(10));
                outcomes = control.launch(&plan, &Files).await.unwrap();
            }
            met += u64::from(fake.writes() >= write);
            assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{case}: {outcomes:?}");
            stage.clock.advance(SignedDuration::from_mins(10));
            check_account(&meta, &plan, &case).await;
        }
    }
    assert_eq!(met, 5 * 12);
}

#[tokio::test]
async fn an_expired_token_is_told_and_nothing_is_made() {
    let stage = Stage::new().await;
    let (_fake, meta) = open(&stage, Faults((1..100).map(|write| (write, Fault::TokenExpired)).collect())).await;
    let (plan, connector) = (a_plan(), meta.clone() as Arc<dyn Connector>);
    let outcomes = stage.control(connector, &plan).await.launch(&plan, &Files).await.unwrap();
    assert!(outcomes.iter().any(|outcome| outcome.state == JournalState::Refused), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(meta.list().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_wrong_token_is_told_without_being_shown() {
    let stage = Stage::new().await;
    let fake = Fake::start(MetaApi::new(stage.clock()), Faults::default()).await.unwrap();
    let wrong = MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new("EAAB-other-canary"), PAGE) };
    let error = Meta::open(wrong, RemoteOptions { retry: AT_ONCE }, stage.clock()).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let recorded = serde_json::to_string(&fake.recorded()).unwrap();
    assert!(!format!("{error} {error:?} {recorded}").contains("canary"), "{error:?}");
}

/// Each action of the connector once.
pub async fn all_actions() -> Vec<Recorded> {
    let stage = Stage::new().await;
    let (fake, meta) = open(&stage, Faults::default()).await;
    let mut plan = a_plan();
    let set = &mut plan.campaigns[0].ad_sets[0];
    set.audience.interests = vec!["football".into()];
    set.bid_strategy = adbrain_core::model::BidStrategy::CostCap;
    set.bid = Some(adbrain_core::model::Money::from_micros(20_000_000, Currency::BRL));
    let control = stage.control(meta.clone(), &plan).await;
    control.launch(&plan, &Files).await.unwrap();
    let outcomes = control.activate(&plan).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_hours(100));
    let change = |kind| adbrain_core::model::Change {
        platform: Platform::Meta,
        target: Tag::new("abs0000000001"),
        kind,
        cause: "test".into(),
    };
    let money = |units: i64| adbrain_core::model::Money::from_micros(units * 1_000_000, Currency::BRL);
    let changes = [
        change(ChangeKind::SetDailyBudget { before: money(60), after: money(50) }),
        change(ChangeKind::SetBid { before: money(20), after: money(18) }),
    ];
    let outcomes = control.submit(&changes).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{outcomes:?}");
    control.pause_all().await.unwrap();
    for (days, step) in [(40, InsightsStep::Day), (1, InsightsStep::Hour)] {
        let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * days));
        meta.insights(&InsightsQuery { start, end, step }).await.unwrap();
    }
    let audience: Audience =
        serde_json::from_str(r#"{"name": "all", "countries": ["BR"], "interests": ["Fitness"]}"#).unwrap();
    meta.look_up(&LookUp::AudienceSize { audience }).await.unwrap();
    fake.recorded()
}

#[tokio::test]
async fn everything_that_is_made_is_made_paused() {
    let recorded = all_actions().await;
    let made: Vec<_> = recorded
        .iter()
        .filter(|request| request.method == "POST")
        .filter(|request| ["campaigns", "adsets", "ads"].iter().any(|edge| request.path.ends_with(&format!("/{edge}"))))
        .collect();
    assert_eq!(made.len(), 5);
    for request in made {
        assert_eq!(request.body["status"], "PAUSED", "{request:?}");
    }
    assert!(!serde_json::to_string(&recorded).unwrap().contains("canary"));
}

#[tokio::test]
async fn a_report_that_is_too_large_is_asked_for_in_halves_and_adds_up() {
    let stage = Stage::new().await;
    let (fake, meta) = open(&stage, Faults::default()).await;
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * 70));
    let rows = meta.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap();
    assert_eq!(rows.len(), 70);
    assert!(rows.iter().all(|row| row.metrics.impressions == 2_400 && row.metrics.conversions == 8));
    assert_eq!(rows[0].metrics.spend.micros(), 24_000_000);
    let asked = fake.recorded().iter().filter(|request| request.path.ends_with("/insights")).count();
    assert!(asked > 3, "{asked}");
}

#[tokio::test]
async fn what_the_platform_cannot_take_is_refused_before_anything_is_sent() {
    let stage = Stage::new().await;
    let (fake, meta) = open(&stage, Faults::default()).await;
    let refused = async |change: &dyn Fn(&mut MediaPlan)| {
        let mut plan = a_plan();
        change(&mut plan);
        let control = stage.control(meta.clone(), &plan).await;
        let outcomes = control.launch(&plan, &Files).await.unwrap();
        let why = outcomes.iter().filter_map(|outcome| outcome.reason.as_ref()).map(|reason| format!("{reason:?}"));
        why.collect::<Vec<_>>().join(" ")
    };
    let undeclared = refused(&|plan| plan.campaigns[0].declarations.is_political = None).await;
    assert!(undeclared.contains("is_political"), "{undeclared}");
    let made = fake
        .recorded()
        .iter()
        .filter(|request| request.path.ends_with("/campaigns") && request.method == "POST")
        .count();
    assert_eq!(made, 0);
}
