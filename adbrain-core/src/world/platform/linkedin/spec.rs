//! What `LinkedIn` takes, as data with source and date beside each value: `spec.json`.

/// The data file, as [`crate::platform::spec`] reads it.
pub(in crate::world::platform) const FILE: &str = include_str!("spec.json");
