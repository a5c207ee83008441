//! Everything that can change an account: one typed enum, the only thing that `control` sends to a platform.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AdDraft, AdSetDraft, CampaignDraft, CampaignSetting, Money, ObjectId, Platform, Tag};

/// A part of a plan that is created in one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "level", deny_unknown_fields)]
#[non_exhaustive]
pub enum Draft {
    /// A campaign; the ad sets inside it are created with it where the platform makes whole trees in one request.
    Campaign {
        /// The draft.
        draft: CampaignDraft,
    },
    /// An ad set below an existing campaign.
    AdSet {
        /// The campaign.
        campaign: ObjectId,
        /// The draft.
        draft: AdSetDraft,
    },
    /// An ad below an existing ad set.
    Ad {
        /// The ad set.
        ad_set: ObjectId,
        /// The draft.
        draft: AdDraft,
    },
}

impl Draft {
    /// Our mark on the object that is made.
    pub fn tag(&self) -> &Tag {
        match self {
            Self::Campaign { draft } => &draft.tag,
            Self::AdSet { draft, .. } => &draft.tag,
            Self::Ad { draft, .. } => &draft.tag,
        }
    }
}

/// A whole or partial tree of drafts for one platform. It has no status: what a connector makes of it is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftTree {
    /// The platform.
    pub platform: Platform,
    /// What holds for the campaign that the part belongs to.
    pub setting: CampaignSetting,
    /// The part that is made.
    pub draft: Draft,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "action", deny_unknown_fields)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Makes objects, paused.
    Create {
        /// What is made.
        tree: Box<DraftTree>,
    },
    /// Lets a campaign deliver; needs an approval and a census.
    Activate,
    /// Stops delivery.
    Pause,
    /// Sets the daily budget of an ad set.
    SetDailyBudget {
        /// What it was when the change was proposed.
        before: Money,
        /// What it becomes.
        after: Money,
    },
    /// Sets the bid amount of an ad set.
    SetBid {
        /// What it was when the change was proposed.
        before: Money,
        /// What it becomes.
        after: Money,
    },
    /// Takes an object out of use for good.
    Archive,
}

impl ChangeKind {
    /// What takes it back; none where nothing does.
    pub fn inverse(&self) -> Option<Self> {
        Some(match self {
            Self::Create { .. } => Self::Archive,
            Self::Activate => Self::Pause,
            Self::Pause => Self::Activate,
            Self::SetDailyBudget { before, after } => Self::SetDailyBudget { before: *after, after: *before },
            Self::SetBid { before, after } => Self::SetBid { before: *after, after: *before },
            Self::Archive => return None,
        })
    }

    /// The name of the action: `set_daily_budget`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Activate => "activate",
            Self::Pause => "pause",
            Self::SetDailyBudget { .. } => "set_daily_budget",
            Self::SetBid { .. } => "set_bid",
            Self::Archive => "archive",
        }
    }
}

/// One change to one object on one platform. The object is named by our tag; `control` finds its platform id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The platform.
    pub platform: Platform,
    /// Our mark on the object that is made or changed.
    pub target: Tag,
    /// What is done.
    pub kind: ChangeKind,
    /// Who asks for it: `plan`, or an alert episode by its key. A change is done once per cause.
    pub cause: String,
}

/// What takes changes back, the last one first; what nothing takes back is left out. Each has the cause of its change behind `undo/`.
pub(crate) fn undo(changes: &[Change]) -> Vec<Change> {
    let back = |change: &Change| {
        let cause = format!("undo/{}", change.cause);
        Some(Change { kind: change.kind.inverse()?, cause, ..change.clone() })
    };
    changes.iter().rev().filter_map(back).collect()
}
