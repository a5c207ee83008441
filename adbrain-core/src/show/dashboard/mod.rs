//! The live page.
//!
//! In: events of the loop. Out: a local page over WebSocket. Called by the command line. Never listens beyond loopback by itself.

mod board;
mod client;
mod guard;
mod server;
#[cfg(test)]
mod tests;

pub use board::Board;
pub use server::{ServeOptions, Server, serve};
