//! A small platform for the tests of control: it can lose answers, show writes late, say no, and make objects twice.

mod plan;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Control, ControlOptions, FileSource, Mode, NoFiles, NoWait, Outcome, Settle};
use crate::clock::{Clock, ManualClock};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    AccountId, AdSetDraft, BidStrategy, ChangeKind, ContentHash, Currency, Draft, DraftTree, Format, MediaKind,
    MetricsRow, Money, ObjectId, Platform, RunId, Tag,
};
use crate::platform::{
    AudienceFill, Capabilities, Connector, Connectors, InsightsQuery, Level, LookUp, LookUpAnswer, ObjectChange, Pace,
    Permit, RemoteObject, Status, Upload,
};
use crate::store::{Database, FileOptions, Row, Statement, Synchronous};

pub(super) use plan::plan;

pub(super) const START: &str = "2026-12-01T03:00:00Z";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    LostBefore,
    LostAfter,
    Twice,
    Rejected,
    /// Nothing is sent now, as while a film is processed.
    NotNow,
    /// The platform says that it took nothing because too much was asked of it.
    Throttled,
    /// The connector's own code fails after the write.
    UserCode,
    /// The write is done, and nothing comes back ever.
    Hangs,
}

/// What the own code of a user failed with.
#[derive(Debug, thiserror::Error)]
#[error("no idea")]
pub(super) struct OwnError;

fn own_error() -> Error {
    Error::new(ErrorKind::UserCode, "connector.create() raised OwnError: no idea").caused_by(OwnError)
}

/// A custom audience.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) people: BTreeSet<String>,
    made: Timestamp,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) objects: Vec<(RemoteObject, Timestamp)>,
    pub(super) groups: Vec<Group>,
    /// Whether it fills no custom audiences.
    pub(super) fills_none: bool,
    pub(super) faults: VecDeque<Fault>,
    pub(super) requests: Vec<String>,
    pub(super) is_down: bool,
    /// Whether reading fails in the connector's own code.
    pub(super) is_broken: bool,
}

/// What all platforms together may cost on the present day, and on any day so far at most.
#[derive(Default)]
pub(super) struct Watch {
    day: Option<jiff::civil::Date>,
    /// The highest budget of each ad set on the present day, and the one in force.
    budgets: BTreeMap<ObjectId, (i64, i64)>,
    pub(super) highest: i64,
}

impl Watch {
    /// Counts the budgets of a platform as they are after a write; a new day begins with those in force.
    fn look(&mut self, state: &State, now: Timestamp) {
        let day = now.to_zoned_datetime(jiff::tz::TimeZone::get("America/Sao_Paulo").unwrap()).date();
        if self.day.replace(day) != Some(day) {
            self.budgets.values_mut().for_each(|(high, present)| *high = *present);
        }
        for (object, _) in state.objects.iter().filter(|(object, _)| object.level == Level::AdSet) {
            let budget = self.budgets.entry(object.id.clone()).or_default();
            budget.1 = if is_live(state, object) { object.daily_budget.unwrap().micros() } else { 0 };
            budget.0 = budget.0.max(budget.1);
        }
        self.highest = self.highest.max(self.budgets.values().map(|(high, _)| high * 2).sum());
    }
}

pub(super) struct Fake {
    pub(super) capabilities: Capabilities,
    pub(super) clock: ManualClock,
    pub(super) lag: SignedDuration,
    pub(super) watch: Arc<Mutex<Watch>>,
    pub(super) state: Mutex<State>,
    /// Tells when a write hangs.
    pub(super) hanging: tokio::sync::Notify,
}

