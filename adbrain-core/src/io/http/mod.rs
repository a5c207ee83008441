//! HTTP to the outside.
//!
//! In: a request with its idempotence and secrecy stated. Out: a response or a classed error. Called by store, platform and
//! agent tools. Never retries a write, never shows a secret.

mod address;
mod client;
mod failure;
mod request;
mod secret;

pub use address::{Reach, Zone, zone};
pub use client::{Client, ClientOptions, Retry};
pub use request::{Effect, Method, Request, Response, Secrecy, query};
pub use secret::Secret;
