//! One seed: a launch, days of operation, and the last look.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adbrain_core::clock::{Clock, ManualClock};
use adbrain_core::control::{Control, ControlOptions, JournalState, Mode, NoWait, Settle, verify};
use adbrain_core::model::message::Argument;
use adbrain_core::model::{Change, ChangeKind, ContentHash, MediaPlan, Message, Money, Platform, RunId};
use adbrain_core::platform::{Connectors, Level};
use adbrain_core::stats::random::Random;
use adbrain_core::store::{self, FileOptions, Synchronous};
use adbrain_core::{Error, ErrorKind, Result};
use adbrain_fakes::reference;
use adbrain_fakes::stage::Files;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::Outcome;
use crate::account::Account;
use crate::crash::{Crash, Store};
use crate::people;
use crate::world::{Fault, Kept, WORST_PERCENT, World};

/// Rounds of operation, some hours apart.
const ROUNDS: u64 = 10;
/// A process dies within so many places, where it dies in an operation.
const PLACES: u64 = 40;
/// What has to be met in a run of many seeds, so that nothing is promised that was never tried.
const TO_BE_MET: &[&str] = &[
    "answers lost",
    "approvals that had expired",
    "done late",
    "edits by people",
    "kill switch turned",
    "lost before",
    "not sent",
    "processes that died",
    "refused by the platform",
    "stores that broke",
    "throttled",
    "undone",
];

/// What was met.
#[derive(Default)]
pub(crate) struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    pub(crate) fn check_all_met(&self) {
        for what in TO_BE_MET {
            assert!(self.0.get(what).is_some_and(|count| *count > 0), "never met: {what}");
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.0.iter().map(|(what, count)| format!("{count} {what}")).collect();
        out.write_str(&parts.join(", "))
    }
}

struct Moves(ManualClock);

#[async_trait]
impl Settle for Moves {
    async fn wait(&self, seconds: u32) {
        self.0.advance(SignedDuration::from_secs(i64::from(seconds)));
    }
}

pub(crate) struct Sim {
    random: Random,
    clock: ManualClock,
    crash: Arc<Crash>,
    world: Arc<World>,
    store: Arc<Store>,
    accounts: Vec<Arc<Account>>,
    options: ControlOptions,
    plan: MediaPlan,
    control: Option<Control>,
    foreign: Vec<Kept>,
    /// Marks each proposal as a new one.
    proposals: u64,
    /// Whether the switch is on wherever a new process looks.
    is_killed: bool,
    has_died: bool,
    _folder: tempfile::TempDir,
}

fn one_of<T: Clone>(random: &mut Random, all: &[T]) -> T {
    all[usize::try_from(random.below(all.len() as u64)).unwrap()].clone()
}

/// A part of the reference plan with budgets at random, whose cap is its own worst day.
fn plan(random: &mut Random) -> MediaPlan {
    let mut plan = reference::plan();
    plan.campaigns.retain(|campaign| [Platform::Meta, Platform::Google].contains(&campaign.platform));
    let money = |units: i64| Money::from_micros(units * 1_000_000, plan.currency);
    for set in plan.campaigns.iter_mut().flat_map(|campaign| &mut campaign.ad_sets) {
        set.daily_budget = money(2 + i64::try_from(random.below(40)).unwrap());
    }
    let day = plan.daily_budget().unwrap();
    let limits = &mut plan.limits;
    limits.daily_cap = day.scale(WORST_PERCENT, 100).unwrap();
    limits.weekly_cap = limits.daily_cap.scale(7, 1).unwrap();
    limits.lifetime_cap = limits.daily_cap.scale(10, 1).unwrap();
    limits.learning_hours = 1;
    plan
}

impl Sim {
    pub(crate) async fn live(seed: u64) -> Outcome<Counts> {
        let mut sim = Self::new(seed).await?;
        sim.open().await?;
        sim.launch().await?;
        for round in 0..ROUNDS {
            sim.round(round).await?;
        }
        sim.end().await?;
        let met = sim.world.with(|state| state.met.clone());
        Ok(Counts(met))
    }

