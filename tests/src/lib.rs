//! What the tests across folders share.

pub mod golden;

use std::path::PathBuf;

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A file below the folder named by `ADBRAIN_TEST_DATA`; says that `test` is skipped where it is missing.
pub fn data(test: &str, path: &str) -> Option<PathBuf> {
    let file = std::env::var_os("ADBRAIN_TEST_DATA").map(|folder| PathBuf::from(folder).join(path));
    let found = file.filter(|file| file.is_file());
    if found.is_none() {
        println!("skipped: {test}: {path} is not below ADBRAIN_TEST_DATA");
    }
    found
}
