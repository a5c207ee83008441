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
        EventKind::Looked { .. } => "looked",
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
        EventKind::Looked { look } => looked(look),
        _ => String::new(),
    }
}

/// How many notifications and actions a look had; empty where it had none.
fn looked(look: &serde_json::Value) -> String {
    let count = |name: &str| look.get(name).and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    let [told, done] = [count("notifications"), count("actions")];
    if told + done == 0 { String::new() } else { format!("{told} / {done}") }
}
