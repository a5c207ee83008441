//! Parts written in another language: agents, connectors, memories, embedders, predictors and policies behind one call with JSON.
//!
//! In: an object of the other language that answers named methods. Out: the core's own traits. Called by the bindings. Never
//! trusts an answer: it is read as the type that the trait promises, and a wrong one names the method and the field.

mod knowledge;
mod platform;
mod policy;

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::agent::{Agent, Review};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Response;

pub use knowledge::{ForeignEmbedder, ForeignMemory, ForeignPredictor};
pub use platform::ForeignConnector;
pub use policy::ForeignPolicy;

/// An object of another language.
///
/// A failure of the user's code is an [`ErrorKind::UserCode`] error whose source is the original exception.
#[async_trait]
pub trait Foreign: Send + Sync + 'static {
    /// The name of the object's class, for messages.
    fn name(&self) -> String;

    /// Calls a method with one JSON value and awaits its answer.
    async fn call(&self, method: &'static str, input: Value) -> Result<Value>;
}

/// Calls a method and reads the answer as the type that is promised.
pub(crate) async fn ask<O: DeserializeOwned>(
    object: &dyn Foreign,
    method: &'static str,
    input: &(impl Serialize + Sync),
) -> Result<O> {
    let internal = |error: serde_json::Error| {
        Error::new(ErrorKind::Internal, format!("the input of {method} cannot be written as JSON")).caused_by(error)
    };
    let answer = object.call(method, serde_json::to_value(input).map_err(internal)?).await?;
    serde_path_to_error::deserialize(answer).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        Error::new(
            ErrorKind::UserCode,
            format!("{}.{method} gave back a wrong value at {path}: {inner}", object.name()),
        )
        .next(format!("return what the documents say of `{method}`"))
    })
}

/// How an agent answers feedback itself.
const RESPOND: &str = "respond";
/// How a policy hears that a trial begins.
const BEGIN: &str = "begin";
/// How a memory lists what it keeps.
const LEARNINGS: &str = "learnings";
/// How a memory forgets.
const FORGET: &str = "forget";
/// The methods that an object need not have: one that lacks them answers with null.
pub const OPTIONAL: [&str; 4] = [RESPOND, BEGIN, LEARNINGS, FORGET];

/// An agent of another language: its method `run` takes and gives JSON, and so does `respond` where it has one.
pub struct ForeignAgent<I, O> {
    object: Arc<dyn Foreign>,
    types: PhantomData<fn(I) -> O>,
}

impl<I, O> ForeignAgent<I, O> {
    /// Wraps an object.
    pub fn new(object: Arc<dyn Foreign>) -> Self {
        Self { object, types: PhantomData }
    }
}

#[async_trait]
impl<I, O> Agent for ForeignAgent<I, O>
where
    I: Serialize + Send + Sync + 'static,
    O: DeserializeOwned + Send + 'static,
{
    type Input = I;
    type Output = O;

    async fn run(&self, input: I) -> Result<O> {
        ask(self.object.as_ref(), "run", &input).await
    }

    async fn respond(&self, review: &Review) -> Result<Option<Response>> {
        ask(self.object.as_ref(), RESPOND, review).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    #[async_trait]
    impl Foreign for Echo {
        fn name(&self) -> String {
            "Echo".into()
        }

        async fn call(&self, _: &'static str, input: Value) -> Result<Value> {
            Ok(input)
        }
    }

    #[test]
    fn an_answer_is_read_as_the_promised_type() {
        let agent = ForeignAgent::<u64, u64>::new(Arc::new(Echo));
        assert_eq!(futures::executor::block_on(agent.run(7)).unwrap(), 7);
        let wrong = ForeignAgent::<u64, String>::new(Arc::new(Echo));
        let error = futures::executor::block_on(wrong.run(7)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserCode);
        assert!(error.to_string().contains("Echo.run"), "{error}");
    }
}
