//! One step through the door: policy, intent on disk, sent, connector, outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::MutexGuard;

use super::approval::needs_approval;
use super::caps::Accounts;
use super::fill::told;
use super::journal::{Body, Journal, Made, Note};
use super::ledger::Ledger;
use super::lookup::{LOST, NOTHING_SENT, USER_CODE};
use super::policy::{Account, Policy, Verdict};
use super::step::{Step, Trust, Work};
use super::{AutonomyLevel, Control, FileSource, JournalState, Mode, NoFiles, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Change, ChangeKind, ContentHash, Message, Money, ObjectId, Platform, Tag};
use crate::platform::{AudienceFill, Permit};

/// One operation on the door, with the journal in hand.
pub(super) struct Session<'a> {
    pub(super) control: &'a Control,
    pub(super) journal: MutexGuard<'a, Journal>,
    pub(super) accounts: Accounts,
    pub(super) files: &'a dyn FileSource,
    /// The customers that a step may send; in no other step's reach.
    pub(super) fill: Option<&'a AudienceFill>,
    settled_before: BTreeMap<Platform, Timestamp>,
    /// The ledger of so many records; anew once there are more, or the accounts were read.
    counted: Mutex<Option<(usize, Arc<Ledger>)>>,
}

/// What came of one request.
pub(super) enum Answer {
    Done(Vec<Made>),
    Lost,
    /// The platform took no request now; noted.
    NotSent,
    Rejected(Message),
}

impl<'a> Session<'a> {
    pub(super) fn new(control: &'a Control, journal: MutexGuard<'a, Journal>) -> Self {
        let (accounts, settled_before) = (Accounts::new(), BTreeMap::new());
        Self { control, journal, accounts, files: &NoFiles, fill: None, settled_before, counted: Mutex::default() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.control.clock.now()
    }

    /// Reads the accounts; one that cannot be read is kept as such, and nothing is sent there.
    ///
    /// A connector whose own code failed is an error, told once all accounts have been read.
    pub(super) async fn observe(&mut self) -> Result<()> {
        let mut failed = Ok(());
        for (platform, connector) in &self.control.connectors {
            let capabilities = connector.capabilities();
            let settle = SignedDuration::from_secs(i64::from(capabilities.settle_seconds));
            let before = self.control.clock.now().checked_sub(settle).unwrap_or(Timestamp::MIN);
            let objects = match readable(connector.list().await) {
                Ok(objects) => objects,
                Err(error) => {
                    failed = failed.and(Err(error));
                    None
                }
            };
            self.settled_before.insert(*platform, before);
            self.accounts.insert(*platform, Account { capabilities, objects, unmarked: BTreeSet::new() });
        }
        self.recognise();
        failed
    }

    /// Knows our objects by their ids where their names carry no mark: what was adopted never had one, and people can take one away.
    pub(super) fn recognise(&mut self) {
        *self.counted.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        let run = &self.control.options.run;
        for (platform, account) in &mut self.accounts {
            for object in account.objects.iter_mut().flatten().filter(|object| object.tag.is_none()) {
                object.tag = self.journal.tag_of(run, *platform, &object.id).cloned();
                if object.tag.is_some() {
                    account.unmarked.insert(object.id.clone());
                }
            }
        }
    }

    pub(super) fn has_lost_its_mark(&self, platform: Platform, id: &ObjectId) -> bool {
        self.accounts.get(&platform).is_some_and(|account| account.unmarked.contains(id))
    }

    /// Until when our own writes surely show in what was read.
    pub(super) fn settled_before(&self, platform: Platform) -> Timestamp {
        self.settled_before.get(&platform).copied().unwrap_or(Timestamp::MIN)
    }

    /// What the run has out there, by journal and accounts.
    pub(super) fn ledger(&self) -> Arc<Ledger> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let length = self.journal.records().len();
        let followed = counted.take().filter(|(at, _)| *at <= length).and_then(|(at, ledger)| self.follow(at, ledger));
        let ledger = followed.unwrap_or_else(|| Arc::new(self.count()));
        debug_assert_eq!(*ledger, self.count(), "what was followed differs from what is counted anew");
        counted.insert((length, ledger)).1.clone()
    }

    /// A ledger of so many records with those that came since, where it can be followed.
    fn follow(&self, at: usize, mut ledger: Arc<Ledger>) -> Option<Arc<Ledger>> {
        let new = self.journal.records().get(at..).filter(|new| !new.is_empty());
        let Some(new) = new else { return Some(ledger) };
        let is_shown = |tag: &Tag| {
            let shown = self.accounts.values().flat_map(|account| account.objects.iter().flatten());
            shown.filter_map(|object| object.tag.as_ref()).any(|shown| shown == tag)
        };
        let options = (new, &self.control.options.run, self.control.options.mode);
        Arc::make_mut(&mut ledger).follow(&self.journal, options, is_shown).then_some(ledger)
    }

