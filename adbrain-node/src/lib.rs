//! adbrain for Node: newtypes, conversions and calls. Values cross as JSON text; `index.js` turns them into objects and errors.

#![expect(clippy::needless_pass_by_value, reason = "napi hands over owned values")]
#![expect(unreachable_pub, reason = "what JavaScript reaches is public, though no Rust crate reaches it")]

mod brain;
mod errors;
mod forecaster;
mod forest;
mod functions;
mod logs;
mod orders;
mod page;
mod sources;
mod trials;
mod user;
