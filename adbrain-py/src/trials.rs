//! Policies tried in worlds.
//!
//! In: a request as JSON text and the user's own policies. Out: scores as JSON text; names. Called by `adbrain.simulate`. Never plays two
//! trials on one object at once: the core does not.

use std::path::PathBuf;

use adbrain_core::market::World;
use adbrain_core::{sim, trials};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3_async_runtimes::TaskLocals;

use crate::brain::foreign;
use crate::{error, file, runtime};

/// Plays trials on the running event loop; gives an awaitable of the scores as JSON text. Cancelling it stops them.
#[pyfunction]
#[pyo3(name = "_simulate", signature = (request, policies, /))]
pub(crate) fn simulate(py: Python<'_>, request: String, policies: Vec<Py<PyAny>>) -> PyResult<Bound<'_, PyAny>> {
    let locals = TaskLocals::with_running_loop(py)?.copy_context(py)?;
    error::guard(py, || runtime::handle().map(drop))?;
    let own = policies.into_iter().map(|policy| foreign("policy", policy, &locals)).collect();
    let work = async move { trials::simulate(&request, own).await };
    runtime::awaitable(py, locals, error::guarded(work))
}

/// The text of a file that an argument of this name gives the path of.
#[pyfunction]
#[pyo3(name = "_file_text", signature = (argument, path, /))]
pub(crate) fn file_text(py: Python<'_>, argument: &str, path: PathBuf) -> PyResult<String> {
    error::guard(py, move || file::text(argument, &path))
}

/// The names of the families of worlds that policies are tried in.
#[pyfunction]
pub(crate) fn worlds() -> Vec<&'static str> {
    World::families().collect()
}

/// Every policy by its name, and what it does.
#[pyfunction]
pub(crate) fn policies(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let known = PyDict::new(py);
    for (name, about) in sim::POLICIES {
        known.set_item(*name, *about)?;
    }
    Ok(known)
}