    /// What the run has out there by its journal alone: as it was left.
    pub(super) fn own_ledger(&self) -> Ledger {
        Ledger::of(&self.journal, &self.control.options.run, self.control.options.mode)
    }

    fn count(&self) -> Ledger {
        let mut ledger = self.own_ledger();
        for (platform, account) in &self.accounts {
            ledger.observe(account.objects.as_deref().unwrap_or_default(), self.settled_before(*platform));
        }
        ledger
    }

    /// Asks the policy.
    pub(super) fn with_policy<T>(&self, ask: impl FnOnce(&Policy<'_>) -> T) -> T {
        let (options, is_killed) = (&self.control.options, self.control.kill.is_on());
        let ledger = self.ledger();
        ask(&Policy { options, is_killed, now: self.now(), ledger: &ledger, accounts: &self.accounts })
    }

    pub(super) fn verdict(&self, step: &Step) -> Verdict {
        self.with_policy(|policy| policy.check(step))
    }

    pub(super) fn entry(&self, step: &Step) -> Result<ContentHash> {
        step.entry(&self.control.options.run)
    }

    /// Does a step once: what is confirmed is not sent again, what is unknown is looked up.
    pub(super) async fn perform(&mut self, step: &Step) -> Result<Outcome> {
        let entry = self.entry(step)?;
        let is_dry = self.is_dry(step);
        match self.journal.state(&entry) {
            Some(JournalState::Confirmed | JournalState::Compensated | JournalState::NeedsPerson) => {}
            Some(JournalState::Planned) if is_dry => {}
            Some(JournalState::Sent | JournalState::Unknown | JournalState::Compensating) => {
                self.resolve(step).await?;
            }
            Some(JournalState::Intent) => {
                self.interrupted(step).await?;
                if self.journal.state(&entry) == Some(JournalState::Refused) {
                    self.check_and_send(step).await?;
                }
            }
            _ => self.check_and_send(step).await?,
        }
        self.outcome(step)
    }

    pub(super) fn outcome(&self, step: &Step) -> Result<Outcome> {
        let missing = || Error::new(ErrorKind::Internal, "a step has no journal entry");
        self.journal.outcome(&self.entry(step)?).ok_or_else(missing)
    }

    async fn check_and_send(&mut self, step: &Step) -> Result<()> {
        if let Err(reason) = self.verdict(step) {
            return self.refuse(step, reason).await;
        }
        if self.is_dry(step) {
            return self.note_first(step, JournalState::Planned).await;
        }
        self.transmit(step).await
    }

    /// Intent, request, and what came of it.
    async fn transmit(&mut self, step: &Step) -> Result<()> {
        self.note_first(step, JournalState::Intent).await?;
        match self.request(step).await? {
            Answer::Done(made) => self.confirm(step, made).await,
            Answer::Rejected(reason) => self.refuse(step, reason).await,
            // What became of it is looked up once it is given again.
            Answer::Lost | Answer::NotSent if self.is_stopped(step) => Ok(()),
            Answer::Lost | Answer::NotSent => self.resolve(step).await,
        }
    }

    /// Whether the kill switch holds a step.
    pub(super) fn is_stopped(&self, step: &Step) -> bool {
        self.control.kill.is_on() && !step.is_pause()
    }

    /// Sends one request, after writing that it goes out. The kill switch is read once more right before it, and ends it on its way.
    pub(super) async fn request(&mut self, step: &Step) -> Result<Answer> {
        self.note(step, JournalState::Sent, Body::default()).await?;
        if self.is_stopped(step) {
            return Ok(Answer::Rejected(Message::new("refused-kill-switch")));
        }
        let Some(connector) = self.control.connectors.get(&step.platform) else {
            return Ok(Answer::Rejected(Message::new("refused-no-connector").with("platform", step.platform.as_str())));
        };
        let permit = Permit::issue(self.entry(step)?, step.target.clone());
        let sending = self.send(step, connector.as_ref(), &permit);
        let sent = if step.is_pause() { sending.await } else { self.until_killed(sending).await };
        self.answer(step, sent).await
    }

    /// What a write comes to, or that the kill switch was turned on before.
    pub(super) async fn until_killed<T>(&self, sending: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            sent = sending => sent,
            () = self.control.kill.until_on() => Err(stopped_on_its_way()),
        }
    }

