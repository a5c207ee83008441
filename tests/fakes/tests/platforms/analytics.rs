//! Days of a property of Google Analytics come into the store, whole, once, and again where they may be restated.

use std::sync::Arc;

use adbrain_core::ErrorKind;
use adbrain_core::clock::ManualClock;
use adbrain_core::measure::{AnalyticsSource, Ingestion, Known, KnownQuery, PullOrder, Pulled};
use adbrain_core::measure::{Fact, Jumps};
use adbrain_core::platform::{InsightsStep, RemoteOptions};
use adbrain_fakes::ga4::{Ga4Api, PROPERTY, TOKEN};
use adbrain_fakes::{Fake, Faults};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

struct Shop {
    clock: ManualClock,
    ingestion: Ingestion,
    _folder: tempfile::TempDir,
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn source(url: &str) -> AnalyticsSource {
    AnalyticsSource::from_value(&json!({"property": PROPERTY, "token": TOKEN, "base_url": url})).unwrap()
}

impl Shop {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = adbrain_core::store::open(&folder.path().join("brain.db")).await.unwrap();
        let clock = ManualClock::at("2026-12-11T12:00:00Z".parse().unwrap());
        Self { clock: clock.clone(), ingestion: Ingestion::new(store, Arc::new(clock)), _folder: folder }
    }

    async fn pull(&self, fake: &Fake) -> adbrain_core::Result<Pulled> {
        let order = PullOrder::days(date("2026-12-01"), date("2026-12-31"), TimeZone::UTC);
        let order = PullOrder { jumps: Jumps::Refuse, ..order };
        self.ingestion.pull_analytics(&source(&fake.url()), &RemoteOptions::default(), &order).await
    }

    async fn known(&self, as_of: &str) -> Vec<Known<Fact>> {
        let (first, last) = (date("2026-12-01"), date("2026-12-31"));
        let source = format!("ga4/{PROPERTY}");
        let as_of = as_of.parse().unwrap();
        self.ingestion.facts(&KnownQuery { source, step: InsightsStep::Day, first, last, as_of }).await.unwrap()
    }
}

async fn property() -> Fake {
    Fake::start(Ga4Api::new(), Faults::default()).await.unwrap()
}

/// Asks a property for its days, as a pull does.
pub async fn days_of(fake: &Fake) {
    assert_eq!(Shop::new().await.pull(fake).await.unwrap().kept_days, 10);
}

fn revenue(rows: &[Known<Fact>], day: &str, campaign: &str) -> String {
    let is_it = |row: &&Known<Fact>| row.day == date(day) && row.row.id.ends_with(campaign);
    rows.iter().find(is_it).unwrap().row.amounts["purchaseRevenue"].to_string()
}

#[tokio::test]
async fn closed_days_of_a_property_are_kept_whole_in_its_own_time_zone_and_currency() {
    let (shop, fake) = (Shop::new().await, property().await);
    let pulled = shop.pull(&fake).await.unwrap();
    assert_eq!((pulled.kept_days, pulled.new_rows), (10, 18), "a day without rows is known to have none");
    assert_eq!((pulled.known_until, pulled.refused.len()), (Some(date("2026-12-10")), 0));
    let rows = shop.known("2026-12-11T12:00:00Z").await;
    assert!(rows.iter().all(|row| row.is_closed && row.day <= date("2026-12-10")));
    assert_eq!(revenue(&rows, "2026-12-03", "spring"), "BRL 206.50");
    assert_eq!(revenue(&rows, "2026-12-03", "(not set)"), "BRL 80.50");
    let asked = fake.recorded();
    assert_eq!(asked[1].body["dateRanges"], json!([{"startDate": "2026-12-01", "endDate": "2026-12-10"}]));
    assert!(!format!("{asked:?}{pulled:?}").contains("canary"));
    assert_eq!(shop.pull(&fake).await.unwrap().asked_days, 0, "once a day");
}

#[tokio::test]
async fn what_is_credited_later_is_kept_beside_what_was_said_before() {
    let (shop, fake) = (Shop::new().await, property().await);
    shop.pull(&fake).await.unwrap();
    shop.clock.set("2026-12-12T12:00:00Z".parse().unwrap());
    let later = Ga4Api::new().with_late_revenue("20261209", 30);
    let later = Fake::start(later, Faults::default()).await.unwrap();
    let pulled = shop.pull(&later).await.unwrap();
    assert_eq!((pulled.asked_days, pulled.new_rows, pulled.restated_rows), (11, 2, 1));
    let [before, after] = [shop.known("2026-12-11T13:00:00Z").await, shop.known("2026-12-12T13:00:00Z").await];
    assert_eq!(revenue(&before, "2026-12-09", "spring"), "BRL 218.50");
    assert_eq!(revenue(&after, "2026-12-09", "spring"), "BRL 248.50");
}

#[tokio::test]
async fn a_pull_that_the_quota_cuts_off_keeps_nothing_half_and_goes_on_later() {
    let shop = Shop::new().await;
    let short = Fake::start(Ga4Api::with_tokens(30), Faults::default()).await.unwrap();
    let error = shop.pull(&short).await.unwrap_err();
    assert_eq!((error.kind(), error.context_of("source")), (ErrorKind::RateLimited, Some("ga4/349001122")));
    assert!(shop.known("2026-12-11T12:00:00Z").await.is_empty());
    assert_eq!(shop.pull(&property().await).await.unwrap().kept_days, 10);
    let wrong = json!({"property": PROPERTY, "token": "ya29.canary-other", "base_url": short.url()});
    let wrong = AnalyticsSource::from_value(&wrong).unwrap();
    let order = PullOrder::days(date("2026-12-01"), date("2026-12-02"), TimeZone::UTC);
    let error = shop.ingestion.pull_analytics(&wrong, &RemoteOptions::default(), &order).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.next_step().is_some() && !format!("{error:?}").contains("canary"), "{error:?}");
}
