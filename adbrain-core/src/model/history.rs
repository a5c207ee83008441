//! Past results, as imported from a file or a data frame.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AgeRange, ContentHash, Currency, Gender, Metrics, Platform};

/// One row of past results: one ad, or one ad on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryRow {
    /// The line of the file or the number of the row, from 1; the header of a file is line 1.
    pub line: u64,
    /// The platform.
    pub platform: Platform,
    /// The campaign as the source names it.
    pub campaign: String,
    /// The ad as the source names it.
    pub ad: String,
    /// The day, where the source has one.
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    /// The ages that saw it.
    pub ages: Option<AgeRange>,
    /// The gender that saw it.
    pub gender: Option<Gender>,
    /// The interest that was targeted.
    pub interest: Option<String>,
    /// The kind of creative.
    pub creative_type: Option<String>,
    /// The copy style.
    pub copy_style: Option<String>,
    /// The counts.
    pub metrics: Metrics,
}

/// A row that was not taken, and why. It is counted and reported, never filled with zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowProblem {
    /// The line of the file or the number of the row, as in [`HistoryRow::line`].
    pub line: u64,
    /// The column by its header.
    pub column: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Past results with what was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// The SHA-256 of the source and the mapping: the same history is learnt from once.
    pub hash: ContentHash,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The name of the mapping that read it.
    pub mapping: String,
    /// The rows taken, in the order of the source.
    pub rows: Vec<HistoryRow>,
    /// The rows not taken.
    pub problems: Vec<RowProblem>,
}
