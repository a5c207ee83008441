//! What an evaluation gives back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::{Decide, Severity};
use super::super::sample::Sample;
use super::super::{ActionKind, Level};
use super::track::{Cause, Status};
use crate::model::{Change, Message, Platform};

/// The object that a rule speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The platform.
    pub platform: Platform,
    /// What kind of object it is.
    pub level: Level,
    /// The object by its tag or name.
    pub object: String,
    /// The labels of its samples.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

impl Subject {
    pub(super) fn of(sample: &Sample) -> Self {
        let (object, labels) = (sample.object.clone(), sample.labels.clone());
        Self { platform: sample.platform, level: sample.level, object, labels }
    }

    /// Platform, level and object as one text: `meta/ad_set/set-1`.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", self.platform, self.level, self.object)
    }
}

/// One stretch of time in which a rule was open for an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Episode {
    /// Its identity: rule, object and opening time. Proposals carry it as their cause.
    pub key: String,
    /// The rule.
    pub rule: String,
    /// How pressing it is.
    pub severity: Severity,
    /// The object.
    pub subject: Subject,
    /// Why it opened.
    pub cause: Cause,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it closed; none while it is open.
    pub closed_at: Option<Timestamp>,
    /// The value that opened it.
    pub value: Option<f64>,
    /// Why there was no value.
    pub why: Option<Message>,
    /// What happened, as a text for people.
    pub message: Message,
    /// What to do, where the rule says so.
    pub advice: Option<Message>,
    /// The metrics that the rule saw.
    pub evidence: BTreeMap<String, f64>,
    /// When people were last told that it is open.
    pub told_at: Option<Timestamp>,
    /// The actions that came up for a decision.
    pub proposed: BTreeSet<ActionKind>,
    /// The changes that were proposed to control.
    #[serde(default)]
    pub proposals: Vec<Change>,
}

crate::model::named! {
    /// What a notification says.
    NotificationKind {
        /// An episode opened.
        Opened = "opened",
        /// It is still open.
        Repeated = "repeated",
        /// It is over.
        Closed = "closed",
    }
}

/// What people are to be told, about one episode or about all of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// Its identity, the same after a restart: whoever delivers it can drop a second one.
    pub key: String,
    /// The rule.
    pub rule: String,
    /// What it says.
    pub kind: NotificationKind,
    /// How pressing it is.
    pub severity: Severity,
    /// The labels of the rule, and those that it is grouped by.
    pub labels: BTreeMap<String, String>,
    /// The episodes that it speaks of.
    pub episodes: Vec<Episode>,
    /// What happened, as a text for people.
    pub message: Message,
    /// What to do, where the rule says so.
    pub advice: Option<Message>,
}

/// An action that an episode brings up, once, to be decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The rule.
    pub rule: String,
    /// The episode by its key.
    pub episode: String,
    /// The object.
    pub subject: Subject,
    /// What is proposed.
    pub kind: ActionKind,
    /// Percent of the bid or of the budget, or how many ads.
    pub amount: u32,
    /// How it is decided on.
    pub decide: Decide,
}

/// A rule that stands elsewhere than before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The rule.
    pub rule: String,
    /// The object.
    pub subject: Subject,
    /// Where it stood.
    pub from: Status,
    /// Where it stands.
    pub to: Status,
    /// The value.
    pub value: Option<f64>,
    /// Why there is none.
    pub why: Option<Message>,
}

crate::model::named! {
    /// Why somebody was not told.
    Why {
        /// A person silenced it.
        Silenced = "silenced",
        /// Another rule keeps it silent.
        Inhibited = "inhibited",
        /// It is night.
        QuietHours = "quiet_hours",
        /// Its group was told a short time ago.
        GroupInterval = "group_interval",
    }
}

/// An episode of which somebody should be told, and why he is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The episode by its key.
    pub episode: String,
    /// Why.
    pub why: Why,
}

/// Where a rule stands for an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// The rule.
    pub rule: String,
    /// The object.
    pub subject: Subject,
    /// Where it stands.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
}

/// What is to be told and proposed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// To people, in the order of the rules.
    pub notifications: Vec<Notification>,
    /// To control.
    pub proposals: Vec<Proposal>,
}

/// What one evaluation gives.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluated {
    /// What is to be told and proposed.
    pub told: Told,
    /// What the rules in dry run would have told and proposed.
    pub rehearsed: Told,
    /// Episodes that opened or closed, rehearsed ones too.
    pub episodes: Vec<Episode>,
    /// Rules that stand elsewhere than before.
    pub transitions: Vec<Transition>,
    /// What is not told now, and why.
    pub held: Vec<Held>,
}
