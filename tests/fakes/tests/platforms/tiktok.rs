//! The `TikTok` connector over its fake: contract, faults, what goes over the wire.

use std::sync::Arc;

use adbrain_core::control::{JournalState, Outcome};
use adbrain_core::http::Secret;
use adbrain_core::model::{
    AgeRange, BidStrategy, Change, ChangeKind, ContentHash, Currency, Format, MediaPlan, MetricsRow, Money, Objective,
    Platform, SpecialCategory, Tag,
};
use adbrain_core::platform::tiktok::{AppSystem, Identity, IdentityKind, TikTok, TikTokApp, TikTokConfig};
use adbrain_core::platform::{InsightsQuery, InsightsStep, Status, contract};
use adbrain_core::{Connector, Error, ErrorKind};
use adbrain_fakes::stage::{FILM, Files, Stage, plan};
use adbrain_fakes::tiktok::{ACCOUNT, APP, IDENTITY, MUSIC, PIXEL, TOKEN, TaskFate, TikTokApi};
use adbrain_fakes::{Fake, Fault, Faults, Recorded};
use jiff::{SignedDuration, Timestamp};

/// What the fake's account holds of other people: a campaign, an ad group and an ad of either flow.
const OTHERS: usize = 6;

fn money(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

fn config(base_url: String) -> TikTokConfig {
    let identity = Identity { id: IDENTITY.to_owned(), kind: IdentityKind::Custom, business_center: None };
    TikTokConfig {
        base_url,
        pixel_id: Some(PIXEL.to_owned()),
        sales_event: Some("SHOPPING".to_owned()),
        lead_event: Some("FORM".to_owned()),
        app: Some(TikTokApp { id: APP.to_owned(), system: AppSystem::Android }),
        carousel_music_id: Some(MUSIC.to_owned()),
        least_daily_budget: Some(money(20)),
        ..TikTokConfig::new(ACCOUNT, Secret::new(TOKEN), identity)
    }
}

pub async fn open(stage: &Stage, faults: Faults) -> (Fake, Arc<TikTok>) {
    start(stage, TikTokApi::new(stage.clock()), faults).await
}

pub async fn start(stage: &Stage, api: TikTokApi, faults: Faults) -> (Fake, Arc<TikTok>) {
    let fake = Fake::start(api, faults).await.unwrap();
    let options = stage.remote();
    let tiktok = TikTok::open(config(fake.url()), options, stage.clock()).await.unwrap();
    (fake, Arc::new(tiktok))
}

fn a_plan(objective: Objective) -> MediaPlan {
    let mut plan = plan(Platform::TikTok, Currency::BRL);
    plan.campaigns[0].objective = objective;
    plan
}

fn tags(plan: &MediaPlan) -> Vec<Tag> {
    let campaign = &plan.campaigns[0];
    let sets = campaign.ad_sets.iter().flat_map(|set| set.ads.iter().map(|ad| &ad.tag).chain([&set.tag]));
    sets.chain([&campaign.tag]).cloned().collect()
}

fn first_day() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn is_done(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed)
}

async fn launch(stage: &Stage, tiktok: &Arc<TikTok>, plan: &MediaPlan) -> Vec<Outcome> {
    stage.control(tiktok.clone(), plan).await.launch(plan, &Files).await.unwrap()
}

/// Every tag once and paused; what others made as it was.
async fn check_account(tiktok: &TikTok, plan: &MediaPlan, case: &str) {
    let objects = tiktok.list().await.unwrap();
    for tag in tags(plan) {
        let found: Vec<_> = objects.iter().filter(|object| object.tag.as_ref() == Some(&tag)).collect();
        assert_eq!(found.len(), 1, "{case}: {tag}");
        assert_eq!(found[0].status, Status::Paused, "{case}: {tag}");
    }
    check_others(tiktok, case).await;
}

async fn check_others(tiktok: &TikTok, case: &str) {
    let objects = tiktok.list().await.unwrap();
    let others: Vec<_> = objects.iter().filter(|object| object.tag.is_none()).collect();
    assert_eq!(others.len(), OTHERS, "{case}: {others:?}");
    assert!(others.iter().all(|object| object.status == Status::Active), "{case}");
    let budgets: Vec<_> = others.iter().filter_map(|object| object.daily_budget).collect();
    assert_eq!(budgets, [money(50), money(50)], "{case}");
}

