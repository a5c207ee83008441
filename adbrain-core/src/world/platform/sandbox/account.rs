//! The objects of a sandbox account, and what a write does to them.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Operation;
use crate::error::{Error, ErrorKind, Result};
use crate::market::{AdSetSetup, AdSetup, CampaignSetup, Instruction};
use crate::model::{
    AdDraft, AdSetDraft, CampaignDraft, ChangeKind, ContentHash, CopySlot, Draft, DraftTree, Money, ObjectId, Tag,
};
use crate::platform::check::Check;
use crate::platform::{Capabilities, Level, ObjectChange, RemoteObject, Status};

/// The objects of an account, in the order in which they were made; parents come first by nature.
#[derive(Debug, Default)]
pub(super) struct Account {
    objects: Vec<RemoteObject>,
    uploads: BTreeMap<ContentHash, ObjectId>,
    /// The lists that went into each custom audience, by its name.
    audiences: BTreeMap<String, BTreeSet<ContentHash>>,
}

/// What a write did: the answer, and what the market is told.
#[derive(Debug, Default)]
pub(super) struct Effect {
    pub(super) made: Vec<RemoteObject>,
    pub(super) instructions: Vec<Instruction>,
}

impl Account {
    /// Every object that is not archived.
    pub(super) fn live(&self) -> impl Iterator<Item = &RemoteObject> {
        self.objects.iter().filter(|object| object.status != Status::Archived)
    }

