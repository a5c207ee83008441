//! Policies tried in worlds.

use std::sync::Arc;

use adbrain_core::foreign::{Foreign, OPTIONAL};
use adbrain_core::market::World;
use adbrain_core::{Error, ErrorKind, sim, trials};
use napi::bindgen_prelude::{Function, Promise};
use napi_derive::napi;

use crate::brain::NativeCancel;
use crate::errors::{guard, guard_async, write};
use crate::user::UserObject;

/// Trials that objects of JavaScript take part in.
#[napi]
#[derive(Default)]
pub struct NativeTrials {
    own: Vec<Arc<dyn Foreign>>,
}

#[napi]
impl NativeTrials {
    /// Nobody takes part.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object that serves as a policy.
    #[napi]
    pub fn add(&mut self, call: Function<'_, String, Promise<String>>) -> napi::Result<()> {
        self.own.push(UserObject::new("policy".to_owned(), &call)?);
        Ok(())
    }

    /// Plays the trials; request and scores are JSON text.
    #[napi]
    pub async fn play(&self, request: String, cancel: &NativeCancel) -> napi::Result<String> {
        let (own, cancel) = (self.own.clone(), cancel.cancel.clone());
        guard_async(async move {
            tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    Err(Error::new(ErrorKind::Cancelled, "the trials were cancelled").next("play them again"))
                }
                scores = trials::simulate(&request, own) => scores,
            }
        })
        .await
    }
}

/// The names of the families of worlds that policies are tried in.
#[napi]
pub fn worlds() -> Vec<String> {
    World::families().map(str::to_owned).collect()
}

/// Every policy as JSON text: its name, and what it does.
#[napi]
pub fn policies() -> napi::Result<String> {
    guard(|| write(&sim::POLICIES))
}

/// The methods that an object of JavaScript need not have, as the engine names them.
#[napi]
pub fn optional_methods() -> Vec<String> {
    OPTIONAL.map(str::to_owned).into()
}
