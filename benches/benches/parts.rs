//! Parts of the loop by themselves, with the spread of their times: `cargo bench -p adbrain-benches`.
//!
//! Ratios beside peers come from `benches/compare.py`; these times are for seeing what a change to one part does.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be made ready stops")]

use std::sync::Arc;

use adbrain_benches::graph::diamond;
use adbrain_benches::learnings::{INDUSTRIES, fill, query};
use adbrain_benches::season::season;
use adbrain_core::agent::workflow::RunOptions;
use adbrain_core::market::World;
use adbrain_core::measure::import_file;
use adbrain_core::memory::{MemoryStore as _, SqlMemory};
use adbrain_core::model::{Currency, RunId};
use adbrain_core::store;
use divan::Bencher;
use divan::counter::ItemsCount;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A memory in a file of its own that holds so many learnings.
fn memory(runtime: &Runtime, learnings: u64) -> (tempfile::TempDir, SqlMemory) {
    let folder = tempfile::tempdir().unwrap();
    let database = runtime.block_on(store::open(&folder.path().join("bench.db"))).unwrap();
    let memory = SqlMemory::new(database);
    runtime.block_on(fill(&memory, 0..learnings)).unwrap();
    (folder, memory)
}

/// Five trivial steps: what the engine itself costs.
#[divan::bench]
fn graph_of_five_steps(bencher: Bencher<'_, '_>) {
    let (runtime, (graph, last)) = (runtime(), diamond());
    bencher.bench_local(|| {
        let outputs = runtime.block_on(graph.run(RunOptions::new(RunId::new("run"), 7))).unwrap();
        assert_eq!(*outputs.get(last).unwrap(), 6);
    });
}

/// Past results as CSV, each cell checked.
#[divan::bench(args = [1_000, 10_000])]
fn import_of_rows(bencher: Bencher<'_, '_>, rows: usize) {
    let head = "platform,date,campaign,ad,age,gender,impressions,clicks,conversions,spend,revenue\n";
    let row = "meta,2026-10-01,spring,a1,25-34,F,10000,210,12,400.00,1500.00\n";
    let bytes = (head.to_owned() + &row.repeat(rows)).into_bytes();
    bencher.counter(ItemsCount::new(rows)).bench_local(|| {
        let history = import_file(&bytes, None, Currency::BRL).unwrap();
        assert_eq!(history.rows.len(), rows);
    });
}

/// The learnings of one run in one transaction, each time new ones.
#[divan::bench]
fn store_of_100_learnings(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let (_folder, memory) = memory(&runtime, 0);
    let mut next = 0;
    bencher.counter(ItemsCount::new(100_usize)).bench_local(|| {
        runtime.block_on(fill(&memory, next..next + 100)).unwrap();
        next += 100;
    });
}

/// The question for ten similar campaigns.
#[divan::bench(args = [1_000, 10_000])]
fn similar_campaigns_among(bencher: Bencher<'_, '_>, learnings: u64) {
    let runtime = runtime();
    let (_folder, memory) = memory(&runtime, learnings);
    let mut place = 0;
    bencher.bench_local(|| {
        place = (place + 1) % (INDUSTRIES * 2);
        assert_eq!(runtime.block_on(memory.similar(&query(place))).unwrap().len(), 10);
    });
}

/// 200 ads on four platforms, by the hour.
#[divan::bench(args = [1, 7], sample_count = 20)]
fn market_days(bencher: Bencher<'_, '_>, days: i64) {
    let world = Arc::new(World::builtin().unwrap());
    bencher.bench_local(|| assert!(season(&world, days).unwrap() > 0));
}
