//! What people see.

#[cfg(feature = "dashboard")]
pub mod dashboard;
pub mod report;
