//! From profiles to groups: numbers per profile, clusters that hold, and what tells them apart.

pub(super) mod cluster;
pub(super) mod describe;
pub(super) mod encode;
pub(super) mod names;
pub(super) mod traits;
pub(super) mod value;
pub(super) mod worth;
