//! One account as control sees it.

use std::sync::Arc;

use adbrain_core::clock::Clock as _;
use adbrain_core::model::{
    AccountId, AdSetDraft, BidStrategy, ChangeKind, Currency, Draft, DraftTree, Format, MetricsRow, Money, ObjectId,
    Platform, Tag,
};
use adbrain_core::platform::{
    Capabilities, Connector, InsightsQuery, Level, LookUp, LookUpAnswer, ObjectChange, Pace, Permit, RemoteObject,
    Status, Upload,
};
use adbrain_core::{Error, ErrorKind, Result};
use async_trait::async_trait;

use crate::crash::Crash;
use crate::world::{Effect, Fault, Kept, LAG, WORST_PERCENT, World};

pub(crate) struct Account {
    pub(crate) platform: Platform,
    pub(crate) world: Arc<World>,
    pub(crate) crash: Arc<Crash>,
    /// Whether it says that nothing can be read now.
    pub(crate) is_down: std::sync::atomic::AtomicBool,
}

impl Account {
    /// Lets a write happen, or not; tells the outcome or not.
    async fn write(&self, tag: &Tag, kind: Option<&ChangeKind>, effect: Option<Effect>) -> Result<()> {
        self.crash.place().await;
        let now = self.world.clock.now();
        let fault = self.world.with(|state| {
            state.allow(tag, kind, now);
            let fault = state.faults.pop_front().unwrap_or(Fault::None);
            let is_done = matches!(fault, Fault::None | Fault::LostAfter);
            match effect {
                Some(effect) if is_done => state.apply(&effect, now),
                Some(effect) if fault == Fault::Late => state.later(now + LAG, effect),
                _ => {}
            }
            state.meet(name(fault));
            state.tell(
                now,
                &format!("{} of {tag}: {}", kind.map_or("create or upload", ChangeKind::as_str), name(fault)),
            );
            fault
        });
        self.crash.place().await;
        match fault {
            Fault::None => Ok(()),
            Fault::Rejected => Err(Error::new(ErrorKind::InvalidInput, "no").next("ask for less")),
            Fault::Throttled => Err(Error::new(ErrorKind::RateLimited, "too many requests").next("wait")),
            Fault::NotSent => Err(Error::new(ErrorKind::Unavailable, "no line").next("try again later")),
            _ => Err(Error::new(ErrorKind::OutcomeUnknown, "the line broke").next("look it up")),
        }
    }

    fn shown(&self) -> Result<Vec<RemoteObject>> {
        if self.is_down.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Unavailable, "down").next("try again later"));
        }
        let seen = self.world.clock.now() - LAG;
        Ok(self.world.with(|state| state.listed(self.platform, seen)))
    }
}

fn name(fault: Fault) -> &'static str {
    match fault {
        Fault::None => "writes answered",
        Fault::Rejected => "refused by the platform",
        Fault::Throttled => "throttled",
        Fault::NotSent => "not sent",
        Fault::LostBefore => "lost before",
        Fault::LostAfter => "answers lost",
        Fault::Late => "done late",
    }
}

#[async_trait]
impl Connector for Account {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: self.platform,
            account: AccountId::new("1"),
            currency: Currency::BRL,
            is_sandbox: true,
            creates_whole_trees: self.platform == Platform::Google,
            settle_seconds: 60,
            worst_case_day_percent: u32::try_from(WORST_PERCENT).expect("a small number"),
            least_daily_budget: Money::from_micros(1_000_000, Currency::BRL),
            pace: Pace::default(),
            formats: vec![Format::Video],
            bid_strategies: vec![BidStrategy::LowestCost],
            time_zone: None,
            warnings: Vec::new(),
        }
    }

    async fn create(&self, permit: &Permit, tree: &DraftTree) -> Result<Vec<RemoteObject>> {
        let (made, now) = (self.parts(&tree.draft), self.world.clock.now());
        let kept = |object: &RemoteObject| Kept {
            platform: self.platform,
            object: object.clone(),
            made: now,
            is_foreign: false,
        };
        self.write(permit.target(), None, Some(Effect::Make(made.iter().map(kept).collect()))).await?;
        Ok(made)
    }

    async fn upload(&self, permit: &Permit, upload: &Upload) -> Result<ObjectId> {
        self.write(permit.target(), None, None).await?;
        Ok(ObjectId::new(upload.hash.short(8)))
    }

    async fn change(&self, permit: &Permit, change: &ObjectChange) -> Result<()> {
        let is_there = self.world.with(|state| {
            let found = state.objects.iter().find(|kept| kept.object.id == change.id);
            found.is_some_and(|kept| kept.object.status != Status::Archived)
        });
        if !is_there {
            return Err(Error::new(ErrorKind::NotFound, "no such object").next("list the account"));
        }
        self.write(permit.target(), Some(&change.kind), Some(Effect::Change(change.id.clone(), change.kind.clone())))
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
}

impl Account {
    fn parts(&self, draft: &Draft) -> Vec<RemoteObject> {
        match draft {
            Draft::Campaign { draft } => {
                let top = self.object(&draft.tag, Level::Campaign, None);
                let sets = draft.ad_sets.iter().flat_map(|set| self.set(set, &top.id)).collect::<Vec<_>>();
                std::iter::once(top).chain(sets).collect()
            }
            Draft::AdSet { campaign, draft } => self.set(draft, campaign),
            Draft::Ad { ad_set, draft } => vec![self.object(&draft.tag, Level::Ad, Some(ad_set))],
            other => panic!("nobody makes {other:?}"),
        }
    }

    fn set(&self, draft: &AdSetDraft, campaign: &ObjectId) -> Vec<RemoteObject> {
        let mut set = self.object(&draft.tag, Level::AdSet, Some(campaign));
        set.daily_budget = Some(draft.daily_budget);
        let ads = draft.ads.iter().map(|ad| self.object(&ad.tag, Level::Ad, Some(&set.id))).collect::<Vec<_>>();
        std::iter::once(set.clone()).chain(ads).collect()
    }

    fn object(&self, tag: &Tag, level: Level, parent: Option<&ObjectId>) -> RemoteObject {
        RemoteObject {
            id: self.world.with(crate::world::State::id),
            tag: Some(tag.clone()),
            parent: parent.cloned(),
            level,
            name: format!("{tag}"),
            status: Status::Paused,
            daily_budget: None,
            bid: None,
        }
    }
}
