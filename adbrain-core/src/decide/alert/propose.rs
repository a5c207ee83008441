//! The changes that an episode proposes, once. Control decides.

use super::{AlertSettings, Observation, performance_drop};
use crate::model::{Change, ChangeKind, Money};

/// Cuts the bid by the rule's percent, never below the floor; nothing where the ad set has no bid.
///
/// The new bid is rounded up to a whole minor unit, so that the cut is never greater than the rule says.
pub(super) fn bid_cut(settings: &AlertSettings, seen: &Observation<'_>, cause: &str) -> Vec<Change> {
    let kept = 100 - i64::from(settings.cost_spike.bid_cut_percent.min(100));
    let cut = |before: Money| {
        let unit = before.currency().minor_unit_micros();
        let kept = before.micros().checked_mul(kept)?.div_euclid(100);
        let floor = seen.bid_floor.filter(|floor| floor.currency() == before.currency()).map_or(unit, Money::micros);
        let after = (kept.checked_add(unit - 1)?.div_euclid(unit) * unit).max(floor);
        (after < before.micros()).then(|| Money::from_micros(after, before.currency()))
    };
    let proposed = seen.bid.and_then(|before| cut(before).map(|after| ChangeKind::SetBid { before, after }));
    let target = seen.object.clone();
    proposed.map(|kind| Change { platform: seen.platform, target, kind, cause: cause.to_owned() }).into_iter().collect()
}

/// Pauses the worst ads.
pub(super) fn pauses(settings: &AlertSettings, seen: &Observation<'_>, cause: &str) -> Vec<Change> {
    let change = |target| Change { platform: seen.platform, target, kind: ChangeKind::Pause, cause: cause.to_owned() };
    performance_drop::worst_ads(&settings.performance_drop, seen).into_iter().map(change).collect()
}
