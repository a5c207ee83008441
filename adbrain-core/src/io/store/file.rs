//! The libSQL file: one writer at a time, readers beside it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use libsql::params::Params;

use super::file_error::{Place, is_busy};
use super::{Database, Row, Statement, Value, backup};
use crate::error::Result;

/// How long a writer waits for writers of other processes before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// The first and the longest pause between two tries for the write lock.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(8);

/// What a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// The disk: a commit outlives a power cut.
    #[default]
    Full,
    /// The operating system: a commit outlives the process; a power cut may take the last ones, never the file's order.
    Normal,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileOptions {
    /// What a commit waits for; the disk by default.
    pub synchronous: Synchronous,
    /// How long a write waits for writers of other processes; 30 s by default.
    pub busy_timeout: Duration,
}

impl Default for FileOptions {
    fn default() -> Self {
        Self { synchronous: Synchronous::default(), busy_timeout: BUSY_TIMEOUT }
    }
}

/// A libSQL file in WAL mode. Any number of processes may hold it open; reads do not wait for writes.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use adbrain_core::store::{Database, FileDatabase, Statement};
/// let folder = tempfile::tempdir().unwrap();
/// let database = FileDatabase::open(&folder.path().join("notes.db")).await.unwrap();
/// database.write(vec![Statement::new("CREATE TABLE note (text TEXT)", [])]).await.unwrap();
/// database.write(vec![Statement::new("INSERT INTO note VALUES (?1)", ["hello".into()])]).await.unwrap();
/// let rows = database.query(Statement::new("SELECT text FROM note", [])).await.unwrap();
/// assert_eq!(rows[0].text(0).unwrap(), "hello");
/// # });
/// ```
pub struct FileDatabase {
    place: Place,
    options: FileOptions,
    database: libsql::Database,
    writer: tokio::sync::Mutex<libsql::Connection>,
    readers: Mutex<Vec<libsql::Connection>>,
}

impl FileDatabase {
    /// Opens a file, or makes it where there is none, readable by its owner alone.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] for a missing folder, [`crate::ErrorKind::Corrupt`] for a file that is no database or is
    /// damaged, [`crate::ErrorKind::Unauthorized`] for one that must not be written.
    pub async fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, FileOptions::default()).await
    }

    /// Opens a file with options.
    ///
    /// # Errors
    /// As [`FileDatabase::open`].
    pub async fn open_with(path: &Path, options: FileOptions) -> Result<Self> {
        let place = Place::new(path);
        place.check()?;
        create_private(path).map_err(|error| place.io(error))?;
        let database = libsql::Builder::new_local(path).build().await.map_err(|error| place.error("open", error))?;
        let writer = database.connect().map_err(|error| place.error("open", error))?;
        let opened =
            Self { place, options, database, writer: tokio::sync::Mutex::new(writer), readers: Mutex::default() };
        opened.set_up().await?;
        Ok(opened)
    }

    /// Opens a file that is there in the mode that it is kept in, and changes nothing of it: for a look.
    pub(super) async fn open_as_it_is(path: &Path, options: FileOptions) -> Result<Self> {
        let place = Place::new(path);
        let database = libsql::Builder::new_local(path).build().await.map_err(|error| place.error("open", error))?;
        let writer = database.connect().map_err(|error| place.error("open", error))?;
        let opened =
            Self { place, options, database, writer: tokio::sync::Mutex::new(writer), readers: Mutex::default() };
        opened.query(Statement::new("SELECT count(*) FROM sqlite_master", [])).await?;
        Ok(opened)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    async fn set_up(&self) -> Result<()> {
        let writer = self.writer.lock().await;
        self.patiently(|| pragma(&writer, "PRAGMA journal_mode = WAL")).await?;
        let synchronous = match self.options.synchronous {
            Synchronous::Full => "PRAGMA synchronous = FULL",
            Synchronous::Normal => "PRAGMA synchronous = NORMAL",
        };
        pragma(&writer, synchronous).await.map_err(|error| self.place.error("open", error))
    }

    /// Tries again while another process holds the lock; sleeps in between, so that no thread is held.
    async fn patiently<F: Future<Output = libsql::Result<()>>>(&self, attempt: impl Fn() -> F) -> Result<()> {
        let (mut waited, mut pause) = (Duration::ZERO, FIRST_PAUSE);
        loop {
            match attempt().await {
                Err(error) if is_busy(&error) && waited < self.options.busy_timeout => {
                    tokio::time::sleep(pause).await;
                    waited += pause;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                Err(error) => return Err(self.place.error("write", error)),
                Ok(()) => return Ok(()),
            }
        }
    }

    async fn begin(&self, writer: &libsql::Connection) -> Result<()> {
        if !writer.is_autocommit() {
            // A write that was dropped half-way left its transaction open.
            execute(writer, "ROLLBACK").await.map_err(|error| self.place.error("roll back", error))?;
        }
        self.patiently(|| execute(writer, "BEGIN IMMEDIATE")).await
    }

    async fn reader(&self) -> Result<libsql::Connection> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let connection = self.database.connect().map_err(|error| self.place.error("open", error))?;
        self.patiently(|| pragma(&connection, "PRAGMA query_only = ON")).await?;
        Ok(connection)
    }

    fn give_back(&self, reader: libsql::Connection) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
    }
}

