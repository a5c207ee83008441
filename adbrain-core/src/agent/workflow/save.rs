//! Keeping finished steps, so that a killed run goes on where it was.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::Result;
use crate::model::{ContentHash, RunId};

/// What is kept of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedRun {
    /// The hash of the flow that it began with.
    pub flow: ContentHash,
    /// The outputs of its finished steps, as JSON by name.
    pub steps: BTreeMap<String, String>,
}

/// Steps that finished together; they are saved in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The run; it is recorded with its first batch where it is not known yet.
    pub run: RunId,
    /// The hash of the flow.
    pub flow: ContentHash,
    /// When they were saved.
    pub at: Timestamp,
    /// The outputs, as JSON with the name of the step.
    pub steps: Vec<(String, String)>,
    /// Whether all steps of the run are saved with these.
    pub is_last: bool,
}

/// Keeps finished steps.
#[async_trait]
pub trait Saver: Send + Sync {
    /// What is kept of a run; none for a run that is not known.
    async fn load(&self, run: &RunId) -> Result<Option<SavedRun>>;

    /// Keeps steps, all or none; the run goes on to the next steps only afterwards.
    async fn save(&self, batch: Batch) -> Result<()>;
}

/// Keeps finished steps in memory, for tests and for runs that are to be tried again within one process.
#[derive(Debug, Default)]
pub struct MemorySaver {
    runs: Mutex<BTreeMap<RunId, SavedRun>>,
}

#[async_trait]
impl Saver for MemorySaver {
    async fn load(&self, run: &RunId) -> Result<Option<SavedRun>> {
        Ok(self.runs.lock().unwrap_or_else(PoisonError::into_inner).get(run).cloned())
    }

    async fn save(&self, batch: Batch) -> Result<()> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let empty = SavedRun { flow: batch.flow, steps: BTreeMap::new() };
        runs.entry(batch.run).or_insert(empty).steps.extend(batch.steps);
        Ok(())
    }
}
