//! The worlds of the families that policies are tried in.

use super::world::World;
use crate::error::{Error, ErrorKind, Result};

/// The families of the first market, by their names.
const FAMILIES: [(&str, &str); 8] = [
    ("stationary", include_str!("../../../worlds/stationary.toml")),
    ("price_shock", include_str!("../../../worlds/price_shock.toml")),
    ("conversion_break", include_str!("../../../worlds/conversion_break.toml")),
    ("creative_burnout", include_str!("../../../worlds/creative_burnout.toml")),
    ("tracking_outage", include_str!("../../../worlds/tracking_outage.toml")),
    ("seasonal_event", include_str!("../../../worlds/seasonal_event.toml")),
    ("small_data", include_str!("../../../worlds/small_data.toml")),
    ("faults", include_str!("../../../worlds/faults.toml")),
];

/// The same families in the second market.
const SECOND_FAMILIES: [(&str, &str); 8] = [
    ("second/stationary", include_str!("../../../worlds/second/stationary.toml")),
    ("second/price_shock", include_str!("../../../worlds/second/price_shock.toml")),
    ("second/conversion_break", include_str!("../../../worlds/second/conversion_break.toml")),
    ("second/creative_burnout", include_str!("../../../worlds/second/creative_burnout.toml")),
    ("second/tracking_outage", include_str!("../../../worlds/second/tracking_outage.toml")),
    ("second/seasonal_event", include_str!("../../../worlds/second/seasonal_event.toml")),
    ("second/small_data", include_str!("../../../worlds/second/small_data.toml")),
    ("second/faults", include_str!("../../../worlds/second/faults.toml")),
];

/// Worlds of the first market beside the families: each has one thing that the families leave out.
const BESIDE: [(&str, &str); 3] = [
    ("views", include_str!("../../../worlds/views.toml")),
    ("tight_cap", include_str!("../../../worlds/tight_cap.toml")),
    ("people", include_str!("../../../worlds/people.toml")),
];

impl World {
    /// The names of the families of the first market, in which policies are tuned.
    pub fn families() -> impl Iterator<Item = &'static str> {
        FAMILIES.iter().map(|(name, _)| *name)
    }

    /// The names of the families of the second market, whose laws no policy of ours was tuned on.
    pub fn second_families() -> impl Iterator<Item = &'static str> {
        SECOND_FAMILIES.iter().map(|(name, _)| *name)
    }

    /// The names of all shipped worlds with a trial: the families of both markets, and the worlds beside them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FAMILIES.iter().chain(&SECOND_FAMILIES).chain(&BESIDE).map(|(name, _)| *name)
    }

    /// The world of a family that policies are tried in, of either market, or one beside the families.
    ///
    /// ```
    /// use adbrain_core::market::World;
    /// assert_eq!(World::family("second/stationary")?.name, "second/stationary");
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] with the names that there are.
    pub fn family(name: &str) -> Result<Self> {
        let found = FAMILIES.iter().chain(&SECOND_FAMILIES).chain(&BESIDE).find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| {
            let names: Vec<_> = Self::names().collect();
            Error::new(ErrorKind::NotFound, format!("there is no world {name:?}"))
                .with("field", "world")
                .next(format!("use one of {}, or a file", names.join(", ")))
        })?;
        Self::from_toml(text)
    }
}
