//! Two samples of values: summaries that add up, and tests on them.
//!
//! The order is always control, then treatment; a difference is treatment less control, and a relative one is divided by the size
//! of the control's mean.

mod moments;
mod summary;
mod cross;
mod welch;

pub use cross::CrossSummary;
pub use summary::Summary;
pub use welch::{MeanTest, student, welch};
pub(super) use welch::{Tested, check_level, welch_degrees};
