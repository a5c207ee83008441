//! Custom audiences: found by their exact names, and refused by name before anything is made.

use std::sync::Arc;

use adbrain_core::Connector;
use adbrain_core::control::JournalState;
use adbrain_core::model::{Currency, MediaPlan, Platform};
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::{Fake, Faults, Recorded};

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

/// Everything that a launch to a custom audience sends, on every platform.
pub async fn all_actions() -> Vec<Recorded> {
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
    let recorded = all_actions().await;
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