#[tokio::test]
async fn the_contract_for_reading_holds() {
    let stage = Stage::new().await;
    let (_fake, tiktok) = open(&stage, Faults::default()).await;
    contract::read_from(tiktok.as_ref(), first_day()).await.unwrap();
}

#[tokio::test]
async fn the_contract_for_writing_holds_in_both_flows_and_nobody_elses_objects_change() {
    for objective in [Objective::Traffic, Objective::Sales] {
        let stage = Stage::new().await;
        let (_fake, tiktok) = open(&stage, Faults::default()).await;
        for case in stage.contract(tiktok.clone(), &a_plan(objective)).await.unwrap() {
            assert_eq!(case.broken, None, "{objective}: {}", case.name);
        }
        check_others(&tiktok, "contract").await;
    }
}

/// A launch uploads a video and a picture and makes a campaign, two ad sets and two ads.
const WRITES: u64 = 7;

async fn faults_at_every_write(objective: Objective) {
    for write in 1..=WRITES {
        for fault in [Fault::FailsBefore, Fault::FailsAfter, Fault::CutAfter(0), Fault::CutAfter(10), Fault::Throttled]
        {
            let case = format!("{objective}: {fault:?} at write {write}");
            let stage = Stage::new().await;
            let (fake, tiktok) = open(&stage, Faults::at(write, fault)).await;
            let plan = a_plan(objective);
            let control = stage.control(tiktok.clone(), &plan).await;
            let mut outcomes = control.launch(&plan, &Files).await.unwrap();
            for _ in 0..3 {
                stage.clock.advance(SignedDuration::from_mins(10));
                outcomes = control.launch(&plan, &Files).await.unwrap();
            }
            assert!(fake.writes() >= write, "{case}");
            assert!(is_done(&outcomes), "{case}: {outcomes:?}");
            check_account(&tiktok, &plan, &case).await;
            assert!(!format!("{outcomes:?}").contains("canary"), "{case}");
        }
    }
}

#[tokio::test]
async fn a_lost_or_refused_answer_at_any_write_makes_nothing_twice_in_the_classic_flow() {
    faults_at_every_write(Objective::Traffic).await;
}

#[tokio::test]
async fn a_lost_or_refused_answer_at_any_write_makes_nothing_twice_in_smart_plus() {
    faults_at_every_write(Objective::Sales).await;
}

#[tokio::test]
async fn an_expired_token_is_told_and_nothing_is_made() {
    let stage = Stage::new().await;
    let (_fake, tiktok) = open(&stage, Faults((1..100).map(|write| (write, Fault::TokenExpired)).collect())).await;
    let outcomes = launch(&stage, &tiktok, &a_plan(Objective::Sales)).await;
    assert!(outcomes.iter().any(|outcome| outcome.state == JournalState::Refused), "{outcomes:?}");
    let why = format!("{outcomes:?}");
    assert!(why.contains("token is wrong or no longer valid") && !why.contains("canary"), "{why}");
    stage.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(tiktok.list().await.unwrap().len(), OTHERS);
}

