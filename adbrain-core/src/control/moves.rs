//! Moves of money between budgets: all of one or none, so that no cut is made whose money then reaches nobody.

use std::collections::BTreeSet;

use super::apply::Session;
use super::approval::needs_approval;
use super::caps;
use super::ledger::{Ledger, Moment};
use super::policy::{Policy, Verdict};
use super::step::{Step, Work};
use super::{AutonomyLevel, JournalState, Outcome};
use crate::error::Result;
use crate::model::{Change, ChangeKind, ContentHash, Message, Money};

/// The reason of what was not done because another part of its move may not be.
const REFUSED_WITH: &str = "refused-with-others";

impl Session<'_> {
    /// Does the changes of one move: cuts first. Where the policy says no to one, or a person has to approve, none is done; one approval, of the
    /// hash of all, is enough. The least autonomy of any part counts for all.
    pub(super) async fn submit_move(&mut self, changes: &[Change]) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let mut steps: Vec<_> = changes.iter().map(Step::proposal).collect();
        steps.sort_by_key(|step| !step.is_decrease());
        // One hash for one move, in whatever order its parts are given.
        let hash = ContentHash::of_value(&in_order(changes, &steps))?;
        let (open, level) = (self.open(&steps)?, self.least_level(&steps));
        if let Some(refusals) = self.refusals((&hash, level), &open).await? {
            for (step, reason) in open.iter().zip(refusals) {
                self.refuse(step, reason).await?;
            }
        } else if level == AutonomyLevel::Shadow {
            for step in &open {
                self.note_first(step, JournalState::Planned).await?;
            }
        } else {
            for step in &steps {
                self.perform(step).await?;
            }
        }
        steps.iter().map(|step| self.outcome(step)).collect()
    }

    /// The same move as far as the caps leave room for it, in whole hundredths; empty where they leave none. What is given is rounded down and
    /// what is taken is rounded up.
    pub(super) async fn largest_move(&mut self, changes: &[Change]) -> Result<Vec<Change>> {
        self.observe().await?;
        let (ledger, limits) = (self.ledger(), &self.control.options.limits);
        let before = caps::worst(&ledger, &self.accounts, self.now())?;
        let (mut fits, mut too_much) = (0, 101);
        while too_much - fits > 1 {
            let percent = i64::midpoint(fits, too_much);
            let mut after = Ledger::clone(&ledger);
            for change in changes.iter().filter_map(|change| scaled(change, percent)) {
                after.change(&change.target, &change.kind, Moment { at: self.now(), is_sure: true });
            }
            let worst = caps::worst(&after, &self.accounts, self.now())?;
            if caps::check(limits, before, worst).is_ok() { fits = percent } else { too_much = percent }
        }
        Ok(changes.iter().filter_map(|change| scaled(change, fits)).collect())
    }

    /// The steps that nothing was sent of yet.
    fn open(&self, steps: &[Step]) -> Result<Vec<Step>> {
        let mut open = Vec::new();
        for step in steps {
            let state = self.journal.state(&self.entry(step)?);
            if matches!(state, None | Some(JournalState::Refused)) {
                open.push(step.clone());
            }
        }
        Ok(open)
    }

    /// Why each step is not done, in their order; none where all may go ahead.
    async fn refusals(
        &mut self,
        (hash, level): (&ContentHash, AutonomyLevel),
        steps: &[Step],
    ) -> Result<Option<Vec<Message>>> {
        if steps.is_empty() {
            return Ok(None);
        }
        if level == AutonomyLevel::Observe {
            return Ok(Some(vec![Message::new("refused-observe"); steps.len()]));
        }
        if let Some(no) = self.refusal(hash) {
            return Ok(Some(vec![no; steps.len()]));
        }
        let verdicts = self.verdicts(steps);
        if verdicts.iter().any(Result::is_err) {
            let with = Message::new(REFUSED_WITH);
            let why = |verdict: Verdict| verdict.err().unwrap_or_else(|| with.clone());
            return Ok(Some(verdicts.into_iter().map(why).collect()));
        }
        let missing = self.missing_word_of_all((hash, level), steps).await?;
        Ok(missing.map(|missing| vec![missing; steps.len()]))
    }

    /// What the policy says to each step once those before it are done.
    pub(super) fn verdicts(&self, steps: &[Step]) -> Vec<Verdict> {
        let mut ledger = Ledger::clone(&self.ledger());
        let mut verdicts = Vec::with_capacity(steps.len());
        for step in steps {
            let verdict = self.with_policy(|policy| {
                let (options, is_killed, accounts) = (policy.options, policy.is_killed, policy.accounts);
                Policy { options, is_killed, now: policy.now, ledger: &ledger, accounts }.check(step)
            });
            if let (Ok(()), Work::Change(kind)) = (&verdict, &step.work) {
                ledger.change(&step.target, kind, Moment { at: self.now(), is_sure: true });
            }
            verdicts.push(verdict);
        }
        verdicts
    }

    /// Who still has to say yes to a whole move.
    async fn missing_word_of_all(
        &mut self,
        (hash, level): (&ContentHash, AutonomyLevel),
        steps: &[Step],
    ) -> Result<Option<Message>> {
        for step in steps {
            if let Some(reason) = self.missing_owner(step)? {
                return Ok(Some(reason));
            }
        }
        if level == AutonomyLevel::Shadow || (steps.iter().all(Step::is_decrease) && level != AutonomyLevel::Approve) {
            return Ok(None);
        }
        let mut after = Ledger::clone(&self.ledger());
        for step in steps {
            if let Work::Change(kind) = &step.work {
                after.change(&step.target, kind, Moment { at: self.now(), is_sure: true });
            }
        }
        let daily = self.daily(&after)?;
        if level == AutonomyLevel::Approve && !self.is_approved_by_person(hash) {
            return Ok(Some(needs_approval(hash, daily, 1)));
        }
        self.approval(hash, daily).await
    }

    fn least_level(&self, steps: &[Step]) -> AutonomyLevel {
        let levels: BTreeSet<AutonomyLevel> = steps.iter().map(|step| self.level(step)).collect();
        levels.first().copied().unwrap_or(AutonomyLevel::Automatic)
    }
}

/// The changes in the order in which their steps are done.
fn in_order<'a>(changes: &'a [Change], steps: &[Step]) -> Vec<&'a Change> {
    let of =
        |step: &Step| changes.iter().find(|change| change.platform == step.platform && change.target == step.target);
    steps.iter().filter_map(of).collect()
}

/// A change that goes a part of its way; none where nothing is left of it.
fn scaled(change: &Change, percent: i64) -> Option<Change> {
    let ChangeKind::SetDailyBudget { before, after } = change.kind else { return Some(change.clone()) };
    let way = (i128::from(after.micros()) - i128::from(before.micros())) * i128::from(percent);
    let micros = i128::from(before.micros()) + way.div_euclid(100);
    let after = Money::from_micros(i64::try_from(micros).ok()?, before.currency()).floor_to_minor_unit();
    (after != before).then(|| Change { kind: ChangeKind::SetDailyBudget { before, after }, ..change.clone() })
}
