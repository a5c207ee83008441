//! HTTP to the outside, and mails by SMTP, which go by the same rules for addresses.
//!
//! In: a request with its idempotence and secrecy stated. Out: a response or a classed error. Called by store, platform, channels and
//! agent tools. Never sends a write again of which a byte may have left, never shows a secret, never sleeps but through [`Wait`].

mod address;
pub(crate) mod class;
#[cfg(test)]
mod class_tests;
mod client;
mod failure;
mod lane;
mod request;
mod secret;
#[cfg(feature = "email")]
pub mod smtp;
mod stream;

pub use address::{Reach, Zone, zone};
pub use client::{Client, ClientOptions, Retry};
pub(crate) use lane::Lane;
pub use lane::{SleepWait, Traffic, Wait};
pub use request::{Effect, Method, Request, Response, Secrecy, query};
pub use secret::Secret;
pub(crate) use stream::Listener;
