//! Memories, embedders and predictors of another language.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::json;

use super::{FORGET, Foreign, LEARNINGS, ask};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::{Embedder, Forget, LearningQuery, MemoryStore, SimilarQuery};
use crate::model::{BestPractice, Estimate, Learning, WinningCombination};
use crate::predict::{PredictionInput, Predictor};

/// A memory of another language. Its methods have the names of [`MemoryStore`]; several arguments come as one object.
pub struct ForeignMemory(pub Arc<dyn Foreign>);

#[async_trait]
impl MemoryStore for ForeignMemory {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        ask(self.0.as_ref(), "store_learnings", &learnings).await
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        ask(self.0.as_ref(), "similar", query).await
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        ask(self.0.as_ref(), "store_best_practices", &practices).await
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        ask(self.0.as_ref(), "best_practices", &industry).await
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        let input = json!({"source": source, "combinations": combinations});
        ask(self.0.as_ref(), "record_combinations", &input).await
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        ask(self.0.as_ref(), "winning_combinations", &limit).await
    }

    async fn learnings(&self, query: &LearningQuery) -> Result<Vec<Learning>> {
        let found: Option<Vec<Learning>> = ask(self.0.as_ref(), LEARNINGS, query).await?;
        found.ok_or_else(|| lacks(self.0.as_ref(), LEARNINGS))
    }

    async fn forget(&self, what: &Forget) -> Result<u64> {
        let forgotten: Option<u64> = ask(self.0.as_ref(), FORGET, what).await?;
        forgotten.ok_or_else(|| lacks(self.0.as_ref(), FORGET))
    }
}

fn lacks(object: &dyn Foreign, method: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{} has no method {method}", object.name()))
        .next("add it, or use the engine's own memory")
}

/// An embedder of another language: `embed` takes a list of texts and gives a list of lists of numbers. Vectors are kept while the process
/// lasts, so that each text is embedded once.
pub struct ForeignEmbedder {
    object: Arc<dyn Foreign>,
    known: Mutex<BTreeMap<String, Vec<f64>>>,
}

/// Texts that are kept with their vectors; beyond, all are embedded again.
const MOST_TEXTS: usize = 100_000;

impl ForeignEmbedder {
    /// Wraps an object.
    pub fn new(object: Arc<dyn Foreign>) -> Self {
        Self { object, known: Mutex::default() }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<f64>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Embedder for ForeignEmbedder {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f64>>> {
        let mut new: Vec<&String> = {
            let known = self.known();
            texts.iter().filter(|text| !known.contains_key(*text)).collect()
        };
        new.sort_unstable();
        new.dedup();
        let vectors: Vec<Vec<f64>> =
            if new.is_empty() { Vec::new() } else { ask(self.object.as_ref(), "embed", &new).await? };
        if vectors.len() != new.len() {
            let message =
                format!("{}.embed gave {} vectors for {} texts", self.object.name(), vectors.len(), new.len());
            return Err(
                Error::new(ErrorKind::UserCode, message).next("return one list of numbers per text, in the same order")
            );
        }
        let mut known = self.known();
        let fresh: BTreeMap<String, Vec<f64>> = new.into_iter().cloned().zip(vectors).collect();
        let vector = |text: &String| fresh.get(text).or_else(|| known.get(text)).cloned().unwrap_or_default();
        let answer = texts.iter().map(vector).collect();
        if known.len() + fresh.len() > MOST_TEXTS {
            known.clear();
        }
        known.extend(fresh);
        Ok(answer)
    }
}

/// A predictor of another language: `predict_roas` takes a list and gives a list of the same length.
pub struct ForeignPredictor(pub Arc<dyn Foreign>);

#[async_trait]
impl Predictor for ForeignPredictor {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        ask(self.0.as_ref(), "predict_roas", &inputs).await
    }
}
