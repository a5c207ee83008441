//! What a test of a connector stands on: a clock that it moves, an empty store, a plan with its files.

use std::sync::Arc;
use std::time::Duration;

use adbrain_core::clock::{Clock, ManualClock};
use adbrain_core::control::contract::{CaseResult, ContractTarget, check_writes};
use adbrain_core::control::{Control, ControlOptions, FileSource, Mode, Settle};
use adbrain_core::http::{Retry, Traffic, Wait};
use adbrain_core::model::{
    AdDraft, AdSetDraft, AgeRange, Approvals, Audience, BidStrategy, CampaignDraft, ContentHash, CopySlot, CopyVariant,
    CreativeDraft, Currency, Declarations, Flight, Format, Gender, LaunchRule, Limits, MediaKind, MediaPlan, Money,
    Objective, Platform, RunId, Tag, TestMatrix,
};
use adbrain_core::platform::{Connector, Connectors, RemoteOptions};
use adbrain_core::store::Database;
use adbrain_core::{Error, ErrorKind, Result};
use async_trait::async_trait;

/// A folder in memory, where the machine has one: stores stay synchronised in full, and that is quick there.
pub fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}

/// The bytes of the film that the ads show.
pub const FILM: &[u8] = b"a film of the tests";
/// The bytes of the picture that the ads show.
pub const PICTURE: &[u8] = b"a picture of the tests";

/// A clock at noon of 30 November 2026, and an empty store in a folder of its own.
pub struct Stage {
    /// The clock; connectors and fakes go by it too.
    pub clock: ManualClock,
    /// The store of journal and leases.
    pub database: Arc<dyn Database>,
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Sets the stage.
    pub async fn new() -> Self {
        let folder = folder();
        let database = adbrain_core::store::open(&folder.path().join("stage.db")).await.expect("a store");
        let clock = ManualClock::at("2026-11-30T12:00:00Z".parse().expect("a moment"));
        Self { clock, database, _folder: folder }
    }

    /// The clock as connectors take it.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    /// Waits by moving the clock.
    pub fn settle(&self) -> Arc<dyn Settle> {
        Arc::new(Moves(self.clock.clone()))
    }

    /// Reads are tried again without a pause of our own, and waits that a platform asks for move the clock.
    pub fn remote(&self) -> RemoteOptions {
        let retry = Retry { attempts: 3, deadline: Duration::from_secs(120), ..Retry::NONE };
        RemoteOptions { retry, traffic: Traffic::new(Arc::new(Moves(self.clock.clone()))) }
    }

    /// A control over one connector, in the mode for sandboxes.
    pub async fn control(&self, connector: Arc<dyn Connector>, plan: &MediaPlan) -> Control {
        let mut options = ControlOptions::new(RunId::new("stage"), Mode::Sandbox, plan.limits.clone());
        options.settle = self.settle();
        let connectors = Connectors::from([(connector.capabilities().platform, connector)]);
        Control::open(self.database.clone(), connectors, self.clock(), options).await.expect("a control")
    }

    /// Every promise of the contract for writes, driven through control.
    pub async fn contract(&self, connector: Arc<dyn Connector>, plan: &MediaPlan) -> Result<Vec<CaseResult>> {
        let (database, clock, settle) = (self.database.clone(), self.clock(), self.settle());
        check_writes(ContractTarget { connector, database, clock, plan, files: &Files, settle }).await
    }
}

struct Moves(ManualClock);

#[async_trait]
impl Wait for Moves {
    async fn wait(&self, time: Duration) {
        self.0.advance(jiff::SignedDuration::try_from(time).expect("a wait of this century"));
    }
}

#[async_trait]
impl Settle for Moves {
    async fn wait(&self, seconds: u32) {
        self.0.advance(jiff::SignedDuration::from_secs(i64::from(seconds)));
    }
}

/// The files of [`plan`].
pub struct Files;

impl FileSource for Files {
    fn read(&self, hash: &ContentHash) -> Result<(MediaKind, Vec<u8>)> {
        let files = [(MediaKind::Video, FILM), (MediaKind::Image, PICTURE)];
        let found = files.into_iter().find(|(_, bytes)| ContentHash::of(bytes) == *hash);
        let absent = || Error::new(ErrorKind::NotFound, "the stage has no such file").next("use those of the plan");
        found.map(|(kind, bytes)| (kind, bytes.to_vec())).ok_or_else(absent)
    }
}

/// A plan for one platform: one campaign, two ad sets of 60.00 a day, each with a video ad; texts in every slot, everything declared.
pub fn plan(platform: Platform, currency: Currency) -> MediaPlan {
    let money = |units: i64| Money::from_micros(units * 1_000_000, currency);
    MediaPlan {
        name: "Stage".to_owned(),
        currency,
        campaigns: vec![campaign(platform, money(60))],
        tests: TestMatrix::none(),
        limits: Limits {
            daily_cap: money(2_000),
            weekly_cap: money(14_000),
            lifetime_cap: money(20_000),
            max_raise_percent: 20,
            max_cut_percent: 30,
            max_changes_per_object_and_day: 2,
            max_pauses_per_hour: 3,
            learning_hours: 72,
            approvals: Approvals::default(),
        },
        launch: LaunchRule::default(),
        missing: Vec::new(),
        reasons: Vec::new(),
    }
}

fn campaign(platform: Platform, daily_budget: Money) -> CampaignDraft {
    let (start, end) = ("2026-12-01".parse().expect("a day"), "2026-12-10".parse().expect("a day"));
    CampaignDraft {
        tag: Tag::new("abc0000000001"),
        platform,
        name: "Stage | Traffic".to_owned(),
        objective: Objective::Traffic,
        flight: Flight { start, end, time_zone: "UTC".to_owned() },
        declarations: Declarations {
            special_categories: Some(Vec::new()),
            is_political: Some(false),
            payer: Some("Example Ltda".to_owned()),
            beneficiary: Some("Example Ltda".to_owned()),
        },
        ad_sets: vec![ad_set(platform, 1, daily_budget), ad_set(platform, 2, daily_budget)],
    }
}

fn ad_set(platform: Platform, number: u32, daily_budget: Money) -> AdSetDraft {
    let audience = Audience {
        ages: Some(AgeRange { min: 25, max: 44 }),
        genders: vec![Gender::Female],
        ..Audience::new(format!("audience {number}"), vec!["BR".to_owned()])
    };
    let creative = CreativeDraft {
        asset: "film".to_owned(),
        format: Format::Video,
        files: vec![ContentHash::of(FILM), ContentHash::of(PICTURE)],
        copy: texts(platform),
        url: "https://example.com/stage".to_owned(),
    };
    let ad = AdDraft { tag: Tag::new(format!("aba000000000{number}")), name: format!("Stage | ad {number}"), creative };
    AdSetDraft {
        tag: Tag::new(format!("abs000000000{number}")),
        name: format!("Stage | set {number}"),
        audience,
        daily_budget,
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
        ads: vec![ad],
    }
}

fn texts(platform: Platform) -> Vec<CopyVariant> {
    let slots = [
        (CopySlot::PrimaryText, "A cool spring for every room"),
        (CopySlot::Headline, "Air without noise"),
        (CopySlot::Description, "Delivered in two days"),
    ];
    let text = |(slot, text): (CopySlot, &str)| CopyVariant {
        key: format!("{platform}/{slot}/1"),
        platform,
        slot,
        style: "benefit".to_owned(),
        text: text.to_owned(),
        length: text.len(),
        limit: 100,
    };
    slots.map(text).to_vec()
}
