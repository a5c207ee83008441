//! Results of runs, kept in the store: what a report is written from later, also by another process.

use super::Brain;
use super::result::RunResult;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{RunId, canonical_json};
use crate::store::results::Results;

impl Brain {
    /// The result of a run as its last go left it; the run as in [`Brain::find_run`].
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an unknown run, and for one that has not come to a result yet; [`ErrorKind::Corrupt`] where the result
    /// cannot be read.
    pub async fn result(&self, run: Option<&str>) -> Result<RunResult> {
        let run = self.find_run(run).await?;
        let text = Results::new(self.database().clone()).load(&run).await?.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("no result of the run {run} is kept"))
                .next("run the same request again: a finished run is given back, and its result is kept")
        })?;
        serde_json::from_str(&text).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "the kept result cannot be read")
                .with("run", &run)
                .next("run the same request again, with the release that wrote the database")
                .caused_by(error)
        })
    }

    /// Keeps the result of a run in place of an earlier one.
    pub(super) async fn keep_result(&self, result: &RunResult) -> Result<()> {
        let body = String::from_utf8_lossy(&canonical_json(result)?).into_owned();
        Results::new(self.database().clone()).keep(&result.run, body).await
    }

    pub(super) async fn has_result(&self, run: &RunId) -> Result<bool> {
        Results::new(self.database().clone()).has(run).await
    }
}
