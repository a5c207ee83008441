//! The monitor of a campaign over real accounts: one look after the other, each by itself in a task that may fail.
//!
//! A look that is begun ends before the next one begins, and one process at a time looks at a run. Days that have closed are watched as any go
//! does; between them the hours of today are read and shown to the alert rules. What a look has told or asked for is on disk before it is told
//! or asked for, so that a restart says nothing twice.

mod look;
mod record;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::result::StepFailure;
use super::session::{self, Session};
use super::{Brain, RunRequest, Watch};
use crate::agent::workflow::{EventKind, Events};
use crate::alert::rules::Notification;
use crate::control::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Platform, RunId};

use look::Seen;
pub(super) use record::{Live, progress};

/// The longest pause after looks that failed, in beginnings of looks.
const LONGEST_PAUSE: u32 = 16;
/// The shortest time between two looks that is accepted: platforms count requests.
const SHORTEST: Duration = Duration::from_secs(10);

/// How a monitor looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorOptions {
    /// The time from the beginning of a look to that of the next one.
    pub every: Duration,
    /// How many looks there are at most; until the flight is over where nothing is said.
    pub looks: Option<u64>,
}

impl Default for MonitorOptions {
    fn default() -> Self {
        Self { every: Duration::from_secs(60), looks: None }
    }
}

impl MonitorOptions {
    /// Looks every so many seconds, and so many of them at most; a minute and no limit where nothing is said.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for seconds that are no time of 10 seconds or more, and for no look.
    pub fn of(every: Option<f64>, looks: Option<u64>) -> Result<Self> {
        let wrong = |seconds| {
            Error::invalid("every", format!("is {seconds}")).next("give a number of seconds, 10 or more; 60 is usual")
        };
        let usual = Self::default().every;
        let every =
            every.map_or(Ok(usual), |seconds| Duration::try_from_secs_f64(seconds).map_err(|_| wrong(seconds)))?;
        let options = Self { every, looks };
        options.check().map(|()| options)
    }

    fn check(&self) -> Result<()> {
        if self.every < SHORTEST {
            return Err(Error::invalid("every", format!("is {} s", self.every.as_secs_f64()))
                .next("give 10 seconds or more; a minute is usual"));
        }
        if self.looks == Some(0) {
            return Err(Error::invalid("looks", "is 0").next("give 1 or more, or leave it out"));
        }
        Ok(())
    }
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveLook {
    /// When it began.
    pub at: Timestamp,
    /// The run.
    pub run: RunId,
    /// Days of the flight that have closed and were watched.
    pub days: i64,
    /// What people are to be told: each once, also over a restart.
    pub notifications: Vec<Notification>,
    /// What control did, or refused.
    pub actions: Vec<Outcome>,
    /// Platforms whose figures are not of now, and why: rules say nothing of them once they are too old.
    pub unknown: BTreeMap<Platform, String>,
    /// What could not be sent to a channel, by channel, and reports that could not be made, by `report` and schedule; it is tried again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub undelivered: BTreeMap<String, String>,
    /// Why the look failed, where it did; the next one comes all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<StepFailure>,
    /// Whether there is nothing left to look at.
    pub is_over: bool,
}

impl LiveLook {
    /// A look that has seen nothing yet.
    fn of(run: &RunId, at: Timestamp) -> Self {
        Self {
            at,
            run: run.clone(),
            days: 0,
            notifications: Vec::new(),
            actions: Vec::new(),
            unknown: BTreeMap::new(),
            undelivered: BTreeMap::new(),
            problem: None,
            is_over: false,
        }
    }
}

/// What a monitor did until it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitored {
    /// The run.
    pub run: RunId,
    /// Looks that were made.
    pub looks: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// What people were told.
    pub notifications: u64,
    /// Whether the flight is over, or else the monitor was stopped.
    pub is_over: bool,
}

