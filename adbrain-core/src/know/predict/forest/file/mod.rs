//! Forests as files.
//!
//! In: a model. Out: bytes, or JSON to read; and back from bytes. Called by predictors and bindings. Never runs what it reads, never
//! makes room for more than the file can hold, never gives a model from bytes that are not whole.
//!
//! The format, numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `ADBRAINF` |
//! | 4 | the version of the format, 1 |
//! | 32 | SHA-256 of the schema below: two files with the same one take the same tables |
//! | 8 | the length of the body |
//! | | the body: card as JSON; settings; schema; codes of the training rows; targets; weights; scores; trees |
//! | 32 | SHA-256 of everything before it |
//!
//! Lists stand behind their length; lengths inside trees take one byte for each seven bits. Nodes stand breadth first, so that their
//! children need no number: a leaf takes one byte, a cut of one of the first 32 columns two. What leaves keep follows from the rows
//! and the seed and is not stored.

pub(in crate::know::predict) mod bytes;
pub(in crate::know::predict) mod envelope;
mod json;
mod mixture;
mod read;
#[cfg(test)]
mod tests;
mod write;

use super::model::Model;
use crate::error::Result;

impl Model {
    /// The model as the bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        write::model(self)
    }

    /// A model from the bytes of a file.
    ///
    /// It predicts, explains and remembers to the bit what it did when it was written. It runs on one thread; see
    /// [`Model::with_threads`].
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for a file of a newer version; [`Corrupt`](crate::ErrorKind::Corrupt) for bytes
    /// that are cut short, changed, or no model at all.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        read::model(bytes)
    }

    /// The model as JSON for reading: card, settings, schema and each node of each tree. It cannot be read back.
    ///
    /// # Errors
    /// [`Internal`](crate::ErrorKind::Internal) where a number cannot be written.
    pub fn to_json(&self) -> Result<String> {
        json::text(self)
    }
}
