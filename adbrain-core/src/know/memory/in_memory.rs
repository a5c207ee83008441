//! A memory that lasts as long as the process: for tests and trials.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::checks::{check_combinations, checked, pooled};
use super::similarity::{self, Candidate, Embedder, HashedText};
use super::{Forget, LearningQuery, Lessons, MemoryStore, Ranking, SimilarQuery};
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
pub struct InMemory {
    rows: Mutex<Rows>,
    embedder: Arc<dyn Embedder>,
}

impl Default for InMemory {
    fn default() -> Self {
        Self { rows: Mutex::default(), embedder: Arc::new(HashedText) }
    }
}

#[derive(Debug, Default)]
struct Rows {
    learnings: BTreeMap<String, Learning>,
    practices: BTreeMap<(String, String), BestPractice>,
    combinations: BTreeMap<[String; 3], WinningCombination>,
    sources: BTreeSet<String>,
}

impl InMemory {
    /// Compares texts by an embedder of one's own.
    #[must_use]
    pub fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder, ..self }
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MemoryStore for InMemory {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        let learnings = checked(learnings)?;
        Ok(self.rows().add_learnings(learnings))
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        let of_kind =
            |learning: &&Learning| learning.industry == query.industry && learning.objective == query.objective;
        let mut found: Vec<Learning> = self.rows().known(query.as_of).filter(of_kind).cloned().collect();
        let rank: fn(&Learning) -> f64 = match query.ranking {
            Ranking::Impact => |learning| learning.impact.value,
            Ranking::LowerBound => |learning| learning.impact.low,
            Ranking::Relevance | Ranking::Likeness => {
                let candidates: Vec<Candidate> = found.iter().map(Candidate::from).collect();
                let ids = similarity::rank(query, &candidates, self.embedder.as_ref()).await?;
                let mut by_id: BTreeMap<String, Learning> =
                    found.into_iter().map(|one| (one.id.clone(), one)).collect();
                return Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect());
            }
        };
        found.sort_by(|a, b| greatest_first(rank(a), rank(b)).then_with(|| a.id.cmp(&b.id)));
        found.truncate(query.limit as usize);
        Ok(found)
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        self.rows().set_practices(practices);
        Ok(())
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        let rows = self.rows();
        Ok(rows.practices.values().filter(|practice| practice.industry == industry).cloned().collect())
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        check_combinations(combinations)?;
        self.rows().add_uses(source, combinations);
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

    async fn remember(&self, lessons: &Lessons) -> Result<u64> {
        let learnings = checked(&lessons.learnings)?;
        check_combinations(&lessons.combinations)?;
        let mut rows = self.rows();
        rows.add_uses(&lessons.source, &lessons.combinations);
        rows.set_practices(&lessons.practices);
        Ok(rows.add_learnings(learnings))
    }

    async fn learnings(&self, query: &LearningQuery) -> Result<Vec<Learning>> {
        let rows = self.rows();
        let all: Vec<&Learning> = match query.as_of {
            Some(_) => rows.known(query.as_of).collect(),
            None => rows.learnings.values().collect(),
        };
        let mut found: Vec<Learning> = all.into_iter().filter(|learning| query.fits(learning)).cloned().collect();
        found.sort_by(|a, b| b.learnt_at.cmp(&a.learnt_at).then_with(|| a.id.cmp(&b.id)));
        found.truncate(query.limit.map_or(usize::MAX, |limit| limit as usize));
        Ok(found)
    }

    async fn forget(&self, what: &Forget) -> Result<u64> {
        what.check()?;
        let mut rows = self.rows();
        let before = rows.learnings.len();
        rows.learnings.retain(|_, learning| !what.fits(learning));
        rows.practices.retain(|_, practice| !what.fits_practice(practice));
        Ok((before - rows.learnings.len()) as u64)
    }
}

impl Rows {
    fn add_learnings(&mut self, learnings: Vec<Learning>) -> u64 {
        let before = self.learnings.len();
        for learning in learnings {
            self.learnings.entry(learning.id.clone()).or_insert(learning);
        }
        (self.learnings.len() - before) as u64
    }

    fn add_uses(&mut self, source: &str, combinations: &[WinningCombination]) {
        if !self.sources.insert(source.to_owned()) {
            return;
        }
        for added in combinations {
            let known = self.combinations.entry(key(added));
            known.and_modify(|known| *known = pooled(known, added)).or_insert_with(|| added.clone());
        }
    }

    fn set_practices(&mut self, practices: &[BestPractice]) {
        for practice in practices {
            let key = (practice.industry.clone(), practice.practice_type.clone());
            self.practices.insert(key, practice.clone());
        }
    }

    /// What was known at a moment: nothing that was learnt later, has expired, or was superseded by then.
    fn known(&self, as_of: Option<Timestamp>) -> impl Iterator<Item = &Learning> {
        let is_known = move |learning: &Learning| as_of.is_none_or(|now| learning.learnt_at <= now);
        let superseded: BTreeSet<&str> = self
            .learnings
            .values()
            .filter(|learning| is_known(learning))
            .filter_map(|learning| learning.grounds.supersedes.as_deref())
            .collect();
        let has_expired =
            move |learning: &Learning| as_of.zip(learning.grounds.expires_at).is_some_and(|(now, end)| end <= now);
        self.learnings.values().filter(move |learning| {
            is_known(learning) && !has_expired(learning) && !superseded.contains(learning.id.as_str())
        })
    }
}

fn key(combination: &WinningCombination) -> [String; 3] {
    [combination.creative_type.clone(), combination.copy_style.clone(), combination.audience_segment.clone()]
}

/// The order of SQL: 0 and −0 are the same.
fn greatest_first(a: f64, b: f64) -> Ordering {
    b.partial_cmp(&a).unwrap_or(Ordering::Equal)
}
