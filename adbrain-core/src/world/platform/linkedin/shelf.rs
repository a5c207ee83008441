//! Which picture or video of `LinkedIn` holds which bytes. `LinkedIn`'s media have no names and cannot be searched, so the store keeps it.

use std::sync::Arc;

use crate::error::Result;
use crate::model::ContentHash;
use crate::store::{Database, Statement, Value};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS linkedin_media (owner TEXT NOT NULL, hash TEXT NOT NULL, urn TEXT NOT NULL, \
                     PRIMARY KEY (owner, hash))";
const FIND: &str = "SELECT urn FROM linkedin_media WHERE owner = ?1 AND hash = ?2";
const KEEP: &str = "INSERT INTO linkedin_media (owner, hash, urn) VALUES (?1, ?2, ?3) \
                    ON CONFLICT (owner, hash) DO UPDATE SET urn = excluded.urn";

/// The media of one page.
pub(super) struct Shelf {
    database: Arc<dyn Database>,
    owner: String,
}

impl Shelf {
    /// Opens the shelf of a page; makes the table where there is none.
    pub(super) async fn open(database: Arc<dyn Database>, owner: String) -> Result<Self> {
        database.write(vec![Statement::new(TABLE, [])]).await?;
        Ok(Self { database, owner })
    }

    /// The URN of some bytes, where they were sent before.
    pub(super) async fn find(&self, hash: &ContentHash) -> Result<Option<String>> {
        let params = [Value::from(self.owner.as_str()), hash.as_str().into()];
        let rows = self.database.query(Statement::new(FIND, params)).await?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Keeps the URN of some bytes, in place of an older one.
    pub(super) async fn keep(&self, hash: &ContentHash, urn: &str) -> Result<()> {
        let params = [Value::from(self.owner.as_str()), hash.as_str().into(), urn.into()];
        self.database.write(vec![Statement::new(KEEP, params)]).await.map(|_| ())
    }
}
