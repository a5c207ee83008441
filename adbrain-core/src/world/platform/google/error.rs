//! What an answer of the platform means.

use super::wire::{Failure, FailureError};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Request, Response, class};
use crate::model::Platform;
use crate::platform::versions;

/// Where the platform asks to wait and does not say how long, in seconds: the shortest delay of its own guide.
const SHORTEST_WAIT: u64 = 5;

/// An error for everything but success. The body is read first, since the status alone says too little.
pub(super) fn judge(request: &Request, response: &Response) -> Result<()> {
    if (200..300).contains(&response.status) {
        return Ok(());
    }
    let failure: Failure = serde_json::from_slice(&response.body).unwrap_or_default();
    let details = failure.error.details.iter();
    let request_id = details.clone().map(|details| details.request_id.as_str()).find(|id| !id.is_empty());
    let error = match details.flat_map(|details| &details.errors).next() {
        Some(first) => of_code(request, response, first),
        None => of_status(request, response.status, &failure.error.status, &failure.error.message),
    };
    let error = error.with("platform", Platform::Google).with("status", response.status);
    Err(match request_id {
        Some(id) => error.with("request_id", id),
        None => error,
    })
}

/// The first error of the platform's own list decides: an atomic request fails as a whole.
fn of_code(request: &Request, response: &Response, first: &FailureError) -> Error {
    let (family, code) = first.error_code.iter().next().map_or(("", ""), |(family, code)| (family, code));
    let what = format!("{}{code}: {}", path(first), first.message);
    let error = |kind, next: &str| Error::new(kind, what.clone()).with("code", code).next(next);
    match (family, code) {
        ("quotaError", "ACCESS_PROHIBITED") | ("authorizationError", _) => error(
            ErrorKind::Unauthorized,
            "give the user of the token access to the account, and the developer token its approval",
        ),
        ("quotaError", _) => {
            let error = throttled(what.clone(), wait(first, response)).with("code", code);
            // The limit of the developer holds for all accounts of the app.
            let is_apps = first.details.quota_error_details.rate_scope == "DEVELOPER";
            if is_apps { error.with("rate_scope", "app") } else { error }
        }
        ("authenticationError", _) => {
            class::auth_expired(error(ErrorKind::Unauthorized, "get a new access token, or give `refresh`"))
        }
        ("headerError", _) => error(ErrorKind::InvalidInput, "check `login_customer` in the configuration"),
        ("requestError", "UNSUPPORTED_VERSION") => versions::gone(Platform::Google, &what).with("code", code),
        ("internalError", _) | ("databaseError", "CONCURRENT_MODIFICATION") => request.lost(what).with("code", code),
        ("campaignError", "DUPLICATE_CAMPAIGN_NAME") => {
            // The name carries our mark: it is taken where an earlier request has made the tree after all.
            error(ErrorKind::OutcomeUnknown, "look the object up by its tag: a campaign of this name is there")
        }
        (_, "RESOURCE_NOT_FOUND") => error(ErrorKind::NotFound, "look in the account whether it was removed"),
        _ if response.status >= 500 => request.lost(what).with("code", code),
        _ => error(ErrorKind::InvalidInput, "correct the field and send it again"),
    }
}

/// Without the platform's own list: the status, in words and as a number.
fn of_status(request: &Request, status: u16, words: &str, message: &str) -> Error {
    let what = format!("{request:?} was answered with status {status} {words} {message}");
    let what = what.trim_end();
    match (status, words) {
        (429, _) | (_, "RESOURCE_EXHAUSTED") => throttled(what.to_owned(), SHORTEST_WAIT),
        (401, _) => class::auth_expired(
            Error::new(ErrorKind::Unauthorized, what).next("get a new access token, or give `refresh`"),
        ),
        (403, _) => Error::new(ErrorKind::Unauthorized, what).next("give the user of the token access to the account"),
        (404, _) => Error::new(ErrorKind::NotFound, what).next("check `account` and `version`"),
        (408 | 500.., _) => request.lost(what),
        _ => Error::new(ErrorKind::InvalidInput, what).next("correct the request"),
    }
}

fn throttled(what: String, seconds: u64) -> Error {
    Error::new(ErrorKind::RateLimited, what)
        .with("retry_after_seconds", seconds)
        .next("wait before the next request; a daily quota comes back at midnight")
}

/// The seconds that a throttled request has to wait: `retryDelay` is text such as `30s` or `1.500s`.
fn wait(first: &FailureError, response: &Response) -> u64 {
    let delay = first.details.quota_error_details.retry_delay.trim_end_matches('s');
    let (whole, part) = delay.split_once('.').unwrap_or((delay, ""));
    let asked = whole.parse::<u64>().ok().map(|whole| whole + u64::from(part.bytes().any(|digit| digit != b'0')));
    asked.or(response.retry_after().map(|wait| wait.as_secs())).unwrap_or(SHORTEST_WAIT)
}

