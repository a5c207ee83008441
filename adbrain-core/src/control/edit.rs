//! How often and by how much an object's amounts were changed.

use jiff::Timestamp;

use crate::model::ChangeKind;

/// A change of an amount that we made, or may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) at: Timestamp,
    /// By how much of the amount before, up or down, rounded up.
    pub(super) percent: u32,
    pub(super) is_budget: bool,
}

impl Edit {
    /// The edit that a change is; none for one that sets no amount.
    pub(super) fn of(kind: &ChangeKind, at: Timestamp) -> Option<Self> {
        let (before, after, is_budget) = match kind {
            ChangeKind::SetDailyBudget { before, after } => (*before, *after, true),
            ChangeKind::SetBid { before, after } => (*before, *after, false),
            _ => return None,
        };
        let (before, difference) = (before.micros().unsigned_abs(), before.micros().abs_diff(after.micros()));
        let percent = (u128::from(difference) * 100).div_ceil(u128::from(before.max(1)));
        Some(Self { at, percent: u32::try_from(percent).unwrap_or(u32::MAX), is_budget })
    }
}
