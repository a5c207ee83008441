//! One step: what is done to one object, and its identity.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::adopt::Adopted;
use super::journal::Made;
use crate::alert::rules::Silence;
use crate::error::Result;
use crate::model::{Change, ChangeKind, ContentHash, Flight, Platform, RunId, Tag};
use crate::platform::AudienceFill;

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// Uploads a media file.
    Upload { hash: ContentHash },
    /// Adds customers to a custom audience: how many there are and what stands for their list. Their hashes are nowhere in the journal.
    Fill { name: String, emails: u64, phones: u64, hash: ContentHash },
    /// Makes or changes an object.
    Change(ChangeKind),
    /// Sends nothing: the kill switch was turned.
    Note { by: String },
    /// Sends nothing: a campaign that people made is managed from now on, as it stands.
    Adopt { flight: Flight, objects: Vec<Adopted> },
    /// Sends nothing: what was adopted, top first, is other people's again.
    Release { objects: Vec<Made> },
    /// Sends nothing: what has the hash may go ahead until a moment.
    Approval { hash: ContentHash, by: String, expires: Timestamp },
    /// Sends nothing: what has the hash may not go ahead until a person approves it after all.
    Refusal { hash: ContentHash, by: String, reason: String },
    /// Sends nothing: a person keeps alerts of a run, or of all, quiet for a time.
    Silence { run: Option<RunId>, silence: Silence },
    /// Sends nothing: a person ends such a time early.
    EndSilence { id: ContentHash, by: String },
}

impl Work {
    /// Whether it concerns the journal alone and no platform.
    pub(super) fn is_note(&self) -> bool {
        matches!(
            self,
            Self::Note { .. }
                | Self::Approval { .. }
                | Self::Refusal { .. }
                | Self::Silence { .. }
                | Self::EndSilence { .. }
        )
    }
}

/// Which rules hold for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Trust {
    /// Part of a plan.
    Plan,
    /// Proposed by an alert or feedback: all limits hold.
    Proposal,
    /// Takes a change back, ordered by a person: caps hold, limits on the size and number of steps and on pauses do not.
    Undo,
    /// Ordered by a person: pauses everything, no limit on pauses holds.
    PauseAll,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) platform: Platform,
    pub(super) target: Tag,
    pub(super) work: Work,
    pub(super) cause: String,
    pub(super) trust: Trust,
}

impl Step {
    pub(super) fn proposal(change: &Change) -> Self {
        let work = Work::Change(change.kind.clone());
        let (target, cause) = (change.target.clone(), change.cause.clone());
        Self { platform: change.platform, target, work, cause, trust: Trust::Proposal }
    }

    pub(super) fn plan(platform: Platform, target: Tag, work: Work) -> Self {
        Self { platform, target, work, cause: "plan".to_owned(), trust: Trust::Plan }
    }

    /// The same list for the same audience is the same step.
    pub(super) fn fill(fill: &AudienceFill) -> Result<Self> {
        let customers = fill.customers();
        let hash = customers.content_hash()?;
        let [emails, phones] = [customers.emails(), customers.phones()].map(|hashes| hashes.len() as u64);
        let cause = format!("customers@{hash}");
        let work = Work::Fill { name: fill.name().to_owned(), emails, phones, hash };
        Ok(Self { platform: customers.platform(), target: fill.tag(), work, cause, trust: Trust::Plan })
    }

    pub(super) fn action(&self) -> &'static str {
        match &self.work {
            Work::Upload { .. } => "upload",
            Work::Fill { .. } => "fill_audience",
            Work::Change(kind) => kind.as_str(),
            Work::Adopt { .. } => "adopt",
            Work::Release { .. } => "release",
            Work::Note { .. } => "note",
            Work::Approval { .. } => "approve",
            Work::Refusal { .. } => "refuse",
            Work::Silence { .. } => "silence",
            Work::EndSilence { .. } => "end_silence",
        }
    }

    /// The identity: a step with the same one is done once.
    pub(super) fn entry(&self, run: &RunId) -> Result<ContentHash> {
        ContentHash::of_value(&(run, self.platform, &self.target, self.action(), &self.cause))
    }

    /// The hash by which a person approves the change.
    pub(super) fn change_hash(&self, kind: &ChangeKind) -> Result<ContentHash> {
        let (platform, target, cause) = (self.platform, self.target.clone(), self.cause.clone());
        ContentHash::of_value(&Change { platform, target, kind: kind.clone(), cause })
    }

    /// The inverse, known before the step is done; none where it cannot be taken back.
    pub(super) fn inverse(&self) -> Option<ChangeKind> {
        let Work::Change(kind) = &self.work else { return None };
        kind.inverse()
    }

    /// Whether it stops or lowers something; such steps go first.
    pub(super) fn is_decrease(&self) -> bool {
        match &self.work {
            Work::Change(ChangeKind::Pause | ChangeKind::Archive) => true,
            Work::Change(ChangeKind::SetDailyBudget { before, after } | ChangeKind::SetBid { before, after }) => {
                after.micros() < before.micros()
            }
            _ => false,
        }
    }

    pub(super) fn is_pause(&self) -> bool {
        matches!(self.work, Work::Change(ChangeKind::Pause))
    }
}
