//! Memory in the store: a libSQL file or server.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::checks::{check_combinations, checked};
use super::rows::{
    CANDIDATE, LEARNING, add_combination, add_learning, candidate, combination, learning, practice, set_practice,
};
use super::similarity::{self, Embedder, HashedText};
use super::{Forget, LearningQuery, Lessons, MemoryStore, Ranking, SimilarQuery};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BestPractice, Learning, WinningCombination};
use crate::store::{Database, Statement, Value};

/// What was known at the moment `?1`: nothing that was learnt later, has expired, or was superseded by then. All that is not superseded
/// where the moment is nothing.
const KNOWN: &str = "(?1 IS NULL OR (learnt_at <= ?1 AND (expires_at IS NULL OR expires_at > ?1))) AND NOT EXISTS \
    (SELECT 1 FROM campaign_learnings AS newer WHERE newer.supersedes = campaign_learnings.id \
    AND (?1 IS NULL OR newer.learnt_at <= ?1))";

/// What the feedback to a brand left: `feedback:ctr_low:Ventania`. The second part has no colon, the brand may have some.
const FORGET_PRACTICES: &str = "DELETE FROM industry_best_practices WHERE practice_type LIKE 'feedback:%' \
    AND substr(substr(practice_type, 10), instr(substr(practice_type, 10), ':') + 1) = ?1 \
    AND (?2 IS NULL OR last_updated < ?2)";

const PRACTICES: &str = "SELECT industry, practice_type, description, average_performance, roas_variance, sample_size, \
    last_updated FROM industry_best_practices WHERE industry = ?1 ORDER BY practice_type";

const COMBINATIONS: &str = "SELECT creative_type, copy_style, audience_segment, average_roas, average_ctr, times_used, \
    times_succeeded FROM winning_combinations \
    ORDER BY success_rate DESC, average_roas DESC, creative_type, copy_style, audience_segment LIMIT ?1";

/// Keeps memory in a database whose tables are up to date.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use adbrain_core::{memory::{MemoryStore, SqlMemory}, store};
/// let folder = tempfile::tempdir().unwrap();
/// let memory = SqlMemory::new(store::open(&folder.path().join("brain.db")).await.unwrap());
/// assert!(memory.best_practices("fashion").await.unwrap().is_empty());
/// # });
/// ```
#[derive(Clone)]
pub struct SqlMemory {
    database: Arc<dyn Database>,
    embedder: Arc<dyn Embedder>,
}

impl SqlMemory {
    /// Makes the memory over a database that [`crate::store::open`] or [`crate::store::open_url`] opened.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self { database, embedder: Arc::new(HashedText) }
    }

    /// Compares texts by an embedder of one's own.
    #[must_use]
    pub fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder, ..self }
    }

    /// Writes all of some lessons in one transaction; says how many learnings were new.
    async fn write(&self, lessons: &Lessons, has_uses: bool) -> Result<u64> {
        let learnings = checked(&lessons.learnings)?;
        check_combinations(&lessons.combinations)?;
        let known =
            Statement::new("SELECT 1 FROM combination_sources WHERE source = ?1", [lessons.source.as_str().into()]);
        let mut uses_are_new = has_uses && self.database.query(known.clone()).await?.is_empty();
        loop {
            let statements = statements(&learnings, lessons, uses_are_new)?;
            if statements.is_empty() {
                return Ok(0);
            }
            match self.database.write(statements).await {
                // The source's key makes a second writer's whole transaction fail, so uses are added once.
                Err(error)
                    if error.kind() == ErrorKind::Conflict
                        && uses_are_new
                        && !self.database.query(known.clone()).await?.is_empty() =>
                {
                    uses_are_new = false;
                }
                changed => return Ok(changed?.iter().take(learnings.len()).sum()),
            }
        }
    }

    /// The learnings of these ids, in their order.
    async fn in_order(&self, ids: &[String]) -> Result<Vec<Learning>> {
        let list = serde_json::to_string(ids).map_err(|error| {
            Error::new(ErrorKind::Internal, "ids cannot be written as JSON").next("report this").caused_by(error)
        })?;
        let sql = format!("{LEARNING} WHERE id IN (SELECT value FROM json_each(?1))");
        let rows = self.database.query(Statement::new(sql, [list.into()])).await?;
        let found: Vec<Learning> = rows.iter().map(learning).collect::<Result<_>>()?;
        let mut by_id: BTreeMap<String, Learning> = found.into_iter().map(|one| (one.id.clone(), one)).collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }
}

