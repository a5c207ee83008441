//! What the engine tells by `tracing`, handed on to Python's `logging`.
//!
//! In: events and spans. Out: records of the logger `adbrain` and those below it. Called by the core on any thread. Never waits for the GIL
//! where something happens: records go through a queue to a thread of their own, and those that find it full are dropped and counted.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use adbrain_core::clock::{Clock as _, SystemClock};
use pyo3::prelude::*;
use tokio::sync::oneshot;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record as Recorded};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// Records that wait for Python at most.
const ROOM: usize = 4096;
/// The longest that the end of work waits until Python has heard of it.
const PATIENCE: Duration = Duration::from_secs(1);
/// The module that makes records of them.
const MODULE: &str = "adbrain._logging";
/// Where targets of ours begin; those of libraries are not handed on.
const OURS: &str = "adbrain";
/// Nobody listens.
const NOBODY: u8 = u8::MAX;

/// The least level that somebody hears, as Python counts them.
static LEAST: AtomicU8 = AtomicU8::new(NOBODY);
static LOST: AtomicU64 = AtomicU64::new(0);
/// Records that Python has not heard of yet.
static WAITING: AtomicUsize = AtomicUsize::new(0);
static QUEUE: Mutex<Option<Queue>> = Mutex::new(None);

struct Queue {
    /// The process whose thread reads it; after a fork there is none.
    process: u32,
    sender: SyncSender<Told>,
}

enum Told {
    Record(Box<Record>),
    /// Everything before this has been handed on.
    Heard(oneshot::Sender<()>),
    End(std::sync::mpsc::Sender<()>),
}

struct Record {
    level: u8,
    target: &'static str,
    message: String,
    fields: Vec<(String, String)>,
    /// Seconds since 1970.
    at: f64,
    file: Option<&'static str>,
    line: u32,
}

/// Asks Python what is listened to; called with the GIL where work begins.
pub(crate) fn listen(py: Python<'_>) -> PyResult<()> {
    let least: u8 = py.import(MODULE)?.call_method0("least")?.extract()?;
    if LEAST.swap(least, Ordering::Relaxed) == least && (least == NOBODY || is_read()) {
        return Ok(());
    }
    if least < NOBODY {
        start();
    }
    Ok(())
}

fn is_read() -> bool {
    let queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.as_ref().is_some_and(|queue| queue.process == std::process::id())
}

/// Begins to hand on. Where another subscriber was there first, as that of the command line, it stays.
fn start() {
    static TAKEN: OnceLock<bool> = OnceLock::new();
    let is_ours = *TAKEN.get_or_init(|| tracing::subscriber::set_global_default(Bridge::default()).is_ok());
    if !is_ours || is_read() {
        return;
    }
    let (sender, receiver) = sync_channel(ROOM);
    let reader = std::thread::Builder::new().name("adbrain-log".to_owned());
    // Without a thread nothing is handed on; the work itself goes on.
    if reader.spawn(move || hand_on(&receiver)).is_ok() {
        // What waited for the thread of a parent process is not heard here.
        WAITING.store(0, Ordering::Release);
        *QUEUE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Queue { process: std::process::id(), sender });
    }
}

/// Gives each record to Python, in order, until the end is told.
fn hand_on(receiver: &Receiver<Told>) {
    while let Ok(told) = receiver.recv() {
        match told {
            Told::Record(record) => {
                // A handler that raises is the handler's defect, which `logging` itself tells by its own rules.
                let _ = Python::try_attach(|py| record.hand_on(py));
                WAITING.fetch_sub(1, Ordering::AcqRel);
            }
            // Where nobody waits any more, nobody misses it.
            Told::Heard(heard) => {
                let _ = heard.send(());
            }
            Told::End(ended) => {
                let _ = ended.send(());
                return;
            }
        }
    }
}

impl Record {
    fn hand_on(&self, py: Python<'_>) -> PyResult<()> {
        let Self { level, target, message, fields, at, file, line } = self;
        let lost = LOST.swap(0, Ordering::Relaxed);
        let given = (*level, *target, message, fields.clone(), *at, *file, *line, lost);
        py.import(MODULE)?.call_method1("emit", given).map(drop)
    }
}

