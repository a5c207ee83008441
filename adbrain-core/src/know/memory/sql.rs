//! Memory in the store: a libSQL file or server.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{MemoryStore, Ranking, SimilarQuery, check_combinations, check_learnings};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BestPractice, Estimate, Learning, WinningCombination};
use crate::store::{Database, Row, Statement, Value};

const ADD_LEARNING: &str = "INSERT INTO campaign_learnings (id, campaign, learning_type, industry, objective, insight, \
    performance_impact, impact_low, impact_high, confidence_score, impact_method, impact_warnings, sample_size, learnt_at, \
    metadata) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) ON CONFLICT (id) DO NOTHING";

const LEARNING: &str = "SELECT id, campaign, learning_type, industry, objective, insight, performance_impact, impact_low, \
    impact_high, confidence_score, impact_method, impact_warnings, sample_size, learnt_at, metadata FROM campaign_learnings";

const SET_PRACTICE: &str = "INSERT INTO industry_best_practices (industry, practice_type, description, average_performance, \
    roas_variance, sample_size, last_updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (industry, practice_type) \
    DO UPDATE SET description = excluded.description, average_performance = excluded.average_performance, \
    roas_variance = excluded.roas_variance, sample_size = excluded.sample_size, last_updated = excluded.last_updated";

const PRACTICES: &str = "SELECT industry, practice_type, description, average_performance, roas_variance, sample_size, \
    last_updated FROM industry_best_practices WHERE industry = ?1 ORDER BY practice_type";

/// Adds uses: the formula is that of `pooled`, the success rate that of [`WinningCombination::success_rate`].
const ADD_COMBINATION: &str = "INSERT INTO winning_combinations (creative_type, copy_style, audience_segment, average_roas, \
    average_ctr, times_used, times_succeeded, success_rate) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (?7 + 1.0) / (?6 + 2.0)) \
    ON CONFLICT (creative_type, copy_style, audience_segment) DO UPDATE SET \
    average_roas = average_roas + (excluded.average_roas - average_roas) \
        * (CAST(excluded.times_used AS REAL) / (times_used + excluded.times_used)), \
    average_ctr = average_ctr + (excluded.average_ctr - average_ctr) \
        * (CAST(excluded.times_used AS REAL) / (times_used + excluded.times_used)), \
    times_used = times_used + excluded.times_used, times_succeeded = times_succeeded + excluded.times_succeeded, \
    success_rate = (times_succeeded + excluded.times_succeeded + 1.0) / (times_used + excluded.times_used + 2.0)";

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
}

impl SqlMemory {
    /// Makes the memory over a database that [`crate::store::open`] or [`crate::store::open_url`] opened.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl MemoryStore for SqlMemory {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        check_learnings(learnings)?;
        if learnings.is_empty() {
            return Ok(0);
        }
        let statements = learnings.iter().map(add_learning).collect::<Result<_>>()?;
        Ok(self.database.write(statements).await?.iter().sum())
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        let rank = match query.ranking {
            Ranking::Impact => "performance_impact",
            Ranking::LowerBound => "impact_low",
        };
        let sql = format!("{LEARNING} WHERE industry = ?1 AND objective = ?2 ORDER BY {rank} DESC, id LIMIT ?3");
        let values =
            [query.industry.as_str().into(), query.objective.as_str().into(), Value::Integer(query.limit.into())];
        self.database.query(Statement::new(sql, values)).await?.iter().map(learning).collect()
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        if practices.is_empty() {
            return Ok(());
        }
        let statements = practices.iter().map(set_practice).collect::<Result<_>>()?;
        self.database.write(statements).await.map(drop)
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        self.database.query(Statement::new(PRACTICES, [industry.into()])).await?.iter().map(practice).collect()
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        check_combinations(combinations)?;
        let known = Statement::new("SELECT 1 FROM combination_sources WHERE source = ?1", [source.into()]);
        if !self.database.query(known.clone()).await?.is_empty() {
            return Ok(());
        }
        // The source's key makes a second writer's whole transaction fail, so uses are added once.
        let mut statements =
            vec![Statement::new("INSERT INTO combination_sources (source) VALUES (?1)", [source.into()])];
        for combination in combinations {
            statements.push(add_combination(combination)?);
        }
        match self.database.write(statements).await {
            Err(error) if error.kind() == ErrorKind::Conflict && !self.database.query(known).await?.is_empty() => {
                Ok(())
            }
            other => other.map(drop),
        }
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        let statement = Statement::new(COMBINATIONS, [Value::Integer(limit.into())]);
        self.database.query(statement).await?.iter().map(combination).collect()
    }
}

