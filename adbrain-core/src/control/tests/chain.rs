//! One chain for many writers: entries that others write in between, and a store that fails.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;

use super::*;
use crate::error::Result;
use crate::model::AccountId;
use crate::store::{Database, Row, Statement};

/// A store in which another run writes an entry right before so many of the first ones, each time on the same beat.
struct Between {
    inner: Arc<dyn Database>,
    other: Control,
    every: u32,
    seen: AtomicU32,
}

#[async_trait]
impl Database for Between {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        if statements.iter().any(|statement| statement.sql.starts_with("INSERT INTO journal (")) {
            let seen = self.seen.fetch_add(1, Ordering::SeqCst);
            if seen.is_multiple_of(self.every) {
                let refused = change("meta-9", ChangeKind::Pause, &format!("entry {seen}"));
                assert_eq!(one(&self.other, refused).await.state, JournalState::Refused);
            }
        }
        self.inner.write(statements).await
    }
}

/// A run whose entries come between those of another, on every so manieth beat, and that run's store.
async fn between(bench: &Bench, run: &str, every: u32) -> Arc<Between> {
    let mut there = Bench::new().await;
    there.options.run = RunId::new(run);
    for fake in [&mut there.meta, &mut there.google] {
        Arc::get_mut(fake).unwrap().capabilities.account = AccountId::new("2");
    }
    let other = there.open_on(bench.database.clone()).await.unwrap();
    Arc::new(Between { inner: bench.database.clone(), other, every, seen: AtomicU32::new(0) })
}

#[tokio::test]
async fn entries_are_chained_behind_what_another_run_wrote_in_between() {
    let bench = Bench::new().await;
    let store = between(&bench, "other", 2).await;
    let control = bench.open_on(store.clone()).await.unwrap();
    assert_states(&control.launch(&plan(), &OneFile).await.unwrap(), JournalState::Confirmed);
    assert_states(&control.activate(&plan()).await.unwrap(), JournalState::Confirmed);
    let found = verify(bench.database.as_ref()).await.unwrap();
    assert!(found.is_intact, "{found:?}");
    assert!(store.seen.load(Ordering::SeqCst) > 60);
    assert_eq!(bench.meta.requests().iter().filter(|request| *request == "create meta-c").count(), 1);
}

#[tokio::test]
async fn an_entry_that_never_gets_its_turn_is_given_up_and_nothing_is_sent() {
    let bench = Bench::new().await;
    let store = between(&bench, "other", 1).await;
    let control = bench.open_on(store.clone()).await.unwrap();
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert_eq!((error.kind(), store.seen.load(Ordering::SeqCst)), (ErrorKind::Conflict, 100));
    assert!(bench.meta.requests().is_empty());
    assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
}

#[tokio::test]
async fn two_processes_on_one_run_do_not_write_past_each_other() {
    let bench = Bench::new().await;
    let store = between(&bench, "run", 1).await;
    let control = bench.open_on(store.clone()).await.unwrap();
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert_eq!((error.kind(), store.seen.load(Ordering::SeqCst)), (ErrorKind::Conflict, 1));
    assert!(verify(bench.database.as_ref()).await.unwrap().is_intact);
}

#[tokio::test]
async fn a_store_that_is_gone_is_not_asked_again_and_again() {
    let bench = Bench::new().await;
    let database = Arc::new(Breaking { inner: bench.database.clone(), left: AtomicI64::new(20) });
    let control = bench.open_on(database.clone()).await.unwrap();
    let error = control.launch(&plan(), &OneFile).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let asked = -database.left.load(Ordering::SeqCst);
    assert!(
        (1..=8).contains(&asked),
        "{asked} writes after it was gone: the entry, and the leases that are given back"
    );
}

/// A store that is away at times.
struct Away {
    inner: Arc<dyn Database>,
    is_away: AtomicBool,
}

#[async_trait]
impl Database for Away {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Unavailable, "the disk is gone"));
        }
        self.inner.write(statements).await
    }
}

#[tokio::test]
async fn what_waited_in_the_emergency_file_goes_into_the_chain_with_the_next_entry() {
    let mut bench = Bench::new().await;
    let file = bench.folder.path().join("emergency.jsonl");
    bench.options.emergency_file = Some(file.clone());
    let store = Arc::new(Away { inner: bench.database.clone(), is_away: AtomicBool::new(false) });
    drop(bench.running().await);
    let control = bench.open_on(store.clone()).await.unwrap();
    store.is_away.store(true, Ordering::SeqCst);
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert!(file.exists());
    let before = verify(bench.database.as_ref()).await.unwrap().entries;
    store.is_away.store(false, Ordering::SeqCst);
    assert_eq!(one(&control, budget("meta-2", 10, 9)).await.state, JournalState::Confirmed);
    assert!(!file.exists());
    let after = verify(bench.database.as_ref()).await.unwrap();
    assert!(after.is_intact && after.entries == before + 6, "{before} {after:?}");
}

#[tokio::test]
async fn what_waits_in_the_emergency_file_stays_there_where_others_wrote_meanwhile_until_it_is_opened_again() {
    let mut bench = Bench::new().await;
    let file = bench.folder.path().join("emergency.jsonl");
    bench.options.emergency_file = Some(file.clone());
    let store = Arc::new(Away { inner: bench.database.clone(), is_away: AtomicBool::new(false) });
    drop(bench.running().await);
    let control = bench.open_on(store.clone()).await.unwrap();
    let between = between(&bench, "other", 1).await;
    store.is_away.store(true, Ordering::SeqCst);
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    let refused = change("meta-9", ChangeKind::Pause, "in between");
    assert_eq!(one(&between.other, refused).await.state, JournalState::Refused);
    store.is_away.store(false, Ordering::SeqCst);
    assert_eq!(one(&control, budget("meta-2", 10, 9)).await.state, JournalState::Confirmed);
    assert!(file.exists());
    let before = verify(bench.database.as_ref()).await.unwrap().entries;
    drop(control);
    let control = bench.open().await;
    let after = verify(bench.database.as_ref()).await.unwrap();
    assert!(!file.exists() && after.is_intact && after.entries == before + 6, "{before} {after:?}");
    let sent = bench.meta.requests().len();
    assert_eq!(one(&control, budget("meta-1", 10, 9)).await.state, JournalState::Confirmed);
    assert_eq!(bench.meta.requests().len(), sent, "what was done is known");
}

#[tokio::test]
async fn an_emergency_file_that_cannot_be_read_is_told_and_one_that_is_not_there_is_none() {
    let mut bench = Bench::new().await;
    bench.options.emergency_file = Some(bench.folder.path().to_owned());
    let error = bench.open_on(bench.database.clone()).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("emergency file"), "{error}");
    bench.options.emergency_file = Some(bench.folder.path().join("none.jsonl"));
    assert!(bench.open_on(bench.database.clone()).await.is_ok());
}
