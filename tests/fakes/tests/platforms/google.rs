//! The Google Ads connector over its fake: contract, faults, what goes over the wire.

use std::sync::Arc;

use adbrain_core::control::{Control, JournalState, Outcome};
use adbrain_core::model::{
    AdDraft, BidStrategy, Change, ChangeKind, ContentHash, Currency, Declarations, Format, MediaPlan, Money, Objective,
    Platform, Tag,
};
use adbrain_core::platform::google::{Google, GoogleConfig};
use adbrain_core::platform::{InsightsQuery, InsightsStep, Level, LookUp, RemoteObject, Status, contract};
use adbrain_core::{Connector, Error, ErrorKind};
use adbrain_fakes::google::{CUSTOMER, GoogleApi, LOGO, OTHERS, TOKEN};
use adbrain_fakes::stage::{Files, PICTURE, Stage, plan};
use adbrain_fakes::{Fake, Fault, Faults, Recorded};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn config(fake: &Fake, token: &str) -> GoogleConfig {
    serde_json::from_value(json!({
        "account": CUSTOMER, "token": token, "base_url": fake.url(),
        "business_name": "Example", "logo_asset": LOGO, "login_customer": "1112223333",
    }))
    .unwrap()
}

pub async fn open_on(stage: &Stage, api: GoogleApi, faults: Faults) -> (Fake, Arc<Google>) {
    let fake = Fake::start(api, faults).await.unwrap();
    let google = Google::open(config(&fake, TOKEN), stage.remote(), stage.clock()).await.unwrap();
    (fake, Arc::new(google))
}

pub async fn open(stage: &Stage, faults: Faults) -> (Fake, Arc<Google>) {
    open_on(stage, GoogleApi::new(stage.clock()), faults).await
}

/// One campaign of two ad sets, each with a film.
fn films() -> MediaPlan {
    plan(Platform::Google, Currency::BRL)
}

/// The same with pictures.
fn pictures() -> MediaPlan {
    let mut plan = films();
    for ad in plan.campaigns[0].ad_sets.iter_mut().flat_map(|ad_set| &mut ad_set.ads) {
        ad.creative.format = Format::Stories;
        ad.creative.files = vec![ContentHash::of(PICTURE)];
    }
    plan
}

fn money(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

fn tags(plan: &MediaPlan) -> Vec<Tag> {
    let campaign = &plan.campaigns[0];
    let sets = campaign.ad_sets.iter().flat_map(|set| set.ads.iter().map(|ad| &ad.tag).chain([&set.tag]));
    sets.chain([&campaign.tag]).cloned().collect()
}

async fn launch(stage: &Stage, google: &Arc<Google>, plan: &MediaPlan) -> (Control, Vec<Outcome>) {
    let control = stage.control(google.clone(), plan).await;
    let outcomes = control.launch(plan, &Files).await.unwrap();
    (control, outcomes)
}

fn is_done(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed)
}

/// Every tag once and paused; what others made as it was.
async fn check_account(google: &Google, plan: &MediaPlan, case: &str) {
    let objects = google.list().await.unwrap();
    for tag in tags(plan) {
        let found: Vec<_> = objects.iter().filter(|object| object.tag.as_ref() == Some(&tag)).collect();
        assert_eq!(found.len(), 1, "{case}: {tag}");
        assert_eq!(found[0].status, Status::Paused, "{case}: {tag}");
    }
    assert_eq!(objects.len(), tags(plan).len() + 5, "{case}: {objects:#?}");
    check_others(google, case).await;
}

async fn check_others(google: &Google, case: &str) {
    let objects = google.list().await.unwrap();
    let others: Vec<_> = objects.iter().filter(|object| object.tag.is_none()).collect();
    assert_eq!(others.len(), 5, "{case}: {others:#?}");
    assert!(others.iter().all(|object| object.status == Status::Active && object.name.starts_with(OTHERS)), "{case}");
    let budgets: Vec<_> = others.iter().filter_map(|object| object.daily_budget).map(Money::micros).collect();
    assert_eq!(budgets, [50_000_000, 30_000_000], "{case}");
}

fn first_day() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

async fn found(google: &Google, tag: &str) -> RemoteObject {
    let mut found = google.find(&Tag::new(tag)).await.unwrap();
    assert_eq!(found.len(), 1, "{tag}: {found:?}");
    found.remove(0)
}

#[tokio::test]
async fn the_contract_for_reading_holds() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults::default()).await;
    contract::read_from(google.as_ref(), first_day()).await.unwrap();
    launch(&stage, &google, &pictures()).await;
    stage.clock.advance(SignedDuration::from_mins(10));
    contract::read_from(google.as_ref(), first_day()).await.unwrap();
}

