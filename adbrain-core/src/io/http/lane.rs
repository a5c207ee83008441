//! How fast an account may be asked: one lane per platform, app and account, fed by the platform's own answers.
//!
//! A lane knows until when the platform wants silence, how far requests should lie apart, and how many retries are left. It takes the time
//! from the clock that is passed in and waits through a port, so that tests neither sleep nor guess.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Effect, Request, class};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};

/// Retries that an account may save up, in the units of [`class::cost`].
const MOST_TOKENS: f64 = 100.0;
/// Tokens that come back in a second.
const TOKENS_A_SECOND: f64 = 1.0;
/// No answer stops an account for longer: the longest window of the four platforms is a day.
const LONGEST_STOP: SignedDuration = SignedDuration::from_hours(24);
/// Below this use of its limit, in percent, an account goes at full speed.
const FULL_SPEED_PERCENT: f64 = 75.0;
/// How far requests lie apart where the limit is used up.
const WIDEST_SPACING_SECONDS: f64 = 5.0;

/// Waits. Passed in, so that tests wait without sleeping.
#[async_trait]
pub trait Wait: Send + Sync {
    /// Waits for about `time`. The clock decides afterwards whether it has passed.
    async fn wait(&self, time: Duration);
}

/// Sleeps on the machine's own time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SleepWait;

#[async_trait]
impl Wait for SleepWait {
    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The lanes of a process. Clones share them.
///
/// ```
/// use std::sync::Arc;
/// use adbrain_core::http::{SleepWait, Traffic};
/// let of_the_process = Traffic::default();
/// let of_a_test = Traffic::new(Arc::new(SleepWait));
/// assert!(format!("{of_the_process:?} {of_a_test:?}").contains("lanes"));
/// ```
#[derive(Clone)]
pub struct Traffic {
    lanes: Arc<Mutex<BTreeMap<String, Arc<Mutex<State>>>>>,
    wait: Arc<dyn Wait>,
}

impl Traffic {
    /// Lanes of their own, which wait through a port.
    pub fn new(wait: Arc<dyn Wait>) -> Self {
        Self { lanes: Arc::default(), wait }
    }

    /// The lane of an account. Everybody who names the same platform (with its address), app and account gets the same one.
    pub(crate) fn lane(&self, [platform, app, account]: [&str; 3], clock: Arc<dyn Clock>) -> Lane {
        let mut lanes = locked(&self.lanes);
        let mut of = |key: String| Some(lanes.entry(key).or_default().clone());
        let name = Some(Arc::from(account));
        let account = of(format!("{platform}\n{app}\n{account}"));
        let app = of(format!("{platform}\n{app}"));
        Lane { clock, wait: self.wait.clone(), name, account, app }
    }
}

impl Default for Traffic {
    /// The lanes that everything in the process shares.
    fn default() -> Self {
        static OF_THE_PROCESS: OnceLock<Traffic> = OnceLock::new();
        OF_THE_PROCESS.get_or_init(|| Self::new(Arc::new(SleepWait))).clone()
    }
}

impl fmt::Debug for Traffic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Traffic").field("lanes", &locked(&self.lanes).len()).finish_non_exhaustive()
    }
}

/// What is known of an account, or of an app.
#[derive(Debug)]
struct State {
    /// Until when nothing is sent: everything under the empty text, else one endpoint.
    stops: BTreeMap<String, Timestamp>,
    /// How far requests lie apart.
    spacing: SignedDuration,
    /// When the next request has its turn.
    next: Timestamp,
    tokens: f64,
    filled: Option<Timestamp>,
}

impl Default for State {
    fn default() -> Self {
        let (stops, spacing, next) = (BTreeMap::new(), SignedDuration::ZERO, Timestamp::MIN);
        Self { stops, spacing, next, tokens: MOST_TOKENS, filled: None }
    }
}

impl State {
    fn stopped_until(&self, endpoint: &str) -> Option<Timestamp> {
        ["", endpoint].into_iter().filter_map(|scope| self.stops.get(scope).copied()).max()
    }

    fn stop(&mut self, scope: &str, until: Timestamp) {
        let stop = self.stops.entry(scope.to_owned()).or_insert(until);
        *stop = until.max(*stop);
    }

    /// The moment of the next request; the one after it comes later by the spacing.
    fn turn(&mut self, now: Timestamp) -> Timestamp {
        let at = self.next.max(now);
        self.next = at.checked_add(self.spacing).unwrap_or(at);
        at
    }

    fn pay(&mut self, cost: u32, now: Timestamp) -> bool {
        let passed = self.filled.map_or(0.0, |filled| now.duration_since(filled).as_secs_f64().max(0.0));
        self.tokens = (self.tokens + passed * TOKENS_A_SECOND).min(MOST_TOKENS);
        self.filled = Some(now);
        let is_enough = self.tokens >= f64::from(cost);
        self.tokens -= if is_enough { f64::from(cost) } else { 0.0 };
        is_enough
    }
}

