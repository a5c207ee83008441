//! What the page shows: the latest events and the tiles of the last result. Listeners read it; it never waits for them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::agent::workflow::Event;
use crate::brain::RunResult;
use crate::model::{Language, Message};
use crate::report::{Block, Report, Tile};
use crate::show::event;

/// Events kept for the replay on connect; the oldest go first. 4,096 is ten long runs.
pub(super) const KEPT: usize = 4096;

/// The state behind the page. Clones share it.
///
/// ```
/// use adbrain_core::{dashboard::Board, model::Language};
/// let board = Board::new(Language::Portuguese);
/// assert_eq!(board.clone().missed(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Board {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    language: Language,
    log: Mutex<Log>,
    news: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Log {
    events: VecDeque<Utf8Bytes>,
    /// Events that were dropped from the front.
    dropped: u64,
    tiles: Option<Utf8Bytes>,
    tiles_version: u64,
}

/// How far a listener has read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Position {
    event: u64,
    tiles: u64,
}

impl Board {
    /// An empty board whose texts are in `language`.
    pub fn new(language: Language) -> Self {
        let shared = Shared { language, log: Mutex::default(), news: watch::Sender::new(0) };
        Self { shared: Arc::new(shared) }
    }

    /// Adds an event and wakes the listeners.
    pub fn tell(&self, event: &Event) {
        let text = Utf8Bytes::from(line(event, self.shared.language).to_string());
        {
            let mut log = self.log();
            log.events.push_back(text);
            if log.events.len() > KEPT {
                log.events.pop_front();
                log.dropped += 1;
            }
        }
        self.wake();
    }

    /// Shows the tiles of a result in place of those before.
    pub fn show(&self, result: &RunResult) {
        let report = Report::of(result);
        let document = report.document();
        let blocks = document.sections.iter().flat_map(|section| &section.blocks);
        let tiles: Vec<_> = blocks
            .filter_map(|block| if let Block::Tiles(tiles) = block { Some(tiles) } else { None })
            .flatten()
            .map(|tile| self.tile(tile))
            .collect();
        let basis = document.basis.text(self.shared.language);
        let text = json!({"type": "tiles", "title": document.title, "basis": basis, "tiles": tiles}).to_string();
        {
            let mut log = self.log();
            log.tiles = Some(text.into());
            log.tiles_version += 1;
        }
        self.wake();
    }

    /// How many events are no longer kept.
    pub fn missed(&self) -> u64 {
        self.log().dropped
    }

    /// The fixed texts of the page.
    pub(super) fn texts(&self) -> Utf8Bytes {
        let names = ["title", "run", "step", "state", "time", "detail", "target", "connected", "disconnected"];
        let texts: serde_json::Map<_, _> =
            names.iter().map(|name| ((*name).to_owned(), Value::from(self.say(name)))).collect();
        json!({"type": "texts", "language": self.shared.language.as_str(), "texts": texts}).to_string().into()
    }

    /// Everything after a position, oldest first, and the position after it.
    pub(super) fn since(&self, position: Position) -> (Vec<Utf8Bytes>, Position) {
        let log = self.log();
        let read = usize::try_from(position.event.saturating_sub(log.dropped)).unwrap_or(usize::MAX);
        let mut texts: Vec<_> = log.events.iter().skip(read).cloned().collect();
        if log.tiles_version > position.tiles {
            texts.extend(log.tiles.clone());
        }
        (texts, Position { event: log.dropped + log.events.len() as u64, tiles: log.tiles_version })
    }

    /// Changes whenever there is something new.
    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.shared.news.subscribe()
    }

    fn wake(&self) {
        self.shared.news.send_modify(|version| *version += 1);
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, name: &str) -> String {
        Message::new(format!("dashboard-{name}")).text(self.shared.language)
    }

    fn tile(&self, tile: &Tile) -> Value {
        let language = self.shared.language;
        json!({
            "label": tile.label.text(language),
            "value": tile.value.write(language),
            "target": tile.target.write(language),
            "is_met": tile.is_met,
        })
    }
}

/// An event as the page takes it: every field text, made readable here.
fn line(event: &Event, language: Language) -> Value {
    json!({
        "type": "event",
        "run": event.run.as_str(),
        "step": event.step,
        "at": event.at.to_string(),
        "state": event::state(&event.kind),
        "label": event::label(&event.kind, language),
        "detail": event::detail(&event.kind, language),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::tests::event;

    #[test]
    fn a_listener_gets_the_history_and_then_only_what_is_new() {
        let board = Board::new(Language::English);
        board.tell(&event(0));
        board.tell(&event(1));
        let (texts, position) = board.since(Position::default());
        assert_eq!(texts.len(), 2);
        board.tell(&event(2));
        assert_eq!(board.since(position).0.len(), 1);
    }

    #[test]
    fn the_oldest_events_are_dropped_first() {
        let board = Board::new(Language::English);
        (0..=KEPT as u64).for_each(|number| board.tell(&event(number)));
        assert_eq!(board.missed(), 1);
        let (texts, position) = board.since(Position::default());
        assert_eq!(texts.len(), KEPT);
        assert!(board.since(position).0.is_empty());
    }
}
