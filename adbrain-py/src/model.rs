//! The values of the trade.
//!
//! In: the name of a value. Out: its JSON Schema. Called by Python. Never holds a schema of its own.

use adbrain_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::{error, value};

/// Gives the JSON Schema of a value by its name: `brief`, `plan`, every message between agents.
#[pyfunction]
#[pyo3(signature = (name, /))]
pub(crate) fn schema<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    error::guard(py, || {
        let damaged = |error| Error::new(ErrorKind::Internal, "a schema is not JSON").caused_by(error);
        let schema: serde_json::Value = serde_json::from_str(&adbrain_core::schema::text(name)?).map_err(damaged)?;
        value::write(py, &schema)
    })
}

/// The names that [`schema`] knows, sorted.
#[pyfunction]
pub(crate) fn schema_names() -> Vec<&'static str> {
    adbrain_core::schema::names()
}
