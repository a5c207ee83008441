//! One account on the fake of Meta, and everything that is done to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adbrain_core::control::{Control, ControlOptions, JournalState, Mode, Outcome, verify};
use adbrain_core::http::Secret;
use adbrain_core::model::{BidStrategy, Change, ChangeKind, Currency, MediaPlan, Money, Platform, RunId, Tag};
use adbrain_core::platform::meta::{Meta, MetaConfig};
use adbrain_core::platform::{Connector, Connectors, RemoteOptions, Status};
use adbrain_core::store::{Database, Row, Statement};
use adbrain_core::{Error, ErrorKind, Result};
use adbrain_fakes::meta::{ACCOUNT, MetaApi, PAGE, TOKEN};
use adbrain_fakes::reference::{AT_ONCE, is_confirmed};
use adbrain_fakes::stage::{Files, Stage, plan};
use adbrain_fakes::{Fake, Faults, Recorded};
use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::Value;

use crate::table::{Expected, Operation};

/// A store that cannot be written from a request on, until it is mended.
#[derive(Default)]
pub(crate) struct Broken {
    inner: Option<Arc<dyn Database>>,
    fake: Option<Arc<Fake>>,
    from: u64,
    is_mended: AtomicBool,
}

impl Broken {
    /// Whether it can be written now.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_mended.load(Ordering::SeqCst) || self.fake.as_ref().is_none_or(|fake| fake.writes() < self.from)
    }

    fn inner(&self) -> Result<&dyn Database> {
        self.inner.as_deref().ok_or_else(|| Error::new(ErrorKind::Internal, "no store").next("give one"))
    }
}

#[async_trait]
impl Database for Broken {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        self.inner()?.query(statement).await
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        if !self.is_whole() {
            return Err(Error::new(ErrorKind::Unavailable, "the disk is full").next("make room"));
        }
        self.inner()?.write(statements).await
    }
}

pub(crate) struct Bench {
    pub(crate) fake: Arc<Fake>,
    pub(crate) meta: Arc<Meta>,
    stage: Stage,
    plan: MediaPlan,
    control: Control,
    store: Arc<Broken>,
}

fn brl(units: i64) -> Money {
    Money::from_micros(units * 1_000_000, Currency::BRL)
}

/// One campaign with two ad sets; the first one has a bid.
fn with_a_bid() -> MediaPlan {
    let mut plan = plan(Platform::Meta, Currency::BRL);
    let set = &mut plan.campaigns[0].ad_sets[0];
    (set.bid_strategy, set.bid) = (BidStrategy::CostCap, Some(brl(20)));
    plan
}

/// The number of the first write of each operation, where nothing goes wrong.
pub(crate) async fn writes_of() -> Vec<(Operation, u64)> {
    let bench = Bench::new(None).await;
    bench.live_through(Operation::List, Expected::Done, "nothing goes wrong").await;
    let recorded = bench.fake.recorded();
    let writes: Vec<_> = recorded.iter().filter(|request| request.method != "GET").collect();
    let number = |operation: &Operation| {
        let place = writes.iter().position(|request| is_of(request, *operation));
        place.map(|place| (*operation, place as u64 + 1))
    };
    crate::table::WRITES.iter().filter_map(number).collect()
}

fn is_of(request: &Recorded, operation: Operation) -> bool {
    let ends = |end: &str| request.path.ends_with(end);
    let says = |field: &str, value: &str| request.body.get(field).and_then(Value::as_str) == Some(value);
    let has = |field: &str| request.body.get(field).is_some();
    match operation {
        Operation::Campaign => ends("/campaigns"),
        Operation::AdSet => ends("/adsets"),
        Operation::Image => ends("/adimages"),
        Operation::Video => ends("/advideos"),
        Operation::Ad => ends("/ads"),
        Operation::Activate => says("status", "ACTIVE"),
        Operation::Pause => says("status", "PAUSED") && !has("name"),
        Operation::Budget => has("daily_budget") && !has("name"),
        Operation::Bid => has("bid_amount") && !has("name"),
        Operation::List | Operation::Report | Operation::Estimate | Operation::Journal => false,
    }
}

impl Bench {
    /// An account; the store breaks after so many writes to the account, where it does.
    pub(crate) async fn new(breaks_from: Option<u64>) -> Self {
        let stage = Stage::new().await;
        let fake = Arc::new(Fake::start(MetaApi::new(stage.clock()), Faults::default()).await.unwrap());
        let config = MetaConfig { base_url: fake.url(), ..MetaConfig::new(ACCOUNT, Secret::new(TOKEN), PAGE) };
        let meta = Arc::new(
            Meta::open(config, RemoteOptions { retry: AT_ONCE, ..stage.remote() }, stage.clock()).await.unwrap(),
        );
        let broken = Broken {
            inner: Some(stage.database.clone()),
            fake: breaks_from.map(|_| fake.clone()),
            from: breaks_from.unwrap_or(u64::MAX),
            is_mended: AtomicBool::new(breaks_from.is_none()),
        };
        let (store, plan) = (Arc::new(broken), with_a_bid());
        let mut options = ControlOptions::new(RunId::new("matrix"), Mode::Sandbox, plan.limits.clone());
        options.settle = stage.settle();
        let connectors = Connectors::from([(Platform::Meta, meta.clone() as Arc<dyn Connector>)]);
        let control = Control::open(store.clone(), connectors, stage.clock(), options).await.unwrap();
        Self { fake, meta, stage, plan, control, store }
    }

