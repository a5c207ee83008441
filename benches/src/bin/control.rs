//! The door to money: recovery of open steps, a preview of a large plan, and what journal and policy add to a request; prints one
//! JSON object.
//!
//! Usage: `control [open steps] [ads] [FOLDER of the stores]`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use adbrain_core::clock::{Clock, ManualClock};
use adbrain_core::control::{Control, ControlOptions, JournalState, Mode, NoFiles, NoWait};
use adbrain_core::model::{
    AccountId, AdDraft, AdSetDraft, Approvals, Audience, BidStrategy, CampaignDraft, CreativeDraft, Currency,
    Declarations, Draft, DraftTree, Flight, Format, LaunchRule, Limits, MediaPlan, MetricsRow, Money, ObjectId,
    Objective, Platform, RunId, Tag, TestMatrix,
};
use adbrain_core::platform::{
    Capabilities, Connector, Connectors, InsightsQuery, Level, LookUp, LookUpAnswer, ObjectChange, Pace, Permit,
    RemoteObject, Status, Upload,
};
use adbrain_core::store;
use adbrain_core::{Error, ErrorKind, Result};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Ads in each ad set, and ad sets in each campaign, of the large plan.
const ADS: usize = 4;
const AD_SETS: usize = 10;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's own time")]
fn now() -> Instant {
    Instant::now()
}

type Outcome<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number = |place: usize, default| arguments.get(place).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (steps, ads) = (number(0, 1_000), number(1, 1_000));
    let folder = arguments.get(2).map_or_else(std::env::temp_dir, PathBuf::from);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        Ok::<_, Box<dyn std::error::Error>>(json!({
            "recovery": recovery(&folder, steps).await?,
            "preview": preview(&folder, ads).await?,
            "request": request(&folder, ads).await?,
        }))
    })?;
    println!("{report}");
    Ok(())
}

/// So many creates whose answers were lost; then a new process opens, and finds all of them.
async fn recovery(folder: &Path, steps: usize) -> Outcome<Value> {
    let bench = Bench::new(folder, true).await?;
    let plan = plan((0..steps).map(|number| campaign(number, 1, 1)).collect());
    bench.account.loses.store(true, Ordering::SeqCst);
    let outcomes = bench.open(&plan).await?.launch(&plan, &NoFiles).await?;
    let open = outcomes.iter().filter(|outcome| outcome.state == JournalState::Unknown).count();
    bench.clock.advance(SignedDuration::from_mins(2));
    let began = now();
    let control = bench.open(&plan).await?;
    let taken = began.elapsed();
    let found = control.outcomes().await?;
    let confirmed = found.iter().filter(|outcome| outcome.state == JournalState::Confirmed).count();
    Ok(json!({"open_steps": open, "confirmed": confirmed, "ms": taken.as_secs_f64() * 1_000.0}))
}

/// The difference between a plan and an empty account, with the verdict on every step.
async fn preview(folder: &Path, ads: usize) -> Outcome<Value> {
    let bench = Bench::new(folder, false).await?;
    let plan = large(ads);
    let control = bench.open(&plan).await?;
    let began = now();
    let steps = control.preview(&plan).await?;
    let taken = began.elapsed();
    let refused = steps.iter().filter(|step| step.refused.is_some()).count();
    Ok(json!({"ads": ads, "steps": steps.len(), "refused": refused, "ms": taken.as_secs_f64() * 1_000.0}))
}

/// The time between two requests of a launch, in an account that answers at once: all of it is the door's own.
async fn request(folder: &Path, ads: usize) -> Outcome<Value> {
    let bench = Bench::new(folder, false).await?;
    let plan = large(ads);
    let outcomes = bench.open(&plan).await?.launch(&plan, &NoFiles).await?;
    let times = bench.account.times.lock().map_err(|_| "poisoned")?.clone();
    let mut between: Vec<_> =
        times.iter().zip(times.iter().skip(1)).map(|(first, next)| (*next - *first).as_secs_f64() * 1e6).collect();
    let last = between.iter().rev().take(100).copied().sum::<f64>() / 100.0;
    between.sort_by(f64::total_cmp);
    let at = |share: usize| between.get(between.len() * share / 100).copied();
    let confirmed = outcomes.iter().filter(|outcome| outcome.state == JournalState::Confirmed).count();
    Ok(
        json!({"requests": times.len(), "confirmed": confirmed, "p50_us": at(50), "p99_us": at(99), "mean_of_last_100_us": last}),
    )
}

struct Bench {
    clock: ManualClock,
    account: Arc<Account>,
    database: Arc<dyn store::Database>,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new(folder: &Path, is_whole: bool) -> Outcome<Self> {
        let folder = tempfile::tempdir_in(folder)?;
        let clock = ManualClock::at("2026-11-30T12:00:00Z".parse()?);
        let database = store::open(&folder.path().join("bench.db")).await?;
        let account =
            Account { is_whole, loses: AtomicBool::new(false), objects: Mutex::default(), times: Mutex::default() };
        Ok(Self { clock, account: Arc::new(account), database, _folder: folder })
    }

    async fn open(&self, plan: &MediaPlan) -> Result<Control> {
        let mut options = ControlOptions::new(RunId::new("bench"), Mode::Sandbox, plan.limits.clone());
        options.settle = Arc::new(NoWait);
        let connectors = Connectors::from([(Platform::Meta, self.account.clone() as Arc<dyn Connector>)]);
        Control::open(self.database.clone(), connectors, Arc::new(self.clock.clone()) as Arc<dyn Clock>, options).await
    }
}

