//! What Meta's answers mean: the code in the body decides, not the status.

use serde_json::Value;

use super::usage;
use super::wire::{Failed, Failure};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Request, Response, class};
use crate::model::Platform;
use crate::platform::versions;

/// So many seconds are waited where Meta throttles and does not say for how long.
const USUAL_WAIT: u64 = 60;
/// The version is no longer served.
const VERSION_GONE: i64 = 2635;
/// The answer would be too large: the question has to be split. Subcodes of insights calls.
const TOO_MUCH: [i64; 2] = [1_504_022, 1_504_039];

/// A failure is told in less; a larger success is none, and is not read twice.
const LARGEST_FAILURE: usize = 256 << 10;

/// The error that an answer stands for; Meta answers some of them with status 200.
pub(crate) fn judge(request: &Request, response: &Response) -> Result<()> {
    if (200..300).contains(&response.status) && response.body.len() > LARGEST_FAILURE {
        return Ok(());
    }
    match serde_json::from_slice::<Failed>(&response.body) {
        Ok(Failed { error }) => Err(of(request, response, &error)),
        Err(_) if (200..300).contains(&response.status) => Ok(()),
        Err(_) => response.clone().success(request).map(|_| ()),
    }
}

fn of(request: &Request, response: &Response, failure: &Failure) -> Error {
    let what = format!("meta answered {request:?} with {}", told(failure));
    let error = match failure.code {
        4 | 17 | 32 | 341 | 613 | 80_000..=80_014 => {
            let error = Error::new(ErrorKind::RateLimited, what)
                .next("wait: the account, app or user has used up its calls of this hour");
            let error = error.with("retry_after_seconds", wait(response));
            // Code 4 is the limit of the app, over all of its accounts.
            if failure.code == 4 { error.with("rate_scope", "app") } else { error }
        }
        190 if failure.error_subcode == Some(459) => Error::new(ErrorKind::Unauthorized, what)
            .next("sign in to Facebook in a browser and pass the check of the account"),
        190 => class::auth_expired(
            Error::new(ErrorKind::Unauthorized, what).next("make a new token: this one has expired or was taken back"),
        ),
        VERSION_GONE => versions::gone(Platform::Meta, &what),
        10 | 200..=299 => Error::new(ErrorKind::Unauthorized, what)
            .next("give the token's user the right ads_management on this account and the page"),
        100 if failure.error_subcode == Some(33) => {
            Error::new(ErrorKind::NotFound, what).next("check the id; the token may have no right on the object")
        }
        368 => Error::new(ErrorKind::Refused, what)
            .next("Meta blocked this action for a while: read the account's quality page"),
        1 | 2 => request.lost(what),
        _ if failure.is_transient || response.status >= 500 => request.lost(what),
        _ => Error::new(ErrorKind::InvalidInput, what).next(next_step(failure)),
    };
    let error = error.with("code", failure.code).with("status", response.status);
    let error = failure.error_subcode.into_iter().fold(error, |error, subcode| error.with("subcode", subcode));
    failure.fbtrace_id.iter().fold(error, |error, trace| error.with("fbtrace_id", trace))
}

/// Whether the answer to a report's question would be too large.
pub(super) fn is_too_much(error: &Error) -> bool {
    let subcode = error.context_of("subcode").and_then(|subcode| subcode.parse().ok());
    subcode.is_some_and(|subcode| TOO_MUCH.contains(&subcode))
}

fn told(failure: &Failure) -> String {
    let detail = failure.error_user_msg.as_deref().filter(|text| *text != failure.message);
    let detail = detail.map(|text| format!(" ({text})")).unwrap_or_default();
    let fields = blamed(failure);
    let fields = if fields.is_empty() { String::new() } else { format!(", field {fields}") };
    format!("error {}: {}{detail}{fields}", failure.code, failure.message)
}

