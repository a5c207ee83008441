//! Reports that Meta makes on its own time: begun, asked for until they are done, then fetched.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::Meta;
use super::insights::Part;
use super::wire::{Insight, Run, RunState};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Effect;

/// The first pause before a job is asked for again, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A job that takes longer is stuck; Meta's own limit is not published, integrators give up after half an hour (tap-facebook 1.26).
const LONGEST_JOB: SignedDuration = SignedDuration::from_mins(30);
/// A job that failed, or whose result is gone, is begun once more. A stuck one is not: more jobs make a throttle worse.
const TRIES: u32 = 2;

/// How a job ended without rows.
enum Ended {
    /// Worth another try.
    Failed(Error),
    /// Not worth one.
    Stuck(Error),
    /// Something else went wrong.
    Broken(Error),
}

impl Meta {
    /// The rows of a part, made as a job.
    ///
    /// # Errors
    /// With `job` in its context where smaller parts may succeed; everything else is as it came.
    pub(super) async fn job(&self, part: &Part) -> Result<Vec<Insight>> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.job_once(part).await {
                Ok(rows) => return Ok(rows),
                Err(Ended::Failed(_)) if tries < TRIES => {}
                Err(Ended::Failed(error) | Ended::Stuck(error) | Ended::Broken(error)) => return Err(error),
            }
        }
    }

    async fn job_once(&self, part: &Part) -> Result<Vec<Insight>, Ended> {
        let run = self.begin(part).await.map_err(Ended::Broken)?;
        self.done(&run).await?;
        let rows = self.pages(&format!("/{run}/insights"), &[]).await;
        // A run that is no longer there: its result has expired.
        rows.map_err(|error| match error.kind() {
            ErrorKind::NotFound => Ended::Failed(ended(&run, "its result has expired")),
            _ => Ended::Broken(error),
        })
    }

    async fn begin(&self, part: &Part) -> Result<String> {
        let body: Map<String, Value> =
            part.parameters().into_iter().map(|(name, text)| (name.to_owned(), read(name, &text))).collect();
        // A job that was begun and forgotten changes nothing.
        let request = self.post(&format!("/{}/insights", part.owner), &Value::Object(body))?.effect(Effect::Read);
        self.remote.read::<Run>(&request).await.map(|run| run.report_run_id)
    }

    /// Waits until a job is done.
    async fn done(&self, run: &str) -> Result<(), Ended> {
        let (start, mut pause, mut waited) = (self.clock.now(), FIRST_PAUSE, Duration::ZERO);
        let question = self.get(&format!("/{run}"), &[("fields", "async_status,async_percent_completion")]);
        loop {
            let state: RunState = self.remote.read(&question).await.map_err(Ended::Broken)?;
            match state.async_status.as_str() {
                "Job Completed" => return Ok(()),
                "Job Failed" | "Job Skipped" => {
                    return Err(Ended::Failed(ended(run, &format!("it says {:?}", state.async_status))));
                }
                _ => {}
            }
            let passed =
                self.clock.now().duration_since(start).max(SignedDuration::try_from(waited).unwrap_or_default());
            if passed >= LONGEST_JOB {
                let percent = state.async_percent_completion;
                return Err(Ended::Stuck(ended(run, &format!("it stands at {percent} % after half an hour"))));
            }
            self.remote.wait(pause).await;
            waited = waited.saturating_add(pause);
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }
}

fn ended(run: &str, why: &str) -> Error {
    let what = format!("meta did not make the report {run}: {why}");
    Error::new(ErrorKind::Unavailable, what).with("job", run).next("ask for fewer days, or try again later")
}

/// Parameters are text in a query and values in a body.
fn read(name: &str, text: &str) -> Value {
    match name {
        "fields" | "breakdowns" => json!(text.split(',').collect::<Vec<_>>()),
        "time_range" | "action_attribution_windows" => serde_json::from_str(text).unwrap_or_default(),
        _ => json!(text),
    }
}
