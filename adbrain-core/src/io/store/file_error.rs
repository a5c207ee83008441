//! What a failing file means, in words that name the file and the next step.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

// SQLite's primary result codes: https://www.sqlite.org/rescode.html
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOTADB: i32 = 26;
/// The primary code is the low byte of the extended one.
const PRIMARY: i32 = 0xff;

/// A file's path, for errors that name it.
pub(super) struct Place(PathBuf);

impl Place {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Says no to a path that cannot be a database before `SQLite` says it in fewer words.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.0.is_dir() {
            return Err(self.say(ErrorKind::InvalidInput, "is a folder", "name a file in it, such as adbrain.db"));
        }
        match self.0.parent() {
            Some(folder) if folder != Path::new("") && !folder.is_dir() => {
                let next = format!("make the folder {} first", folder.display());
                Err(self.say(ErrorKind::NotFound, "its folder does not exist", &next))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn io(&self, error: io::Error) -> Error {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::Unauthorized,
            _ => ErrorKind::Unavailable,
        };
        let next = "give a path in a folder that this user may write to";
        self.say(kind, &format!("cannot be made ({error})"), next).caused_by(error)
    }

    pub(super) fn error(&self, doing: &str, error: libsql::Error) -> Error {
        let (kind, next) = meaning(primary(&error));
        self.say(kind, &format!("cannot {doing}: {}", reason(&error)), next).caused_by(error)
    }

    fn say(&self, kind: ErrorKind, what: &str, next: &str) -> Error {
        Error::new(kind, format!("the database file {}: {what}", self.0.display())).next(next)
    }
}

/// Whether another connection holds the lock just now.
pub(super) fn is_busy(error: &libsql::Error) -> bool {
    matches!(primary(error), Some(BUSY | LOCKED))
}

fn primary(error: &libsql::Error) -> Option<i32> {
    match error {
        libsql::Error::SqliteFailure(code, _) => Some(code & PRIMARY),
        libsql::Error::ConnectionFailed(_) => Some(CANTOPEN),
        _ => None,
    }
}

fn reason(error: &libsql::Error) -> String {
    match error {
        libsql::Error::SqliteFailure(_, text) => text.clone(),
        other => other.to_string(),
    }
}

fn meaning(code: Option<i32>) -> (ErrorKind, &'static str) {
    match code {
        Some(BUSY | LOCKED) => (ErrorKind::Unavailable, "another process keeps it locked: wait for it or stop it"),
        Some(READONLY | PERM) => (ErrorKind::Unauthorized, "give this user the right to write the file and its folder"),
        Some(CORRUPT) => (ErrorKind::Corrupt, "the file is damaged: restore it from a backup"),
        Some(NOTADB) => (ErrorKind::Corrupt, "the file is not a libSQL database: name another file or remove this one"),
        Some(FULL) => (ErrorKind::Unavailable, "free some space on the disk and try again"),
        Some(CANTOPEN) => (ErrorKind::Unavailable, "check that the file and its folder exist and may be written"),
        Some(IOERR) => (ErrorKind::Unavailable, "the disk failed: check it, then run the integrity check"),
        Some(CONSTRAINT) => {
            (ErrorKind::Conflict, "a row with this key exists already, or a value breaks a rule of its table")
        }
        _ => (ErrorKind::Internal, "check the statement and its parameters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_kind_and_the_message_names_the_file() {
        let place = Place::new(Path::new("/data/brain.db"));
        let cases = [
            (5, ErrorKind::Unavailable),
            (517, ErrorKind::Unavailable),
            (8, ErrorKind::Unauthorized),
            (11, ErrorKind::Corrupt),
            (13, ErrorKind::Unavailable),
            (1555, ErrorKind::Conflict),
            (26, ErrorKind::Corrupt),
            (1, ErrorKind::Internal),
        ];
        for (code, kind) in cases {
            let error = place.error("write", libsql::Error::SqliteFailure(code, "why".to_owned()));
            assert_eq!(error.kind(), kind, "{code}");
            assert!(error.to_string().starts_with("the database file /data/brain.db: cannot write: why; "), "{error}");
        }
    }

    #[test]
    fn a_missing_folder_and_a_folder_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Place::new(&folder.path().join("no").join("brain.db")).check().unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        assert!(missing.to_string().contains("make the folder"), "{missing}");
        assert_eq!(Place::new(folder.path()).check().unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(Place::new(Path::new("brain.db")).check().is_ok());
    }
}