#[tokio::test]
async fn the_contract_for_writing_holds_and_nobody_elses_objects_change() {
    for plan in [pictures(), films()] {
        let stage = Stage::new().await;
        let (_fake, google) = open(&stage, Faults::default()).await;
        for case in stage.contract(google.clone(), &plan).await.unwrap() {
            assert_eq!(case.broken, None, "{}", case.name);
        }
        check_others(&google, "contract").await;
    }
}

/// The writes of a launch: the film is announced and sent, then the picture, then everything in one request.
const WRITES: u64 = 4;

#[tokio::test]
async fn a_lost_or_refused_answer_at_any_write_makes_nothing_twice() {
    let mut met = 0;
    for write in 1..=WRITES {
        for fault in [Fault::FailsBefore, Fault::FailsAfter, Fault::CutAfter(0), Fault::CutAfter(10), Fault::Throttled]
        {
            let case = format!("{fault:?} at write {write}");
            let stage = Stage::new().await;
            let (fake, google) = open(&stage, Faults::at(write, fault)).await;
            let plan = films();
            let (control, mut outcomes) = launch(&stage, &google, &plan).await;
            for _ in 0..3 {
                if is_done(&outcomes) {
                    break;
                }
                stage.clock.advance(SignedDuration::from_mins(10));
                outcomes = control.launch(&plan, &Files).await.unwrap();
            }
            met += u64::from(fake.writes() >= write);
            assert!(is_done(&outcomes), "{case}: {outcomes:?}");
            stage.clock.advance(SignedDuration::from_mins(10));
            check_account(&google, &plan, &case).await;
            assert!(!format!("{outcomes:?}").contains("canary"), "{case}");
        }
    }
    assert_eq!(met, 5 * WRITES);
}

#[tokio::test]
async fn an_expired_token_is_told_and_nothing_is_made() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults((1..100).map(|write| (write, Fault::TokenExpired)).collect())).await;
    let (_, outcomes) = launch(&stage, &google, &pictures()).await;
    assert!(outcomes.iter().any(|outcome| outcome.state == JournalState::Refused), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(google.list().await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_wrong_token_is_told_without_being_shown() {
    let stage = Stage::new().await;
    let fake = Fake::start(GoogleApi::new(stage.clock()), Faults::default()).await.unwrap();
    let wrong = config(&fake, "ya29.other-canary");
    let error = Google::open(wrong, stage.remote(), stage.clock()).await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let recorded = serde_json::to_string(&fake.recorded()).unwrap();
    assert!(!format!("{error} {error:?} {recorded}").contains("canary"), "{error:?}");
}

fn change(target: &str, kind: ChangeKind) -> Change {
    Change { platform: Platform::Google, target: Tag::new(target), kind, cause: "test".to_owned() }
}

/// Each action of the connector once, and what it answers.
pub async fn all_actions() -> Vec<Recorded> {
    let stage = Stage::new().await;
    let (fake, google) = open(&stage, Faults::default()).await;
    let mut plan = films();
    let sets = &mut plan.campaigns[0].ad_sets;
    (sets[0].bid_strategy, sets[0].bid) = (BidStrategy::CostCap, Some(money(2)));
    sets[1].ads[0].creative.format = Format::Carousel;
    sets[1].ads[0].creative.files = vec![ContentHash::of(PICTURE), ContentHash::of(PICTURE)];
    let picture = AdDraft { tag: Tag::new("aba0000000009"), ..pictures().campaigns[0].ad_sets[0].ads[0].clone() };
    sets[1].ads.push(picture);
    let (control, outcomes) = launch(&stage, &google, &plan).await;
    assert!(is_done(&outcomes), "{outcomes:?}");
    let outcomes = control.activate(&plan).await.unwrap();
    assert!(is_done(&outcomes), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_hours(100));
    let changes = [
        change("abs0000000001", ChangeKind::SetDailyBudget { before: money(60), after: money(50) }),
        change(
            "abs0000000001",
            ChangeKind::SetBid { before: money(2), after: Money::from_micros(1_800_000, Currency::BRL) },
        ),
        change("aba0000000009", ChangeKind::Pause),
    ];
    let outcomes = control.submit(&changes).await.unwrap();
    assert!(is_done(&outcomes), "{outcomes:?}");
    control.pause_all().await.unwrap();
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * 2));
    for step in [InsightsStep::Day, InsightsStep::Hour] {
        google.insights(&InsightsQuery { start, end, step }).await.unwrap();
    }
    fake.recorded()
}

/// Every operation that makes something, by its kind.
fn creates(recorded: &[Recorded]) -> Vec<(String, Value)> {
    let operations = recorded.iter().filter_map(|request| request.body["mutateOperations"].as_array()).flatten();
    let made = operations.filter_map(|operation| operation.as_object()?.iter().next());
    made.filter_map(|(kind, inner)| Some((kind.clone(), inner.get("create")?.clone()))).collect()
}

