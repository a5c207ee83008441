//! Two samples of values: summaries that add up, and tests on them.
//!
//! The order is always control, then treatment; a difference is treatment less control, and a relative one is divided by the size
//! of the control's mean.

mod moments;
mod summary;
mod cross;
mod effect;
mod welch;
mod relative;
mod table;

pub use cross::CrossSummary;
pub use effect::Effect;
pub use relative::{RelativeMethod, relative_lift};
pub use summary::Summary;
pub use table::{Columns, WelchTable, welch_table};
pub use welch::{MeanTest, student, welch};
pub(super) use welch::{Tested, check_level, welch_degrees};
