//! The `LinkedIn` connector over its fake: contract, faults, what goes over the wire.

use std::sync::Arc;

use adbrain_core::control::JournalState;
use adbrain_core::http::Secret;
use adbrain_core::model::{
    AgeRange, Audience, BidStrategy, Change, ChangeKind, Currency, Format, MediaPlan, Money, Objective, Platform, Tag,
};
use adbrain_core::platform::linkedin::{LinkedIn, LinkedInConfig, Locale};
use adbrain_core::platform::{InsightsQuery, InsightsStep, LookUp, LookUpAnswer, Status, contract};
use adbrain_core::{Connector, ErrorKind};
use adbrain_fakes::linkedin::{ACCOUNT, LinkedInApi, ORGANIZATION, TOKEN};
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::{Fake, Fault, Faults, Recorded};
use jiff::{SignedDuration, Timestamp};

/// What a launch writes: a video in three parts with its start and end, a picture in one with its start, a group, two campaigns, two
/// creatives.
const WRITES: u64 = 12;

pub fn config(fake: &Fake) -> LinkedInConfig {
    let locale = Locale { country: "BR".into(), language: "pt".into() };
    LinkedInConfig { base_url: fake.url(), ..LinkedInConfig::new(ACCOUNT, Secret::new(TOKEN), ORGANIZATION, locale) }
}

async fn open_with(stage: &Stage, faults: Faults, change: impl Fn(&mut LinkedInConfig)) -> (Fake, Arc<LinkedIn>) {
    start(stage, LinkedInApi::new(stage.clock()), (faults, change)).await
}

pub async fn start(
    stage: &Stage,
    api: LinkedInApi,
    (faults, change): (Faults, impl Fn(&mut LinkedInConfig)),
) -> (Fake, Arc<LinkedIn>) {
    let fake = Fake::start(api, faults).await.unwrap();
    let mut config = config(&fake);
    change(&mut config);
    let linkedin = LinkedIn::open(config, stage.remote(), stage.database.clone(), stage.clock()).await.unwrap();
    (fake, Arc::new(linkedin))
}

pub async fn open(stage: &Stage, faults: Faults) -> (Fake, Arc<LinkedIn>) {
    open_with(stage, faults, |_| {}).await
}

/// The plan of the stage, with ages that `LinkedIn` has brackets for.
pub fn a_plan() -> MediaPlan {
    let mut plan = plan(Platform::LinkedIn, Currency::BRL);
    for ad_set in &mut plan.campaigns[0].ad_sets {
        ad_set.audience.ages = Some(AgeRange { min: 25, max: 54 });
    }
    plan
}

fn tags(plan: &MediaPlan) -> Vec<Tag> {
    let campaign = &plan.campaigns[0];
    let sets = campaign.ad_sets.iter().flat_map(|set| set.ads.iter().map(|ad| &ad.tag).chain([&set.tag]));
    sets.chain([&campaign.tag]).cloned().collect()
}

/// Every tag once and paused; what others made as it was.
async fn check_account(linkedin: &LinkedIn, plan: &MediaPlan, case: &str) {
    let objects = linkedin.list().await.unwrap();
    for tag in tags(plan) {
        let found: Vec<_> = objects.iter().filter(|object| object.tag.as_ref() == Some(&tag)).collect();
        assert_eq!(found.len(), 1, "{case}: {tag}");
        assert_eq!(found[0].status, Status::Paused, "{case}: {tag}");
    }
    check_others(linkedin, case).await;
}

async fn check_others(linkedin: &LinkedIn, case: &str) {
    let objects = linkedin.list().await.unwrap();
    let others: Vec<_> = objects.iter().filter(|object| object.tag.is_none()).collect();
    assert_eq!(others.len(), 3, "{case}");
    assert!(others.iter().all(|object| object.status == Status::Active), "{case}");
    assert_eq!(others[1].daily_budget.unwrap().micros(), 50_000_000, "{case}");
    assert_eq!(
        others.iter().map(|object| object.name.as_str()).collect::<Vec<_>>(),
        ["Summer [old]", "All", "Picture"]
    );
}

