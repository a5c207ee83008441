//! Ratios of sums over units such as days, regions or users: CTR, CPA, ROAS, CPM.
//!
//! The unit is what was randomised or is at least independent of the others. Impressions of one person or one day are not: on real
//! campaigns a z test by impression said z = 154 where days say z = 3.7.

mod days;
mod one;
mod arm;
mod relative;
mod compare;
mod fieller;

pub(super) use arm::{Measured, without_rounding};
pub(super) use compare::of_measured;
pub use compare::{RatioComparison, RatioUnits, compare, compare_absolute, compare_relative};
pub use days::{change_of_days, ratio_of_days};
pub use fieller::{fieller, fieller_relative};
pub use one::ratio_of_sums;
