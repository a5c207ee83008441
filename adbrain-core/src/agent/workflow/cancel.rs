//! A token that stops a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Stops a run from outside; clones stand for the same run, and what was cancelled stays cancelled.
///
/// ```
/// use adbrain_core::agent::workflow::Cancel;
/// let cancel = Cancel::new();
/// let held_by_the_run = cancel.clone();
/// cancel.cancel();
/// assert!(held_by_the_run.is_cancelled());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    is_cancelled: AtomicBool,
    wake: Notify,
}

impl Cancel {
    /// Makes a token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the run: its running steps are dropped at their next point of waiting.
    pub fn cancel(&self) {
        self.inner.is_cancelled.store(true, Ordering::SeqCst);
        self.inner.wake.notify_waiters();
    }

    /// Whether the run was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.inner.is_cancelled.load(Ordering::SeqCst)
    }

    /// Waits until the run is stopped.
    pub async fn cancelled(&self) {
        let mut wake = std::pin::pin!(self.inner.wake.notified());
        // Registered before the flag is read, so a call between the two is not missed.
        wake.as_mut().enable();
        if !self.is_cancelled() {
            wake.await;
        }
    }
}