fn first_day() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn money(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

fn writes(fake: &Fake) -> usize {
    fake.recorded().iter().filter(|request| request.method != "GET").count()
}

#[tokio::test]
async fn the_contract_for_reading_holds() {
    let stage = Stage::new().await;
    let (_fake, linkedin) = open(&stage, Faults::default()).await;
    contract::read_from(linkedin.as_ref(), first_day()).await.unwrap();
}

#[tokio::test]
async fn the_contract_for_writing_holds_and_nobody_elses_objects_change() {
    let stage = Stage::new().await;
    let (_fake, linkedin) = open(&stage, Faults::default()).await;
    for case in stage.contract(linkedin.clone(), &a_plan()).await.unwrap() {
        assert_eq!(case.broken, None, "{}", case.name);
    }
    check_others(&linkedin, "contract").await;
}

#[tokio::test]
async fn a_lost_or_refused_answer_at_any_write_makes_nothing_twice() {
    for write in 1..=WRITES {
        for fault in [Fault::FailsBefore, Fault::FailsAfter, Fault::CutAfter(0), Fault::CutAfter(10), Fault::Throttled]
        {
            let case = format!("{fault:?} at write {write}");
            let stage = Stage::new().await;
            let (fake, linkedin) = open(&stage, Faults::at(write, fault)).await;
            let plan = a_plan();
            let control = stage.control(linkedin.clone(), &plan).await;
            let mut outcomes = control.launch(&plan, &Files).await.unwrap();
            for _ in 0..3 {
                if outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed) {
                    break;
                }
                stage.clock.advance(SignedDuration::from_mins(10));
                outcomes = control.launch(&plan, &Files).await.unwrap();
            }
            assert!(writes(&fake) as u64 >= WRITES, "{case}: the fault was met");
            assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{case}: {outcomes:?}");
            stage.clock.advance(SignedDuration::from_mins(10));
            check_account(&linkedin, &plan, &case).await;
            let said = format!("{outcomes:?} {}", serde_json::to_string(&fake.recorded()).unwrap());
            assert!(!said.contains("canary"), "{case}");
        }
    }
}

#[tokio::test]
async fn a_launch_without_faults_writes_each_thing_once() {
    let stage = Stage::new().await;
    let (fake, linkedin) = open(&stage, Faults::default()).await;
    let plan = a_plan();
    let control = stage.control(linkedin.clone(), &plan).await;
    control.launch(&plan, &Files).await.unwrap();
    assert_eq!(writes(&fake) as u64, WRITES);
    control.launch(&plan, &Files).await.unwrap();
    assert_eq!(writes(&fake) as u64, WRITES, "a second launch writes nothing");
    stage.clock.advance(SignedDuration::from_mins(10));
    check_account(&linkedin, &plan, "launch").await;
}

#[tokio::test]
async fn an_ad_whose_video_is_still_worked_on_is_made_later_and_once() {
    let stage = Stage::new().await;
    let fake = Fake::start(LinkedInApi::new(stage.clock()).working_for(25), Faults::default()).await.unwrap();
    let linkedin = LinkedIn::open(config(&fake), stage.remote(), stage.database.clone(), stage.clock()).await.unwrap();
    let (linkedin, plan) = (Arc::new(linkedin), a_plan());
    confirmed(&stage.control(linkedin.clone(), &plan).await.launch(&plan, &Files).await.unwrap());
    assert_eq!(writes(&fake) as u64, WRITES, "nothing was sent while the video was worked on");
    stage.clock.advance(SignedDuration::from_mins(10));
    check_account(&linkedin, &plan, "slow video").await;
}

#[tokio::test]
async fn media_are_found_again_by_their_bytes_after_the_process_was_closed() {
    let stage = Stage::new().await;
    let (fake, linkedin) = open(&stage, Faults::default()).await;
    let plan = a_plan();
    stage.control(linkedin, &plan).await.launch(&plan, &Files).await.unwrap();
    let again = LinkedIn::open(config(&fake), stage.remote(), stage.database.clone(), stage.clock()).await.unwrap();
    let mut other = a_plan();
    let campaign = &mut other.campaigns[0];
    campaign.tag = Tag::new("abc0000000002");
    for (index, ad_set) in campaign.ad_sets.iter_mut().enumerate() {
        ad_set.tag = Tag::new(format!("abs000000001{index}"));
        ad_set.ads[0].tag = Tag::new(format!("aba000000001{index}"));
    }
    stage.clock.advance(SignedDuration::from_mins(10));
    let before = fake.recorded().len();
    let outcomes = stage.control(Arc::new(again), &other).await.launch(&other, &Files).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{outcomes:?}");
    let sent: Vec<_> = fake.recorded()[before..].iter().filter(|request| request.method == "PUT").cloned().collect();
    assert!(sent.is_empty(), "{sent:?}");
}

