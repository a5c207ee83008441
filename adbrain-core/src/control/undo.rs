//! Undo: takes confirmed steps back, by the inverses that were written before they were done.

use jiff::{SignedDuration, Timestamp};

use super::apply::Session;
use super::journal::{Body, Record};
use super::step::{Step, Trust, Work};
use super::{JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ChangeKind, ContentHash, RunId, Tag};
use crate::store::{Database, Statement};

/// How the cause of a step begins that takes another one back.
pub(super) const UNDO: &str = "undo:";
/// How long the order of a person to take a step back counts as the approval of it.
const ORDER_HOLDS: SignedDuration = SignedDuration::from_hours(24);

/// The run that a journal entry belongs to, and the whole entry; its first digits, as the report shows them, are enough.
///
/// # Errors
/// [`ErrorKind::NotFound`] where the journal has no such entry, [`ErrorKind::InvalidInput`] for too few digits.
pub async fn find_entry(database: &dyn Database, digits: &str) -> Result<(RunId, ContentHash)> {
    let sql = "SELECT DISTINCT run, entry FROM journal WHERE substr(entry, 1, length(?1)) = ?1 AND platform <> ''";
    let rows = database.query(Statement::new(sql, [digits.into()])).await?;
    let found = rows.iter().map(|row| Ok((RunId::new(row.text(0)?), ContentHash::new(row.text(1)?))));
    ContentHash::find(digits, found.collect::<Result<_>>()?, "entry")
}

impl Session<'_> {
    pub(super) async fn undo(&mut self, target: &Tag) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let nothing = || {
            Error::new(ErrorKind::NotFound, "there is no confirmed change to take back")
                .with("target", target.as_str())
                .next("look at the outcomes of the run")
        };
        let entry = self.last_change(target).ok_or_else(nothing)?;
        let done = self.journal.step(&entry).ok_or_else(nothing)?;
        Ok(self.reverse(&done).await?.into())
    }

    /// Takes a step back; the order of a person with a name is that person's approval of it, and stands in the journal.
    pub(super) async fn undo_entry(&mut self, entry: &ContentHash, by: Option<&str>) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let step = self.reversible(entry)?;
        let is_create = matches!(step.work, Work::Change(ChangeKind::Create { .. }));
        let steps = if is_create { self.made_within(&step.target) } else { vec![step] };
        let mut outcomes = Vec::new();
        for step in &steps {
            if let Some(by) = by {
                self.approve_reversal(step, by).await?;
            }
            let [reversal, done] = self.reverse(step).await?;
            let goes_on = matches!(reversal.state, JournalState::Confirmed | JournalState::Planned);
            outcomes.extend([reversal, done]);
            if !goes_on {
                break;
            }
        }
        Ok(outcomes)
    }

    /// The step of an entry, where it can be taken back.
    fn reversible(&self, entry: &ContentHash) -> Result<Step> {
        let mine = self.journal.of(entry).rfind(|record| record.run == self.control.options.run);
        let absent = || {
            Error::new(ErrorKind::NotFound, format!("this run has no journal entry {entry}"))
                .next("take the entry of an outcome of this run")
        };
        let newest = mine.ok_or_else(absent)?;
        if newest.state != JournalState::Confirmed {
            let what = format!("entry {entry} is {}, not confirmed", newest.state.as_str());
            return Err(Error::new(ErrorKind::Conflict, what).next("only what was confirmed can be taken back"));
        }
        let can = self.journal.step(entry).filter(|step| step.inverse().is_some() && !step.cause.starts_with(UNDO));
        can.ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, format!("entry {entry}, {}, cannot be taken back", newest.action))
                .with("target", newest.target.as_str())
                .next("name a create, an activation, a pause or a change of a budget or bid")
        })
    }

    /// What made and let go an object and all below it, the newest first.
    fn made_within(&self, top: &Tag) -> Vec<Step> {
        let ledger = self.ledger();
        let entries = self.journal.entries(&self.control.options.run);
        let standing = entries.iter().rev().filter(|entry| self.journal.state(entry) == Some(JournalState::Confirmed));
        let is_made = |step: &Step| {
            matches!(step.work, Work::Change(ChangeKind::Create { .. } | ChangeKind::Activate))
                && step.trust == Trust::Plan
                && ledger.is_within(&step.target, top)
        };
        standing.filter_map(|entry| self.journal.step(entry)).filter(is_made).collect()
    }

    async fn approve_reversal(&mut self, done: &Step, by: &str) -> Result<()> {
        let step = self.reversal(done)?;
        let Work::Change(kind) = &step.work else { return Ok(()) };
        if self.control.options.mode == Mode::DryRun {
            return Ok(());
        }
        let hash = step.change_hash(kind)?;
        let expires = self.now().checked_add(ORDER_HOLDS).unwrap_or(Timestamp::MAX);
        let work = Work::Approval { hash: hash.clone(), by: by.to_owned(), expires };
        self.record_decision(&hash, by, work).await
    }

    /// The step that takes another one back.
    fn reversal(&self, done: &Step) -> Result<Step> {
        let entry = self.entry(done)?;
        let inverse = self.journal.of(&entry).find_map(|record| record.body.undo.clone());
        let inverse = inverse.ok_or_else(|| Error::new(ErrorKind::Internal, "a step was done without its inverse"))?;
        let work = Work::Change(inverse);
        Ok(Step { work, cause: format!("{UNDO}{entry}"), trust: Trust::Undo, ..done.clone() })
    }

    /// Takes one step back. Gives what took it back and, marked as taken back where that is confirmed, the step itself.
    pub(super) async fn reverse(&mut self, done: &Step) -> Result<[Outcome; 2]> {
        let step = self.reversal(done)?;
        let outcome = self.propose(&step).await?;
        if outcome.state == JournalState::Confirmed {
            self.note(done, JournalState::Compensated, Body::default()).await?;
        }
        Ok([outcome, self.outcome(done)?])
    }

    /// The newest change of a target that stands and was no undo itself.
    fn last_change(&self, target: &Tag) -> Option<ContentHash> {
        let run = &self.control.options.run;
        let stands = |record: &&Record| {
            record.run == *run
                && record.target == *target
                && record.state == JournalState::Confirmed
                && !record.cause.starts_with(UNDO)
                && self.journal.state(&record.entry) == Some(JournalState::Confirmed)
                && self.journal.of(&record.entry).any(|record| record.body.undo.is_some())
        };
        let newest = self.journal.records().iter().rev().find(stands);
        newest.map(|record| record.entry.clone())
    }
}
