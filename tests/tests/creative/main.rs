//! The shipped example: its history, and cut plans that other programs read.

mod history;
mod timelines;

use std::path::{Path, PathBuf};

/// The folder of the shipped examples.
fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}