    /// What came of a request; one whose outcome is open leaves the reason in the journal.
    async fn answer(&mut self, step: &Step, sent: Result<Vec<Made>>) -> Result<Answer> {
        let error = match sent {
            Ok(made) => return Ok(Answer::Done(made)),
            Err(error) => error,
        };
        let why = told(step, &error);
        let (key, answer) = match error.kind() {
            ErrorKind::UserCode => return self.failed(step, error).await,
            ErrorKind::Unavailable | ErrorKind::RateLimited => (NOTHING_SENT, Answer::NotSent),
            _ if is_lost(&error) => (LOST, Answer::Lost),
            _ => return Ok(Answer::Rejected(Message::new("refused-by-platform").with("why", why))),
        };
        self.note_reason(step, JournalState::Unknown, Message::new(key).with("why", why)).await?;
        Ok(answer)
    }

    /// The connector's own code failed half-way: what became of the request is unknown, and its error is the caller's to see.
    async fn failed(&mut self, step: &Step, error: Error) -> Result<Answer> {
        let reason = Message::new(USER_CODE).with("why", told(step, &error));
        self.note_reason(step, JournalState::Unknown, reason).await?;
        Err(error)
    }

    /// The platform's id of an object of the run, by its journal.
    pub(super) fn own_id(&self, tag: &Tag) -> Option<ObjectId> {
        self.journal.object_id(&self.control.options.run, tag)
    }

    /// The platform's id of an object: from the journal, else from the account.
    pub(super) fn object_id(&self, tag: &Tag) -> Option<ObjectId> {
        let seen = self.accounts.values().flat_map(|account| account.objects.iter().flatten());
        let seen = || seen.clone().find(|object| object.tag.as_ref() == Some(tag)).map(|object| object.id.clone());
        self.own_id(tag).or_else(seen)
    }

    /// Writes the first entry of a step: what is done and how to take it back.
    pub(super) async fn note_first(&mut self, step: &Step, state: JournalState) -> Result<()> {
        let body =
            Body { work: Some(step.work.clone()), trust: Some(step.trust), undo: step.inverse(), ..Body::default() };
        self.note(step, state, body).await
    }

    pub(super) async fn confirm(&mut self, step: &Step, made: Vec<Made>) -> Result<()> {
        self.note(step, JournalState::Confirmed, Body { made, ..Body::default() }).await
    }

    /// Records a no, unless the same no was the last word.
    pub(super) async fn refuse(&mut self, step: &Step, reason: Message) -> Result<()> {
        self.note_reason(step, JournalState::Refused, reason).await
    }

    /// Records a state with a reason, unless both are the last word already.
    pub(super) async fn note_reason(&mut self, step: &Step, state: JournalState, reason: Message) -> Result<()> {
        let entry = self.entry(step)?;
        let last = self.journal.of(&entry).next_back();
        if last.is_some_and(|last| last.state == state && last.body.reason.as_ref() == Some(&reason)) {
            return Ok(());
        }
        let (work, trust) = (Some(step.work.clone()), Some(step.trust));
        let first = last.is_none();
        let body = Body { reason: Some(reason), ..Body::default() };
        let body = if first { Body { work, trust, ..body } } else { body };
        self.note(step, state, body).await
    }

    pub(super) async fn note(&mut self, step: &Step, state: JournalState, body: Body) -> Result<()> {
        self.hold(step.platform).await?;
        let at = self.now();
        self.journal.append(&self.control.options.run, step, Note { state, body, at }).await
    }

    /// Takes the account's lease before anything is written about it. A dry run sends nothing and needs none.
    pub(super) async fn hold(&mut self, platform: Platform) -> Result<()> {
        match self.control.connectors.get(&platform) {
            Some(connector) if self.control.options.mode != Mode::DryRun => {
                self.journal.hold(&connector.capabilities()).await
            }
            _ => Ok(()),
        }
    }

    /// Ends an operation: the accounts are free for others.
    pub(super) async fn end<T>(mut self, done: Result<T>) -> Result<T> {
        self.journal.release().await;
        done
    }

