//! A database that stands still at one write, so that the process can be killed exactly there.

use std::io::Write as _;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adbrain_core::Result;
use adbrain_core::store::{Database, Row, Statement};
use async_trait::async_trait;

/// What a process prints when it stands still.
pub(crate) const STANDS: &str = "stands still";

/// On which side of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The work was done, its write was not sent.
    Before,
    /// The write is in the file, nobody has been told.
    After,
}

/// Which writes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that keep finished steps: the boundaries between steps.
    Step,
    /// All: finished steps, the journal, the simulated accounts, the memory.
    Any,
}

/// Where a process stands still: at the write of this number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) side: Side,
    pub(crate) which: Which,
    pub(crate) number: u32,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?} {:?} {}", self.side, self.which, self.number)
    }
}

impl FromStr for Stop {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts: Vec<_> = text.split(' ').collect();
        let [side, which, number] = parts[..] else { return Err(format!("no stop: {text}")) };
        Ok(Self {
            side: if side == "Before" { Side::Before } else { Side::After },
            which: if which == "Step" { Which::Step } else { Which::Any },
            number: number.parse().map_err(|_| format!("no number: {text}"))?,
        })
    }
}

/// How many writes there were.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    steps: AtomicU32,
    all: AtomicU32,
}

impl Writes {
    pub(crate) fn count(&self, which: Which) -> u32 {
        match which {
            Which::Step => self.steps.load(Ordering::SeqCst),
            Which::Any => self.all.load(Ordering::SeqCst),
        }
    }
}

pub(crate) struct StoppingDatabase {
    pub(crate) inner: Arc<dyn Database>,
    pub(crate) stop: Option<Stop>,
    pub(crate) writes: Arc<Writes>,
}

impl StoppingDatabase {
    /// Counts a write; says whether the process stands still at it.
    fn is_reached(&self, statements: &[Statement]) -> bool {
        let is_step = statements.iter().any(|statement| statement.sql.starts_with("INSERT INTO steps"));
        self.writes.all.fetch_add(1, Ordering::SeqCst);
        self.writes.steps.fetch_add(u32::from(is_step), Ordering::SeqCst);
        self.stop
            .is_some_and(|stop| (is_step || stop.which == Which::Any) && self.writes.count(stop.which) == stop.number)
    }

    fn is_on(&self, side: Side) -> bool {
        self.stop.is_some_and(|stop| stop.side == side)
    }
}

#[async_trait]
impl Database for StoppingDatabase {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        let is_reached = self.is_reached(&statements);
        if is_reached && self.is_on(Side::Before) {
            stand_still();
        }
        let changed = self.inner.write(statements).await;
        if is_reached {
            stand_still();
        }
        changed
    }
}

/// Says so, and waits for the kill; the runtime has this one thread alone.
fn stand_still() {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "\n{STANDS}").and_then(|()| out.flush()).is_err() {
        return;
    }
    drop(out);
    loop {
        std::thread::park();
    }
}
