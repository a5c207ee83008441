//! What `TikTok`'s answers mean: almost all come with status 200, and the code in the body decides.

use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};
use crate::http::{Request, Response, class};
use crate::model::Platform;
use crate::platform::versions;

/// The envelope of every answer, without its data.
#[derive(Debug, Deserialize)]
struct Envelope {
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    request_id: String,
}

/// The video is still being worked on.
pub(super) const TRANSCODING: &str = "40901";

/// Says what an answer means.
pub(super) fn judge(request: &Request, response: &Response) -> Result<()> {
    match serde_json::from_slice::<Envelope>(&response.body) {
        Ok(envelope) if envelope.code == 0 && response.status < 300 => Ok(()),
        Ok(envelope) if envelope.code != 0 => {
            let error = error(request, response.status, &envelope);
            Err(error.with("code", envelope.code).with("log_id", &envelope.request_id))
        }
        // The version is a part of every path.
        _ if response.status == 404 || response.status == 410 => {
            let what = format!("{request:?} was answered with status {}", response.status);
            Err(versions::gone(Platform::TikTok, &what).with("status", response.status))
        }
        _ if response.status >= 300 => response.clone().success(request).map(|_| ()),
        _ => Err(request.lost(format!("the answer to {request:?} is not in TikTok's envelope"))),
    }
}

fn error(request: &Request, status: u16, envelope: &Envelope) -> Error {
    let said = envelope.message.trim();
    let what = format!("{request:?} was answered with code {}: {said}", envelope.code);
    match envelope.code {
        40_100 => throttled(said, what),
        40_102..=40_105 => class::auth_expired(
            Error::new(ErrorKind::Unauthorized, what)
                .next("the token is wrong or no longer valid: authorise the app again and give the new token"),
        ),
        40_001 | 40_106 => Error::new(ErrorKind::Unauthorized, what)
            .next("the app lacks a permission or the account: grant it in TikTok for Business, then authorise again"),
        40_007 => Error::new(ErrorKind::NotFound, what).next("name an object that `list` gives"),
        40_002 => parameter(said, what),
        40_901 => Error::new(ErrorKind::Conflict, what).next("wait until the video is processed"),
        // A partial success, a repeated request id, a passing failure: the request may have been carried out.
        20_001 | 40_016 | 40_050 | 40_133 | 40_700 | 50_000..=59_999 => request.lost(what),
        _ if status >= 500 => request.lost(what),
        _ => Error::new(ErrorKind::InvalidInput, what).next("read the message of TikTok and correct the request"),
    }
}

/// A wrong parameter, with its path where the message begins or goes on with one: `budget: too low`.
fn parameter(said: &str, what: String) -> Error {
    if said.contains("not exist") {
        return Error::new(ErrorKind::NotFound, what).next("name an object that `list` gives");
    }
    let error = Error::new(ErrorKind::InvalidInput, what).next("correct the parameter that TikTok names");
    match field(said) {
        Some(field) => error.with("field", field),
        None => error,
    }
}

/// The first word that is written like a parameter.
fn field(said: &str) -> Option<&str> {
    let trimmed = said.split_whitespace().map(|word| word.trim_matches(['"', '\'', '`', ':', ',', '.', '(', ')']));
    let is_path = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte));
    let mut words = trimmed.filter(|word| !word.is_empty() && is_path(word));
    let first = said.split_once(':').map(|(first, _)| first.trim()).filter(|first| !first.is_empty() && is_path(first));
    first.or_else(|| words.find(|word| word.contains('_') && !word.bytes().any(|byte| byte.is_ascii_uppercase())))
}