pub(super) fn brl(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

impl Fake {
    pub(super) fn new(platform: Platform, clock: &ManualClock, watch: &Arc<Mutex<Watch>>) -> Self {
        let capabilities = Capabilities {
            platform,
            account: AccountId::new("1"),
            currency: Currency::BRL,
            time_zone: None,
            is_sandbox: true,
            creates_whole_trees: platform == Platform::Google,
            settle_seconds: 0,
            worst_case_day_percent: 200,
            least_daily_budget: brl(1),
            pace: Pace::default(),
            formats: vec![Format::Video],
            bid_strategies: vec![BidStrategy::LowestCost],
            warnings: Vec::new(),
        };
        Self {
            capabilities,
            clock: clock.clone(),
            lag: SignedDuration::ZERO,
            watch: watch.clone(),
            state: Mutex::default(),
            hanging: tokio::sync::Notify::new(),
        }
    }

    pub(super) fn count(&self, tag: &str) -> usize {
        let is_it = |object: &RemoteObject| object.tag.as_ref().is_some_and(|own| own.as_str() == tag);
        let state = self.state.lock().unwrap();
        state.objects.iter().filter(|(object, _)| is_it(object) && object.status != Status::Archived).count()
    }

    pub(super) fn get(&self, tag: &str) -> RemoteObject {
        let state = self.state.lock().unwrap();
        let found = state.objects.iter().find(|(object, _)| object.tag == Some(Tag::new(tag)));
        found.unwrap().0.clone()
    }

    pub(super) fn edit(&self, tag: &str, edit: impl FnOnce(&mut RemoteObject)) {
        let mut state = self.state.lock().unwrap();
        let found = state.objects.iter_mut().find(|(object, _)| object.tag == Some(Tag::new(tag)));
        edit(&mut found.unwrap().0);
    }

    pub(super) fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().faults = faults.into_iter().collect();
    }

    /// How many audiences there are of a name, and how many people in all of them.
    pub(super) fn audiences(&self, name: &str) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        let groups: Vec<_> = state.groups.iter().filter(|group| group.name == name).collect();
        (groups.len(), groups.iter().map(|group| group.people.len()).sum())
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    async fn write<T>(&self, name: &str, apply: impl Fn(&mut State, ObjectId) -> Result<T>) -> Result<T> {
        let is_hanging = self.state.lock().unwrap().faults.front() == Some(&Fault::Hangs);
        let done = self.write_now(name, apply);
        if is_hanging {
            self.hanging.notify_one();
            std::future::pending::<()>().await;
        }
        done
    }

    fn write_now<T>(&self, name: &str, apply: impl Fn(&mut State, ObjectId) -> Result<T>) -> Result<T> {
        let state = &mut *self.state.lock().unwrap();
        state.requests.push(name.to_owned());
        let id = ObjectId::new(format!("{}-{}", self.capabilities.platform, state.objects.len()));
        let fault = state.faults.pop_front().unwrap_or(Fault::None);
        let lost = || Error::new(ErrorKind::OutcomeUnknown, "the line broke");
        if fault == Fault::LostBefore {
            return Err(lost());
        }
        if fault == Fault::Rejected {
            return Err(Error::new(ErrorKind::InvalidInput, "no"));
        }
        if fault == Fault::NotNow {
            return Err(Error::new(ErrorKind::Unavailable, "the film is not ready"));
        }
        if fault == Fault::Throttled {
            return Err(Error::new(ErrorKind::RateLimited, "too many requests"));
        }
        let done = apply(state, id)?;
        if fault == Fault::Twice {
            let again = ObjectId::new(format!("{}-{}-again", self.capabilities.platform, state.objects.len()));
            apply(state, again)?;
        }
        self.watch.lock().unwrap().look(state, self.clock.now());
        match fault {
            Fault::None => Ok(done),
            Fault::UserCode => Err(own_error()),
            _ => Err(lost()),
        }
    }

    fn shown(&self) -> Result<Vec<RemoteObject>> {
        let state = self.state.lock().unwrap();
        if state.is_broken {
            return Err(own_error());
        }
        if state.is_down {
            return Err(Error::new(ErrorKind::Unavailable, "down"));
        }
        let visible = |at: &Timestamp| at.checked_add(self.lag).unwrap() <= self.clock.now();
        let all = state.objects.iter().filter(|(object, at)| visible(at) && object.status != Status::Archived);
        Ok(all.map(|(object, _)| object.clone()).collect())
    }
}

