//! Custom audiences: found by their exact names, refused by name before anything is made, and filled with customers.

use std::sync::Arc;

use adbrain_core::control::{Control, JournalState, Outcome};
use adbrain_core::http::Secret;
use adbrain_core::model::{Currency, MediaPlan, Platform};
use adbrain_core::platform::linkedin::{LinkedIn, LinkedInConfig};
use adbrain_core::platform::{Customer, CustomerConsent, HashedCustomers, hash_customers};
use adbrain_core::store::Statement;
use adbrain_core::{Connector, ErrorKind};
use adbrain_fakes::google::GoogleApi;
use adbrain_fakes::linkedin::{LinkedInApi, SOURCE_PLATFORM};
use adbrain_fakes::meta::MetaApi;
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::tiktok::TikTokApi;
use adbrain_fakes::{Audiences, Fake, Fault, Faults, Instead, Recorded};

use super::{google, linkedin, meta, tiktok};

async fn open(platform: Platform, stage: &Stage) -> (Fake, Arc<dyn Connector>) {
    match platform {
        Platform::Meta => as_any(meta::open(stage, Faults::default()).await),
        Platform::Google => as_any(google::open(stage, Faults::default()).await),
        Platform::TikTok => as_any(tiktok::open(stage, Faults::default()).await),
        _ => as_any(linkedin::open(stage, Faults::default()).await),
    }
}

fn as_any<C: Connector + 'static>((fake, connector): (Fake, Arc<C>)) -> (Fake, Arc<dyn Connector>) {
    (fake, connector)
}

fn narrowed(platform: Platform, name: &str) -> MediaPlan {
    let mut plan = plan(platform, Currency::BRL);
    for ad_set in &mut plan.campaigns[0].ad_sets {
        ad_set.audience.custom_audiences.insert(platform, vec![name.to_owned()]);
        if platform == Platform::LinkedIn {
            // Its brackets of ages are others.
            ad_set.audience.ages = None;
        }
    }
    plan
}

/// Everything that a launch to a custom audience and the making and filling of one send, on every platform.
pub async fn all_actions() -> Vec<Recorded> {
    let mut recorded = launches().await;
    for platform in Platform::ALL.iter().copied() {
        let scene = Scene::new(platform).await;
        for people in [&["mary@example.com"][..], &["mary@example.com", "joao@example.com"]] {
            scene.filled(&list(platform, people)).await;
            scene.later();
        }
        recorded.extend(scene.fake.recorded());
    }
    recorded
}

async fn launches() -> Vec<Recorded> {
    let mut recorded = Vec::new();
    for platform in Platform::ALL.iter().copied() {
        let stage = Stage::new().await;
        let (fake, connector) = open(platform, &stage).await;
        let plan = narrowed(platform, "Buyers");
        let control = stage.control(connector, &plan).await;
        let outcomes = control.launch(&plan, &Files).await.unwrap();
        assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{platform}: {outcomes:?}");
        recorded.extend(fake.recorded());
    }
    recorded
}

#[tokio::test]
async fn an_ad_set_is_narrowed_to_the_audience_of_that_name() {
    let recorded = launches().await;
    for (platform, id) in
        [("meta", "23850"), ("google", "/userLists/1"), ("tiktok", "7600"), ("linkedin", "urn:li:adSegment:81")]
    {
        let sent = recorded.iter().filter(|request| request.platform == platform && request.method == "POST");
        let with: Vec<_> = sent.filter(|request| request.body.to_string().contains(id)).collect();
        // Google makes the whole tree in one request, the others one ad set at a time.
        assert_eq!(with.len(), if platform == "google" { 1 } else { 2 }, "{platform}: {with:?}");
    }
}

#[tokio::test]
async fn an_unknown_and_a_stale_audience_are_refused_by_name_before_anything_is_made() {
    for name in ["Nobody", "Old list", "buyers"] {
        for platform in Platform::ALL.iter().copied() {
            let stage = Stage::new().await;
            let (fake, connector) = open(platform, &stage).await;
            let before = connector.list().await.unwrap().len();
            let plan = narrowed(platform, name);
            let control = stage.control(connector.clone(), &plan).await;
            let outcomes = control.launch(&plan, &Files).await.unwrap();
            let told = format!("{outcomes:?}");
            assert!(told.contains("custom audience") && told.contains(name), "{platform}: {told}");
            stage.clock.advance(jiff::SignedDuration::from_mins(10));
            assert_eq!(connector.list().await.unwrap().len(), before, "{platform}: {name}");
            let made = fake.recorded().into_iter().filter(|request| {
                let path = request.path.to_lowercase();
                let is_create = ["/campaigns", "/adcampaigngroups", "/campaign/create/", "googleads:mutate"];
                request.method == "POST" && is_create.iter().any(|end| path.ends_with(end))
            });
            assert_eq!(made.count(), 0, "{platform}: {name}");
        }
    }
}