/// The learnings first.
fn statements(learnings: &[Learning], lessons: &Lessons, uses_are_new: bool) -> Result<Vec<Statement>> {
    let mut statements: Vec<Statement> = learnings.iter().map(add_learning).collect::<Result<_>>()?;
    if uses_are_new {
        let source = lessons.source.as_str().into();
        statements.push(Statement::new("INSERT INTO combination_sources (source) VALUES (?1)", [source]));
        for combination in &lessons.combinations {
            statements.push(add_combination(combination)?);
        }
    }
    for practice in &lessons.practices {
        statements.push(set_practice(practice)?);
    }
    Ok(statements)
}

#[async_trait]
impl MemoryStore for SqlMemory {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        self.write(&Lessons { learnings: learnings.to_vec(), ..Lessons::default() }, false).await
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        let rank = match query.ranking {
            Ranking::Impact => "performance_impact",
            Ranking::LowerBound => "impact_low",
            Ranking::Relevance | Ranking::Likeness => {
                let sql = format!("{CANDIDATE} WHERE {KNOWN} AND industry = ?2 AND objective = ?3");
                let rows = self.database.query(Statement::new(sql, asked(query))).await?;
                let candidates: Vec<_> = rows.iter().map(candidate).collect::<Result<_>>()?;
                return self.in_order(&similarity::rank(query, &candidates, self.embedder.as_ref()).await?).await;
            }
        };
        let sql =
            format!("{LEARNING} WHERE {KNOWN} AND industry = ?2 AND objective = ?3 ORDER BY {rank} DESC, id LIMIT ?4");
        let values = asked(query).into_iter().chain([Value::Integer(query.limit.into())]);
        self.database.query(Statement::new(sql, values)).await?.iter().map(learning).collect()
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        self.write(&Lessons { practices: practices.to_vec(), ..Lessons::default() }, false).await.map(drop)
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        self.database.query(Statement::new(PRACTICES, [industry.into()])).await?.iter().map(practice).collect()
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        let combinations = combinations.to_vec();
        self.write(&Lessons { source: source.to_owned(), combinations, ..Lessons::default() }, true).await.map(drop)
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        let statement = Statement::new(COMBINATIONS, [Value::Integer(limit.into())]);
        self.database.query(statement).await?.iter().map(combination).collect()
    }

    async fn remember(&self, lessons: &Lessons) -> Result<u64> {
        self.write(lessons, true).await
    }

    async fn learnings(&self, query: &LearningQuery) -> Result<Vec<Learning>> {
        let mut values: Vec<Value> = vec![query.as_of.into()];
        let objective = query.objective.map(|objective| objective.as_str().to_owned());
        let parts = [
            ("industry =", query.industry.clone()),
            ("objective =", objective),
            ("campaign =", query.campaign.clone()),
            ("brand =", query.brand.clone()),
        ];
        let mut conditions = conditions(parts.map(|(what, value)| (what, value.map(Value::from))), &mut values);
        if query.as_of.is_some() {
            conditions.push(KNOWN.to_owned());
        }
        // One condition, where nothing narrows.
        conditions.push("TRUE".to_owned());
        values.push(Value::Integer(query.limit.map_or(-1, i64::from)));
        let (all, limit) = (conditions.join(" AND "), values.len());
        let sql = format!("{LEARNING} WHERE {all} ORDER BY learnt_at DESC, id LIMIT ?{limit}");
        self.database.query(Statement::new(sql, values)).await?.iter().map(learning).collect()
    }

    async fn forget(&self, what: &Forget) -> Result<u64> {
        what.check()?;
        let mut values = Vec::new();
        let parts = [
            ("campaign =", what.campaign.clone().map(Value::from)),
            ("brand =", what.brand.clone().map(Value::from)),
            ("learnt_at <", what.before.map(Value::from)),
        ];
        let conditions = conditions(parts, &mut values).join(" AND ");
        let mut statements = vec![Statement::new(format!("DELETE FROM campaign_learnings WHERE {conditions}"), values)];
        if let (Some(brand), None) = (&what.brand, &what.campaign) {
            statements.push(Statement::new(FORGET_PRACTICES, [brand.as_str().into(), what.before.into()]));
        }
        Ok(self.database.write(statements).await?.first().copied().unwrap_or(0))
    }
}

