//! The world that the brain acts in.

pub mod market;
pub mod measure;
pub mod platform;
