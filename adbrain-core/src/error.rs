//! The one public error: a kind that means the same in every language, a message, context, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What went wrong, in terms a caller can act on; the same names in Rust, Python and Node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value given by the caller is wrong; the message names the field or line.
    InvalidInput,
    /// A named thing does not exist.
    NotFound,
    /// The platform, store or model cannot do what was asked.
    Unsupported,
    /// A policy said no; nothing was sent.
    Refused,
    /// A person has to approve first; nothing was sent.
    NeedsApproval,
    /// A write was sent and its answer was lost: look the object up by its tag, never send again blindly.
    OutcomeUnknown,
    /// The other side asks to slow down.
    RateLimited,
    /// The other side, a file or a network cannot be reached now.
    Unavailable,
    /// Somebody else changed or holds the same thing.
    Conflict,
    /// Stored data is damaged or was changed outside.
    Corrupt,
    /// A token or right is missing or has expired.
    Unauthorized,
    /// The caller cancelled.
    Cancelled,
    /// A step took longer than it may.
    TimedOut,
    /// There is too little data for an answer.
    NotEnoughData,
    /// Code of the user (an agent, connector, store or predictor) failed; the source is its own error.
    UserCode,
    /// A defect of adbrain itself.
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order in which the documents list them.
    pub const ALL: [Self; 16] = [
        Self::InvalidInput,
        Self::NotFound,
        Self::Unsupported,
        Self::Refused,
        Self::NeedsApproval,
        Self::OutcomeUnknown,
        Self::RateLimited,
        Self::Unavailable,
        Self::Conflict,
        Self::Corrupt,
        Self::Unauthorized,
        Self::Cancelled,
        Self::TimedOut,
        Self::NotEnoughData,
        Self::UserCode,
        Self::Internal,
    ];

    /// The name of the kind as text, the same in every language: `invalid_input`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::NotFound => "not_found",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
            Self::NeedsApproval => "needs_approval",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Conflict => "conflict",
            Self::Corrupt => "corrupt",
            Self::Unauthorized => "unauthorized",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::NotEnoughData => "not_enough_data",
            Self::UserCode => "user_code",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What a failing piece of user code gave us to hand back: the original exception, kept whole.
pub type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The one public error of adbrain.
///
/// `Display` is one line: what was tried, on what, and what to do next. `Debug` adds kind, context and source.
///
/// ```
/// use adbrain_core::{Error, ErrorKind};
/// let error = Error::invalid("budget.amount", "is negative").next("give an amount above zero");
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.to_string(), "budget.amount: is negative; give an amount above zero");
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    message: String,
    context: Vec<(&'static str, String)>,
    next: Option<String>,
    source: Option<Source>,
}

/// What to do about a defect of ours.
const REPORT: &str = "report it with the input and the seed that led here";

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Makes an error of a kind with a message: small letters, no full stop, no secrets. A defect of ours asks to be reported
    /// unless [`Error::next`] says better.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        let next = (kind == ErrorKind::Internal).then(|| REPORT.to_owned());
        Self { inner: Box::new(Inner { kind, message, context: Vec::new(), next, source: None }) }
    }

    /// Makes an [`ErrorKind::InvalidInput`] error about one field (a JSON path) or line.
    pub fn invalid(field: &str, what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::InvalidInput, format!("{field}: {what}")).with("field", field)
    }

    /// Marks a span as failed by this error: `error.type` is the kind, as in every language. Its text stays out of traces.
    pub(crate) fn mark(&self, span: &tracing::Span) {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", self.kind().as_str());
    }

    /// Adds a context pair, for example the platform, account or object that was acted on.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.inner.context.push((key, value.to_string()));
        self
    }

    /// Says what the reader should do next.
    #[must_use]
    pub fn next(mut self, step: impl Into<String>) -> Self {
        self.inner.next = Some(step.into());
        self
    }

    /// The same error, met in a field of what the caller gave.
    #[must_use]
    pub(crate) fn in_field(mut self, field: &str) -> Self {
        self.inner.kind = ErrorKind::InvalidInput;
        self.inner.message = format!("{field}: {}", self.inner.message);
        self.inner.context.retain(|(key, _)| *key != "field");
        self.with("field", field)
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The message without context and next step.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The context pairs, in the order in which they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.inner.context
    }

    /// One context value by its key.
    pub fn context_of(&self, key: &str) -> Option<&str> {
        self.inner.context.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str())
    }

    /// What to do next, where it is known.
    pub fn next_step(&self) -> Option<&str> {
        self.inner.next.as_deref()
    }

    /// Whether a read may be tried again later as it is. A write is never retried blindly, whatever this says.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind(), ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::TimedOut)
    }

    /// Takes out the error that caused this one; a binding gives the user's own exception back with it.
    pub fn take_source(&mut self) -> Option<Source> {
        self.inner.source.take()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.inner.message)?;
        for (key, value) in self.inner.context.iter().filter(|(key, _)| *key != "field") {
            write!(out, " [{key}: {value}]")?;
        }
        match &self.inner.next {
            Some(step) => write!(out, "; {step}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {self}", self.inner.kind)?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(out, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_serde_name_as_text() {
        for kind in ErrorKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn a_line_says_what_on_what_and_what_next() {
        let error = Error::new(ErrorKind::Refused, "daily cap reached").with("platform", "meta").next("raise the cap");
        assert_eq!(error.to_string(), "daily cap reached [platform: meta]; raise the cap");
        assert!(format!("{error:?}").starts_with("refused: daily cap"));
    }

    #[test]
    fn a_defect_asks_to_be_reported_unless_it_says_better() {
        let error = Error::new(ErrorKind::Internal, "a thread ended early");
        assert_eq!(error.to_string(), format!("a thread ended early; {REPORT}"));
        assert_eq!(error.next("try again").next_step(), Some("try again"));
    }

    #[test]
    fn an_error_in_a_field_keeps_what_to_do_next() {
        let error = Error::invalid("currency", "unknown").with("line", 3).next("use BRL").in_field("files[1]");
        assert_eq!(error.to_string(), "files[1]: currency: unknown [line: 3]; use BRL");
        assert_eq!((error.context_of("field"), error.context().len()), (Some("files[1]"), 2));
    }
}
