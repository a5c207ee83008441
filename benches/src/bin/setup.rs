//! From a brief to paused campaigns on four platforms, over their fakes: what a person has to write, what a script over the platforms' packages
//! has to write and call for the very same objects, and how long it takes; prints one JSON object.
//!
//! Inputs of ours are the values of the brief. Those of a script are the values in the requests that make the objects, less what earlier
//! answers gave (ids), since no package fills in a value that the request needs; its calls are these requests. Accounts and tokens count
//! on neither side.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adbrain_benches::measure;
use adbrain_core::brain::{ApplyOrder, Brain, Ordered, RunRequest, Watch};
use adbrain_core::clock::{Clock, SystemClock};
use adbrain_core::control::{JournalState, Mode, Settle};
use adbrain_core::model::Brief;
use adbrain_core::platform::AccountConfig;
use adbrain_fakes::{Answer, Api, Fake, Fault, Faults, Received, accounts, google, linkedin, meta, tiktok};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

const FILM: &str = "tenis-vertical.mp4";
const PLATFORMS: [&str; 4] = ["meta", "google", "tiktok", "linkedin"];

#[tokio::main]
async fn main() -> Outcome<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (one, on_meta) = start(meta::MetaApi::new(clock.clone())).await?;
    let (two, on_google) = start(google::GoogleApi::new(clock.clone())).await?;
    let (three, on_tiktok) = start(tiktok::TikTokApi::new(clock.clone())).await?;
    let (four, on_linkedin) = start(linkedin::LinkedInApi::new(clock)).await?;
    let accounts = accounts([&one.url(), &two.url(), &three.url(), &four.url()]);
    let folder = tempfile::tempdir()?;
    let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/media");
    std::fs::copy(media.join(FILM), folder.path().join(FILM))?;
    let (brief, waits) = (brief(), Arc::new(Waits::default()));
    let (done, taken) = Box::pin(measure(launched(&brief, &accounts, (folder.path(), waits.clone())))).await;
    let (done, seconds) = (done?, taken.wall.as_secs_f64());
    let created = done.outcomes.iter().filter(|outcome| outcome.action == "create");
    let confirmed = created.clone().filter(|outcome| outcome.state == JournalState::Confirmed).count();
    let refused: Vec<_> = done
        .outcomes
        .iter()
        .filter(|outcome| outcome.state != JournalState::Confirmed)
        .map(|outcome| format!("{} {}: {:?}", outcome.action, outcome.target, outcome.reason))
        .collect();
    let kept = [on_meta, on_google, on_tiktok, on_linkedin];
    let script: BTreeMap<&str, Value> =
        PLATFORMS.into_iter().zip(&kept).map(|(name, kept)| (name, of_script(kept))).collect();
    let sum = |field: &str| script.values().filter_map(|one| one[field].as_u64()).sum::<u64>();
    println!(
        "{}",
        json!({
            "seconds": seconds, "waited_s": waits.0.load(Ordering::Relaxed), "inputs": leaves(&brief), "calls": 2, "objects": confirmed, "asked": created.count(), "refused": refused,
            "script": {"inputs": sum("inputs"), "calls": sum("calls")}, "by_platform": script,
        })
    );
    Ok(())
}

/// Waits as long as it is told to, and counts it: a platform that processes a film is no work of ours.
#[derive(Default)]
struct Waits(AtomicU64);

