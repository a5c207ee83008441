//! What the page shows: the latest events, and parts of which the latest value counts. Listeners read it; it never waits for them.
//!
//! Every change has a number. A listener that has read up to a number gets what changed since: each event once, and each part once, however
//! often it has changed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::frame::Frame;
use super::guard::Role;
use crate::agent::workflow::Event;
use crate::brain::Overview;
use crate::model::{Language, Message, RunId};
use crate::show::event;

/// Events kept for the replay on connect; the oldest go first. 4,096 is ten long runs.
pub(super) const KEPT: usize = 4096;
/// Events in one message at most, and bytes of them: a listener that comes late gets several.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 256 * 1024;
/// Messages that are kept for the next who has read just as far. Most listeners have read everything; the others fall into few groups.
const WRITTEN: usize = 16;
/// The fixed texts of the page, `dashboard-NAME` in the catalogue.
const TEXTS: &[&str] = &[
    "title",
    "run",
    "step",
    "state",
    "time",
    "detail",
    "target",
    "connected",
    "disconnected",
    "viewer",
    "waits",
    "nothing-waits",
    "proposals",
    "caps",
    "steps",
    "no-run",
    "control",
    "mode",
    "approve",
    "refuse",
    "stop",
    "resume",
    "confirm",
    "cancel",
    "close",
    "name",
    "reason",
    "hours",
    "pause",
    "ask-approve",
    "ask-refuse",
    "ask-stop",
    "ask-resume",
    "next",
    "working",
    "skip",
    "acknowledge",
    "silence",
    "unsilence",
    "undo",
    "ask-approve-change",
    "ask-refuse-change",
    "ask-acknowledge",
    "ask-silence",
    "ask-unsilence",
    "ask-undo",
    "quiet-hours",
    "quiet-what",
    "quiet-object",
    "quiet-rule",
    "alerts",
    "alerts-open",
    "alerts-none",
    "alerts-over",
    "told",
    "told-none",
    "silences",
    "silences-none",
    "others",
    "why",
    "no-trail",
    "loop",
    "charts",
    "charts-of",
    "from",
    "until",
    "range",
    "range-all",
    "range-7",
    "range-14",
    "zoom",
    "csv",
    "png",
    "loop-running",
    "loop-failed",
];

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
    /// The fixed texts, for who looks and for who decides.
    texts: [OnceLock<Frame>; 2],
}

/// Whose part it is, none for all runs, and its name.
type Key = (Option<RunId>, String);

/// An event, written once.
#[derive(Debug)]
struct Told {
    number: u64,
    run: RunId,
    step: Option<String>,
    text: String,
}

/// A part as it was last put, written once.
#[derive(Debug)]
struct Part {
    number: u64,
    text: String,
    /// Whether it was taken away.
    is_gone: bool,
}

#[derive(Debug, Default)]
struct Log {
    /// The number of the newest change.
    number: u64,
    events: VecDeque<Told>,
    /// Events that were dropped from the front, and the number of the last of them.
    dropped: (u64, u64),
    parts: BTreeMap<Key, Part>,
    overviews: Arc<Vec<Overview>>,
    /// The messages that were written since the newest change, by the number up to which their listeners had read.
    written: BTreeMap<Option<u64>, (Frame, u64)>,
}

impl Board {
    /// An empty board whose texts are in `language`.
    pub fn new(language: Language) -> Self {
        let shared = Shared { language, log: Mutex::default(), news: watch::Sender::new(0), texts: Default::default() };
        Self { shared: Arc::new(shared) }
    }

    /// Adds an event and wakes the listeners.
    pub fn tell(&self, event: &Event) {
        let text = line(event, self.shared.language).to_string();
        {
            let mut log = self.log();
            let number = log.count();
            log.events.push_back(Told { number, run: event.run.clone(), step: event.step.clone(), text });
            if log.events.len() > KEPT
                && let Some(oldest) = log.events.pop_front()
            {
                log.dropped = (log.dropped.0 + 1, oldest.number);
            }
        }
        self.wake();
    }

    /// How many events are no longer kept.
    pub fn missed(&self) -> u64 {
        self.log().dropped.0
    }

    /// Shows a value in the place of the one before it; the same value again is no news. `null` takes the part away.
    pub(super) fn put(&self, run: Option<&RunId>, name: &str, value: Value) {
        let is_gone = value.is_null();
        let run_name = json!(run.map(RunId::as_str));
        let text = Value::from_iter([("run", run_name), ("part", name.into()), ("value", value)]).to_string();
        {
            let mut log = self.log();
            let key = (run.cloned(), name.to_owned());
            let known = log.parts.get(&key);
            if known.map_or(is_gone, |known| known.text == text) {
                return;
            }
            let number = log.count();
            log.parts.insert(key, Part { number, text, is_gone });
        }
        self.wake();
    }