#[tokio::test]
async fn an_expired_token_is_told_and_nothing_is_made() {
    let stage = Stage::new().await;
    let (fake, linkedin) = open(&stage, Faults((1..100).map(|write| (write, Fault::TokenExpired)).collect())).await;
    let plan = a_plan();
    let outcomes = stage.control(linkedin.clone(), &plan).await.launch(&plan, &Files).await.unwrap();
    let refused = outcomes.iter().find(|outcome| outcome.state == JournalState::Refused).unwrap();
    assert!(format!("{:?}", refused.reason).contains("sign the member in again"), "{refused:?}");
    stage.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(linkedin.list().await.unwrap().len(), 3);
    assert!(!format!("{outcomes:?} {}", serde_json::to_string(&fake.recorded()).unwrap()).contains("canary"));
}

#[tokio::test]
async fn a_wrong_token_and_a_version_that_is_gone_are_told_without_a_secret() {
    let stage = Stage::new().await;
    let fake = Fake::start(LinkedInApi::new(stage.clock()), Faults::default()).await.unwrap();
    let open = async |config| {
        LinkedIn::open(config, stage.remote(), stage.database.clone(), stage.clock()).await.map(|_| ()).unwrap_err()
    };
    let wrong = open(LinkedInConfig { token: Secret::new("AQV-other-canary"), ..config(&fake) }).await;
    assert_eq!(wrong.kind(), ErrorKind::Unauthorized);
    let gone = open(LinkedInConfig { version: "202508".into(), ..config(&fake) }).await;
    assert_eq!((gone.kind(), gone.context_of("field")), (ErrorKind::InvalidInput, Some("version")));
    assert!(gone.next_step().unwrap().contains("`version`"));
    let recorded = serde_json::to_string(&fake.recorded()).unwrap();
    assert!(!format!("{wrong} {wrong:?} {gone} {gone:?} {recorded}").contains("canary"));
}

#[tokio::test]
async fn a_version_that_expires_soon_is_warned_of() {
    let stage = Stage::new().await;
    let (_fake, linkedin) = open(&stage, Faults::default()).await;
    assert_eq!(linkedin.capabilities().warnings, []);
    let (_fake, old) = open_with(&stage, Faults::default(), |config| config.version = "202601".into()).await;
    let told = old.capabilities().warnings[0].text(adbrain_core::model::Language::English);
    assert!(told.contains("2027-01-01"), "{told}");
}

/// Each action of the connector once.
pub async fn all_actions() -> Vec<Recorded> {
    let stage = Stage::new().await;
    let (fake, linkedin) = open_with(&stage, Faults::default(), |config| {
        config.seniorities = vec!["Director".into()];
        config.industries = vec!["Software Development".into()];
    })
    .await;
    let mut plan = a_plan();
    let set = &mut plan.campaigns[0].ad_sets[0];
    set.audience.interests = vec!["Cloud Computing".into()];
    set.bid_strategy = BidStrategy::BidCap;
    set.bid = Some(money(20));
    let control = stage.control(linkedin.clone(), &plan).await;
    control.launch(&plan, &Files).await.unwrap();
    confirmed(&control.activate(&plan).await.unwrap());
    stage.clock.advance(SignedDuration::from_hours(100));
    let change = |target: &str, kind| {
        let (platform, target, cause) = (Platform::LinkedIn, Tag::new(target), "test".to_owned());
        Change { platform, target, kind, cause }
    };
    let changes = [
        change("abs0000000001", ChangeKind::SetDailyBudget { before: money(60), after: money(55) }),
        change("abs0000000001", ChangeKind::SetBid { before: money(20), after: money(18) }),
        change("aba0000000002", ChangeKind::Pause),
    ];
    confirmed(&control.submit(&changes).await.unwrap());
    confirmed(&control.pause_all().await.unwrap());
    stage.clock.advance(SignedDuration::from_hours(25));
    let archived = ["aba0000000002", "abs0000000002"].map(|tag| change(tag, ChangeKind::Archive));
    confirmed(&control.submit(&archived).await.unwrap());
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * 40));
    linkedin.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap();
    let audience: Audience = serde_json::from_str(r#"{"name": "all", "countries": ["BR"]}"#).unwrap();
    linkedin.look_up(&LookUp::AudienceSize { audience }).await.unwrap();
    fake.recorded()
}

