//! The command line.
//!
//! In: arguments. Out: text and an exit code. Called by Python. Never holds logic of its own.

use pyo3::prelude::*;

use crate::error;

/// Runs the command line with its name first; gives the exit code.
#[pyfunction]
#[pyo3(signature = (arguments, /))]
pub(crate) fn cli(py: Python<'_>, arguments: Vec<String>) -> PyResult<i32> {
    error::guard(py, || Ok(py.detach(|| adbrain_core::cli::run(arguments.into_iter().map(Into::into)))))
}
