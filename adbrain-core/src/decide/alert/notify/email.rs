//! E-mail: a text and a page that say the same, in the channel's language, over a mail server that may be reached.

use async_trait::async_trait;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

use super::letter::one_line;
use super::{Attempt, Channel, Letter};
use crate::error::{Error, ErrorKind, Result, Source};
use crate::http::smtp::{Attachment, Mail, MailServer, send};
use crate::model::{ContentHash, Language};

/// Digits of a hash in the name of a mail.
const ID_LENGTH: usize = 12;
/// The domain of names where the sender has none.
const NO_DOMAIN: &str = "adbrain.invalid";

/// Sends letters to some people by one mail server.
pub(super) struct Email {
    /// The name of the channel.
    pub(super) name: String,
    pub(super) server: MailServer,
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) language: Option<Language>,
}

#[async_trait]
impl Channel for Email {
    async fn send(&self, letter: &Letter, attempt: Attempt) -> Result<()> {
        let refused = send(&self.server, &self.mail(letter, attempt)?).await?;
        if !refused.is_empty() {
            let refused = refused.join(", ");
            tracing::warn!(channel = %self.name, letter = %letter.id, %refused, "the mail server refused receivers");
        }
        Ok(())
    }
}

impl Email {
    /// The mail of a letter. Its name follows from the letter and the channel alone, so that a second try is the same mail to who gets both.
    fn mail(&self, letter: &Letter, attempt: Attempt) -> Result<Mail> {
        let language = self.language.unwrap_or(letter.language);
        let domain = Mail::domain(&self.from).unwrap_or_else(|| NO_DOMAIN.to_owned());
        let hash = |text: &str| ContentHash::of(text.as_bytes()).short(ID_LENGTH).to_owned();
        let (subject, lines, notes) =
            (one_line(&letter.headline(language)), letter.lines(language), letter.notes(attempt, language));
        let html = match letter.page() {
            Some(page) => page.to_owned(),
            None => page(&subject, &lines, &notes, language)?,
        };
        let attachments = letter.attached().map(|file| Attachment {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: file.bytes.clone(),
        });
        Ok(Mail {
            from: self.from.clone(),
            to: self.to.clone(),
            id: format!("{}.{}@{domain}", letter.id, hash(&self.name)),
            thread: format!("run.{}@{domain}", hash(letter.run.as_str())),
            at: attempt.at,
            text: text(&subject, &lines, &notes),
            html,
            subject,
            language: language.as_str().to_owned(),
            attachments: attachments.collect(),
        })
    }
}

/// The text, with line ends as mails have them.
fn text(subject: &str, lines: &[String], notes: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("- {line}"));
    let notes = notes.iter().map(|note| format!("({note})"));
    let parts = [subject.to_owned(), String::new()].into_iter().chain(lines).chain([String::new()]).chain(notes);
    parts.collect::<Vec<_>>().join("\r\n")
}

/// The page. The template escapes every text: names of campaigns come from outside.
fn page(subject: &str, lines: &[String], notes: &[String], language: Language) -> Result<String> {
    let broken = |error: minijinja::Error| {
        Error::new(ErrorKind::Internal, "the page of the mail cannot be written").caused_by(Box::new(error) as Source)
    };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("letter.html", include_str!("letter.html")).map_err(broken)?;
    let values = context! { lang => language.as_str(), subject, lines => lines.to_vec(), notes => notes.to_vec() };
    environment.get_template("letter.html").and_then(|template| template.render(values)).map_err(broken)
}