impl Brain {
    /// Looks at a launched campaign again and again until its flight is over, the looks are used up, or it is cancelled. Each look is told as
    /// an event of the kind `looked`, which holds a [`LiveLook`]. A look that fails, also one that panics, is told as a problem and followed by
    /// the next one, later each time that it fails again.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a run in simulated time, which watches itself; [`ErrorKind::InvalidInput`] for a request or an option that is
    /// wrong. Errors of looks are not among them.
    pub async fn monitor(&self, request: RunRequest, options: MonitorOptions, watch: Watch) -> Result<Monitored> {
        options.check()?;
        if session::is_simulated(&self.parts) {
            return Err(Error::new(ErrorKind::Unsupported, "a run in simulated time watches itself")
                .next("add the accounts of the campaign, or run it without the monitor"));
        }
        let run = self.session(request.clone()).await?.run;
        let mut done = Monitored { run: run.clone(), looks: 0, failed: 0, notifications: 0, is_over: false };
        let (mut seen, mut failures) = (Seen::default(), 0_u32);
        while !watch.cancel.is_cancelled() {
            let began = self.parts.clock.now();
            let (mut look, kept) = self.supervised((&request, &run), seen, (&watch, began)).await;
            (seen, look.undelivered) = (kept, self.attend(&run).await);
            look.undelivered.extend(self.undelivered().await);
            failures = if look.problem.is_some() { failures.saturating_add(1) } else { 0 };
            done.looks += 1;
            done.failed += u64::from(look.problem.is_some());
            done.notifications += look.notifications.len() as u64;
            done.is_over = look.is_over;
            let told = serde_json::to_value(&look).unwrap_or_default();
            watch.events.tell_look((&run, began), done.looks - 1, told);
            if look.is_over || options.looks.is_some_and(|looks| done.looks >= looks) {
                break;
            }
            self.pause(began, options.every * pauses(failures), &watch).await;
        }
        watch.events.tell_end(&run, EventKind::Finished { attempt: 1 });
        Ok(done)
    }

    /// One look in a task of its own: what goes wrong in it, or panics, is a problem of this look alone. What it has seen is lost with it.
    async fn supervised(
        &self,
        (request, run): (&RunRequest, &RunId),
        seen: Seen,
        (watch, at): (&Watch, Timestamp),
    ) -> (LiveLook, Seen) {
        // The steps of the days are not told: each of them would be the end of the run for who follows it.
        let watched = Watch { events: Events::none(), cancel: watch.cancel.clone() };
        let (brain, asked, own) = (self.clone(), request.clone(), run.clone());
        let task = tokio::spawn(async move { Box::pin(look::look(&brain, (asked, own), (seen, watched))).await });
        let none = LiveLook::of(run, at);
        let error = match task.await {
            Ok((Ok(look), seen)) => return (LiveLook { at, ..look }, seen),
            Ok((Err(error), seen)) => return (LiveLook { problem: Some(problem(&error)), ..none }, seen),
            Err(broken) => Error::new(ErrorKind::Internal, "the look broke off").caused_by(broken),
        };
        (LiveLook { problem: Some(problem(&error)), ..none }, Seen::default())
    }

    /// Waits until a time has passed since a moment, by the brain's own way to wait, or until it is cancelled.
    async fn pause(&self, since: Timestamp, time: Duration, watch: &Watch) {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        let passed = self.parts.clock.now().duration_since(since);
        let left = u32::try_from((time - passed).as_secs().max(0)).unwrap_or(u32::MAX);
        tokio::select! {
            () = self.parts.settle.wait(left.max(1)) => {}
            () = watch.cancel.cancelled() => {}
        }
    }
}

/// 1 while looks succeed; then 2, 4 and so on.
fn pauses(failures: u32) -> u32 {
    1_u32.checked_shl(failures).unwrap_or(LONGEST_PAUSE).clamp(1, LONGEST_PAUSE)
}

fn problem(error: &Error) -> StepFailure {
    StepFailure::of("look", error)
}

/// A session over the accounts of a request.
async fn session_of(brain: &Brain, request: RunRequest) -> Result<Session> {
    brain.session(request).await?.connect().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_while_looks_fail_and_ends_growing() {
        assert_eq!([0, 1, 2, 3, 4, 5, 31, 32, 99].map(pauses), [1, 2, 4, 8, 16, 16, 16, 16, 16]);
    }

    #[test]
    fn looks_too_close_together_and_none_at_all_are_refused() {
        let field = |options: MonitorOptions| {
            let error = options.check().unwrap_err();
            assert!(error.next_step().is_some(), "{error}");
            error.context_of("field").unwrap_or_default().to_owned()
        };
        let every = Duration::from_secs(9);
        assert_eq!(field(MonitorOptions { every, ..MonitorOptions::default() }), "every");
        assert_eq!(field(MonitorOptions { looks: Some(0), ..MonitorOptions::default() }), "looks");
        assert_eq!(MonitorOptions::default().every.as_secs(), 60);
    }
}
