//! The events of runs, one after the other.
//!
//! In: what a run tells. Out: each event as JSON text. Called by brain. Never keeps more than the core does for a reader that is behind.

use std::sync::Arc;

use adbrain_core::brain::Follower as CoreFollower;
use adbrain_core::orders;
use pyo3::prelude::*;
use pyo3_async_runtimes::TaskLocals;
use tokio::sync::{Mutex, Notify};

use crate::{error, runtime};

/// Follows one run; `adbrain.Brain.events` is made of one.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct Follower {
    inner: Arc<Mutex<CoreFollower>>,
    closed: Arc<Notify>,
}

impl Follower {
    pub(crate) fn new(inner: CoreFollower) -> Self {
        Self { inner: Arc::new(Mutex::new(inner)), closed: Arc::default() }
    }
}

#[pymethods]
impl Follower {
    /// The next event as JSON text, or `None` after the last; gives an awaitable. Cancelling it loses nothing.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let locals = TaskLocals::with_running_loop(py)?.copy_context(py)?;
        error::guard(py, || runtime::handle().map(drop))?;
        let (inner, closed) = (Arc::clone(&self.inner), Arc::clone(&self.closed));
        let work = async move {
            let mut inner = inner.lock().await;
            tokio::select! {
                biased;
                () = closed.notified() => {
                    inner.close();
                    Ok(None)
                }
                event = inner.next() => event.map(|event| orders::text(&event)).transpose(),
            }
        };
        runtime::awaitable(py, locals, error::guarded(work))
    }

    /// Ends the stream, also for who waits for its next event.
    fn close(&self) {
        match self.inner.try_lock() {
            Ok(mut inner) => inner.close(),
            Err(_) => self.closed.notify_one(),
        }
    }
}
