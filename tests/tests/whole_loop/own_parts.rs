//! The loop with parts of the caller's own: they are asked, and what they fail with comes back whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adbrain_core::brain::{Brain, BrainBuilder, Watch};
use adbrain_core::memory::{InMemory, SimilarQuery};
use adbrain_core::model::{BestPractice, CopySet, Estimate, Learning, Strategy, WinningCombination};
use adbrain_core::predict::PredictionInput;
use adbrain_core::{Agent, Error, ErrorKind, MemoryStore, Predictor, Result};

use super::request;

#[derive(Debug)]
struct OwnError;

impl std::fmt::Display for OwnError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("no idea")
    }
}

impl std::error::Error for OwnError {}

fn failed() -> Error {
    Error::new(ErrorKind::UserCode, "my own code failed").caused_by(OwnError)
}

/// Expects the same everywhere.
struct Flat;

#[async_trait::async_trait]
impl Predictor for Flat {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        let guess = Estimate {
            value: 2.0,
            low: 0.5,
            high: 5.0,
            level: 0.9,
            method: "flat".into(),
            sample_size: 0,
            warnings: Vec::new(),
        };
        Ok(vec![guess; inputs.len()])
    }
}

/// Keeps everything in memory and counts what it is asked.
#[derive(Default)]
struct Counting {
    inner: InMemory,
    asked: AtomicU32,
}

#[async_trait::async_trait]
impl MemoryStore for Counting {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        self.inner.store_learnings(learnings).await
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.inner.similar(query).await
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        self.inner.store_best_practices(practices).await
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.inner.best_practices(industry).await
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        self.inner.record_combinations(source, combinations).await
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        self.inner.winning_combinations(limit).await
    }
}

/// Fails wherever it stands.
struct Failing;

#[async_trait::async_trait]
impl Predictor for Failing {
    async fn predict_roas(&self, _: &[PredictionInput]) -> Result<Vec<Estimate>> {
        Err(failed())
    }
}

#[async_trait::async_trait]
impl Agent for Failing {
    type Input = Strategy;
    type Output = CopySet;

    async fn run(&self, _: Strategy) -> Result<CopySet> {
        Err(failed())
    }
}

#[async_trait::async_trait]
impl MemoryStore for Failing {
    async fn store_learnings(&self, _: &[Learning]) -> Result<u64> {
        Err(failed())
    }

    async fn similar(&self, _: &SimilarQuery) -> Result<Vec<Learning>> {
        Err(failed())
    }

    async fn store_best_practices(&self, _: &[BestPractice]) -> Result<()> {
        Err(failed())
    }

    async fn best_practices(&self, _: &str) -> Result<Vec<BestPractice>> {
        Err(failed())
    }

    async fn record_combinations(&self, _: &str, _: &[WinningCombination]) -> Result<()> {
        Err(failed())
    }

    async fn winning_combinations(&self, _: u32) -> Result<Vec<WinningCombination>> {
        Err(failed())
    }
}

#[tokio::test]
async fn a_store_and_a_predictor_of_one_s_own_take_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Arc::new(Counting::default());
    let builder = Brain::builder().local(&folder.path().join("brain.db"));
    let brain = builder.memory(memory.clone()).predictor(Arc::new(Flat)).build().await.unwrap();
    let result = brain.run(request(7), Watch::default()).await.unwrap();
    assert!(result.strategy.platforms.iter().all(|choice| choice.expected_roas.method == "flat"));
    assert!(memory.asked.load(Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn what_a_part_fails_with_comes_back_whole() {
    let parts: [fn(BrainBuilder) -> BrainBuilder; 3] = [
        |builder| builder.copywriter(Arc::new(Failing)),
        |builder| builder.memory(Arc::new(Failing)),
        |builder| builder.predictor(Arc::new(Failing)),
    ];
    for (number, part) in parts.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let brain = part(Brain::builder().local(&folder.path().join("brain.db"))).build().await.unwrap();
        let mut error = brain.run(request(7), Watch::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserCode, "part {number}: {error}");
        assert!(error.take_source().is_some_and(|source| source.is::<OwnError>()), "part {number}");
    }
}