fn is_live(state: &State, ad_set: &RemoteObject) -> bool {
    let is_active =
        |id: &ObjectId| state.objects.iter().any(|(object, _)| object.id == *id && object.status == Status::Active);
    is_active(&ad_set.id) && ad_set.parent.as_ref().is_some_and(is_active)
}

fn parts(draft: &Draft, id: &ObjectId) -> Vec<RemoteObject> {
    let object = |tag: &Tag, parent: Option<&ObjectId>, level, index: usize| RemoteObject {
        id: ObjectId::new(format!("{id}.{index}")),
        tag: Some(tag.clone()),
        parent: parent.cloned(),
        level,
        name: String::new(),
        status: Status::Paused,
        daily_budget: None,
        bid: None,
    };
    let mut made = Vec::new();
    let ad_set = |draft: &AdSetDraft, parent: &ObjectId, made: &mut Vec<RemoteObject>| {
        let mut own = object(&draft.tag, Some(parent), Level::AdSet, made.len());
        own.daily_budget = Some(draft.daily_budget);
        let id = own.id.clone();
        made.push(own);
        for ad in &draft.ads {
            made.push(object(&ad.tag, Some(&id), Level::Ad, made.len()));
        }
    };
    match draft {
        Draft::Campaign { draft } => {
            made.push(object(&draft.tag, None, Level::Campaign, 0));
            let top = made[0].id.clone();
            draft.ad_sets.iter().for_each(|set| ad_set(set, &top, &mut made));
        }
        Draft::AdSet { campaign, draft } => ad_set(draft, campaign, &mut made),
        Draft::Ad { ad_set, draft } => made.push(object(&draft.tag, Some(ad_set), Level::Ad, 0)),
    }
    made
}

#[async_trait]
impl Connector for Fake {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        let now = self.clock.now();
        self.write(&format!("create {}", permit.target()), |state, id| {
            let made = parts(&tree.draft, &id);
            state.objects.extend(made.iter().map(|object| (object.clone(), now)));
            Ok(made)
        })
        .await
    }

    async fn upload(&self, permit: &Permit, _upload: &Upload) -> Result<ObjectId> {
        self.write(&format!("upload {}", permit.target()), |_, id| Ok(id)).await
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        self.write(&format!("{} {}", change.kind.as_str(), permit.target()), |state, _| {
            let missing = || Error::new(ErrorKind::NotFound, "no such object");
            let found = state.objects.iter_mut().find(|(object, _)| object.id == change.id).ok_or_else(missing)?;
            match &change.kind {
                ChangeKind::Activate => found.0.status = Status::Active,
                ChangeKind::Pause => found.0.status = Status::Paused,
                ChangeKind::Archive => found.0.status = Status::Archived,
                ChangeKind::SetDailyBudget { after, .. } => found.0.daily_budget = Some(*after),
                ChangeKind::SetBid { after, .. } => found.0.bid = Some(*after),
                ChangeKind::Create { .. } => return Err(missing()),
            }
            Ok(())
        })
        .await
    }

    async fn find(&self, tag: &Tag) -> Result<Vec<RemoteObject>> {
        Ok(self.shown()?.into_iter().filter(|object| object.tag.as_ref() == Some(tag)).collect())
    }

    async fn list(&self) -> Result<Vec<RemoteObject>> {
        self.shown()
    }

    async fn insights(&self, _query: &InsightsQuery) -> Result<Vec<MetricsRow>> {
        Ok(Vec::new())
    }

    async fn look_up(&self, _question: &LookUp) -> Result<LookUpAnswer> {
        Ok(LookUpAnswer::AudienceSize { low: 0, high: 0 })
    }

    fn check_fill(&self, _fill: &AudienceFill) -> Result<()> {
        let no = || Error::new(ErrorKind::Unsupported, "no customers here");
        if self.state.lock().unwrap().fills_none { Err(no()) } else { Ok(()) }
    }

    async fn fill_audience(&self, permit: &Permit, fill: &AudienceFill) -> Result<ObjectId> {
        permit.check_fill(fill)?;
        let now = self.clock.now();
        self.write(&format!("fill {}", fill.name()), |state, id| {
            let is_it = |group: &Group| group.name == fill.name() && group.made + self.lag <= now;
            if !state.groups.iter().any(is_it) {
                state.groups.push(Group { name: fill.name().to_owned(), people: BTreeSet::new(), made: now });
            }
            let group = state.groups.iter_mut().rfind(|group| group.name == fill.name()).unwrap();
            group.people.extend(fill.customers().emails().iter().cloned());
            Ok(id)
        })
        .await
    }
}

