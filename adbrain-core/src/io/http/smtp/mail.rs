//! A mail: who, to whom, its parts. The same mail gives the same bytes.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment as WireAttachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::error::{Error, ErrorKind, Result};
use crate::model::ContentHash;

/// Digits of the marks between parts.
const BOUNDARY: usize = 32;

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it is: `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A mail with a text and a page that say the same, and its attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who sends it: `adbrain <adbrain@example.com>`.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// Its name in the world, without `<` and `>`. A second mail of this name is the same mail.
    pub id: String,
    /// The name of what it belongs to: programs show mails that belong together in one thread.
    pub thread: String,
    /// When it is sent.
    pub at: Timestamp,
    /// The subject.
    pub subject: String,
    /// The language of its parts: `pt-BR`.
    pub language: String,
    /// The text.
    pub text: String,
    /// The page.
    pub html: String,
    /// The attachments.
    pub attachments: Vec<Attachment>,
}

impl Mail {
    /// Checks an address as it stands in a mail.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming `field`.
    pub fn check_address(address: &str, field: &str) -> Result<()> {
        mailbox(address, field).map(drop)
    }

    /// The domain of an address, where it has one.
    pub fn domain(address: &str) -> Option<String> {
        address.parse::<Mailbox>().ok().map(|mailbox| mailbox.email.domain().to_owned())
    }

    pub(super) fn no_receiver() -> Error {
        Error::invalid("to", "names nobody").next("name a receiver")
    }

    /// Sender, receivers and the bytes between them.
    pub(super) fn for_wire(&self) -> Result<(Address, Vec<Address>, Vec<u8>)> {
        let message = self.message()?;
        let envelope = message.envelope();
        let from =
            envelope.from().cloned().ok_or_else(|| Error::invalid("from", "names nobody").next("name a sender"))?;
        Ok((from, envelope.to().to_vec(), message.formatted()))
    }

    fn message(&self) -> Result<Message> {
        let mut builder = Message::builder()
            .from(mailbox(&self.from, "from")?)
            .message_id(Some(format!("<{}>", self.id)))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(self.at.as_second().max(0).unsigned_abs()))
            .subject(self.subject.as_str())
            .references(format!("<{}>", self.thread))
            .header(AutoSubmitted)
            .header(Spoken(self.language.clone()));
        for address in &self.to {
            builder = builder.to(mailbox(address, "to")?);
        }
        let both = self.parted(MultiPart::alternative().boundary(self.mark("a")));
        let whole = if self.attachments.is_empty() { both } else { self.with_files(both)? };
        builder
            .multipart(whole)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("the mail cannot be written: {error}")))
    }

    /// The mark between parts: random marks would give other bytes at each try.
    fn mark(&self, level: &str) -> String {
        format!("{level}{}", ContentHash::of(self.id.as_bytes()).short(BOUNDARY))
    }

    fn parted(&self, builder: lettre::message::MultiPartBuilder) -> MultiPart {
        let part = |body: &str, kind| SinglePart::builder().header(kind).body(body.to_owned());
        builder
            .singlepart(part(&self.text, ContentType::TEXT_PLAIN))
            .singlepart(part(&self.html, ContentType::TEXT_HTML))
    }

    fn with_files(&self, both: MultiPart) -> Result<MultiPart> {
        let mut whole = MultiPart::mixed().boundary(self.mark("m")).multipart(both);
        for file in &self.attachments {
            let kind = ContentType::parse(&file.media_type).map_err(|_| {
                Error::invalid("attachment", format!("{:?} is no media type", file.media_type))
                    .next("write type/subtype")
            })?;
            whole = whole.singlepart(WireAttachment::new(file.name.clone()).body(file.bytes.clone(), kind));
        }
        Ok(whole)
    }
}

fn mailbox(address: &str, field: &str) -> Result<Mailbox> {
    address.trim().parse().map_err(|_| {
        Error::invalid(field, format!("{address:?} is no address of a mail"))
            .next("write name@domain, or Name <name@domain>")
    })
}

/// Tells programs that nobody wrote this by hand, so that no program answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The language of the parts (RFC 3282).
#[derive(Clone)]
struct Spoken(String);

impl Header for Spoken {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