fn confirmed(outcomes: &[adbrain_core::control::Outcome]) {
    assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{outcomes:?}");
}

#[tokio::test]
async fn everything_that_is_made_says_on_the_wire_that_it_does_not_deliver() {
    let recorded = all_actions().await;
    let is_made =
        |request: &&Recorded, edge: &str| request.method == "POST" && request.path.ends_with(&format!("/{edge}"));
    let made = |edge: &'static str| recorded.iter().filter(|request| is_made(request, edge)).collect::<Vec<_>>();
    assert_eq!([made("adCampaignGroups").len(), made("adCampaigns").len(), made("creatives").len()], [1, 2, 2]);
    for request in made("adCampaignGroups").into_iter().chain(made("adCampaigns")) {
        assert_eq!(request.body["status"], "PAUSED", "{request:?}");
    }
    for request in made("creatives") {
        assert_eq!(request.body["creative"]["intendedStatus"], "DRAFT", "{request:?}");
        assert_eq!(request.body["creative"]["inlineContent"]["post"]["distribution"]["feedDistribution"], "NONE");
    }
    assert!(!serde_json::to_string(&recorded).unwrap().contains("canary"));
}

#[tokio::test]
async fn every_request_carries_the_headers_and_the_encoding_of_linkedin() {
    let recorded = all_actions().await;
    for request in recorded.iter().filter(|request| request.path.starts_with("/rest/")) {
        assert_eq!(request.headers["linkedin-version"], "202608", "{request:?}");
        assert_eq!(request.headers["x-restli-protocol-version"], "2.0.0", "{request:?}");
        assert!(!request.raw_query.contains("urn:") && !request.path.contains("urn:"), "{request:?}");
    }
    let lists: std::collections::BTreeSet<_> = recorded
        .iter()
        .filter(|request| request.path.ends_with("/creatives") && request.method == "GET")
        .map(|request| &request.raw_query)
        .collect();
    assert!(
        lists.iter().any(|query| *query == "q=criteria&intendedStatuses=List(ACTIVE,PAUSED,DRAFT)&pageSize=100"),
        "{lists:?}"
    );
    assert!(lists.iter().any(|query| query.ends_with("&pageToken=at%2F2")), "{lists:?}");
    let budget = recorded.iter().find(|request| !request.body["patch"]["$set"]["dailyBudget"].is_null()).unwrap();
    assert_eq!(budget.headers["x-restli-method"], "PARTIAL_UPDATE");
    assert_eq!(
        budget.body["patch"]["$set"]["dailyBudget"],
        serde_json::json!({"amount": "55.00", "currencyCode": "BRL"})
    );
}

#[tokio::test]
async fn facets_come_from_the_audience_and_from_the_config() {
    let recorded = all_actions().await;
    let made =
        recorded.iter().find(|request| request.method == "POST" && request.path.ends_with("/adCampaigns")).unwrap();
    let facet =
        |name: &str, urns: &[&str]| serde_json::json!({"or": {format!("urn:li:adTargetingFacet:{name}"): urns}});
    assert_eq!(
        made.body["targetingCriteria"]["include"]["and"],
        serde_json::json!([
            facet("locations", &["urn:li:geo:106057199"]),
            facet("ageRanges", &["urn:li:ageRange:(25,34)", "urn:li:ageRange:(35,54)"]),
            facet("genders", &["urn:li:gender:FEMALE"]),
            facet("interests", &["urn:li:interest:101"]),
            facet("seniorities", &["urn:li:seniority:6"]),
            facet("industries", &["urn:li:industry:4"]),
        ])
    );
    assert_eq!((&made.body["unitCost"]["amount"], &made.body["costType"]), (&"20.00".into(), &"CPC".into()));
}

