//! The files that a command reads and writes.

use std::fs;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result, Source};

/// Makes the folder that a file will lie in.
pub(super) fn make_folder_of(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))
        }
        _ => Ok(()),
    }
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("cannot write {}: {error}", path.display()))
        .next("choose another folder")
        .caused_by(Box::new(error) as Source)
}
