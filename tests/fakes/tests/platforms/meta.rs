//! The Meta connector over its fake: contract, faults, what goes over the wire.

use std::sync::Arc;

use adbrain_core::clock::Clock as _;
use adbrain_core::control::JournalState;
use adbrain_core::http::Secret;
use adbrain_core::model::{Audience, ChangeKind, Currency, MediaPlan, MetricsRow, Platform, Tag};
use adbrain_core::platform::meta::{Meta, MetaConfig};
use adbrain_core::platform::{InsightsQuery, InsightsStep, LookUp, Status, contract};
use adbrain_core::{Connector, ErrorKind, Result};
use adbrain_fakes::meta::{ACCOUNT, JobFate, MetaApi, PAGE, Question, TOKEN};
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::{Fake, Fault, Faults, Recorded};
use jiff::{SignedDuration, Timestamp};

pub async fn open(stage: &Stage, faults: Faults) -> (Fake, Arc<Meta>) {
    open_on(stage, MetaApi::new(stage.clock()), faults).await
}

pub async fn open_on(stage: &Stage, api: MetaApi, faults: Faults) -> (Fake, Arc<Meta>) {
    let fake = Fake::start(api, faults).await.unwrap();
    let config = MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
    let meta = Meta::open(config, stage.remote(), stage.clock()).await.unwrap();
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
    let error = Meta::open(wrong, stage.remote(), stage.clock()).await.map(|_| ()).unwrap_err();
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

/// Seconds by the clock that listing an account takes.
async fn seconds_to_list(api: impl Fn(&Stage) -> MetaApi) -> i64 {
    let stage = Stage::new().await;
    let (_fake, meta) = open_on(&stage, api(&stage), Faults::default()).await;
    let before = stage.clock.now();
    assert_eq!(meta.list().await.unwrap().len(), 3);
    stage.clock.now().duration_since(before).as_secs()
}

#[tokio::test]
async fn an_account_goes_slower_as_its_limit_is_used_up_and_is_silent_while_it_is_blocked() {
    // Three lists, the first of them without a wait where requests are only spread.
    assert_eq!(seconds_to_list(|stage| MetaApi::new(stage.clock()).used(70, 0)).await, 0);
    assert_eq!(seconds_to_list(|stage| MetaApi::new(stage.clock()).used(90, 0)).await, 6);
    assert_eq!(seconds_to_list(|stage| MetaApi::new(stage.clock()).used(10, 1)).await, 3 * 60);
}

#[tokio::test]
async fn a_blocked_account_fails_at_once_where_it_would_wait_too_long_and_nothing_is_sent() {
    let stage = Stage::new().await;
    let (fake, meta) = open_on(&stage, MetaApi::new(stage.clock()).used(100, 30), Faults::default()).await;
    let (before, asked) = (stage.clock.now(), fake.recorded().len());
    let error = meta.list().await.unwrap_err();
    assert_eq!((error.kind(), error.context_of("class")), (ErrorKind::RateLimited, Some("throttled")));
    assert_eq!(error.context_of("retry_after_seconds"), Some("1800"));
    assert_eq!((fake.recorded().len(), stage.clock.now()), (asked, before));
}

/// Whoever opens the same account keeps to its lane.
#[tokio::test]
async fn two_connectors_of_one_account_share_its_lane() {
    let stage = Stage::new().await;
    let fake = Fake::start(MetaApi::new(stage.clock()).used(100, 30), Faults::default()).await.unwrap();
    let options = stage.remote();
    let config = || MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
    let _first = Meta::open(config(), options.clone(), stage.clock()).await.unwrap();
    let second = Meta::open(config(), options, stage.clock()).await.map(|_| ()).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::RateLimited);
    // Lanes of their own know nothing of it.
    assert!(Meta::open(config(), stage.remote(), stage.clock()).await.is_ok());
}

#[tokio::test]
async fn a_version_that_is_gone_names_its_field() {
    let stage = Stage::new().await;
    let fake = Fake::start(MetaApi::new(stage.clock()), Faults::default()).await.unwrap();
    let config = MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
    let config = MetaConfig { version: "v21.0".to_owned(), ..config };
    let error = Meta::open(config, stage.remote(), stage.clock()).await.map(|_| ()).unwrap_err();
    assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::InvalidInput, Some("version")));
}

