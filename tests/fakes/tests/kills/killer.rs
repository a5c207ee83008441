//! Kills the process that launches, from the fakes' side of a request or when it says that it stands still.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::sync::Mutex;
use std::time::Duration;

use adbrain_fakes::{Moment, Received, Watch};

/// Where a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It comes to its end.
    Nowhere,
    /// Before a write to the store.
    BeforeWrite(u64),
    /// After a write to the store.
    AfterWrite(u64),
    /// At a moment of a request.
    At(Moment, u64),
    /// Some time after its start.
    After(Duration),
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => write!(out, "nowhere"),
            Self::BeforeWrite(number) => write!(out, "before {number}"),
            Self::AfterWrite(number) => write!(out, "after {number}"),
            Self::At(moment, number) => write!(out, "request {number} {moment:?}"),
            Self::After(time) => write!(out, "{time:?} after the start"),
        }
    }
}

#[derive(Default)]
struct State {
    child: Option<Child>,
    /// Requests of the child so far; the harness's own do not count.
    requests: Vec<String>,
    stop: Option<(Moment, u64)>,
}

#[derive(Default)]
pub(crate) struct Killer(Mutex<State>);

impl Killer {
    pub(crate) fn arm(&self, child: Child, stop: Stop) {
        let stop = match stop {
            Stop::At(moment, number) => Some((moment, number)),
            _ => None,
        };
        *self.0.lock().unwrap() = State { child: Some(child), requests: Vec::new(), stop };
    }

    /// Method and path of every request of the child.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.0.lock().unwrap().requests.clone()
    }

    /// SIGKILL, and waits until the process is gone.
    pub(crate) fn kill(&self) {
        if let Some(child) = &mut self.0.lock().unwrap().child {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Waits for the end of the process; whether it was killed. Fails where it failed by itself.
    pub(crate) fn was_killed(&self) -> Result<bool, String> {
        let mut state = self.0.lock().unwrap();
        let status = state.child.take().ok_or("no process")?.wait().map_err(|error| error.to_string())?;
        if status.signal() == Some(9) || status.success() { Ok(!status.success()) } else { Err(status.to_string()) }
    }
}

impl Watch for Killer {
    fn number(&self, request: &Received) -> u64 {
        let state = &mut *self.0.lock().unwrap();
        if state.child.is_none() {
            return 0;
        }
        state.requests.push(format!("{} {}", request.method, request.path));
        state.requests.len() as u64
    }

    fn goes_on(&self, number: u64, moment: Moment) -> bool {
        let is_here = number > 0 && self.0.lock().unwrap().stop == Some((moment, number));
        if is_here {
            self.kill();
        }
        !is_here
    }
}
