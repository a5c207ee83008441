//! Where a store is.
//!
//! In: a path, or the address of a server with its token. Out: the opened database. Called by the command line and the bindings.
//! Never makes a file that was to be there already.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Database, open, open_url};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;

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
}
