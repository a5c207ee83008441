//! Drift: what on our objects is not as we left it, and whose it is since.
//!
//! A field that a person changed after us is the person's: a proposal that would set it needs a person's approval, however small. Once
//! that is done the field is ours again. Pauses are never held up: they can only save money.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::apply::Session;
use super::ledger::{Delivery, Object};
use super::step::{Step, Trust, Work};
use crate::error::Result;
use crate::model::{ChangeKind, Message, Money, ObjectId, Platform, Tag};
use crate::platform::{RemoteObject, Status};

/// What can differ on an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DriftField {
    /// Whether it is there at all.
    Presence,
    /// Our mark in its name.
    Mark,
    /// Whether it may deliver.
    Status,
    /// Its daily budget.
    DailyBudget,
    /// Its bid amount.
    Bid,
}

impl DriftField {
    /// The name as text: `daily_budget`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Mark => "mark",
            Self::Status => "status",
            Self::DailyBudget => "daily_budget",
            Self::Bid => "bid",
        }
    }
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FieldValue {
    /// An amount.
    Amount(Money),
    /// Whether it may deliver.
    Status(Status),
    /// A text.
    Text(String),
}

/// Who made a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person, or another program: not this run.
    Person,
    /// Not known: the answer to a change of ours was lost, and may have made it.
    Unknown,
}

/// One field of one object that is not as we left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The platform.
    pub platform: Platform,
    /// Our mark on the object.
    pub target: Tag,
    /// The object's id on the platform, where it is known.
    pub object: Option<ObjectId>,
    /// The field.
    pub field: DriftField,
    /// What we left; none where we set nothing.
    pub desired: Option<FieldValue>,
    /// What is there; none where nothing is.
    pub observed: Option<FieldValue>,
    /// Who made the difference.
    pub by: Author,
}

impl Session<'_> {
    /// Every field that differs now, by object. What a platform may not show yet counts as no difference.
    pub(super) async fn drift(&mut self) -> Result<Vec<Drift>> {
        self.observe().await?;
        let own = self.own_ledger();
        Ok(own.objects.iter().flat_map(|(tag, object)| self.drift_of(tag, object)).collect())
    }

    /// Why a step has to wait: its field is a person's, and no person has approved the change.
    pub(super) fn missing_owner(&self, step: &Step) -> Result<Option<Message>> {
        let (Work::Change(kind), Some(field)) = (&step.work, self.field_of_person(step)) else { return Ok(None) };
        let hash = step.change_hash(kind)?;
        let why = || Message::new("refused-field-of-person").with("field", field.as_str()).with("hash", hash.as_str());
        Ok((!self.is_approved_by_person(&hash)).then(why))
    }

    /// The field that a step would set and that is a person's, whether changed after us or taken over with the object.
    fn field_of_person(&self, step: &Step) -> Option<DriftField> {
        let field = field_of(step)?;
        let own = self.own_ledger();
        let object = own.objects.get(&step.target)?;
        let is_changed = || self.drift_of(&step.target, object).iter().any(|drift| drift.field == field);
        (object.adopted.contains(&field) || is_changed()).then_some(field)
    }

    fn drift_of(&self, tag: &Tag, object: &Object) -> Vec<Drift> {
        let Some(shown) = self.accounts.get(&object.platform).and_then(|account| account.objects.as_ref()) else {
            return Vec::new();
        };
        if object.delivery == Delivery::Gone || !self.is_settled(object) {
            return Vec::new();
        }
        let drift = |(field, desired, observed)| Drift {
            platform: object.platform,
            target: tag.clone(),
            object: self.object_id(tag),
            field,
            desired,
            observed,
            by: if object.is_open { Author::Unknown } else { Author::Person },
        };
        let found = shown.iter().find(|shown| shown.tag.as_ref() == Some(tag));
        let is_marked = found.is_some_and(|found| !self.has_lost_its_mark(object.platform, &found.id));
        let differences =
            found.map_or_else(|| vec![absent(object)], |found| differences(tag, object, (found, is_marked)));
        differences.into_iter().filter(|(_, desired, observed)| desired != observed).map(drift).collect()
    }

    /// Whether the platform surely shows our own last change.
    fn is_settled(&self, object: &Object) -> bool {
        let before = self.settled_before(object.platform);
        object.changed_at.max(object.made_at).is_none_or(|changed| changed < before)
    }
}

type Difference = (DriftField, Option<FieldValue>, Option<FieldValue>);

fn absent(object: &Object) -> Difference {
    (DriftField::Presence, Some(FieldValue::Status(desired_status(object))), None)
}

fn differences(tag: &Tag, object: &Object, (found, is_marked): (&RemoteObject, bool)) -> Vec<Difference> {
    let mark = |is_there: bool| (is_there && !object.is_adopted).then(|| FieldValue::Text(tag.as_str().to_owned()));
    let amount = |amount: Option<Money>| amount.map(FieldValue::Amount);
    let mut all = vec![
        (DriftField::Mark, mark(true), mark(is_marked)),
        (DriftField::Status, Some(FieldValue::Status(desired_status(object))), Some(FieldValue::Status(found.status))),
    ];
    if object.budget.is_some() {
        all.push((DriftField::DailyBudget, amount(object.budget), amount(found.daily_budget)));
    }
    if object.bid.is_some() {
        all.push((DriftField::Bid, amount(object.bid), amount(found.bid)));
    }
    all
}

fn desired_status(object: &Object) -> Status {
    if object.delivery == Delivery::Running { Status::Active } else { Status::Paused }
}

/// The field that a step sets, where it may be somebody's. What a person orders, and what stops delivery, asks nobody.
fn field_of(step: &Step) -> Option<DriftField> {
    match (&step.work, step.trust) {
        (_, Trust::Undo | Trust::PauseAll) => None,
        (Work::Change(ChangeKind::SetDailyBudget { .. }), _) => Some(DriftField::DailyBudget),
        (Work::Change(ChangeKind::SetBid { .. }), _) => Some(DriftField::Bid),
        (Work::Change(ChangeKind::Activate), Trust::Proposal) => Some(DriftField::Status),
        _ => None,
    }
}
