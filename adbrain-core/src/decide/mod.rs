//! How the brain decides.

pub mod alert;
pub mod budget;
pub mod experiment;
