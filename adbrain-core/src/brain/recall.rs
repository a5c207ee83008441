//! Questions about the memory, what is forgotten of it, and backups of the store.

use std::path::Path;

use super::Brain;
use crate::error::Result;
use crate::memory::{Forget, LearningQuery, ProvenCombination, SimilarQuery};
use crate::model::{Learning, PooledPractice};

impl Brain {
    /// The learnings that fit, the newest first.
    ///
    /// # Errors
    /// Those of the memory; [`crate::ErrorKind::Unsupported`] where one of the caller's own cannot list.
    pub async fn learnings(&self, query: &LearningQuery) -> Result<Vec<Learning>> {
        self.memory().learnings(query).await
    }

    /// The learnings of the same trade and objective, ranked as the question says.
    ///
    /// # Errors
    /// Those of the memory; [`crate::ErrorKind::InvalidInput`] for a ranking by likeness without a campaign.
    pub async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        self.memory().similar(query).await
    }

    /// What each insight does over campaigns; see [`crate::memory::pooled_practices`].
    ///
    /// # Errors
    /// As [`Brain::learnings`].
    pub async fn practices(&self, query: &LearningQuery) -> Result<Vec<PooledPractice>> {
        self.memory().pooled(query).await
    }

    /// What was used together and did best, each with the posterior of its success.
    ///
    /// # Errors
    /// Those of the memory.
    pub async fn combinations(&self, most: u32) -> Result<Vec<ProvenCombination>> {
        let found = self.memory().winning_combinations(most).await?;
        found.into_iter().map(ProvenCombination::of).collect()
    }

    /// Deletes learnings for good and says how many. The journal and the results of runs stay.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for an order that names nothing; else as [`Brain::learnings`].
    pub async fn forget(&self, what: &Forget) -> Result<u64> {
        self.memory().forget(what).await
    }

    /// Copies the whole store as it is at one moment into a new file, while runs go on; [`crate::store::restore`] is the way back.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Conflict`] where the file is there; [`crate::ErrorKind::Unsupported`] for a server.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        self.database().backup(to).await
    }
}
