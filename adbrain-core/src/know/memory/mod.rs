//! Memory: learnings, best practices, winning combinations.
//!
//! In: what was measured. Out: what resembles the question, as it was known at a moment. Called by strategist, analyst and brain. Never
//! invents a row, and takes no words from outside for a measured outcome.

mod checks;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod decay;
mod export;
mod in_memory;
mod pooling;
mod query;
mod rows;
mod similarity;
mod sql;

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{BestPractice, Learning, PooledPractice, WinningCombination};

pub use decay::{Faded, half_life_days};
pub use export::csv;
pub use in_memory::InMemory;
pub use pooling::{ProvenCombination, pooled_practices};
pub use query::{Forget, LearningQuery, Lessons, Ranking, SimilarQuery};
pub use similarity::{Embedder, HashedText, likeness};
pub use sql::SqlMemory;

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/memory.md")]
pub struct Guide;

/// Keeps what was learnt. Storing the same learning, practice or combination twice changes nothing.
///
/// A memory of one's own is this trait over any store; [`InMemory`] shows how little it takes.
///
/// ```
/// use adbrain_core::MemoryStore;
/// use adbrain_core::memory::InMemory;
/// use adbrain_core::model::WinningCombination;
///
/// # futures::executor::block_on(async {
/// let memory = InMemory::default();
/// let used = WinningCombination {
///     creative_type: "video".into(), copy_style: "benefit".into(), audience_segment: "30-34 female".into(),
///     average_roas: 4.2, average_ctr: 0.02, times_used: 10, times_succeeded: 8,
/// };
/// memory.record_combinations("spring.csv", &[used.clone()]).await?;
/// memory.record_combinations("spring.csv", &[used]).await?; // the same source counts once
/// assert_eq!(memory.winning_combinations(5).await?[0].times_used, 10);
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
#[async_trait]
pub trait MemoryStore: Send + Sync {
    /// Stores learnings; those whose id is known already are left as they are. Says how many were new.
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64>;

    /// Learnings of the same industry and objective.
    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>>;

    /// Sets best practices; one with the same industry and type is replaced.
    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()>;

    /// The best practices of an industry, sorted by type.
    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>>;

    /// Adds uses to winning combinations: means are pooled by uses, counts add up. `source` names the run or file that the uses
    /// come from; the same source is added once.
    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()>;

    /// The combinations with the highest success rate, then mean ROAS; at most `limit`.
    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>>;

    /// Takes all that a run taught and says how many learnings were new. The engine's own memories take it whole or not at all; by default
    /// it is stored part by part, which a run that is taken up again completes.
    async fn remember(&self, lessons: &Lessons) -> Result<u64> {
        self.record_combinations(&lessons.source, &lessons.combinations).await?;
        self.store_best_practices(&lessons.practices).await?;
        self.store_learnings(&lessons.learnings).await
    }

    /// Every learning that fits, the newest first. A memory without it says so by [`ErrorKind::Unsupported`].
    async fn learnings(&self, _query: &LearningQuery) -> Result<Vec<Learning>> {
        Err(unsupported("list its learnings"))
    }

    /// Deletes the learnings that fit, and where a brand is named what its feedback left among best practices; says how many learnings went.
    /// A memory without it says so by [`ErrorKind::Unsupported`].
    async fn forget(&self, _what: &Forget) -> Result<u64> {
        Err(unsupported("forget"))
    }

    /// What each insight does over campaigns, from the learnings that fit a question about trade and objective; see [`pooled_practices`].
    async fn pooled(&self, query: &LearningQuery) -> Result<Vec<PooledPractice>> {
        Ok(pooled_practices(&self.learnings(query).await?, query.as_of))
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("this memory cannot {what}"))
        .next("add the method of that name to it, or use the engine's own memory")
}
