//! What a step takes: nodes before it, with their types.

use std::sync::Arc;

use super::output::{Output, Slot, typed};
use super::{Node, Optional};
use crate::error::{Error, ErrorKind, Result};

/// An edge of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    pub(super) graph: u64,
    pub(super) from: usize,
    pub(super) is_optional: bool,
}

/// Hands out the outputs of finished steps; only the engine makes one.
pub struct Resolver<'a> {
    pub(super) slots: &'a [Slot],
}

impl Resolver<'_> {
    fn find<T: Output>(&self, index: usize) -> Result<Option<Arc<T>>> {
        match self.slots.get(index) {
            Some(Slot::Done(value)) => typed(value).map(Some),
            _ => Ok(None),
        }
    }
}

/// One input of a step: a [`Node`], a [`Node::optional`], or any number of nodes of one type in a `Vec`.
pub trait Input: Clone + Send + Sync + 'static {
    /// What the step gets.
    type Value: Clone + Send + Sync + 'static;

    /// The edges that lead here.
    fn edges(&self) -> Vec<Edge>;

    /// Takes the value from the steps before.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where a needed step has no output.
    fn take(&self, outputs: &Resolver<'_>) -> Result<Self::Value>;
}

impl<T: Output> Input for Node<T> {
    type Value = Arc<T>;

    fn edges(&self) -> Vec<Edge> {
        vec![Edge { graph: self.graph, from: self.index, is_optional: false }]
    }

    fn take(&self, outputs: &Resolver<'_>) -> Result<Arc<T>> {
        let found = outputs.find(self.index)?;
        found.ok_or_else(|| Error::new(ErrorKind::Internal, "a step started before a step that it needs"))
    }
}

impl<T: Output> Input for Optional<T> {
    type Value = Option<Arc<T>>;

    fn edges(&self) -> Vec<Edge> {
        vec![Edge { graph: self.0.graph, from: self.0.index, is_optional: true }]
    }

    fn take(&self, outputs: &Resolver<'_>) -> Result<Option<Arc<T>>> {
        outputs.find(self.0.index)
    }
}

impl<I: Input> Input for Vec<I> {
    type Value = Vec<I::Value>;

    fn edges(&self) -> Vec<Edge> {
        self.iter().flat_map(Input::edges).collect()
    }

    fn take(&self, outputs: &Resolver<'_>) -> Result<Self::Value> {
        self.iter().map(|input| input.take(outputs)).collect()
    }
}

/// The inputs of a step: a tuple of none to six [`Input`]s.
pub trait Inputs: Clone + Send + Sync + 'static {
    /// What the step gets: a tuple of the inputs' values.
    type Values: Clone + Send + Sync + 'static;

    /// The edges that lead to the step.
    fn edges(&self) -> Vec<Edge>;

    /// Takes the values from the steps before.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where a needed step has no output.
    fn take(&self, outputs: &Resolver<'_>) -> Result<Self::Values>;
}

impl Inputs for () {
    type Values = ();

    fn edges(&self) -> Vec<Edge> {
        Vec::new()
    }

    fn take(&self, _: &Resolver<'_>) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($($input:ident $place:tt),+;)+) => {$(
        impl<$($input: Input),+> Inputs for ($($input,)+) {
            type Values = ($($input::Value,)+);

            fn edges(&self) -> Vec<Edge> {
                let mut edges = Vec::new();
                $(edges.extend(self.$place.edges());)+
                edges
            }

            fn take(&self, outputs: &Resolver<'_>) -> Result<Self::Values> {
                Ok(($(self.$place.take(outputs)?,)+))
            }
        }
    )+};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}
