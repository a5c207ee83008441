//! The outside: network, files, store.

pub mod http;
pub mod media;
pub mod store;
