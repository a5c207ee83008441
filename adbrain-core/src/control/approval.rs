//! Approvals: bound to the hash of what is approved, for a time, and entries of the journal's chain like all else.

use jiff::{SignedDuration, Timestamp};

use super::apply::Session;
use super::journal::{Body, Note};
use super::step::{Step, Trust, Work};
use super::{Control, JournalState, Mode};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Message, Money, Platform, Tag, line};

/// Who approved, where the policy itself did.
const POLICY: &str = "policy";
/// The longest that an approval may hold.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// The reason of what waits for a person's approval.
pub(crate) const NEEDS_APPROVAL: &str = "refused-needs-approval";

impl Control {
    /// Records that a person approves a plan, or a proposed change, by its hash, for a time.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for a name that is empty or `policy`, or a time that is not above zero.
    pub async fn approve(&self, plan_hash: &ContentHash, by: &str, valid_for: SignedDuration) -> Result<()> {
        if by.trim().is_empty() || by.trim() == POLICY {
            return Err(Error::invalid("by", format!("{by:?} is no person")).next("name the person who approves"));
        }
        line("by", by)?;
        if !valid_for.is_positive() {
            return Err(
                Error::invalid("valid_for", "is not above zero").next("give the approval some time, such as a day")
            );
        }
        if valid_for > LONGEST {
            return Err(Error::invalid("valid_for", "is longer than a year").next("approve for some days, and again"));
        }
        let expires = self.clock.now().checked_add(valid_for).unwrap_or(Timestamp::MAX);
        self.session().await?.record_approval(plan_hash, by.trim(), expires).await
    }
}

impl Session<'_> {
    /// Whether something may go ahead that costs at most `daily` in the worst case of a day; else the reason why not.
    pub(super) async fn approval(&mut self, hash: &ContentHash, daily: Money) -> Result<Option<Message>> {
        if self.is_approved(hash) {
            return Ok(None);
        }
        if !self.is_below_threshold(daily) {
            return Ok(Some(Message::new(NEEDS_APPROVAL).with("hash", hash.as_str()).with("amount", daily)));
        }
        if self.control.options.mode != Mode::DryRun {
            let expires = self.now().checked_add(SignedDuration::from_mins(1)).unwrap_or(Timestamp::MAX);
            self.record_approval(hash, POLICY, expires).await?;
        }
        Ok(None)
    }

    /// Without money at stake no person is asked; else up to the amount that was set.
    fn is_below_threshold(&self, daily: Money) -> bool {
        let options = &self.control.options;
        let limit = options.approve_daily_up_to;
        options.mode == Mode::Sandbox
            || limit.is_some_and(|limit| limit.currency() == daily.currency() && daily.micros() <= limit.micros())
    }

    /// The newest approval of a hash counts; the journal is the only place that holds them.
    fn is_approved(&self, wanted: &ContentHash) -> bool {
        let run = &self.control.options.run;
        let of_run = self.journal.records().iter().rev().filter(|record| record.run == *run);
        let newest = of_run.filter_map(|record| record.body.work.as_ref()).find_map(|work| match work {
            Work::Approval { hash, expires, .. } if hash == wanted => Some(*expires),
            _ => None,
        });
        newest.is_some_and(|expires| self.now() < expires)
    }

    /// Whether a person, not the policy, has approved a hash.
    pub(super) fn is_approved_by_person(&self, wanted: &ContentHash) -> bool {
        let run = &self.control.options.run;
        let of_run = self.journal.records().iter().rev().filter(|record| record.run == *run);
        of_run.filter_map(|record| record.body.work.as_ref()).any(|work| match work {
            Work::Approval { hash, by, expires } => hash == wanted && by != POLICY && self.now() < *expires,
            _ => false,
        })
    }

    async fn record_approval(&mut self, hash: &ContentHash, by: &str, expires: Timestamp) -> Result<()> {
        let (run, at) = (self.control.options.run.clone(), self.now());
        let step = Step {
            platform: Platform::Meta,
            target: Tag::new(format!("approval:{hash}")),
            work: Work::Approval { hash: hash.clone(), by: by.to_owned(), expires },
            cause: format!("{by}@{at}"),
            trust: Trust::Undo,
        };
        let body = Body { work: Some(step.work.clone()), ..Body::default() };
        self.journal.append(&run, &step, Note { state: JournalState::Confirmed, body, at }).await
    }
}
