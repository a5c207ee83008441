//! Lists that misbehave, on all four platforms: cursors in circles, items on two pages, missing pages, lists that change while they are read.

use std::sync::Arc;

use adbrain_core::{Connector, ErrorKind};
use adbrain_fakes::stage::Stage;
use adbrain_fakes::{Fake, Faults, Received};
use serde_json::{Value, json};

use super::{google, linkedin, meta, tiktok};

/// A platform, how its answers name the items of a page, and where the next cursor stands.
struct Case {
    fake: Fake,
    connector: Arc<dyn Connector>,
    items: &'static str,
    cursor: Option<fn(&mut Value)>,
}

async fn cases(stage: &Stage) -> Vec<(&'static str, Case)> {
    let (meta_fake, meta) = meta::open(stage, Faults::default()).await;
    let (google_fake, google) = google::open(stage, Faults::default()).await;
    let (tiktok_fake, tiktok) = tiktok::open(stage, Faults::default()).await;
    let (linkedin_fake, linkedin) = linkedin::open(stage, Faults::default()).await;
    let of_meta = |body: &mut Value| body["paging"] = json!({"cursors": {"after": "same"}, "next": "there is more"});
    let of_google = |body: &mut Value| body["nextPageToken"] = json!("same");
    let of_linkedin = |body: &mut Value| body["metadata"] = json!({"nextPageToken": "same"});
    vec![
        ("meta", Case { fake: meta_fake, connector: meta, items: "/data", cursor: Some(of_meta) }),
        ("google", Case { fake: google_fake, connector: google, items: "/results", cursor: Some(of_google) }),
        ("tiktok", Case { fake: tiktok_fake, connector: tiktok, items: "/data/list", cursor: None }),
        ("linkedin", Case { fake: linkedin_fake, connector: linkedin, items: "/elements", cursor: Some(of_linkedin) }),
    ]
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_in_an_error_and_not_never() {
    let stage = Stage::new().await;
    for (name, case) in cases(&stage).await {
        let Some(cursor) = case.cursor else { continue };
        // The cursor is taken out on the way in, so that the platform goes on answering.
        case.fake.alter(move |_, body| cursor(body));
        let before = case.fake.recorded().len();
        let error = case.connector.list().await.unwrap_err();
        assert!(case.fake.recorded().len() - before <= 3, "{name}");
        assert!([ErrorKind::Unavailable, ErrorKind::InvalidInput].contains(&error.kind()), "{name}: {error}");
    }
}

#[tokio::test]
async fn an_item_on_two_pages_is_one_object() {
    let stage = Stage::new().await;
    for (name, case) in cases(&stage).await {
        let usual = case.connector.list().await.unwrap();
        let items = case.items;
        case.fake.alter(move |_: &Received, body| {
            if let Some(found) = body.pointer_mut(items).and_then(Value::as_array_mut) {
                let first = found.first().cloned();
                found.extend(first);
            }
        });
        let twice = case.connector.list().await.unwrap();
        assert_eq!(twice, usual, "{name}");
    }
}

#[tokio::test]
async fn a_missing_page_is_told_and_not_taken_for_the_end() {
    let stage = Stage::new().await;
    let (fake, tiktok) = tiktok::open(&stage, Faults::default()).await;
    fake.alter(|_, body| {
        if let Some(info) = body.pointer_mut("/data/page_info") {
            info["total_number"] = json!(info["total_number"].as_u64().unwrap_or(0) + 4);
            info["total_page"] = json!(info["total_page"].as_u64().unwrap_or(0) + 1);
        }
    });
    let error = tiktok.list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("not whole"), "{error}");
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_once_more() {
    let stage = Stage::new().await;
    let (fake, tiktok) = tiktok::open(&stage, Faults::default()).await;
    let usual = tiktok.list().await.unwrap();
    // Two pages, of which the first says that there is one item more; how often that happens.
    for (changes, is_told) in [(1, false), (2, true)] {
        let mut left = changes;
        fake.alter(move |request, body| {
            let Some(info) = body.pointer_mut("/data/page_info") else { return };
            if !request.path.ends_with("/v1.3/campaign/get/") {
                return;
            }
            let is_first = request.query.get("page").is_some_and(|page| page == "1");
            info["total_page"] = json!(2);
            if is_first && left > 0 {
                left -= 1;
                info["total_number"] = json!(info["total_number"].as_u64().unwrap_or(0) + 1);
            }
        });
        match tiktok.list().await {
            Ok(listed) => assert!(!is_told && listed == usual, "{changes}"),
            Err(error) => assert!(is_told && error.kind() == ErrorKind::Unavailable, "{changes}: {error}"),
        }
    }
}
