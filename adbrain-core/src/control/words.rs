//! Where the chain of a language model's calls stood: written into the journal, whose own chain keeps it.

use super::journal::{Body, Note};
use super::step::{Step, Trust, Work};
use super::{Control, JournalState};
use crate::error::Result;
use crate::model::{ContentHash, Message, Platform, Tag};

/// What such notes are about.
const WORDS: &str = "words";

impl Control {
    /// Writes down the hash of the last of some calls, once.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`] where the journal cannot be written.
    pub(crate) async fn note_words(&self, head: &ContentHash, rows: u64) -> Result<()> {
        let at = self.clock.now();
        let step = Step {
            platform: Platform::Meta,
            target: Tag::new(WORDS),
            work: Work::Note { by: WORDS.to_owned() },
            cause: format!("{WORDS}@{head}"),
            trust: Trust::Undo,
        };
        let (run, mut session) = (&self.options.run, self.session().await?);
        if session.journal.of(&step.entry(run)?).next().is_some() {
            return Ok(());
        }
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let reason = Message::new("words-noted").with("rows", rows).with("head", head.as_str());
        let body = Body { work: Some(step.work.clone()), reason: Some(reason), ..Body::default() };
        session.journal.append(run, &step, Note { state: JournalState::Confirmed, body, at }).await
    }
}