#[tokio::test]
async fn everything_that_can_deliver_is_made_paused() {
    let recorded = all_actions().await;
    let made = creates(&recorded);
    let paused = ["campaignOperation", "adGroupOperation", "adGroupAdOperation"];
    let delivering: Vec<_> = made.iter().filter(|(kind, _)| paused.contains(&kind.as_str())).collect();
    assert_eq!(delivering.len(), 2 + 2 + 3);
    for (kind, create) in delivering {
        assert_eq!(create["status"], "PAUSED", "{kind}: {create}");
    }
    assert!(!serde_json::to_string(&recorded).unwrap().contains("canary"));
}

#[tokio::test]
async fn a_tree_is_one_request_with_one_google_campaign_and_budget_per_ad_set() {
    let stage = Stage::new().await;
    let (fake, google) = open(&stage, Faults::default()).await;
    launch(&stage, &google, &pictures()).await;
    let recorded = fake.recorded();
    let mutates = recorded.iter().filter(|request| request.path.ends_with("googleAds:mutate")).count();
    assert_eq!(mutates, 1);
    let made = creates(&recorded);
    let of = |kind: &str| made.iter().filter(|(found, _)| found == kind).map(|(_, create)| create).collect::<Vec<_>>();
    assert_eq!((of("campaignGroupOperation").len(), of("campaignOperation").len()), (1, 2));
    let amounts: Vec<_> = of("campaignBudgetOperation").iter().map(|budget| budget["amountMicros"].clone()).collect();
    assert_eq!(amounts, ["60000000", "60000000"]);
    let campaign = of("campaignOperation")[0];
    assert_eq!(campaign["containsEuPoliticalAdvertising"], "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING");
    assert_eq!(
        (&campaign["startDateTime"], &campaign["endDateTime"]),
        (&json!("2026-12-01 00:00:00"), &json!("2026-12-10 23:59:59"))
    );
    let places: Vec<_> = of("adGroupCriterionOperation").iter().filter_map(|one| one.get("location")).collect();
    assert_eq!(places, [&json!({"geoTargetConstant": "geoTargetConstants/2076"}); 2]);
    let ids: Vec<_> =
        made.iter().filter_map(|(_, create)| create["resourceName"].as_str()?.rsplit('/').next()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "each name that stands for a new resource has a number of its own");
}

#[tokio::test]
async fn a_campaign_is_paused_and_let_go_with_all_of_its_google_campaigns() {
    let stage = Stage::new().await;
    let (fake, google) = open(&stage, Faults::default()).await;
    let plan = pictures();
    let (control, _) = launch(&stage, &google, &plan).await;
    control.activate(&plan).await.unwrap();
    let campaign = found(&google, "abc0000000001").await;
    assert_eq!((campaign.level, campaign.status, campaign.daily_budget), (Level::Campaign, Status::Active, None));
    let set = found(&google, "abs0000000002").await;
    assert_eq!((set.status, set.parent, set.daily_budget), (Status::Active, Some(campaign.id), Some(money(60))));
    control.pause_all().await.unwrap();
    assert_eq!(found(&google, "abc0000000001").await.status, Status::Paused);
    let last = fake.recorded().into_iter().rfind(|request| request.path.ends_with("googleAds:mutate")).unwrap();
    let operations = last.body["mutateOperations"].as_array().unwrap();
    assert_eq!(operations.len(), 2);
    assert!(operations.iter().all(|one| one["campaignOperation"]["updateMask"] == "status"), "{operations:?}");
}

#[tokio::test]
async fn what_is_added_later_is_made_below_what_is_there() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults::default()).await;
    let whole = pictures();
    let mut first = whole.clone();
    first.campaigns[0].ad_sets.truncate(1);
    let (control, outcomes) = launch(&stage, &google, &first).await;
    assert!(is_done(&outcomes), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_mins(10));
    let mut more = whole.clone();
    let second = AdDraft { tag: Tag::new("aba0000000009"), ..more.campaigns[0].ad_sets[0].ads[0].clone() };
    more.campaigns[0].ad_sets[0].ads.push(second);
    let outcomes = control.launch(&more, &Files).await.unwrap();
    assert!(is_done(&outcomes), "{outcomes:?}");
    stage.clock.advance(SignedDuration::from_mins(10));
    check_account(&google, &more, "later").await;
    let campaign = found(&google, "abc0000000001").await.id;
    assert_eq!(found(&google, "abs0000000002").await.parent, Some(campaign));
}

