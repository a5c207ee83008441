//! Fake servers of the advertising platforms.
//!
//! In: requests as the platforms take them, over a real socket on this machine. Out: answers in the platforms' own shapes, and every
//! request recorded. Each platform is a state machine by hand: it keeps the objects of one account, wants every level paused, pages,
//! lists new objects late, and fails as it is told. Its reports have fixed figures, or those of a simulated account (`WorldAccount`).

mod accounts;
mod actions;
mod audiences;
mod canned;
pub mod conformance;
mod faults;
pub mod fire;
pub mod ga4;
pub mod google;
pub mod instagram;
pub mod meta;
pub mod linkedin;
pub mod oauth;
mod recorded;
mod server;
pub mod reference;
mod shared_clock;
mod spoils;
pub mod stage;
pub mod tiktok;
mod world;

pub use accounts::accounts;
pub use actions::{ACTIONS, NOT_ON, actions};
pub use audiences::{Audiences, Filled};
pub use canned::{Canned, Exchange, Keeping, Kept};
pub use faults::{Fault, Faults};
pub use recorded::Recorded;
pub use server::{Answer, Api, Fake, Instead, Moment, Part, Received, Watch};
pub use shared_clock::SharedClock;
pub use spoils::spoiled;
pub use world::WorldAccount;

/// Whether a text is a SHA-256 in small hexadecimal digits.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
