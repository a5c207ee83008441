//! Memory stores written in Python.
//!
//! In: an object with the six methods of a memory store. Out: a store. Called by brain. Never keeps a row itself.

use std::sync::Arc;

use adbrain_core::memory::SimilarQuery;
use adbrain_core::model::{BestPractice, Learning, WinningCombination};
use adbrain_core::{MemoryStore, Result};
use async_trait::async_trait;

use crate::call::{Argument, UserObject};

struct UserMemory(UserObject);

/// Makes a memory store of an object.
pub(crate) fn memory(object: UserObject) -> Arc<dyn MemoryStore> {
    Arc::new(UserMemory(object))
}

#[async_trait]
impl MemoryStore for UserMemory {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        self.0.call("store_learnings", vec![Argument::of(&learnings)?]).await
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        self.0.call("similar", vec![Argument::of(query)?]).await
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        self.0.call("store_best_practices", vec![Argument::of(&practices)?]).await
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        self.0.call("best_practices", vec![Argument::of(&industry)?]).await
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        self.0.call("record_combinations", vec![Argument::of(&source)?, Argument::of(&combinations)?]).await
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        self.0.call("winning_combinations", vec![Argument::of(&limit)?]).await
    }
}
