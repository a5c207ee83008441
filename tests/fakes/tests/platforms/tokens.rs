//! Tokens that are made anew: once for all, once for a request, never with a secret in sight.

use std::sync::Arc;

use adbrain_core::control::JournalState;
use adbrain_core::model::{Currency, Platform};
use adbrain_core::platform::google::{Google, GoogleConfig};
use adbrain_core::platform::linkedin::{LinkedIn, LinkedInConfig};
use adbrain_core::{Connector, ErrorKind, Result};
use adbrain_fakes::google::{CUSTOMER, GoogleApi, LOGO};
use adbrain_fakes::linkedin::LinkedInApi;
use adbrain_fakes::oauth::{CLIENT, Consent, OAuthApi, REFRESH_TOKEN, SECRET};
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::{Fake, Fault, Faults, google, linkedin};
use jiff::SignedDuration;
use serde_json::{Value, json};

const ADWORDS: &str = "https://www.googleapis.com/auth/adwords";

/// A platform, its token endpoint, and what became of the consent.
struct Scene {
    stage: Stage,
    google: Fake,
    oauth: Fake,
    consent: OAuthApi,
}

impl Scene {
    async fn new(faults: Faults) -> Self {
        let stage = Stage::new().await;
        let google = Fake::start(GoogleApi::new(stage.clock()), faults).await.unwrap();
        let consent = OAuthApi::new(google::TOKEN, ADWORDS);
        let oauth = Fake::start(consent.clone(), Faults::default()).await.unwrap();
        Self { stage, google, oauth, consent }
    }

    fn config(&self) -> Value {
        json!({"account": CUSTOMER, "base_url": self.google.url(), "business_name": "Example", "logo_asset": LOGO,
               "refresh": refresh(&self.oauth)})
    }

    async fn open(&self, config: Value) -> Result<Arc<Google>> {
        let config: GoogleConfig = serde_json::from_value(config).unwrap();
        Google::open(config, self.stage.remote(), self.stage.clock()).await.map(Arc::new)
    }

    /// Tokens that were asked for.
    fn made(&self) -> usize {
        self.oauth.recorded().len()
    }
}

fn refresh(oauth: &Fake) -> Value {
    let url = format!("{}/token", oauth.url());
    json!({"client_id": CLIENT, "client_secret": SECRET, "refresh_token": REFRESH_TOKEN, "url": url})
}

#[tokio::test]
async fn a_token_is_made_once_for_everybody_who_waits_and_again_a_minute_before_its_end() {
    let scene = Scene::new(Faults::default()).await;
    let google = scene.open(scene.config()).await.unwrap();
    assert_eq!(scene.made(), 1);
    for (minutes, made) in [(58, 1), (1, 2), (30, 2)] {
        scene.stage.clock.advance(SignedDuration::from_mins(minutes));
        let lists = futures::future::join_all((0..8).map(|_| google.list())).await;
        assert!(lists.iter().all(Result::is_ok));
        assert_eq!(scene.made(), made, "after {minutes} minutes more");
    }
}

#[tokio::test]
async fn a_token_that_expires_in_the_midst_of_a_launch_is_made_anew_and_everything_is_there_once() {
    for write in 1..=4 {
        let scene = Scene::new(Faults::at(write, Fault::TokenExpired)).await;
        let google = scene.open(scene.config()).await.unwrap();
        let plan = plan(Platform::Google, Currency::BRL);
        let control = scene.stage.control(google.clone(), &plan).await;
        let mut outcomes = control.launch(&plan, &Files).await.unwrap();
        if outcomes.iter().any(|outcome| outcome.state != JournalState::Confirmed) {
            scene.stage.clock.advance(SignedDuration::from_mins(10));
            outcomes = control.launch(&plan, &Files).await.unwrap();
        }
        assert!(outcomes.iter().all(|outcome| outcome.state == JournalState::Confirmed), "{write}: {outcomes:?}");
        scene.stage.clock.advance(SignedDuration::from_mins(10));
        let objects = google.list().await.unwrap();
        let ours: Vec<_> = objects.iter().filter(|object| object.tag.is_some()).collect();
        let tags: std::collections::BTreeSet<_> = ours.iter().map(|object| object.tag.clone()).collect();
        assert_eq!(ours.len(), tags.len(), "{write}: {ours:?}");
        assert!(scene.made() >= 2, "{write}");
    }
}

