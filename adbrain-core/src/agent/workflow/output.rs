//! The outputs of the steps.

use std::any::Any;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Graph, Node};
use crate::error::{Error, ErrorKind, Result};

/// What a step may give: a value that can be written as JSON and read back.
pub trait Output: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Output for T {}

/// An output whose type only the node knows.
pub(super) type Value = Arc<dyn Any + Send + Sync>;

/// Where a step stands.
#[derive(Default)]
pub(super) enum Slot {
    #[default]
    Waiting,
    Running,
    Done(Value),
    Failed(Error),
    /// Not run, for the step with this index failed or was skipped.
    Skipped(usize),
}

/// What the steps of a run gave.
pub struct Outputs {
    pub(super) graph: u64,
    pub(super) names: Vec<Arc<str>>,
    pub(super) slots: Vec<Slot>,
}

impl Outputs {
    /// The output of a step.
    ///
    /// # Errors
    /// The kind and text of the step's own error where it failed (only with [`super::OnFailure::Continue`]),
    /// [`ErrorKind::NotFound`] where it was skipped, [`ErrorKind::InvalidInput`] for a node of another graph.
    pub fn get<T: Output>(&self, node: Node<T>) -> Result<Arc<T>> {
        if node.graph != self.graph {
            return Err(
                Error::invalid("node", "belongs to another graph").next("ask the outputs of the graph that made it")
            );
        }
        match self.slots.get(node.index) {
            Some(Slot::Done(value)) => typed(value),
            Some(Slot::Failed(error)) => Err(again(error)),
            Some(Slot::Skipped(cause)) => Err(self.skipped(node.index, *cause)),
            _ => Err(Error::new(ErrorKind::Internal, "the step has not run").with("step", self.name(node.index))),
        }
    }

    /// The steps that failed, with their errors, in the order of the graph.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &Error)> {
        self.slots.iter().enumerate().filter_map(|(index, slot)| match slot {
            Slot::Failed(error) => Some((self.name(index), error)),
            _ => None,
        })
    }

    fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("?", |name| name)
    }

    fn skipped(&self, index: usize, cause: usize) -> Error {
        Error::new(ErrorKind::NotFound, "the step was skipped, for a step that it needs has no output")
            .with("step", self.name(index))
            .with("needs", self.name(cause))
            .next("run again: what is saved is kept, the rest is tried again")
    }
}

impl std::fmt::Debug for Outputs {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Outputs").field("steps", &self.names).finish_non_exhaustive()
    }
}

/// Gives an output its type back.
pub(super) fn typed<T: Output>(value: &Value) -> Result<Arc<T>> {
    Arc::clone(value)
        .downcast()
        .map_err(|_| Error::new(ErrorKind::Internal, "an output has another type than its node"))
}

fn again(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.message());
    let copy = error.context().iter().fold(copy, |copy, (key, value)| copy.with(key, value));
    match error.next_step() {
        Some(step) => copy.next(step),
        None => copy,
    }
}

/// Writes an output as JSON and makes sure that it comes back the same: NaN or a lossy `Serialize` would not.
pub(super) fn write<T: Output>(value: &Value) -> Result<String> {
    let text = to_json(&*typed::<T>(value)?)?;
    let back: T = serde_json::from_str(&text).map_err(|error| lossy().caused_by(error))?;
    if to_json(&back)? == text { Ok(text) } else { Err(lossy()) }
}

/// Reads an output from its JSON.
pub(super) fn read<T: Output>(text: &str) -> Result<Value> {
    let value: T = serde_json::from_str(text).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "a saved output cannot be read")
            .next("start a new run; the saved one comes from another version or was changed outside")
            .caused_by(error)
    })?;
    Ok(Arc::new(value))
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Internal, "an output cannot be written as JSON").caused_by(error))
}

fn lossy() -> Error {
    Error::new(ErrorKind::UserCode, "an output does not come back the same from its JSON")
        .next("give no NaN or infinity, and make Serialize and Deserialize agree")
}

impl Graph {
    pub(super) fn outputs(&self, slots: Vec<Slot>) -> Outputs {
        Outputs { graph: self.id, names: self.steps.iter().map(|step| Arc::clone(&step.name)).collect(), slots }
    }
}
