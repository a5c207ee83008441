//! The log: a line in the log of the process, or a line of JSON in a file.

use std::path::PathBuf;

use async_trait::async_trait;
use tokio::io::AsyncWriteExt as _;

use super::{Attempt, Channel, Letter};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, canonical_json};

/// Writes letters down.
pub(super) struct Log {
    pub(super) file: Option<PathBuf>,
    pub(super) language: Option<Language>,
}

#[async_trait]
impl Channel for Log {
    async fn send(&self, letter: &Letter, _: Attempt) -> Result<()> {
        let Some(path) = &self.file else {
            let language = self.language.unwrap_or(letter.language);
            let text = letter.lines(language).join("; ");
            tracing::warn!(run = %letter.run, severity = letter.severity.as_str(), id = %letter.id, "{text}");
            return Ok(());
        };
        let mut line = canonical_json(letter)?;
        line.push(b'\n');
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", path.display()))
                .next("check the path and the free space")
        };
        let mut file = tokio::fs::OpenOptions::new().append(true).create(true).open(path).await.map_err(failed)?;
        file.write_all(&line).await.map_err(failed)?;
        file.flush().await.map_err(failed)
    }
}