    /// Takes away the parts of runs that are not among these.
    pub(super) fn keep(&self, runs: &[RunId]) {
        let is_gone = |run: &RunId| !runs.contains(run);
        let gone: Vec<Key> =
            self.log().parts.keys().filter(|(run, _)| run.as_ref().is_some_and(is_gone)).cloned().collect();
        for (run, name) in gone {
            self.put(run.as_ref(), &name, Value::Null);
        }
    }

    /// Whether an event of a run's step has been told.
    pub(super) fn knows(&self, run: &RunId, step: &str) -> bool {
        let is_it = |told: &Told| told.run == *run && told.step.as_deref() == Some(step);
        self.log().events.iter().rev().any(is_it)
    }

    /// Keeps the runs as they were last seen.
    pub(super) fn saw(&self, overviews: Vec<Overview>) {
        self.log().overviews = Arc::new(overviews);
    }

    /// The runs as they were last seen, the oldest first.
    pub(super) fn overviews(&self) -> Arc<Vec<Overview>> {
        self.log().overviews.clone()
    }

    /// The number of the newest change.
    pub(super) fn number(&self) -> u64 {
        self.log().number
    }

    /// The language of its texts.
    pub(super) fn language(&self) -> Language {
        self.shared.language
    }

    /// The fixed texts of the page, and what the listener may do.
    pub(super) fn texts(&self, role: Role) -> Frame {
        let [viewer, operator] = &self.shared.texts;
        let kept = if role == Role::Viewer { viewer } else { operator };
        kept.get_or_init(|| {
            let texts: serde_json::Map<_, _> =
                TEXTS.iter().map(|name| ((*name).to_owned(), Value::from(self.say(name)))).collect();
            let (language, role) = (self.shared.language.as_str(), role.as_str());
            Frame::new(&json!({"type": "texts", "language": language, "role": role, "texts": texts}).to_string())
        })
        .clone()
    }

    /// The next message for who has read up to a number, and the number up to which it goes; none where there is nothing new. For who has read
    /// nothing yet, and where something in between is no longer kept, it is a snapshot, else a delta.
    pub(super) fn since(&self, after: Option<u64>) -> Option<(Frame, u64)> {
        let mut log = self.log();
        let after = after.filter(|after| (log.dropped.1..=log.number).contains(after));
        if after == Some(log.number) {
            return None;
        }
        if let Some(known) = log.written.get(&after) {
            return Some(known.clone());
        }
        let written = log.message(after);
        if log.written.len() >= WRITTEN {
            log.written.clear();
        }
        log.written.insert(after, written.clone());
        Some(written)
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

    /// A text of the page.
    pub(super) fn say(&self, name: &str) -> String {
        Message::new(format!("dashboard-{name}")).text(self.shared.language)
    }
}

impl Log {
    /// The number of a change that is made now.
    fn count(&mut self) -> u64 {
        self.written.clear();
        self.number += 1;
        self.number
    }

