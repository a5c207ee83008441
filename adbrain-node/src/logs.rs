//! What the engine notes while it works, told to a function of JavaScript.
//!
//! One subscriber serves the whole process; each environment (the main one, a worker) may have one listener. Where nobody listens, a note costs
//! one look at a number.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use adbrain_core::{Error, ErrorKind};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::errors::guard;

/// The levels by their names, the most urgent first; their place is what is compared.
const LEVELS: [(&str, Level); 5] = [
    ("error", Level::ERROR),
    ("warn", Level::WARN),
    ("info", Level::INFO),
    ("debug", Level::DEBUG),
    ("trace", Level::TRACE),
];

/// Takes JSON text; weak, so that it keeps no process alive.
type Listener = ThreadsafeFunction<String, (), String, napi::Status, false, true>;

/// Who listens, by the number that they were given, with the last level that they want to hear.
static LISTENERS: Mutex<BTreeMap<u32, (usize, Listener)>> = Mutex::new(BTreeMap::new());
/// The last level that anybody wants to hear, as a place in [`LEVELS`] counted from 1; 0 where nobody listens.
static LOUDEST: AtomicUsize = AtomicUsize::new(0);
static BEGUN: Once = Once::new();

fn listeners() -> MutexGuard<'static, BTreeMap<u32, (usize, Listener)>> {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place(level: Level) -> usize {
    LEVELS.iter().position(|(_, known)| *known == level).map_or(LEVELS.len(), |at| at + 1)
}

/// Sends notes up to a level to `listener` as JSON text; gives the number that stops it.
#[napi]
pub fn listen_to_logs(level: String, listener: Function<'_, String, ()>) -> napi::Result<u32> {
    let listener: Listener = listener.build_threadsafe_function().weak::<true>().build()?;
    guard(|| {
        let names = LEVELS.map(|(name, _)| name).join(", ");
        let found = LEVELS.iter().position(|(name, _)| *name == level);
        let level =
            found.ok_or_else(|| Error::invalid("level", format!("{level:?} is none")).next(format!("use {names}")))?;
        begin()?;
        let mut listeners = listeners();
        let number = listeners.keys().next_back().map_or(1, |last| last + 1);
        listeners.insert(number, (level + 1, listener));
        heard(&listeners);
        Ok(number)
    })
}

/// Stops a listener; nothing where it has stopped.
#[napi]
pub fn stop_logs(number: u32) {
    let mut listeners = listeners();
    listeners.remove(&number);
    heard(&listeners);
}

/// Takes over what is wanted now; places in the code that were found to be unheard are asked again.
fn heard(listeners: &BTreeMap<u32, (usize, Listener)>) {
    LOUDEST.store(listeners.values().map(|(level, _)| *level).max().unwrap_or(0), Ordering::SeqCst);
    tracing::callsite::rebuild_interest_cache();
}

/// Makes the subscriber of the process, once.
fn begin() -> adbrain_core::Result<()> {
    let mut done = Ok(());
    BEGUN.call_once(|| {
        done = tracing::subscriber::set_global_default(Notes::default()).map_err(|error| {
            Error::new(ErrorKind::Conflict, "another listener has taken the notes of this process")
                .next("turn the other one off")
                .caused_by(error)
        });
    });
    done
}

/// Collects fields as JSON.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }
}

/// A span that is open: what it is, and its fields.
struct Span {
    metadata: &'static Metadata<'static>,
    fields: Map<String, Value>,
    holders: usize,
}

/// The subscriber.
#[derive(Default)]
struct Notes {
    spans: Mutex<BTreeMap<u64, Span>>,
    last: AtomicU64,
}

impl Notes {
    fn spans(&self) -> MutexGuard<'_, BTreeMap<u64, Span>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(metadata: &Metadata<'_>, message: &Value, fields: &Map<String, Value>) {
        let level = place(*metadata.level());
        let name = LEVELS.get(level.saturating_sub(1)).map_or("trace", |(name, _)| *name);
        let note = json!({"level": name, "message": message, "target": metadata.target(), "fields": fields});
        for (_, listener) in listeners().values().filter(|(wanted, _)| level <= *wanted) {
            listener.call(note.to_string(), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Notes of what the engine stands on, a TLS library for example, are not the engine's.
        metadata.target().starts_with("adbrain") && place(*metadata.level()) <= LOUDEST.load(Ordering::Relaxed)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let loudest = LOUDEST.load(Ordering::Relaxed).checked_sub(1);
        Some(
            loudest
                .and_then(|at| LEVELS.get(at))
                .map_or(LevelFilter::OFF, |(_, level)| LevelFilter::from_level(*level)),
        )
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.spans().insert(number, Span { metadata: span.metadata(), fields: fields.0, holders: 1 });
        Id::from_u64(number)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        if let Some(span) = self.spans().get_mut(&id.into_u64()) {
            let mut fields = Fields(std::mem::take(&mut span.fields));
            values.record(&mut fields);
            span.fields = fields.0;
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = fields.0.remove("message").unwrap_or_else(|| event.metadata().name().into());
        Self::tell(event.metadata(), &message, &fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn clone_span(&self, id: &Id) -> Id {
        if let Some(span) = self.spans().get_mut(&id.into_u64()) {
            span.holders += 1;
        }
        id.clone()
    }

    /// A span is told when it is over: a run, or one of its steps.
    fn try_close(&self, id: Id) -> bool {
        let mut spans = self.spans();
        let Some(span) = spans.get_mut(&id.into_u64()) else { return false };
        span.holders -= 1;
        if span.holders > 0 {
            return false;
        }
        let closed = spans.remove(&id.into_u64());
        drop(spans);
        if let Some(span) = closed {
            Self::tell(span.metadata, &format!("{} ended", span.metadata.name()).into(), &span.fields);
        }
        true
    }
}