/// The platform may still call the new token expired: it is asked for once more, not for ever.
#[tokio::test]
async fn an_answer_that_stays_expired_ends_after_one_new_token() {
    let scene = Scene::new(Faults::default()).await;
    let other = OAuthApi::new("ya29.other-canary", ADWORDS);
    let oauth = Fake::start(other, Faults::default()).await.unwrap();
    let mut config = scene.config();
    config["refresh"] = refresh(&oauth);
    let error = scene.open(config).await.map(|_| ()).unwrap_err();
    assert_eq!((error.kind(), error.context_of("class")), (ErrorKind::Unauthorized, Some("auth_expired")));
    assert_eq!((oauth.recorded().len(), scene.google.recorded().len()), (2, 2));
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_token_that_is_given_is_used_until_the_platform_calls_it_expired() {
    let scene = Scene::new(Faults::default()).await;
    let mut config = scene.config();
    config["token"] = json!(google::TOKEN);
    let google = scene.open(config.clone()).await.unwrap();
    google.list().await.unwrap();
    assert_eq!(scene.made(), 0);
    config["token"] = json!("ya29.old-canary");
    scene.open(config).await.unwrap();
    assert_eq!(scene.made(), 1);
}

#[tokio::test]
async fn a_refused_refresh_token_is_told_with_what_to_do_and_not_sent_again() {
    for (consent, told) in [(Consent::TakenBack, "authorise the app again"), (Consent::OtherRights, "adwords")] {
        let scene = Scene::new(Faults::default()).await;
        let google = scene.open(scene.config()).await.unwrap();
        scene.consent.set(consent);
        scene.stage.clock.advance(SignedDuration::from_hours(1));
        for _ in 0..3 {
            let error = google.list().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthorized, "{consent:?}");
            assert!(error.next_step().unwrap().contains(told), "{consent:?}: {error}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        }
        assert_eq!(scene.made(), 2, "{consent:?}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_fails_all_who_wait_at_once_and_works_again_later() {
    let scene = Scene::new(Faults::default()).await;
    let google = scene.open(scene.config()).await.unwrap();
    scene.consent.set(Consent::Unreachable);
    scene.stage.clock.advance(SignedDuration::from_hours(1));
    let lists = futures::future::join_all((0..8).map(|_| google.list())).await;
    assert!(lists.iter().all(|list| list.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unavailable)));
    assert_eq!(scene.made(), 2, "one try for eight who wait");
    scene.consent.set(Consent::Given);
    google.list().await.unwrap();
    assert_eq!(scene.made(), 3);
}

#[tokio::test]
async fn a_wrong_app_secret_names_the_fields() {
    let scene = Scene::new(Faults::default()).await;
    let mut config = scene.config();
    config["refresh"]["client_secret"] = json!("GOCSPX-wrong-canary");
    let error = scene.open(config).await.map(|_| ()).unwrap_err();
    assert!(error.next_step().unwrap().contains("refresh.client_secret"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn linkedin_makes_its_tokens_too_and_warns_of_the_end_of_the_refresh_token() {
    let stage = Stage::new().await;
    let fake = Fake::start(LinkedInApi::new(stage.clock()), Faults::default()).await.unwrap();
    let oauth = Fake::start(OAuthApi::new(linkedin::TOKEN, "r_ads_reporting,rw_ads"), Faults::default()).await.unwrap();
    let mut refresh = refresh(&oauth);
    refresh["expires"] = json!("2026-12-24");
    let config: LinkedInConfig = serde_json::from_value(json!({
        "account": linkedin::ACCOUNT, "organization": linkedin::ORGANIZATION, "base_url": fake.url(),
        "locale": {"country": "BR", "language": "pt"}, "refresh": refresh,
    }))
    .unwrap();
    let opened = LinkedIn::open(config, stage.remote(), stage.database.clone(), stage.clock()).await.unwrap();
    opened.list().await.unwrap();
    assert_eq!(oauth.recorded().len(), 1);
    let warned: Vec<_> = opened.capabilities().warnings.into_iter().map(|warning| warning.key).collect();
    assert_eq!(warned, ["platform-refresh-token-ends"]);
}