/// `mutate_operations[3].campaign_operation.create.name: `, or nothing.
fn path(first: &FailureError) -> String {
    let elements = first.location.field_path_elements.iter().map(|element| match element.index {
        Some(index) => format!("{}[{index}]", element.field_name),
        None => element.field_name.clone(),
    });
    let path = elements.collect::<Vec<_>>().join(".");
    if path.is_empty() { path } else { format!("{path}: ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Effect;

    fn answer(status: u16, family: &str, code: &str, details: &str) -> Response {
        let body = format!(
            r#"{{"error": {{"code": {status}, "message": "Request contains an invalid argument.", "status": "INVALID_ARGUMENT", "details": [{{
            "@type": "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure", "requestId": "r-1", "errors": [{{
            "errorCode": {{"{family}": "{code}"}}, "message": "said so", "details": {{{details}}},
            "location": {{"fieldPathElements": [{{"fieldName": "mutate_operations", "index": 3}}, {{"fieldName": "create"}}]}}}}]}}]}}}}"#
        );
        Response { status, headers: Vec::new(), body: body.into_bytes() }
    }

    fn kind(effect: Effect, response: &Response) -> ErrorKind {
        judge(&Request::post("https://example.com/v26").effect(effect), response).unwrap_err().kind()
    }

    #[test]
    fn the_body_decides_what_a_failure_means() {
        use ErrorKind::{InvalidInput, NotFound, OutcomeUnknown, RateLimited, Unauthorized, Unavailable};
        for (status, family, code, write, read) in [
            (429, "quotaError", "RESOURCE_EXHAUSTED", RateLimited, RateLimited),
            (429, "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", RateLimited, RateLimited),
            (403, "quotaError", "ACCESS_PROHIBITED", Unauthorized, Unauthorized),
            (401, "authenticationError", "OAUTH_TOKEN_EXPIRED", Unauthorized, Unauthorized),
            (403, "authorizationError", "USER_PERMISSION_DENIED", Unauthorized, Unauthorized),
            (400, "campaignError", "DUPLICATE_CAMPAIGN_NAME", OutcomeUnknown, OutcomeUnknown),
            (400, "databaseError", "CONCURRENT_MODIFICATION", OutcomeUnknown, Unavailable),
            (500, "internalError", "INTERNAL_ERROR", OutcomeUnknown, Unavailable),
            (500, "strangeError", "NEVER_SEEN", OutcomeUnknown, Unavailable),
            (400, "strangeError", "NEVER_SEEN", InvalidInput, InvalidInput),
            (400, "mutateError", "RESOURCE_NOT_FOUND", NotFound, NotFound),
            (400, "requestError", "UNSUPPORTED_VERSION", InvalidInput, InvalidInput),
        ] {
            let response = answer(status, family, code, "");
            assert_eq!((kind(Effect::Once, &response), kind(Effect::Read, &response)), (write, read), "{code}");
        }
    }

    #[test]
    fn an_error_names_the_field_the_code_and_the_request() {
        let response = answer(400, "stringLengthError", "TOO_LONG", "");
        let error = judge(&Request::post("https://example.com/v26"), &response).unwrap_err();
        assert_eq!(error.message(), "mutate_operations[3].create: TOO_LONG: said so");
        assert_eq!((error.context_of("code"), error.context_of("request_id")), (Some("TOO_LONG"), Some("r-1")));
    }

    #[test]
    fn a_throttled_request_waits_as_long_as_the_platform_says() {
        for (delay, seconds) in [("30s", "30"), ("1.500s", "2"), ("soon", "5")] {
            let details = format!(r#""quotaErrorDetails": {{"rateScope": "DEVELOPER", "retryDelay": "{delay}"}}"#);
            let response = answer(429, "quotaError", "RESOURCE_EXHAUSTED", &details);
            let error = judge(&Request::post("https://example.com/v26"), &response).unwrap_err();
            assert_eq!(error.context_of("retry_after_seconds"), Some(seconds));
            assert_eq!(error.context_of("rate_scope"), Some("app"));
        }
        let details = r#""quotaErrorDetails": {"rateScope": "ACCOUNT", "retryDelay": "30s"}"#;
        let response = answer(429, "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", details);
        let error = judge(&Request::post("https://example.com/v26"), &response).unwrap_err();
        assert_eq!(error.context_of("rate_scope"), None);
    }

    #[test]
    fn without_the_platforms_list_the_status_decides() {
        for (status, write) in [
            (401, ErrorKind::Unauthorized),
            (404, ErrorKind::NotFound),
            (429, ErrorKind::RateLimited),
            (502, ErrorKind::OutcomeUnknown),
            (400, ErrorKind::InvalidInput),
        ] {
            let response = Response { status, headers: Vec::new(), body: b"<html>".to_vec() };
            assert_eq!(kind(Effect::Once, &response), write, "{status}");
        }
    }
}
