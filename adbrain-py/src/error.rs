//! Between our errors and Python's exceptions.
//!
//! In: an error of either side. Out: the same error on the other side; an exception of the user's own code comes back as the
//! same object, with its traceback. Called by every other file. Never lets a panic through.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use adbrain_core::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// The module that holds the exception classes.
const MODULE: &str = "adbrain._errors";

/// Every kind, and whether a read that fails so may be tried again; a test compares it with the classes.
#[pyfunction]
#[pyo3(name = "_error_kinds")]
pub(crate) fn error_kinds() -> Vec<(&'static str, bool)> {
    let retryable = |kind| Error::new(kind, "").is_retryable();
    ErrorKind::ALL.into_iter().map(|kind| (kind.as_str(), retryable(kind))).collect()
}

/// Runs what Python asked for; a panic becomes an error of kind `internal`.
pub(crate) fn guard<T>(py: Python<'_>, work: impl FnOnce() -> Result<T>) -> PyResult<T> {
    let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(panicked(payload.as_ref())));
    result.map_err(|error| to_python(py, error))
}

/// The same for a future; the error becomes an exception when the GIL is free.
pub(crate) async fn guarded<T>(work: impl Future<Output = Result<T>>) -> PyResult<T> {
    let result = AssertUnwindSafe(work).catch_unwind().await;
    let result = result.unwrap_or_else(|payload| Err(panicked(payload.as_ref())));
    result.map_err(|error| {
        let text = error.to_string();
        Python::try_attach(|py| to_python(py, error)).unwrap_or_else(|| PyRuntimeError::new_err(text))
    })
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::new(ErrorKind::Internal, format!("adbrain has a defect: {}", said.unwrap_or("it panicked")))
        .next("please report it with the input that led here")
}

/// Makes the exception for an error: the user's own where there is one, else the class of the kind.
pub(crate) fn to_python(py: Python<'_>, error: Error) -> PyErr {
    let text = error.to_string();
    match original(error) {
        Ok(exception) => {
            note(py, &exception, &text);
            exception
        }
        Err(error) => exception(py, &error).unwrap_or_else(|failure| failure),
    }
}

/// The exception of the user's own code below an error, else the error as it was.
fn original(mut error: Error) -> std::result::Result<PyErr, Error> {
    let Some(source) = error.take_source() else { return Err(error) };
    let source = match source.downcast::<PyErr>() {
        Ok(exception) => return Ok(*exception),
        Err(other) => other,
    };
    match source.downcast::<Error>() {
        Ok(inner) => original(*inner).map_err(|inner| error.caused_by(inner)),
        Err(other) => Err(error.caused_by(other)),
    }
}

/// Adds to the user's exception what adbrain was doing, where Python can show it (3.11 and later).
fn note(py: Python<'_>, exception: &PyErr, text: &str) {
    let line = format!("adbrain: {text}");
    // An exception that takes no notes is still the user's exception; nothing else is lost.
    let _ = exception.value(py).call_method1("add_note", (line,));
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let classes = py.import(MODULE)?;
    let class = classes.getattr("BY_KIND")?.get_item(error.kind().as_str())?.cast_into::<PyType>()?;
    let context = PyDict::new(py);
    for (key, value) in error.context() {
        context.set_item(key, value)?;
    }
    let options = PyDict::new(py);
    options.set_item("context", context)?;
    options.set_item("next_step", error.next_step())?;
    let value = class.call((error.to_string(),), Some(&options))?;
    Ok(PyErr::from_value(value))
}

/// Makes our error for an exception that the user's own code raised. A kind of ours is kept: a connector that raises
/// `OutcomeUnknownError` or `RateLimitedError` is understood.
pub(crate) fn from_python(py: Python<'_>, what: &str, raised: PyErr) -> Error {
    let name = raised.get_type(py).name().map_or_else(|_| "an exception".to_owned(), |name| name.to_string());
    let said = raised.value(py).str().map_or_else(|_| String::new(), |text| text.to_string());
    let kind = kind_of(py, &raised).unwrap_or(ErrorKind::UserCode);
    let message = format!("{what} raised {name}: {said}");
    Error::new(kind, message.trim_end_matches([' ', ':'])).next("look at its traceback").caused_by(raised)
}

fn kind_of(py: Python<'_>, raised: &PyErr) -> Option<ErrorKind> {
    let base = py.import(MODULE).ok()?.getattr("AdbrainError").ok()?;
    raised.is_instance(py, &base).then_some(())?;
    let kind: String = raised.value(py).getattr("kind").ok()?.extract().ok()?;
    ErrorKind::ALL.into_iter().find(|known| known.as_str() == kind)
}
