//! adbrain: an engine that plans, launches, watches and improves paid-media campaigns.
//!
//! ```text
//! brief -> Strategist -> (Creative || Copywriter) -> Optimizer -> control -> platforms
//!             ^                                                       |
//!             |                                                       v
//!           memory <- Analyst <- experiments, predictions, alerts <- metrics
//! ```
//!
//! The modules stand in the order in which the data flows; each one names only those before it.

// The values of the trade and the numbers.
pub mod clock;
pub mod error;
pub mod model;
pub mod stats;

// The groups are folders, not names: each module is public under its own short name.
mod io;
mod world;
mod know;
mod decide;
pub mod control;
pub mod agent;
pub mod brain;
mod show;
mod serve;

pub use brain::sim;
pub use decide::{alert, budget, experiment};
pub use io::{http, media, store};
pub use know::{memory, persona, predict};
#[cfg(feature = "cli")]
pub use serve::cli;
#[cfg(feature = "telemetry")]
pub use serve::telemetry;
pub use serve::{foreign, numbers, orders, schema, trials};
#[cfg(feature = "dashboard")]
pub use show::dashboard;
pub use show::report;
pub use world::{market, measure, platform};

/// The version of the engine, the same in every language.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub use agent::Agent;
pub use error::{Error, ErrorKind, Result};
pub use memory::MemoryStore;
pub use platform::Connector;
pub use predict::Predictor;