/// The name of the audience that is filled.
const NAME: &str = "Best customers";

/// E-mail addresses as a platform matches them, and a phone number where an audience holds both.
fn list(platform: Platform, emails: &[&str]) -> HashedCustomers {
    let mut people: Vec<_> = emails.iter().map(|email| Customer::Email(Secret::new(*email))).collect();
    if platform != Platform::TikTok {
        people.push(Customer::Phone(Secret::new("+55 11 98765-4321")));
    }
    hash_customers(platform, &people, CustomerConsent::Given).unwrap()
}

fn canaries(platform: Platform) -> HashedCustomers {
    list(platform, &["canary1@example.com", "canary2@example.com"])
}

/// The hashes of a list, in their order.
fn hashes(customers: &HashedCustomers) -> Vec<String> {
    let mut all = [customers.emails(), customers.phones()].concat();
    all.sort();
    all
}

/// One account on its fake, a control over it, and a look at its audiences.
struct Scene {
    platform: Platform,
    stage: Stage,
    fake: Fake,
    connector: Arc<dyn Connector>,
    audiences: Audiences,
}

impl Scene {
    async fn new(platform: Platform) -> Self {
        let stage = Stage::new().await;
        let faults = Faults::default();
        let (audiences, (fake, connector)) = match platform {
            Platform::Meta => {
                let api = MetaApi::new(stage.clock());
                (api.audiences(), as_any(meta::open_on(&stage, api, faults).await))
            }
            Platform::Google => {
                let api = GoogleApi::new(stage.clock());
                (api.audiences(), as_any(google::open_on(&stage, api, faults).await))
            }
            Platform::TikTok => {
                let api = TikTokApi::new(stage.clock());
                (api.audiences(), as_any(tiktok::start(&stage, api, faults).await))
            }
            _ => {
                let api = LinkedInApi::new(stage.clock());
                let audiences = api.audiences();
                let fake = Fake::start(api, faults).await.unwrap();
                let config =
                    LinkedInConfig { source_platform: Some(SOURCE_PLATFORM.to_owned()), ..linkedin::config(&fake) };
                let database = stage.database.clone();
                let account = LinkedIn::open(config, stage.remote(), database, stage.clock()).await.unwrap();
                (audiences, as_any((fake, Arc::new(account))))
            }
        };
        Self { platform, stage, fake, connector, audiences }
    }

    async fn control(&self) -> Control {
        self.stage.control(self.connector.clone(), &plan(self.platform, Currency::BRL)).await
    }

    /// Long enough for the account to show what was written.
    fn later(&self) {
        self.stage.clock.advance(jiff::SignedDuration::from_mins(10));
    }

    /// Fills the audience, with other tries later where it was put off.
    async fn filled(&self, customers: &HashedCustomers) -> Outcome {
        let mut outcome = self.control().await.fill_audience(NAME, customers).await.unwrap();
        for minutes in [13 * 60, 2] {
            if outcome.state == JournalState::Unknown {
                self.stage.clock.advance(jiff::SignedDuration::from_mins(minutes));
                outcome = self.control().await.fill_audience(NAME, customers).await.unwrap();
            }
        }
        assert_eq!(outcome.state, JournalState::Confirmed, "{}: {outcome:?}", self.platform);
        outcome
    }

    /// One audience of the name, with exactly these people in it.
    fn check(&self, customers: &HashedCustomers, case: &str) {
        let found = self.audiences.named(NAME);
        assert_eq!(found.len(), 1, "{} {case}: {found:?}", self.platform);
        assert_eq!(found[0].people.iter().cloned().collect::<Vec<_>>(), hashes(customers), "{} {case}", self.platform);
    }

    /// Every row that the store holds of the journal, as text.
    async fn journal(&self) -> String {
        let rows = Statement::new("SELECT * FROM journal ORDER BY seq", []);
        format!("{:?}", self.stage.database.query(rows).await.unwrap())
    }
}

