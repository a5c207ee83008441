//! Where a store is.
//!
//! In: a path, or the address of a server with its token. Out: the opened database. Called by the command line and the bindings.
//! Never makes a file that was to be there already.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Database, FileDatabase, FileOptions, RemoteDatabase, Statement, open, open_url};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;

/// How long a look waits for a process that writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How a file begins that `SQLite` keeps; the two bytes at [`WAL`] are 2 where it is kept as this engine keeps it.
const MAGIC: &[u8] = b"SQLite format 3\0";
const WAL: std::ops::Range<usize> = 18..20;

/// A libSQL file, or a database on a libSQL server.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file on this machine.
    File(PathBuf),
    /// A server, by its address and token.
    Server(String, Secret),
}

impl Place {
    /// Opens the store; a file is made where it is missing.
    ///
    /// # Errors
    /// As [`open`] and [`open_url`].
    pub async fn open(&self) -> Result<Arc<dyn Database>> {
        match self {
            Self::File(path) => open(path).await,
            Self::Server(url, token) => open_url(url, token.clone()).await,
        }
    }

    /// Opens a store that has to be there, so that a mistyped path makes no empty one.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is no such file; else as [`Place::open`].
    pub async fn open_existing(&self) -> Result<Arc<dyn Database>> {
        if let Self::File(path) = self
            && !path.exists()
        {
            let message = format!("store: {} does not exist", path.display());
            return Err(Error::new(ErrorKind::NotFound, message).next("check the path"));
        }
        self.open().await
    }

    /// How an opened store is kept: the journal mode of a file, `wal` unless something is in its way; none of a server, which sees to that itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mode(&self, database: &dyn Database) -> Result<Option<String>> {
        match self {
            Self::Server(..) => Ok(None),
            Self::File(_) => {
                let rows = database.query(Statement::new("PRAGMA journal_mode", [])).await?;
                rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
            }
        }
    }

    /// Opens a store that has to be there, whatever the version of its tables, and changes nothing: for a look at the state that it is in.
    ///
    /// # Errors
    /// As [`Place::open_existing`]; [`ErrorKind::Unsupported`] for a file that is no database.
    pub async fn look(&self) -> Result<Arc<dyn Database>> {
        match self {
            Self::File(path) => {
                let is_wal = check_is_database(path)?;
                let options = FileOptions { busy_timeout: PATIENCE, ..FileOptions::default() };
                // Opening it as ever would set how it is kept, which may be a file of another program.
                let opened = if is_wal {
                    FileDatabase::open_with(path, options).await?
                } else {
                    FileDatabase::open_as_it_is(path, options).await?
                };
                Ok(Arc::new(opened))
            }
            Self::Server(url, token) => Ok(Arc::new(RemoteDatabase::connect(url, token.clone())?)),
        }
    }
}

/// Whether a file that is a database is kept in WAL mode, as this engine keeps its own.
fn check_is_database(path: &Path) -> Result<bool> {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(WAL.end as u64).read_to_end(&mut head));
    read.map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied => ErrorKind::Unauthorized,
            _ => ErrorKind::Unavailable,
        };
        Error::new(kind, format!("store: {} cannot be read: {error}", path.display()))
            .next("check the path and its rights")
    })?;
    if head.starts_with(MAGIC) && head.len() == WAL.end {
        return Ok(head.get(WAL) == Some(&[2, 2][..]));
    }
    let message = format!("store: {} is no database", path.display());
    Err(Error::new(ErrorKind::Unsupported, message).next("check the path, or restore the file from a backup"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_has_to_be_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::File(folder.path().join("brain.db"));
        assert_eq!(place.open_existing().await.err().unwrap().kind(), ErrorKind::NotFound);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        drop(place.open().await.unwrap());
        assert!(place.open_existing().await.is_ok());
    }

    #[tokio::test]
    async fn a_look_finds_the_tables_as_they_are_and_touches_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("brain.db");
        let place = Place::File(path.clone());
        assert_eq!(place.look().await.err().unwrap().kind(), ErrorKind::NotFound);
        let cut = &b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20"[..];
        for bytes in [&b""[..], b"this is no database", cut] {
            std::fs::write(&path, bytes).unwrap();
            let kind = if bytes == cut { ErrorKind::Corrupt } else { ErrorKind::Unsupported };
            assert_eq!(place.look().await.err().unwrap().kind(), kind);
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        std::fs::remove_file(&path).unwrap();
        drop(FileDatabase::open(&path).await.unwrap());
        let database = place.look().await.unwrap();
        assert_eq!(super::super::migrations::version(&*database).await.unwrap(), 0);
        assert!(database.write(Vec::new()).await.is_ok());
    }
}
