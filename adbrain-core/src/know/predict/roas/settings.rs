//! What is forecast, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rate;
use crate::error::{Error, Result};
use crate::model::BestPractice;
use crate::predict::features::{Feature, Features};

crate::model::named! {
    /// By what intervals are calibrated.
    Grouping {
        /// All rows together.
        Pooled = "pooled",
        /// By platform.
        Platform = "platform",
        /// By campaign or its group.
        Campaign = "campaign",
    }
}

impl Grouping {
    /// The group of a row; none where it has none.
    pub(in crate::know::predict) fn of(self, row: &Features) -> Option<String> {
        match self {
            Self::Pooled => None,
            Self::Platform => row.platform.map(|platform| platform.as_str().to_owned()),
            Self::Campaign => row.campaign.clone(),
        }
    }
}

/// What is forecast, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The rate. ROAS by default.
    pub rate: Rate,
    /// The level of intervals, above 0 and below 1. 0.9 by default.
    pub level: f64,
    /// The wanted value of the rate, which the recommendation compares with; none for no recommendation.
    pub target: Option<f64>,
    /// By what intervals are calibrated; platform by default.
    pub calibrate_by: Grouping,
    /// The features that may be used; all by default. Those that no past result has are left out by themselves.
    pub features: Vec<Feature>,
    /// After so many days a row weighs half in the forest; none for equal weights.
    pub half_life_days: Option<f64>,
    /// Whether leaf size, columns per split and mode are chosen by the interval score out of bag, and the best of both modes mixed; true
    /// by default. From 50 rows on nine forests are then grown and judged in place of one; below, one at most.
    pub tune: bool,
    /// What usually works in the trade: the prior of ROAS starts from it, weighed by its ads. None by default: then it is ROAS 2.0.
    pub practices: Vec<BestPractice>,
    /// The trees of the forest, 1 to 100,000. 200 by default.
    pub trees: usize,
    /// The same seed gives the same forecasts. 0 by default.
    pub seed: u64,
    /// The threads that grow the forest; they do not change the forecasts. 1 by default.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate: Rate::Roas,
            level: 0.9,
            target: None,
            calibrate_by: Grouping::Platform,
            features: Feature::ALL.to_vec(),
            half_life_days: None,
            tune: true,
            practices: Vec::new(),
            trees: 200,
            seed: 0,
            threads: 1,
        }
    }
}

impl Settings {
    /// Checks each field.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the field.
    pub fn check(&self) -> Result<()> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(Error::invalid("level", format!("is {}", self.level)).next("give a level such as 0.9"));
        }
        if let Some(target) = self.target.filter(|target| !(target.is_finite() && *target > 0.0)) {
            return Err(Error::invalid("target", format!("is {target}")).next("give a number above zero"));
        }
        if let Some(days) = self.half_life_days.filter(|days| !(days.is_finite() && *days > 0.0)) {
            return Err(Error::invalid("half_life_days", format!("is {days}")).next("give days above zero"));
        }
        if self.features.is_empty() {
            return Err(Error::invalid("features", "there are none").next("name at least one feature"));
        }
        Ok(())
    }
}
