//! What a failed exchange means for the caller, without a secret in it.

use super::address::RefusedName;
use super::{Effect, Request, Response, Secrecy, class};
use crate::error::{Error, ErrorKind};

/// So much of an answer is shown in an error.
const EXCERPT: usize = 300;

/// The error that a status stands for.
pub(super) fn status(request: &Request, response: &Response) -> Error {
    let (kind, next) = match response.status {
        401 | 403 => (ErrorKind::Unauthorized, "check the token, its rights and its expiry"),
        404 | 410 => (ErrorKind::NotFound, "check the address and the id"),
        409 | 412 => (ErrorKind::Conflict, "read the object again and decide anew"),
        429 => (ErrorKind::RateLimited, "wait before the next request"),
        300..=399 => (ErrorKind::InvalidInput, "redirects are not followed: use the final address"),
        408 | 500.. => lost(request.effect),
        _ => (ErrorKind::InvalidInput, "correct the request"),
    };
    let what = format!("{request:?} was answered with status {}{}", response.status, excerpt(request, response));
    let error = Error::new(kind, what).with("status", response.status).next(next);
    match response.retry_after() {
        Some(wait) => error.with("retry_after_seconds", wait.as_secs()),
        None => error,
    }
}

/// The error that a failed transport stands for.
pub(super) fn transport(request: &Request, error: reqwest::Error) -> Error {
    if RefusedName::caused(&error) {
        return RefusedName::into_error();
    }
    let (no_connection, never_sent) = (error.is_connect(), error.is_connect() || error.is_builder());
    let (kind, next) = match (never_sent, request.effect) {
        (true, _) => (ErrorKind::Unavailable, "nothing was sent: check the address and the network, then try again"),
        (false, Effect::Once) => lost(Effect::Once),
        (false, _) if error.is_timeout() => (ErrorKind::TimedOut, "try again later"),
        (false, effect) => lost(effect),
    };
    let error = error.without_url();
    let message = format!("{request:?} failed: {}", request.redact(&causes(&error)));
    let error = Error::new(kind, message).next(next);
    if no_connection { class::not_sent(error) } else { error }
}

/// An answer that came but cannot be read.
pub(super) fn unreadable(request: &Request, why: &dyn std::fmt::Display) -> Error {
    let (kind, next) = lost(request.effect);
    Error::new(kind, format!("the answer to {request:?} cannot be read: {}", request.redact(&why.to_string())))
        .next(next)
}

/// An answer that the service itself calls temporary.
pub(super) fn passing(request: &Request, message: impl Into<String>) -> Error {
    let (kind, next) = lost(request.effect);
    Error::new(kind, request.redact(&message.into())).next(next)
}

fn lost(effect: Effect) -> (ErrorKind, &'static str) {
    match effect {
        Effect::Once => (ErrorKind::OutcomeUnknown, "look the object up before anything is sent again"),
        Effect::Read | Effect::Idempotent => (ErrorKind::Unavailable, "try again later"),
    }
}

fn excerpt(request: &Request, response: &Response) -> String {
    if request.secrecy == Secrecy::Sensitive || response.body.is_empty() {
        return String::new();
    }
    let text = request.redact(&String::from_utf8_lossy(&response.body));
    let start: String = text.chars().filter(|letter| !letter.is_control()).take(EXCERPT).collect();
    format!(": {start}")
}

/// The whole chain of causes in one line: reqwest keeps what matters in the deepest one.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain: Vec<_> = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
    chain.join(": ")
}