#[tokio::test]
async fn a_wrong_token_is_told_without_being_shown() {
    let stage = Stage::new().await;
    let fake = Fake::start(TikTokApi::new(stage.clock()), Faults::default()).await.unwrap();
    let wrong = TikTokConfig { token: Secret::new("other-canary"), ..config(fake.url()) };
    let error = TikTok::open(wrong, stage.remote(), stage.clock()).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let recorded = serde_json::to_string(&fake.recorded()).unwrap();
    assert!(!format!("{error} {error:?} {recorded}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_video_that_is_still_processed_stops_its_ad_before_anything_is_sent() {
    let stage = Stage::new().await;
    let api = TikTokApi::new(stage.clock()).processing(20);
    let (fake, tiktok) = start(&stage, api, Faults::default()).await;
    let plan = a_plan(Objective::Sales);
    let outcomes = launch(&stage, &tiktok, &plan).await;
    // The ads wait for the settle window, in which the video gets ready.
    assert!(is_done(&outcomes), "{outcomes:?}");
    assert_eq!(fake.writes(), WRITES);
    stage.clock.advance(SignedDuration::from_mins(10));
    check_account(&tiktok, &plan, "processing").await;
}

#[tokio::test]
async fn a_file_is_uploaded_once_however_often_it_is_asked_for() {
    let stage = Stage::new().await;
    let (fake, tiktok) = open(&stage, Faults::at(1, Fault::FailsAfter)).await;
    let outcomes = launch(&stage, &tiktok, &a_plan(Objective::Traffic)).await;
    assert!(is_done(&outcomes), "{outcomes:?}");
    let uploads = fake.recorded().iter().filter(|request| request.path.ends_with("/upload/")).count();
    assert_eq!(uploads, 2);
    let named = fake.recorded().iter().any(|request| request.body.to_string().contains(ContentHash::of(FILM).as_str()));
    assert!(named);
}

#[tokio::test]
async fn reports_have_one_row_per_ad_and_day_and_count_no_smart_plus_ad_twice() {
    let stage = Stage::new().await;
    let (fake, tiktok) = open(&stage, Faults::default()).await;
    let outcomes = launch(&stage, &tiktok, &a_plan(Objective::Sales)).await;
    assert!(is_done(&outcomes), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_mins(10));
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * 40));
    let rows = tiktok.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap();
    assert_eq!(rows.len(), 4 * 40);
    for row in &rows {
        let metrics = &row.metrics;
        assert_eq!((metrics.impressions, metrics.clicks, metrics.conversions), (2_400, 24, 8));
        assert_eq!((metrics.spend, metrics.revenue), (money(24), money(160)));
    }
    let ours = rows.iter().filter(|row| row.path.campaign == "abc0000000001").collect::<Vec<_>>();
    assert_eq!(ours.len(), 2 * 40);
    assert!(ours.iter().all(|row| row.path.ad_set.starts_with("abs") && row.path.ad.starts_with("aba")));
    let asked = fake.recorded().iter().filter(|request| request.path.ends_with("/report/integrated/get/")).count();
    assert!(asked > 2, "{asked}");
}

/// Each objective, each format, each change, each report.
pub async fn all_actions() -> Vec<Recorded> {
    let mut recorded = Vec::new();
    for objective in Objective::ALL {
        let stage = Stage::new().await;
        let (fake, tiktok) = open(&stage, Faults::default()).await;
        let mut plan = a_plan(*objective);
        let set = &mut plan.campaigns[0].ad_sets[0];
        set.audience.interests = vec!["travel".to_owned()];
        (set.bid_strategy, set.bid) = (BidStrategy::CostCap, Some(money(20)));
        change_everything(&stage, &tiktok, &plan).await;
        recorded.extend(fake.recorded());
    }
    recorded.extend(another_identity().await);
    recorded.extend(a_launch_that_is_taken_back().await);
    recorded.extend(a_carousel().await);
    recorded
}

async fn change_everything(stage: &Stage, tiktok: &Arc<TikTok>, plan: &MediaPlan) {
    let control = stage.control(tiktok.clone(), plan).await;
    let outcomes = control.launch(plan, &Files).await.unwrap();
    assert!(is_done(&outcomes), "{outcomes:?}");
    let outcomes = control.activate(plan).await.unwrap();
    assert!(is_done(&outcomes), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_hours(100));
    let change =
        |kind| Change { platform: Platform::TikTok, target: Tag::new("abs0000000001"), kind, cause: "test".into() };
    let changes = [
        change(ChangeKind::SetDailyBudget { before: money(60), after: money(50) }),
        change(ChangeKind::SetBid { before: money(20), after: money(18) }),
    ];
    let outcomes = control.submit(&changes).await.unwrap();
    assert!(is_done(&outcomes), "{outcomes:?}");
    control.pause_all().await.unwrap();
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * 2));
    for step in [InsightsStep::Day, InsightsStep::Hour] {
        tiktok.insights(&InsightsQuery { start, end, step }).await.unwrap();
    }
    let end = first_day() + SignedDuration::from_hours(24 * 100);
    tiktok.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap();
}

async fn reported(api: impl Fn(&Stage) -> TikTokApi, days: i64) -> (Fake, Result<Vec<MetricsRow>, Error>) {
    let stage = Stage::new().await;
    let (fake, tiktok) = start(&stage, api(&stage), Faults::default()).await;
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * days));
    let rows = tiktok.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await;
    (fake, rows)
}

