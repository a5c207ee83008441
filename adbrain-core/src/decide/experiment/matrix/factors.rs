//! What is varied: factors, their levels, what may not come together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A level of some factors, by their names: `{"placement": "reels", "creative": "carousel"}`.
pub type Combination = BTreeMap<String, String>;

/// What a factor varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FactorKind {
    /// Images, videos, carousels.
    Creative,
    /// Texts.
    Copy,
    /// Who sees it.
    Audience,
    /// Where it is shown.
    Placement,
    /// How the platform is told to bid.
    BidStrategy,
    /// Something else, said by the factor's name.
    #[default]
    Other,
}

/// A level with its share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightedLevel {
    /// Its name, once in its factor.
    pub name: String,
    /// How often it should come where coverage leaves a choice, relative to the other levels; 1 where it is not given.
    #[serde(default = "usual_weight")]
    pub weight: f64,
}

fn usual_weight() -> f64 {
    1.0
}

/// One value of a factor: its name alone, or its name and weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Level {
    /// A name, with weight 1.
    Name(String),
    /// A name and a weight.
    Weighted(WeightedLevel),
}

impl Level {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) | Self::Weighted(WeightedLevel { name, .. }) => name,
        }
    }

    /// Its weight, 1 by default.
    pub fn weight(&self) -> f64 {
        match self {
            Self::Name(_) => usual_weight(),
            Self::Weighted(level) => level.weight,
        }
    }
}

/// One thing that is varied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Its name, once in the matrix.
    pub name: String,
    /// What it varies; `other` by default.
    #[serde(default)]
    pub kind: FactorKind,
    /// Its levels, 1 to 64.
    pub levels: Vec<Level>,
}

impl Factor {
    /// A factor whose levels weigh the same.
    pub fn new(name: &str, kind: FactorKind, levels: &[&str]) -> Self {
        let levels = levels.iter().map(|level| Level::Name((*level).to_owned())).collect();
        Self { name: name.to_owned(), kind, levels }
    }
}

/// What a matrix is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Factors {
    /// The factors.
    pub factors: Vec<Factor>,
    /// What a platform cannot combine: no row holds all levels of one of these.
    #[serde(default)]
    pub constraints: Vec<Combination>,
    /// Rows that must be part; factors that one leaves out are chosen.
    #[serde(default)]
    pub seeded_rows: Vec<Combination>,
}

impl Factors {
    /// Factors without constraints and seeded rows.
    pub fn new(factors: Vec<Factor>) -> Self {
        Self { factors, constraints: Vec::new(), seeded_rows: Vec::new() }
    }
}