#[tokio::test]
async fn a_token_that_ends_soon_is_warned_of() {
    let stage = Stage::new().await;
    let fake = Fake::start(MetaApi::new(stage.clock()), Faults::default()).await.unwrap();
    let config = MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
    let config = MetaConfig { token_expires: Some("2026-12-20".parse().unwrap()), ..config };
    let meta = Meta::open(config, stage.remote(), stage.clock()).await.unwrap();
    let told: Vec<_> = meta.capabilities().warnings.into_iter().map(|warning| warning.key).collect();
    assert_eq!(told, ["platform-token-ends"]);
}

async fn reported(api: impl Fn(&Stage) -> MetaApi, days: i64) -> (Fake, Result<Vec<MetricsRow>>, i64) {
    let stage = Stage::new().await;
    let (fake, meta) = open_on(&stage, api(&stage), Faults::default()).await;
    let (start, end, before) = (first_day(), first_day() + SignedDuration::from_hours(24 * days), stage.clock.now());
    let rows = meta.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await;
    (fake, rows, stage.clock.now().duration_since(before).as_secs())
}

fn check_rows(rows: &[MetricsRow], days: usize) {
    assert_eq!(rows.len(), days);
    assert!(rows.iter().all(|row| row.metrics.impressions == 2_400 && row.metrics.conversions == 8), "{rows:?}");
    assert!(rows.iter().all(|row| row.metrics.spend.micros() == 24_000_000), "{rows:?}");
    let starts: std::collections::BTreeSet<_> = rows.iter().map(|row| row.start).collect();
    assert_eq!(starts.len(), days);
}

fn begun(fake: &Fake) -> usize {
    fake.recorded().iter().filter(|request| request.method == "POST" && request.path.ends_with("/insights")).count()
}

#[tokio::test]
async fn a_report_that_is_too_large_for_an_answer_is_made_as_a_job_and_adds_up() {
    let (fake, rows, seconds) = reported(|stage| MetaApi::new(stage.clock()), 70).await;
    check_rows(&rows.unwrap(), 70);
    assert_eq!(begun(&fake), 1);
    // 5 + 10 + 20 seconds, by the clock and not on the machine.
    assert_eq!(seconds, 35);
}

#[tokio::test]
async fn a_short_report_is_asked_for_at_once_and_a_long_one_never() {
    let (fake, rows, _) = reported(|stage| MetaApi::new(stage.clock()), 30).await;
    check_rows(&rows.unwrap(), 30);
    assert_eq!(begun(&fake), 0);
    let (fake, rows, _) = reported(|stage| MetaApi::new(stage.clock()), 120).await;
    check_rows(&rows.unwrap(), 120);
    assert_eq!(begun(&fake), 1);
    assert!(!fake.recorded().iter().any(|request| request.query.contains_key("time_range")));
}

#[tokio::test]
async fn a_job_that_fails_or_whose_result_is_gone_is_begun_once_more() {
    for fate in [JobFate::Failed, JobFate::Expired] {
        let (fake, rows, _) = reported(|stage| MetaApi::new(stage.clock()).with_jobs(&[fate]), 120).await;
        check_rows(&rows.unwrap(), 120);
        assert_eq!(begun(&fake), 2, "{fate:?}");
    }
}

#[tokio::test]
async fn a_stuck_job_is_given_up_after_half_an_hour_and_its_campaigns_are_asked_for() {
    let (fake, rows, seconds) = reported(|stage| MetaApi::new(stage.clock()).with_jobs(&[JobFate::Stuck]), 120).await;
    check_rows(&rows.unwrap(), 120);
    assert_eq!(begun(&fake), 2);
    assert!((1_800..2_400).contains(&seconds), "{seconds}");
}

/// Only one day of one ad set, and only some of its fields, is small enough.
#[tokio::test]
async fn a_report_is_cut_into_campaigns_ad_sets_days_and_fields_and_merged() {
    let tiny = |question: &Question<'_>| {
        let is_below = !question.owner.starts_with("act_");
        question.level == "ad" && !(is_below && question.days == 1 && question.fields < 11)
    };
    let (fake, rows, _) = reported(|stage| MetaApi::new(stage.clock()).too_large(tiny), 4).await;
    check_rows(&rows.unwrap(), 4);
    let levels: Vec<_> = fake.recorded().iter().filter_map(|request| request.query.get("level").cloned()).collect();
    for level in ["campaign", "adset", "ad"] {
        assert!(levels.iter().any(|found| found == level), "{level}: {levels:?}");
    }
}

#[tokio::test]
async fn a_report_that_no_cut_makes_small_enough_is_an_error() {
    let (_, rows, _) = reported(|stage| MetaApi::new(stage.clock()).too_large(|asked| asked.level == "ad"), 2).await;
    let error = rows.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.context_of("job").is_some(), "{error}");
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
