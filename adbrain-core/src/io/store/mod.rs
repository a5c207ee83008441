//! The store: one SQL database, a libSQL file or a remote libSQL server, behind one small trait.
//!
//! In: statements with parameters. Out: rows. Called by platform, memory, control, workflow and brain; journal, steps,
//! leases and alert states live here. Never decides anything.

mod backup;
mod file;
mod file_error;
mod hrana;
mod leases;
pub mod migrations;
mod place;
mod remote;
pub(crate) mod results;
mod steps;
pub(crate) mod trainings;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::{Error, ErrorKind, Result};
use crate::http::Secret;

pub use backup::restore;
pub use file::{FileDatabase, FileOptions, Synchronous};
pub use leases::{Lease, Leases};
pub use place::Place;
pub use remote::RemoteDatabase;
pub use steps::{RunRecord, Steps};

/// Opens a libSQL file and brings its tables up to date; makes the file where there is none.
///
/// # Errors
/// As [`FileDatabase::open`]; [`ErrorKind::Unsupported`] where a newer release wrote the file.
pub async fn open(path: &Path) -> Result<Arc<dyn Database>> {
    open_with(path, FileOptions::default()).await
}

/// Opens a libSQL file with options and brings its tables up to date.
///
/// # Errors
/// As [`open`].
pub async fn open_with(path: &Path, options: FileOptions) -> Result<Arc<dyn Database>> {
    let database = FileDatabase::open_with(path, options).await?;
    migrations::migrate(&database).await.map_err(|error| error.with("file", path.display()))?;
    Ok(Arc::new(database))
}

/// Opens a database on a libSQL server and brings its tables up to date.
///
/// # Errors
/// As [`RemoteDatabase::connect`]; [`ErrorKind::Unavailable`] where no server answers; [`ErrorKind::Unauthorized`] where it
/// refuses the token; [`ErrorKind::Unsupported`] where a newer release wrote the tables.
pub async fn open_url(url: &str, token: Secret) -> Result<Arc<dyn Database>> {
    let database = RemoteDatabase::connect(url, token)?;
    migrations::migrate(&database).await?;
    Ok(Arc::new(database))
}

/// Reads the whole database and checks its pages, indexes and constraints.
///
/// # Errors
/// [`ErrorKind::Corrupt`] with the first finding.
pub async fn check_integrity(database: &dyn Database) -> Result<()> {
    let rows = database.query(Statement::new("PRAGMA integrity_check", [])).await?;
    let finding = rows.first().map(|row| row.text(0)).transpose()?.unwrap_or("no answer");
    if finding == "ok" {
        return Ok(());
    }
    let message = format!("the database is damaged: {finding}");
    Err(Error::new(ErrorKind::Corrupt, message).next("restore it from a backup"))
}

/// A value in a row or a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A float.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// One SQL statement with its parameters, numbered `?1`, `?2`, ….
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The SQL text.
    pub sql: String,
    /// The parameters.
    pub params: Vec<Value>,
}

impl Statement {
    /// Makes a statement.
    pub fn new(sql: impl Into<String>, params: impl IntoIterator<Item = Value>) -> Self {
        Self { sql: sql.into(), params: params.into_iter().collect() }
    }

    /// Says no to text that SQL would cut off, and that would come back as another text.
    pub(super) fn check(&self) -> Result<()> {
        let is_cut = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
        if self.params.iter().any(is_cut) {
            return Err(Error::invalid("text", "holds a NUL character, at which a database ends it").next("remove it"));
        }
        Ok(())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

/// A moment as text with nine decimal places, so that the order of the texts is the order of the moments.
impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Text(format!("{value:.9}"))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row: values in the order of the columns asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The text in column `index`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Corrupt`] where the column holds something else.
    pub fn text(&self, index: usize) -> Result<&str> {
        match self.0.get(index) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(wrong(index, "text", other)),
        }
    }

    /// The bytes in column `index`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Corrupt`] where the column holds something else.
    pub fn blob(&self, index: usize) -> Result<&[u8]> {
        match self.0.get(index) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            other => Err(wrong(index, "bytes", other)),
        }
    }

    /// The whole number in column `index`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Corrupt`] where the column holds something else.
    pub fn integer(&self, index: usize) -> Result<i64> {
        match self.0.get(index) {
            Some(Value::Integer(number)) => Ok(*number),
            other => Err(wrong(index, "a whole number", other)),
        }
    }

    /// The number in column `index`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Corrupt`] where the column holds something else.
    pub fn real(&self, index: usize) -> Result<f64> {
        match self.0.get(index) {
            Some(Value::Real(number)) => Ok(*number),
            Some(Value::Integer(number)) => Ok(*number as f64),
            other => Err(wrong(index, "a number", other)),
        }
    }

    /// The moment in column `index`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Corrupt`] where the column holds something else.
    pub fn time(&self, index: usize) -> Result<Timestamp> {
        self.text(index)?.parse().map_err(|_| wrong(index, "a moment", self.0.get(index)))
    }

    /// Whether column `index` holds nothing.
    pub fn is_null(&self, index: usize) -> bool {
        matches!(self.0.get(index), None | Some(Value::Null))
    }
}

fn wrong(index: usize, wanted: &str, found: Option<&Value>) -> Error {
    Error::new(ErrorKind::Corrupt, format!("column {index} should hold {wanted} but holds {found:?}"))
        .next("restore the database from a backup")
}

/// A database that speaks libSQL's SQL.
#[async_trait]
pub trait Database: Send + Sync {
    /// Reads.
    async fn query(&self, statement: Statement) -> Result<Vec<Row>>;

    /// Writes all statements in one `BEGIN IMMEDIATE` transaction; says how many rows each one changed.
    async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>>;

    /// Copies everything as it is at one moment into a new file, while others may write. A server is backed up by its own means and says so by
    /// [`ErrorKind::Unsupported`].
    async fn backup(&self, to: &Path) -> Result<()> {
        let message = format!("this database cannot be copied to {}", to.display());
        Err(Error::new(ErrorKind::Unsupported, message).next("back the server up by its own means"))
    }
}
