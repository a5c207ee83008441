//! How much traffic a cell of a test matrix needs.

use crate::stats::power::{Goal, sample_size_two_proportions};

/// Impressions per cell to show a relative difference of CTR at 80 % power and 5 % error, two-sided; `None` where a rate leaves 0..1
/// or the effect is zero.
///
/// ```
/// use adbrain_core::experiment::impressions_per_cell;
/// assert_eq!(impressions_per_cell(0.01, 0.2), Some(42_693));
/// ```
pub fn impressions_per_cell(base_ctr: f64, relative_effect: f64) -> Option<u64> {
    sample_size_two_proportions(Goal::usual(base_ctr, relative_effect))
}
