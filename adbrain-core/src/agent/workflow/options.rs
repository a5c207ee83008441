//! How a step and a run behave.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::{Cancel, Events, Saver};
use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::model::RunId;

/// How one step behaves: no time limit and no second try, unless said otherwise.
///
/// ```
/// use std::time::Duration;
/// use adbrain_core::agent::workflow::{Retry, StepOptions};
/// let options = StepOptions::default().timeout(Duration::from_secs(30)).retry(Retry::times(3));
/// assert_eq!(options.retry.attempts, 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepOptions {
    /// How long one attempt may take; none means without limit. Counted from the step's first wait.
    pub timeout: Option<Duration>,
    /// When and how often it is tried again.
    pub retry: Retry,
}

impl StepOptions {
    /// Sets how long one attempt may take.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets when and how often the step is tried again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

/// When a failed step is tried again: only after errors that say so themselves ([`Error::is_retryable`]).
///
/// The wait before attempt n (n from 2) is `min(longest, first * 2^(n - 2))`, without chance in it, so that a run repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, the first included; 0 counts as 1.
    pub attempts: u32,
    /// The wait before the second attempt.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self::times(1)
    }
}

impl Retry {
    /// Tries up to `attempts` times in all, with waits of 0.2 s, 0.4 s, … up to 30 s.
    pub fn times(attempts: u32) -> Self {
        Self { attempts, first: Duration::from_millis(200), longest: Duration::from_secs(30) }
    }

    /// How long to wait after attempt number `attempt` (from 1) failed; none where it is not tried again.
    pub fn wait_after(&self, attempt: u32, error: &Error) -> Option<Duration> {
        if attempt >= self.attempts || !error.is_retryable() {
            return None;
        }
        let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
        Some(self.first.saturating_mul(factor).min(self.longest))
    }
}

/// What happens to the other steps when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The run stops at once with the step's error.
    #[default]
    Abort,
    /// The others go on; steps that need the failed one are skipped, steps for which it is optional run without it.
    Continue,
}

/// What one run of a graph is given.
#[derive(Clone)]
pub struct RunOptions {
    /// The run; a saved run with the same id goes on where it was.
    pub run: RunId,
    /// The seed; each step has its own, made from this one and the step's name.
    pub seed: u64,
    /// Where finished steps are kept; none keeps nothing.
    pub saver: Option<Arc<dyn Saver>>,
    /// Who hears what happens.
    pub events: Events,
    /// Stops the run.
    pub cancel: Cancel,
    /// Dates the events.
    pub clock: Arc<dyn Clock>,
    /// What happens when a step fails.
    pub on_failure: OnFailure,
    /// How many steps may run at once; none means all that are ready.
    pub at_once: Option<NonZeroUsize>,
    /// Steps whose time has not come, by name: they and what needs them are left for a later go, which the run does not end before.
    pub held: BTreeSet<String>,
}

impl RunOptions {
    /// A run that keeps nothing, tells nobody, stops at the first failure and uses the machine's clock.
    pub fn new(run: RunId, seed: u64) -> Self {
        Self {
            run,
            seed,
            saver: None,
            events: Events::none(),
            cancel: Cancel::new(),
            clock: Arc::new(SystemClock),
            on_failure: OnFailure::Abort,
            at_once: None,
            held: BTreeSet::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry { attempts: 6, first: Duration::from_secs(1), longest: Duration::from_secs(5) };
        let error = Error::new(ErrorKind::Unavailable, "line is down");
        let waits: Vec<_> =
            (1..=6).map(|attempt| retry.wait_after(attempt, &error).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(5), Some(5), None]);
    }

    #[test]
    fn an_error_that_stays_is_not_tried_again() {
        let error = Error::new(ErrorKind::InvalidInput, "no budget");
        assert_eq!(Retry::times(9).wait_after(1, &error), None);
    }
}
