//! One region's series, and what is asked of several.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats::{Defined, Undefined};

/// A region and its values, one per period (day or week), in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionSeries {
    /// The name of the region.
    pub name: String,
    /// Its value in each period, such as sales.
    pub values: Vec<f64>,
}

pub(super) fn wrong<T>(field: &'static str, problem: &'static str) -> Defined<T> {
    Err(Undefined::Input { field, problem })
}

/// Refuses regions with the same name, of different lengths, or with values that are not finite.
pub(super) fn check_regions<'a>(regions: impl Iterator<Item = &'a RegionSeries> + Clone) -> Defined<()> {
    let names: BTreeSet<_> = regions.clone().map(|region| region.name.as_str()).collect();
    if names.len() < regions.clone().count() {
        return wrong("regions", "must have different names");
    }
    let length = regions.clone().next().map(|region| region.values.len());
    if regions.clone().any(|region| Some(region.values.len()) != length) {
        return wrong("regions", "must have a value for each period, all of one length");
    }
    regions.map(|region| region.values.as_slice()).try_for_each(check_finite)
}

pub(super) fn check_finite(values: &[f64]) -> Defined<()> {
    if values.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(Undefined::NotFinite) }
}

pub(super) fn check_level(level: f64) -> Defined<()> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { wrong("level", "must lie between 0 and 1") }
}

/// Splits series into the periods before and those of the test, at least one of each.
pub(super) fn split(values: &[f64], pre_periods: usize) -> Defined<(&[f64], &[f64])> {
    match values.split_at_checked(pre_periods) {
        Some((_, [])) | None => wrong("pre_periods", "must be below the number of periods"),
        Some(([], _)) => wrong("pre_periods", "must be above zero"),
        Some(parts) => Ok(parts),
    }
}

/// The sum of several series, period by period.
pub(super) fn total<'a>(series: impl Iterator<Item = &'a [f64]>) -> Vec<f64> {
    series.fold(Vec::new(), |sum, values| {
        if sum.is_empty() { values.to_vec() } else { sum.iter().zip(values).map(|(a, b)| a + b).collect() }
    })
}