/// A database that breaks after a number of writes, as a crash does.
pub(super) struct Breaking {
    pub(super) inner: Arc<dyn Database>,
    pub(super) left: AtomicI64,
}

#[async_trait]
impl Database for Breaking {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(Error::new(ErrorKind::Unavailable, "the disk is gone"));
        }
        self.inner.write(statements).await
    }
}

/// Waits by moving the clock.
pub(super) struct Advance(pub(super) ManualClock);

#[async_trait]
impl Settle for Advance {
    async fn wait(&self, seconds: u32) {
        self.0.advance(SignedDuration::from_secs(i64::from(seconds)));
    }
}

/// One file with known bytes.
pub(super) struct OneFile;

impl FileSource for OneFile {
    fn read(&self, hash: &ContentHash) -> Result<(MediaKind, Vec<u8>)> {
        if *hash == ContentHash::of(b"film") { Ok((MediaKind::Video, b"film".to_vec())) } else { NoFiles.read(hash) }
    }
}

/// Two platforms, one database, one clock.
pub(super) struct Bench {
    pub(super) folder: tempfile::TempDir,
    pub(super) clock: ManualClock,
    pub(super) database: Arc<dyn Database>,
    pub(super) watch: Arc<Mutex<Watch>>,
    pub(super) meta: Arc<Fake>,
    pub(super) google: Arc<Fake>,
    pub(super) options: ControlOptions,
}

impl Bench {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(START.parse().unwrap());
        let fast = FileOptions { synchronous: Synchronous::Normal, ..FileOptions::default() };
        let database = crate::store::open_with(&folder.path().join("test.db"), fast).await.unwrap();
        let watch = Arc::new(Mutex::new(Watch::default()));
        let meta = Arc::new(Fake::new(Platform::Meta, &clock, &watch));
        let google = Arc::new(Fake::new(Platform::Google, &clock, &watch));
        let mut options = ControlOptions::new(RunId::new("run"), Mode::Sandbox, plan().limits);
        options.settle = Arc::new(NoWait);
        Self { folder, clock, database, watch, meta, google, options }
    }

    pub(super) async fn open(&self) -> Control {
        self.open_on(self.database.clone()).await.unwrap()
    }

    pub(super) async fn open_on(&self, database: Arc<dyn Database>) -> Result<Control> {
        let mut connectors = Connectors::new();
        connectors.insert(Platform::Meta, self.meta.clone());
        connectors.insert(Platform::Google, self.google.clone());
        Control::open(database, connectors, Arc::new(self.clock.clone()), self.options.clone()).await
    }

    /// A control whose plan is launched and let go.
    pub(super) async fn running(&self) -> Control {
        let control = self.open().await;
        control.launch(&plan(), &OneFile).await.unwrap();
        assert_states(&control.activate(&plan()).await.unwrap(), super::JournalState::Confirmed);
        control
    }
}

pub(super) fn assert_states(outcomes: &[Outcome], state: super::JournalState) {
    assert!(!outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.state == state), "{outcomes:#?}");
}
