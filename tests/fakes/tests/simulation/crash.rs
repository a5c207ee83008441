//! Processes that die: an operation whose future is dropped at one of the places where a process can be killed.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use adbrain_core::store::{Database, Row, Statement};
use adbrain_core::{Error, ErrorKind, Result};
use async_trait::async_trait;
use tokio::sync::Notify;

/// Where the next crash is.
#[derive(Default)]
pub(crate) struct Crash {
    left: AtomicI64,
    here: Notify,
}

impl Crash {
    /// The process dies at this place from now on, counted from one; zero for never.
    pub(crate) fn at(&self, place: i64) {
        self.left.store(place, Ordering::SeqCst);
    }

    /// A place at which a process can die.
    pub(crate) async fn place(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.here.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Does something; nothing comes of it where the process died.
    pub(crate) async fn survive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let done = tokio::select! {
            biased;
            () = self.here.notified() => None,
            done = work => Some(done),
        };
        self.at(0);
        done
    }
}

/// A store in which processes die and which cannot be written at times.
pub(crate) struct Store {
    pub(crate) inner: Arc<dyn Database>,
    pub(crate) crash: Arc<Crash>,
    pub(crate) is_broken: AtomicBool,
}

#[async_trait]
impl Database for Store {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        self.crash.place().await;
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Unavailable, "the disk is full").next("make room"));
        }
        let written = self.inner.write(statements).await;
        self.crash.place().await;
        written
    }
}