#[tokio::test]
async fn reports_have_one_row_per_ad_and_day_with_our_tags_and_no_hours() {
    let stage = Stage::new().await;
    let (_fake, linkedin) = open(&stage, Faults::default()).await;
    let plan = a_plan();
    stage.control(linkedin.clone(), &plan).await.launch(&plan, &Files).await.unwrap();
    stage.clock.advance(SignedDuration::from_mins(10));
    let (start, end) = (first_day(), first_day() + SignedDuration::from_hours(24 * 40));
    let rows = linkedin.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await.unwrap();
    assert_eq!(rows.len(), 3 * 40);
    let ours: Vec<_> = rows.iter().filter(|row| row.path.ad == "aba0000000001").collect();
    assert_eq!(ours.len(), 40);
    assert_eq!((ours[0].path.campaign.as_str(), ours[0].path.ad_set.as_str()), ("abc0000000001", "abs0000000001"));
    let metrics = &ours[0].metrics;
    assert_eq!((metrics.impressions, metrics.clicks, metrics.conversions), (2_000, 20, 3));
    assert_eq!((metrics.spend, metrics.revenue), (money(40), money(160)));
    assert!(rows.iter().any(|row| row.path.ad.starts_with("urn:li:sponsoredCreative:") && row.path.campaign.starts_with("urn:li:")));
    let hours = linkedin.insights(&InsightsQuery { start, end, step: InsightsStep::Hour }).await.unwrap_err();
    assert_eq!(hours.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_size_below_three_hundred_is_told_as_a_range() {
    let stage = Stage::new().await;
    let (_fake, linkedin) = open(&stage, Faults::default()).await;
    let size = async |country: &str| {
        let audience = serde_json::from_value(serde_json::json!({"name": "all", "countries": [country]})).unwrap();
        linkedin.look_up(&LookUp::AudienceSize { audience }).await
    };
    assert_eq!(size("BR").await.unwrap(), LookUpAnswer::AudienceSize { low: 200_000, high: 200_000 });
    assert_eq!(size("PT").await.unwrap(), LookUpAnswer::AudienceSize { low: 0, high: 299 });
    for unknown in ["XX", "FR"] {
        assert!(size(unknown).await.unwrap_err().to_string().contains("audience.countries"), "{unknown}");
    }
}

#[tokio::test]
async fn what_linkedin_cannot_take_is_refused_by_its_field_and_nothing_stays() {
    type Change<'a> = &'a dyn Fn(&mut MediaPlan);
    let of_the_campaign: [(&str, Change<'_>); 4] = [
        ("declarations.is_political", &|plan| plan.campaigns[0].declarations.is_political = None),
        ("declarations.special_categories", &|plan| plan.campaigns[0].declarations.special_categories = None),
        ("objective", &|plan| plan.campaigns[0].objective = Objective::AppPromotion),
        ("lead_form", &|plan| plan.campaigns[0].objective = Objective::Leads),
    ];
    let of_a_part: [(&str, Change<'_>); 4] = [
        ("audience.ages", &|plan| plan.campaigns[0].ad_sets[1].audience.ages = Some(AgeRange { min: 25, max: 44 })),
        ("audience.countries", &|plan| plan.campaigns[0].ad_sets[1].audience.countries.clear()),
        ("creative.format", &|plan| plan.campaigns[0].ad_sets[0].ads[0].creative.format = Format::Carousel),
        ("creative.copy.headline", &|plan| plan.campaigns[0].ad_sets[0].ads[0].creative.copy[1].text = "x".repeat(201)),
    ];
    for (index, (field, change)) in of_the_campaign.into_iter().chain(of_a_part).enumerate() {
        let stage = Stage::new().await;
        let (fake, linkedin) = open(&stage, Faults::default()).await;
        let mut plan = a_plan();
        change(&mut plan);
        let outcomes = stage.control(linkedin.clone(), &plan).await.launch(&plan, &Files).await.unwrap();
        let refused = outcomes.iter().find(|outcome| outcome.state == JournalState::Refused);
        assert!(
            refused.is_some_and(|outcome| format!("{:?}", outcome.reason).contains(field)),
            "{field}: {outcomes:?}"
        );
        let made = fake
            .recorded()
            .into_iter()
            .filter(|request| request.method == "POST" && request.path.contains("adAccounts"));
        assert!(index >= 4 || made.count() == 0, "{field}");
        stage.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(linkedin.list().await.unwrap().len(), 3, "{field}: what was made before is taken back");
    }
}
