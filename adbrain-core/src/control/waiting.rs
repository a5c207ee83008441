//! Proposals that wait for a person's word: single changes, and moves between budgets as a whole. They are found in the journal, which keeps
//! what was asked for, and are done or given up through the same door as when they were proposed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::apply::Session;
use super::approval::{NEEDS_APPROVAL, check_person};
use super::ledger::{Ledger, Moment};
use super::step::{Step, Trust, Work};
use super::undo::UNDO;
use super::{Control, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::message::Argument;
use crate::model::{Change, ChangeKind, ContentHash, Message, Money, RunId};
use crate::store::{Database, Statement};

/// The reason of a change of what a person changed before.
const FIELD_OF_PERSON: &str = "refused-field-of-person";

/// A proposal that waits for a person: one change, or several that are done together or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The hash by which a person approves or refuses it.
    pub hash: ContentHash,
    /// What would be done.
    pub changes: Vec<Change>,
    /// Their journal entries, in the same order.
    pub entries: Vec<ContentHash>,
    /// Since when it waits.
    pub since: Timestamp,
    /// Why it waits.
    pub reason: Message,
    /// Why the policy would say no to it now, whatever a person says; none where it would not.
    pub refused: Option<Message>,
    /// What the run may cost in the worst case of a day with it done; none where that cannot be worked out.
    pub worst_day: Option<Money>,
}

/// The hash that a person has to approve before a step is done.
fn awaited(outcome: &Outcome) -> Option<ContentHash> {
    let reason = outcome.reason.as_ref().filter(|_| outcome.state == super::JournalState::Refused)?;
    match reason.args.get("hash") {
        Some(Argument::Text(hash)) if [NEEDS_APPROVAL, FIELD_OF_PERSON].contains(&reason.key.as_str()) => {
            Some(ContentHash::new(hash.as_str()))
        }
        _ => None,
    }
}

/// What waits, and how it is given to the door again.
struct Found {
    waiting: Waiting,
    steps: Vec<Step>,
    is_move: bool,
}

/// The runs in whose journal something waited for a hash that begins with some digits, each with the whole hash.
///
/// # Errors
/// [`ErrorKind::NotFound`] where there is none, [`ErrorKind::InvalidInput`] for too few digits or several.
pub(crate) async fn find_waiting(
    database: &dyn Database,
    digits: &str,
    only: Option<&RunId>,
) -> Result<(RunId, ContentHash)> {
    let sql =
        "SELECT DISTINCT run, body FROM journal WHERE state = 'refused' AND platform <> '' AND instr(body, ?1) > 0";
    let mut found = Vec::new();
    for row in database.query(Statement::new(sql, [digits.into()])).await? {
        let run = RunId::new(row.text(0)?);
        let body: super::journal::Body = serde_json::from_str(row.text(1)?).unwrap_or_default();
        let hash = body.reason.as_ref().and_then(|reason| reason.args.get("hash"));
        if let (Some(Argument::Text(hash)), true) = (hash, only.is_none_or(|only| *only == run)) {
            found.push((run, ContentHash::new(hash.as_str())));
        }
    }
    found.sort();
    found.dedup();
    ContentHash::find(digits, found, "plan or change")
}

impl Control {
    /// The proposals of this run that wait for a person's word, the oldest first, each with what the policy says to it now. Sends and writes
    /// nothing.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn waiting(&self) -> Result<Vec<Waiting>> {
        let mut session = self.session().await?;
        session.observe().await?;
        Ok(session.all_waiting()?.into_iter().map(|found| found.waiting).collect())
    }

    /// Records that a person approves a proposal that waits, and does it: every rule and every cap is checked now, as it was when it was
    /// proposed, and where the amounts need a second person it goes on waiting.
    ///
    /// # Errors
    /// As [`Control::approve`]; [`ErrorKind::Conflict`] where it does not wait any more. What may not be is a refused outcome.
    pub async fn approve_waiting(
        &self,
        hash: &ContentHash,
        by: &str,
        valid_for: SignedDuration,
    ) -> Result<Vec<Outcome>> {
        check_person(by)?;
        self.check_waits(hash).await?;
        self.approve(hash, by, valid_for).await?;
        self.give_again(hash).await
    }

    /// Records that a person refuses a proposal that waits: it is not done, and waits no more.
    ///
    /// # Errors
    /// As [`Control::refuse`]; [`ErrorKind::Conflict`] where it does not wait any more.
    pub async fn refuse_waiting(&self, hash: &ContentHash, by: &str, reason: &str) -> Result<Vec<Outcome>> {
        check_person(by)?;
        self.check_waits(hash).await?;
        self.refuse(hash, by, reason).await?;
        self.give_again(hash).await
    }

    /// Says no to a hash that nothing waits for.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] where nothing does.
    pub async fn check_waits(&self, hash: &ContentHash) -> Result<()> {
        let session = self.session().await?;
        session.of_hash(hash).map(drop)
    }

    async fn give_again(&self, hash: &ContentHash) -> Result<Vec<Outcome>> {
        let mut session = self.session().await?;
        let done = session.give_again(hash).await;
        session.end(done).await
    }
}

