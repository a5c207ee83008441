//! The statistics by name.
//!
//! In: the name of a method and its arguments as a dict; lists or arrays of numbers inside. Out: its result as a dict. Called by
//! `adbrain.stats`. Never computes.

use adbrain_core::numbers;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::{error, value};

/// Calls a method by its name.
#[pyfunction]
#[pyo3(name = "_statistic", signature = (name, arguments, /))]
pub(crate) fn statistic<'py>(
    py: Python<'py>,
    name: &str,
    arguments: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    error::guard(py, || {
        let arguments = value::numbers_from_python(name, arguments)?;
        let found = py.detach(|| numbers::call(name, &arguments))?;
        value::write(py, &found)
    })
}

/// Every method: its name, what it answers, and the JSON Schema of its arguments.
#[pyfunction]
#[pyo3(name = "_statistics")]
pub(crate) fn statistics(py: Python<'_>) -> PyResult<Vec<(&'static str, &'static str, Bound<'_, PyAny>)>> {
    error::guard(py, || {
        let entry = |method: &numbers::Method| Ok((method.name, method.about, value::write(py, &method.arguments())?));
        numbers::methods().map(entry).collect()
    })
}
