//! Keeping finished steps in the store: one transaction for all that finished together.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Batch, SavedRun, Saver};
use crate::error::{Error, ErrorKind, Result};
use crate::model::RunId;
use crate::store::{Database, Statement, Steps};

const INSERT_RUN: &str =
    "INSERT INTO runs (run, flow_hash, request, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
const INSERT_STEP: &str = "INSERT INTO steps (run, name, output) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const FINISH_RUN: &str = "UPDATE runs SET finished_at = coalesce(finished_at, ?2) WHERE run = ?1";

/// Keeps finished steps in a database. The run is recorded together with its first step, and its end with its last.
#[derive(Clone)]
pub struct StoreSaver {
    database: Arc<dyn Database>,
    steps: Steps,
    request: String,
}

impl StoreSaver {
    /// Makes the keeper over a migrated database, for runs that were asked for with `request` (JSON).
    pub fn new(database: Arc<dyn Database>, request: impl Into<String>) -> Self {
        Self { steps: Steps::new(Arc::clone(&database)), database, request: request.into() }
    }

    fn statements(&self, batch: &Batch) -> Vec<Statement> {
        let run = batch.run.as_str();
        let start = [run.into(), batch.flow.as_str().into(), self.request.as_str().into(), batch.at.into()];
        let insert = |(name, output): &(String, String)| {
            Statement::new(INSERT_STEP, [run.into(), name.as_str().into(), output.as_str().into()])
        };
        let end = batch.is_last.then(|| Statement::new(FINISH_RUN, [run.into(), batch.at.into()]));
        let steps = batch.steps.iter().map(insert);
        [Statement::new(INSERT_RUN, start)].into_iter().chain(steps).chain(end).collect()
    }

    /// Two processes may have run the same step: the first output stays, another one is refused.
    async fn check_kept(&self, run: &RunId, name: &str, output: &str) -> Result<()> {
        if self.steps.load(run, name).await?.as_deref() == Some(output) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Conflict, "the step was saved before with another output")
            .with("run", run)
            .with("step", name)
            .next("let one process run a run at a time"))
    }
}

#[async_trait]
impl Saver for StoreSaver {
    async fn load(&self, run: &RunId) -> Result<Option<SavedRun>> {
        let Some(known) = self.steps.run(run).await? else { return Ok(None) };
        if known.request != self.request {
            return Err(Error::new(ErrorKind::Conflict, "the saved run was begun with another request")
                .with("run", run)
                .next("start a new run, or go back to what it was started with"));
        }
        Ok(Some(SavedRun { flow: known.flow_hash, steps: self.steps.load_all(run).await? }))
    }

    async fn save(&self, batch: Batch) -> Result<()> {
        let changed = self.database.write(self.statements(&batch)).await?;
        // The first count is the run's own row.
        for ((name, output), count) in batch.steps.iter().zip(changed.iter().skip(1)) {
            if *count == 0 {
                self.check_kept(&batch.run, name, output).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use super::super::{Graph, Node, RunOptions, StepOptions};
    use super::*;

    struct Loop {
        graph: Graph,
        last: Node<Vec<f64>>,
        is_broken: Arc<AtomicBool>,
        calls: Arc<AtomicU32>,
    }

    /// Numbers without a short decimal form -> their halves, which fails while it is broken.
    fn flow(second: &str) -> Loop {
        let (is_broken, calls) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
        let (broken, counter) = (Arc::clone(&is_broken), Arc::clone(&calls));
        let mut graph = Graph::new("campaign");
        let first = graph.step("strategist", StepOptions::default(), (), move |context, ()| {
            counter.fetch_add(1, Ordering::SeqCst);
            async move { Ok(vec![0.1 + 0.2, f64::MIN_POSITIVE / 3.0, -0.0, context.seed() as f64 / 3.0]) }
        });
        let last = graph.step(second, StepOptions::default(), (first,), move |_, (first,): (Arc<Vec<f64>>,)| {
            let is_broken = broken.load(Ordering::SeqCst);
            async move {
                if is_broken {
                    return Err(Error::new(ErrorKind::Unavailable, "line is down"));
                }
                Ok(first.iter().map(|value| value / 2.0).collect::<Vec<f64>>())
            }
        });
        Loop { graph, last, is_broken, calls }
    }

    async fn options(folder: &tempfile::TempDir, request: &str) -> RunOptions {
        let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        let saver: Arc<dyn Saver> = Arc::new(StoreSaver::new(database, request));
        RunOptions { saver: Some(saver), ..RunOptions::new(RunId::new("run"), 7) }
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    #[tokio::test]
    async fn a_failed_run_goes_on_with_the_same_bits_and_runs_no_finished_step_again() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let flow = flow("optimizer");
        assert!(flow.graph.run(options(&folder, "{}").await).await.is_err());
        flow.is_broken.store(false, Ordering::SeqCst);
        let resumed = flow.graph.run(options(&folder, "{}").await).await.unwrap().get(flow.last).unwrap();
        assert_eq!(flow.calls.load(Ordering::SeqCst), 1);
        let whole = flow.graph.run(options(&other, "{}").await).await.unwrap().get(flow.last).unwrap();
        assert_eq!(bits(&resumed), bits(&whole));
        let again = flow.graph.run(options(&folder, "{}").await).await.unwrap().get(flow.last).unwrap();
        assert_eq!((flow.calls.load(Ordering::SeqCst), bits(&again)), (2, bits(&whole)));
    }

    #[tokio::test]
    async fn a_run_does_not_go_on_in_another_flow_or_for_another_request() {
        let folder = tempfile::tempdir().unwrap();
        assert!(flow("optimizer").graph.run(options(&folder, "{}").await).await.is_err());
        let error = flow("planner").graph.run(options(&folder, "{}").await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains("begun with another flow"), "{error}");
        let error = flow("optimizer").graph.run(options(&folder, "[]").await).await.unwrap_err();
        assert!(error.to_string().contains("begun with another request"), "{error}");
    }

    #[tokio::test]
    async fn the_end_of_a_run_is_recorded_with_its_last_step() {
        let folder = tempfile::tempdir().unwrap();
        let flow = flow("optimizer");
        flow.is_broken.store(false, Ordering::SeqCst);
        flow.graph.run(options(&folder, "{}").await).await.unwrap();
        let database = crate::store::open(&folder.path().join("brain.db")).await.unwrap();
        let known = Steps::new(database).run(&RunId::new("run")).await.unwrap().unwrap();
        assert!(known.finished_at.is_some());
    }

    #[tokio::test]
    async fn an_output_that_would_not_come_back_is_refused_when_it_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let mut graph = Graph::new("campaign");
        graph.step("strategist", StepOptions::default(), (), |_, ()| async { Ok(f64::NAN) });
        let error = graph.run(options(&folder, "{}").await).await.unwrap_err();
        assert!(error.to_string().contains("does not come back the same"), "{error}");
    }
}
