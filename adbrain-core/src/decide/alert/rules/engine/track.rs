//! Where a rule stands for one object: the state machine.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::OnLack;
use super::super::rule::{Rule, Seen};
use super::Subject;

crate::model::named! {
    /// Where a rule stands for an object.
    Status {
        /// Nothing is out of line.
        Normal = "normal",
        /// It fires, and has not done so for long enough.
        Pending = "pending",
        /// An episode is open.
        Firing = "firing",
        /// An episode is open, and the value is calm; not yet for long enough.
        Recovering = "recovering",
        /// There is no data, and the rule says that this is an alert.
        NoData = "no_data",
        /// The figures cannot be read, and the rule says that this is an alert.
        Error = "error",
    }
}

crate::model::named! {
    /// Why an episode opened.
    Cause {
        /// The value went beyond its threshold.
        Threshold = "threshold",
        /// There was no data.
        NoData = "no_data",
        /// The figures could not be read.
        Error = "error",
    }
}

/// Where one rule stands for one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Track {
    pub(super) subject: Subject,
    pub(super) status: Status,
    /// Since when it stands there.
    pub(super) since: Timestamp,
    /// Why the open episode opened.
    #[serde(default)]
    pub(super) open: Option<Cause>,
    /// When the last episode of each cause closed.
    #[serde(default)]
    pub(super) closed: BTreeMap<Cause, Timestamp>,
}

/// What one look does to the episodes of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Open(Cause),
    Close(Cause),
}

/// What a look says, once the rule's word on missing data has been heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Fires,
    Between,
    Calm,
    Absent(Cause),
}

impl Track {
    pub(super) fn new(subject: Subject, at: Timestamp) -> Self {
        Self { subject, status: Status::Normal, since: at, open: None, closed: BTreeMap::new() }
    }

    /// Takes in one look.
    pub(super) fn step(&mut self, rule: &Rule, seen: &Seen, at: Timestamp) -> Vec<Step> {
        let Some(side) = side(rule, seen) else { return Vec::new() };
        let mut steps = Vec::new();
        let cause = match side {
            Side::Absent(cause) => cause,
            Side::Fires | Side::Between | Side::Calm => Cause::Threshold,
        };
        // An episode of missing data ends with the data that come back; one of a threshold outlives a gap.
        if let Some(open) = self.open.filter(|open| *open != Cause::Threshold && *open != cause) {
            steps.push(self.close(open, at));
        }
        match (side, self.open) {
            (Side::Calm, Some(open)) => steps.extend(self.recover(rule, open, at)),
            (Side::Calm | Side::Between, None) => self.stand(Status::Normal, at),
            (Side::Fires | Side::Between, Some(_)) => self.stand(Status::Firing, at),
            (Side::Absent(cause), Some(_)) => self.stand(status_of(cause), at),
            (Side::Fires, None) => steps.extend(self.arm(rule, (cause, Status::Pending, Status::Firing), at)),
            (Side::Absent(cause), None) => {
                let status = status_of(cause);
                steps.extend(self.arm(rule, (cause, status, status), at));
            }
        }
        steps
    }

    fn stand(&mut self, status: Status, at: Timestamp) {
        if self.status != status {
            (self.status, self.since) = (status, at);
        }
    }

    /// Waits until it has fired for long enough; during the rest after an episode it does not even begin to wait.
    fn arm(&mut self, rule: &Rule, (cause, waiting, open): (Cause, Status, Status), at: Timestamp) -> Option<Step> {
        let rests = self.closed.get(&cause).is_some_and(|closed| !has_passed(*closed, at, rule.timing.reopen_after));
        if rests {
            self.stand(Status::Normal, at);
            return None;
        }
        self.stand(waiting, at);
        if !has_passed(self.since, at, rule.timing.hold_for) {
            return None;
        }
        self.stand(open, at);
        self.open = Some(cause);
        Some(Step::Open(cause))
    }

    fn recover(&mut self, rule: &Rule, open: Cause, at: Timestamp) -> Option<Step> {
        self.stand(Status::Recovering, at);
        has_passed(self.since, at, rule.timing.keep_firing_for).then(|| self.close(open, at))
    }

    fn close(&mut self, cause: Cause, at: Timestamp) -> Step {
        self.open = None;
        self.closed.insert(cause, at);
        self.stand(Status::Normal, at);
        Step::Close(cause)
    }
}

/// What a look says; nothing where the rule keeps what it has while there is nothing to see.
fn side(rule: &Rule, seen: &Seen) -> Option<Side> {
    let lack = |word: OnLack, cause: Cause| match word {
        OnLack::Ok => Some(Side::Calm),
        OnLack::Alert => Some(Side::Absent(cause)),
        OnLack::Keep => None,
    };
    match seen {
        Seen::Fires(_) => Some(Side::Fires),
        Seen::Between(_) => Some(Side::Between),
        Seen::Calm(_) => Some(Side::Calm),
        Seen::NoData(_) => lack(rule.no_data, Cause::NoData),
        Seen::Error(_) => lack(rule.on_error, Cause::Error),
    }
}

fn status_of(cause: Cause) -> Status {
    match cause {
        Cause::Threshold => Status::Firing,
        Cause::NoData => Status::NoData,
        Cause::Error => Status::Error,
    }
}

/// Whether so much time has passed since a moment.
pub(super) fn has_passed(since: Timestamp, at: Timestamp, span: SignedDuration) -> bool {
    at.duration_since(since) >= span
}
