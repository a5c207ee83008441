//! Files that the user names.
//!
//! In: a path. Out: its bytes. Called by brain, measure and trials. Never writes.

use std::path::Path;

use adbrain_core::{Error, ErrorKind, Result};

/// Reads a file; `what` says what it was to be, for errors.
pub(crate) fn read(what: &str, path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::IsADirectory => ErrorKind::InvalidInput,
            _ => ErrorKind::Unavailable,
        };
        Error::new(kind, format!("{what}: {} cannot be read: {error}", path.display())).next("check the path")
    })
}

/// Reads a file as UTF-8 text.
pub(crate) fn text(what: &str, path: &Path) -> Result<String> {
    String::from_utf8(read(what, path)?).map_err(|_| Error::invalid(what, "is not UTF-8").next("save it as UTF-8"))
}
