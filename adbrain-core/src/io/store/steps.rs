//! Runs of the workflow and the outputs of their finished steps: what a run resumes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Database, Row, Statement};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, RunId};

/// One run as it was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Its id.
    pub run: RunId,
    /// The hash of the flow's steps and edges: a run resumes only in the flow that it was started in.
    pub flow_hash: ContentHash,
    /// What was asked for, as JSON.
    pub request: String,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it ended; nothing while it is under way.
    pub finished_at: Option<Timestamp>,
}

/// Whether a run is new or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// The run was not known.
    New,
    /// The run was known: load its finished steps instead of running them again.
    Resumed,
}

/// Keeps runs and the outputs of their steps.
#[derive(Clone)]
pub struct Steps {
    database: Arc<dyn Database>,
}

impl Steps {
    /// Makes the keeper over a migrated database.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self { database }
    }

    /// Starts a run, or takes up the one that has the same id, flow and request.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] where the id belongs to a run of another flow or another request.
    pub async fn start_run(&self, start: &RunRecord) -> Result<Started> {
        let sql =
            "INSERT INTO runs (run, flow_hash, request, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let values = [start.run.as_str().into(), start.flow_hash.as_str().into(), start.request.as_str().into()];
        let statement = Statement::new(sql, values.into_iter().chain([start.created_at.into()]));
        if self.database.write(vec![statement]).await?.first() == Some(&1) {
            return Ok(Started::New);
        }
        let known = self.run(&start.run).await?.ok_or_else(|| unknown_run(&start.run))?;
        same_run(&known, start)?;
        Ok(Started::Resumed)
    }

    /// Marks a run as ended; a run that has ended keeps its first end.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an unknown run.
    pub async fn finish_run(&self, run: &RunId, at: Timestamp) -> Result<()> {
        let sql = "UPDATE runs SET finished_at = coalesce(finished_at, ?2) WHERE run = ?1";
        let changed = self.database.write(vec![Statement::new(sql, [run.as_str().into(), at.into()])]).await?;
        if changed.first() == Some(&1) { Ok(()) } else { Err(unknown_run(run)) }
    }

    /// One run by its id.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn run(&self, run: &RunId) -> Result<Option<RunRecord>> {
        let sql = "SELECT run, flow_hash, request, created_at, finished_at FROM runs WHERE run = ?1";
        let rows = self.database.query(Statement::new(sql, [run.as_str().into()])).await?;
        rows.first().map(record).transpose()
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn runs(&self) -> Result<Vec<RunRecord>> {
        let sql = "SELECT run, flow_hash, request, created_at, finished_at FROM runs ORDER BY created_at, run";
        self.database.query(Statement::new(sql, [])).await?.iter().map(record).collect()
    }

    /// Saves a step's output, as JSON, in one write; saving the same output again changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] where the step was saved with another output.
    pub async fn save(&self, run: &RunId, name: &str, json: &str) -> Result<()> {
        let sql = "INSERT INTO steps (run, name, output) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let statement = Statement::new(sql, [run.as_str().into(), name.into(), json.into()]);
        if self.database.write(vec![statement]).await?.first() == Some(&1) {
            return Ok(());
        }
        if self.load(run, name).await?.as_deref() == Some(json) {
            return Ok(());
        }
        let message = format!("step {name:?} of run {run} was saved before with another output");
        Err(Error::new(ErrorKind::Conflict, message).next("let one process run a run at a time"))
    }

    /// The output of a finished step, as JSON.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(&self, run: &RunId, name: &str) -> Result<Option<String>> {
        let sql = "SELECT output FROM steps WHERE run = ?1 AND name = ?2";
        let rows = self.database.query(Statement::new(sql, [run.as_str().into(), name.into()])).await?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// The outputs of every finished step of a run, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load_all(&self, run: &RunId) -> Result<BTreeMap<String, String>> {
        let sql = "SELECT name, output FROM steps WHERE run = ?1";
        let rows = self.database.query(Statement::new(sql, [run.as_str().into()])).await?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
    }
}

fn record(row: &Row) -> Result<RunRecord> {
    Ok(RunRecord {
        run: RunId::new(row.text(0)?),
        flow_hash: hash(row.text(1)?)?,
        request: row.text(2)?.to_owned(),
        created_at: row.time(3)?,
        finished_at: if row.is_null(4) { None } else { Some(row.time(4)?) },
    })
}

fn hash(text: &str) -> Result<ContentHash> {
    serde_json::from_value(serde_json::Value::from(text))
        .map_err(|error| Error::new(ErrorKind::Corrupt, format!("a run's flow hash cannot be read: {error}")))
}

fn same_run(known: &RunRecord, start: &RunRecord) -> Result<()> {
    let differs = if known.flow_hash != start.flow_hash {
        "the flow has changed since it was started"
    } else if known.request != start.request {
        "it was started with another request"
    } else {
        return Ok(());
    };
    let message = format!("run {} cannot go on: {differs}", start.run);
    Err(Error::new(ErrorKind::Conflict, message).next("start a new run, or go back to what it was started with"))
}

fn unknown_run(run: &RunId) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no run {run}")).next("list the runs to see their ids")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn steps() -> (tempfile::TempDir, Steps) {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        (folder, Steps::new(database))
    }

    fn start(run: &str, flow: &str) -> RunRecord {
        RunRecord {
            run: RunId::new(run),
            flow_hash: ContentHash::of(flow.as_bytes()),
            request: "{}".to_owned(),
            created_at: "2026-01-01T00:00:00.5Z".parse().unwrap(),
            finished_at: None,
        }
    }

    #[tokio::test]
    async fn a_run_is_started_once_and_then_resumed() {
        let (_folder, steps) = steps().await;
        assert_eq!(steps.start_run(&start("a", "flow")).await.unwrap(), Started::New);
        assert_eq!(steps.start_run(&start("a", "flow")).await.unwrap(), Started::Resumed);
        let error = steps.start_run(&start("a", "other flow")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains("the flow has changed"), "{error}");
        assert_eq!(steps.runs().await.unwrap(), [start("a", "flow")]);
    }

    #[tokio::test]
    async fn a_finished_step_is_loaded_and_not_overwritten() {
        let (_folder, steps) = steps().await;
        let run = RunId::new("a");
        assert_eq!(steps.load(&run, "plan").await.unwrap(), None);
        steps.save(&run, "plan", r#"{"x":1}"#).await.unwrap();
        steps.save(&run, "plan", r#"{"x":1}"#).await.unwrap();
        let error = steps.save(&run, "plan", r#"{"x":2}"#).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(steps.load(&run, "plan").await.unwrap().unwrap(), r#"{"x":1}"#);
        assert_eq!(steps.load_all(&run).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_run_ends_once() {
        let (_folder, steps) = steps().await;
        let (first, second) = ("2026-01-02T00:00:00Z".parse().unwrap(), "2026-01-03T00:00:00Z".parse().unwrap());
        assert_eq!(steps.finish_run(&RunId::new("a"), first).await.unwrap_err().kind(), ErrorKind::NotFound);
        steps.start_run(&start("a", "flow")).await.unwrap();
        steps.finish_run(&RunId::new("a"), first).await.unwrap();
        steps.finish_run(&RunId::new("a"), second).await.unwrap();
        assert_eq!(steps.runs().await.unwrap()[0].finished_at, Some(first));
    }
}
