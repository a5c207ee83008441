//! Undo: takes the last confirmed change of a target back, by the inverse that was written before it was done.

use super::apply::Session;
use super::journal::{Body, Record};
use super::step::{Step, Trust, Work};
use super::{JournalState, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ChangeKind, ContentHash, Tag};

impl Session<'_> {
    pub(super) async fn undo(&mut self, target: &Tag) -> Result<Vec<Outcome>> {
        self.observe().await;
        let nothing = || {
            Error::new(ErrorKind::NotFound, "there is no confirmed change to take back")
                .with("target", target.as_str())
                .next("look at the outcomes of the run")
        };
        let (entry, inverse) = self.last_change(target).ok_or_else(nothing)?;
        let done = self.journal.step(&entry).ok_or_else(nothing)?;
        let cause = format!("undo:{entry}");
        let step = Step { work: Work::Change(inverse), cause, trust: Trust::Undo, ..done.clone() };
        let outcome = self.propose(&step).await?;
        if outcome.state == JournalState::Confirmed {
            self.note(&done, JournalState::Compensated, Body::default()).await?;
        }
        Ok(vec![outcome, self.outcome(&done)?])
    }

    /// The newest change of a target that stands and was no undo itself, with its inverse.
    fn last_change(&self, target: &Tag) -> Option<(ContentHash, ChangeKind)> {
        let run = &self.control.options.run;
        let stands = |record: &&Record| {
            record.run == *run
                && record.target == *target
                && record.state == JournalState::Confirmed
                && !record.cause.starts_with("undo:")
                && self.journal.state(&record.entry) == Some(JournalState::Confirmed)
        };
        let mut standing = self.journal.records().iter().rev().filter(stands);
        standing.find_map(|record| {
            let undo = self.journal.of(&record.entry).find_map(|record| record.body.undo.clone())?;
            Some((record.entry.clone(), undo))
        })
    }
}
