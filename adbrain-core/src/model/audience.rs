//! Who is meant to see an ad.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A range of ages, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeRange {
    /// The youngest age, 13 or more.
    pub min: u8,
    /// The oldest age; 65 means 65 and older.
    pub max: u8,
}

impl AgeRange {
    /// Checks that the range is in order and within 13 to 65.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming `field`.
    pub fn check(&self, field: &str) -> Result<()> {
        if self.min < 13 || self.max > 65 || self.min > self.max {
            return Err(Error::invalid(
                field,
                format!("ages {} to {} are not a range within 13 to 65", self.min, self.max),
            )
            .next("give min and max with 13 <= min <= max <= 65"));
        }
        Ok(())
    }
}

super::platform::named! {
    /// A gender as platforms let one target it.
    Gender {
        /// Women.
        Female = "female",
        /// Men.
        Male = "male",
    }
}

/// An interest, by the name or code that the history or the platform uses.
pub type Interest = String;

/// An audience: where, who, what they like. An empty list means "no limit".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// A name that is unique in the brief or strategy.
    pub name: String,
    /// ISO 3166-1 alpha-2 countries: `BR`.
    #[serde(default)]
    pub countries: Vec<String>,
    /// The ages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<AgeRange>,
    /// The genders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub genders: Vec<Gender>,
    /// Interests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interests: Vec<Interest>,
    /// How many people it holds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}
