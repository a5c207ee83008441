//! What happens in a run, told as it happens.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, oneshot};

use crate::clock::{Clock as _, SystemClock};
use crate::error::{Error, ErrorKind};
use crate::model::{Message, RunId};

/// Events kept for a listener that is behind; the oldest are lost to it first. 1,024 is a run of 300 steps.
const KEPT: usize = 1024;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The run.
    pub run: RunId,
    /// The number of the event in its run, from 0, without gaps.
    pub sequence: u64,
    /// When it happened.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The step; none where it is about the whole run.
    pub step: Option<String>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened to a step or to the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum EventKind {
    /// It began.
    Started {
        /// The attempt, from 1.
        attempt: u32,
    },
    /// It ended well, and its output is saved where the run has a saver.
    Finished {
        /// The attempt that ended well, from 1.
        attempt: u32,
    },
    /// It failed for good.
    Failed {
        /// What went wrong.
        #[schemars(with = "String")]
        error_kind: ErrorKind,
        /// The error as text.
        error: String,
    },
    /// An attempt failed; the step is tried again after a wait.
    Retried {
        /// The attempt that failed, from 1.
        attempt: u32,
        /// The wait in milliseconds.
        wait_ms: u64,
        /// The error as text.
        error: String,
    },
    /// Its output was loaded from an earlier go of the same run; it does not run again.
    Resumed,
    /// It did not run, for a step that it needs failed or was skipped.
    Skipped {
        /// The step that it needs.
        needs: String,
    },
    /// It was stopped before its end.
    Cancelled,
    /// This listener was too slow: the oldest events are lost to it. Nothing happened in the run.
    Missed {
        /// How many events are lost.
        count: u64,
    },
    /// A step tells how far it is.
    Note {
        /// The text.
        message: Message,
    },
    /// A monitor has looked at the running campaign.
    Looked {
        /// What it found: `at`, `run`, `days`, `notifications`, `actions`, `unknown`, `problem`, `is_over`.
        look: serde_json::Value,
    },
}

impl EventKind {
    /// It failed with an error.
    pub(crate) fn failure(error: &Error) -> Self {
        Self::Failed { error_kind: error.kind(), error: error.to_string() }
    }
}

/// Who hears the events of a run. A slow listener loses events; it never holds up the run.
#[derive(Clone, Default)]
pub struct Events {
    sink: Sink,
}

#[derive(Clone, Default)]
enum Sink {
    #[default]
    None,
    Channel(broadcast::Sender<Event>),
    Callback(SyncSender<Order>),
    Both(Box<(Self, Self)>),
}

impl Sink {
    fn has_listener(&self) -> bool {
        match self {
            Self::None => false,
            Self::Channel(sender) => sender.receiver_count() > 0,
            Self::Callback(_) => true,
            Self::Both(both) => both.0.has_listener() || both.1.has_listener(),
        }
    }

    fn send(&self, event: Event) {
        match self {
            Self::None => {}
            // Refused only where the last listener has just left.
            Self::Channel(sender) => drop(sender.send(event)),
            Self::Callback(orders) => {
                if let Err(TrySendError::Full(_)) = orders.try_send(Order::Tell(event)) {
                    tracing::warn!("the event callback is too slow, an event is lost to it");
                }
            }
            Self::Both(both) => {
                both.0.send(event.clone());
                both.1.send(event);
            }
        }
    }

    fn channel(&self) -> Option<&broadcast::Sender<Event>> {
        match self {
            Self::Channel(sender) => Some(sender),
            Self::Both(both) => both.0.channel().or_else(|| both.1.channel()),
            Self::None | Self::Callback(_) => None,
        }
    }

    fn callbacks(&self) -> Vec<SyncSender<Order>> {
        match self {
            Self::Callback(orders) => vec![orders.clone()],
            Self::Both(both) => [both.0.callbacks(), both.1.callbacks()].concat(),
            Self::None | Self::Channel(_) => Vec::new(),
        }
    }
}

enum Order {
    Tell(Event),
    Flush(oneshot::Sender<()>),
}

impl Events {
    /// Nobody listens.
    pub fn none() -> Self {
        Self::default()
    }

    /// Any number of listeners, each through [`Events::subscribe`].
    pub fn channel() -> Self {
        Self { sink: Sink::Channel(broadcast::Sender::new(KEPT)) }
    }

    /// Calls `tell` for each event, in order, on a thread of its own; a panic in it ends the telling, not the run.
    pub fn callback(tell: Arc<dyn Fn(&Event) + Send + Sync>) -> Self {
        let (orders, queue) = sync_channel(KEPT);
        let run = move || {
            for order in queue {
                match order {
                    Order::Tell(event) => tell(&event),
                    Order::Flush(done) => drop(done.send(())),
                }
            }
        };
        match std::thread::Builder::new().name("adbrain-events".to_owned()).spawn(run) {
            Ok(_) => Self { sink: Sink::Callback(orders) },
            Err(error) => {
                tracing::warn!(%error, "no thread for the event callback, events are not told");
                Self::none()
            }
        }
    }

    /// Tells both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { sink: Sink::Both(Box::new((self.sink, other.sink))) }
    }

    /// A new listener that hears all events from now on; without a channel it hears nothing.
    pub fn subscribe(&self) -> Subscription {
        Subscription { receiver: self.sink.channel().map(broadcast::Sender::subscribe), missed: 0 }
    }

    /// Waits until every callback has been called for everything sent so far. Call it after a run, before the process ends.
    pub async fn flush(&self) {
        for orders in self.sink.callbacks() {
            let (done, told) = oneshot::channel();
            let sent = tokio::task::spawn_blocking(move || orders.send(Order::Flush(done)).is_ok()).await;
            if sent.unwrap_or(false) {
                let _ = told.await;
            }
        }
    }

    /// Tells the end of a request that may not have come to its run.
    pub(crate) fn tell_end(&self, run: &RunId, kind: EventKind) {
        self.send(Event { run: run.clone(), sequence: 0, at: SystemClock.now(), step: None, kind });
    }

    /// Tells what a monitor found, the so manieth look of its run.
    pub(crate) fn tell_look(&self, (run, at): (&RunId, Timestamp), sequence: u64, look: serde_json::Value) {
        let (step, kind) = (Some("monitor".to_owned()), EventKind::Looked { look });
        self.send(Event { run: run.clone(), sequence, at, step, kind });
    }

    /// Whether anybody can hear an event now.
    pub(super) fn has_listener(&self) -> bool {
        self.sink.has_listener()
    }

    pub(super) fn send(&self, event: Event) {
        self.sink.send(event);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.sink {
            Sink::None => "Events::none",
            Sink::Channel(_) => "Events::channel",
            Sink::Callback(_) => "Events::callback",
            Sink::Both(_) => "Events::and",
        })
    }
}

/// One listener.
#[derive(Debug)]
pub struct Subscription {
    receiver: Option<broadcast::Receiver<Event>>,
    missed: u64,
}

impl Subscription {
    /// Waits for the next event; none when all [`Events`] of this channel are gone.
    pub async fn next(&mut self) -> Option<Event> {
        let receiver = self.receiver.as_mut()?;
        loop {
            match receiver.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(count)) => self.missed += count,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// The next event if one is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        let receiver = self.receiver.as_mut()?;
        loop {
            match receiver.try_recv() {
                Ok(event) => return Some(event),
                Err(broadcast::error::TryRecvError::Lagged(count)) => self.missed += count,
                Err(_) => return None,
            }
        }
    }

    /// How many events this listener lost because it was slow.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}
