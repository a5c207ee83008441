//! `launcher FOLDER`: the reference launch over the accounts of `FOLDER/accounts.json`, with the clock of `FOLDER/clock` and the store
//! `FOLDER/launch.db`. It is made to be killed: given again, it goes on.
//!
//! With `ADBRAIN_STOP=before 12` or `after 12` it stands still at the twelfth write to the store and says so, to be killed there. It
//! prints `opened WRITES` when what an earlier process left is settled, and `done CONFIRMED of STEPS, WRITES` at the end.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adbrain_core::Result;
use adbrain_core::clock::Clock;
use adbrain_core::control::{Control, Settle};
use adbrain_core::store::{self, Database, Row, Statement};
use adbrain_fakes::{SharedClock, reference};
use async_trait::async_trait;
use jiff::SignedDuration;

/// Counts the writes, and stands still at one of them.
struct Stopping {
    inner: Arc<dyn Database>,
    stop: Option<(bool, u32)>,
    writes: AtomicU32,
}

impl Stopping {
    fn at(&self, is_after: bool, write: u32) {
        if self.stop == Some((is_after, write)) {
            say("stands still");
            loop {
                std::thread::park();
            }
        }
    }
}

#[async_trait]
impl Database for Stopping {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        let write = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        self.at(false, write);
        let written = self.inner.write(statements).await;
        self.at(true, write);
        written
    }
}

/// Waits by moving the clock that the fakes go by as well.
struct Moves(SharedClock);

#[async_trait]
impl Settle for Moves {
    async fn wait(&self, seconds: u32) {
        self.0.advance(SignedDuration::from_secs(i64::from(seconds)));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("somebody listens");
}

fn stop() -> Option<(bool, u32)> {
    let text = std::env::var("ADBRAIN_STOP").ok()?;
    let (side, write) = text.split_once(' ')?;
    Some((side == "after", write.parse().ok()?))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: launcher FOLDER");
        return ExitCode::from(2);
    };
    match launch(Path::new(&folder)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("launcher: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn launch(folder: &Path) -> Result<()> {
    let clock = SharedClock::open(&folder.join("clock")).map_err(reference::of_file)?;
    let accounts = std::fs::read(folder.join("accounts.json")).map_err(reference::of_file)?;
    let accounts = serde_json::from_slice(&accounts).map_err(|error| reference::of_file(error.into()))?;
    let inner = store::open(&folder.join("launch.db")).await?;
    let database = Arc::new(Stopping { inner, stop: stop(), writes: AtomicU32::new(0) });
    let told: Arc<dyn Clock> = Arc::new(clock.clone());
    let connectors = reference::connectors(&accounts, database.clone(), told.clone()).await?;
    let settle = Arc::new(Moves(clock));
    let control = Control::open(database.clone(), connectors, told, reference::options(settle.clone())).await?;
    say(&format!("opened {}", database.writes.load(Ordering::SeqCst)));
    let outcomes = reference::run(&control, settle.as_ref()).await?;
    for open in outcomes.iter().filter(|outcome| !reference::is_confirmed(outcome)).take(3) {
        eprintln!("{open:?}");
    }
    let confirmed = outcomes.iter().filter(|outcome| reference::is_confirmed(outcome)).count();
    say(&format!("done {confirmed} of {}, {}", outcomes.len(), database.writes.load(Ordering::SeqCst)));
    Ok(())
}
