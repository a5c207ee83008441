//! What a question asks beyond the data.

use serde::Serialize;

use super::Feature;
use crate::model::Message;
use crate::model::message::Argument;

/// Something that a question asks and past results do not hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gap {
    /// A category that past results never had.
    Unseen {
        /// The feature.
        feature: Feature,
        /// What was asked.
        level: String,
    },
    /// A number outside what past results had.
    Outside {
        /// The feature.
        feature: Feature,
        /// What was asked.
        value: f64,
        /// The least of past results.
        low: f64,
        /// The greatest of past results.
        high: f64,
    },
    /// A value that every past result had and the question lacks.
    Missing {
        /// The feature.
        feature: Feature,
    },
}

impl Gap {
    /// Whether an answer would be a guess: a category or a number that no past result has. What is merely missing is not, nor is a
    /// new campaign, weekday or month, which every plan has sooner or later.
    pub fn is_outside(&self) -> bool {
        match self {
            Self::Unseen { feature, .. } => !matches!(feature, Feature::Campaign | Feature::Weekday | Feature::Month),
            Self::Outside { .. } => true,
            Self::Missing { .. } => false,
        }
    }

    /// The gap for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Unseen { feature, level } => {
                Message::new("forecast-unseen").with("feature", feature.as_str()).with("level", level.as_str())
            }
            Self::Outside { feature, value, low, high } => Message::new("forecast-outside")
                .with("feature", feature.as_str())
                .with("value", Argument::Number(*value))
                .with("low", Argument::Number(*low))
                .with("high", Argument::Number(*high)),
            Self::Missing { feature } => Message::new("forecast-missing").with("feature", feature.as_str()),
        }
    }
}
