//! The files that a command reads and writes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result, Source};

/// The largest file that is read whole, in bytes: 512 MiB; the readers behind have tighter limits of their own.
const LARGEST: u64 = 512 << 20;

/// Reads a file whole.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(path, error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::invalid(&path.display().to_string(), "is above 512 MiB").next("split the file"));
    }
    Ok(bytes)
}

/// Reads a text whole; an error names the argument that it was given by.
pub(super) fn text(path: &Path, argument: &str) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|error| {
        let what = format!("{} is not UTF-8", path.display());
        Error::invalid(argument, what).next("save it as UTF-8").caused_by(error)
    })
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => ErrorKind::InvalidInput,
        _ => ErrorKind::Unavailable,
    };
    let message = format!("cannot read {}: {error}", path.display());
    Error::new(kind, message).next("check the path").caused_by(Box::new(error) as Source)
}

/// Writes a file whole and makes its folder where it is missing.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    make_folder_of(path)?;
    fs::write(path, bytes).map_err(|error| unwritable(path, error))
}

/// Writes a new file that nobody else may read.
pub(super) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut out| out.write_all(text.as_bytes()))
}

/// Says no to a file that could not be written later; leaves no file behind where there was none.
pub(super) fn check_target(path: &Path) -> Result<()> {
    make_folder_of(path)?;
    let known = fs::metadata(path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file() && !known.is_dir()) {
        // A pipe or a device is opened once, when there is something to write.
        return Ok(());
    }
    fs::OpenOptions::new().append(true).create(true).open(path).map_err(|error| unwritable(path, error))?;
    match known {
        None => fs::remove_file(path).map_err(|error| unwritable(path, error)),
        Some(_) => Ok(()),
    }
}

/// Makes the folder that a file will lie in.
pub(super) fn make_folder_of(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))
        }
        _ => Ok(()),
    }
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("cannot write {}: {error}", path.display()))
        .next("choose another folder")
        .caused_by(Box::new(error) as Source)
}

/// A folder that is removed with everything in it when this value is dropped.
#[derive(Debug)]
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes an empty folder for this process alone.
    pub(super) fn make(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| unwritable(&path, error))?;
        Ok(Self(path))
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
