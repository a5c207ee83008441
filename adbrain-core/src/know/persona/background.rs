//! Building without holding up other tasks.

use std::sync::Arc;

use super::cancel::Cancel;
use super::model::{PersonaModel, build};
use super::people::People;
use super::settings::Settings;
use crate::error::{Error, ErrorKind, Result};

/// Builds the personas of a brand on a thread of its own: [`build`] for callers that wait with others. Dropping the future cancels it.
///
/// # Errors
/// As [`build`].
pub async fn build_in_background(
    people: Arc<People>,
    settings: Settings,
    previous: Option<Arc<PersonaModel>>,
    cancel: Cancel,
) -> Result<PersonaModel> {
    let mut guard = CancelOnDrop(Some(cancel.clone()));
    let work = move || build(&people, &settings, previous.as_deref(), &cancel);
    let done = tokio::task::spawn_blocking(work).await;
    guard.0 = None;
    done.map_err(|error| {
        Error::new(ErrorKind::Internal, "the thread that builds personas ended early").caused_by(error)
    })?
}

/// Holds the flag until the work is done.
struct CancelOnDrop(Option<Cancel>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.iter().for_each(Cancel::cancel);
    }
}