    /// What changed after a number, as far as one message holds it.
    fn message(&self, after: Option<u64>) -> (Frame, u64) {
        let read = after.unwrap_or_default();
        let (events, number) = self.events_after(read);
        let changed = self.parts.values().filter(|part| part.number > read && part.number <= number);
        // What is gone need not be taken away from who has nothing.
        let changed = changed.filter(|part| after.is_some() || !part.is_gone);
        let parts: Vec<_> = changed.map(|part| part.text.as_str()).collect();
        let kind = match after {
            None => r#""type":"snapshot""#.to_owned(),
            Some(after) => format!(r#""type":"delta","after":{after}"#),
        };
        let (parts, events) = (parts.join(","), events.join(","));
        (Frame::new(&format!(r#"{{{kind},"number":{number},"parts":[{parts}],"events":[{events}]}}"#)), number)
    }

    /// The events after a number that one message holds, and the number up to which it goes.
    fn events_after(&self, read: u64) -> (Vec<&str>, u64) {
        let first = self.events.partition_point(|told| told.number <= read);
        let (mut texts, mut bytes, mut last) = (Vec::new(), 0, None);
        for told in self.events.range(first..) {
            if texts.len() == BATCH || bytes > BATCH_BYTES {
                return (texts, last.unwrap_or(self.number));
            }
            bytes += told.text.len();
            last = Some(told.number);
            texts.push(told.text.as_str());
        }
        (texts, self.number)
    }
}

/// An event as the page takes it: every field text, made readable here.
fn line(event: &Event, language: Language) -> Value {
    let moment = if language == Language::Portuguese { "%d/%m/%Y %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    json!({
        "run": event.run.as_str(),
        "step": event.step,
        "at": event.at.strftime(moment).to_string(),
        "state": event::state(&event.kind),
        "label": event::label(&event.kind, language),
        "detail": event::detail(&event.kind, language),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::tests::event;

    fn read(board: &Board, after: impl Into<Option<u64>>) -> (Value, u64) {
        let (text, number) = board.since(after.into()).unwrap();
        (serde_json::from_str(text.as_str()).unwrap(), number)
    }

    #[test]
    fn a_listener_gets_the_history_and_then_only_what_is_new() {
        let board = Board::new(Language::English);
        board.tell(&event(0));
        board.tell(&event(1));
        let (first, number) = read(&board, None);
        assert_eq!((&first["type"], first["events"].as_array().unwrap().len()), (&json!("snapshot"), 2));
        assert!(board.since(Some(number)).is_none());
        board.tell(&event(2));
        let (next, number) = read(&board, number);
        assert_eq!((&next["type"], &next["after"], &next["number"]), (&json!("delta"), &json!(2), &json!(number)));
        assert_eq!(next["events"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_part_that_changed_twice_is_sent_once_with_its_latest_value() {
        let board = Board::new(Language::English);
        let run = RunId::new("a");
        board.put(Some(&run), "caps", json!(1));
        let (_, number) = read(&board, None);
        for value in [2, 3, 3] {
            board.put(Some(&run), "caps", json!(value));
        }
        let (delta, number) = read(&board, number);
        assert_eq!(delta["parts"], json!([{"run": "a", "part": "caps", "value": 3}]));
        board.put(Some(&run), "caps", json!(3));
        assert!(board.since(Some(number)).is_none(), "the same value is no news");
        board.keep(&[]);
        assert_eq!(read(&board, number).0["parts"][0]["value"], Value::Null);
        assert_eq!(read(&board, None).0["parts"], json!([]));
    }

    #[test]
    fn who_has_missed_something_gets_everything_anew() {
        let board = Board::new(Language::English);
        (0..=KEPT as u64).for_each(|number| board.tell(&event(number)));
        assert_eq!(board.missed(), 1);
        let (first, mut number) = read(&board, None);
        assert_eq!((&first["type"], number), (&json!("snapshot"), BATCH as u64 + 1));
        let mut all = first["events"].as_array().unwrap().len();
        while let Some((text, next)) = board.since(Some(number)) {
            let delta: Value = serde_json::from_str(text.as_str()).unwrap();
            assert_eq!(delta["after"], json!(number), "no gap between the messages");
            (number, all) = (next, all + delta["events"].as_array().unwrap().len());
        }
        assert_eq!(all, KEPT);
        board.tell(&event(0));
        assert_eq!(read(&board, 1).0["type"], "snapshot", "event 2 is not kept any more");
        assert_eq!(read(&board, number).0["type"], "delta");
        assert_eq!(read(&board, number + 99).0["type"], "snapshot", "the number of another server");
    }

    #[test]
    fn a_message_is_written_once_for_all_who_have_read_as_far() {
        let board = Board::new(Language::English);
        (0..3).for_each(|number| board.tell(&event(number)));
        let of = |after: u64| board.since(Some(after)).unwrap().0.bytes().as_ptr();
        assert_eq!((of(1), of(2)), (of(1), of(2)), "the same bytes, not the same text twice");
        let (before, _) = board.since(Some(2)).unwrap();
        board.tell(&event(3));
        assert_ne!(board.since(Some(2)).unwrap().0, before);
        (0..=WRITTEN as u64 + 4).for_each(|number| board.tell(&event(number)));
        (0..WRITTEN as u64 + 4).for_each(|after| drop(board.since(Some(after))));
        assert!(board.log().written.len() <= WRITTEN);
    }

    #[test]
    fn long_events_come_in_several_messages() {
        let board = Board::new(Language::English);
        let long = "x".repeat(BATCH_BYTES / 2);
        (0..9).for_each(|number| board.tell(&Event { step: Some(long.clone()), ..event(number) }));
        let (mut after, mut messages) = (None, 0);
        while let Some((text, number)) = board.since(after) {
            assert!(text.bytes().len() < 2 * BATCH_BYTES);
            (after, messages) = (Some(number), messages + 1);
        }
        assert_eq!((after, messages), (Some(9), 5));
    }
}