#[tokio::test]
async fn an_audience_is_made_once_takes_more_people_later_and_narrows_ads_by_its_name() {
    for platform in Platform::ALL.iter().copied() {
        let scene = Scene::new(platform).await;
        scene.filled(&canaries(platform)).await;
        scene.check(&canaries(platform), "made");
        let sent = scene.fake.writes();
        scene.filled(&canaries(platform)).await;
        assert_eq!(scene.fake.writes(), sent, "{platform}: the same list is sent once");
        scene.later();
        let more = list(platform, &["canary1@example.com", "canary2@example.com", "canary3@example.com"]);
        scene.filled(&more).await;
        scene.check(&more, "filled again");
        let plan = narrowed(platform, NAME);
        let outcomes = scene.stage.control(scene.connector.clone(), &plan).await.launch(&plan, &Files).await.unwrap();
        assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{platform}: {outcomes:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_and_a_cut_at_each_write_make_no_second_audience_and_lose_nobody() {
    for platform in Platform::ALL.iter().copied() {
        let scene = Scene::new(platform).await;
        scene.filled(&canaries(platform)).await;
        let writes = scene.fake.writes();
        let faults = [Fault::FailsBefore, Fault::FailsAfter, Fault::CutAfter(0), Fault::CutAfter(20), Fault::Throttled];
        for (write, fault) in (1..=writes).flat_map(|write| faults.map(|fault| (write, fault))) {
            let scene = Scene::new(platform).await;
            scene.fake.fail(Faults::at(write, fault));
            scene.filled(&canaries(platform)).await;
            scene.check(&canaries(platform), &format!("{fault:?} at write {write}"));
        }
        println!("{platform}: {writes} writes, each with {} faults", faults.len());
        assert!(writes >= 2, "{platform}");
    }
}

#[tokio::test]
async fn without_consent_nothing_is_hashed_and_nothing_can_be_sent() {
    for platform in Platform::ALL.iter().copied() {
        let scene = Scene::new(platform).await;
        let people = [Customer::Email(Secret::new("canary1@example.com"))];
        let error = hash_customers(platform, &people, CustomerConsent::NotGiven).unwrap_err();
        assert_eq!((error.kind(), error.context_of("field")), (ErrorKind::Refused, Some("consent")));
        assert!(!format!("{error} {error:?} {people:?}").contains("canary"));
        assert_eq!(scene.fake.writes(), 0);
    }
}

#[tokio::test]
async fn neither_addresses_nor_hashes_are_in_the_journal_or_in_what_is_said_even_where_a_platform_quotes_them() {
    for platform in Platform::ALL.iter().copied() {
        let customers = canaries(platform);
        let quoted = hashes(&customers).join(", ");
        for body in [
            serde_json::json!({"error": {"message": format!("bad {quoted}"), "code": 100, "status": "INVALID_ARGUMENT"}}),
            serde_json::json!({"code": 40_002, "message": format!("bad {quoted}"), "data": {}}),
            serde_json::json!({"message": format!("bad {quoted}"), "status": 400}),
        ] {
            let scene = Scene::new(platform).await;
            let body = body.to_string().into_bytes();
            scene.fake.answer_write(1, Instead { is_applied: false, status: 400, header: None, body });
            let outcome = scene.control().await.fill_audience(NAME, &customers).await.unwrap();
            let said = format!("{outcome:?} {customers:?} {}", scene.journal().await);
            assert!(said.contains(NAME) && !said.contains("canary"), "{platform}: {said}");
            assert!(hashes(&customers).iter().all(|hash| !said.contains(hash.as_str())), "{platform}: {said}");
            scene.later();
            scene.filled(&customers).await;
            let kept = scene.journal().await;
            assert!(hashes(&customers).iter().all(|hash| !kept.contains(hash.as_str())), "{platform}: {kept}");
        }
        let bodies =
            |scene: &Scene| scene.fake.recorded().iter().map(|request| request.body.to_string()).collect::<String>();
        let scene = Scene::new(platform).await;
        scene.filled(&customers).await;
        assert!(!bodies(&scene).contains("canary"), "{platform}");
    }
}

#[tokio::test]
async fn nobody_is_added_to_an_audience_that_others_made() {
    for platform in Platform::ALL.iter().copied() {
        let scene = Scene::new(platform).await;
        for name in ["Buyers", "Old list"] {
            let outcome = scene.control().await.fill_audience(name, &canaries(platform)).await.unwrap();
            assert_eq!(outcome.state, JournalState::Refused, "{platform}: {outcome:?}");
            assert!(format!("{outcome:?}").contains(name), "{platform}: {outcome:?}");
        }
        assert_eq!(scene.fake.writes(), 0, "{platform}");
    }
}

#[tokio::test]
async fn what_a_platform_cannot_take_is_refused_before_anything_is_sent() {
    let scene = Scene::new(Platform::TikTok).await;
    let both = [Customer::Email(Secret::new("a@example.com")), Customer::Phone(Secret::new("+55 11 98765-4321"))];
    let both = hash_customers(Platform::TikTok, &both, CustomerConsent::Given).unwrap();
    let outcome = scene.control().await.fill_audience(NAME, &both).await.unwrap();
    assert!(outcome.state == JournalState::Refused && format!("{outcome:?}").contains("an audience of its own"));
    assert_eq!(scene.fake.writes(), 0);
    let stage = Stage::new().await;
    let (fake, connector) = open(Platform::LinkedIn, &stage).await;
    let control = stage.control(connector, &plan(Platform::LinkedIn, Currency::BRL)).await;
    let outcome = control.fill_audience(NAME, &canaries(Platform::LinkedIn)).await.unwrap();
    assert!(
        outcome.state == JournalState::Refused && format!("{outcome:?}").contains("source_platform"),
        "{outcome:?}"
    );
    assert_eq!(fake.writes(), 0);
}