/// The fields that Meta blames, as a path.
fn blamed(failure: &Failure) -> String {
    let paths = failure.error_data.as_ref().and_then(|data| data.get("blame_field_specs")).and_then(Value::as_array);
    let path = |path: &Value| {
        let parts = path.as_array().into_iter().flatten();
        parts.filter_map(Value::as_str).collect::<Vec<_>>().join(".")
    };
    paths.into_iter().flatten().map(path).collect::<Vec<_>>().join(", ")
}

fn next_step(failure: &Failure) -> &'static str {
    if failure.code == 100 {
        "correct the parameter that Meta names"
    } else {
        "read the message of Meta and correct the request"
    }
}

/// Seconds until the account may ask again, from the headers that count its use.
fn wait(response: &Response) -> u64 {
    usage::of(response, None).silence.map_or(USUAL_WAIT, |silence| silence.as_secs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(request: &Request, status: u16, error: &Value) -> Error {
        let usage = json!({"123": [{"type": "ads_management", "estimated_time_to_regain_access": 3}]}).to_string();
        let headers = vec![("x-business-use-case-usage".to_owned(), usage)];
        judge(request, &Response { status, headers, body: json!({"error": error}).to_string().into() }).unwrap_err()
    }

    #[test]
    fn the_code_decides_whatever_the_status_says() {
        let read = Request::get("https://graph.facebook.com/v26.0/1");
        let write = Request::post("https://graph.facebook.com/v26.0/1");
        for (request, status, code, subcode, kind) in [
            (&read, 400, 17, None, ErrorKind::RateLimited),
            (&read, 200, 4, None, ErrorKind::RateLimited),
            (&write, 403, 80_004, None, ErrorKind::RateLimited),
            (&write, 400, 190, Some(463), ErrorKind::Unauthorized),
            (&write, 403, 200, None, ErrorKind::Unauthorized),
            (&read, 400, 100, Some(33), ErrorKind::NotFound),
            (&write, 400, 100, None, ErrorKind::InvalidInput),
            (&read, 500, 2, None, ErrorKind::Unavailable),
            (&write, 500, 1, None, ErrorKind::OutcomeUnknown),
            (&write, 503, 999, None, ErrorKind::OutcomeUnknown),
            (&write, 400, 368, None, ErrorKind::Refused),
            (&read, 400, 2_635, None, ErrorKind::InvalidInput),
        ] {
            let error = answered(request, status, &json!({"message": "no", "code": code, "error_subcode": subcode}));
            assert_eq!(error.kind(), kind, "{code}: {error}");
            assert!(error.next_step().is_some(), "{code}");
            assert_eq!(class::is_auth_expired(&error), code == 190, "{code}");
            assert_eq!(error.context_of("field") == Some("version"), code == 2_635, "{code}");
        }
        assert!(!class::is_auth_expired(&answered(&read, 400, &json!({"code": 190, "error_subcode": 459}))));
    }

    #[test]
    fn a_throttle_says_how_long_and_a_wrong_parameter_which() {
        let request = Request::get("https://graph.facebook.com/v26.0/1");
        let error = answered(&request, 400, &json!({"message": "too many calls", "code": 80_000}));
        assert_eq!(error.context_of("retry_after_seconds"), Some("180"));
        let blamed = json!({"blame_field_specs": [["targeting", "age_min"]]});
        let error = answered(&request, 400, &json!({"message": "no", "code": 100, "error_data": blamed}));
        assert!(error.to_string().contains("targeting.age_min"), "{error}");
        assert!(!is_too_much(&error));
        assert!(is_too_much(&answered(&request, 400, &json!({"code": 1, "error_subcode": 1_504_022}))));
    }

    #[test]
    fn what_is_no_error_of_meta_is_judged_by_its_status() {
        let read = Request::get("https://graph.facebook.com/v26.0/1");
        let page = |status| Response { status, headers: Vec::new(), body: b"<html>bad gateway</html>".to_vec() };
        assert!(judge(&read, &page(200)).is_ok());
        assert_eq!(judge(&read, &page(502)).unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(judge(&Request::post("https://x.y"), &page(502)).unwrap_err().kind(), ErrorKind::OutcomeUnknown);
    }
}
