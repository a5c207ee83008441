//! How the engine is reached.

#[cfg(feature = "cli")]
pub mod cli;
pub mod foreign;
pub mod numbers;
pub mod orders;
pub mod schema;
#[cfg(feature = "telemetry")]
pub mod telemetry;
pub mod trials;
