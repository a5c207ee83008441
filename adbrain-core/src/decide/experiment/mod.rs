//! Experiments: what is tested, what was measured, what it means.
//!
//! In: counts per cell. Out: readouts with interval and sample size. Called by optimizer, analyst and report. Never acts.

pub mod matrix;
mod readout;

use serde::{Deserialize, Serialize};

use crate::model::Estimate;

pub use matrix::impressions_per_cell;
pub use readout::{MeanArm, RateArm, ReadoutSettings, compare_means, compare_rates};

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The interval of the difference lies above zero.
    Better,
    /// The interval of the difference lies below zero.
    Worse,
    /// The interval holds zero.
    NotShown,
    /// There is too little data for any answer.
    NotEnoughData,
}

/// What was measured between two arms. Ads are delivered unevenly by the platform, so it is associational.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// The metric: `ctr` or `daily_roas`.
    pub metric: String,
    /// The arm that is compared.
    pub arm: String,
    /// What it is compared with.
    pub against: String,
    /// Arm minus comparison, with its interval.
    pub difference: Option<Estimate>,
    /// Two-sided p value, where one can be computed.
    pub p_value: Option<f64>,
    /// Units of the arm: impressions or days.
    pub arm_size: u64,
    /// Units of the comparison.
    pub against_size: u64,
    /// Units per arm that the planned effect needs.
    pub needed_size: u64,
    /// What it says.
    pub verdict: Verdict,
}
