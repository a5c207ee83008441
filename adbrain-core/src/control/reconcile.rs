//! Reconciling: what became of a request whose answer was lost, by looking the object up by its tag.

use jiff::SignedDuration;

use super::apply::{Answer, Session, readable};
use super::journal::{Body, Made};
use super::lookup::{LOST, NOTHING_SENT, USER_CODE};
use super::send::{made, tags};
use super::step::{Step, Work};
use super::{JournalState, Mode, Outcome};
use crate::error::Result;
use crate::model::{ChangeKind, ContentHash, DraftTree, Message, Platform, Tag};
use crate::platform::{Connector, RemoteObject, Status};

/// How many answers may be lost before a person is asked.
const MOST_LOST: usize = 2;
/// How many requests may go out in all that were not put off: more than those lost where processes were killed in between.
const MOST_REQUESTS: usize = 10;
/// For how long a request may be put off, as while a film is processed, before a person is asked.
const LONGEST_PUT_OFF: SignedDuration = SignedDuration::from_hours(24);

/// For how long a change that may cost and whose answer was lost is sent once more by itself.
const LONGEST_ORDER: SignedDuration = SignedDuration::from_hours(24);

/// What a look at the platform shows.
enum Look {
    /// It took effect.
    Done(Vec<Made>),
    /// It did not.
    Absent,
    /// Several objects carry the tag, or only a part is there.
    Unclear(Message),
    /// It is too early, or the account cannot be read.
    Waiting(Message),
}

