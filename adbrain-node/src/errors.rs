//! Errors cross as structured text, because an `async fn` cannot give an error a status of its own; `index.js` rebuilds them.

use adbrain_core::error::Source;
use adbrain_core::{Error, ErrorKind};
use serde_json::json;

use crate::user::UserError;

/// Turns an error of the core into one that carries kind, message, context and next step as JSON text.
pub(crate) fn to_node(mut error: Error) -> napi::Error {
    let user = error.take_source().and_then(number_of);
    let context: serde_json::Map<_, _> =
        error.context().iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    let body = json!({
        "kind": error.kind().as_str(),
        "message": error.to_string(),
        "context": context,
        "nextStep": error.next_step(),
        "retryable": error.is_retryable(),
        "userError": user,
    });
    napi::Error::new(napi::Status::GenericFailure, format!("adbrain:{body}"))
}

/// The number of the exception of user code below an error.
fn number_of(source: Source) -> Option<u32> {
    match source.downcast::<UserError>() {
        Ok(user) => Some(user.number),
        Err(other) => other.downcast::<Error>().ok()?.take_source().and_then(number_of),
    }
}

/// Reads JSON text that JavaScript wrote; `field` names it in errors about the whole of it.
pub(crate) fn read<T: serde::de::DeserializeOwned>(field: &str, text: &str) -> adbrain_core::Result<T> {
    adbrain_core::model::read_json(text, field).map_err(|error| error.next("compare it with its type in index.d.ts"))
}

/// Writes a value as JSON text for JavaScript.
pub(crate) fn write(value: &impl serde::Serialize) -> adbrain_core::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Internal, "a value cannot be written as JSON").caused_by(error))
}

/// Runs work so that a panic becomes an error and never crosses into JavaScript.
pub(crate) fn guard<T>(work: impl FnOnce() -> adbrain_core::Result<T>) -> napi::Result<T> {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    caught.unwrap_or_else(|_| Err(panicked())).map_err(to_node)
}

/// As [`guard`], for work that awaits.
pub(crate) async fn guard_async<T>(work: impl Future<Output = adbrain_core::Result<T>> + Send) -> napi::Result<T> {
    use futures::FutureExt as _;
    let caught = std::panic::AssertUnwindSafe(work).catch_unwind().await;
    caught.unwrap_or_else(|_| Err(panicked())).map_err(to_node)
}

fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "the engine hit a defect of its own")
        .next("report it with the steps that lead to it")
}