#[async_trait]
impl Database for FileDatabase {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>> {
        statement.check()?;
        let reader = self.reader().await?;
        let rows = read(&reader, statement).await.map_err(|error| self.place.error("read", error));
        self.give_back(reader);
        rows
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>> {
        statements.iter().try_for_each(Statement::check)?;
        let writer = self.writer.lock().await;
        self.begin(&writer).await?;
        match run(&writer, statements).await {
            Ok(changed) => Ok(changed),
            Err(error) => {
                if !writer.is_autocommit() {
                    execute(&writer, "ROLLBACK").await.map_err(|error| self.place.error("roll back", error))?;
                }
                Err(self.place.error("write", error))
            }
        }
    }

    async fn backup(&self, to: &Path) -> Result<()> {
        // A connection of its own: one that only reads may not write the copy either, and the writer is not held up.
        let connection = self.database.connect().map_err(|error| self.place.error("open", error))?;
        backup::copy(&connection, &self.place, to).await
    }
}

async fn run(writer: &libsql::Connection, statements: Vec<Statement>) -> libsql::Result<Vec<u64>> {
    let mut changed = Vec::with_capacity(statements.len());
    for statement in statements {
        changed.push(writer.execute(&statement.sql, params(statement.params)).await?);
    }
    execute(writer, "COMMIT").await?;
    Ok(changed)
}

async fn read(reader: &libsql::Connection, statement: Statement) -> libsql::Result<Vec<Row>> {
    let mut found = reader.query(&statement.sql, params(statement.params)).await?;
    let columns = found.column_count();
    let mut rows = Vec::new();
    while let Some(row) = found.next().await? {
        let values = (0..columns).map(|column| row.get_value(column).map(Value::from));
        rows.push(Row(values.collect::<libsql::Result<_>>()?));
    }
    Ok(rows)
}

async fn execute(connection: &libsql::Connection, sql: &str) -> libsql::Result<()> {
    connection.execute(sql, ()).await.map(drop)
}

/// Runs a pragma, which may answer with a row, and reads it to its end.
async fn pragma(connection: &libsql::Connection, sql: &str) -> libsql::Result<()> {
    let mut rows = connection.query(sql, ()).await?;
    while rows.next().await?.is_some() {}
    Ok(())
}

fn params(values: Vec<Value>) -> Params {
    Params::Positional(values.into_iter().map(libsql::Value::from).collect())
}

impl From<Value> for libsql::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Real(number) => Self::Real(number),
            Value::Text(text) => Self::Text(text),
            Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

impl From<libsql::Value> for Value {
    fn from(value: libsql::Value) -> Self {
        match value {
            libsql::Value::Null => Self::Null,
            libsql::Value::Integer(number) => Self::Integer(number),
            libsql::Value::Real(number) => Self::Real(number),
            libsql::Value::Text(text) => Self::Text(text),
            libsql::Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

/// Makes the file readable by its owner alone; the WAL beside it takes over the same rights.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    async fn table() -> (tempfile::TempDir, FileDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let database = FileDatabase::open(&folder.path().join("t.db")).await.unwrap();
        let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, a REAL, b TEXT, c BLOB)";
        database.write(vec![Statement::new(sql, [])]).await.unwrap();
        (folder, database)
    }

