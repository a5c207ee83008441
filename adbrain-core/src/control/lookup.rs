//! Questions about the journal: what became of a step, what it was, what it made.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::journal::{Journal, Record};
use super::records::released;
use super::step::{Step, Trust};
use super::{JournalState, Outcome};
use crate::model::{ContentHash, ObjectId, Platform, RunId};

/// The reason of a step whose request was put off.
pub(super) const NOTHING_SENT: &str = "unknown-nothing-sent";
/// The reason of a step whose answer was lost.
pub(super) const LOST: &str = "unknown-lost";
/// The reason of a step in which the connector's own code failed.
pub(super) const USER_CODE: &str = "unknown-user-code";

impl Journal {
    pub(super) fn state(&self, entry: &ContentHash) -> Option<JournalState> {
        self.of(entry).next_back().map(|record| record.state)
    }

    /// When the requests of a step went out, oldest first.
    pub(super) fn sent(&self, entry: &ContentHash) -> impl DoubleEndedIterator<Item = Timestamp> {
        self.of(entry).filter(|record| record.state == JournalState::Sent).map(|record| record.at)
    }

    /// How often a step came to one of the reasons.
    pub(super) fn times(&self, entry: &ContentHash, reasons: &[&str]) -> usize {
        let met = |record: &&Record| record.body.reason.as_ref().is_some_and(|why| reasons.contains(&why.key.as_str()));
        self.of(entry).filter(met).count()
    }

    /// How often an object that was adopted was given back.
    pub(super) fn releases(&self, platform: Platform, id: &ObjectId) -> usize {
        let is_it = |key: (Platform, ObjectId)| key.0 == platform && key.1 == *id;
        self.records().iter().filter_map(released).map(|mut keys| keys.any(is_it)).filter(|is_there| *is_there).count()
    }

    /// The step as it was first written down.
    pub(super) fn step(&self, entry: &ContentHash) -> Option<Step> {
        let record = self.of(entry).rev().find(|record| record.body.work.is_some())?;
        Some(Step {
            platform: record.platform?,
            target: record.target.clone(),
            work: record.body.work.clone()?,
            cause: record.cause.clone(),
            trust: record.body.trust.unwrap_or(Trust::Proposal),
        })
    }

    /// What became of a step.
    pub(super) fn outcome(&self, entry: &ContentHash) -> Option<Outcome> {
        let newest = self.of(entry).next_back()?;
        let object = self.of(entry).rev().flat_map(|record| &record.body.made);
        Some(Outcome {
            entry: entry.clone(),
            platform: newest.platform?,
            target: newest.target.clone(),
            action: newest.action.clone(),
            cause: newest.cause.clone(),
            state: newest.state,
            object: object.into_iter().find(|made| made.tag == newest.target).map(|made| made.id.clone()),
            reason: newest.body.reason.clone(),
        })
    }

    /// The steps of a run in the order of their first entries.
    pub(super) fn entries(&self, run: &RunId) -> Vec<ContentHash> {
        let mut seen = BTreeSet::new();
        let mine = self.records().iter().filter(|record| record.run == *run && record.platform.is_some());
        mine.filter(|record| seen.insert(record.entry.as_str())).map(|record| record.entry.clone()).collect()
    }

    pub(super) fn outcomes(&self, run: &RunId) -> Vec<Outcome> {
        self.entries(run).iter().filter_map(|entry| self.outcome(entry)).collect()
    }

    /// The newest note about the kill switch: its number, and whether it turns the switch on.
    pub(super) fn switch(&self) -> Option<(i64, bool)> {
        let mut notes = self.records().iter().rev().filter(|record| record.platform.is_none());
        notes.find_map(|record| Some((record.seq, super::kill::is_on(record.target.as_str())?)))
    }
}
