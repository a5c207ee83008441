//! Orders of the page: JSON in, JSON out, from our own page alone and with the token of who decides.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::blocks::blocks;
use super::desk::{Desk, Done, Order};
use super::guard::{Role, bearer};
use super::server::Shared;
use crate::brain::{ApproveOrder, RefuseOrder, SilenceOrder, StopOrder};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, RunId, read_json};
use crate::report::{outcomes_block, silence_text};

/// The longest order, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long an approval holds, in hours, where nothing is said.
const HOURS: f64 = 24.0;

/// An approval as the page sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    plan_hash: String,
    by: String,
    #[serde(default)]
    run: Option<RunId>,
    #[serde(default)]
    hours: Option<f64>,
}

/// Who turns the switch off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    by: String,
}

/// A step to be taken back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Undoing {
    entry: String,
    by: String,
}

/// Who has taken note of a letter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noting {
    letter: String,
    by: String,
}

/// Who ends a silence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    id: String,
    by: String,
}

/// Takes an order by its name.
pub(super) async fn take(State(shared): State<Shared>, Path(name): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let desk = match admitted(&shared, &parts.headers) {
        Ok(desk) => desk,
        Err((status, error)) => return answer(status, &refusal(&error)),
    };
    match done(desk, &name, body).await {
        Ok(done) => answer(StatusCode::OK, &told(&done, shared.board.language())),
        Err(error) => answer(status(error.kind()), &refusal(&error)),
    }
}

/// The desk, for who may decide. The Host has been checked before; it is checked here too, as everything about an order is.
pub(super) fn admitted<'a>(shared: &'a Shared, headers: &HeaderMap) -> Result<&'a Desk, (StatusCode, Error)> {
    let refused = |status, kind, what: &str, next: &str| Err((status, Error::new(kind, what).next(next)));
    if !shared.guard.is_our_host(headers) || !shared.guard.is_our_origin(headers) {
        let next = "order from the page itself, or send its own address as Origin";
        return refused(
            StatusCode::FORBIDDEN,
            ErrorKind::Refused,
            "origin: the order does not come from this page",
            next,
        );
    }
    let role = bearer(headers).and_then(|token| shared.guard.role(token));
    let next = "open the page with the first address that the command prints";
    match role {
        None => return refused(StatusCode::UNAUTHORIZED, ErrorKind::Unauthorized, "token: is none of this page", next),
        Some(Role::Viewer) => {
            return refused(StatusCode::FORBIDDEN, ErrorKind::Refused, "token: allows to look, not to decide", next);
        }
        Some(Role::Operator) => {}
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let what = "content-type: is not application/json";
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorKind::InvalidInput, what, "send the order as JSON");
    }
    shared.desk.as_deref().ok_or_else(|| {
        let error = Error::new(ErrorKind::Unsupported, "this page only shows").next("order with the command line");
        (StatusCode::NOT_FOUND, error)
    })
}

async fn done(desk: &Desk, name: &str, body: Body) -> Result<Done> {
    let bytes = to_bytes(body, LONGEST).await.map_err(|error| {
        Error::invalid("order", format!("is longer than {LONGEST} bytes or broke off"))
            .next("send it again, with a shorter reason")
            .caused_by(error)
    })?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| Error::invalid("order", "is not UTF-8").next("send it as UTF-8").caused_by(error))?;
    desk.order(order(name, text)?).await
}

fn order(name: &str, text: &str) -> Result<Order> {
    Ok(match name {
        "approve" => {
            let Approval { plan_hash, by, run, hours } = read(text)?;
            let order = ApproveOrder { run, ..ApproveOrder::new(plan_hash, by) };
            Order::Approve(order.for_hours(hours.unwrap_or(HOURS))?)
        }
        "refuse" => Order::Refuse(read::<RefuseOrder>(text)?),
        "stop" => Order::Stop(read::<StopOrder>(text)?),
        "resume" => Order::Resume(read::<By>(text)?.by),
        "undo" => {
            let Undoing { entry, by } = read(text)?;
            Order::Undo { entry, by }
        }
        "acknowledge" => {
            let Noting { letter, by } = read(text)?;
            Order::Acknowledge { letter, by }
        }
        "silence" => Order::Silence(read::<SilenceOrder>(text)?),
        "unsilence" => {
            let Ending { id, by } = read(text)?;
            Order::Unsilence { id, by }
        }
        other => {
            let what = format!("{other:?} is none");
            return Err(Error::invalid("order", what)
                .next("use approve, refuse, stop, resume, undo, acknowledge, silence or unsilence"));
        }
    })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    read_json(text, "order").map_err(|error| error.next("send the fields that the guide of the dashboard names"))
}

fn told(done: &Done, language: Language) -> Value {
    let texts: Vec<_> =
        done.notes.iter().map(|note| note.text(language)).chain(done.problems.iter().cloned()).collect();
    let outcomes =
        if done.outcomes.is_empty() { json!([]) } else { blocks(&[outcomes_block(&done.outcomes)], language) };
    let text = done.silence.as_ref().map_or_else(|| done.text.text(language), |kept| silence_text(kept, language));
    json!({"text": text, "notes": texts, "blocks": outcomes})
}

pub(super) fn refusal(error: &Error) -> Value {
    let (kind, field) = (error.kind().as_str(), error.context_of("field"));
    json!({"error": {"kind": kind, "message": error.message(), "next": error.next_step(), "field": field}})
}

pub(super) fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Unavailable | ErrorKind::RateLimited | ErrorKind::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal | ErrorKind::Corrupt => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::CONFLICT,
    }
}

pub(super) fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_names_the_field_that_is_wrong_and_what_to_do() {
        for (name, text, field) in [
            ("pay", "{}", "order"),
            ("approve", r#"{"by": "Ana"}"#, "plan_hash"),
            ("approve", r#"{"plan_hash": "0123456789", "by": "Ana", "hours": 0}"#, "hours"),
            ("approve", r#"{"plan_hash": "0123456789", "by": "Ana", "mode": "live"}"#, "mode"),
            ("refuse", r#"{"plan_hash": "0123456789", "by": "Ana"}"#, "reason"),
            ("stop", r#"{"reason": "x", "by": "Ana", "pause": "some"}"#, "some"),
            ("resume", "[]", "order"),
            ("resume", "", "order"),
        ] {
            let error = order(name, text).unwrap_err();
            assert!(error.to_string().contains(field) && error.next_step().is_some(), "{name}: {error}");
            assert_eq!(status(error.kind()), StatusCode::BAD_REQUEST);
        }
        assert!(matches!(order("stop", r#"{"reason": "x", "by": "Ana", "pause": "all"}"#), Ok(Order::Stop(_))));
    }
}
