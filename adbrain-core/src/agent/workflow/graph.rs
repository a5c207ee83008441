//! The graph: steps with typed inputs.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::input::Edge;
use super::output::{Output, read, write};
use super::step::{Step, body, place_of};
use super::{Context, Inputs, Outline, OutlineInput, OutlineStep, StepOptions};
use crate::error::{Error, Result};
use crate::model::ContentHash;

static NEXT_GRAPH: AtomicU64 = AtomicU64::new(1);

/// A step of a graph by the type of its output; it stands for that output wherever a later step takes it.
pub struct Node<T> {
    pub(super) graph: u64,
    pub(super) index: usize,
    output: PhantomData<fn() -> T>,
}

impl<T> Node<T> {
    /// The same output as an input that may be missing: `None` where the step failed and the run goes on.
    pub fn optional(self) -> Optional<T> {
        Optional(self)
    }
}

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Node<T> {}

impl<T> fmt::Debug for Node<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Node({})", self.index)
    }
}

/// An input that may be missing; see [`Node::optional`].
#[derive(Debug)]
pub struct Optional<T>(pub(super) Node<T>);

impl<T> Clone for Optional<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Optional<T> {}

/// A graph of steps. A step takes only nodes that exist already, so a cycle cannot be written; steps may be added in a loop.
///
/// ```
/// use std::sync::Arc;
/// use adbrain_core::agent::workflow::{Graph, RunOptions, StepOptions};
/// use adbrain_core::model::RunId;
///
/// let mut graph = Graph::new("example");
/// let two = graph.step("two", StepOptions::default(), (), |_, ()| async { Ok(2_u64) });
/// let double = |_, (two,): (Arc<u64>,)| async move { Ok(*two * 2) };
/// let four = graph.step("four", StepOptions::default(), (two,), double);
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let outputs = graph.run(RunOptions::new(RunId::new("run-1"), 7)).await?;
/// assert_eq!(*outputs.get(four)?, 4);
/// # Ok::<(), adbrain_core::Error>(()) }).unwrap();
/// ```
pub struct Graph {
    pub(super) id: u64,
    pub(super) steps: Vec<Step>,
    name: String,
    problem: Option<(String, &'static str)>,
}

impl Graph {
    /// Makes a graph without steps.
    pub fn new(name: impl Into<String>) -> Self {
        let id = NEXT_GRAPH.fetch_add(1, Ordering::Relaxed);
        Self { id, steps: Vec::new(), name: name.into(), problem: None }
    }

    /// The name of the graph.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds a step; `work` is called with the outputs of `inputs` once they are there, and again for each further attempt.
    ///
    /// Steps share one task: `work` hands long computations to `tokio::task::spawn_blocking`. A name that is taken, an
    /// empty name or a node of another graph is refused by [`Graph::check`] and by the run.
    pub fn step<I, T, F, Fut>(&mut self, name: impl Into<String>, options: StepOptions, inputs: I, work: F) -> Node<T>
    where
        I: Inputs,
        T: Output,
        F: Fn(Context, I::Values) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T>> + Send + 'static,
    {
        let (index, name) = (self.steps.len(), name.into());
        let edges = inputs.edges();
        self.inspect(&name, &edges);
        for edge in &edges {
            if let Some(step) = self.steps.get_mut(edge.from) {
                step.dependents.push(index);
            }
        }
        let (place, name) = (place_of(&name), Arc::from(name));
        let (write, read) = (write::<T> as _, read::<T> as _);
        self.steps.push(Step {
            name,
            place,
            options,
            edges,
            dependents: Vec::new(),
            body: body(inputs, work),
            write,
            read,
        });
        Node { graph: self.id, index, output: PhantomData }
    }

    /// Says whether the graph can run.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] with the name of the first step that was refused.
    pub fn check(&self) -> Result<()> {
        match &self.problem {
            None => Ok(()),
            Some((step, what)) => Err(Error::invalid("step", what)
                .with("flow", &self.name)
                .with("step", step)
                .next("give the step another name or input")),
        }
    }

    /// The steps and edges as a value, in the order in which the steps were added.
    pub fn outline(&self) -> Outline {
        let steps = self.steps.iter().map(|step| OutlineStep {
            name: step.name.to_string(),
            inputs: step.edges.iter().filter_map(|edge| self.outline_input(*edge)).collect(),
        });
        Outline { name: self.name.clone(), steps: steps.collect() }
    }

    /// The graph as a Mermaid flow chart; broken lines are optional inputs.
    pub fn mermaid(&self) -> String {
        self.outline().mermaid()
    }

    /// The hash of names and edges: a saved run goes on only with the flow that it began with.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the outline cannot be written as JSON.
    pub fn flow_hash(&self) -> Result<ContentHash> {
        ContentHash::of_value(&self.outline())
    }

    /// Which steps a step needs, itself included.
    pub(super) fn needed_for(&self, last: usize) -> Vec<bool> {
        let (mut needed, mut open) = (vec![false; self.steps.len()], vec![last]);
        while let Some(index) = open.pop() {
            if let (Some(flag @ false), Some(step)) = (needed.get_mut(index), self.steps.get(index)) {
                *flag = true;
                open.extend(step.edges.iter().map(|edge| edge.from));
            }
        }
        needed
    }

    fn outline_input(&self, edge: Edge) -> Option<OutlineInput> {
        let from = self.steps.get(edge.from)?.name.to_string();
        Some(OutlineInput { from, is_optional: edge.is_optional })
    }

    fn inspect(&mut self, name: &str, edges: &[Edge]) {
        let what = if name.is_empty() {
            "has no name"
        } else if self.steps.iter().any(|step| &*step.name == name) {
            "has a name that is taken"
        } else if edges.iter().any(|edge| edge.graph != self.id) {
            "takes a node of another graph"
        } else {
            return;
        };
        self.problem.get_or_insert((name.to_owned(), what));
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Graph").field("name", &self.name).field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}
