//! Typed ids. They are all text: 64-bit numbers break in JavaScript.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Makes the id from its text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// One run of the loop.
    RunId;
    /// A campaign, ad set, ad or creative as the platform names it.
    ObjectId;
    /// The mark that our own objects carry on a platform, by which a lost answer is looked up.
    Tag;
    /// The SHA-256 of some bytes or of a value's canonical JSON, as 64 hexadecimal digits.
    ContentHash;
    /// An ad account on a platform.
    AccountId;
}

impl ContentHash {
    /// Hashes bytes with SHA-256.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(hex::encode(sha2::Sha256::digest(bytes)))
    }

    /// Hashes a value through its JSON: fields in the order of the type, maps sorted by key.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the value cannot be written as JSON.
    pub fn of_value(value: &impl Serialize) -> crate::Result<Self> {
        Ok(Self::of(&super::canonical_json(value)?))
    }

    /// The first `length` digits, for names that people read.
    pub fn short(&self, length: usize) -> &str {
        self.0.get(..length).unwrap_or(&self.0)
    }
}
