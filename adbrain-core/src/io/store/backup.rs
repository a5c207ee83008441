//! Backups of the libSQL file, and the way back.
//!
//! In: an open file, or a backup of one. Out: a copy of it as it was at one moment. Called by the file, the command line and the bindings.
//! Never writes over a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_error::Place;
use super::{Database, FileDatabase, FileOptions, check_integrity, migrations};
use crate::error::{Error, ErrorKind, Result};

/// Copies all that a connection sees at one moment into a new file, readable by its owner alone. Writers go on writing meanwhile; what they
/// commit later is not in it.
pub(super) async fn copy(from: &libsql::Connection, place: &Place, to: &Path) -> Result<()> {
    let target = Place::new(to);
    target.check()?;
    make_new(to)?;
    let Some(text) = to.to_str() else {
        return Err(
            Error::invalid("path", format!("{} is no Unicode", to.display())).next("name the file in plain letters")
        );
    };
    let copied = from.execute("VACUUM INTO ?1", [text]).await;
    let synced = copied.map_err(|error| place.error("be copied", error)).and_then(|_| sync(to));
    if synced.is_err() {
        remove(to);
    }
    synced
}

/// Puts a backup back as a new file: its pages are checked, it is copied, and its tables are brought up to date. The backup stays as it is.
///
/// # Errors
/// [`ErrorKind::NotFound`] for a missing backup; [`ErrorKind::Conflict`] where there is a file at the target; [`ErrorKind::Corrupt`] for a
/// backup that is damaged or none; [`ErrorKind::Unsupported`] for one of a newer release.
pub async fn restore(backup: &Path, to: &Path) -> Result<Arc<dyn Database>> {
    let place = Place::new(backup);
    if !backup.is_file() {
        let message = format!("backup: {} is not there", backup.display());
        return Err(Error::new(ErrorKind::NotFound, message).next("check the path"));
    }
    let flags = libsql::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let opened = libsql::Builder::new_local(backup).flags(flags).build().await;
    let connection = opened.and_then(|opened| opened.connect()).map_err(|error| place.error("open", error))?;
    copy(&connection, &place, to).await?;
    let restored = checked(to).await;
    if restored.is_err() {
        remove(to);
    }
    restored
}

/// The copy, open and up to date, where it is whole and one of ours.
async fn checked(to: &Path) -> Result<Arc<dyn Database>> {
    let database = FileDatabase::open_with(to, FileOptions::default()).await?;
    check_integrity(&database).await?;
    if migrations::version(&database).await? == 0 {
        return Err(Error::new(ErrorKind::Corrupt, "the backup holds no tables of this engine").next("check the path"));
    }
    migrations::migrate(&database).await?;
    Ok(Arc::new(database))
}

/// Makes an empty file, readable by its owner alone, where there is none.
fn make_new(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        let (kind, next) = match error.kind() {
            std::io::ErrorKind::AlreadyExists => (ErrorKind::Conflict, "name a file that is not there yet"),
            _ => (ErrorKind::Unavailable, "choose a folder that may be written to"),
        };
        Error::new(kind, format!("the file {} cannot be made: {error}", path.display())).next(next).caused_by(error)
    })
}

/// Waits until the disk has it.
fn sync(path: &Path) -> Result<()> {
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(|error| Place::new(path).io(error))
}

/// Takes away what was made and is not whole.
fn remove(path: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        // What is not there need not go; what cannot go is empty or damaged and is refused by whoever opens it.
        drop(std::fs::remove_file(PathBuf::from(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Statement, Value, open};

    fn insert(number: i64) -> Vec<Statement> {
        // Two rows in one transaction: a copy that is not of one moment could hold one of them.
        ["a", "b"]
            .map(|part| {
                let source = Value::from(format!("{number}-{part}"));
                Statement::new("INSERT INTO combination_sources (source) VALUES (?1)", [source])
            })
            .to_vec()
    }

    async fn sources(database: &dyn Database) -> i64 {
        let rows = database.query(Statement::new("SELECT count(*) FROM combination_sources", [])).await.unwrap();
        rows[0].integer(0).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_backup_is_of_one_moment_while_writers_write_and_comes_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("brain.db");
        let database = open(&path).await.unwrap();
        database.write(insert(0)).await.unwrap();
        let writer = open(&path).await.unwrap();
        let task = tokio::spawn(async move {
            for number in 1..200 {
                writer.write(insert(number)).await.unwrap();
            }
        });
        let mut seen = Vec::new();
        for number in 0..5 {
            let backup = folder.path().join(format!("backup-{number}.db"));
            database.backup(&backup).await.unwrap();
            let restored = restore(&backup, &folder.path().join(format!("restored-{number}.db"))).await.unwrap();
            seen.push(sources(restored.as_ref()).await);
        }
        task.await.unwrap();
        assert!(seen.iter().all(|count| *count >= 2 && count % 2 == 0) && seen.is_sorted(), "{seen:?}");
        let last = folder.path().join("last.db");
        database.backup(&last).await.unwrap();
        assert_eq!(database.backup(&last).await.unwrap_err().kind(), ErrorKind::Conflict, "nothing is written over");
        let restored = restore(&last, &folder.path().join("again.db")).await.unwrap();
        assert_eq!(sources(restored.as_ref()).await, 400);
        restored.write(insert(-1)).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_no_backup_is_refused_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let [damaged, foreign, target] = ["damaged.db", "foreign.db", "new.db"].map(|name| folder.path().join(name));
        let missing = restore(&folder.path().join("none.db"), &target).await.err().unwrap();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        let database = open(&folder.path().join("brain.db")).await.unwrap();
        database.backup(&damaged).await.unwrap();
        let mut bytes = std::fs::read(&damaged).unwrap();
        let half = bytes.len() / 2;
        bytes[4096..half].fill(0x5a);
        std::fs::write(&damaged, bytes).unwrap();
        drop(FileDatabase::open(&foreign).await.unwrap());
        for backup in [&damaged, &foreign] {
            let error = restore(backup, &target).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
            assert!(!target.exists());
        }
        std::fs::write(&target, "mine").unwrap();
        let taken = restore(&damaged, &target).await.err().unwrap();
        assert_eq!((taken.kind(), std::fs::read(&target).unwrap()), (ErrorKind::Conflict, b"mine".to_vec()));
    }
}
