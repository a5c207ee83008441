//! Objects that JavaScript brings: agents, connectors, memories, predictors, policies, each behind one function.

use std::fmt;
use std::sync::Arc;

use adbrain_core::foreign::Foreign;
use adbrain_core::{Error, ErrorKind, Result};
use napi::bindgen_prelude::{Function, Promise};
use napi::threadsafe_function::ThreadsafeFunction;
use serde::Deserialize;
use serde_json::{Value, json};

/// A function that takes `{"method", "input"}` and resolves to `{"value"}` or `{"error", "kind", "number"}`; it never throws.
///
/// The reference is weak, so an object that waits for a call does not keep the process alive.
type Call = ThreadsafeFunction<String, Promise<String>, String, napi::Status, false, true>;

/// One object of JavaScript.
pub(crate) struct UserObject {
    /// The place that it takes, for errors.
    name: String,
    call: Call,
}

/// An exception of user code; `index.js` keeps the original under its number and throws it again.
#[derive(Debug)]
pub(crate) struct UserError {
    pub(crate) number: u32,
    message: String,
}

impl fmt::Display for UserError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for UserError {}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Failed { error: String, kind: Option<String>, number: u32 },
    Done { value: Value },
}

impl UserObject {
    /// Wraps the function that `index.js` makes for an object.
    pub(crate) fn new(name: String, call: &Function<'_, String, Promise<String>>) -> napi::Result<Arc<Self>> {
        let call = call.build_threadsafe_function().weak::<true>().build()?;
        Ok(Arc::new(Self { name, call }))
    }
}

#[async_trait::async_trait]
impl Foreign for UserObject {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn call(&self, method: &'static str, input: Value) -> Result<Value> {
        let failed = |error: napi::Error| {
            Error::new(ErrorKind::UserCode, format!("{}.{method} could not be called: {}", self.name, error.reason))
                .next("keep the process running until the run ends")
        };
        let request = json!({"method": method, "input": input}).to_string();
        let promise = self.call.call_async(request).await.map_err(failed)?;
        let text = promise.await.map_err(failed)?;
        match crate::errors::read("answer", &text)? {
            Answer::Done { value } => Ok(value),
            Answer::Failed { error, kind, number } => {
                let message = format!("{}.{method} failed: {error}", self.name);
                Err(Error::new(known(kind.as_deref()), message)
                    .next("look at the stack of what it threw")
                    .caused_by(UserError { number, message: error }))
            }
        }
    }
}

/// The kind of an error of ours that user code threw: a connector that throws `outcome_unknown` or `rate_limited` is understood.
fn known(kind: Option<&str>) -> ErrorKind {
    ErrorKind::ALL.into_iter().find(|known| Some(known.as_str()) == kind).unwrap_or(ErrorKind::UserCode)
}