fn brl(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

/// Campaigns of ten ad sets with four ads each.
fn large(ads: usize) -> MediaPlan {
    plan((0..ads / (AD_SETS * ADS)).map(|number| campaign(number, AD_SETS, ADS)).collect())
}

fn plan(campaigns: Vec<CampaignDraft>) -> MediaPlan {
    let limits = Limits {
        daily_cap: brl(1_000_000),
        weekly_cap: brl(7_000_000),
        lifetime_cap: brl(10_000_000),
        max_raise_percent: 20,
        max_cut_percent: 30,
        max_changes_per_object_and_day: 2,
        max_pauses_per_hour: 3,
        learning_hours: 72,
        approvals: Approvals::default(),
    };
    let (tests, missing, reasons) = (TestMatrix::none(), Vec::new(), Vec::new());
    MediaPlan {
        name: "bench".into(),
        currency: Currency::BRL,
        campaigns,
        tests,
        limits,
        launch: LaunchRule::default(),
        missing,
        reasons,
    }
}

fn campaign(number: usize, ad_sets: usize, ads: usize) -> CampaignDraft {
    let day = |text: &str| text.parse().unwrap_or_default();
    CampaignDraft {
        tag: Tag::new(format!("c{number}")),
        platform: Platform::Meta,
        name: "c".into(),
        objective: Objective::Sales,
        flight: Flight { start: day("2026-12-01"), end: day("2026-12-10"), time_zone: "UTC".into() },
        declarations: Declarations::default(),
        ad_sets: (0..ad_sets).map(|set| ad_set(&format!("{number}-{set}"), ads)).collect(),
    }
}

fn ad_set(place: &str, ads: usize) -> AdSetDraft {
    let audience = Audience::new("all", Vec::new());
    let ad = |number| {
        let url = "https://example.com".into();
        let creative =
            CreativeDraft { asset: "a".into(), format: Format::Video, files: Vec::new(), copy: Vec::new(), url };
        AdDraft { tag: Tag::new(format!("a{place}-{number}")), name: "ad".into(), creative }
    };
    AdSetDraft {
        tag: Tag::new(format!("s{place}")),
        name: "s".into(),
        audience,
        daily_budget: brl(10),
        bid_strategy: BidStrategy::LowestCost,
        bid: None,
        ads: (0..ads).map(ad).collect(),
    }
}

/// An account in memory that answers at once.
struct Account {
    is_whole: bool,
    loses: AtomicBool,
    objects: Mutex<Vec<RemoteObject>>,
    times: Mutex<Vec<Instant>>,
}

fn parts(draft: &Draft) -> Vec<RemoteObject> {
    let object = |tag: &Tag, level, parent: Option<&ObjectId>, daily_budget| RemoteObject {
        id: ObjectId::new(tag.as_str()),
        tag: Some(tag.clone()),
        parent: parent.cloned(),
        level,
        name: String::new(),
        status: Status::Paused,
        daily_budget,
        bid: None,
    };
    let ad = |draft: &AdDraft, above: &ObjectId| object(&draft.tag, Level::Ad, Some(above), None);
    let set = |draft: &AdSetDraft, above: &ObjectId| {
        let own = object(&draft.tag, Level::AdSet, Some(above), Some(draft.daily_budget));
        let ads: Vec<_> = draft.ads.iter().map(|draft| ad(draft, &own.id)).collect();
        std::iter::once(own).chain(ads).collect::<Vec<_>>()
    };
    match draft {
        Draft::Campaign { draft } => {
            let own = object(&draft.tag, Level::Campaign, None, None);
            let sets: Vec<_> = draft.ad_sets.iter().flat_map(|draft| set(draft, &own.id)).collect();
            std::iter::once(own).chain(sets).collect()
        }
        Draft::AdSet { campaign, draft } => set(draft, campaign),
        Draft::Ad { ad_set, draft } => vec![ad(draft, ad_set)],
        _ => Vec::new(),
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::OutcomeUnknown, "the line broke").next("look it up")
}

#[async_trait::async_trait]
impl Connector for Account {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: Platform::Meta,
            account: AccountId::new("1"),
            currency: Currency::BRL,
            is_sandbox: true,
            creates_whole_trees: self.is_whole,
            settle_seconds: 60,
            worst_case_day_percent: 175,
            pace: Pace::default(),
            least_daily_budget: brl(1),
            formats: vec![Format::Video],
            bid_strategies: vec![BidStrategy::LowestCost],
            time_zone: None,
            warnings: Vec::new(),
        }
    }

    async fn create(&self, _permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        self.times.lock().map_err(|_| lost())?.push(now());
        let made = parts(&tree.draft);
        self.objects.lock().map_err(|_| lost())?.extend(made.iter().cloned());
        if self.loses.load(Ordering::SeqCst) { Err(lost()) } else { Ok(made) }
    }

    async fn upload(&self, _permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        Ok(ObjectId::new(upload.hash.as_str()))
    }

    async fn change(&self, _permit: &Permit, _change: &ObjectChange) -> Result<()> {
        Ok(())
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        let objects = self.objects.lock().map_err(|_| lost())?;
        Ok(objects.iter().filter(|object| object.tag.as_ref() == Some(tag)).cloned().collect())
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        Ok(self.objects.lock().map_err(|_| lost())?.clone())
    }

    async fn insights(&self, _query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        Ok(Vec::new())
    }

    async fn look_up(&self, _question: &LookUp) -> Result<LookUpAnswer> {
        Ok(LookUpAnswer::AudienceSize { low: 0, high: 0 })
    }
}
