//! Approvals and refusals by people: bound to the hash of what they are about, and entries of the journal's chain like all else.
//!
//! The newest word on a hash counts. An approval holds for a time, a refusal until a person approves the same hash after all; a plan that
//! was made anew and came out different has another hash, on which nobody has said anything yet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::apply::Session;
use super::journal::{Body, Journal, Note};
use super::step::{Step, Trust, Work};
use super::{Control, JournalState, Mode};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Message, Money, Platform, RunId, Tag, line};

/// Who approved, where the policy itself did.
const POLICY: &str = "policy";
/// The longest that an approval may hold.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// The reason of what waits for a person's approval.
pub(crate) const NEEDS_APPROVAL: &str = "refused-needs-approval";
/// The reason of what a person has refused.
const REFUSED_BY_PERSON: &str = "refused-by-person";

/// What was said about a plan or a change, by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// It may go ahead until a moment.
    Approved {
        /// Who said so: a person, or `policy`.
        by: String,
        /// When.
        at: Timestamp,
        /// Until when it holds.
        expires: Timestamp,
    },
    /// It may not go ahead until a person approves it after all.
    Refused {
        /// Who said so.
        by: String,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl Control {
    /// Records that a person approves a plan, or a proposed change, by its hash, for a time.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a name that is empty or `policy`, or a time that is not above zero.
    pub async fn approve(&self, plan_hash: &ContentHash, by: &str, valid_for: SignedDuration) -> Result<()> {
        check_person(by)?;
        if !valid_for.is_positive() {
            return Err(
                Error::invalid("valid_for", "is not above zero").next("give the approval some time, such as a day")
            );
        }
        if valid_for > LONGEST {
            return Err(Error::invalid("valid_for", "is longer than a year").next("approve for some days, and again"));
        }
        let expires = self.clock.now().checked_add(valid_for).unwrap_or(Timestamp::MAX);
        let work = Work::Approval { hash: plan_hash.clone(), by: by.trim().to_owned(), expires };
        self.session().await?.record_decision(plan_hash, by.trim(), work).await
    }

    /// Records that a person refuses a plan, or a proposed change, by its hash: it is neither created nor let go, in no mode and whatever
    /// it costs, until a person approves the same hash. What was created before stays, paused.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a name that is empty or `policy`, or no reason.
    pub async fn refuse(&self, plan_hash: &ContentHash, by: &str, reason: &str) -> Result<()> {
        check_person(by)?;
        line("reason", reason)?;
        let (by, reason) = (by.trim().to_owned(), reason.trim().to_owned());
        let work = Work::Refusal { hash: plan_hash.clone(), by: by.clone(), reason };
        self.session().await?.record_decision(plan_hash, &by, work).await
    }
}

/// A decision is that of a person with a name.
pub(super) fn check_person(by: &str) -> Result<()> {
    if by.trim().is_empty() || by.trim() == POLICY {
        return Err(Error::invalid("by", format!("{by:?} is no person")).next("name the person who decides"));
    }
    line("by", by)
}

/// That so many people have to approve what has a hash.
pub(super) fn needs_approval(hash: &ContentHash, daily: Money, people: i64) -> Message {
    Message::new(NEEDS_APPROVAL).with("hash", hash.as_str()).with("amount", daily).with("people", people)
}

/// The newest word of a run's journal on a hash.
pub(super) fn decision(journal: &Journal, run: &RunId, wanted: &ContentHash) -> Option<Decision> {
    let of_run = journal.records().iter().rev().filter(|record| record.run == *run);
    let mut said = of_run.filter_map(|record| Some((record.at, record.body.work.as_ref()?)));
    said.find_map(|(at, work)| match work {
        Work::Approval { hash, by, expires } if hash == wanted => {
            Some(Decision::Approved { by: by.clone(), at, expires: *expires })
        }
        Work::Refusal { hash, by, reason } if hash == wanted => {
            Some(Decision::Refused { by: by.clone(), at, reason: reason.clone() })
        }
        _ => None,
    })
}

impl Session<'_> {
    /// Whether something may go ahead that costs at most `daily` in the worst case of a day; else the reason why not.
    pub(super) async fn approval(&mut self, hash: &ContentHash, daily: Money) -> Result<Option<Message>> {
        if let Some(reason) = self.missing_word(hash, daily) {
            return Ok(Some(reason));
        }
        if self.control.options.mode != Mode::DryRun && !self.is_approved(hash) {
            let expires = self.now().checked_add(SignedDuration::from_mins(1)).unwrap_or(Timestamp::MAX);
            let work = Work::Approval { hash: hash.clone(), by: POLICY.to_owned(), expires };
            self.record_decision(hash, POLICY, work).await?;
        }
        Ok(None)
    }

    /// Why something has to wait for a person's word, or may not go ahead by it.
    pub(super) fn missing_word(&self, hash: &ContentHash, daily: Money) -> Option<Message> {
        if let Some(refusal) = self.refusal(hash) {
            return Some(refusal);
        }
        let missing = self.people_needed(daily).saturating_sub(self.approvers(hash).len());
        let missing = i64::try_from(missing).unwrap_or(i64::MAX);
        (missing > 0).then(|| needs_approval(hash, daily, missing))
    }

    fn is_approved(&self, hash: &ContentHash) -> bool {
        matches!(self.decision(hash), Some(Decision::Approved { expires, .. }) if self.now() < expires)
    }

    /// How many people have to approve an amount. Without money at stake nobody is asked.
    fn people_needed(&self, daily: Money) -> usize {
        let approvals = &self.control.options.limits.approvals;
        let is_within = |limit: Option<Money>| {
            limit.is_some_and(|limit| limit.currency() == daily.currency() && daily.micros() <= limit.micros())
        };
        match self.control.options.mode {
            Mode::Sandbox => 0,
            _ if is_within(approvals.none_up_to) => 0,
            _ if approvals.one_up_to.is_none() || is_within(approvals.one_up_to) => 1,
            _ => 2,
        }
    }

    /// The people whose approvals of a hash hold now: the newest of each counts, however the name is written. A refusal ends those before it.
    fn approvers(&self, wanted: &ContentHash) -> BTreeSet<String> {
        let run = &self.control.options.run;
        let of_run = self.journal.records().iter().rev().filter(|record| record.run == *run);
        let words = of_run.filter_map(|record| record.body.work.as_ref());
        let since = words.take_while(|work| !matches!(work, Work::Refusal { hash, .. } if hash == wanted));
        let mut newest = BTreeMap::new();
        for work in since {
            if let Work::Approval { hash, by, expires } = work
                && hash == wanted
                && by != POLICY
            {
                newest.entry(by.trim().to_lowercase()).or_insert(*expires);
            }
        }
        let now = self.now();
        newest.into_iter().filter(|(_, expires)| now < *expires).map(|(by, _)| by).collect()
    }

    pub(super) fn decision(&self, hash: &ContentHash) -> Option<Decision> {
        decision(&self.journal, &self.control.options.run, hash)
    }

    /// Whether a person, not the policy, has approved a hash.
    pub(super) fn is_approved_by_person(&self, hash: &ContentHash) -> bool {
        !self.approvers(hash).is_empty()
    }

    /// Why a person said no, where the newest word on a hash is a no.
    pub(super) fn refusal(&self, hash: &ContentHash) -> Option<Message> {
        let Some(Decision::Refused { by, reason, .. }) = self.decision(hash) else { return None };
        Some(Message::new(REFUSED_BY_PERSON).with("by", by).with("why", reason))
    }

    pub(super) async fn record_decision(&mut self, hash: &ContentHash, by: &str, work: Work) -> Result<()> {
        let (run, at) = (self.control.options.run.clone(), self.now());
        let name = if matches!(work, Work::Refusal { .. }) { "refusal" } else { "approval" };
        let step = Step {
            platform: Platform::Meta,
            target: Tag::new(format!("{name}:{hash}")),
            work,
            cause: format!("{by}@{at}"),
            trust: Trust::Undo,
        };
        let body = Body { work: Some(step.work.clone()), ..Body::default() };
        self.journal.append(&run, &step, Note { state: JournalState::Confirmed, body, at }).await
    }
}