    /// The object with an id, archived ones left out.
    pub(super) fn object(&self, id: &ObjectId) -> Result<&RemoteObject> {
        self.live().find(|object| object.id == *id).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "there is no such object in the account")
                .with("object", id)
                .next("name an object that `list` gives")
        })
    }

    /// The id of an uploaded file.
    pub(super) fn uploaded(&self, hash: &ContentHash) -> Option<&ObjectId> {
        self.uploads.get(hash)
    }

    /// Whether a list went into a custom audience.
    pub(super) fn holds(&self, audience: &str, list: &ContentHash) -> bool {
        self.audiences.get(audience).is_some_and(|lists| lists.contains(list))
    }

    /// Refuses what cannot be done; changes nothing.
    pub(super) fn check(&self, can: &Capabilities, operation: &Operation) -> Result<()> {
        let check = Check { can };
        match operation {
            Operation::Upload { .. } | Operation::Fill { .. } => Ok(()),
            Operation::Change(change) => self.check_change(&check, change),
            Operation::Create(tree) if tree.platform != can.platform => {
                let what = format!("the tree is for {}, the account on {}", tree.platform, can.platform);
                Err(Error::invalid("platform", what).next("use an account of the tree's platform"))
            }
            Operation::Create(tree) => match &tree.draft {
                Draft::Campaign { draft } => check.campaign(draft),
                Draft::AdSet { campaign, draft } => {
                    self.parent(campaign, Level::Campaign)?;
                    check.ad_set(draft)
                }
                Draft::Ad { ad_set, draft } => {
                    self.parent(ad_set, Level::AdSet)?;
                    check.ad(draft)
                }
            }
            .and_then(|()| self.files(can, &tree.draft)),
        }
    }

    /// Carries out a write that was checked.
    pub(super) fn carry_out(&mut self, can: &Capabilities, operation: &Operation) -> Result<Effect> {
        match operation {
            Operation::Upload { hash, .. } => {
                let id = ObjectId::new(format!("{}-media-{}", can.platform, hash.short(16)));
                self.uploads.entry(hash.clone()).or_insert(id);
                Ok(Effect::default())
            }
            Operation::Fill { audience, hash, .. } => {
                self.audiences.entry(audience.clone()).or_default().insert(hash.clone());
                Ok(Effect::default())
            }
            Operation::Create(tree) => Ok(self.create(can, tree)),
            Operation::Change(change) => self.change(change),
        }
    }

    fn check_change(&self, check: &Check<'_>, change: &ObjectChange) -> Result<()> {
        let object = self.object(&change.id)?;
        let on_ad_sets = |field: &str| match object.level {
            Level::AdSet => Ok(()),
            _ => Err(Error::new(ErrorKind::Unsupported, format!("{field}: only ad sets have one"))
                .with("object", &object.id)
                .next("change an ad set")),
        };
        match &change.kind {
            ChangeKind::SetDailyBudget { after, .. } => {
                on_ad_sets("daily_budget").and_then(|()| check.daily_budget(*after))
            }
            ChangeKind::SetBid { .. } if object.bid.is_none() => {
                Err(Error::new(ErrorKind::Unsupported, "bid: the object's bid strategy takes no amount")
                    .with("object", &object.id)
                    .next("leave the bid as it is"))
            }
            ChangeKind::SetBid { after, .. } => check.bid(*after),
            ChangeKind::Create { .. } => {
                Err(Error::invalid("kind", "create is not a change to an object")
                    .next("make new objects with `create`"))
            }
            ChangeKind::Activate | ChangeKind::Pause | ChangeKind::Archive => Ok(()),
        }
    }

    /// Every file of every ad that is made has to be uploaded first.
    fn files(&self, can: &Capabilities, draft: &Draft) -> Result<()> {
        let ads: Vec<&AdDraft> = match draft {
            _ if !can.creates_whole_trees && !matches!(draft, Draft::Ad { .. }) => Vec::new(),
            Draft::Campaign { draft } => draft.ad_sets.iter().flat_map(|ad_set| &ad_set.ads).collect(),
            Draft::AdSet { draft, .. } => draft.ads.iter().collect(),
            Draft::Ad { draft, .. } => vec![draft],
        };
        match ads.iter().flat_map(|ad| &ad.creative.files).find(|hash| !self.uploads.contains_key(hash)) {
            Some(hash) => Err(Error::new(ErrorKind::NotFound, format!("creative.files: {hash} is not in the account"))
                .next("upload it first")),
            None => Ok(()),
        }
    }

    fn parent(&self, id: &ObjectId, level: Level) -> Result<()> {
        match self.object(id)?.level {
            found if found == level => Ok(()),
            found => Err(Error::invalid("parent", format!("{id} is a {found:?}, not a {level:?}"))
                .next("give the id of the object above")),
        }
    }

    fn create(&mut self, can: &Capabilities, tree: &DraftTree) -> Effect {
        let mut maker = Maker { account: self, can, effect: Effect::default() };
        match &tree.draft {
            Draft::Campaign { draft } => maker.campaign(draft),
            Draft::AdSet { campaign, draft } => maker.ad_set(campaign, draft),
            Draft::Ad { ad_set, draft } => maker.ad(ad_set, draft),
        }
        maker.effect
    }

    fn change(&mut self, change: &ObjectChange) -> Result<Effect> {
        let id = self.object(&change.id)?.id.clone();
        let instructions = match &change.kind {
            ChangeKind::Activate => {
                self.set(&id, |object| object.status = Status::Active);
                vec![Instruction::Start(id)]
            }
            ChangeKind::Pause => {
                self.set(&id, |object| object.status = Status::Paused);
                vec![Instruction::Stop(id)]
            }
            ChangeKind::Archive => self.archive(&id),
            ChangeKind::SetDailyBudget { after, .. } => {
                self.set(&id, |object| object.daily_budget = Some(*after));
                vec![Instruction::SetDailyBudget(id, *after)]
            }
            ChangeKind::SetBid { after, .. } => {
                self.set(&id, |object| object.bid = Some(*after));
                vec![Instruction::SetBid(id, *after)]
            }
            ChangeKind::Create { .. } => Vec::new(),
        };
        Ok(Effect { made: Vec::new(), instructions })
    }

    fn set(&mut self, id: &ObjectId, set: impl Fn(&mut RemoteObject)) {
        self.objects.iter_mut().filter(|object| object.id == *id).for_each(set);
    }

    fn archive(&mut self, id: &ObjectId) -> Vec<Instruction> {
        let below = self.with_descendants(id);
        for object in self.objects.iter_mut().filter(|object| below.contains(&object.id)) {
            object.status = Status::Archived;
        }
        below.into_iter().map(Instruction::Stop).collect()
    }

    /// An object and everything below it; parents were made first, so one pass is enough.
    fn with_descendants(&self, id: &ObjectId) -> Vec<ObjectId> {
        let mut found = vec![id.clone()];
        for object in &self.objects {
            if object.parent.as_ref().is_some_and(|parent| found.contains(parent)) {
                found.push(object.id.clone());
            }
        }
        found
    }
}

