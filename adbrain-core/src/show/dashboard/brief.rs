//! The brief that is written on the page: its form, its check, and a dry run of it. Nothing is written to a platform.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::blocks::section;
use super::board::Board;
use super::desk::Desk;
use super::guard::bearer;
use super::orders::{admitted, answer, refusal, status};
use super::server::Shared;
use crate::agent::workflow::{Event, Events};
use crate::brain::{Plan, Watch};
use crate::error::{Error, Result};
use crate::model::{Assumed, Brief, Language, Message};
use crate::report::plan_document;

/// The longest brief, in bytes, as everywhere.
const LONGEST: usize = 1 << 20;
/// Digits of a plan's hash that are shown.
const HASH_DIGITS: usize = 16;
/// The fixed texts of the form, `brief-NAME` in the catalogue.
const TEXTS: [&str; 52] = [
    "title",
    "about",
    "form",
    "json",
    "open-file",
    "broken",
    "check",
    "plan",
    "working",
    "where",
    "one-a-line",
    "unsaid",
    "yes",
    "no",
    "none",
    "name",
    "brand",
    "industry",
    "objective",
    "markets",
    "language",
    "flight-start",
    "flight-end",
    "flight-time-zone",
    "budget-amount",
    "budget-currency",
    "platforms",
    "formats",
    "product-name",
    "product-url",
    "product-benefits",
    "product-offers",
    "product-tone",
    "targets-min-ctr",
    "targets-min-roas",
    "declarations-special-categories",
    "declarations-is-political",
    "declarations-payer",
    "declarations-beneficiary",
    "option-awareness",
    "option-traffic",
    "option-engagement",
    "option-leads",
    "option-app-promotion",
    "option-sales",
    "option-friendly",
    "option-professional",
    "option-urgent",
    "option-housing",
    "option-employment",
    "option-financial",
    "option-politics",
];

/// What the form is made of: the schema that `adbrain schema brief` prints, and the texts of its fields.
pub(super) async fn form(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if bearer(&headers).and_then(|token| shared.guard.role(token)).is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    answer(StatusCode::OK, &of_form(shared.board.language()))
}

fn of_form(language: Language) -> Value {
    let text = |name: &str| Value::from(Message::new(format!("brief-{name}")).text(language));
    let texts: Map<_, _> = TEXTS.iter().map(|name| ((*name).to_owned(), text(name))).collect();
    json!({"schema": schema_for!(Brief), "texts": texts})
}

/// Takes a brief as it would stand in a file: `check` looks at it, `plan` makes a dry run of it.
pub(super) async fn take(State(shared): State<Shared>, Path(act): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let desk = match admitted(&shared, &parts.headers) {
        Ok(desk) => desk,
        Err((code, error)) => return answer(code, &refusal(&error)),
    };
    match done(desk, (&act, body), &shared.board).await {
        Ok(done) => answer(StatusCode::OK, &done),
        Err(error) => answer(status(error.kind()), &refusal(&error)),
    }
}

async fn done(desk: &Desk, (act, body): (&str, Body), board: &Board) -> Result<Value> {
    let bytes = to_bytes(body, LONGEST).await.map_err(|error| {
        Error::invalid("brief", format!("is longer than {LONGEST} bytes or broke off"))
            .next("shorten it")
            .caused_by(error)
    })?;
    let language = board.language();
    match act {
        "check" => Ok(checked(&desk.check_brief(&bytes)?, language)),
        "plan" => Ok(planned(&dry_run(desk, bytes, board).await?, language)),
        other => Err(Error::invalid("act", format!("{other:?} is none")).next("use check or plan")),
    }
}

/// A dry run whose steps the page shows as they come. One that is begun ends, also where the page that started it is gone.
async fn dry_run(desk: &Desk, bytes: Bytes, board: &Board) -> Result<Plan> {
    let told = board.clone();
    let events = Events::callback(Arc::new(move |event: &Event| told.tell(event)));
    desk.dry_run(bytes.to_vec(), Watch { events, ..Watch::default() }).await
}

fn checked(assumed: &[Assumed], language: Language) -> Value {
    let notes: Vec<_> = assumed.iter().map(|one| one.message().text(language)).collect();
    json!({"text": Message::new("brief-good").text(language), "notes": notes, "sections": []})
}

fn planned(plan: &Plan, language: Language) -> Value {
    let text = Message::new("brief-planned")
        .with("run", plan.run.as_str())
        .with("hash", plan.plan_hash.short(HASH_DIGITS))
        .text(language);
    let document = plan_document(plan);
    let sections: Vec<_> = document.sections.iter().map(|one| section(one, language)).collect();
    let basis = document.basis.text(language);
    json!({"text": text, "notes": [basis], "sections": sections, "run": plan.run.as_str(), "plan_hash": plan.plan_hash.as_str()})
}

#[cfg(test)]
#[path = "brief_tests.rs"]
mod tests;