#[async_trait::async_trait]
impl Settle for Waits {
    async fn wait(&self, seconds: u32) {
        self.0.fetch_add(u64::from(seconds), Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
    }
}

/// What became of the launch of a brief on these accounts, in a new store.
async fn launched(brief: &Value, accounts: &Value, (folder, waits): (&Path, Arc<Waits>)) -> Outcome<Ordered> {
    let mut builder = Brain::builder().local(&folder.join("brain.db")).settle(waits);
    for account in accounts.as_array().into_iter().flatten() {
        builder = builder.account(AccountConfig::from_value(account)?);
    }
    let brain = builder.build().await?;
    let asked: Brief = serde_json::from_value(brief.clone())?;
    let mut request = RunRequest::new(asked);
    (request.folder, request.mode) = (folder.to_owned(), Mode::Live);
    let plan = brain.plan(request, Watch::default()).await?;
    let order = ApplyOrder { mode: Mode::Live, ..ApplyOrder::new(plan.plan_hash.to_string()) };
    Ok(brain.apply(&order).await?)
}

/// What was asked of a fake and answered, in its order; whether it was a write.
type Kept = Arc<Mutex<Vec<(bool, Value, Value)>>>;

/// A fake whose requests are kept.
struct Keeping<A> {
    api: A,
    kept: Kept,
}

impl<A: Api> Api for Keeping<A> {
    fn platform(&self) -> &'static str {
        self.api.platform()
    }

    fn host(&self) -> &'static str {
        self.api.host()
    }

    fn is_write(&self, request: &Received) -> bool {
        self.api.is_write(request)
    }

    fn answer(&mut self, request: &Received) -> Answer {
        let answer = self.api.answer(request);
        let headers: Vec<&str> = answer.headers.iter().map(|(_, value)| value.as_ref()).collect();
        let told = json!([serde_json::from_slice(&answer.body).unwrap_or(Value::Null), headers]);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((self.api.is_write(request), request.json(), told));
        answer
    }

    fn failure(&self, fault: Fault) -> Answer {
        self.api.failure(fault)
    }
}

async fn start(api: impl Api) -> std::io::Result<(Fake, Kept)> {
    let kept = Kept::default();
    Ok((Fake::start(Keeping { api, kept: kept.clone() }, Faults::default()).await?, kept))
}

/// The shortest brief that the same launch can be made from.
fn brief() -> Value {
    json!({
        "brand": "Ventania", "industry": "fashion", "objective": "sales", "markets": ["BR"],
        "flight": {"start": "2027-01-04", "end": "2027-02-02", "time_zone": "UTC"},
        "budget": {"amount": "60000.00", "currency": "BRL"},
        "product": {"name": "Brisa", "url": "https://ventania.example/brisa", "benefits": ["Light on every road"]},
        "declarations": {"special_categories": [], "is_political": false},
        "media": [{"path": FILM, "alternative_text": "A shoe crosses the picture"}],
    })
}

/// How many values somebody has to give.
fn leaves(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields.values().map(leaves).sum(),
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Null => 0,
        _ => 1,
    }
}

/// The writes of a platform as a script would make them: how many calls, and how many values that no earlier answer gave. The parts of a file are
/// one call and one value.
fn of_script(kept: &Kept) -> Value {
    let (mut calls, mut inputs, mut known, mut is_file) = (0_u64, 0_u64, BTreeSet::new(), false);
    for (is_write, asked, told) in kept.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if *is_write {
            let is_part = asked.is_null();
            calls += u64::from(!(is_part && is_file));
            inputs += if is_part { u64::from(!is_file) } else { new_leaves(asked, &known) };
            is_file = is_part;
        }
        texts(told, &mut known);
    }
    json!({"calls": calls, "inputs": inputs})
}

fn new_leaves(value: &Value, known: &BTreeSet<String>) -> u64 {
    match value {
        Value::Object(fields) => fields.values().map(|value| new_leaves(value, known)).sum(),
        Value::Array(items) => items.iter().map(|value| new_leaves(value, known)).sum(),
        Value::Null => 0,
        Value::String(text) => u64::from(!known.contains(text.trim_matches('"'))),
        Value::Bool(_) | Value::Number(_) => 1,
    }
}

fn texts(value: &Value, known: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| texts(value, known)),
        Value::Array(items) => items.iter().for_each(|value| texts(value, known)),
        Value::String(text) => {
            known.insert(text.trim_matches('"').to_owned());
        }
        Value::Number(number) => {
            known.insert(number.to_string());
        }
        Value::Bool(_) | Value::Null => {}
    }
}