/// How an account is asked. Clones share what is known of it.
#[derive(Clone)]
pub(crate) struct Lane {
    clock: Arc<dyn Clock>,
    wait: Arc<dyn Wait>,
    name: Option<Arc<str>>,
    account: Option<Arc<Mutex<State>>>,
    app: Option<Arc<Mutex<State>>>,
}

impl Lane {
    /// A lane without limits and memory, for services that are no accounts.
    pub(super) fn free() -> Self {
        Self { clock: Arc::new(SystemClock), wait: Arc::new(SleepWait), name: None, account: None, app: None }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The account's id; none for a service that is no account.
    pub(super) fn account(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Waits through the port.
    pub(crate) async fn wait(&self, time: Duration) {
        self.wait.wait(time).await;
    }

    /// Waits for the turn of a request, as long as its trip has patience.
    ///
    /// # Errors
    /// [`ErrorKind::RateLimited`] where the platform wants silence for longer; nothing was sent.
    pub(super) async fn enter(&self, request: &Request, trip: &mut Trip) -> Result<()> {
        let mut now = self.now();
        while let Some(until) = self.stopped_until(request).filter(|until| *until > now) {
            let wait = positive(until.duration_since(now));
            if wait > trip.left(now) {
                return Err(stopped(until, wait));
            }
            trip.wait(self, wait).await;
            now = self.now().max(until);
        }
        let turn = self.account.as_ref().map_or(now, |account| locked(account).turn(now));
        let wait = positive(turn.duration_since(now)).min(trip.left(now));
        if wait > Duration::ZERO {
            trip.wait(self, wait).await;
        }
        Ok(())
    }

    /// Until when a request may not be sent.
    fn stopped_until(&self, request: &Request) -> Option<Timestamp> {
        let endpoint = request.endpoint();
        let states = self.account.iter().chain(&self.app);
        states.filter_map(|state| locked(state).stopped_until(&endpoint)).max()
    }

    /// Learns from an error: a throttle stops the account, its app or one endpoint, as `rate_scope` of its context says, for as long as
    /// it asks for.
    pub(super) fn hear(&self, request: &Request, error: &Error) {
        if error.kind() != ErrorKind::RateLimited {
            return;
        }
        let asked = class::asked_wait(error, self.now());
        match error.context_of("rate_scope") {
            Some("app") => self.stop(self.app.as_ref(), "", asked),
            // Whether a write goes through is left to the platform: it may be a pause.
            Some("endpoint") if request.effect != Effect::Read => {}
            Some("endpoint") => self.stop(self.account.as_ref(), &request.endpoint(), asked),
            _ => self.stop(self.account.as_ref(), "", asked),
        }
    }

    fn stop(&self, state: Option<&Arc<Mutex<State>>>, scope: &str, time: Duration) {
        let time = SignedDuration::try_from(time).unwrap_or(LONGEST_STOP).min(LONGEST_STOP);
        if let (Some(state), Ok(until)) = (state, self.now().checked_add(time))
            && time > SignedDuration::ZERO
        {
            locked(state).stop(scope, until);
        }
    }

    /// Learns how far the account has used its limit, in percent: from 75 % on requests are spread, at 100 % five seconds apart.
    pub(crate) fn used(&self, percent: f64) {
        let above = (percent.min(100.0) - FULL_SPEED_PERCENT).max(0.0) / (100.0 - FULL_SPEED_PERCENT);
        let spacing = SignedDuration::from_secs_f64(above * WIDEST_SPACING_SECONDS);
        if let Some(account) = &self.account {
            locked(account).spacing = spacing;
        }
    }

    /// Learns that the account is wanted silent for some time.
    pub(crate) fn silent_for(&self, time: Duration) {
        self.stop(self.account.as_ref(), "", time);
    }

    /// Takes the cost of a retry from the account's budget; no where it is used up.
    pub(super) fn pay(&self, cost: u32) -> bool {
        self.account.as_ref().is_none_or(|account| locked(account).pay(cost, self.now()))
    }
}

/// One request on its way, with all its tries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trip {
    start: Timestamp,
    waited: Duration,
    patience: Duration,
    /// Tries before this one.
    pub(super) attempt: u32,
}

impl Trip {
    pub(super) fn new(start: Timestamp, patience: Duration) -> Self {
        Self { start, waited: Duration::ZERO, patience, attempt: 0 }
    }

    /// What is left of its time. A clock that stands still does not make it endless.
    pub(super) fn left(&self, now: Timestamp) -> Duration {
        let spent = positive(now.duration_since(self.start)).max(self.waited);
        self.patience.saturating_sub(spent)
    }

    pub(super) async fn wait(&mut self, lane: &Lane, time: Duration) {
        self.waited = self.waited.saturating_add(time);
        lane.wait(time).await;
    }
}

fn stopped(until: Timestamp, wait: Duration) -> Error {
    let what = format!("nothing was sent: the platform wants this account silent until {until:.0}");
    Error::new(ErrorKind::RateLimited, what)
        .with("retry_after_seconds", wait.as_secs_f64().ceil())
        .next("wait until then; other accounts are not slowed")
}

fn positive(time: SignedDuration) -> Duration {
    Duration::try_from(time).unwrap_or_default()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "lane_tests.rs"]
mod tests;