fn add_learning(learning: &Learning) -> Result<Statement> {
    let impact = &learning.impact;
    let values = [
        learning.id.as_str().into(),
        learning.campaign.as_str().into(),
        learning.learning_type.as_str().into(),
        learning.industry.as_str().into(),
        learning.objective.as_str().into(),
        learning.insight.as_str().into(),
        impact.value.into(),
        impact.low.into(),
        impact.high.into(),
        impact.level.into(),
        impact.method.as_str().into(),
        json(&impact.warnings)?,
        whole(impact.sample_size)?,
        learning.learnt_at.into(),
        json(&learning.metadata)?,
    ];
    Ok(Statement::new(ADD_LEARNING, values))
}

fn learning(row: &Row) -> Result<Learning> {
    Ok(Learning {
        id: row.text(0)?.to_owned(),
        campaign: row.text(1)?.to_owned(),
        learning_type: named(row, 2)?,
        industry: row.text(3)?.to_owned(),
        objective: named(row, 4)?,
        insight: row.text(5)?.to_owned(),
        impact: Estimate {
            value: row.real(6)?,
            low: row.real(7)?,
            high: row.real(8)?,
            level: row.real(9)?,
            method: row.text(10)?.to_owned(),
            sample_size: count(row, 12)?,
            warnings: from_json(row, 11)?,
        },
        learnt_at: row.time(13)?,
        metadata: from_json(row, 14)?,
    })
}

fn set_practice(practice: &BestPractice) -> Result<Statement> {
    let values = [
        practice.industry.as_str().into(),
        practice.practice_type.as_str().into(),
        practice.description.as_str().into(),
        json(&practice.average_performance)?,
        practice.roas_variance.into(),
        whole(practice.sample_size)?,
        practice.last_updated.into(),
    ];
    Ok(Statement::new(SET_PRACTICE, values))
}

fn practice(row: &Row) -> Result<BestPractice> {
    Ok(BestPractice {
        industry: row.text(0)?.to_owned(),
        practice_type: row.text(1)?.to_owned(),
        description: row.text(2)?.to_owned(),
        average_performance: from_json::<BTreeMap<String, f64>>(row, 3)?,
        roas_variance: row.real(4)?,
        sample_size: count(row, 5)?,
        last_updated: row.time(6)?,
    })
}

fn add_combination(combination: &WinningCombination) -> Result<Statement> {
    let values = [
        combination.creative_type.as_str().into(),
        combination.copy_style.as_str().into(),
        combination.audience_segment.as_str().into(),
        combination.average_roas.into(),
        combination.average_ctr.into(),
        whole(combination.times_used)?,
        whole(combination.times_succeeded)?,
    ];
    Ok(Statement::new(ADD_COMBINATION, values))
}

fn combination(row: &Row) -> Result<WinningCombination> {
    Ok(WinningCombination {
        creative_type: row.text(0)?.to_owned(),
        copy_style: row.text(1)?.to_owned(),
        audience_segment: row.text(2)?.to_owned(),
        average_roas: row.real(3)?,
        average_ctr: row.real(4)?,
        times_used: count(row, 5)?,
        times_succeeded: count(row, 6)?,
    })
}

fn json(value: &impl Serialize) -> Result<Value> {
    let text = serde_json::to_string(value);
    text.map(Value::Text)
        .map_err(|error| Error::new(ErrorKind::Internal, "a row cannot be written as JSON").caused_by(error))
}

fn from_json<T: DeserializeOwned>(row: &Row, index: usize) -> Result<T> {
    serde_json::from_str(row.text(index)?).map_err(|error| corrupt(index, &error))
}

fn named<T: std::str::FromStr<Err = Error>>(row: &Row, index: usize) -> Result<T> {
    row.text(index)?.parse().map_err(|error: Error| corrupt(index, &error))
}

fn whole(count: u64) -> Result<Value> {
    let too_large = |_| {
        Error::new(ErrorKind::InvalidInput, format!("the count {count} is too large to be stored"))
            .next(format!("give at most {}", i64::MAX))
    };
    i64::try_from(count).map(Value::Integer).map_err(too_large)
}

fn count(row: &Row, index: usize) -> Result<u64> {
    u64::try_from(row.integer(index)?).map_err(|error| corrupt(index, &error))
}

fn corrupt(index: usize, why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Corrupt, format!("a row of memory cannot be read: column {index}: {why}"))
        .next("restore the database from a backup")
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
                "EXPLAIN QUERY PLAN {LEARNING} WHERE industry = ?1 AND objective = ?2 ORDER BY {rank} DESC, id LIMIT 10"
            );
            let plan = database.query(Statement::new(sql, ["a".into(), "b".into()])).await.unwrap();
            let lines: Vec<_> = plan.iter().map(|row| row.text(3).unwrap()).collect();
            assert!(lines.len() == 1 && lines[0].contains(index), "{lines:?}");
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