    async fn new(seed: u64) -> Outcome<Self> {
        let mut random = Random::at(seed, &[1]);
        let folder = adbrain_fakes::stage::folder();
        let clock = ManualClock::at(reference::START.parse()?);
        let (plan, crash, world) = (plan(&mut random), Arc::new(Crash::default()), Arc::new(World::new(clock.clone())));
        let fast = FileOptions { synchronous: Synchronous::Normal, ..FileOptions::default() };
        let inner = store::open_with(&folder.path().join("sim.db"), fast).await?;
        let store = Arc::new(Store { inner, crash: crash.clone(), is_broken: AtomicBool::new(false) });
        let accounts: Vec<_> = [Platform::Meta, Platform::Google]
            .map(|platform| {
                world.with(|state| people::foreign(state, platform));
                let is_down = AtomicBool::new(false);
                Arc::new(Account { platform, world: world.clone(), crash: crash.clone(), is_down })
            })
            .into();
        let mode = if random.below(2) == 0 { Mode::Live } else { Mode::Sandbox };
        let mut options = ControlOptions::new(RunId::new("simulation"), mode, plan.limits.clone());
        options.settle = if random.below(3) == 0 { Arc::new(NoWait) } else { Arc::new(Moves(clock.clone())) };
        options.kill_file = (random.below(2) == 0).then(|| folder.path().join("KILL"));
        options.emergency_file = (random.below(4) > 0).then(|| folder.path().join("emergency.jsonl"));
        let foreign = world.with(|state| {
            state.cap = plan.limits.daily_cap.micros();
            // In a sandbox the policy approves by itself.
            state.approved_until = if mode == Mode::Sandbox { Timestamp::MAX } else { Timestamp::MIN };
            state.foreign()
        });
        Ok(Self {
            random,
            clock,
            crash,
            world,
            store,
            accounts,
            options,
            plan,
            control: None,
            foreign,
            proposals: 0,
            is_killed: false,
            has_died: false,
            _folder: folder,
        })
    }

    fn met(&self, what: &'static str) {
        let now = self.clock.now();
        self.world.with(|state| {
            state.tell(now, what);
            state.meet(what);
        });
    }

    /// Opens the door as a new process does; tries again where that one dies too.
    async fn open(&mut self) -> Outcome {
        self.control = None;
        while self.control.is_none() {
            let is_killed = self.is_killed;
            self.world.with(|state| state.is_killed = is_killed);
            let connectors: Connectors =
                self.accounts.iter().map(|account| (account.platform, account.clone() as Arc<_>)).collect();
            let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
            self.may_die(12);
            let opening = Control::open(self.store.clone(), connectors, clock, self.options.clone());
            match self.crash.survive(opening).await {
                None => self.met("processes that died"),
                Some(Ok(control)) => self.control = Some(control),
                Some(Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
                    self.store.is_broken.store(false, Ordering::SeqCst);
                }
            }
        }
        self.follow_switch();
        Ok(())
    }

    fn follow_switch(&self) {
        let is_killed = self.control.as_ref().is_some_and(Control::is_killed);
        self.world.with(|state| state.is_killed = is_killed);
    }

    /// Lets the process die in one of so many operations.
    fn may_die(&mut self, one_in: u64) {
        let dies = self.random.below(one_in) == 0;
        let place = 1 + i64::try_from(self.random.below(PLACES)).unwrap();
        self.crash.at(if dies { place } else { 0 });
    }

    /// Does something with the door. None where the process died or has died before, and where the store or an account failed.
    async fn ask<T>(&mut self, what: impl AsyncFnOnce(&Control) -> Result<T>) -> Outcome<Option<T>> {
        if self.has_died {
            return Ok(None);
        }
        self.may_die(6);
        let breaks = self.random.below(10) == 0;
        self.store.is_broken.store(breaks, Ordering::SeqCst);
        if breaks {
            self.met("stores that broke");
        }
        let control = self.control.as_ref().ok_or("it is open")?;
        let done = self.crash.survive(what(control)).await;
        self.store.is_broken.store(false, Ordering::SeqCst);
        self.has_died = done.is_none();
        let done = done.transpose().or_else(|error| tolerate(&error).map(|()| None));
        Ok(done?)
    }