    fn insert(id: i64) -> Statement {
        Statement::new("INSERT INTO t (id) VALUES (?1)", [id.into()])
    }

    async fn count(database: &FileDatabase) -> i64 {
        database.query(Statement::new("SELECT count(*) FROM t", [])).await.unwrap()[0].integer(0).unwrap()
    }

    #[tokio::test]
    async fn every_kind_of_value_comes_back_as_it_was() {
        let (_folder, database) = table().await;
        let values = vec![Value::Integer(i64::MAX), Value::Real(0.1), "ação".into(), Value::Blob(vec![0, 255])];
        let sql = "INSERT INTO t VALUES (?1, ?2, ?3, ?4)";
        database.write(vec![Statement::new(sql, values.clone())]).await.unwrap();
        assert_eq!(database.query(Statement::new("SELECT * FROM t", [])).await.unwrap(), [Row(values)]);
    }

    #[tokio::test]
    async fn text_that_would_come_back_cut_off_is_refused_and_nothing_is_written() {
        let (_folder, database) = table().await;
        let cut = Statement::new("INSERT INTO t (id, a) VALUES (2, ?1)", ["Ana\0x".into()]);
        let error = database.write(vec![insert(1), cut]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(count(&database).await, 0);
    }

    #[tokio::test]
    async fn a_write_that_fails_leaves_nothing_and_the_next_one_works() {
        let (_folder, database) = table().await;
        let error = database.write(vec![insert(1), insert(1)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(count(&database).await, 0);
        assert_eq!(database.write(vec![insert(1), insert(2)]).await.unwrap(), [1, 1]);
    }

    #[tokio::test]
    async fn a_query_cannot_write() {
        let (_folder, database) = table().await;
        assert_eq!(database.query(insert(1)).await.unwrap_err().kind(), ErrorKind::Unauthorized);
        assert_eq!(count(&database).await, 0);
    }

    #[tokio::test]
    async fn a_reader_reads_while_another_process_writes() {
        let (folder, database) = table().await;
        let other = libsql::Builder::new_local(folder.path().join("t.db")).build().await.unwrap().connect().unwrap();
        other.execute("BEGIN IMMEDIATE", ()).await.unwrap();
        other.execute("INSERT INTO t (id) VALUES (7)", ()).await.unwrap();
        assert_eq!(count(&database).await, 0);
        other.execute("COMMIT", ()).await.unwrap();
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn a_lock_that_stays_is_an_error_after_the_time_given() {
        let (folder, database) = table().await;
        let options = FileOptions { busy_timeout: Duration::from_millis(20), ..FileOptions::default() };
        let second = FileDatabase::open_with(&folder.path().join("t.db"), options).await.unwrap();
        let holder = database.writer.lock().await;
        execute(&holder, "BEGIN IMMEDIATE").await.unwrap();
        let error = second.write(vec![insert(1)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        execute(&holder, "ROLLBACK").await.unwrap();
        second.write(vec![insert(1)]).await.unwrap();
    }

    #[tokio::test]
    async fn a_transaction_that_was_left_open_is_rolled_back_first() {
        let (_folder, database) = table().await;
        {
            let writer = database.writer.lock().await;
            execute(&writer, "BEGIN IMMEDIATE").await.unwrap();
            execute(&writer, "INSERT INTO t (id) VALUES (1)").await.unwrap();
        }
        database.write(vec![insert(2)]).await.unwrap();
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "these are notes, not a database. ".repeat(99)).unwrap();
        let error = FileDatabase::open(&path).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("notes.txt"), "{error}");
        assert!(error.to_string().contains("not a libSQL database"), "{error}");
    }
}