impl Session<'_> {
    /// Settles everything of this run that is open.
    pub(super) async fn reconcile(&mut self) -> Result<Vec<Outcome>> {
        let open = self.open_steps();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        self.observe().await?;
        let mut outcomes = Vec::new();
        for (entry, step) in open {
            self.settle(&entry, &step).await?;
            outcomes.push(self.outcome(&step)?);
        }
        Ok(outcomes)
    }

    async fn settle(&mut self, entry: &ContentHash, step: &Step) -> Result<()> {
        match self.journal.state(entry) {
            Some(JournalState::Intent) => self.interrupted(step).await,
            Some(JournalState::Compensating) => self.finish_compensation(step).await,
            _ => self.resolve(step).await,
        }
    }

    /// Looks up what became of each open change of a budget of some objects; whether none is open any more.
    pub(super) async fn settle_budgets(&mut self, platform: Platform, targets: &[Tag]) -> Result<bool> {
        let is_budget = |(_, step): &(ContentHash, Step)| is_budget_of(step, platform, targets);
        for (entry, step) in self.open_steps().into_iter().filter(is_budget) {
            self.settle(&entry, &step).await?;
        }
        Ok(!self.open_steps().iter().any(is_budget))
    }

    pub(super) fn open_steps(&self) -> Vec<(ContentHash, Step)> {
        let is_open = |entry: &ContentHash| {
            use JournalState::{Compensating, Intent, Sent, Unknown};
            matches!(self.journal.state(entry), Some(Intent | Sent | Unknown | Compensating))
        };
        let entries = self.journal.entries(&self.control.options.run).into_iter();
        entries.filter(is_open).filter_map(|entry| self.journal.step(&entry).map(|step| (entry, step))).collect()
    }

    /// A step of which only the intent is known: its request did not go out, yet the platform is asked all the same.
    pub(super) async fn interrupted(&mut self, step: &Step) -> Result<()> {
        match self.look(step).await? {
            Look::Done(made) if matches!(step.work, Work::Change(ChangeKind::Create { .. })) => {
                self.confirm(step, made).await
            }
            Look::Unclear(reason) => self.note_reason(step, JournalState::NeedsPerson, reason).await,
            _ => self.refuse(step, Message::new("refused-interrupted")).await,
        }
    }

    /// Finds out what became of a step; sends it once more where it surely took no effect.
    pub(super) async fn resolve(&mut self, step: &Step) -> Result<()> {
        let entry = self.entry(step)?;
        if self.journal.state(&entry) == Some(JournalState::Compensating) {
            return self.finish_compensation(step).await;
        }
        loop {
            self.wait_until_settled(step).await?;
            match self.look(step).await? {
                Look::Done(made) => return self.confirm(step, made).await,
                Look::Waiting(reason) => return self.note_reason(step, JournalState::Unknown, reason).await,
                Look::Unclear(reason) => return self.note_reason(step, JournalState::NeedsPerson, reason).await,
                Look::Absent if self.has_tried_enough(&entry) => {
                    let reason = Message::new("needs-person-not-found");
                    return self.note_reason(step, JournalState::NeedsPerson, reason).await;
                }
                Look::Absent => {}
            }
            if self.is_stale(step, &entry) {
                return self.refuse(step, Message::new("refused-interrupted")).await;
            }
            if let Err(reason) = self.may_send_again(step) {
                return self.note_reason(step, JournalState::Unknown, reason).await;
            }
            if let Err(reason) = self.with_policy(|policy| policy.check_caps_again(step)) {
                return self.refuse(step, reason).await;
            }
            match self.request(step).await? {
                Answer::Done(made) => return self.confirm(step, made).await,
                Answer::Rejected(reason) => return self.refuse(step, reason).await,
                Answer::Lost if self.is_stopped(step) => return Ok(()),
                Answer::Lost => {}
                // It is tried again with the next look.
                Answer::NotSent => return Ok(()),
            }
        }
    }

    /// Whether a person has to be asked: answers were lost again and again, or it was put off for too long.
    fn has_tried_enough(&self, entry: &ContentHash) -> bool {
        let put_off = self.journal.times(entry, &[NOTHING_SENT]);
        let first = self.journal.sent(entry).next().unwrap_or(jiff::Timestamp::MAX);
        self.journal.times(entry, &[LOST, USER_CODE]) >= MOST_LOST
            || self.journal.sent(entry).count() - put_off >= MOST_REQUESTS
            || put_off > 0 && self.now().duration_since(first) > LONGEST_PUT_OFF
    }

    /// Whether a step that may cost was ordered too long ago to be carried out now: it has to be asked for, and approved, again.
    fn is_stale(&self, step: &Step, entry: &ContentHash) -> bool {
        let is_change = matches!(&step.work, Work::Change(kind) if !matches!(kind, ChangeKind::Create { .. }));
        let first = self.journal.sent(entry).next().unwrap_or(jiff::Timestamp::MAX);
        is_change && !step.is_decrease() && self.now().duration_since(first) > LONGEST_ORDER
    }

    /// The step counts as done in the ledger already; what is asked again are mode and kill switch.
    fn may_send_again(&self, step: &Step) -> Result<(), Message> {
        if self.control.options.mode == Mode::DryRun {
            return Err(Message::new("unknown-dry-run"));
        }
        if let Work::Upload { hash, .. } = &step.work
            && self.files.read(hash).is_err()
        {
            return Err(Message::new("unknown-no-file"));
        }
        if let Work::Fill { hash, .. } = &step.work
            && self.customers(hash).is_none()
        {
            return Err(Message::new("unknown-no-customers"));
        }
        self.with_policy(|policy| policy.check_door(step))
    }

    /// Waits as long as the platform needs to show a write; the clock decides whether it was long enough.
    pub(super) async fn wait_until_settled(&self, step: &Step) -> Result<()> {
        let left = self.seconds_left(step)?;
        if left > 0 {
            self.control.options.settle.wait(left).await;
        }
        Ok(())
    }

    pub(super) fn seconds_left(&self, step: &Step) -> Result<u32> {
        let sent = match &step.work {
            Work::Fill { .. } => self.last_fill(step),
            _ => self.journal.sent(&self.entry(step)?).next_back(),
        };
        Ok(sent.map_or(0, |sent| self.seconds_after(step.platform, sent)))
    }

    /// The seconds that are left of the settle window after a write.
    pub(super) fn seconds_after(&self, platform: Platform, written: jiff::Timestamp) -> u32 {
        let connector = self.control.connectors.get(&platform);
        let settle = connector.map_or(0, |connector| connector.capabilities().settle_seconds);
        let due = written.checked_add(SignedDuration::from_secs(i64::from(settle))).unwrap_or(jiff::Timestamp::MAX);
        let left = due.duration_since(self.now()).as_millis().max(0).unsigned_abs();
        u32::try_from(left.div_ceil(1_000)).unwrap_or(u32::MAX)
    }

    async fn look(&self, step: &Step) -> Result<Look> {
        if self.seconds_left(step)? > 0 {
            return Ok(Look::Waiting(Message::new("unknown-not-settled")));
        }
        if matches!(step.work, Work::Upload { .. } | Work::Fill { .. }) {
            // The same bytes give the same object, and a person is in an audience once: a second request does no harm. The connector looks
            // an audience up by its name before it makes one.
            return Ok(Look::Absent);
        }
        let Some(connector) = self.control.connectors.get(&step.platform) else {
            return Ok(Look::Waiting(Message::new("refused-no-connector").with("platform", step.platform.as_str())));
        };
        let Some(found) = self.found(connector.as_ref(), step).await? else {
            return Ok(Look::Waiting(Message::new("refused-read-failed").with("platform", step.platform.as_str())));
        };
        if found.len() > 1 {
            return Ok(Look::Unclear(several(step, found.len())));
        }
        match (&step.work, found.first()) {
            (Work::Change(ChangeKind::Create { tree }), found) => self.look_at_tree(step, tree, found).await,
            (Work::Change(kind), found) => Ok(look_at_object(step, kind, found)),
            _ => Ok(Look::Absent),
        }
    }

    /// The objects of a step's target: by the mark, else by the id that the journal knows, for what carries no mark.
    async fn found(&self, connector: &dyn Connector, step: &Step) -> Result<Option<Vec<RemoteObject>>> {
        let found = readable(connector.find(&step.target).await)?;
        match (found, self.own_id(&step.target)) {
            (Some(found), Some(id)) if found.is_empty() => {
                let all = readable(connector.list().await)?;
                Ok(all.map(|all| all.into_iter().filter(|object| object.id == id).collect()))
            }
            (found, _) => Ok(found),
        }
    }

    /// A tree is there where its top is; then every part has to be there once.
    async fn look_at_tree(&self, step: &Step, tree: &DraftTree, top: Option<&RemoteObject>) -> Result<Look> {
        let (Some(top), Some(connector)) = (top, self.control.connectors.get(&step.platform)) else {
            return Ok(Look::Absent);
        };
        let wanted = tags(&tree.draft);
        let mut found = vec![top.clone()];
        for tag in wanted.iter().skip(1) {
            match readable(connector.find(tag).await)? {
                Some(objects) => found.extend(objects),
                None => {
                    return Ok(Look::Waiting(
                        Message::new("refused-read-failed").with("platform", step.platform.as_str()),
                    ));
                }
            }
        }
        Ok(made(&found, &wanted).map_or_else(|| Look::Unclear(several(step, found.len())), Look::Done))
    }

    /// Goes on with taking back what was made: done where it is gone, else archived once more.
    async fn finish_compensation(&mut self, step: &Step) -> Result<()> {
        let Some(connector) = self.control.connectors.get(&step.platform) else { return Ok(()) };
        match readable(connector.find(&step.target).await)? {
            Some(found) if found.is_empty() => self.note(step, JournalState::Compensated, Body::default()).await,
            Some(_) => self.compensate(step).await.map(|_| ()),
            None => Ok(()),
        }
    }
}