    /// What has to hold after every operation; a process that died is followed by another one.
    async fn check(&mut self) -> Outcome {
        if std::mem::take(&mut self.has_died) {
            self.met("processes that died");
            self.open().await?;
        }
        self.follow_switch();
        let found = verify(self.store.inner.as_ref()).await?;
        assert!(found.is_intact, "{found:?}");
        let foreign = self.world.with(|state| state.foreign());
        assert_eq!(foreign, self.foreign, "what others made has changed");
        Ok(())
    }

    fn faults(&mut self, one_in: u64) {
        use Fault::{Late, LostAfter, LostBefore, NotSent, Rejected, Throttled};
        let all = [LostBefore, LostAfter, LostAfter, Late, NotSent, Throttled, Rejected];
        let mut next = || if self.random.below(one_in) == 0 { one_of(&mut self.random, &all) } else { Fault::None };
        let faults = (0..24).map(|_| next()).collect();
        self.world.with(|state| state.faults = faults);
        for account in &self.accounts {
            account.is_down.store(self.random.below(20) == 0, Ordering::SeqCst);
        }
    }

    async fn launch(&mut self) -> Outcome {
        let plan = self.plan.clone();
        for _ in 0..2 {
            // A refusal takes the whole launch back, so there are few of them here.
            self.faults(12);
            self.ask(async |control| control.launch(&plan, &Files).await).await?;
            self.check().await?;
            self.clock.advance(SignedDuration::from_mins(2));
        }
        self.let_go().await?;
        self.check().await
    }

    /// Approves for an hour, which may have passed, and lets go.
    async fn let_go(&mut self) -> Outcome {
        let (plan, hash) = (self.plan.clone(), self.plan.hash()?);
        if self.options.mode == Mode::Live && self.random.below(5) > 0 {
            let hour = SignedDuration::from_hours(1);
            let until = self.clock.now() + hour;
            self.world.with(|state| state.approved_until = until);
            self.ask(async |control| control.approve(&hash, "ana", hour).await).await?;
            if self.random.below(3) == 0 {
                self.clock.advance(hour);
                self.met("approvals that had expired");
            }
        }
        let now = self.clock.now();
        self.world.with(|state| {
            if now < state.approved_until {
                state.ordered = Some(now);
            }
        });
        self.faults(12);
        self.ask(async |control| control.activate(&plan).await).await?;
        Ok(())
    }

    async fn round(&mut self, round: u64) -> Outcome {
        self.clock.advance(SignedDuration::from_mins(5 + i64::try_from(self.random.below(20 * 60)).unwrap()));
        if self.random.below(3) == 0 {
            let (now, random) = (self.clock.now(), &mut self.random);
            self.world.with(|state| people::edit(state, random, now));
        }
        self.faults(6);
        match self.random.below(12) {
            0 => drop(self.ask(async |control| control.reconcile().await).await?),
            1 => self.undo().await?,
            2 => drop(self.ask(async |control| control.pause_all().await).await?),
            3 | 4 => self.turn_switch().await?,
            5 => self.let_go().await?,
            6 => {
                let plan = self.plan.clone();
                self.ask(async |control| control.launch(&plan, &Files).await).await?;
            }
            _ => self.propose(round).await?,
        }
        self.check().await
    }

    async fn undo(&mut self) -> Outcome {
        let Some(target) = self.any_of(Level::AdSet).and_then(|kept| kept.object.tag) else { return Ok(()) };
        self.met("undone");
        self.ask(async |control| control.undo(&target).await).await?;
        Ok(())
    }

