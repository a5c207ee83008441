//! A memory that lasts as long as the process: for tests and trials.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{MemoryStore, Ranking, SimilarQuery, check_combinations, check_learnings, pooled};
use crate::error::Result;
use crate::model::{BestPractice, Learning, WinningCombination};

/// Keeps everything in this process.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use adbrain_core::memory::{InMemory, MemoryStore, SimilarQuery};
/// let memory = InMemory::default();
/// let found = memory.similar(&SimilarQuery::new("fashion", adbrain_core::model::Objective::Sales)).await.unwrap();
/// assert!(found.is_empty());
/// # });
/// ```
#[derive(Debug, Default)]
pub struct InMemory {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    learnings: BTreeMap<String, Learning>,
    practices: BTreeMap<(String, String), BestPractice>,
    combinations: BTreeMap<[String; 3], WinningCombination>,
    sources: BTreeSet<String>,
}

impl InMemory {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MemoryStore for InMemory {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        check_learnings(learnings)?;
        let mut rows = self.rows();
        let before = rows.learnings.len();
        for learning in learnings {
            rows.learnings.entry(learning.id.clone()).or_insert_with(|| learning.clone());
        }
        Ok((rows.learnings.len() - before) as u64)
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        let rows = self.rows();
        let of_kind =
            |learning: &&Learning| learning.industry == query.industry && learning.objective == query.objective;
        let mut found: Vec<_> = rows.learnings.values().filter(of_kind).cloned().collect();
        let rank = |learning: &Learning| match query.ranking {
            Ranking::Impact => learning.impact.value,
            Ranking::LowerBound => learning.impact.low,
        };
        found.sort_by(|a, b| greatest_first(rank(a), rank(b)).then_with(|| a.id.cmp(&b.id)));
        found.truncate(query.limit as usize);
        Ok(found)
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        let mut rows = self.rows();
        for practice in practices {
            let key = (practice.industry.clone(), practice.practice_type.clone());
            rows.practices.insert(key, practice.clone());
        }
        Ok(())
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        let rows = self.rows();
        Ok(rows.practices.values().filter(|practice| practice.industry == industry).cloned().collect())
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        check_combinations(combinations)?;
        let mut rows = self.rows();
        if !rows.sources.insert(source.to_owned()) {
            return Ok(());
        }
        for added in combinations {
            let known = rows.combinations.entry(key(added));
            known.and_modify(|known| *known = pooled(known, added)).or_insert_with(|| added.clone());
        }
        Ok(())
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        let mut found: Vec<_> = self.rows().combinations.values().cloned().collect();
        found.sort_by(|a, b| {
            let by_success = greatest_first(a.success_rate(), b.success_rate());
            by_success.then(greatest_first(a.average_roas, b.average_roas)).then_with(|| key(a).cmp(&key(b)))
        });
        found.truncate(limit as usize);
        Ok(found)
    }
}

fn key(combination: &WinningCombination) -> [String; 3] {
    [combination.creative_type.clone(), combination.copy_style.clone(), combination.audience_segment.clone()]
}

/// The order of SQL: 0 and −0 are the same.
fn greatest_first(a: f64, b: f64) -> Ordering {
    b.partial_cmp(&a).unwrap_or(Ordering::Equal)
}
