//! Typed ids. They are all text: 64-bit numbers break in JavaScript.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// With fewer digits a hash is too easily met by chance: 8 are 32 bits.
const LEAST_DIGITS: usize = 8;
/// Digits of a whole SHA-256 in hexadecimal.
const HASH_DIGITS: usize = 64;

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
    pub fn of_value(value: &impl Serialize) -> Result<Self> {
        Ok(Self::of(&super::canonical_json(value)?))
    }

    /// The one run among many whose thing has a hash that begins with some digits; `what` names the thing in errors.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for fewer than 8 digits or several matches, [`ErrorKind::NotFound`] for none.
    pub(crate) fn find(digits: &str, among: Vec<(RunId, Self)>, what: &str) -> Result<(RunId, Self)> {
        if digits.len() < LEAST_DIGITS {
            let few = format!("{digits:?} is too short for a hash");
            return Err(Error::invalid(what, few).next("give 8 digits of it or more"));
        }
        let mut found: Vec<_> = among.into_iter().filter(|(_, hash)| hash.0.starts_with(digits)).collect();
        match (found.pop(), found.len()) {
            (Some(one), 0) => Ok(one),
            (Some((last, _)), _) => {
                let runs: Vec<_> = found.iter().map(|(run, _)| run).chain([&last]).map(RunId::as_str).collect();
                let several = format!("several have the hash {digits}, in the runs {}", runs.join(", "));
                let next = if digits.len() < HASH_DIGITS {
                    "give more digits of it, or name the run (`--run-id`, `run_id`, `runId`)"
                } else {
                    "name the run (`--run-id`, `run_id`, `runId`)"
                };
                Err(Error::invalid(what, several).next(next))
            }
            (None, _) => Err(Error::new(ErrorKind::NotFound, format!("there is no {what} with the hash {digits}"))
                .next("copy the hash from the report or the result of the run")),
        }
    }

    /// The first `length` digits, for names that people read.
    pub fn short(&self, length: usize) -> &str {
        self.0.get(..length).unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_found_by_its_first_digits_where_they_are_of_one_alone() {
        let (a, b) = (ContentHash::of(b"a"), ContentHash::of(b"b"));
        let among = || vec![(RunId::new("x"), a.clone()), (RunId::new("y"), b.clone()), (RunId::new("z"), b.clone())];
        assert_eq!(ContentHash::find(a.short(12), among(), "plan").unwrap(), (RunId::new("x"), a.clone()));
        let error = ContentHash::find(b.as_str(), among(), "plan").unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidInput && error.to_string().contains("y, z"), "{error}");
        assert_eq!(error.next_step(), Some("name the run (`--run-id`, `run_id`, `runId`)"));
        assert_eq!(ContentHash::find(a.short(7), among(), "plan").unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(ContentHash::find(&"0".repeat(64), among(), "plan").unwrap_err().kind(), ErrorKind::NotFound);
    }
}
