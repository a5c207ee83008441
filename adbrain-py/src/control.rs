//! The journal of a store, and the way back from a backup.
//!
//! In: the path of a store. Out: whether its journal is whole, or where it ends, signed; a store out of its backup. Called by Python. Never
//! writes over a file.

use std::path::PathBuf;

use adbrain_core::http::Secret;
use adbrain_core::store::Place;
use adbrain_core::{Result, control, orders};
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::{error, runtime, value};

/// Checks the hash chain of the journal in a store: a changed, lost or moved entry is found. Gives what was found as a dict.
///
/// `head` is that of an earlier look, kept outside the store, and `signed` one that was signed: they show whether the journal was rewritten
/// since. A signed one is checked with the `public_key` of its signer.
#[pyfunction]
#[pyo3(signature = (path, /, *, head=None, signed=None, public_key=None))]
pub(crate) fn verify_journal<'py>(
    py: Python<'py>,
    path: PathBuf,
    head: Option<&str>,
    signed: Option<Bound<'py, PyAny>>,
    public_key: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    error::guard(py, || {
        let signed = signed.map(|signed| value::from_python("signed", &signed)).transpose()?;
        let kept = json!({"head": head, "signed": signed, "public_key": public_key}).to_string();
        let place = Place::File(path);
        let found = runtime::block_on(py, async { orders::verify(&place, &kept).await })?;
        written(py, &found)
    })
}

/// Signs where the journal in a store ends now, with a signing key. Gives the signed head as a dict.
#[pyfunction]
#[pyo3(signature = (path, /, *, key))]
pub(crate) fn sign_journal(py: Python<'_>, path: PathBuf, key: String) -> PyResult<Bound<'_, PyAny>> {
    error::guard(py, || {
        let (place, key) = (Place::File(path), Secret::new(key));
        let signed = runtime::block_on(py, async { orders::sign(&place, &key).await })?;
        written(py, &signed)
    })
}

/// Puts a backup of a store back as a new file; the backup stays as it is, and a file that is there already is refused.
#[pyfunction]
#[pyo3(signature = (backup, path, /))]
#[expect(clippy::needless_pass_by_value, reason = "Python hands over owned values")]
pub(crate) fn restore(py: Python<'_>, backup: PathBuf, path: PathBuf) -> PyResult<()> {
    error::guard(py, || runtime::block_on(py, async { orders::restore(&backup, &path).await }))
}

/// Makes a new signing key: 64 hexadecimal digits, to be kept outside the store.
#[pyfunction]
pub(crate) fn new_signing_key(py: Python<'_>) -> PyResult<String> {
    error::guard(py, || Ok(control::new_signing_key()?.expose().to_owned()))
}

/// The public key that belongs to a signing key.
#[pyfunction]
#[pyo3(signature = (key, /))]
pub(crate) fn public_key(py: Python<'_>, key: String) -> PyResult<String> {
    error::guard(py, || control::public_key(&Secret::new(key)))
}

/// JSON of the engine as Python sees it.
fn written<'py>(py: Python<'py>, json: &str) -> Result<Bound<'py, PyAny>> {
    value::write(py, &adbrain_core::model::read_json::<Value>(json, "answer")?)
}