    fn changes(&self) -> Vec<Change> {
        let sets = &self.plan.campaigns[0].ad_sets;
        let change = |tag: &Tag, kind| Change {
            platform: Platform::Meta,
            target: tag.clone(),
            kind,
            cause: "matrix".to_owned(),
        };
        vec![
            change(&sets[1].ads[0].tag, ChangeKind::Pause),
            change(&sets[1].tag, ChangeKind::SetDailyBudget { before: brl(60), after: brl(50) }),
            change(&sets[0].tag, ChangeKind::SetBid { before: brl(20), after: brl(16) }),
        ]
    }

    /// Launches, lets go and changes; a fault waits somewhere on the way.
    pub(crate) async fn live_through(&self, operation: Operation, expected: Expected, case: &str) {
        let mut launched = self.control.launch(&self.plan, &Files).await.unwrap();
        if self.was_put_off(&launched) {
            launched = self.control.launch(&self.plan, &Files).await.unwrap();
        }
        if expected == Expected::TakenBack {
            return self.check_taken_back(&launched, case).await;
        }
        check_all_confirmed(&launched, case);
        for _ in 0..2 {
            self.later();
            let mut let_go = self.control.activate(&self.plan).await.unwrap();
            if self.was_put_off(&let_go) {
                let_go = self.control.activate(&self.plan).await.unwrap();
            }
            if Self::is_final(&let_go, expected, operation == Operation::Activate, case) {
                break;
            }
        }
        for _ in 0..2 {
            self.later();
            let mut changed = self.control.submit(&self.changes()).await.unwrap();
            if self.was_put_off(&changed) {
                changed = self.control.submit(&self.changes()).await.unwrap();
            }
            let is_here = matches!(operation, Operation::Pause | Operation::Budget | Operation::Bid);
            if Self::is_final(&changed, expected, is_here, case) {
                break;
            }
        }
        self.check_end(case).await;
    }

    /// Whether an account that is to be left alone for hours has kept something open; then those hours pass.
    fn was_put_off(&self, outcomes: &[Outcome]) -> bool {
        let is_open = outcomes.iter().any(|outcome| outcome.state == JournalState::Unknown);
        if is_open {
            self.stage.clock.advance(SignedDuration::from_hours(11));
        }
        is_open
    }

    /// Whether all is done; the first time it need not be where a refusal is expected.
    fn is_final(outcomes: &[Outcome], expected: Expected, is_here: bool, case: &str) -> bool {
        // What one refusal keeps back is none of its own.
        let is_own =
            |outcome: &&Outcome| outcome.reason.as_ref().is_none_or(|reason| reason.key != "refused-not-ready");
        let refused = outcomes.iter().filter(|outcome| outcome.state == JournalState::Refused).filter(is_own).count();
        if is_here && expected == Expected::Refused && refused > 0 {
            assert_eq!(refused, 1, "{case}: {outcomes:?}");
            return false;
        }
        check_all_confirmed(outcomes, case);
        true
    }

    fn later(&self) {
        self.stage.clock.advance(SignedDuration::from_mins(10));
    }

    async fn check_taken_back(&self, outcomes: &[Outcome], case: &str) {
        assert!(outcomes.iter().any(|outcome| outcome.state == JournalState::Refused), "{case}: {outcomes:?}");
        self.later();
        let objects = self.meta.list().await.unwrap();
        assert!(objects.iter().all(|object| object.tag.is_none()), "{case}: {objects:?}");
    }

    /// Each object once, as it was asked for; what others made as it was; the journal whole.
    async fn check_end(&self, case: &str) {
        self.later();
        let objects = self.meta.list().await.unwrap();
        let own: Vec<_> = objects.iter().filter(|object| object.tag.is_some()).collect();
        assert_eq!((own.len(), objects.len()), (5, 8), "{case}: {objects:?}");
        let sets = &self.plan.campaigns[0].ad_sets;
        for object in &own {
            let is_paused = object.tag.as_ref() == Some(&sets[1].ads[0].tag);
            assert_eq!(object.status, if is_paused { Status::Paused } else { Status::Active }, "{case}: {object:?}");
        }
        let of = |tag: &Tag| own.iter().find(|object| object.tag.as_ref() == Some(tag)).unwrap();
        assert_eq!((of(&sets[1].tag).daily_budget, of(&sets[0].tag).bid), (Some(brl(50)), Some(brl(16))), "{case}");
        assert!(
            objects.iter().filter(|object| object.tag.is_none()).all(|object| object.status == Status::Active),
            "{case}"
        );
        assert!(verify(self.stage.database.as_ref()).await.unwrap().is_intact, "{case}");
    }

    /// Without a journal nothing is sent; when the store is mended everything is done, once.
    pub(crate) async fn store_fails(&self, case: &str) {
        let failed = self.everything().await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::Unavailable, "{case}");
        assert!(failed.to_string().contains("nothing was sent"), "{case}: {failed}");
        assert_eq!(self.fake.writes(), self.store.from, "{case}: something was sent without a journal");
        self.store.is_mended.store(true, Ordering::SeqCst);
        // What was sent and could not be confirmed is looked up first, as a new process does.
        self.control.reconcile().await.unwrap();
        self.everything().await.unwrap();
        self.check_end(case).await;
    }

    async fn everything(&self) -> Result<()> {
        check_all_confirmed(&self.control.launch(&self.plan, &Files).await?, "launch");
        self.later();
        check_all_confirmed(&self.control.activate(&self.plan).await?, "activate");
        self.later();
        check_all_confirmed(&self.control.submit(&self.changes()).await?, "changes");
        Ok(())
    }
}

fn check_all_confirmed(outcomes: &[Outcome], case: &str) {
    let open = outcomes.iter().find(|outcome| !is_confirmed(outcome));
    assert!(open.is_none(), "{case}: {open:?}");
}
