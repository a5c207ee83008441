//! Running a graph: starts what is ready, saves what is finished, stops when told.

use std::collections::{BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use tracing::Instrument as _;

use super::context::Shared;
use super::output::{Slot, Value};
use super::step::{Step, execute, panicked};
use super::{Batch, Context, EventKind, Graph, Node, OnFailure, Outputs, RunOptions, Saver};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ContentHash;

impl Graph {
    /// Runs the graph: steps whose inputs are there run at once, with a yield to other tasks between one step and the next.
    ///
    /// With a saver, a run of the same id goes on where it was: saved steps are loaded and never run again, a step that was
    /// cut runs again from its start with the same seed.
    ///
    /// # Errors
    /// The step's own error under [`OnFailure::Abort`], with the step in its context; [`ErrorKind::TimedOut`],
    /// [`ErrorKind::Cancelled`]; [`ErrorKind::Internal`] for a panic; [`ErrorKind::Conflict`] where the saved run belongs to
    /// another flow; the saver's errors; [`ErrorKind::InvalidInput`] for a graph that fails [`Graph::check`].
    pub async fn run(&self, options: RunOptions) -> Result<Outputs> {
        self.run_steps(options, vec![true; self.steps.len()]).await
    }

    /// Runs only what a step needs, and the step. With a saver, [`Graph::run`] goes on from there later.
    ///
    /// # Errors
    /// As [`Graph::run`].
    pub async fn run_to<T>(&self, last: Node<T>, options: RunOptions) -> Result<Outputs> {
        self.run_steps(options, self.needed_for(last.index)).await
    }

    async fn run_steps(&self, options: RunOptions, wanted: Vec<bool>) -> Result<Outputs> {
        self.check()?;
        let span = tracing::info_span!("run", flow = self.name(), run = %options.run);
        async {
            let mut execution = Execution::new(self, &options, wanted);
            let result = execution.run(options.saver.clone()).await;
            execution.end(result)
        }
        .instrument(span)
        .await
    }
}

/// A step that ended well; it counts once it is saved.
struct Finished {
    index: usize,
    attempt: u32,
    value: Value,
}

/// How a step ended: its index, its output and the attempt that brought it.
type Ended = (usize, Result<(Value, u32)>);

/// How a transaction ended, with the steps in it.
type Saved = (Vec<Finished>, Result<()>);

/// What is on its way to the saver.
struct Ledger {
    saver: Arc<dyn Saver>,
    flow: ContentHash,
    unsaved: Vec<(Finished, String)>,
    /// Steps not yet handed to the saver.
    left: usize,
}

struct Execution<'a> {
    graph: &'a Graph,
    shared: Arc<Shared>,
    on_failure: OnFailure,
    held: &'a BTreeSet<String>,
    /// Which steps are to run.
    wanted: Vec<bool>,
    /// Whether the end of the run has been told.
    is_told: bool,
    /// How many more steps may start now.
    room: usize,
    slots: Vec<Slot>,
    /// How many inputs of each step are not decided yet.
    waiting: Vec<usize>,
    ready: VecDeque<usize>,
    running: FuturesUnordered<BoxFuture<'a, Ended>>,
    /// At most one transaction.
    saving: FuturesUnordered<BoxFuture<'a, Saved>>,
    ledger: Option<Ledger>,
}

impl<'a> Execution<'a> {
    fn new(graph: &'a Graph, options: &'a RunOptions, wanted: Vec<bool>) -> Self {
        Self {
            graph,
            shared: Arc::new(Shared::new(options)),
            on_failure: options.on_failure,
            held: &options.held,
            wanted,
            is_told: false,
            room: options.at_once.map_or(usize::MAX, usize::from),
            slots: graph.steps.iter().map(|_| Slot::Waiting).collect(),
            waiting: graph.steps.iter().map(|step| step.edges.len()).collect(),
            ready: VecDeque::new(),
            running: FuturesUnordered::new(),
            saving: FuturesUnordered::new(),
            ledger: None,
        }
    }

