//! What the caller may choose.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A persona never has fewer people, whatever the settings say.
pub const LEAST_PEOPLE_EVER: u64 = 20;
/// A share or lift never rests on fewer people, whatever the settings say.
pub const LEAST_CELL_EVER: u64 = 10;

/// How personas are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The fewest people of a persona; 50, and never below 20.
    pub least_people: u64,
    /// The fewest people behind a share, a lift or a part of a name; 10, and never below 10.
    pub least_cell: u64,
    /// The most personas; 8.
    pub most_personas: usize,
    /// How far personas have to agree with those of redrawn data (mean adjusted Rand index); 0.85.
    pub stability: f64,
    /// How often the data are drawn anew for each number of personas; 20.
    pub draws: u32,
    /// The same seed gives the same personas on every machine.
    pub seed: u64,
    /// The day from which recency is counted; the last day of the data where it is left out.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Date>,
    /// The most threads; as many as the machine has where it is left out. They do not change the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            least_people: 50,
            least_cell: LEAST_CELL_EVER,
            most_personas: 8,
            stability: 0.85,
            draws: 20,
            seed: 0,
            as_of: None,
            threads: None,
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self) -> Result<()> {
        let wrong = |field: &str, given: &dyn std::fmt::Display, next: &str| {
            Err(Error::invalid(&format!("settings.{field}"), format!("is {given}")).next(next))
        };
        if self.least_people < LEAST_PEOPLE_EVER {
            let next = format!("give at least {LEAST_PEOPLE_EVER}, to protect people");
            return wrong("least_people", &self.least_people, &next);
        }
        if self.least_cell < LEAST_CELL_EVER || self.least_cell > self.least_people {
            let next = format!("give {LEAST_CELL_EVER} up to least_people");
            return wrong("least_cell", &self.least_cell, &next);
        }
        if !(1..=50).contains(&self.most_personas) {
            return wrong("most_personas", &self.most_personas, "give 1 to 50");
        }
        if !(self.stability > 0.0 && self.stability <= 1.0) {
            return wrong("stability", &self.stability, "give a number above 0 and up to 1");
        }
        if !(2..=1000).contains(&self.draws) {
            return wrong("draws", &self.draws, "give 2 to 1000");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_goes_below_what_protects_people() {
        let usual = Settings::default();
        assert!(usual.check().is_ok());
        assert!(Settings { least_people: 20, ..usual.clone() }.check().is_ok());
        for (settings, field) in [
            (Settings { least_people: 19, ..usual.clone() }, "settings.least_people"),
            (Settings { least_cell: 9, ..usual.clone() }, "settings.least_cell"),
            (Settings { least_cell: 51, ..usual.clone() }, "settings.least_cell"),
            (Settings { most_personas: 0, ..usual.clone() }, "settings.most_personas"),
            (Settings { stability: f64::NAN, ..usual.clone() }, "settings.stability"),
            (Settings { draws: 1, ..usual.clone() }, "settings.draws"),
        ] {
            assert!(settings.check().unwrap_err().to_string().starts_with(field), "{field}");
        }
    }
}
