//! Everything that is true: the objects of all accounts, what they cost, and what nobody may do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use adbrain_core::clock::{Clock as _, ManualClock};
use adbrain_core::model::{ChangeKind, Money, ObjectId, Platform, Tag};
use adbrain_core::platform::{Level, RemoteObject, Status};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The worst day of every account, in percent of the budget.
pub(crate) const WORST_PERCENT: i64 = 200;

/// What goes wrong with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It is refused.
    Rejected,
    /// Too many requests; nothing is done.
    Throttled,
    /// There is no line; nothing is done.
    NotSent,
    /// It is lost on the way, and so is the answer.
    LostBefore,
    /// It is done, and the answer is lost.
    LostAfter,
    /// The answer is lost, and it is done only some seconds later.
    Late,
}

/// An object, and when it was made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) platform: Platform,
    pub(crate) object: RemoteObject,
    pub(crate) made: Timestamp,
    /// Somebody else's.
    pub(crate) is_foreign: bool,
}

/// What a write does.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    Make(Vec<Kept>),
    Change(ObjectId, ChangeKind),
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) objects: Vec<Kept>,
    pub(crate) faults: VecDeque<Fault>,
    late: Vec<(Timestamp, Effect)>,
    /// The highest budget of each ad set today, and the present one, in micros.
    budgets: BTreeMap<ObjectId, (i64, i64)>,
    day: Option<Date>,
    pub(crate) cap: i64,
    pub(crate) is_killed: bool,
    /// Until when the plan is approved.
    pub(crate) approved_until: Timestamp,
    /// When the plan was let go under an approval. What was sent then may be sent once more within a day.
    pub(crate) ordered: Option<Timestamp>,
    /// What was let go before, by the engine or by people.
    pub(crate) let_go: BTreeSet<Tag>,
    pub(crate) next: u64,
    pub(crate) writes: u64,
    pub(crate) met: BTreeMap<&'static str, u64>,
    /// What happened, for a seed that fails.
    pub(crate) told: Vec<String>,
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) state: Mutex<State>,
}

impl World {
    pub(crate) fn new(clock: ManualClock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// The state as it is by now.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let (now, mut state) = (self.clock.now(), self.state.lock().unwrap());
        state.come_to(now);
        look(&mut state)
    }
}

impl State {
    /// Does what was late, each at its time.
    fn come_to(&mut self, now: Timestamp) {
        self.late.sort_by_key(|(at, _)| *at);
        while self.late.first().is_some_and(|(at, _)| *at <= now) {
            let (at, effect) = self.late.remove(0);
            self.apply(&effect, at);
        }
        self.count(now);
    }

    /// A write of the engine: nothing else than it may do.
    pub(crate) fn allow(&mut self, tag: &Tag, kind: Option<&ChangeKind>, now: Timestamp) {
        self.writes += 1;
        let is_pause = matches!(kind, Some(ChangeKind::Pause));
        assert!(!self.is_killed || is_pause, "{kind:?} of {tag} while the kill switch is on");
        if matches!(kind, Some(ChangeKind::Activate)) && !self.let_go.contains(tag) {
            // The clock goes on while a launch waits.
            let day = SignedDuration::from_hours(25);
            let may = now < self.approved_until || self.ordered.is_some_and(|at| now.duration_since(at) <= day);
            assert!(may, "{tag} is let go without an approval\n{}", self.told.join("\n"));
            // It may be sent once more when its answer was lost.
            self.let_go.insert(tag.clone());
        }
    }

    pub(crate) fn meet(&mut self, what: &'static str) {
        *self.met.entry(what).or_default() += 1;
    }

    pub(crate) fn later(&mut self, at: Timestamp, effect: Effect) {
        self.late.push((at, effect));
    }

    /// Does something at a moment; what it costs has to keep within the cap, or not to be more than before.
    pub(crate) fn apply(&mut self, effect: &Effect, at: Timestamp) {
        let before = self.count(at);
        self.tell(at, &format!("done: {effect:?}"));
        match effect {
            Effect::Make(made) => self.make(made, at),
            Effect::Change(id, kind) => self.change(id, kind),
        }
        let (after, cap) = (self.count(at), self.cap);
        let what = format!("the worst day is {after}, was {before}, and the cap is {cap}");
        assert!(after <= cap || after <= before, "{what}\n{}", self.told.join("\n"));
    }