fn send(told: Told) -> bool {
    let queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(queue) = queue.as_ref().filter(|queue| queue.process == std::process::id()) else { return false };
    match queue.sender.try_send(told) {
        Ok(()) => true,
        Err(TrySendError::Full(_)) => {
            LOST.fetch_add(1, Ordering::Relaxed);
            false
        }
        Err(TrySendError::Disconnected(_)) => false,
    }
}

/// Waits until Python has heard what was told so far, at most a second.
pub(crate) async fn heard() {
    if WAITING.load(Ordering::Acquire) == 0 {
        return;
    }
    let (sender, receiver) = oneshot::channel();
    if send(Told::Heard(sender)) {
        // What comes later than that comes later.
        let _ = tokio::time::timeout(PATIENCE, receiver).await;
    }
}

/// Hands on what waits and ends the thread; called without the GIL when the interpreter ends.
pub(crate) fn end() {
    LEAST.store(NOBODY, Ordering::Relaxed);
    let (sender, receiver) = std::sync::mpsc::channel();
    if send(Told::End(sender)) {
        // A handler that does not come back does not keep the interpreter.
        let _ = receiver.recv_timeout(PATIENCE);
    }
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// The level as Python counts it.
fn level(level: Level) -> u8 {
    match level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

/// The subscriber: keeps open spans with their fields, and which of them each thread is in.
#[derive(Default)]
struct Bridge {
    spans: Mutex<BTreeMap<u64, Open>>,
    last: AtomicU64,
}

/// An open span, how many hold it, and its fields after those of the spans around it.
struct Open {
    holders: usize,
    fields: Vec<(String, String)>,
}

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

impl Bridge {
    fn with<T>(&self, id: u64, work: impl FnOnce(&mut Open) -> T) -> Option<T> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id).map(work)
    }

    /// The fields of the span that this thread is in.
    fn around(&self) -> Vec<(String, String)> {
        let inner = INSIDE.with_borrow(|inside| inside.last().copied());
        inner.and_then(|id| self.with(id, |open| open.fields.clone())).unwrap_or_default()
    }
}

impl Subscriber for Bridge {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target().starts_with(OURS) { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let least = LEAST.load(Ordering::Relaxed);
        // A span is no record of its own: it is kept for the records in it.
        if metadata.is_span() { least < NOBODY } else { level(*metadata.level()) >= least }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = match span.parent() {
            Some(parent) => self.with(parent.into_u64(), |open| open.fields.clone()).unwrap_or_default(),
            None => self.around(),
        };
        let mut own = Fields::default();
        span.record(&mut own);
        // The name of a step is told as `step`, which says more than `name`.
        let named = |(name, text): (String, String)| {
            (if name == "name" { span.metadata().name().to_owned() } else { name }, text)
        };
        fields.extend(own.fields.into_iter().map(named));
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Open { holders: 1, fields });
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Recorded<'_>) {
        let mut own = Fields::default();
        values.record(&mut own);
        self.with(span.into_u64(), |open| open.fields.extend(own.fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut own = Fields { fields: self.around(), ..Fields::default() };
        event.record(&mut own);
        let metadata = event.metadata();
        let record = Record {
            level: level(*metadata.level()),
            target: metadata.target(),
            message: own.message,
            fields: own.fields,
            at: SystemClock.now().as_microsecond() as f64 / 1e6,
            file: metadata.file(),
            line: metadata.line().unwrap_or_default(),
        };
        // Counted before it is sent, so that it is never taken off before it was counted.
        WAITING.fetch_add(1, Ordering::AcqRel);
        if !send(Told::Record(Box::new(record))) {
            WAITING.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn enter(&self, span: &Id) {
        INSIDE.with_borrow_mut(|inside| inside.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        INSIDE.with_borrow_mut(|inside| {
            if let Some(place) = inside.iter().rposition(|id| *id == span.into_u64()) {
                inside.remove(place);
            }
        });
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.with(span.into_u64(), |open| open.holders += 1);
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = spans.get_mut(&span.into_u64()) else { return false };
        open.holders -= 1;
        open.holders == 0 && spans.remove(&span.into_u64()).is_some()
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    fields: Vec<(String, String)>,
}

impl Fields {
    fn take(&mut self, field: &Field, text: String) {
        if field.name() == "message" {
            self.message = text;
        } else {
            self.fields.push((field.name().to_owned(), text));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        // Writing to a String fails only where the value's own Debug does; what it wrote until then stays.
        let _ = write!(text, "{value:?}");
        self.take(field, text);
    }
}
