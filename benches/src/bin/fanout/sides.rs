//! A server as a process of its own, and what is asked of it: one line in, one line out.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::Outcome;

/// The longest that a server may take for one line.
const PATIENCE: Duration = Duration::from_secs(120);

/// The two that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// `adbrain_core::dashboard`.
    Ours,
    /// axum's `WebSocketUpgrade` with a `tokio::sync::broadcast` channel, as in its chat example.
    Peer,
}

impl Side {
    pub(crate) const ALL: [Self; 2] = [Self::Ours, Self::Peer];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "adbrain",
            Self::Peer => "axum with broadcast",
        }
    }

    pub(crate) async fn start(self) -> Outcome<Server> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", if self == Self::Ours { "adbrain" } else { "peer" }])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a server has no pipes".into());
        };
        let mut answers = BufReader::new(answers).lines();
        let first = next(&mut answers).await?;
        let door = Door::parse(&first).ok_or_else(|| format!("a server began with {first:?}"))?;
        Ok(Server { door, child, orders, answers })
    }
}

/// How to get in.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub(crate) address: String,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
}

impl Door {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(Self { address: words.next()?, path: words.next()?, token: words.next() })
    }
}

/// Messages to publish.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    pub(crate) count: u64,
    pub(crate) every_ms: u64,
    pub(crate) bytes: usize,
}

impl Work {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let count = words.next()?.parse().ok()?;
        Some(Self { count, every_ms: words.next()?.parse().ok()?, bytes: words.next()?.parse().ok()? })
    }
}

pub(crate) struct Server {
    pub(crate) door: Door,
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Publishes, and waits until the last message is out.
    pub(crate) async fn publish(&mut self, work: Work) -> Outcome<()> {
        let order = format!("{} {} {}\n", work.count, work.every_ms, work.bytes);
        self.orders.write_all(order.as_bytes()).await?;
        next(&mut self.answers).await.map(drop)
    }

    /// What the process holds in memory, in kilobytes; none where the system does not tell.
    pub(crate) fn memory_kb(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
    }

    pub(crate) async fn stop(mut self) -> Outcome<()> {
        drop(self.orders);
        self.child.kill().await?;
        Ok(())
    }
}

async fn next(answers: &mut Lines<BufReader<ChildStdout>>) -> Outcome<String> {
    timeout(PATIENCE, answers.next_line()).await??.ok_or_else(|| "a server has ended".into())
}
