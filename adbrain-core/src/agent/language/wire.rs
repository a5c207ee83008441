//! What both wire formats share: an answer that is put together from events, or read whole.

use serde_json::Value;

use super::sse::Events;
use super::{Finish, ModelAnswer, Usage, anthropic, openai};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Listener;

/// The two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    OpenAi,
    Anthropic,
}

/// An answer as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) refusal: String,
    pub(super) model: String,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) finish: Option<Finish>,
}

impl Draft {
    /// The answer, once the other side has said why it stopped.
    fn answer(self) -> Result<ModelAnswer> {
        let finish = self.finish.ok_or_else(|| broke_off("the answer ended before its end"))?;
        let usage = self.input_tokens.zip(self.output_tokens);
        let is_refused = finish == Finish::Refused || (self.text.is_empty() && !self.refusal.is_empty());
        Ok(ModelAnswer {
            text: if is_refused { self.refusal } else { self.text },
            usage: usage.map(|(input_tokens, output_tokens)| Usage { input_tokens, output_tokens }),
            model: self.model,
            finish: if is_refused { Finish::Refused } else { finish },
            broken: 0,
        })
    }
}

/// An answer that broke off: it is asked for again.
pub(super) fn broke_off(what: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the language model broke off: {what}")).next("try again later")
}

/// The error that the other side tells inside an answer of status 200.
pub(super) fn told(error: &Value) -> Error {
    let kind = error.get("type").and_then(Value::as_str).unwrap_or_default();
    let message: String =
        error.get("message").and_then(Value::as_str).unwrap_or("no reason").chars().take(200).collect();
    let what = format!("the language model broke off: {kind}: {message}");
    match kind {
        "invalid_request_error" => Error::new(ErrorKind::InvalidInput, what).next("check the model and its settings"),
        "authentication_error" | "permission_error" => {
            Error::new(ErrorKind::Unauthorized, what).next("check the key and its rights")
        }
        _ => Error::new(ErrorKind::Unavailable, what).next("try again later"),
    }
}

/// Puts an answer together while it comes.
pub(super) struct Hearing {
    wire: Wire,
    /// None where the answer comes as one piece of JSON.
    events: Option<Events>,
    whole: Vec<u8>,
    draft: Draft,
}

impl Hearing {
    /// Listens to an answer of a content type.
    pub(super) fn of(wire: Wire, content_type: &str) -> Self {
        let events = content_type.starts_with("text/event-stream").then(Events::default);
        Self { wire, events, whole: Vec::new(), draft: Draft::default() }
    }

    fn event(&mut self, data: &str) -> Result<()> {
        if data.trim() == "[DONE]" {
            return Ok(());
        }
        let event: Value = serde_json::from_str(data).map_err(|_| broke_off("an event is no JSON"))?;
        match self.wire {
            Wire::OpenAi => openai::event(&mut self.draft, &event),
            Wire::Anthropic => anthropic::event(&mut self.draft, &event),
        }
    }
}

impl Listener for Hearing {
    type Heard = ModelAnswer;

    fn part(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(events) = &mut self.events else {
            self.whole.extend_from_slice(bytes);
            return Ok(());
        };
        events.part(bytes).iter().try_for_each(|data| self.event(data))
    }

    fn end(mut self) -> Result<ModelAnswer> {
        if self.events.is_none() {
            let whole: Value = serde_json::from_slice(&self.whole).map_err(|_| broke_off("the answer is no JSON"))?;
            match self.wire {
                Wire::OpenAi => openai::whole(&mut self.draft, &whole)?,
                Wire::Anthropic => anthropic::whole(&mut self.draft, &whole)?,
            }
        }
        self.draft.answer()
    }
}

/// A text field of JSON, empty where there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A count of JSON.
pub(super) fn count(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Value::as_u64)
}