    async fn turn_switch(&mut self) -> Outcome {
        self.met("kill switch turned");
        let was_on = self.control.as_ref().is_some_and(Control::is_killed);
        // While it is turned off nobody knows whether it is; while it is turned on neither.
        self.is_killed = false;
        if was_on {
            self.world.with(|state| state.is_killed = false);
            self.ask(async |control| control.resume("ana").await).await?;
        } else {
            self.is_killed = self.ask(async |control| control.kill("ana").await).await?.is_some();
        }
        Ok(())
    }

    fn any_of(&mut self, level: Level) -> Option<Kept> {
        let own = self.world.with(|state| state.own(level));
        if own.is_empty() { None } else { Some(one_of(&mut self.random, &own)) }
    }

    /// One to three proposals; what needs a person is approved now and then, and proposed again.
    async fn propose(&mut self, round: u64) -> Outcome {
        let changes: Vec<_> = (0..=self.random.below(3)).filter_map(|_| self.proposal(round)).collect();
        let outcomes = self.ask(async |control| control.submit(&changes).await).await?.unwrap_or_default();
        for hash in outcomes.iter().filter_map(|outcome| outcome.reason.as_ref().and_then(wanted)) {
            if self.random.below(2) == 0 {
                let day = SignedDuration::from_hours(24);
                self.ask(async |control| control.approve(&hash, "ana", day).await).await?;
            }
        }
        self.ask(async |control| control.submit(&changes).await).await?;
        Ok(())
    }

    fn proposal(&mut self, round: u64) -> Option<Change> {
        let what = self.random.below(8);
        let kept = self.any_of(if what == 0 { Level::Ad } else { Level::AdSet })?;
        let before = kept.object.daily_budget;
        // A raise, a cut, or a move of money when two of them come together; at times more than is allowed.
        let percent = 60 + i64::try_from(self.random.below(70)).unwrap();
        let kind = match (what, before) {
            (0 | 1, _) | (_, None) => ChangeKind::Pause,
            (2, _) => ChangeKind::Activate,
            (_, Some(before)) => {
                let after = before.scale(percent, 100).unwrap().floor_to_minor_unit();
                ChangeKind::SetDailyBudget { before, after }
            }
        };
        self.proposals += 1;
        let cause = format!("{round}-{}", self.proposals);
        Some(Change { platform: kept.platform, target: kept.object.tag?, kind, cause })
    }

    /// Nothing goes wrong any more: then nothing stays open, and everything is there at most once.
    async fn end(&mut self) -> Outcome {
        self.world.with(|state| state.faults.clear());
        for account in &self.accounts {
            account.is_down.store(false, Ordering::SeqCst);
        }
        self.crash.at(0);
        let control = self.control.as_ref().ok_or("it is open")?;
        self.world.with(|state| state.is_killed = false);
        control.resume("ana").await?;
        for _ in 0..3 {
            self.clock.advance(SignedDuration::from_hours(8));
            control.reconcile().await?;
        }
        let open = control.outcomes().await?.into_iter().find(is_open);
        assert_eq!(open, None, "it stays open");
        self.check().await
    }
}

/// A file is needed to send it once more, and only a launch has files at hand.
fn is_open(outcome: &adbrain_core::control::Outcome) -> bool {
    use JournalState::{Compensating, Intent, Sent, Unknown};
    matches!(outcome.state, Intent | Sent | Unknown | Compensating) && outcome.action != "upload"
}

/// The hash that a person is asked to approve.
fn wanted(reason: &Message) -> Option<ContentHash> {
    match reason.args.get("hash") {
        Some(Argument::Text(text)) if reason.key == "refused-needs-approval" => Some(ContentHash::new(text)),
        _ => None,
    }
}

/// What may be answered while stores and accounts fail.
fn tolerate(error: &Error) -> std::result::Result<(), String> {
    use ErrorKind::{Conflict, NotFound, Unavailable, Unsupported};
    if matches!(error.kind(), Unavailable | NotFound | Conflict | Unsupported) {
        Ok(())
    } else {
        Err(error.to_string())
    }
}
