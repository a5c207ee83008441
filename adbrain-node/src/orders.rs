//! Plans, orders of a person, and the events of runs.

use std::sync::Arc;

use adbrain_core::brain::Follower;
use adbrain_core::model::{Language, RunId};
use adbrain_core::orders;
use napi_derive::napi;
use tokio::sync::{Mutex, Notify};

use crate::brain::{NativeBrain, NativeCancel, NativeEvents, cancellable, imported};
use crate::errors::{guard, guard_async};

#[napi]
impl NativeBrain {
    /// Runs the loop up to its plan; `request` is JSON text, and so is the plan.
    #[napi]
    pub async fn plan(
        &self,
        request: String,
        cancel: &NativeCancel,
        events: Option<&NativeEvents>,
    ) -> napi::Result<String> {
        let (opening, watch) = self.begin(cancel, events);
        let feed = opening.feed.clone();
        let work = async move {
            let request = imported(request).await?;
            orders::text(&opening.for_request(&request).await?.plan(request, watch).await?)
        };
        guard_async(Box::pin(async move { feed.during(None, Box::pin(work)).await })).await
    }

    /// Carries out `apply`, `refuse`, `undo`, `status` and the like; order and answer are JSON text.
    #[napi]
    pub async fn order(&self, name: String, order: String, cancel: &NativeCancel) -> napi::Result<String> {
        let opening = self.opening.clone();
        let work = async move { orders::order(&opening.existing().await?, &name, &order).await };
        cancellable(cancel, Box::pin(work)).await
    }

    /// Carries out `stop` or `resume`, before the store is opened; order and answer are JSON text.
    #[napi]
    pub async fn switch(&self, name: String, order: String) -> napi::Result<String> {
        let opening = self.opening.clone();
        let work = async move { orders::switch(opening.builder.clone(), &opening.place, (&name, &order)).await };
        guard_async(Box::pin(work)).await
    }

    /// Follows a run from now on, or the first one that is heard of.
    #[napi]
    pub fn follow(&self, run: Option<String>) -> NativeFollower {
        let inner = self.opening.feed.follow(run.map(RunId::new));
        NativeFollower { inner: Arc::new(Mutex::new(inner)), closed: Arc::default() }
    }
}

/// Follows one run.
#[napi]
pub struct NativeFollower {
    inner: Arc<Mutex<Follower>>,
    closed: Arc<Notify>,
}

#[napi]
impl NativeFollower {
    /// The next event as JSON text; nothing after the last, and once it is closed.
    #[napi]
    pub async fn next(&self) -> napi::Result<Option<String>> {
        let (inner, closed) = (Arc::clone(&self.inner), Arc::clone(&self.closed));
        guard_async(async move {
            let mut inner = inner.lock().await;
            tokio::select! {
                biased;
                () = closed.notified() => {
                    inner.close();
                    Ok(None)
                }
                event = inner.next() => event.map(|event| orders::text(&event)).transpose(),
            }
        })
        .await
    }

    /// Ends the stream, also for who waits for its next event.
    #[napi]
    pub fn close(&self) {
        match self.inner.try_lock() {
            Ok(mut inner) => inner.close(),
            Err(_) => self.closed.notify_one(),
        }
    }
}

/// A plan or a status, given as JSON text, as `text`, `markdown` or `html`.
#[napi]
pub fn shown(kind: String, json: String, form: String, language: Option<String>) -> napi::Result<String> {
    guard(|| {
        let language = language.map(|name| name.parse::<Language>()).transpose()?;
        orders::shown(&kind, &json, &form, language)
    })
}
