//! Records of decisions: what an action is expected to bring beside leaving things as they are, and what came of it.
//!
//! Values are revenue, in units of the account's currency, of the same spend: money that an action takes from one place counts as what it
//! brings elsewhere. They say what an account's figures make likely; only an experiment shows a cause.

mod grade;
mod value;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::ActionKind;
use crate::model::{Change, Message, Platform, undo};
use crate::stats::distribution::{NORMAL_80, normal_cdf};

pub use grade::{After, Graded, Scoreboard, ScoreboardRow, grade, scoreboard};
pub(super) use value::{BID_DAYS, BUDGET_DAYS, PAUSE_DAYS, budget_move, cut_bid, pause};

/// How sure an action must be to be the better choice; a choice of ours.
const SURE: f64 = 0.97;
/// The same in the learning phase.
const SURE_WHILE_LEARNING: f64 = 0.995;

crate::model::named! {
    /// How an action is decided on.
    Decide {
        /// By its expected value: it is proposed where it surely enough gains.
        ExpectedValue = "expected_value",
        /// Always, whatever it is expected to bring.
        Fixed = "fixed",
    }
}

/// What a choice is expected to bring against leaving everything as it is, over some days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The days that it is counted over.
    pub days: u32,
    /// The mean, in units of the account's currency.
    pub value: f64,
    /// The low end of an interval of 80 % for what comes.
    pub low: f64,
    /// The high end.
    pub high: f64,
    /// The probability that it is the better choice, 0 to 1: that its mean, were it known, lies above that of leaving everything as it is.
    pub chance: f64,
}

impl Expected {
    /// A mean that is known up to a variance (`doubt`), and the normal interval of what comes, which varies by `luck` as well.
    fn of(days: u32, mean: f64, (doubt, luck): (f64, f64)) -> Self {
        let half = NORMAL_80 * libm::sqrt((doubt + luck).max(0.0));
        let chance = normal_cdf(mean / libm::sqrt(doubt.max(f64::MIN_POSITIVE)));
        Self { days, value: mean, low: mean - half, high: mean + half, chance }
    }

    /// Leaving everything as it is, which everything is measured against.
    fn nothing(days: u32) -> Self {
        Self { days, value: 0.0, low: 0.0, high: 0.0, chance: 0.5 }
    }
}

/// One of the things that could be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// What is done; none is to leave everything as it is.
    pub action: Option<ActionKind>,
    /// What it is expected to bring; none where there is too little to say.
    pub expected: Option<Expected>,
}

/// One decision about an action of an episode: whether it was proposed, on what evidence, how to take it back, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// The rule.
    pub rule: String,
    /// The episode by its key, which is the cause of the changes.
    pub cause: String,
    /// When it was decided.
    pub at: Timestamp,
    /// The platform.
    pub platform: Platform,
    /// The ad set by its tag.
    pub object: String,
    /// The action.
    pub action: ActionKind,
    /// What the action does; control decides.
    pub changes: Vec<Change>,
    /// Whether it was proposed, or everything was left as it is.
    pub is_proposed: bool,
    /// Why, as a text for people.
    pub why: Message,
    /// What could be done: to leave everything as it is first, then the action.
    pub alternatives: Vec<Alternative>,
    /// The figures that the value is worked out from, by name.
    pub evidence: BTreeMap<String, f64>,
    /// What takes the changes back, the last one first.
    pub undo: Vec<Change>,
    /// What came of it; none until the days that it is counted over are mature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Graded>,
}

impl DecisionRecord {
    /// What the action is expected to bring.
    pub fn expected(&self) -> Option<&Expected> {
        self.alternatives.iter().find(|choice| choice.action.is_some())?.expected.as_ref()
    }
}

/// An action with its value, to be decided on.
pub(super) struct Candidate {
    pub(super) action: ActionKind,
    pub(super) changes: Vec<Change>,
    pub(super) days: u32,
    pub(super) valued: Option<Valued>,
}

/// What an action is expected to bring, and from what.
pub(super) struct Valued {
    pub(super) expected: Expected,
    pub(super) evidence: BTreeMap<String, f64>,
}

/// Where and when a decision is made.
pub(super) struct Place<'a> {
    pub(super) rule: &'a str,
    pub(super) cause: &'a str,
    pub(super) at: Timestamp,
    pub(super) platform: Platform,
    pub(super) object: &'a str,
    /// An object in its learning phase has to pass the stricter test.
    pub(super) is_learning: bool,
}

/// Decides on an action: always, or where it is surely enough the better choice. A change has its price (a new learning phase, a campaign that is
/// not what it was), so that a mean above zero is not enough; in the learning phase more is asked.
pub(super) fn decide(how: Decide, place: &Place<'_>, candidate: Candidate) -> DecisionRecord {
    let expected = candidate.valued.as_ref().map(|valued| valued.expected);
    let (is_proposed, why) = match (how, expected) {
        (Decide::Fixed, _) => (true, "decision-fixed"),
        (Decide::ExpectedValue, None) => (false, "decision-unknown"),
        (Decide::ExpectedValue, Some(expected)) if expected.value <= 0.0 => (false, "decision-loses"),
        (Decide::ExpectedValue, Some(expected)) if expected.chance < SURE => (false, "decision-unsure"),
        (Decide::ExpectedValue, Some(expected)) if place.is_learning && expected.chance < SURE_WHILE_LEARNING => {
            (false, "decision-learns")
        }
        (Decide::ExpectedValue, Some(_)) => (true, "decision-gains"),
    };
    DecisionRecord {
        rule: place.rule.to_owned(),
        cause: place.cause.to_owned(),
        at: place.at,
        platform: place.platform,
        object: place.object.to_owned(),
        action: candidate.action,
        undo: undo(&candidate.changes),
        changes: candidate.changes,
        is_proposed,
        why: Message::new(why),
        alternatives: vec![
            Alternative { action: None, expected: Some(Expected::nothing(candidate.days)) },
            Alternative { action: Some(candidate.action), expected },
        ],
        evidence: candidate.valued.map(|valued| valued.evidence).unwrap_or_default(),
        outcome: None,
    }
}

#[cfg(test)]
mod tests;
