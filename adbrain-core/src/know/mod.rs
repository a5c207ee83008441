//! What the brain knows.

pub mod memory;
pub mod persona;
pub mod predict;