    /// Does proposals: decreases first, each by the policy and, where it costs, with an approval.
    pub(super) async fn submit(&mut self, changes: &[Change]) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let mut steps: Vec<_> = changes.iter().map(Step::proposal).collect();
        steps.sort_by_key(|step| !step.is_decrease());
        let mut outcomes = Vec::new();
        for step in &steps {
            outcomes.push(self.propose(step).await?);
        }
        Ok(outcomes)
    }

    /// One proposal or undo: where it may cost more, it needs an approval of its own hash.
    pub(super) async fn propose(&mut self, step: &Step) -> Result<Outcome> {
        let refused = self.refused_by_person(step)?.or_else(|| self.only_observed(step));
        let is_possible = refused.is_none() && self.verdict(step).is_ok();
        let missing = if is_possible { self.missing_approval(step).await? } else { refused };
        if let Some(reason) = missing {
            let entry = self.entry(step)?;
            if matches!(self.journal.state(&entry), None | Some(JournalState::Refused | JournalState::Planned)) {
                self.refuse(step, reason).await?;
                return self.outcome(step);
            }
        }
        self.perform(step).await
    }

    /// How far a step goes by itself: only proposals are held.
    pub(super) fn level(&self, step: &Step) -> AutonomyLevel {
        match step.trust {
            Trust::Proposal => self.control.options.autonomy.level(step.platform, step.action()),
            _ => AutonomyLevel::Automatic,
        }
    }

    fn only_observed(&self, step: &Step) -> Option<Message> {
        (self.level(step) == AutonomyLevel::Observe).then(|| Message::new("refused-observe"))
    }

    /// Whether a step is recorded and not sent: in a dry run, and in the shadow.
    fn is_dry(&self, step: &Step) -> bool {
        self.control.options.mode == Mode::DryRun || self.level(step) == AutonomyLevel::Shadow
    }

    fn refused_by_person(&self, step: &Step) -> Result<Option<Message>> {
        let Work::Change(kind) = &step.work else { return Ok(None) };
        Ok(self.refusal(&step.change_hash(kind)?))
    }

    async fn missing_approval(&mut self, step: &Step) -> Result<Option<Message>> {
        let Work::Change(kind) = &step.work else { return Ok(None) };
        if let Some(reason) = self.missing_owner(step)? {
            return Ok(Some(reason));
        }
        let level = self.level(step);
        let is_free = step.is_decrease() || matches!(kind, ChangeKind::Create { .. }) || level == AutonomyLevel::Shadow;
        if is_free && level != AutonomyLevel::Approve {
            return Ok(None);
        }
        let hash = step.change_hash(kind)?;
        let daily = self.daily_after(kind, &step.target)?;
        if level == AutonomyLevel::Approve && !self.is_approved_by_person(&hash) {
            return Ok(Some(needs_approval(&hash, daily, 1)));
        }
        self.approval(&hash, daily).await
    }

    /// The worst day of the run after a change.
    fn daily_after(&self, kind: &ChangeKind, target: &Tag) -> Result<Money> {
        let mut ledger = Ledger::clone(&self.ledger());
        ledger.change(target, kind, super::ledger::Moment { at: self.now(), is_sure: true });
        self.daily(&ledger)
    }

    pub(super) fn daily(&self, ledger: &Ledger) -> Result<Money> {
        let day = super::caps::worst(ledger, &self.accounts, self.now())?.day;
        let currency = self.control.options.limits.daily_cap.currency();
        Ok(Money::from_micros(i64::try_from(day).unwrap_or(i64::MAX), currency))
    }

    /// Pauses every campaign that may deliver. A connector whose own code fails does not keep the others from being paused.
    pub(super) async fn pause_all(&mut self) -> Result<Vec<Outcome>> {
        let mut failed = self.observe().await;
        let (ledger, at) = (self.ledger(), self.now());
        let mut outcomes = Vec::new();
        for (tag, object) in ledger.objects.iter().filter(|(_, object)| object.parent.is_none()) {
            if ledger.delivery(tag) == super::ledger::Delivery::Running {
                let (platform, target) = (object.platform, tag.clone());
                let (work, cause) = (Work::Change(ChangeKind::Pause), format!("pause-all@{at}"));
                let step = Step { platform, target, work, cause, trust: Trust::PauseAll };
                match self.perform(&step).await {
                    Err(error) if error.kind() == ErrorKind::UserCode => failed = failed.and(Err(error)),
                    done => outcomes.push(done?),
                }
            }
        }
        failed.map(|()| outcomes)
    }
}

/// What was read; nothing where it could not be read now. An error of the connector's own code stays one.
pub(super) fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(error) if error.kind() == ErrorKind::UserCode => Err(error),
        other => Ok(other.ok()),
    }
}

fn stopped_on_its_way() -> Error {
    Error::new(ErrorKind::OutcomeUnknown, "the kill switch was turned on while it was being sent")
        .next("turn the switch off, then give it again: it is looked up first")
}

/// Whether a failed write may have taken effect: everything but a clear no.
fn is_lost(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::Unsupported
            | ErrorKind::Refused
            | ErrorKind::NeedsApproval
            | ErrorKind::Unauthorized
            | ErrorKind::Conflict
            | ErrorKind::NotEnoughData
    )
}