#[tokio::test]
async fn reports_carry_our_tags_and_add_up() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults::default()).await;
    launch(&stage, &google, &pictures()).await;
    stage.clock.advance(SignedDuration::from_mins(10));
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(48));
    let rows = google.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap();
    assert_eq!(rows.len(), 3 * 2);
    let ours = rows.iter().find(|row| row.path.ad == "aba0000000001").unwrap();
    assert_eq!((ours.path.campaign.as_str(), ours.path.ad_set.as_str()), ("abc0000000001", "abs0000000001"));
    assert!(
        rows.iter().any(|row| row.path.campaign.starts_with("campaigns/") && row.path.ad.starts_with("adGroupAds/"))
    );
    let metrics = &ours.metrics;
    assert_eq!((metrics.impressions, metrics.clicks, metrics.conversions), (2_400, 48, 1));
    assert_eq!((metrics.spend.micros(), metrics.revenue.micros()), (24_000_000, 50_500_000));
}

#[tokio::test]
async fn a_film_that_is_still_processed_keeps_its_ads_from_being_made_and_makes_nothing_twice() {
    let stage = Stage::new().await;
    let api = GoogleApi::new(stage.clock()).with_slow_films(45);
    let (fake, google) = open_on(&stage, api, Faults::default()).await;
    let plan = films();
    let (_, outcomes) = launch(&stage, &google, &plan).await;
    assert!(is_done(&outcomes), "{outcomes:?}");
    check_account(&google, &plan, "slow film").await;
    let sent = fake.recorded().iter().filter(|request| request.path.starts_with("/resumable/session/")).count();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_picture_that_is_there_under_another_name_is_told() {
    let stage = Stage::new().await;
    // The picture of the stage in base64.
    let api = GoogleApi::new(stage.clock()).with_picture("theirs.jpg", "YSBwaWN0dXJlIG9mIHRoZSB0ZXN0cw==");
    let (_fake, google) = open_on(&stage, api, Faults::default()).await;
    let (_, outcomes) = launch(&stage, &google, &pictures()).await;
    assert_eq!(outcomes[0].state, JournalState::Refused);
    assert!(format!("{:?}", outcomes[0].reason).contains("theirs.jpg"), "{outcomes:?}");
}

/// Makes a plan into one that the platform cannot take.
type Spoil = fn(&mut MediaPlan);

#[tokio::test]
async fn what_the_platform_cannot_take_is_refused_before_anything_is_sent() {
    let stage = Stage::new().await;
    let (fake, google) = open(&stage, Faults::default()).await;
    let cases: [(&str, Spoil); 6] = [
        ("declarations.is_political", |plan| plan.campaigns[0].declarations.is_political = None),
        ("declarations.special_categories", |plan| plan.campaigns[0].declarations = Declarations::default()),
        ("objective", |plan| plan.campaigns[0].objective = Objective::Awareness),
        ("audience.interests", |plan| plan.campaigns[0].ad_sets[0].audience.interests = vec!["football".to_owned()]),
        ("audience.ages", |plan| plan.campaigns[0].ad_sets[0].audience.ages = Some("30-40".parse().unwrap())),
        ("flight.time_zone", |plan| plan.campaigns[0].flight.time_zone = "America/Sao_Paulo".to_owned()),
    ];
    for (field, spoil) in cases {
        let stage = Stage::new().await;
        let mut plan = pictures();
        spoil(&mut plan);
        let (_, outcomes) = launch(&stage, &google, &plan).await;
        let why = format!("{outcomes:?}");
        assert!(
            outcomes.iter().any(|outcome| outcome.state == JournalState::Refused) && why.contains(field),
            "{field}: {why}"
        );
    }
    let made = fake.recorded().iter().filter(|request| request.path.ends_with("googleAds:mutate")).count();
    assert_eq!(made, 0);
}

#[tokio::test]
async fn what_the_platform_refuses_is_told_with_its_field_and_leaves_nothing_behind() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults::default()).await;
    let mut plan = pictures();
    plan.campaigns[0].ad_sets[1].ads[0].creative.url = String::new();
    plan.campaigns[0].flight.start = "2026-11-01".parse().unwrap();
    let (_, outcomes) = launch(&stage, &google, &plan).await;
    let why = format!("{outcomes:?}");
    assert!(why.contains("start_date_time") && why.contains("CANNOT_SET_DATE_TO_PAST"), "{why}");
    stage.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(google.list().await.unwrap().len(), 5);
}

#[tokio::test]
async fn audience_sizes_are_not_offered() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults::default()).await;
    let audience = serde_json::from_value(json!({"name": "all", "countries": ["BR"]})).unwrap();
    let error: Error = google.look_up(&LookUp::AudienceSize { audience }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn the_least_budget_is_the_platforms_own() {
    let stage = Stage::new().await;
    let (_fake, google) = open(&stage, Faults::default()).await;
    let can = google.capabilities();
    assert_eq!((can.least_daily_budget, can.worst_case_day_percent), (money(25), 200));
    assert!(can.is_sandbox && can.creates_whole_trees && can.settle_seconds >= 30);
}
