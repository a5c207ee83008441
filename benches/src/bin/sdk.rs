//! The connectors over their fakes: report pages read into rows, ads created through control; prints JSON.
//!
//! `sdk fakes` serves three platforms until its input ends, and tells how many requests have come at each line of it. `sdk pages PLATFORM
//! URL CALLS` reads a report of thirty days so many times; `sdk ads PLATFORM URL ADS` launches a campaign with so many ads; `sdk page`
//! prints one page of a report of Google's.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use adbrain_benches::measure;
use adbrain_core::clock::{Clock, SystemClock};
use adbrain_core::control::{Control, ControlOptions, JournalState, Mode, Settle};
use adbrain_core::model::{ContentHash, Format, MediaPlan, Objective, Platform, RunId, Tag};
use adbrain_core::platform::{AccountConfig, Connector, Connectors, InsightsQuery, InsightsStep, RemoteOptions};
use adbrain_core::store::Database;
use adbrain_fakes::stage::{Files, PICTURE};
use adbrain_fakes::{Fake, Faults, fire, google, meta, tiktok};
use jiff::SignedDuration;
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Waits as long as it is told to, and counts it: a film is processed by the platform, which is no work of either side.
#[derive(Default)]
struct Waits(AtomicU64);

#[async_trait::async_trait]
impl Settle for Waits {
    async fn wait(&self, seconds: u32) {
        self.0.fetch_add(u64::from(seconds), Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = match arguments.as_slice() {
        ["fakes"] => return tokio::task::spawn_blocking(fakes).await?.map_err(|error| error.to_string().into()),
        ["pages", platform, url, calls] => pages(platform.parse()?, url, calls.parse()?).await?,
        ["page"] => page().await?,
        ["ads", platform, url, count] => ads(platform.parse()?, url, count.parse()?).await?,
        _ => return Err("usage: sdk fakes | sdk pages PLATFORM URL CALLS | sdk ads PLATFORM URL ADS".into()),
    };
    println!("{report}");
    Ok(())
}

/// Three fakes, and the number of their requests at each line of the input.
fn fakes() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let fakes = runtime.block_on(async {
        Ok::<_, std::io::Error>([
            ("meta", Fake::start(meta::MetaApi::new(clock.clone()), Faults::default()).await?),
            ("tiktok", Fake::start(tiktok::TikTokApi::new(clock.clone()), Faults::default()).await?),
            ("google", Fake::start(google::GoogleApi::new(clock.clone()), Faults::default()).await?),
        ])
    })?;
    println!("{}", json!(fakes.iter().map(|(name, fake)| (*name, fake.url())).collect::<BTreeMap<_, _>>()));
    for line in std::io::stdin().lock().lines() {
        line?;
        let asked = fakes.iter().map(|(name, fake)| (*name, fake.recorded().len()));
        println!("{}", json!(asked.collect::<BTreeMap<_, _>>()));
    }
    Ok(())
}

/// An account of a fake, and the store that belongs to it.
async fn open(platform: Platform, url: &str) -> Outcome<(Arc<dyn Connector>, Arc<dyn Database>, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    let database = adbrain_core::store::open(&folder.path().join("brain.db")).await?;
    let mut account = fire::account(platform);
    account.as_object_mut().ok_or("an account is an object")?.insert("base_url".to_owned(), url.into());
    let account = AccountConfig::from_value(&account)?;
    let connector = account.open(RemoteOptions::default(), database.clone(), Arc::new(SystemClock)).await?;
    Ok((connector, database, folder))
}

async fn pages(platform: Platform, url: &str, calls: u32) -> Outcome<Value> {
    let (connector, _database, _folder) = open(platform, url).await?;
    let start = "2026-10-01T00:00:00Z".parse()?;
    let query = InsightsQuery { start, end: start + SignedDuration::from_hours(24 * 30), step: InsightsStep::Day };
    let (rows, taken) = measure(async {
        let mut rows = 0;
        for _ in 0..calls {
            rows += connector.insights(&query).await?.len();
        }
        Ok::<_, adbrain_core::Error>(rows)
    })
    .await;
    Ok(told(rows?, taken))
}

/// One page of a report, as the fake answers it.
async fn page() -> Outcome<Value> {
    let range = fire::Range::of(Platform::Google).await;
    let is_report =
        |shot: &&fire::Shot| shot.reading == fire::Reading::Days && shot.exchange.asked.contains("metrics.");
    let shot = range.shots.iter().find(is_report).ok_or("the fake gave no report")?;
    Ok(serde_json::from_slice(&shot.exchange.answer.body)?)
}

async fn ads(platform: Platform, url: &str, count: usize) -> Outcome<Value> {
    let (connector, database, _folder) = open(platform, url).await?;
    let plan = a_plan(platform, count)?;
    let mut options = ControlOptions::new(RunId::new("bench"), Mode::Sandbox, plan.limits.clone());
    let waits = Arc::new(Waits::default());
    options.settle = waits.clone();
    let connectors = Connectors::from([(platform, connector)]);
    let control = Control::open(database, connectors, Arc::new(SystemClock), options).await?;
    let (outcomes, mut taken) = measure(control.launch(&plan, &Files)).await;
    taken.wall = taken.wall.saturating_sub(Duration::from_secs(waits.0.load(Ordering::Relaxed)));
    let outcomes = outcomes?;
    if let Some(other) = outcomes.iter().find(|outcome| outcome.state != JournalState::Confirmed) {
        return Err(format!("not confirmed: {other:?}").into());
    }
    Ok(told(count, taken))
}

/// The stage's campaign with one ad set of so many ads with a picture each.
fn a_plan(platform: Platform, count: usize) -> Outcome<MediaPlan> {
    let mut plan = fire::a_plan(platform);
    let campaign = plan.campaigns.first_mut().ok_or("a plan without a campaign")?;
    let today = jiff::tz::TimeZone::UTC.to_datetime(SystemClock.now()).date();
    campaign.flight.start = today.saturating_add(SignedDuration::from_hours(24 * 2));
    campaign.flight.end = today.saturating_add(SignedDuration::from_hours(24 * 12));
    campaign.objective = Objective::Traffic;
    campaign.ad_sets.truncate(1);
    let ad_set = campaign.ad_sets.first_mut().ok_or("a campaign without an ad set")?;
    let mut first = ad_set.ads.first().ok_or("an ad set without an ad")?.clone();
    if platform == Platform::Meta {
        first.creative.format = Format::Stories;
        first.creative.files = vec![ContentHash::of(PICTURE)];
    }
    ad_set.ads = (1..=count)
        .map(|number| {
            let mut ad = first.clone();
            (ad.tag, ad.name) = (Tag::new(format!("aba{number:010}")), format!("Bench | ad {number}"));
            ad
        })
        .collect();
    Ok(plan)
}

fn told(rows: usize, taken: adbrain_benches::Taken) -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    json!({
        "rows": rows, "wall_s": taken.wall.as_secs_f64(), "cpu_s": taken.cpu.as_secs_f64(), "peak_mb": peak / 1024.0,
    })
}
