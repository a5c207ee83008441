//! Memory: storing learnings, and the question for similar campaigns; prints one JSON object.
//!
//! Usage: `memory [learnings stored] [learnings asked among] [questions]`.

use adbrain_benches::learnings::{INDUSTRIES, fill, query, query_alike};
use adbrain_benches::measure;
use adbrain_core::Result;
use adbrain_core::memory::{MemoryStore, SimilarQuery, SqlMemory};
use adbrain_core::stats::random::Random;
use adbrain_core::store;
use serde_json::{Value, json};

/// The seed of the questions; any fixed number would do.
const SEED: u64 = 7;

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut counts = std::env::args().skip(1).filter_map(|text| text.parse::<u64>().ok());
    let (stored, among) = (counts.next().unwrap_or(10_000), counts.next().unwrap_or(100_000));
    let questions = counts.next().unwrap_or(5_000);
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        let memory = SqlMemory::new(store::open(&folder.path().join("bench.db")).await?);
        let (result, taken) = measure(fill(&memory, 0..stored)).await;
        result?;
        fill(&memory, stored..among).await?;
        let mut report = ask(&memory, questions, &query).await?;
        let by_likeness = ask(&memory, questions / 50, &query_alike).await?;
        if let Some(fields) = report.as_object_mut() {
            let rate = stored as f64 / taken.wall.as_secs_f64();
            fields.insert("by_relevance".to_owned(), by_likeness);
            fields.insert("stored".to_owned(), json!({"learnings": stored, "per_second": rate}));
        }
        Ok::<_, adbrain_core::Error>(report)
    })?;
    println!("{report}");
    Ok(())
}

/// Asks one question after the other, each for ten learnings of one trade and objective; times in microseconds.
async fn ask(memory: &SqlMemory, questions: u64, query: &dyn Fn(u64) -> SimilarQuery) -> Result<Value> {
    let mut random = Random::at(SEED, &[u64::MAX]);
    let mut times = Vec::new();
    for _ in 0..questions {
        let query = query(random.below(INDUSTRIES * 2));
        let (found, taken) = measure(memory.similar(&query)).await;
        assert_eq!(found?.len(), 10);
        times.push(taken.wall_us(1));
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(f64::NAN);
    Ok(json!({"questions": questions, "p50_us": at(50), "p99_us": at(99)}))
}
