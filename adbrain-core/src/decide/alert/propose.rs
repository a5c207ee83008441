//! What an action of a rule would change, and what it is expected to bring.

use super::decision::{BID_DAYS, BUDGET_DAYS, Candidate, PAUSE_DAYS, budget_move, cut_bid, pause};
use super::rules::{ActionKind, Proposal};
use super::{MetricSettings, Observation, hours, returns};
use crate::model::{Change, ChangeKind, Money};

/// What a proposal means for its ad set, among all that are observed: a bid that is cut, each ad that is paused, money that moves. Empty where
/// the ad set has no bid, no ad that is surely bad, or no better ad set beside it.
pub(super) fn candidates(
    settings: &MetricSettings,
    (proposal, seen): (&Proposal, &Observation<'_>),
    all: &[Observation<'_>],
) -> Vec<Candidate> {
    let cause = proposal.episode.as_str();
    match proposal.kind {
        ActionKind::CutBid => bid_cut(settings, (proposal.amount, cause), seen).into_iter().collect(),
        ActionKind::PauseWorstAds => pauses(settings, (proposal.amount, cause), seen),
        ActionKind::MoveBudget => moved(settings, (proposal.amount, cause), (seen, all)).into_iter().collect(),
    }
}

/// Cuts the bid by a percentage, never below the floor; nothing where the ad set has no bid.
///
/// The new bid is rounded up to a whole minor unit, so that the cut is never greater than the rule says.
fn bid_cut(settings: &MetricSettings, (percent, cause): (u32, &str), seen: &Observation<'_>) -> Option<Candidate> {
    let before = seen.bid?;
    let after = cut(before, percent, seen.bid_floor)?;
    let rise = hours::last_full_hour(seen).and_then(|last| hours::compare(settings, seen.hourly, last));
    let rise = rise.map_or(0.0, |compared| libm::expm1(compared.now - compared.usual));
    Some(Candidate {
        action: ActionKind::CutBid,
        changes: vec![change(seen, ChangeKind::SetBid { before, after }, cause)],
        days: BID_DAYS,
        valued: cut_bid(settings, seen, (percent, rise)),
    })
}

fn cut(before: Money, percent: u32, floor: Option<Money>) -> Option<Money> {
    let kept = 100 - i64::from(percent.min(100));
    let unit = before.currency().minor_unit_micros();
    let kept = before.micros().checked_mul(kept)?.div_euclid(100);
    let floor = floor.filter(|floor| floor.currency() == before.currency()).map_or(unit, Money::micros);
    let after = (kept.checked_add(unit - 1)?.div_euclid(unit) * unit).max(floor);
    (after < before.micros()).then(|| Money::from_micros(after, before.currency()))
}

/// Pauses the worst ads, each a decision of its own.
fn pauses(settings: &MetricSettings, (at_most, cause): (u32, &str), seen: &Observation<'_>) -> Vec<Candidate> {
    let candidate = |ad| Candidate {
        action: ActionKind::PauseWorstAds,
        valued: pause(settings, seen, &ad),
        changes: vec![Change { platform: seen.platform, target: ad, kind: ChangeKind::Pause, cause: cause.to_owned() }],
        days: PAUSE_DAYS,
    };
    returns::worst_ads(settings, seen, at_most).into_iter().map(candidate).collect()
}

/// Moves a percentage of the daily budget to the ad set of the platform that is expected to gain most by it. What is taken is what is given,
/// in whole minor units, and no more than a raise of `max_raise_percent` there.
fn moved(
    settings: &MetricSettings,
    (percent, cause): (u32, &str),
    (seen, all): (&Observation<'_>, &[Observation<'_>]),
) -> Option<Candidate> {
    let others = all.iter().filter(|other| {
        other.platform == seen.platform
            && other.object != seen.object
            && !other.is_learning
            && other.daily_budget.currency() == seen.daily_budget.currency()
    });
    let moves = others.filter_map(|other| {
        let taken = seen.daily_budget.scale(i64::from(percent.min(100)), 100).ok()?;
        let room = other.daily_budget.scale(i64::from(settings.max_raise_percent), 100).ok()?;
        let amount = Money::from_micros(taken.micros().min(room.micros()), taken.currency()).floor_to_minor_unit();
        let valued = budget_move(settings, (seen, other), amount.to_units())?;
        (amount.is_positive() && amount.micros() < seen.daily_budget.micros()).then_some((other, amount, valued))
    });
    let best = moves.reduce(|best, other| if other.2.expected.value > best.2.expected.value { other } else { best });
    let (other, amount, valued) = best?;
    let by = |ad_set: &Observation<'_>, micros: i64| {
        let before = ad_set.daily_budget;
        let after = Money::from_micros(before.micros() + micros, before.currency());
        change(ad_set, ChangeKind::SetDailyBudget { before, after }, cause)
    };
    Some(Candidate {
        action: ActionKind::MoveBudget,
        changes: vec![by(seen, -amount.micros()), by(other, amount.micros())],
        days: BUDGET_DAYS,
        valued: Some(valued),
    })
}

fn change(seen: &Observation<'_>, kind: ChangeKind, cause: &str) -> Change {
    Change { platform: seen.platform, target: seen.object.clone(), kind, cause: cause.to_owned() }
}