    async fn run(&mut self, saver: Option<Arc<dyn Saver>>) -> Result<()> {
        let cancel = self.shared.cancel.clone();
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::new(ErrorKind::Cancelled, "the run was cancelled")
                .with("run", &self.shared.run)
                .next("run the same request again: it goes on where it was")),
            result = self.work(saver) => result,
        }
    }

    async fn work(&mut self, saver: Option<Arc<dyn Saver>>) -> Result<()> {
        self.shared.emit(None, EventKind::Started { attempt: 1 });
        if let Some(saver) = saver {
            self.resume(saver).await?;
        }
        let sources = self.graph.steps.iter().enumerate().filter(|(_, step)| step.edges.is_empty());
        let sources: Vec<usize> = sources.map(|(index, _)| index).collect();
        for index in sources {
            self.decide(index);
        }
        match self.drive().await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.save_rest().await;
                Err(error)
            }
        }
    }

    async fn drive(&mut self) -> Result<()> {
        loop {
            self.start_ready()?;
            tokio::task::yield_now().await;
            tokio::select! {
                biased;
                Some((finished, result)) = self.saving.next() => self.saved(finished, result)?,
                Some((index, result)) = self.running.next() => self.take(index, result)?,
                else => return Ok(()),
            }
            // What finished at the same time is saved together.
            while let Some(Some((index, result))) = self.running.next().now_or_never() {
                self.take(index, result)?;
            }
            self.save();
        }
    }

    /// After a failure: what finished before it is kept all the same.
    async fn save_rest(&mut self) {
        self.running.clear();
        loop {
            self.save();
            let Some((finished, result)) = self.saving.next().await else { return };
            if let Err(error) = self.saved(finished, result) {
                tracing::warn!(%error, "finished steps could not be saved after a failure");
            }
        }
    }

    /// Loads what an earlier go of this run has saved.
    async fn resume(&mut self, saver: Arc<dyn Saver>) -> Result<()> {
        let flow = self.graph.flow_hash()?;
        let known = AssertUnwindSafe(saver.load(&self.shared.run)).catch_unwind().await;
        let known = known.unwrap_or_else(|panic| Err(panicked(&*panic)))?;
        let mut left = self.graph.steps.len();
        if let Some(known) = known {
            if known.flow != flow {
                return Err(self.other_flow(&known.flow, &flow));
            }
            for (step, slot) in self.graph.steps.iter().zip(&mut self.slots) {
                if let Some(text) = known.steps.get(&*step.name) {
                    *slot = Slot::Done((step.read)(text).map_err(|error| error.with("step", &step.name))?);
                    left -= 1;
                }
            }
        }
        self.ledger = Some(Ledger { saver, flow, unsaved: Vec::new(), left });
        Ok(())
    }

    fn other_flow(&self, saved: &ContentHash, flow: &ContentHash) -> Error {
        Error::new(ErrorKind::Conflict, "the saved run was begun with another flow: its steps or edges have changed")
            .with("run", &self.shared.run)
            .with("saved", saved.short(12))
            .with("now", flow.short(12))
            .next("go on with the version that began it, or start a new run")
    }

    /// All inputs of a step are decided: it is loaded already, or ready, or to be skipped. Goes on with what waits for it.
    fn decide(&mut self, index: usize) {
        let mut open = VecDeque::from([index]);
        while let Some(index) = open.pop_front() {
            let Some(step) = self.graph.steps.get(index).filter(|_| self.wanted.get(index) == Some(&true)) else {
                continue;
            };
            if let Some(Slot::Done(_)) = self.slots.get(index) {
                self.shared.emit(Some(&step.name), EventKind::Resumed);
            } else if self.held.contains(&*step.name) {
                continue;
            } else if let Some(missing) = self.missing(step) {
                self.skip(index, missing);
            } else {
                self.ready.push_back(index);
                continue;
            }
            open.extend(self.freed(step));
        }
    }

    /// The first needed input without an output.
    fn missing(&self, step: &Step) -> Option<usize> {
        let mut needed = step.edges.iter().filter(|edge| !edge.is_optional).map(|edge| edge.from);
        needed.find(|from| !matches!(self.slots.get(*from), Some(Slot::Done(_))))
    }

    fn skip(&mut self, index: usize, missing: usize) {
        let needs = self.name(missing).to_string();
        self.shared.emit(Some(&self.name(index)), EventKind::Skipped { needs });
        self.set(index, Slot::Skipped(missing));
    }

    /// The steps whose last open input `step` was.
    fn freed(&mut self, step: &Step) -> Vec<usize> {
        let mut freed = Vec::new();
        for dependent in &step.dependents {
            if let Some(count) = self.waiting.get_mut(*dependent) {
                *count -= 1;
                if *count == 0 {
                    freed.push(*dependent);
                }
            }
        }
        freed
    }

    fn start_ready(&mut self) -> Result<()> {
        while self.room > 0 {
            let Some(index) = self.ready.pop_front() else { break };
            let Some(step) = self.graph.steps.get(index) else { continue };
            let attempt = (step.body)(&self.slots)?;
            let (shared, name) = (Arc::clone(&self.shared), Arc::clone(&step.name));
            let context = Context { shared, name, place: step.place, attempt: 1 };
            self.set(index, Slot::Running);
            self.room -= 1;
            self.running.push(execute(step, attempt, context).map(move |result| (index, result)).boxed());
        }
        Ok(())
    }

    fn take(&mut self, index: usize, result: Result<(Value, u32)>) -> Result<()> {
        self.room = self.room.saturating_add(1);
        match result.and_then(|(value, attempt)| self.finish(Finished { index, attempt, value })) {
            Ok(()) => Ok(()),
            Err(error) => self.fail(index, error),
        }
    }

    fn saved(&mut self, finished: Vec<Finished>, result: Result<()>) -> Result<()> {
        result?;
        for step in finished {
            self.settle(step);
        }
        Ok(())
    }

    fn finish(&mut self, finished: Finished) -> Result<()> {
        let Some(ledger) = &mut self.ledger else {
            self.settle(finished);
            return Ok(());
        };
        if let Some(step) = self.graph.steps.get(finished.index) {
            let text = (step.write)(&finished.value).map_err(|error| error.with("step", &step.name))?;
            ledger.unsaved.push((finished, text));
        }
        Ok(())
    }

    /// A step's output counts from here on.
    fn settle(&mut self, finished: Finished) {
        let Some(step) = self.graph.steps.get(finished.index) else { return };
        self.shared.emit(Some(&step.name), EventKind::Finished { attempt: finished.attempt });
        self.set(finished.index, Slot::Done(finished.value));
        for index in self.freed(step) {
            self.decide(index);
        }
    }

    fn fail(&mut self, index: usize, error: Error) -> Result<()> {
        let Some(step) = self.graph.steps.get(index) else { return Err(error) };
        self.shared.emit_failed(Some(&step.name), &error);
        if self.on_failure == OnFailure::Abort {
            self.set(index, Slot::Waiting);
            return Err(error);
        }
        self.set(index, Slot::Failed(error));
        for index in self.freed(step) {
            self.decide(index);
        }
        Ok(())
    }

    /// Hands finished steps to the saver, one transaction at a time.
    fn save(&mut self) {
        let Some(ledger) = &mut self.ledger else { return };
        if !self.saving.is_empty() || ledger.unsaved.is_empty() {
            return;
        }
        let (finished, texts): (Vec<_>, Vec<_>) = std::mem::take(&mut ledger.unsaved).into_iter().unzip();
        let names = finished.iter().map(|step: &Finished| step.index);
        let names =
            names.map(|index| self.graph.steps.get(index).map_or_else(String::new, |step| step.name.to_string()));
        let steps: Vec<_> = names.zip(texts).collect();
        ledger.left -= steps.len();
        let (run, flow, at) = (self.shared.run.clone(), ledger.flow.clone(), self.shared.now());
        let (saver, batch) = (Arc::clone(&ledger.saver), Batch { run, flow, at, steps, is_last: ledger.left == 0 });
        let save = async move {
            let result = AssertUnwindSafe(saver.save(batch)).catch_unwind().await;
            (finished, result.unwrap_or_else(|panic| Err(panicked(&*panic))))
        };
        self.saving.push(save.boxed());
    }

    /// Drops what still runs and tells how the run ended.
    fn end(mut self, result: Result<()>) -> Result<Outputs> {
        self.running.clear();
        self.saving.clear();
        for (step, slot) in self.graph.steps.iter().zip(&self.slots) {
            if matches!(slot, Slot::Running) {
                self.shared.emit(Some(&step.name), EventKind::Cancelled);
            }
        }
        match &result {
            Ok(()) => self.shared.emit(None, EventKind::Finished { attempt: 1 }),
            Err(error) if error.kind() == ErrorKind::Cancelled => self.shared.emit(None, EventKind::Cancelled),
            Err(error) => self.shared.emit_failed(None, error),
        }
        self.is_told = true;
        result.map(|()| self.graph.outputs(std::mem::take(&mut self.slots)))
    }

    fn set(&mut self, index: usize, state: Slot) {
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = state;
        }
    }

    fn name(&self, index: usize) -> Arc<str> {
        self.graph.steps.get(index).map_or_else(|| Arc::from("?"), |step| Arc::clone(&step.name))
    }
}

/// Whoever drops a run half-way has cancelled it: its listeners hear that it is over.
impl Drop for Execution<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.shared.emit(None, EventKind::Cancelled);
        }
    }
}
