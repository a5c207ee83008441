//! What `LinkedIn`'s answers mean: the status says the class, the body the field.

use super::wire::{Failure, InputError};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Request, Response, class};
use crate::model::Platform;
use crate::platform::versions;

/// The error that an answer stands for.
pub(super) fn judge(request: &Request, response: &Response) -> Result<()> {
    if (200..300).contains(&response.status) {
        return Ok(());
    }
    let Ok(failure) = serde_json::from_slice::<Failure>(&response.body) else { return by_status(request, response) };
    let error = of(request, response.status, &failure).with("status", response.status);
    let error = failure.code.iter().fold(error, |error, code| error.with("code", code));
    Err(failure.service_error_code.into_iter().fold(error, |error, code| error.with("service_error_code", code)))
}

fn of(request: &Request, status: u16, failure: &Failure) -> Error {
    let what = format!("linkedin answered {request:?} with {}", told(failure));
    if status == 408 || status >= 500 {
        return request.lost(what);
    }
    // `lost` takes secrets out of a text; so do these messages, which quote what the platform says.
    let what = request.lost(what).message().to_owned();
    match status {
        401 => class::auth_expired(
            Error::new(ErrorKind::Unauthorized, what)
                .next("sign the member in again: a token lives for 60 days and may be taken back"),
        ),
        403 => Error::new(ErrorKind::Unauthorized, what)
            .next("give the member a role on the ad account and the page, and the token the scopes rw_ads, r_ads_reporting and w_organization_social"),
        404 | 410 => Error::new(ErrorKind::NotFound, what).next("check the id and the member's role on it"),
        409 | 412 => Error::new(ErrorKind::Conflict, what).next("read the object again and decide anew"),
        426 => versions::gone(Platform::LinkedIn, &what),
        429 => throttled(what),
        _ => Error::new(ErrorKind::InvalidInput, what).next("correct the field that LinkedIn names"),
    }
}

/// An answer that is no failure in `LinkedIn`'s shape, such as a page of a gateway.
fn by_status(request: &Request, response: &Response) -> Result<()> {
    let what = format!("linkedin answered {request:?} with status {}", response.status);
    match response.status {
        426 => Err(versions::gone(Platform::LinkedIn, &what)),
        429 => Err(throttled(what)),
        _ => response.clone().success(request).map(|_| ()),
    }
}

/// `LinkedIn` does not say how long to wait, neither in a header nor in the body. It counts by endpoint and day, so the others stay open.
fn throttled(what: String) -> Error {
    Error::new(ErrorKind::RateLimited, what)
        .with("retry_after", class::NEXT_UTC_DAY)
        .with("rate_scope", "endpoint")
        .next("wait: the day's calls of this app or member begin anew at 00:00 UTC")
}

fn told(failure: &Failure) -> String {
    let inputs = failure.error_details.iter().flat_map(|details| &details.input_errors);
    let inputs: Vec<_> = inputs.map(input).collect();
    let code = failure.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
    if inputs.is_empty() { format!("{code}{}", failure.message) } else { format!("{code}{}", inputs.join(", ")) }
}

/// `/campaign/totalBudget/amount: cannot be 10 (CONDITIONAL_VALUE_TOO_LOW)`.
fn input(error: &InputError) -> String {
    let path = error.input.as_ref().and_then(|input| input.input_path.as_ref()?.field_path.as_deref());
    let (path, what) = (path.unwrap_or("a field"), error.description.as_deref().unwrap_or("is refused"));
    let code = error.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("{path}: {what}{code}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::http::{Effect, Secret};

    fn answer(request: &Request, status: u16, body: &Value) -> Error {
        let response = Response { status, headers: Vec::new(), body: body.to_string().into_bytes() };
        judge(request, &response).unwrap_err()
    }

    #[test]
    fn the_status_says_the_class_and_reads_and_writes_differ_where_an_answer_is_lost() {
        let read = Request::get("https://api.linkedin.com/rest/adAccounts/1");
        let write = Request::post("https://api.linkedin.com/rest/adAccounts/1/adCampaigns");
        let upload = Request::post("https://api.linkedin.com/rest/images").effect(Effect::Idempotent);
        let old = json!({"status": 0, "message": "no", "serviceErrorCode": 100});
        for (request, status, kind) in [
            (&write, 400, ErrorKind::InvalidInput),
            (&write, 422, ErrorKind::InvalidInput),
            (&read, 401, ErrorKind::Unauthorized),
            (&write, 403, ErrorKind::Unauthorized),
            (&read, 404, ErrorKind::NotFound),
            (&write, 409, ErrorKind::Conflict),
            (&write, 426, ErrorKind::InvalidInput),
            (&write, 429, ErrorKind::RateLimited),
            (&read, 500, ErrorKind::Unavailable),
            (&upload, 500, ErrorKind::Unavailable),
            (&write, 500, ErrorKind::OutcomeUnknown),
            (&write, 504, ErrorKind::OutcomeUnknown),
        ] {
            let error = answer(request, status, &old);
            assert_eq!(error.kind(), kind, "{status}: {error}");
            assert!(error.next_step().is_some(), "{status}");
            let page = Response { status, headers: Vec::new(), body: b"<html>no</html>".to_vec() };
            assert_eq!(judge(request, &page).unwrap_err().kind(), kind, "{status} as a page");
        }
        assert!(judge(&write, &Response { status: 204, headers: Vec::new(), body: Vec::new() }).is_ok());
    }

    #[test]
    fn a_wrong_field_is_named_by_the_path_that_linkedin_gives() {
        let request = Request::post("https://api.linkedin.com/rest/adAccounts/1/adCampaigns");
        let body = json!({
            "message": "Multiple errors occurred during the input validation.", "status": 400, "serviceErrorCode": 10007,
            "code": "CONDITIONAL_VALUE_TOO_LOW", "errorDetailType": "com.linkedin.common.error.BadRequest",
            "errorDetails": {"inputErrors": [{
                "code": "CONDITIONAL_VALUE_TOO_LOW",
                "description": "cannot be set to 10",
                "input": {"inputPath": {"fieldPath": "/Campaign/totalBudget/amount"}},
            }]},
        });
        let error = answer(&request, 400, &body);
        assert!(error.to_string().contains("/Campaign/totalBudget/amount: cannot be set to 10"), "{error}");
        assert_eq!(error.context_of("service_error_code"), Some("10007"));
    }

    #[test]
    fn a_version_that_is_gone_names_the_field_of_the_config() {
        let request = Request::get("https://api.linkedin.com/rest/adAccounts/1");
        let gone = json!({"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version 20250201 is not active"});
        let error = answer(&request, 426, &gone);
        assert_eq!(error.context_of("field"), Some("version"));
        assert!(error.next_step().unwrap().contains("`version`"));
    }

    #[test]
    fn a_token_that_the_platform_repeats_is_taken_out() {
        let request = Request::get("https://api.linkedin.com/rest/adAccounts/1").bearer(&Secret::new("canary"));
        for status in [400, 401, 403, 404, 409, 426, 429, 500] {
            let error = answer(&request, status, &json!({"status": status, "message": "token canary is bad"}));
            assert!(!format!("{error} {error:?}").contains("canary"), "{status}");
        }
    }
}
