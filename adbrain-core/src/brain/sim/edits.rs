//! What a policy's decision becomes: edits through the door, and what then stands on the platforms.

use super::ground::{Ground, Member};
use super::policy::View;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Change, ChangeKind, Money};
use crate::platform::{Connector as _, Status};

/// How often the edits of a day are asked for.
const EDIT_TRIES: usize = 8;
/// The largest single edits that the door of a trial lets through, in percent.
const LARGEST_CUT: i64 = 98;
const LARGEST_RAISE: i64 = 250;

/// Hands the changes of a day to the door; says how many were not done. What a fault kept from being done is asked for again, and what is too
/// far for one edit is done in several.
pub(super) async fn submit(ground: &Ground, (view, budgets): (&View, &[Money])) -> Result<u32> {
    let mut now: Vec<Money> = view.campaigns.iter().map(|campaign| campaign.budget).collect();
    for attempt in 0..EDIT_TRIES {
        let mut changes = Vec::new();
        for ((member, before), wanted) in ground.members.iter().zip(&now).zip(budgets) {
            let after = one_edit(*before, *wanted);
            if after != *before {
                let kind = ChangeKind::SetDailyBudget { before: *before, after };
                let (platform, target) = (member.platform, member.ad_set());
                changes.push(Change { platform, target, kind, cause: format!("day {} edit {attempt}", view.day) });
            }
        }
        if changes.is_empty() {
            return Ok(0);
        }
        ground.control.submit(&changes).await?;
        ground.control.reconcile().await?;
        now = present(ground).await?;
    }
    let open = now.iter().zip(budgets).filter(|(now, wanted)| now != wanted).count();
    Ok(u32::try_from(open).unwrap_or(u32::MAX))
}

/// As far towards a budget as one edit goes.
fn one_edit(before: Money, wanted: Money) -> Money {
    let limit = |percent: i64| {
        let micros = i128::from(before.micros()) * i128::from(percent) / 100;
        Money::from_micros(i64::try_from(micros).unwrap_or(i64::MAX), before.currency()).floor_to_minor_unit()
    };
    let (low, high) = (limit(100 - LARGEST_CUT), limit(100 + LARGEST_RAISE));
    if wanted.micros() > high.micros() {
        high
    } else if wanted.micros() < low.micros() {
        low
    } else {
        wanted
    }
}

/// The daily budgets as the platforms have them.
pub(super) async fn present(ground: &Ground) -> Result<Vec<Money>> {
    let mut objects = Vec::new();
    for account in &ground.accounts {
        objects.extend(account.list().await?);
    }
    let of = |member: &Member| {
        let tag = member.ad_set();
        let object = objects.iter().find(|object| object.tag.as_ref() == Some(&tag));
        object.and_then(|object| object.daily_budget).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("the ad set {tag} is not in its account")).next("report this")
        })
    };
    ground.members.iter().map(of).collect()
}

/// Whether what may deliver passes the total as planned, or the daily cap in the worst case.
pub(super) async fn breaks_a_cap(ground: &Ground, total: Money) -> Result<bool> {
    let (mut planned, mut worst) = (0_i128, 0_i128);
    for account in &ground.accounts {
        let percent = i128::from(account.capabilities().worst_case_day_percent);
        for object in account.list().await?.iter().filter(|object| object.status == Status::Active) {
            let budget = object.daily_budget.map_or(0, |budget| i128::from(budget.micros()));
            planned += budget;
            worst += budget * percent / 100;
        }
    }
    Ok(planned > i128::from(total.micros()) || worst > i128::from(ground.limits.daily_cap.micros()))
}
