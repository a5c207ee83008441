//! What a step knows about the run it is part of.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::{Cancel, Event, EventKind, Events, RunOptions};
use crate::clock::Clock;
use crate::error::Error;
use crate::model::{Message, RunId};
use crate::stats::random::Random;

/// What all steps of a run share.
pub(super) struct Shared {
    pub(super) run: RunId,
    pub(super) cancel: Cancel,
    seed: u64,
    clock: Arc<dyn Clock>,
    events: Events,
    // Held while an event is sent, so that numbers and order agree.
    sequence: Mutex<u64>,
}

impl Shared {
    pub(super) fn new(options: &RunOptions) -> Self {
        Self {
            run: options.run.clone(),
            cancel: options.cancel.clone(),
            seed: options.seed,
            clock: Arc::clone(&options.clock),
            events: options.events.clone(),
            sequence: Mutex::new(0),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn emit(&self, step: Option<&str>, kind: EventKind) {
        if !self.events.has_listener() {
            return;
        }
        let mut sequence = self.sequence.lock().unwrap_or_else(PoisonError::into_inner);
        let (run, at, step) = (self.run.clone(), self.now(), step.map(str::to_owned));
        self.events.send(Event { run, sequence: *sequence, at, step, kind });
        *sequence += 1;
    }

    pub(super) fn emit_failed(&self, step: Option<&str>, error: &Error) {
        tracing::warn!(run = %self.run, step, %error, "failed");
        self.emit(step, EventKind::failure(error));
    }
}

/// What a step knows about the run it is part of; cheap to clone and to move into tasks.
#[derive(Clone)]
pub struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) name: Arc<str>,
    /// The place of the step's luck, made from its name.
    pub(super) place: u64,
    pub(super) attempt: u32,
}

impl Context {
    /// The run.
    pub fn run(&self) -> &RunId {
        &self.shared.run
    }

    /// The name of the step.
    pub fn step(&self) -> &str {
        &self.name
    }

    /// The attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The step's own seed, made from the run's seed and the step's name: the same in every attempt and after a resume.
    pub fn seed(&self) -> u64 {
        let mut random = Random::at(self.shared.seed, &[self.place]);
        u64::from(random.bits()) << 32 | u64::from(random.bits())
    }

    /// The present moment on the run's clock.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// The token that stops the run, for work that the step hands to other threads.
    pub fn cancel(&self) -> &Cancel {
        &self.shared.cancel
    }

    /// Tells listeners how far the step is.
    pub fn note(&self, message: Message) {
        self.emit(EventKind::Note { message });
    }

    pub(super) fn emit(&self, kind: EventKind) {
        self.shared.emit(Some(&self.name), kind);
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Context")
            .field("run", &self.shared.run)
            .field("step", &self.name)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