/// What [`KNOWN`], trade and objective are filled in with.
fn asked(query: &SimilarQuery) -> [Value; 3] {
    [query.as_of.into(), query.industry.as_str().into(), query.objective.as_str().into()]
}

/// A condition for each part that is given; its value goes to the others.
fn conditions<const N: usize>(parts: [(&str, Option<Value>); N], values: &mut Vec<Value>) -> Vec<String> {
    let given = parts.into_iter().filter_map(|(what, value)| Some((what, value?)));
    let condition = |(what, value): (&str, Value)| {
        values.push(value);
        format!("{what} ?{}", values.len())
    };
    given.map(condition).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{InMemory, contract};
    use crate::store::{self, FileDatabase};

    #[tokio::test]
    async fn the_file_keeps_the_contract() {
        for case in contract::CASES {
            let folder = tempfile::tempdir().unwrap();
            let memory = SqlMemory::new(store::open(&folder.path().join("brain.db")).await.unwrap());
            case.check(&memory).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_process_memory_keeps_the_contract() {
        for case in contract::CASES {
            case.check(&InMemory::default()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn one_store_may_go_through_all_cases_in_turn() {
        contract::check(&InMemory::default()).await.unwrap();
    }

    #[tokio::test]
    async fn the_default_question_is_answered_from_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("brain.db");
        store::open(&path).await.unwrap();
        let database = FileDatabase::open(&path).await.unwrap();
        for (rank, index) in [("performance_impact", "by_impact"), ("impact_low", "by_low")] {
            let sql = format!(
                "EXPLAIN QUERY PLAN {LEARNING} WHERE {KNOWN} AND industry = ?2 AND objective = ?3 \
                ORDER BY {rank} DESC, id LIMIT 10"
            );
            let plan = database.query(Statement::new(sql, [Value::Null, "a".into(), "b".into()])).await.unwrap();
            let lines: Vec<_> = plan.iter().map(|row| row.text(3).unwrap()).collect();
            assert!(lines[0].contains(index) && lines.iter().all(|line| !line.contains("TEMP B-TREE")), "{lines:?}");
            assert!(lines.iter().any(|line| line.contains("by_superseded")), "{lines:?}");
        }
    }

    #[tokio::test]
    async fn two_writers_of_the_same_source_add_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("brain.db");
        let first = SqlMemory::new(store::open(&path).await.unwrap());
        let second = SqlMemory::new(store::open(&path).await.unwrap());
        let rows = [contract::combination("video", 4, 2)];
        for round in 0..50 {
            let source = format!("run-{round}");
            let both =
                futures::join!(first.record_combinations(&source, &rows), second.record_combinations(&source, &rows));
            both.0.and(both.1).unwrap();
        }
        assert_eq!(first.winning_combinations(1).await.unwrap()[0].times_used, 200);
    }
}