impl Session<'_> {
    /// What waits, in the order in which it was first asked for.
    fn all_waiting(&self) -> Result<Vec<Found>> {
        let mut hashes: Vec<ContentHash> = Vec::new();
        for hash in self.journal.outcomes(&self.control.options.run).iter().filter_map(awaited) {
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        let found: Result<Vec<_>> = hashes.iter().map(|hash| self.one(hash)).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    fn of_hash(&self, hash: &ContentHash) -> Result<Found> {
        self.one(hash)?.ok_or_else(|| {
            let what = format!("hash: nothing waits for {hash} in run {} any more", self.control.options.run);
            Error::new(ErrorKind::Conflict, what).next("look at what waits now: `adbrain status`")
        })
    }

    /// What waits for a hash: the change of the hash, or a move whose changes together have it. None for the hash of a plan.
    fn one(&self, hash: &ContentHash) -> Result<Option<Found>> {
        let outcomes = self.journal.outcomes(&self.control.options.run);
        let waits: Vec<&Outcome> = outcomes.iter().filter(|outcome| awaited(outcome).as_ref() == Some(hash)).collect();
        let steps = |outcomes: &[&Outcome]| -> Vec<(ContentHash, Step)> {
            let step = |outcome: &&Outcome| Some((outcome.entry.clone(), self.journal.step(&outcome.entry)?));
            let is_open = |step: &Step| matches!(step.trust, Trust::Proposal | Trust::Undo);
            outcomes.iter().filter_map(step).filter(|(_, step)| is_open(step)).collect()
        };
        let own = steps(&waits);
        let Some(cause) = own.first().map(|(_, step)| step.cause.clone()) else { return Ok(None) };
        // Of a move that was cut off a part may be done already.
        let all: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.cause == cause).collect();
        for given in [own, steps(&all)] {
            let changes: Vec<Change> = given.iter().filter_map(|(_, step)| change(step)).collect();
            if let Some(is_move) = fits(&changes, hash)? {
                let reason =
                    waits.iter().find_map(|outcome| outcome.reason.clone()).unwrap_or_else(|| Message::new(""));
                return Ok(self.described(given, (changes, hash, is_move), reason));
            }
        }
        Ok(None)
    }

    fn described(
        &self,
        given: Vec<(ContentHash, Step)>,
        (changes, hash, is_move): (Vec<Change>, &ContentHash, bool),
        reason: Message,
    ) -> Option<Found> {
        let (entries, steps): (Vec<_>, Vec<_>) = given.into_iter().unzip();
        let since = entries.iter().filter_map(|entry| self.journal.of(entry).next()).map(|record| record.at).min()?;
        let waiting = Waiting {
            hash: hash.clone(),
            since,
            reason,
            refused: self.verdicts(&steps).into_iter().find_map(Result::err),
            worst_day: self.worst_day_with(&changes).ok(),
            changes,
            entries,
        };
        Some(Found { waiting, steps, is_move })
    }

    /// The worst day of the run once some changes are made.
    fn worst_day_with(&self, changes: &[Change]) -> Result<Money> {
        let mut after = Ledger::clone(&self.ledger());
        for change in changes {
            after.change(&change.target, &change.kind, Moment { at: self.now(), is_sure: true });
        }
        self.daily(&after)
    }

    /// Gives what waits to the door once more.
    async fn give_again(&mut self, hash: &ContentHash) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let Found { waiting, steps, is_move } = self.of_hash(hash)?;
        if is_move {
            return self.submit_move(&waiting.changes).await;
        }
        let Some(original) = steps.first().and_then(|step| step.cause.strip_prefix(UNDO)) else {
            return self.submit(&waiting.changes).await;
        };
        let absent = || Error::new(ErrorKind::Internal, "an undo takes back what the journal does not have");
        let done = self.journal.step(&ContentHash::new(original)).ok_or_else(absent)?;
        Ok(self.reverse(&done).await?.into())
    }
}

fn change(step: &Step) -> Option<Change> {
    let Work::Change(kind) = &step.work else { return None };
    let (platform, target, cause) = (step.platform, step.target.clone(), step.cause.clone());
    Some(Change { platform, target, kind: kind.clone(), cause })
}

/// Whether changes have a hash: as a single one (no), or as a move (yes). A move changes daily budgets alone.
fn fits(changes: &[Change], hash: &ContentHash) -> Result<Option<bool>> {
    if let [only] = changes
        && ContentHash::of_value(only)? == *hash
    {
        return Ok(Some(false));
    }
    let budgets: Vec<&Change> =
        changes.iter().filter(|change| matches!(change.kind, ChangeKind::SetDailyBudget { .. })).collect();
    let is_it = budgets.len() == changes.len() && ContentHash::of_value(&budgets)? == *hash;
    Ok(is_it.then_some(true))
}
