//! The division of a day's money.

use super::Method;
use crate::budget::allocate;

pub(super) const METHODS: &[Method] = &[checked_method!(
    "allocate",
    "Divides a day's money over response curves within limits so that it brings the most, with a proven gap.",
    allocate
)];
