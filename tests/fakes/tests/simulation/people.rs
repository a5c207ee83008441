//! What people do in the accounts by hand.

use adbrain_core::model::{Currency, Money, Platform};
use adbrain_core::platform::{Level, RemoteObject, Status};
use adbrain_core::stats::random::Random;
use jiff::Timestamp;

use crate::world::{Kept, State};

/// A campaign and an ad set of somebody else on each platform.
pub(crate) fn foreign(state: &mut State, platform: Platform) {
    let campaign = state.id();
    let ad_set = state.id();
    let object = |id, parent, level| RemoteObject {
        id,
        tag: None,
        parent,
        level,
        name: "Summer [old]".to_owned(),
        status: Status::Active,
        daily_budget: (level == Level::AdSet).then(|| Money::from_micros(50_000_000, Currency::BRL)),
        bid: None,
    };
    let objects = [object(campaign.clone(), None, Level::Campaign), object(ad_set, Some(campaign), Level::AdSet)];
    let kept = objects.map(|object| Kept { platform, object, made: Timestamp::UNIX_EPOCH, is_foreign: true });
    state.objects.extend(kept);
}

/// Somebody changes one of our objects: its budget, its status, or whether it is there at all.
pub(crate) fn edit(state: &mut State, random: &mut Random, now: Timestamp) {
    let level = [Level::Campaign, Level::AdSet, Level::AdSet, Level::Ad][usize::try_from(random.below(4)).unwrap()];
    let own = state.own(level);
    if own.is_empty() {
        return;
    }
    let id = own[usize::try_from(random.below(own.len() as u64)).unwrap()].object.id.clone();
    let what = random.below(8);
    let percent = 50 + i64::try_from(random.below(100)).unwrap();
    let kept = state.objects.iter_mut().find(|kept| kept.object.id == id).unwrap();
    let object = &mut kept.object;
    match what {
        0 => object.status = Status::Archived,
        1 | 2 => object.status = Status::Paused,
        3 => {
            object.status = Status::Active;
            state.let_go.extend(object.tag.clone());
        }
        _ => {
            if let Some(budget) = object.daily_budget {
                object.daily_budget = Some(budget.scale(percent, 100).unwrap().floor_to_minor_unit());
            }
        }
    }
    let told = format!("somebody edits: {object:?}");
    state.tell(now, &told);
    state.meet("edits by people");
    state.count(now);
}