    pub(crate) fn tell(&mut self, at: Timestamp, what: &str) {
        let end = what.char_indices().nth(300).map_or(what.len(), |(end, _)| end);
        self.told.push(format!("{at} {}", &what[..end]));
    }

    fn make(&mut self, made: &[Kept], at: Timestamp) {
        for kept in made {
            let same = |other: &&Kept| other.object.tag == kept.object.tag && !self.is_gone(other);
            let twice = self.objects.iter().find(same);
            assert!(twice.is_none(), "made twice: {kept:?} beside {twice:?}\n{}", self.told.join("\n"));
            assert_eq!(kept.object.status, Status::Paused);
            self.objects.push(Kept { made: at, ..kept.clone() });
        }
    }

    fn change(&mut self, id: &ObjectId, kind: &ChangeKind) {
        let Some(kept) = self.objects.iter_mut().find(|kept| kept.object.id == *id) else { return };
        assert!(!kept.is_foreign, "{kind:?} of somebody else's {id}");
        let object = &mut kept.object;
        match kind {
            // Somebody has deleted it meanwhile.
            _ if object.status == Status::Archived => {}
            ChangeKind::Activate => {
                object.status = Status::Active;
                self.let_go.extend(object.tag.clone());
            }
            ChangeKind::Pause => object.status = Status::Paused,
            ChangeKind::Archive => object.status = Status::Archived,
            ChangeKind::SetDailyBudget { after, .. } => object.daily_budget = Some(*after),
            ChangeKind::SetBid { after, .. } => object.bid = Some(*after),
            other => panic!("{other:?} is no change of an object"),
        }
    }

    /// Counts what our ad sets may have cost today at most.
    pub(crate) fn count(&mut self, now: Timestamp) -> i64 {
        let day = now.to_zoned_datetime(TimeZone::UTC).date();
        if self.day.replace(day) != Some(day) {
            for (high, present) in self.budgets.values_mut() {
                *high = *present;
            }
        }
        for index in 0..self.objects.len() {
            let kept = &self.objects[index];
            if kept.is_foreign || kept.object.level != Level::AdSet {
                continue;
            }
            let budget = if self.is_live(kept) { kept.object.daily_budget.map_or(0, Money::micros) } else { 0 };
            let entry = self.budgets.entry(kept.object.id.clone()).or_default();
            *entry = (entry.0.max(budget), budget);
        }
        self.budgets.values().map(|(high, _)| high * WORST_PERCENT / 100).sum()
    }

    /// Whether an object, or what it hangs below, was deleted: platforms delete what hangs below with it.
    fn is_gone(&self, kept: &Kept) -> bool {
        let above = kept.object.parent.as_ref().and_then(|id| self.objects.iter().find(|above| above.object.id == *id));
        kept.object.status == Status::Archived || above.is_some_and(|above| self.is_gone(above))
    }

    fn is_live(&self, ad_set: &Kept) -> bool {
        let above = self.objects.iter().find(|kept| Some(&kept.object.id) == ad_set.object.parent.as_ref());
        ad_set.object.status == Status::Active && above.is_some_and(|above| above.object.status == Status::Active)
    }

    /// Our objects of a level that are not gone.
    pub(crate) fn own(&self, level: Level) -> Vec<Kept> {
        let own = self.objects.iter().filter(|kept| !kept.is_foreign && kept.object.status != Status::Archived);
        own.filter(|kept| kept.object.level == level && kept.object.tag.is_some()).cloned().collect()
    }

    pub(crate) fn foreign(&self) -> Vec<Kept> {
        self.objects.iter().filter(|kept| kept.is_foreign).cloned().collect()
    }

    /// What an account lists: in use, and old enough.
    pub(crate) fn listed(&self, platform: Platform, seen: Timestamp) -> Vec<RemoteObject> {
        let all = self.objects.iter().filter(|kept| kept.platform == platform && kept.made <= seen);
        all.map(|kept| &kept.object).filter(|object| object.status != Status::Archived).cloned().collect()
    }

    pub(crate) fn id(&mut self) -> ObjectId {
        self.next += 1;
        ObjectId::new(format!("id-{}", self.next))
    }
}

/// Half of the time that a write may take in all until it is seen.
pub(crate) const LAG: SignedDuration = SignedDuration::from_secs(30);
