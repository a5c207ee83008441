//! Who is meant to see an ad.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Platform;
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

    /// Whether an age lies in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.min <= other.max && other.min <= self.max
    }
}

/// `30-34`; `65+` from 65 on.
impl std::fmt::Display for AgeRange {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.min >= 65 { out.write_str("65+") } else { write!(out, "{}-{}", self.min, self.max) }
    }
}

impl std::str::FromStr for AgeRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::invalid("ages", format!("{text:?} is no range of ages")).next("write it as 30-34 or 65+");
        let (min, max) = match text.trim().strip_suffix('+') {
            Some(min) => (min, "65"),
            None => text.split_once('-').ok_or_else(bad)?,
        };
        let age = |text: &str| text.trim().parse::<u8>().map_err(|_| bad());
        let ages = Self { min: age(min)?, max: age(max)? };
        ages.check("ages")?;
        Ok(ages)
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
    /// Custom audiences of the ad accounts that it is narrowed to, by platform and exact name: `{"meta": ["Buyers of a year"]}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_audiences: BTreeMap<Platform, Vec<String>>,
    /// How many people it holds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

impl Audience {
    /// Everybody in these countries.
    pub fn new(name: impl Into<String>, countries: Vec<String>) -> Self {
        Self {
            name: name.into(),
            countries,
            ages: None,
            genders: Vec::new(),
            interests: Vec::new(),
            custom_audiences: BTreeMap::new(),
            size: None,
        }
    }

    /// The custom audiences on one platform.
    pub fn custom_on(&self, platform: Platform) -> &[String] {
        self.custom_audiences.get(&platform).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_written_as_they_are_read() {
        for text in ["13-17", "30-34", "65+"] {
            assert_eq!(text.parse::<AgeRange>().unwrap().to_string(), text);
        }
        for text in ["", "30", "34-30", "5-9", "18-99", "old+"] {
            assert!(text.parse::<AgeRange>().unwrap_err().next_step().is_some(), "{text}");
        }
        let of = |text: &str| text.parse::<AgeRange>().unwrap();
        assert!(of("18-34").overlaps(of("34-40")) && !of("18-33").overlaps(of("34-40")));
    }
}
