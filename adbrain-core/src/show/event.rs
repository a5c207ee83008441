//! Events of the loop in words, for the page and the command line.

use crate::agent::workflow::EventKind;
use crate::model::{Language, Message};

/// The state that an event brings: `started`.
pub(crate) fn state(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Started { .. } => "started",
        EventKind::Finished { .. } => "finished",
        EventKind::Failed { .. } => "failed",
        EventKind::Retried { .. } => "retried",
        EventKind::Resumed => "resumed",
        EventKind::Skipped { .. } => "skipped",
        EventKind::Cancelled => "cancelled",
        EventKind::Missed { .. } => "missed",
        EventKind::Note { .. } => "note",
    }
}

/// The state in a language: `running`.
pub(crate) fn label(kind: &EventKind, language: Language) -> String {
    Message::new(format!("event-{}", state(kind))).text(language)
}

/// What is to be said about it; empty where there is nothing.
pub(crate) fn detail(kind: &EventKind, language: Language) -> String {
    match kind {
        EventKind::Failed { error_kind, error } => format!("{error_kind}: {error}"),
        EventKind::Retried { error, .. } => error.clone(),
        EventKind::Skipped { needs } => needs.clone(),
        EventKind::Missed { count } => count.to_string(),
        EventKind::Note { message } => message.text(language),
        _ => String::new(),
    }
}
