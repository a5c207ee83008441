//! Where luck comes from: a place in the seed for each entity, step and purpose.

use sha2::{Digest as _, Sha256};

use crate::model::Platform;
use crate::stats::random::Random;

/// What a draw is for. The numbers are part of the world's identity: never reuse one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// The latent click quality of an asset, a style, an audience or an ad.
    ClickQuality = 1,
    /// The latent conversion quality of an asset or an audience.
    ConversionQuality = 2,
    /// The error of a day's pacing.
    Pacing = 3,
    /// The error of an hour's delivery.
    Delivery = 4,
    /// Clicks of an hour.
    Clicks = 5,
    /// Conversions of an hour, their delay and value.
    Conversions = 6,
    /// The daily step of the conversion drift.
    Drift = 7,
    /// The competition of a day.
    Competition = 8,
    /// The price noise of an hour.
    Price = 9,
    /// The conversions of people who saw an ad and did not click, in an hour.
    Views = 10,
    /// How much of these an ad set brought.
    Incrementality = 11,
    /// How eager people are on a day.
    Demand = 12,
    /// A jump of competition on a day.
    Jump = 13,
}

/// The luck of one platform in one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Luck {
    pub(super) seed: u64,
}

impl Luck {
    /// The numbers that belong to an entity, a step and a purpose.
    pub(super) fn at(self, entity: u64, step: i64, purpose: Purpose) -> Random {
        Random::at(self.seed, &[entity, step.cast_unsigned(), purpose as u64])
    }
}

/// The number of a named thing: the first eight bytes of the SHA-256 of its kind and name, so it does not depend on what else
/// exists.
pub(super) fn entity(platform: Platform, kind: &str, name: &str) -> u64 {
    let digest = Sha256::digest(format!("{platform}\n{kind}\n{name}"));
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_kinds_and_platforms_have_numbers_of_their_own() {
        let number = |platform, kind, name| entity(platform, kind, name);
        let one = number(Platform::Meta, "ad", "a");
        assert_eq!(one, number(Platform::Meta, "ad", "a"));
        assert_ne!(one, number(Platform::Meta, "ad", "b"));
        assert_ne!(one, number(Platform::Meta, "asset", "a"));
        assert_ne!(one, number(Platform::Google, "ad", "a"));
    }
}
