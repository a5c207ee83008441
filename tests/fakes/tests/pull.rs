//! A pull whose process is killed, over the fake of Meta: what is kept are whole days, and the next pull goes on.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adbrain_core::clock::ManualClock;
use adbrain_core::http::Secret;
use adbrain_core::measure::{Ingestion, KnownQuery, PullOrder, Pulled};
use adbrain_core::platform::meta::{Meta, MetaConfig};
use adbrain_core::platform::{InsightsStep, RemoteOptions};
use adbrain_fakes::meta::{ACCOUNT, MetaApi, PAGE, TOKEN};
use adbrain_fakes::{Fake, Faults, Moment, Received, Watch};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

/// Tells the child where the fake is and where its store lies.
const CHILD: &str = "ADBRAIN_PULL_CHILD";
/// Hours of the one ad that runs in the account.
const ROWS_OF_A_DAY: usize = 24;
const DAYS: usize = 42;
/// A child that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(60);

fn clock() -> ManualClock {
    ManualClock::at("2026-11-30T12:00:00Z".parse().unwrap())
}

fn days() -> [Date; 2] {
    ["2026-10-19", "2026-11-29"].map(|day| day.parse().unwrap())
}

async fn pull(url: &str, db: &Path) -> (Pulled, Ingestion) {
    let config = MetaConfig { base_url: url.to_owned(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
    let meta = Meta::open(config, RemoteOptions::default(), Arc::new(clock())).await.unwrap();
    let ingestion = Ingestion::new(adbrain_core::store::open(db).await.unwrap(), Arc::new(clock()));
    let [first, last] = days();
    let order = PullOrder { step: InsightsStep::Hour, ..PullOrder::days(first, last, TimeZone::UTC) };
    (ingestion.pull(&meta, &order).await.unwrap(), ingestion)
}

/// The process that is killed: the test binary itself, told by the environment.
#[tokio::test]
async fn child() {
    // Without it there is nothing to do: the test beside it starts this one.
    let Ok(given) = std::env::var(CHILD) else { return };
    let (url, db) = given.split_once(' ').unwrap();
    assert_eq!(pull(url, Path::new(db)).await.0.kept_days, DAYS as u64);
}

fn start(url: &str, db: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]).env(CHILD, format!("{url} {}", db.display()));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Rows of each day that is in the store, as far as it is known whole or not.
async fn kept(db: &Path) -> Vec<(Date, usize, bool)> {
    let ingestion = Ingestion::new(adbrain_core::store::open(db).await.unwrap(), Arc::new(clock()));
    let [first, last] = days();
    let source = format!("meta/act_{ACCOUNT}");
    let as_of = Timestamp::MAX;
    let rows = ingestion.rows(&KnownQuery { source, step: InsightsStep::Hour, first, last, as_of }).await.unwrap();
    let mut days: Vec<(Date, usize, bool)> = Vec::new();
    for row in rows {
        match days.last_mut() {
            Some((day, rows, _)) if *day == row.day => *rows += 1,
            _ => days.push((row.day, 1, row.is_closed)),
        }
    }
    days
}

/// Kills the process when its request with a number arrives, and only then.
struct Killer {
    at: u64,
    arrived: AtomicU64,
    child: Mutex<Option<Child>>,
    done: Notify,
}

impl Killer {
    fn at(request: u64) -> Self {
        Self { at: request, arrived: AtomicU64::new(0), child: Mutex::default(), done: Notify::new() }
    }

    fn start(&self, url: &str, db: &Path) {
        let mut child = self.child.lock().unwrap();
        *child = Some(start(url, db));
    }
}

impl Watch for Killer {
    fn number(&self, _request: &Received) -> u64 {
        self.arrived.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn goes_on(&self, number: u64, moment: Moment) -> bool {
        if number != self.at || moment != Moment::Arrived {
            return true;
        }
        let mut child = self.child.lock().unwrap().take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        self.done.notify_one();
        false
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_while_it_pulls_leaves_whole_days_and_the_next_one_goes_on() {
    let mut stood = Vec::new();
    for requests in [20, 114, 130, 230] {
        let fake = Fake::start(MetaApi::new(Arc::new(clock())), Faults::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("brain.db");
        let killer = Arc::new(Killer::at(requests));
        fake.watch(killer.clone());
        killer.start(&fake.url(), &db);
        tokio::time::timeout(LONGEST, killer.done.notified()).await.expect("the child ended before it was killed");
        let before = kept(&db).await;
        assert!(before.iter().all(|(_, rows, is_closed)| *rows == ROWS_OF_A_DAY && *is_closed), "{before:?}");
        let (rest, _) = pull(&fake.url(), &db).await;
        assert_eq!(
            usize::try_from(rest.kept_days).unwrap(),
            DAYS - before.len(),
            "what was kept is not asked for again"
        );
        assert_eq!((rest.known_until, kept(&db).await.len()), (Some(days()[1]), DAYS));
        stood.push(before.len());
    }
    assert!(stood[0] == 0 && stood[3] > 0 && stood[3] < DAYS, "killed before, between and after: {stood:?}");
}
