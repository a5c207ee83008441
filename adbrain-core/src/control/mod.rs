//! Control: the one door to money.
//!
//! In: plans and proposed changes. Out: outcomes, each with its journal entries. Called by brain and the command line. Nothing
//! else holds a connector that can write; without a policy that says yes nothing is sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{ContentHash, Message, ObjectId, Platform, Tag};

/// How far control may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing is sent; every change is checked and recorded as planned.
    #[default]
    DryRun,
    /// Changes are sent to connectors that declare themselves a sandbox, and to no others.
    Sandbox,
    /// Changes are sent wherever the policy allows.
    Live,
}

/// Where a change stands in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JournalState {
    /// Checked; not to be sent (dry run), or waiting.
    Planned,
    /// About to be sent: on disk before the request.
    Intent,
    /// The request is out.
    Sent,
    /// The platform confirmed it.
    Confirmed,
    /// The answer was lost; the object has to be looked up.
    Unknown,
    /// It is being undone.
    Compensating,
    /// It was undone.
    Compensated,
    /// A person has to decide.
    NeedsPerson,
    /// The policy said no.
    Refused,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The hash of the newest journal entry about it.
    pub entry: ContentHash,
    /// The platform.
    pub platform: Platform,
    /// Our mark on the object.
    pub target: Tag,
    /// The action: `create`, `activate`, `pause`, `set_daily_budget`, `set_bid`, `archive`.
    pub action: String,
    /// Who asked for it.
    pub cause: String,
    /// Where it stands.
    pub state: JournalState,
    /// The object's id on the platform, once known.
    pub object: Option<ObjectId>,
    /// Why, where it was refused or needs a person.
    pub reason: Option<Message>,
}
