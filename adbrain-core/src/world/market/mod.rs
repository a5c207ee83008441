//! The simulated ad market.
//!
//! In: world parameters, a seed, what runs at each hour. Out: impressions, clicks, conversions, spend. Called by the sandbox
//! platform alone. Never reads a clock; its only luck is the seed.

mod account;
mod conditions;
mod edit;
mod engine;
mod families;
mod first;
mod hour;
mod learnt;
mod luck;
mod people;
mod physics;
mod results;
mod second;
mod shock;
mod trial;
mod truth;
mod views;
mod world;

pub use account::{AdSetSetup, AdSetup, CampaignSetup, Instruction};
pub use edit::{Does, Edit};
pub use engine::{Market, MarketOptions};
pub(crate) use learnt::{Learnable, PlatformLevels, Spreads};
pub use results::Tally;
pub use shock::{Event, Hits, Shock};
pub use trial::{FaultRates, Trial};
pub(crate) use truth::{Prospect, Worth};
pub use world::{PlatformWorld, World};
