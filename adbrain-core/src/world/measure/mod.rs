//! Measuring: history files and platform reports become rows with window, attribution and maturity, and stay in the store.
//!
//! In: CSV bytes or report rows. Out: history, totals, maturity, rows as they were known when. Called by brain and agents. Never drops a
//! bad row silently.

pub(crate) mod analytics;
pub(crate) mod cells;
mod delay;
mod demo;
mod exports;
mod import;
mod ingest;
mod mapping;
pub(crate) mod number;
mod records;
mod row;
pub(crate) mod table;
mod windows;

pub use delay::{MATURE_SHARE, completeness, maturity, maturity_of};
pub use demo::{DemoRow, demo_rows};
pub use import::{import_file, import_table};
pub use ingest::{
    AnalyticsSource, Fact, FactMapping, Facts, Ingestion, Jumps, Known, KnownQuery, PullOrder, Pulled, RefusedRow,
    look_back_days, read_facts, source_of, zone_of,
};
pub use mapping::{HistoryMapping, PlatformColumn, RevenueValue};
pub use table::MAX_BYTES;
pub use windows::{by_ad, by_ad_set, by_day, by_platform, overall_completeness, total};
