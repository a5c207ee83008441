//! What letters of reports hold besides: what the report says on its first screen, and its files.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Attempt, Letter};
use crate::alert::Severity;
use crate::error::Result;
use crate::model::{ContentHash, Language, Message, RunId};

/// Digits of a letter's name.
const ID_LENGTH: usize = 32;

/// The first screen of a report, in the language of its letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportNews {
    /// The schedule that it was made by.
    pub schedule: String,
    /// The first day of its period.
    pub first: Date,
    /// The last day, included.
    pub last: Date,
    /// What it is: the subject.
    pub headline: String,
    /// The first screen, a line for each thing.
    pub lines: Vec<String>,
    /// Where the whole report lies, on the machine that made it; none where it was not written to a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A file of a letter. It is kept beside the letter until that is pruned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its name.
    pub name: String,
    /// What it is: `text/html`.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is the letter itself as a page, or a file beside it.
    pub is_page: bool,
}

/// What the letter of a report is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReportLetter {
    pub(crate) run: RunId,
    pub(crate) at: jiff::Timestamp,
    pub(crate) is_simulated: bool,
    pub(crate) language: Language,
    pub(crate) news: ReportNews,
    pub(crate) enclosures: Vec<Enclosure>,
}

impl ReportLetter {
    /// The letter. Its name follows from run, schedule and period, so that a period is told once.
    pub(crate) fn into_letter(self) -> Result<Letter> {
        let news = self.news;
        let hash = ContentHash::of_value(&(&self.run, &news.schedule, news.first, news.last))?;
        Ok(Letter {
            id: format!("msg_{}", hash.short(ID_LENGTH)),
            run: self.run,
            severity: Severity::Info,
            at: self.at,
            is_simulated: self.is_simulated,
            language: self.language,
            items: Vec::new(),
            report: Some(news),
            enclosures: self.enclosures,
        })
    }
}

impl Letter {
    /// The page that it brings along, where it does.
    #[cfg(feature = "email")]
    pub(super) fn page(&self) -> Option<&str> {
        let page = self.enclosures.iter().find(|file| file.is_page)?;
        std::str::from_utf8(&page.bytes).ok()
    }

    /// The files beside it.
    #[cfg(feature = "email")]
    pub(super) fn attached(&self) -> impl Iterator<Item = &Enclosure> {
        self.enclosures.iter().filter(|file| !file.is_page)
    }
}

impl ReportNews {
    /// Where the whole report is, and whether this comes for the second time.
    pub(super) fn notes(&self, attempt: Attempt) -> Vec<Message> {
        let mut notes = Vec::new();
        if attempt.may_be_second {
            notes.push(Message::new("notify-again"));
        }
        notes.extend(self.path.as_ref().map(|path| Message::new("notify-report-path").with("path", path.as_str())));
        notes
    }
}
