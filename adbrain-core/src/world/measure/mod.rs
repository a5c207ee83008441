//! Measuring: history files and platform reports become rows with window, attribution and maturity.
//!
//! In: CSV bytes or report rows. Out: history, totals, maturity. Called by brain and agents. Never drops a bad row silently.

mod delay;
mod import;
mod mapping;
mod number;
mod row;
mod windows;

pub use delay::{MATURE_SHARE, completeness, maturity, maturity_of};
pub use import::{MAX_BYTES, import_csv, import_table};
pub use mapping::{HistoryMapping, PlatformColumn, RevenueValue};
pub use windows::{by_ad, by_ad_set, by_day, by_platform, overall_completeness, total};