/// Whether a step changes the budget of one of the objects.
fn is_budget_of(step: &Step, platform: Platform, targets: &[Tag]) -> bool {
    let is_budget = matches!(step.work, Work::Change(ChangeKind::SetDailyBudget { .. }));
    is_budget && step.platform == platform && targets.contains(&step.target)
}

fn several(step: &Step, count: usize) -> Message {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Message::new("needs-person-census").with("target", step.target.as_str()).with("count", count)
}

/// Whether an object shows what a change asked for.
fn look_at_object(step: &Step, kind: &ChangeKind, object: Option<&RemoteObject>) -> Look {
    let Some(object) = object else {
        let is_gone = matches!(kind, ChangeKind::Archive);
        return if is_gone { Look::Done(Vec::new()) } else { Look::Unclear(several(step, 0)) };
    };
    let is_done = match kind {
        ChangeKind::Activate => object.status == Status::Active,
        ChangeKind::Pause => object.status == Status::Paused,
        ChangeKind::SetDailyBudget { after, .. } => object.daily_budget == Some(*after),
        ChangeKind::SetBid { after, .. } => object.bid == Some(*after),
        ChangeKind::Archive | ChangeKind::Create { .. } => object.status == Status::Archived,
    };
    if is_done {
        return Look::Done(vec![Made { tag: step.target.clone(), id: object.id.clone() }]);
    }
    match kind {
        ChangeKind::SetDailyBudget { before, .. } if object.daily_budget != Some(*before) => {
            Look::Unclear(drift(object))
        }
        ChangeKind::SetBid { before, .. } if object.bid != Some(*before) => Look::Unclear(drift(object)),
        _ => Look::Absent,
    }
}

fn drift(object: &RemoteObject) -> Message {
    Message::new("needs-person-drift").with("object", object.id.as_str())
}
