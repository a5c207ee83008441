//! HTTP to the outside.
//!
//! In: a request with its idempotence and secrecy stated. Out: a response or a classed error. Called by store, platform and
//! agent tools. Never retries a write, never shows a secret.
