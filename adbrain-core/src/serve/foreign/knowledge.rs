//! Memories and predictors of another language.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use super::{Foreign, ask};
use crate::error::Result;
use crate::memory::{MemoryStore, SimilarQuery};
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
}

/// A predictor of another language: `predict_roas` takes a list and gives a list of the same length.
pub struct ForeignPredictor(pub Arc<dyn Foreign>);

#[async_trait]
impl Predictor for ForeignPredictor {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        ask(self.0.as_ref(), "predict_roas", &inputs).await
    }
}
