//! The database of a command: a file, or a libSQL server by its address.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files;
use crate::brain::{Brain, BrainBuilder};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;
use crate::store::{Database, Place};

/// The variable that holds the token of a database server: an argument would stand in the list of processes.
const TOKEN: &str = "ADBRAIN_DB_TOKEN";
/// How the addresses of servers begin.
const SCHEMES: [&str; 3] = ["libsql://", "https://", "http://"];

/// The address, where the argument is one.
fn address(db: &Path) -> Option<&str> {
    db.to_str().filter(|text| SCHEMES.iter().any(|scheme| text.starts_with(scheme)))
}

/// Whether the argument names a server.
pub(super) fn is_address(db: &Path) -> bool {
    address(db).is_some()
}

/// Where files beside the database lie: the file itself, or for a server a name made of its host, in the working folder.
pub(super) fn place(db: &Path) -> PathBuf {
    let Some(address) = address(db) else { return db.to_owned() };
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let name: String = host.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    PathBuf::from(format!("adbrain-{}.db", name.trim_end_matches('-')))
}

/// Opens a database that has to be there: a mistyped path makes no empty one.
pub(super) async fn open(db: &Path) -> Result<Arc<dyn Database>> {
    store_at(db)?.open_existing().await.map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Error::invalid("--db", format!("there is no file {}", db.display())).next("check the path").caused_by(error)
        }
        _ => error,
    })
}

/// Opens a database for a look at the state that it is in: it has to be there, and its tables are not brought up to date.
pub(super) async fn look(db: &Path) -> Result<Arc<dyn Database>> {
    store_at(db)?.look().await
}

/// Opens a database; a file is made where it is missing, with its folder.
pub(super) async fn connect(db: &Path) -> Result<Arc<dyn Database>> {
    let place = store_at(db)?;
    if let Place::File(path) = &place {
        files::make_folder_of(path)?;
    }
    place.open().await
}

/// Where the store is that an argument names.
pub(super) fn store_at(db: &Path) -> Result<Place> {
    match address(db) {
        Some(url) => Ok(Place::Server(url.to_owned(), token()?)),
        None => Ok(Place::File(db.to_owned())),
    }
}

/// A brain over a database that has to be there, with the accounts of a file where one is given.
pub(super) async fn brain(db: &Path, accounts: Option<&Path>) -> Result<Brain> {
    let builder = builder(db, accounts)?;
    builder.database(open(db).await?).build().await
}

/// A brain over the database, which is not opened yet, with the accounts of a file where one is given.
pub(super) fn builder(db: &Path, accounts: Option<&Path>) -> Result<BrainBuilder> {
    let accounts = accounts.map(super::connect::accounts).transpose()?.unwrap_or_default();
    Ok(accounts.into_iter().fold(Brain::builder().local(&place(db)), BrainBuilder::account))
}

fn token() -> Result<Secret> {
    match std::env::var(TOKEN) {
        Ok(token) => Ok(Secret::new(token)),
        Err(std::env::VarError::NotPresent) => Ok(Secret::new("")),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::invalid(TOKEN, "is no text").next("copy the token again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_a_server_is_named_after_its_host() {
        assert_eq!(place(Path::new("libsql://brain.example.com/")), Path::new("adbrain-brain-example-com.db"));
        assert_eq!(place(Path::new("http://127.0.0.1:8080")), Path::new("adbrain-127-0-0-1-8080.db"));
        assert_eq!(place(Path::new("data/brain.db")), Path::new("data/brain.db"));
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_refused_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let error = open(&folder.path().join("typo.db")).await.err().unwrap();
        assert_eq!(error.context_of("field"), Some("--db"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
