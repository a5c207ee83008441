//! Recorded answers: the same request to the same model gets the same answer, without a network.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{LanguageModel, ModelAnswer, ModelRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ContentHash;

/// One line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    request: ContentHash,
    answer: ModelAnswer,
}

/// A model whose answers are kept in a file, a line of JSON for each. What the file holds costs nothing; what it does not hold is asked of the
/// model behind it and added, and is an error where there is none.
pub struct Recorded {
    name: String,
    path: PathBuf,
    model: Option<Arc<dyn LanguageModel>>,
    known: Mutex<BTreeMap<ContentHash, ModelAnswer>>,
}

impl Recorded {
    /// Answers from a file alone, under the name that the answers were recorded with.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the file cannot be read, naming the line.
    pub fn replay(name: &str, path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::invalid("words.answers", format!("{} cannot be read: {error}", path.display()))
                .next("check the path")
        })?;
        Ok(Self { name: name.to_owned(), path: path.to_owned(), model: None, known: Mutex::new(lines(&text, path)?) })
    }

    /// Answers from a file, which is made where it is missing, and else from a model, adding what it says.
    ///
    /// # Errors
    /// As [`Recorded::replay`].
    pub fn of(model: Arc<dyn LanguageModel>, path: &Path) -> Result<Self> {
        let name = model.name().to_owned();
        if !path.exists() {
            return Ok(Self { name, path: path.to_owned(), model: Some(model), known: Mutex::default() });
        }
        Ok(Self { model: Some(model), ..Self::replay(&name, path)? })
    }

    fn known(&self, request: &ModelRequest) -> Result<Option<ModelAnswer>> {
        let hash = request.hash(&self.name)?;
        Ok(self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned())
    }

    fn keep(&self, request: ContentHash, answer: &ModelAnswer) -> Result<()> {
        let line = Line { request, answer: ModelAnswer { broken: 0, ..answer.clone() } };
        let mut bytes = crate::model::canonical_json(&line)?;
        bytes.push(b'\n');
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let write = || std::fs::OpenOptions::new().create(true).append(true).open(&self.path)?.write_all(&bytes);
        write().map_err(|error| {
            let message = format!("{} cannot be written: {error}", self.path.display());
            Error::new(ErrorKind::Unavailable, message).next("make its folder writable, or leave `answers` out")
        })?;
        known.insert(line.request, line.answer);
        Ok(())
    }
}

fn lines(text: &str, path: &Path) -> Result<BTreeMap<ContentHash, ModelAnswer>> {
    let line = |(place, line): (usize, &str)| {
        let read: Line = serde_json::from_str(line).map_err(|error| {
            Error::invalid("words.answers", format!("line {} of {} is no answer: {error}", place + 1, path.display()))
                .next("take the line out")
        })?;
        Ok((read.request, read.answer))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

#[async_trait]
impl LanguageModel for Recorded {
    fn name(&self) -> &str {
        &self.name
    }

    async fn answer(&self, request: &ModelRequest) -> Result<ModelAnswer> {
        if let Some(answer) = self.known(request)? {
            return Ok(answer);
        }
        let hash = request.hash(&self.name)?;
        let Some(model) = &self.model else {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("no answer to the request {} is recorded", hash.short(12)),
            )
            .next("record it with the model, or let the rules stand"));
        };
        let answer = model.answer(request).await?;
        self.keep(hash, &answer)?;
        Ok(answer)
    }

    fn most_tries(&self) -> u32 {
        self.model.as_ref().map_or(1, |model| model.most_tries())
    }

    fn is_free(&self, request: &ModelRequest) -> bool {
        self.model.is_none() || self.known(request).is_ok_and(|known| known.is_some())
    }
}
