//! What predictors have learnt from, and what runs have measured for later trainings. Bodies are JSON that the brain writes and reads.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Database, Statement};
use crate::error::{Error, ErrorKind, Result};
use crate::model::RunId;

const ADD: &str = "INSERT INTO trainings (scope, run, at, body) VALUES (?1, ?2, ?3, ?4)";
const DROP: &str = "DELETE FROM trainings WHERE scope = ?1 AND run = ?2";
const ADD_RESULT: &str = "INSERT INTO run_results (run, scope, body) VALUES (?1, ?2, ?3) ON CONFLICT (run) DO NOTHING";

/// Keeps, for each scope, the newest trainings and the results of all runs.
#[derive(Clone)]
pub(crate) struct Trainings {
    database: Arc<dyn Database>,
    scope: String,
}

impl Trainings {
    /// Opens the trainings of a scope in a migrated database.
    pub(crate) fn new(database: Arc<dyn Database>, scope: String) -> Self {
        Self { database, scope }
    }

    /// The newest training that is not after a moment, with the run at whose start it was; one of the run itself goes before all others.
    pub(crate) async fn newest(&self, run: &RunId, now: Timestamp) -> Result<Option<String>> {
        let known = self.all().await?;
        let own = known.iter().find(|(one, _)| one == run);
        let newest = || known.iter().filter(|(_, at)| *at <= now).max_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        let Some((run, _)) = own.or_else(newest) else { return Ok(None) };
        let sql = "SELECT body FROM trainings WHERE scope = ?1 AND run = ?2";
        let found = self.database.query(Statement::new(sql, [self.scope.as_str().into(), run.as_str().into()])).await?;
        found.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Adds a training; those that it follows are not needed any more. A training of the same run is left as it is.
    pub(crate) async fn add(&self, run: &RunId, (at, body): (Timestamp, String)) -> Result<()> {
        let known = self.all().await?;
        if known.iter().any(|(one, _)| one == run) {
            return Ok(());
        }
        let key = |run: &RunId| [self.scope.as_str().into(), run.as_str().into()];
        let mut statements: Vec<Statement> =
            known.iter().filter(|(_, before)| *before < at).map(|(run, _)| Statement::new(DROP, key(run))).collect();
        let values = [self.scope.as_str().into(), run.as_str().into(), at.into(), body.into()];
        statements.push(Statement::new(ADD, values));
        match self.database.write(statements).await {
            Err(error)
                if error.kind() == ErrorKind::Conflict && self.all().await?.iter().any(|(one, _)| one == run) =>
            {
                Ok(())
            }
            other => other.map(drop),
        }
    }

    async fn all(&self) -> Result<Vec<(RunId, Timestamp)>> {
        let sql = "SELECT run, at FROM trainings WHERE scope = ?1 ORDER BY run";
        let rows = self.database.query(Statement::new(sql, [self.scope.as_str().into()])).await?;
        rows.iter().map(|row| Ok((RunId::new(row.text(0)?), row.time(1)?))).collect()
    }

    /// Adds what a run has measured, once.
    pub(crate) async fn add_result(&self, run: &RunId, body: String) -> Result<()> {
        let values = [run.as_str().into(), self.scope.as_str().into(), body.into()];
        self.database.write(vec![Statement::new(ADD_RESULT, values)]).await.map(drop)
    }

    /// What the other runs of the scope have measured, by run.
    pub(crate) async fn results(&self, but: &RunId) -> Result<Vec<(RunId, String)>> {
        let sql = "SELECT run, body FROM run_results WHERE scope = ?1 AND run <> ?2 ORDER BY run";
        let values = [self.scope.as_str().into(), but.as_str().into()];
        let rows = self.database.query(Statement::new(sql, values)).await?;
        rows.iter().map(|row| Ok((RunId::new(row.text(0)?), row.text(1)?.to_owned()))).collect()
    }
}

/// A body that cannot be read: another release wrote it, or somebody else did.
pub(crate) fn unreadable(what: &str, error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Corrupt, format!("{what} cannot be read: {error}"))
        .next("restore the database from a backup, or install the release that wrote it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u8) -> Timestamp {
        format!("2027-01-{day:02}T03:00:00Z").parse().unwrap()
    }

    async fn opened() -> (tempfile::TempDir, Trainings) {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        (folder, Trainings::new(database, "fashion".into()))
    }

    #[tokio::test]
    async fn the_newest_training_that_is_not_of_the_future_is_found_and_earlier_ones_go() {
        let (_folder, kept) = opened().await;
        let (a, b, c) = (RunId::new("a"), RunId::new("b"), RunId::new("c"));
        kept.add(&b, (at(9), "\"b\"".into())).await.unwrap();
        kept.add(&a, (at(4), "\"a\"".into())).await.unwrap();
        let newest = |day| kept.newest(&c, at(day));
        assert_eq!(newest(3).await.unwrap(), None);
        assert_eq!(newest(8).await.unwrap().unwrap(), "\"a\"");
        assert_eq!(newest(9).await.unwrap().unwrap(), "\"b\"");
        assert_eq!(kept.newest(&b, at(1)).await.unwrap().unwrap(), "\"b\"", "its own, when it is resumed");
        kept.add(&c, (at(20), "\"c\"".into())).await.unwrap();
        kept.add(&c, (at(21), "\"again\"".into())).await.unwrap();
        assert_eq!(kept.all().await.unwrap(), [(c.clone(), at(20))]);
        let other = Trainings { scope: "games".into(), ..kept.clone() };
        assert_eq!(other.newest(&a, at(30)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_result_of_a_run_is_added_once_and_is_for_the_others() {
        let (_folder, kept) = opened().await;
        let (a, b) = (RunId::new("a"), RunId::new("b"));
        for body in ["1", "2"] {
            kept.add_result(&a, body.into()).await.unwrap();
        }
        assert_eq!(kept.results(&b).await.unwrap(), [(a.clone(), "1".to_owned())]);
        assert!(kept.results(&a).await.unwrap().is_empty());
    }
}
