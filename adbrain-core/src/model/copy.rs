//! What the copywriter writes: variants per slot, inside each platform's limits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Message, Platform};

super::platform::named! {
    /// A place for text in an ad.
    CopySlot {
        /// The main text.
        PrimaryText = "primary_text",
        /// The headline.
        Headline = "headline",
        /// The line below the headline.
        Description = "description",
    }
}

/// One text for one slot on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyVariant {
    /// Unique in the set: `meta/headline/1`.
    pub key: String,
    /// The platform.
    pub platform: Platform,
    /// The slot.
    pub slot: CopySlot,
    /// The style, which memory learns about: `benefit`, `proof`, `offer`, `question`.
    pub style: String,
    /// The text.
    pub text: String,
    /// Its length as the platform counts it.
    pub length: usize,
    /// The greatest length that the platform allows.
    pub limit: usize,
}

/// A text that was not used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusedClaim {
    /// The text.
    pub text: String,
    /// Why it was refused: no proof, a forbidden word, a near-duplicate, too long.
    pub reason: Message,
}

/// Everything that the copywriter wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CopySet {
    /// The variants, sorted by platform, slot and key.
    pub variants: Vec<CopyVariant>,
    /// What was refused.
    #[serde(default)]
    pub refused: Vec<RefusedClaim>,
}
