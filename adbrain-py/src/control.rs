//! The journal.
//!
//! In: the path of a store. Out: whether its journal is whole. Called by Python. Never writes.

use std::path::PathBuf;

use adbrain_core::control;
use adbrain_core::model::ContentHash;
use adbrain_core::store::Place;
use pyo3::prelude::*;

use crate::{error, runtime, value};

/// Checks the hash chain of the journal in a store: a changed, lost or moved entry is found. Gives what was found as a dict.
#[pyfunction]
///
/// `head` is that of an earlier look, kept outside the store: it shows whether the journal was rewritten since.
#[pyo3(signature = (path, /, *, head=None))]
pub(crate) fn verify_journal(py: Python<'_>, path: PathBuf, head: Option<String>) -> PyResult<Bound<'_, PyAny>> {
    error::guard(py, || {
        let found = runtime::block_on(py, async {
            let database = Place::File(path).open_existing().await?;
            match head {
                Some(head) => control::verify_to(&*database, &ContentHash::new(head)).await,
                None => control::verify(&*database).await,
            }
        })?;
        value::write(py, &found)
    })
}
