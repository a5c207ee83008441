//! The result of each run as its last go left it. Bodies are JSON that the brain writes and reads.

use std::sync::Arc;

use super::{Database, Statement};
use crate::error::Result;
use crate::model::RunId;

const KEEP: &str =
    "INSERT INTO kept_results (run, body) VALUES (?1, ?2) ON CONFLICT (run) DO UPDATE SET body = excluded.body";

/// Keeps the result of each run.
#[derive(Clone)]
pub(crate) struct Results {
    database: Arc<dyn Database>,
}

impl Results {
    /// Opens the results in a migrated database.
    pub(crate) fn new(database: Arc<dyn Database>) -> Self {
        Self { database }
    }

    /// Keeps a result in place of an earlier one.
    pub(crate) async fn keep(&self, run: &RunId, body: String) -> Result<()> {
        self.database.write(vec![Statement::new(KEEP, [run.as_str().into(), body.into()])]).await.map(drop)
    }

    /// The result of a run; none where it has come to none.
    pub(crate) async fn load(&self, run: &RunId) -> Result<Option<String>> {
        let sql = "SELECT body FROM kept_results WHERE run = ?1";
        let rows = self.database.query(Statement::new(sql, [run.as_str().into()])).await?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Whether a run has a result.
    pub(crate) async fn has(&self, run: &RunId) -> Result<bool> {
        let sql = "SELECT 1 FROM kept_results WHERE run = ?1";
        Ok(!self.database.query(Statement::new(sql, [run.as_str().into()])).await?.is_empty())
    }
}
