//! What a failed exchange is, what its class costs, and how long is waited.

use std::time::Duration;

use jiff::Timestamp;

use super::class::{NEXT_UTC_DAY, asked_wait, auth_expired, cost, is_auth_expired, named, not_sent};
use super::failure::{passing, status, unreadable};
use super::{Effect, Request, Response, Secrecy};
use crate::error::{Error, ErrorKind};

fn request(effect: Effect) -> Request {
    Request::post("https://example.com/").effect(effect)
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "no")
}

#[test]
fn the_class_is_named_once_and_the_marks_stand() {
    for (kind, class) in [
        (ErrorKind::RateLimited, "throttled"),
        (ErrorKind::OutcomeUnknown, "unknown"),
        (ErrorKind::Unavailable, "transient"),
        (ErrorKind::TimedOut, "transient"),
        (ErrorKind::InvalidInput, "rejected"),
    ] {
        assert_eq!(named(error(kind)).context_of("class"), Some(class));
    }
    assert_eq!(named(not_sent(error(ErrorKind::Unavailable))).context_of("class"), Some("not_sent"));
    let expired = named(auth_expired(error(ErrorKind::Unauthorized)));
    assert_eq!((expired.context_of("class"), is_auth_expired(&expired)), (Some("auth_expired"), true));
    assert!(!is_auth_expired(&named(error(ErrorKind::Unauthorized))));
    assert!(!is_auth_expired(&not_sent(error(ErrorKind::Unavailable))));
}

#[test]
fn writes_are_sent_again_only_where_nothing_has_left() {
    use ErrorKind::{InvalidInput, OutcomeUnknown, RateLimited, TimedOut, Unavailable};
    let costs = |effect: Effect| {
        let request = request(effect);
        [RateLimited, Unavailable, TimedOut, OutcomeUnknown, InvalidInput].map(|kind| cost(&request, &error(kind)))
    };
    assert_eq!(costs(Effect::Read), [Some(5), Some(10), Some(10), None, None]);
    assert_eq!(costs(Effect::Once), [None; 5]);
    assert_eq!(costs(Effect::Idempotent), [None; 5]);
    for effect in [Effect::Read, Effect::Once, Effect::Idempotent] {
        assert_eq!(cost(&request(effect), &not_sent(error(Unavailable))), Some(5));
    }
}

#[test]
fn a_wait_is_as_long_as_it_was_asked_for() {
    let now: Timestamp = "2026-12-01T23:59:00Z".parse().unwrap();
    let asked = |error: Error| asked_wait(&error, now);
    assert_eq!(asked(error(ErrorKind::RateLimited)), Duration::ZERO);
    assert_eq!(asked(error(ErrorKind::RateLimited).with("retry_after_seconds", 7)), Duration::from_secs(7));
    assert_eq!(asked(error(ErrorKind::RateLimited).with("retry_after", NEXT_UTC_DAY)), Duration::from_secs(60));
    assert_eq!(asked(error(ErrorKind::RateLimited).with("retry_after", "noon")), Duration::ZERO);
}

fn answer(status: u16, body: &str) -> Response {
    Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn each_status_stands_for_a_kind_and_a_lost_write_for_an_unknown_outcome() {
    use ErrorKind::{Conflict, InvalidInput, NotFound, OutcomeUnknown, RateLimited, Unauthorized, Unavailable};
    for (code, read, write) in [
        (302, InvalidInput, InvalidInput),
        (400, InvalidInput, InvalidInput),
        (401, Unauthorized, Unauthorized),
        (403, Unauthorized, Unauthorized),
        (404, NotFound, NotFound),
        (408, Unavailable, OutcomeUnknown),
        (409, Conflict, Conflict),
        (410, NotFound, NotFound),
        (412, Conflict, Conflict),
        (429, RateLimited, RateLimited),
        (500, Unavailable, OutcomeUnknown),
        (503, Unavailable, OutcomeUnknown),
    ] {
        let kinds = [Effect::Read, Effect::Once].map(|effect| {
            let found = status(&request(effect), &answer(code, ""));
            assert_eq!(found.context_of("status"), Some(code.to_string().as_str()));
            assert!(found.next_step().is_some());
            found.kind()
        });
        assert_eq!(kinds, [read, write], "{code}");
    }
    assert!(status(&request(Effect::Read), &answer(302, "")).next_step().unwrap().contains("redirects"));
}

#[test]
fn an_error_shows_the_start_of_an_answer_and_none_of_a_sensitive_one() {
    let long = format!("no such\u{7} page{}", "x".repeat(1_000));
    let shown = status(&request(Effect::Read), &answer(404, &long)).to_string();
    assert!(shown.contains("no such page") && !shown.contains(&"x".repeat(300)), "{shown}");
    let hidden = request(Effect::Read).secrecy(Secrecy::Sensitive);
    assert!(!status(&hidden, &answer(404, &long)).to_string().contains("no such"));
    assert!(status(&request(Effect::Read), &answer(404, "")).to_string().contains("status 404 ["));
}

#[test]
fn an_answer_that_cannot_be_read_leaves_a_write_open_and_tells_why_in_short() {
    for (effect, kind) in [
        (Effect::Read, ErrorKind::Unavailable),
        (Effect::Idempotent, ErrorKind::Unavailable),
        (Effect::Once, ErrorKind::OutcomeUnknown),
    ] {
        let found = unreadable(&request(effect), &"y".repeat(100_000));
        assert_eq!(found.kind(), kind);
        let letters = found.to_string().matches('y').count();
        assert!((1_990..=2_010).contains(&letters), "{letters}");
        let found = passing(&request(effect), "come back later");
        assert_eq!(found.kind(), kind);
        assert!(found.to_string().contains("come back later"));
    }
}
