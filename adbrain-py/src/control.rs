//! The journal.
//!
//! In: the path of a store. Out: whether its journal is whole. Called by Python. Never writes.

use std::path::PathBuf;

use adbrain_core::{control, store};
use pyo3::prelude::*;

use crate::{error, file, runtime, value};

/// Checks the hash chain of the journal in a store: a changed, lost or moved entry is found. Gives what was found as a dict.
#[pyfunction]
#[pyo3(signature = (path, /))]
#[expect(clippy::needless_pass_by_value, reason = "Python hands over an owned path")]
pub(crate) fn verify_journal(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
    error::guard(py, || {
        file::exists("journal", &path)?;
        let found = runtime::block_on(py, async {
            let database = store::open(&path).await?;
            control::verify(&*database).await
        })?;
        value::write(py, &found)
    })
}