/// Makes objects, paused at every level.
struct Maker<'a> {
    account: &'a mut Account,
    can: &'a Capabilities,
    effect: Effect,
}

/// What differs between the levels.
struct Made<'a> {
    level: Level,
    tag: &'a Tag,
    name: &'a str,
    parent: Option<&'a ObjectId>,
    daily_budget: Option<Money>,
    bid: Option<Money>,
}

impl Maker<'_> {
    fn campaign(&mut self, draft: &CampaignDraft) {
        let made = Made {
            level: Level::Campaign,
            tag: &draft.tag,
            name: &draft.name,
            parent: None,
            daily_budget: None,
            bid: None,
        };
        let id = self.make(&made);
        self.effect.instructions.push(Instruction::Campaign(CampaignSetup {
            id: id.clone(),
            tag: draft.tag.clone(),
            objective: draft.objective,
            flight: draft.flight.clone(),
        }));
        if self.can.creates_whole_trees {
            draft.ad_sets.iter().for_each(|ad_set| self.ad_set(&id, ad_set));
        }
    }

    fn ad_set(&mut self, campaign: &ObjectId, draft: &AdSetDraft) {
        let made = Made {
            level: Level::AdSet,
            tag: &draft.tag,
            name: &draft.name,
            parent: Some(campaign),
            daily_budget: Some(draft.daily_budget),
            bid: draft.bid,
        };
        let id = self.make(&made);
        self.effect.instructions.push(Instruction::AdSet(AdSetSetup {
            id: id.clone(),
            tag: draft.tag.clone(),
            campaign: campaign.clone(),
            audience: draft.audience.clone(),
            daily_budget: draft.daily_budget,
            bid_strategy: draft.bid_strategy,
            bid: draft.bid,
        }));
        if self.can.creates_whole_trees {
            draft.ads.iter().for_each(|ad| self.ad(&id, ad));
        }
    }

    fn ad(&mut self, ad_set: &ObjectId, draft: &AdDraft) {
        let made = Made {
            level: Level::Ad,
            tag: &draft.tag,
            name: &draft.name,
            parent: Some(ad_set),
            daily_budget: None,
            bid: None,
        };
        let id = self.make(&made);
        let main = draft.creative.copy.iter().find(|text| text.slot == CopySlot::PrimaryText);
        let style = main.or(draft.creative.copy.first()).map(|text| text.style.clone()).unwrap_or_default();
        self.effect.instructions.push(Instruction::Ad(AdSetup {
            id,
            tag: draft.tag.clone(),
            ad_set: ad_set.clone(),
            asset: draft.creative.asset.clone(),
            style,
        }));
    }

    fn make(&mut self, made: &Made<'_>) -> ObjectId {
        let id = ObjectId::new(format!("{}-{}", self.can.platform, self.account.objects.len() + 1));
        let object = RemoteObject {
            id: id.clone(),
            tag: Some(made.tag.clone()),
            parent: made.parent.cloned(),
            level: made.level,
            name: made.name.to_owned(),
            status: Status::Paused,
            daily_budget: made.daily_budget,
            bid: made.bid,
        };
        self.effect.made.push(object.clone());
        self.account.objects.push(object);
        id
    }
}
