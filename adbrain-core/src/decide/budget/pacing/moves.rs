//! Whether a budget moves, to which amount, and why.

use super::pace::PaceReason;
use super::plan::PacingPlan;
use crate::error::Result;
use crate::model::message::Argument;
use crate::model::{Estimate, Message, Money};

/// Nothing moves once less of the day's traffic than this is left.
const LATE: f64 = 0.02;
/// A move by less than so many percent of the budget is none.
const LEAST_PERCENT: i64 = 1;

/// What a decision rests on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// The daily budget in force.
    pub(super) budget: Money,
    pub(super) spent: Money,
    /// None while nothing is delivered.
    pub(super) projected: Option<&'a Estimate>,
    /// Minutes since the figures were complete.
    pub(super) age: u32,
    /// Minutes since the last move.
    pub(super) since_move: Option<u32>,
    pub(super) moves: u32,
    /// The share of the day's traffic that is left.
    pub(super) rest: f64,
}

/// Whether a budget moves.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] where an amount is too large.
pub(super) fn decide(plan: &PacingPlan, facts: &Facts<'_>) -> Result<(PaceReason, Option<Money>)> {
    let highest = plan.highest_budget()?;
    if facts.budget.micros() > highest.micros() {
        return Ok((PaceReason::OverCap, Some(highest)));
    }
    let held = |reason| Ok((reason, None));
    if facts.age > plan.max_age_minutes {
        return held(PaceReason::Stale);
    }
    let Some(projected) = facts.projected else { return held(PaceReason::NoDelivery) };
    let planned = plan.planned.to_units();
    if (projected.value - planned).abs() <= plan.corridor * planned {
        return held(PaceReason::OnPlan);
    }
    if projected.low <= planned && planned <= projected.high {
        return held(PaceReason::Unsure);
    }
    if facts.rest < LATE {
        return held(PaceReason::DayEnds);
    }
    if facts.moves >= plan.max_moves {
        return held(PaceReason::NoMovesLeft);
    }
    if facts.since_move.is_some_and(|minutes| minutes < plan.gap_minutes) {
        return held(PaceReason::TooSoon);
    }
    let amount = amount(plan, facts, projected)?;
    let change = i128::from(amount.micros()) - i128::from(facts.budget.micros());
    let is_right_way = if projected.value > planned { change < 0 } else { change > 0 };
    if !is_right_way || change.abs() * 100 < i128::from(LEAST_PERCENT) * i128::from(facts.budget.micros()) {
        return held(PaceReason::AtLimit);
    }
    Ok((if change > 0 { PaceReason::Raised } else { PaceReason::Lowered }, Some(amount)))
}

/// `budget * (planned / projected)^step` within all limits, in whole minor units. The cap is the last word.
fn amount(plan: &PacingPlan, facts: &Facts<'_>, projected: &Estimate) -> Result<Money> {
    let factor = libm::pow(plan.planned.to_units() / projected.value, plan.step);
    let wanted = part(facts.budget, factor)?;
    let first = plan.first_budget();
    let [low, high] = plan.bounds;
    let up = facts.budget.scale(100 + i64::from(plan.max_raise_percent), 100)?;
    let down = facts.budget.scale(100 - i64::from(plan.max_cut_percent), 100)?;
    let floor = if facts.spent.micros() < plan.planned.micros() { facts.spent } else { Money::zero(first.currency()) };
    let least = [part(first, low)?, down, floor].into_iter().chain(plan.least).map(Money::micros).max().unwrap_or(0);
    let most = [part(first, high)?, up].map(Money::micros).into_iter().min().unwrap_or(0);
    let unit = first.currency().minor_unit_micros();
    let least = least.saturating_add(unit - 1).div_euclid(unit) * unit;
    let within = wanted.micros().min(most).max(least).min(plan.highest_budget()?.micros());
    Ok(Money::from_micros(within, first.currency()).floor_to_minor_unit())
}

/// A share of an amount, rounded down to a micro.
pub(super) fn part(amount: Money, share: f64) -> Result<Money> {
    amount.scale(parts(share), PARTS)
}

/// A share is counted in so many parts.
const PARTS: i64 = 1_000_000_000;

#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
fn parts(share: f64) -> i64 {
    libm::floor((share * 1e9).clamp(0.0, 1e12)) as i64
}

impl PaceReason {
    /// The reason as a text.
    pub(super) fn message(self, plan: &PacingPlan, facts: &Facts<'_>, proposed: Option<Money>) -> Message {
        let key = match self {
            Self::OnPlan => "pace-on-plan",
            Self::Unsure => "pace-unsure",
            Self::Raised => "pace-raised",
            Self::Lowered => "pace-lowered",
            Self::OverCap => "pace-over-cap",
            Self::Stale => "pace-stale",
            Self::NoDelivery => "pace-no-delivery",
            Self::TooSoon => "pace-too-soon",
            Self::NoMovesLeft => "pace-no-moves-left",
            Self::AtLimit => "pace-at-limit",
            Self::DayEnds => "pace-day-ends",
        };
        let message = Message::new(key).with("planned", plan.planned);
        let minutes = |minutes: u32| Argument::Count(i64::from(minutes));
        let message = match self {
            Self::Stale => message.with("age", minutes(facts.age)).with("limit", minutes(plan.max_age_minutes)),
            Self::NoDelivery => message.with("spent", facts.spent),
            Self::TooSoon => message.with("gap", minutes(plan.gap_minutes)),
            Self::NoMovesLeft => message.with("moves", minutes(plan.max_moves)),
            Self::OverCap => message.with("cap", plan.cap),
            _ => message,
        };
        let message = match facts.projected {
            Some(projected) => message.with("share", Argument::Ratio(projected.value / plan.planned.to_units())),
            None => message,
        };
        match proposed {
            Some(budget) => message.with("budget", budget),
            None => message,
        }
    }
}