/// `TikTok` counts by the second, by the minute (with five minutes of silence), and by the day of UTC; which limit was met stands in the
/// message alone.
fn throttled(said: &str, what: String) -> Error {
    let error = Error::new(ErrorKind::RateLimited, what).next("wait before the next request");
    let said = said.to_ascii_lowercase();
    match () {
        () if said.contains("qpd") || said.contains("day") => error.with("retry_after", class::NEXT_UTC_DAY),
        () if said.contains("qpm") || said.contains("minute") => error.with("retry_after_seconds", 300),
        () => error.with("retry_after_seconds", 1),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, code: i64, message: &str) -> Response {
        let body = json!({"code": code, "message": message, "request_id": "log1", "data": {}});
        Response { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    #[test]
    fn the_code_in_the_body_decides_whatever_the_status_says() {
        let read = Request::get("https://business-api.tiktok.com/open_api/v1.3/campaign/get/");
        let write = Request::post("https://business-api.tiktok.com/open_api/v1.3/campaign/create/");
        for (request, status, code, kind) in [
            (&read, 200, 40_100, ErrorKind::RateLimited),
            (&write, 200, 40_100, ErrorKind::RateLimited),
            (&write, 200, 40_104, ErrorKind::Unauthorized),
            (&read, 200, 40_105, ErrorKind::Unauthorized),
            (&write, 200, 40_001, ErrorKind::Unauthorized),
            (&write, 200, 40_002, ErrorKind::InvalidInput),
            (&write, 200, 40_050, ErrorKind::OutcomeUnknown),
            (&write, 200, 20_001, ErrorKind::OutcomeUnknown),
            (&write, 200, 50_000, ErrorKind::OutcomeUnknown),
            (&write, 200, 51_010, ErrorKind::OutcomeUnknown),
            (&read, 200, 50_002, ErrorKind::Unavailable),
            (&read, 200, 40_700, ErrorKind::Unavailable),
            (&read, 200, 40_007, ErrorKind::NotFound),
            (&read, 200, 40_901, ErrorKind::Conflict),
            (&read, 200, 49_999, ErrorKind::InvalidInput),
            (&write, 503, 49_999, ErrorKind::OutcomeUnknown),
        ] {
            let error = judge(request, &answer(status, code, "no")).unwrap_err();
            assert_eq!(error.kind(), kind, "{code}: {error}");
            assert!(error.next_step().is_some(), "{code}");
            assert_eq!(error.context_of("code"), Some(code.to_string().as_str()));
        }
        assert!(judge(&read, &answer(200, 0, "OK")).is_ok());
    }

    #[test]
    fn a_throttle_says_how_long_and_a_wrong_parameter_which() {
        let request = Request::post("https://business-api.tiktok.com/open_api/v1.3/adgroup/create/");
        for (message, seconds, moment) in [
            ("Too many requests", Some("1"), None),
            ("QPM limit", Some("300"), None),
            ("requests per day", None, Some("00:00 UTC")),
        ] {
            let error = judge(&request, &answer(200, 40_100, message)).unwrap_err();
            let found = (error.context_of("retry_after_seconds"), error.context_of("retry_after"));
            assert_eq!(found, (seconds, moment), "{message}");
        }
        for (message, field) in [
            ("budget: is lower than 20", Some("budget")),
            ("targeting_spec.location_ids: unknown", Some("targeting_spec.location_ids")),
            ("Please check your schedule_start_time.", Some("schedule_start_time")),
            ("Something else", None),
        ] {
            let error = judge(&request, &answer(200, 40_002, message)).unwrap_err();
            assert_eq!(error.context_of("field"), field, "{message}");
        }
        let gone = judge(&request, &answer(200, 40_002, "The campaign does not exist")).unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn what_is_not_in_the_envelope_is_judged_by_its_status_and_never_a_success() {
        let read = Request::get("https://x.y");
        let page = |status| Response { status, headers: Vec::new(), body: b"<html>bad gateway</html>".to_vec() };
        assert_eq!(judge(&read, &page(502)).unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(judge(&read, &page(404)).unwrap_err().context_of("field"), Some("version"));
        assert_eq!(judge(&read, &page(200)).unwrap_err().kind(), ErrorKind::Unavailable);
        let write = Request::post("https://x.y");
        assert_eq!(judge(&write, &page(200)).unwrap_err().kind(), ErrorKind::OutcomeUnknown);
        assert_eq!(judge(&write, &page(502)).unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    }
}
