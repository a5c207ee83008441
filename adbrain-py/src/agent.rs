//! Agents written in Python.
//!
//! In: an object with `run(input)`, a coroutine or a plain method. Out: an agent. Called by brain. Never looks into the values.

use std::marker::PhantomData;
use std::sync::Arc;

use adbrain_core::{Agent, Result};
use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::{Argument, UserObject};

struct UserAgent<Input, Output> {
    object: UserObject,
    types: PhantomData<fn(Input) -> Output>,
}

/// Makes an agent of an object with a method `run`.
pub(crate) fn agent<Input, Output>(object: UserObject) -> Arc<dyn Agent<Input = Input, Output = Output>>
where
    Input: Serialize + Send + 'static,
    Output: DeserializeOwned + Send + 'static,
{
    Arc::new(UserAgent { object, types: PhantomData })
}

#[async_trait]
impl<Input, Output> Agent for UserAgent<Input, Output>
where
    Input: Serialize + Send,
    Output: DeserializeOwned + Send,
{
    type Input = Input;
    type Output = Output;

    async fn run(&self, input: Input) -> Result<Output> {
        let argument = Argument::of(&input);
        drop(input);
        self.object.call("run", vec![argument?]).await
    }
}
