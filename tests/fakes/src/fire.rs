//! Readings of a connector under spoiled answers.
//!
//! A launch fills a fake; every reading is done once over it and its exchanges are kept; then the same connector reads from a server of
//! those answers, one of which is replaced by any bytes.

use std::sync::Arc;

use adbrain_core::model::{Audience, Currency, MediaPlan, Objective, Platform, Tag};
use adbrain_core::platform::{AccountConfig, Connector, InsightsQuery, InsightsStep, LookUp};
use adbrain_core::{ErrorKind, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::stage::{Files, Stage, plan};
use crate::{Answer, Api, Canned, Exchange, Fake, Faults, Keeping, google, linkedin, meta, tiktok};

/// A reading, or the opening of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// The account is opened.
    Open,
    /// All objects.
    List,
    /// The objects of one tag.
    Find,
    /// A report by days.
    Days,
    /// A report by hours.
    Hours,
    /// The size of an audience; two platforms refuse it before they ask.
    Audience,
}

impl Reading {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Open, Self::List, Self::Find, Self::Days, Self::Hours, Self::Audience];
}

/// One answer that a reading depends on.
#[derive(Debug, Clone)]
pub struct Shot {
    /// The reading.
    pub reading: Reading,
    /// The request and its good answer.
    pub exchange: Exchange,
}

/// A connector over kept answers.
pub struct Range {
    stage: Stage,
    canned: Canned,
    account: Value,
    connector: Arc<dyn Connector>,
    /// Each answer of each reading.
    pub shots: Vec<Shot>,
}

impl Range {
    /// Fills a fake of a platform, keeps its answers, and opens the account over them.
    pub async fn of(platform: Platform) -> Self {
        let stage = Stage::new().await;
        let clock = stage.clock();
        match platform {
            Platform::Meta => Self::over(stage, meta::MetaApi::new(clock), platform).await,
            Platform::Google => Self::over(stage, google::GoogleApi::new(clock), platform).await,
            Platform::TikTok => Self::over(stage, tiktok::TikTokApi::new(clock), platform).await,
            Platform::LinkedIn => Self::over(stage, linkedin::LinkedInApi::new(clock), platform).await,
            other => panic!("no fake of {other}"),
        }
    }

    async fn over(stage: Stage, api: impl Api, platform: Platform) -> Self {
        let (api, kept) = Keeping::new(api);
        let fake = Fake::start(api, Faults::default()).await.expect("a free port");
        let account = account(platform);
        let connector = open(&stage, &account, &fake.url()).await.expect("an account of the fake");
        let plan = a_plan(platform);
        stage.control(connector.clone(), &plan).await.launch(&plan, &Files).await.expect("a launch");
        stage.clock.advance(SignedDuration::from_mins(10));
        // Anew, so that what an account looks up once is looked up by the readings.
        let connector = open(&stage, &account, &fake.url()).await.expect("an account of the fake");
        let mut shots = Vec::new();
        for reading in Reading::ALL {
            kept.take();
            let outcome = read(&stage, &connector, (&account, &fake.url()), reading).await;
            let exchanges = kept.take();
            assert_eq!(outcome.is_ok(), !exchanges.is_empty(), "{platform}: {reading:?}: {outcome:?}");
            shots.extend(exchanges.into_iter().map(|exchange| Shot { reading, exchange }));
        }
        let canned =
            Canned::start(shots.iter().map(|shot| shot.exchange.clone()).collect()).await.expect("a free port");
        let connector = open(&stage, &account, &canned.url()).await.expect("the same account");
        Self { stage, canned, account, connector, shots }
    }

    /// Reads with one answer replaced: how much came, or the error.
    pub async fn fire(&self, shot: &Shot, answer: Answer) -> Result<usize> {
        self.canned.spoil(&shot.exchange.asked, answer);
        let outcome = read(&self.stage, &self.connector, (&self.account, &self.canned.url()), shot.reading).await;
        // Limits last until the end of a day, and the next shot is one of its own.
        if outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::RateLimited) {
            self.stage.clock.advance(SignedDuration::from_hours(25));
        }
        outcome
    }

    /// How many requests were answered.
    pub fn asked(&self) -> u64 {
        self.canned.asked()
    }
}

async fn open(stage: &Stage, account: &Value, url: &str) -> Result<Arc<dyn Connector>> {
    let mut account = account.clone();
    account["base_url"] = url.into();
    AccountConfig::from_value(&account)?.open(stage.remote(), stage.database.clone(), stage.clock()).await
}

async fn read(
    stage: &Stage,
    connector: &Arc<dyn Connector>,
    (account, url): (&Value, &str),
    reading: Reading,
) -> Result<usize> {
    let start: Timestamp = "2026-12-01T00:00:00Z".parse().expect("a moment");
    let report = |hours, step| InsightsQuery { start, end: start + SignedDuration::from_hours(hours), step };
    match reading {
        Reading::Open => open(stage, account, url).await.map(|_| 1),
        Reading::List => connector.list().await.map(|found| found.len()),
        Reading::Find => connector.find(&Tag::new("abs0000000001")).await.map(|found| found.len()),
        Reading::Days => connector.insights(&report(48, InsightsStep::Day)).await.map(|rows| rows.len()),
        Reading::Hours => connector.insights(&report(24, InsightsStep::Hour)).await.map(|rows| rows.len()),
        Reading::Audience => {
            let audience = json!({"name": "all", "countries": ["BR"]});
            let audience: Audience = serde_json::from_value(audience).expect("an audience");
            connector.look_up(&LookUp::AudienceSize { audience }).await.map(|_| 1)
        }
    }
}

/// The stage's plan, as each platform takes it.
pub fn a_plan(platform: Platform) -> MediaPlan {
    let mut plan = plan(platform, Currency::BRL);
    if platform == Platform::LinkedIn {
        for ad_set in &mut plan.campaigns[0].ad_sets {
            ad_set.audience.ages = Some("25-54".parse().expect("ages"));
        }
    }
    if platform == Platform::TikTok {
        plan.campaigns[0].objective = Objective::Leads;
    }
    plan
}

/// The fake's account as a file of accounts names it.
pub fn account(platform: Platform) -> Value {
    match platform {
        Platform::Meta => {
            json!({"platform": "meta", "account": meta::ACCOUNT, "token": meta::TOKEN, "page_id": meta::PAGE})
        }
        Platform::Google => json!({
            "platform": "google", "account": google::CUSTOMER, "token": google::TOKEN, "business_name": "Example",
            "logo_asset": google::LOGO,
        }),
        Platform::TikTok => json!({
            "platform": "tiktok", "account": tiktok::ACCOUNT, "token": tiktok::TOKEN, "lead_event": "FORM",
            "identity": {"id": tiktok::IDENTITY, "kind": "custom"}, "pixel_id": tiktok::PIXEL,
            "least_daily_budget": {"amount": "50.00", "currency": "BRL"},
        }),
        Platform::LinkedIn => json!({
            "platform": "linkedin", "account": linkedin::ACCOUNT, "token": linkedin::TOKEN,
            "organization": linkedin::ORGANIZATION, "locale": {"country": "BR", "language": "pt"},
        }),
        other => panic!("no fake of {other}"),
    }
}
