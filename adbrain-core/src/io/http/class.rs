//! The class of a failed exchange: what its error's kind, and two marks where a kind says too little, mean for sending again.
//!
//! | class | is | sent again |
//! |---|---|---|
//! | `rejected` | the other side said no | never |
//! | `throttled` | [`ErrorKind::RateLimited`] | reads, after the wait that was asked for |
//! | `not_sent` | a connection that was never made (a mark) | reads, and writes within a second |
//! | `unknown` | [`ErrorKind::OutcomeUnknown`] | never: the object is looked up |
//! | `transient` | [`ErrorKind::Unavailable`], [`ErrorKind::TimedOut`] | reads |
//! | `auth_expired` | a token that is no longer valid (a mark) | once, with a new token |

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{Effect, Request};
use crate::error::{Error, ErrorKind};

/// The key under which an error's context names its class.
const KEY: &str = "class";
/// No bytes of the request have left.
const NOT_SENT: &str = "not_sent";
/// The token is no longer valid.
const AUTH_EXPIRED: &str = "auth_expired";
/// What `retry_after` says where the calls of a day are used up and the day is that of UTC.
pub(crate) const NEXT_UTC_DAY: &str = "00:00 UTC";

/// Marks an error of which no byte has left.
pub(super) fn not_sent(error: Error) -> Error {
    error.with(KEY, NOT_SENT)
}

/// Marks an error that a new token mends.
pub(crate) fn auth_expired(error: Error) -> Error {
    error.with(KEY, AUTH_EXPIRED)
}

/// Whether a new token mends the error.
pub(crate) fn is_auth_expired(error: &Error) -> bool {
    error.context_of(KEY) == Some(AUTH_EXPIRED)
}

/// The error with its class in the context.
pub(super) fn named(error: Error) -> Error {
    if error.context_of(KEY).is_some() {
        return error;
    }
    let class = match error.kind() {
        ErrorKind::RateLimited => "throttled",
        ErrorKind::OutcomeUnknown => "unknown",
        ErrorKind::Unavailable | ErrorKind::TimedOut => "transient",
        _ => "rejected",
    };
    error.with(KEY, class)
}

/// What sending a request again costs its account after an error; none where it is not sent again.
pub(super) fn cost(request: &Request, error: &Error) -> Option<u32> {
    let (is_not_sent, is_read) = (error.context_of(KEY) == Some(NOT_SENT), request.effect == Effect::Read);
    match error.kind() {
        _ if is_not_sent => Some(5),
        ErrorKind::RateLimited if is_read => Some(5),
        ErrorKind::Unavailable | ErrorKind::TimedOut if is_read => Some(10),
        _ => None,
    }
}

/// The wait that an error asks for.
pub(super) fn asked_wait(error: &Error, now: Timestamp) -> Duration {
    if error.context_of("retry_after") == Some(NEXT_UTC_DAY) {
        return until_tomorrow(now).unwrap_or_default();
    }
    let seconds = error.context_of("retry_after_seconds").and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

fn until_tomorrow(now: Timestamp) -> Option<Duration> {
    let today = now.to_zoned_datetime(TimeZone::UTC).date();
    let tomorrow = today.tomorrow().ok()?.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    Duration::try_from(tomorrow.duration_since(now).max(SignedDuration::ZERO)).ok()
}
