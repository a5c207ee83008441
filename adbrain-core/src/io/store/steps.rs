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

/// Reads runs and the outputs of their finished steps; the workflow writes them, and a run may be opened again.
#[derive(Clone)]
pub struct Steps {
    database: Arc<dyn Database>,
}

impl Steps {
    /// Makes the reader over a migrated database.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self { database }
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

    /// The runs that have finished a step of this name, in the order in which they were begun on this store.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn having(&self, name: &str) -> Result<Vec<RunId>> {
        let sql = "SELECT runs.run FROM runs JOIN steps ON steps.run = runs.run \
                   WHERE steps.name = ?1 ORDER BY runs.rowid";
        let rows = self.database.query(Statement::new(sql, [name.into()])).await?;
        rows.iter().map(|row| row.text(0).map(RunId::new)).collect()
    }

    /// Keeps an output beside those of the workflow, in place of an earlier one of the same name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keep(&self, run: &RunId, name: &str, output: &str) -> Result<()> {
        self.keep_with(run, (name, output), Vec::new()).await
    }

    /// The same together with other statements: all of it or nothing.
    pub(crate) async fn keep_with(
        &self,
        run: &RunId,
        (name, output): (&str, &str),
        others: Vec<Statement>,
    ) -> Result<()> {
        let sql = "INSERT INTO steps (run, name, output) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (run, name) DO UPDATE SET output = excluded.output";
        let keep = Statement::new(sql, [run.as_str().into(), name.into(), output.into()]);
        self.database.write(std::iter::once(keep).chain(others).collect()).await.map(drop)
    }

    /// Opens a run again that had nothing to do: it forgets its steps but those named, so that it goes on after them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn reopen(&self, run: &RunId, kept: &[&str]) -> Result<()> {
        let places: Vec<String> = (2..kept.len() + 2).map(|place| format!("?{place}")).collect();
        let sql = format!("DELETE FROM steps WHERE run = ?1 AND name NOT IN ({})", places.join(", "));
        let values = std::iter::once(run.as_str()).chain(kept.iter().copied()).map(Into::into);
        let forget = Statement::new(sql, values);
        let open = Statement::new("UPDATE runs SET finished_at = NULL WHERE run = ?1", [run.as_str().into()]);
        self.database.write(vec![forget, open]).await.map(drop)
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
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| {
        Error::new(ErrorKind::Corrupt, format!("a run's flow hash cannot be read: {error}"))
            .next("start a new run; this one comes from another version or was changed outside")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn runs_and_steps_come_back_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        let hash = ContentHash::of(b"flow");
        let begun: Timestamp = "2026-01-01T00:00:00.5Z".parse().unwrap();
        let run = |name: &str, end: Option<Timestamp>| {
            let values = [name.into(), hash.as_str().into(), "{}".into(), begun.into(), end.into()];
            Statement::new(
                "INSERT INTO runs (run, flow_hash, request, created_at, finished_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                values,
            )
        };
        let step = Statement::new("INSERT INTO steps (run, name, output) VALUES ('b', 'plan', '{\"x\":1}')", []);
        database.write(vec![run("b", None), run("a", Some(begun)), step]).await.unwrap();
        let steps = Steps::new(database);
        let known = steps.runs().await.unwrap();
        assert_eq!(known.iter().map(|known| known.run.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((known[0].finished_at, known[1].finished_at), (Some(begun), None));
        let b = RunId::new("b");
        assert_eq!(steps.run(&b).await.unwrap().unwrap(), known[1]);
        assert_eq!(steps.load(&b, "plan").await.unwrap().unwrap(), r#"{"x":1}"#);
        assert_eq!((steps.load(&b, "other").await.unwrap(), steps.load_all(&b).await.unwrap().len()), (None, 1));
        assert_eq!(steps.run(&RunId::new("c")).await.unwrap(), None);
        steps.reopen(&b, &["plan"]).await.unwrap();
        assert_eq!(steps.load_all(&b).await.unwrap().len(), 1);
        let a = RunId::new("a");
        steps.reopen(&a, &["plan"]).await.unwrap();
        assert_eq!(steps.run(&a).await.unwrap().unwrap().finished_at, None);
    }
}
