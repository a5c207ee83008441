//! How a forest is grown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How a tree chooses its cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The best cut of each drawn column (Breiman, "Random forests", 2001).
    RandomForest,
    /// One cut drawn at random in each drawn column, the best of these (Geurts, Ernst and Wehenkel, "Extremely randomized trees",
    /// 2006), here on a bootstrap sample, so that there are rows out of bag.
    ExtraTrees,
}

/// How a forest is grown.
///
/// ```
/// use adbrain_core::predict::forest::{Mode, Settings};
/// let settings = Settings { trees: 500, mode: Mode::ExtraTrees, ..Settings::default() };
/// assert!(settings.check().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many trees, 1 to 100,000. 200 by default.
    pub trees: usize,
    /// The fewest rows in a leaf, counted once however often the bootstrap drew them. 5 by default.
    pub min_leaf: usize,
    /// The share of the columns that each split looks at, above 0 to 1; at least one column. 1 by default.
    pub columns_per_split: f64,
    /// How cuts are chosen; random forest by default.
    pub mode: Mode,
    /// The most places that the values of a column are sorted into, 2 to 255. 255 by default.
    pub bins: usize,
    /// The same seed gives the same forest on every machine. 0 by default.
    pub seed: u64,
    /// How many threads grow and ask trees, 1 to 1,024; the answer does not depend on it. 1 by default.
    pub threads: usize,
}

/// The most trees.
const MAX_TREES: usize = 100_000;
/// The most threads.
const MAX_THREADS: usize = 1_024;
/// The most bins: their numbers fit a byte, and 0 is for what is missing.
pub(super) const MAX_BINS: usize = 255;

impl Default for Settings {
    fn default() -> Self {
        Self {
            trees: 200,
            min_leaf: 5,
            columns_per_split: 1.0,
            mode: Mode::RandomForest,
            bins: MAX_BINS,
            seed: 0,
            threads: 1,
        }
    }
}

impl Settings {
    /// Checks each field.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), naming the field.
    pub fn check(&self) -> Result<()> {
        within("trees", self.trees, (1, MAX_TREES))?;
        within("min_leaf", self.min_leaf, (1, u32::MAX as usize))?;
        within("bins", self.bins, (2, MAX_BINS))?;
        within("threads", self.threads, (1, MAX_THREADS))?;
        if self.columns_per_split > 0.0 && self.columns_per_split <= 1.0 {
            return Ok(());
        }
        Err(Error::invalid("columns_per_split", "must lie above 0 and not above 1").next("give a share, such as 0.33"))
    }
}

fn within(field: &str, value: usize, (low, high): (usize, usize)) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("is {value}")).next(format!("give a whole number from {low} to {high}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_refused_by_its_name() {
        let good = Settings::default();
        assert!(good.check().is_ok());
        let wrong = [
            ("trees", Settings { trees: 0, ..good }),
            ("min_leaf", Settings { min_leaf: 0, ..good }),
            ("bins", Settings { bins: 256, ..good }),
            ("threads", Settings { threads: 0, ..good }),
            ("columns_per_split", Settings { columns_per_split: f64::NAN, ..good }),
        ];
        for (field, settings) in wrong {
            assert!(settings.check().unwrap_err().to_string().starts_with(field), "{field}");
        }
    }
}
