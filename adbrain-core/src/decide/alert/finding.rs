//! What a rule sees in one observation.

use std::collections::BTreeMap;

use crate::model::Message;

/// On which side of its thresholds a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Beyond the fire threshold, with enough data and significance.
    Fires,
    /// Between the thresholds, or beyond the first without significance.
    Between,
    /// Beyond the clear threshold.
    Calm,
    /// Not enough fresh data to say.
    Unknown,
}

/// What a rule sees.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    /// On which side it is.
    pub(super) side: Side,
    /// What happened, were an episode to open now.
    pub(super) message: Message,
    /// The numbers that it saw, by name.
    pub(super) evidence: BTreeMap<String, f64>,
}

impl Finding {
    /// Nothing can be said.
    pub(super) fn unknown() -> Self {
        Self { side: Side::Unknown, message: Message::new(""), evidence: BTreeMap::new() }
    }

    /// A side with the numbers behind it.
    pub(super) fn new<const N: usize>(side: Side, message: Message, evidence: [(&str, f64); N]) -> Self {
        let evidence = evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { side, message, evidence }
    }
}
