//! Decisions graded by what came, and a scoreboard of them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::rules::ActionKind;
use super::DecisionRecord;
use crate::model::Metrics;
use crate::stats::proportions::Proportion;

/// What came in the days that a decision is counted over, once they are mature.
#[derive(Debug, Clone, Copy)]
pub struct After<'a> {
    /// When it was looked at.
    pub at: Timestamp,
    /// What the decision was about: the ad, or the ad set.
    pub own: &'a Metrics,
    /// Where the money goes: the other ads, or the other ad set.
    pub others: &'a Metrics,
    /// Whether the action was carried out.
    pub is_done: bool,
}

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Graded {
    /// When it was looked at.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What the action brought, or would have brought, in units of the account's currency.
    pub value: f64,
    /// Whether that lies within the interval that was foreseen.
    pub is_inside: bool,
    /// What the better choice would have brought more: nothing where the better one was taken.
    pub regret: f64,
    /// Whether the action was carried out. What it would have brought is then estimated from the time before, else measured.
    pub is_done: bool,
}

/// Grades a decision by the days after it; none for one without a value, and for a cut of a bid: what an ad set would have spent at the
/// other bid is in no figure, so a log cannot grade it.
///
/// An ad that went on although a pause was weighed spent s and brought r: the pause would have brought `s * ROAS of the others - r`. One that
/// was paused is taken to have brought what was expected of it. A move of money is graded by the returns that both sides had.
pub fn grade(record: &DecisionRecord, after: &After<'_>) -> Option<Graded> {
    let expected = record.expected()?;
    let figure = |name: &str| record.evidence.get(name).copied();
    let others = after.others.roas()?;
    let value = match record.action {
        ActionKind::CutBid => return None,
        ActionKind::PauseWorstAds if after.is_done => figure("money")? * (others - figure("roas_ad")?),
        ActionKind::PauseWorstAds => after.own.spend.to_units() * others - after.own.revenue.to_units(),
        ActionKind::MoveBudget => {
            let share = expected.value / (figure("roas_there")? - figure("roas")?);
            share * (others - after.own.roas()?)
        }
    };
    if !value.is_finite() {
        return None;
    }
    let regret = if record.is_proposed { (-value).max(0.0) } else { value.max(0.0) };
    let is_inside = (expected.low..=expected.high).contains(&value);
    Some(Graded { at: after.at, value, is_inside, regret, is_done: after.is_done })
}

/// How decisions turned out, all together or for one kind of action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreboardRow {
    /// The kind of action; none is all of them.
    pub action: Option<ActionKind>,
    /// Decisions.
    pub decisions: u64,
    /// Those of which the action was proposed.
    pub proposed: u64,
    /// Those that could be graded.
    pub graded: u64,
    /// Of the graded ones those whose outcome lay within its interval of 80 %.
    pub inside: u64,
    /// Their share with an interval of 95 %: calibrated where it holds 0.8. None without a graded one.
    pub calibration: Option<[f64; 3]>,
    /// What the graded proposals were expected to bring, in units of the account's currency.
    pub expected: f64,
    /// What they brought, or would have brought.
    pub value: f64,
    /// An interval of 80 % for that sum, from the spread of what was foreseen: low and high.
    pub interval: [f64; 2],
    /// What better choices would have brought more, over all graded decisions.
    pub regret: f64,
}

/// A row for all decisions, then one for each kind of action that there was.
pub type Scoreboard = Vec<ScoreboardRow>;

/// Sums decisions up.
pub fn scoreboard(records: &[DecisionRecord]) -> Scoreboard {
    let kinds = [None, Some(ActionKind::CutBid), Some(ActionKind::PauseWorstAds), Some(ActionKind::MoveBudget)];
    let of = |action: Option<ActionKind>| {
        let own: Vec<&DecisionRecord> =
            records.iter().filter(|record| action.is_none_or(|action| record.action == action)).collect();
        (!own.is_empty()).then(|| row(action, &own))
    };
    kinds.into_iter().filter_map(of).collect()
}

fn row(action: Option<ActionKind>, records: &[&DecisionRecord]) -> ScoreboardRow {
    let graded: Vec<_> =
        records.iter().filter_map(|record| Some((*record, record.expected()?, record.outcome?))).collect();
    let inside = graded.iter().filter(|(_, _, outcome)| outcome.is_inside).count() as u64;
    let proposals = || graded.iter().filter(|(record, ..)| record.is_proposed);
    let value: f64 = proposals().map(|(_, _, outcome)| outcome.value).sum();
    let spread: f64 = proposals().map(|(_, expected, _)| libm::pow((expected.high - expected.low) / 2.0, 2.0)).sum();
    let half = libm::sqrt(spread);
    let share = Proportion::new(inside, graded.len() as u64).and_then(|share| share.wilson(0.95));
    ScoreboardRow {
        action,
        decisions: records.len() as u64,
        proposed: records.iter().filter(|record| record.is_proposed).count() as u64,
        graded: graded.len() as u64,
        inside,
        calibration: share.ok().map(|share| [share.estimate, share.low, share.high]),
        expected: proposals().map(|(_, expected, _)| expected.value).sum(),
        value,
        interval: [value - half, value + half],
        regret: graded.iter().map(|(_, _, outcome)| outcome.regret).sum(),
    }
}
