//! Progress on the standard error: a moving line on a terminal, else one line per event.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;

use crate::agent::workflow::{Event, EventKind, Events};
use crate::model::{Language, Message};
use crate::show::event;

/// The time between two pictures of the moving line.
const TICK: Duration = Duration::from_millis(100);

/// Shows a run's events.
pub(super) struct Progress {
    events: Events,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Progress in a language.
    pub(super) fn new(language: Language) -> Self {
        let bar = std::io::stderr().is_terminal().then(moving_line);
        let shown = bar.clone();
        let events = Events::callback(Arc::new(move |event: &Event| match &shown {
            Some(bar) => bar.set_message(line(event, language)),
            None if is_worth_a_line(event) => {
                drop(writeln!(std::io::stderr(), "{}", line(event, language)));
            }
            None => {}
        }));
        Self { events, bar }
    }

    /// Where the run tells its events.
    pub(super) fn events(&self) -> Events {
        self.events.clone()
    }

    /// Waits for the last event and clears the line.
    pub(super) async fn close(self) {
        self.events.flush().await;
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn moving_line() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(TICK);
    bar
}

/// A start is followed by its end: in a log the end is enough. That the whole run failed says the error itself, which comes last.
fn is_worth_a_line(event: &Event) -> bool {
    let is_end = event.step.is_none() && matches!(event.kind, EventKind::Failed { .. });
    !matches!(event.kind, EventKind::Started { .. }) && !is_end
}

fn line(event: &Event, language: Language) -> String {
    let subject = event.step.as_deref().unwrap_or_else(|| event.run.as_str());
    let state = event::label(&event.kind, language);
    let detail = match &event.kind {
        // The whole error comes last, once.
        EventKind::Failed { error_kind, .. } => error_kind.to_string(),
        kind => event::detail(kind, language),
    };
    let line = Message::new("event-line").with("subject", subject).with("state", state).text(language);
    if detail.is_empty() { line } else { format!("{line}: {detail}") }
}
