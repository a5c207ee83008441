//! Sources of people over their fakes: what they count, what they withhold, what goes over the wire.

use adbrain_core::ErrorKind;
use adbrain_core::error::Result;
use adbrain_core::persona::{People, PeopleRead, PeopleSource};
use adbrain_core::platform::RemoteOptions;
use adbrain_fakes::ga4::{self, Ga4Api};
use adbrain_fakes::instagram::{self, InstagramApi};
use adbrain_fakes::{Fake, Faults, Recorded};
use serde_json::{Value, json};

use super::analytics;

async fn read(source: &Value) -> Result<PeopleRead> {
    PeopleSource::from_value(source)?.read(&RemoteOptions::default()).await
}

fn property(fake: &Fake) -> Value {
    json!({"source": "ga4", "property": ga4::PROPERTY, "token": ga4::TOKEN, "base_url": fake.url()})
}

fn followers(fake: &Fake) -> Value {
    json!({"source": "instagram", "account": instagram::ACCOUNT, "token": instagram::TOKEN, "base_url": fake.url()})
}

fn page(fake: &Fake) -> Value {
    json!({"source": "page", "page": instagram::PAGE, "token": instagram::TOKEN, "base_url": fake.url()})
}

fn with(source: &Value, field: &str, value: Value) -> Value {
    let mut source = source.clone();
    source[field] = value;
    source
}

/// Everything that the sources ask, once.
pub async fn all_actions() -> Vec<Recorded> {
    let (google, meta) = (start_analytics(40_000).await, start_insights().await);
    for source in [property(&google), with(&property(&google), "dimensions", json!(["city"]))] {
        read(&source).await.unwrap();
    }
    for breakdown in ["age", "gender", "city", "country"] {
        let source = with(&followers(&meta), "breakdown", json!(breakdown));
        read(&source).await.unwrap();
        read(&with(&source, "audience", json!("engaged"))).await.unwrap();
    }
    read(&page(&meta)).await.unwrap();
    analytics::days_of(&google).await;
    [google.recorded(), meta.recorded()].concat()
}

async fn start_analytics(tokens: i64) -> Fake {
    Fake::start(Ga4Api::with_tokens(tokens), Faults::default()).await.unwrap()
}

async fn start_insights() -> Fake {
    Fake::start(InstagramApi, Faults::default()).await.unwrap()
}

/// People of each profile, in the order of the source.
fn counts(read: &PeopleRead) -> Vec<u64> {
    read.imported.iter().flat_map(|file| &file.profiles).map(|profile| profile.people).collect()
}

fn notes(read: &PeopleRead) -> Vec<&str> {
    read.notes.iter().map(|note| note.key.as_ref()).collect()
}

#[tokio::test]
async fn analytics_is_read_page_by_page_without_today_and_says_what_is_withheld() {
    let fake = start_analytics(40_000).await;
    let found = read(&property(&fake)).await.unwrap();
    assert_eq!((counts(&found), notes(&found)), (vec![420, 260, 210, 180, 900, 75], vec!["people-thresholded"]));
    let asked = fake.recorded();
    assert_eq!(asked.iter().map(|one| one.body["offset"].as_str().unwrap()).collect::<Vec<_>>(), ["0", "4"]);
    assert!(asked.iter().all(|one| one.body["dateRanges"][0]["endDate"] == "yesterday"));
    let cities = read(&with(&property(&fake), "dimensions", json!(["city"]))).await.unwrap();
    assert_eq!((counts(&cities), notes(&cities)), (vec![800, 120, 60], vec![]));
    let mut people = People::default();
    assert_eq!(people.add_file(&found.imported.unwrap()).unwrap().added, 6);
}

#[tokio::test]
async fn a_quota_that_ends_stops_the_report_before_it_is_refused() {
    let fake = start_analytics(15).await;
    let error = read(&property(&fake)).await.unwrap_err();
    assert_eq!((error.kind(), fake.recorded().len()), (ErrorKind::RateLimited, 1), "the second page is not asked for");
    assert!(error.to_string().contains("tokensPerHour"), "{error}");
}

#[tokio::test]
async fn followers_are_read_by_one_breakdown_and_too_few_of_them_are_a_note() {
    let fake = start_insights().await;
    assert_eq!(counts(&read(&followers(&fake)).await.unwrap()), [4, 310, 640, 280]);
    let genders = read(&with(&followers(&fake), "breakdown", json!("gender"))).await.unwrap();
    let profiles = genders.imported.unwrap().profiles;
    assert_eq!(
        profiles.iter().map(|one| (one.gender.is_some(), one.people)).collect::<Vec<_>>(),
        [(true, 820), (true, 390), (false, 24)]
    );
    let engaged = read(&with(&followers(&fake), "audience", json!("engaged"))).await.unwrap();
    assert_eq!(counts(&engaged), [2, 155, 320, 140]);
    let few = read(&with(&followers(&fake), "account", json!(instagram::SMALL_ACCOUNT))).await.unwrap();
    assert_eq!((counts(&few), notes(&few)), (vec![], vec!["people-too-few-followers"]));
    assert_eq!(counts(&read(&page(&fake)).await.unwrap()), [2_410, 61], "the newest day");
}

#[tokio::test]
async fn errors_name_the_source_and_never_its_token() {
    let (google, meta) = (start_analytics(40_000).await, start_insights().await);
    for (source, kind, told) in [
        (with(&property(&google), "token", json!("ya29.canary-old")), ErrorKind::Unauthorized, "ga4/349001122"),
        (with(&property(&google), "property", json!("1")), ErrorKind::Unauthorized, "ga4/1"),
        (with(&property(&google), "dimensions", json!(["city", "hour"])), ErrorKind::InvalidInput, "incompatible"),
        (with(&followers(&meta), "token", json!("EAAB-canary-old")), ErrorKind::Unauthorized, "instagram/"),
        (with(&page(&meta), "metric", json!("page_follows_city")), ErrorKind::InvalidInput, "insights metric"),
        (with(&page(&meta), "base_url", json!("http://example.com/canary")), ErrorKind::InvalidInput, "base_url"),
    ] {
        let error = read(&source).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(told) && error.next_step().is_some(), "{error}");
        for text in [format!("{error}"), format!("{error:?}")] {
            assert!(!text.contains("canary-old") && !text.contains("canary-analytics"), "{text}");
        }
    }
}