fn calls(fake: &Fake, path: &str) -> usize {
    fake.recorded().iter().filter(|request| request.path.ends_with(path)).count()
}

#[tokio::test]
async fn a_report_that_is_too_large_or_long_is_made_as_tasks_with_the_same_rows() {
    let (fake, at_once) = reported(|stage| TikTokApi::new(stage.clock()), 40).await;
    assert_eq!(calls(&fake, "/report/task/create/"), 0);
    let (fake, as_tasks) = reported(|stage| TikTokApi::new(stage.clock()).with_large_reports(), 40).await;
    assert_eq!(calls(&fake, "/report/task/create/"), 2);
    let numbers = |rows: Result<Vec<MetricsRow>, Error>| {
        rows.unwrap().into_iter().map(|row| (row.path, row.start, row.metrics)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(at_once), numbers(as_tasks));
    let (fake, rows) = reported(|stage| TikTokApi::new(stage.clock()), 120).await;
    assert_eq!((calls(&fake, "/report/task/create/"), calls(&fake, "/report/integrated/get/")), (4, 0));
    assert!(rows.unwrap().len() >= 120);
}

#[tokio::test]
async fn a_task_that_fails_or_expires_is_begun_once_more_and_a_stuck_one_is_given_up() {
    for (fates, begun) in [(vec![TaskFate::Failed], 5), (vec![TaskFate::Done, TaskFate::Expired], 5)] {
        let (fake, rows) = reported(|stage| TikTokApi::new(stage.clock()).with_tasks(&fates), 120).await;
        assert!(rows.unwrap().len() >= 120, "{fates:?}");
        assert_eq!(calls(&fake, "/report/task/create/"), begun, "{fates:?}");
    }
    let twice = [TaskFate::Failed; 2];
    let (_, rows) = reported(|stage| TikTokApi::new(stage.clock()).with_tasks(&twice), 120).await;
    assert_eq!(rows.unwrap_err().kind(), ErrorKind::Unavailable);
    let (fake, rows) = reported(|stage| TikTokApi::new(stage.clock()).with_tasks(&[TaskFate::Stuck]), 120).await;
    assert_eq!(rows.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(calls(&fake, "/report/task/create/"), 1);
}

/// Ads in the name of an account in a business centre, for a trade with rules of its own, and an app for iOS.
async fn another_identity() -> Vec<Recorded> {
    let mut recorded = Vec::new();
    for objective in [Objective::Traffic, Objective::AppPromotion] {
        let stage = Stage::new().await;
        let fake = Fake::start(TikTokApi::new(stage.clock()), Faults::default()).await.unwrap();
        let (kind, business_center) = (IdentityKind::BusinessCenterAccount, Some("7500".to_owned()));
        let config = TikTokConfig {
            identity: Identity { id: IDENTITY.to_owned(), kind, business_center },
            app: Some(TikTokApp { id: APP.to_owned(), system: AppSystem::Ios }),
            display_name: Some("Brisa".to_owned()),
            ..config(fake.url())
        };
        let tiktok = TikTok::open(config, stage.remote(), stage.clock()).await.unwrap();
        let mut plan = a_plan(objective);
        plan.campaigns[0].declarations.special_categories = Some(vec![SpecialCategory::Housing]);
        let outcomes = launch(&stage, &Arc::new(tiktok), &plan).await;
        assert!(is_done(&outcomes), "{outcomes:?}");
        recorded.extend(fake.recorded());
    }
    recorded
}

/// An ad's text is refused, so everything that was made is deleted again.
async fn a_launch_that_is_taken_back() -> Vec<Recorded> {
    let mut recorded = Vec::new();
    for objective in [Objective::Traffic, Objective::Sales] {
        let stage = Stage::new().await;
        let (fake, tiktok) = open(&stage, Faults::default()).await;
        let mut plan = a_plan(objective);
        plan.campaigns[0].ad_sets[1].ads[0].creative.copy[0].text = "Sale #1".into();
        let outcomes = launch(&stage, &tiktok, &plan).await;
        assert!(outcomes.iter().any(|outcome| outcome.state == JournalState::Refused), "{outcomes:?}");
        assert!(format!("{outcomes:?}").contains("creative.copy"), "{outcomes:?}");
        stage.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(tiktok.list().await.unwrap().len(), OTHERS);
        recorded.extend(fake.recorded());
    }
    recorded
}

/// A carousel of two pictures; the stage has one, so the film's bytes are uploaded as the other.
async fn a_carousel() -> Vec<Recorded> {
    struct Pictures;
    impl adbrain_core::control::FileSource for Pictures {
        fn read(&self, hash: &ContentHash) -> adbrain_core::Result<(adbrain_core::model::MediaKind, Vec<u8>)> {
            Files.read(hash).map(|(_, bytes)| (adbrain_core::model::MediaKind::Image, bytes))
        }
    }
    let mut recorded = Vec::new();
    for objective in [Objective::Traffic, Objective::Leads] {
        let stage = Stage::new().await;
        let (fake, tiktok) = open(&stage, Faults::default()).await;
        let mut plan = a_plan(objective);
        for set in &mut plan.campaigns[0].ad_sets {
            set.ads[0].creative.format = Format::Carousel;
        }
        let outcomes = stage.control(tiktok.clone(), &plan).await.launch(&plan, &Pictures).await.unwrap();
        assert!(is_done(&outcomes), "{outcomes:?}");
        recorded.extend(fake.recorded());
    }
    recorded
}

#[tokio::test]
async fn everything_that_is_made_is_made_switched_off() {
    let recorded = all_actions().await;
    let made = recorded.iter().filter(|request| request.path.ends_with("/create/"));
    let made: Vec<_> = made.filter(|request| !request.path.contains("/report/")).collect();
    assert_eq!(made.len(), 6 * 5 + 2 * 5 + 2 * 4 + 2 * 5);
    for request in made {
        let creative = &request.body["creatives"][0];
        let body = if creative.is_null() { &request.body } else { creative };
        assert_eq!(body["operation_status"], "DISABLE", "{request:?}");
    }
    for end in ["DELETE", "DISABLE", "ENABLE"] {
        assert!(recorded.iter().any(|request| request.body["operation_status"] == end), "{end}");
    }
    assert!(recorded.iter().all(|request| request.path.ends_with('/')));
    assert!(!serde_json::to_string(&recorded).unwrap().contains("canary"));
}

#[tokio::test]
async fn what_tiktok_cannot_take_is_refused_before_anything_is_made() {
    type Spoil = fn(&mut MediaPlan);
    let cases: [(&str, &str, Spoil); 4] = [
        ("declarations", "/campaign/create/", |plan| plan.campaigns[0].declarations.is_political = None),
        ("is_political", "/campaign/create/", |plan| plan.campaigns[0].declarations.is_political = Some(true)),
        ("audience.ages", "/adgroup/create/", |plan| {
            plan.campaigns[0].ad_sets[0].audience.ages = Some(AgeRange { min: 20, max: 44 });
        }),
        ("audience.countries", "/adgroup/create/", |plan| {
            plan.campaigns[0].ad_sets[0].audience.countries = vec!["KP".to_owned()];
        }),
    ];
    for (field, path, spoil) in cases {
        let stage = Stage::new().await;
        let (fake, tiktok) = open(&stage, Faults::default()).await;
        let mut plan = a_plan(Objective::Sales);
        spoil(&mut plan);
        let outcomes = launch(&stage, &tiktok, &plan).await;
        assert!(format!("{outcomes:?}").contains(field), "{field}: {outcomes:?}");
        assert!(!fake.recorded().iter().any(|request| request.path.ends_with(path)), "{field}");
    }
}

#[tokio::test]
async fn an_objective_whose_settings_are_missing_is_refused_with_their_names() {
    let stage = Stage::new().await;
    let fake = Fake::start(TikTokApi::new(stage.clock()), Faults::default()).await.unwrap();
    let bare = TikTokConfig { pixel_id: None, app: None, ..config(fake.url()) };
    let tiktok = TikTok::open(bare, stage.remote(), stage.clock()).await.unwrap();
    let outcomes = launch(&stage, &Arc::new(tiktok), &a_plan(Objective::Sales)).await;
    assert!(format!("{outcomes:?}").contains("tiktok.pixel_id"), "{outcomes:?}");
}
