//! What people see.

#[cfg(feature = "dashboard")]
pub mod dashboard;
#[cfg(any(feature = "cli", feature = "dashboard"))]
pub(crate) mod event;
pub mod report;
