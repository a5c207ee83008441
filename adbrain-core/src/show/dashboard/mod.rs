//! The live page: what runs do, what waits for a person, and the orders of that person.
//!
//! In: events of the loop, and runs as the brain sees them. Out: a local page over WebSocket. Called by the command line. Never listens beyond
//! loopback by itself, and never touches a platform: what is ordered goes to the brain.

mod alerts;
mod blocks;
mod board;
mod brief;
mod charts;
mod client;
mod course;
mod desk;
mod frame;
mod guard;
mod live;
mod metrics;
mod orders;
mod room;
mod seats;
mod server;
mod stream;
mod views;

#[cfg(test)]
mod desk_tests;
#[cfg(test)]
mod tests;

pub use board::Board;
pub use desk::Desk;
pub use room::{Room, new_token};
pub use server::{ServeOptions, Server, serve};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/dashboard.md")]
pub struct Guide;
