//! The loop of a run as the page draws it: every step with those before it, and how far it has come.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::brain::{LOOP, Overview, Stage};
use crate::model::{Language, Message};

/// The steps in order. What runs at the moment is told by events, which the page lays over this.
pub(super) fn course(overview: &Overview, language: Language) -> Value {
    let is_finished = overview.status.stage == Stage::Finished;
    let done: BTreeSet<&str> = LOOP.iter().map(|(step, _)| *step).filter(|step| is_done(overview, step)).collect();
    let state = |step: &str, after: &[&str]| match () {
        () if is_finished || done.contains(step) => "done",
        () if after.iter().all(|before| done.contains(before)) => "next",
        () => "todo",
    };
    let node = |(step, after): &(&str, &[&str])| {
        let state = state(step, after);
        json!({
            "step": step,
            "label": label(overview, step, language),
            "state": state,
            "state_text": Message::new(format!("dashboard-loop-{state}")).text(language),
            "after": after,
        })
    };
    LOOP.iter().map(node).collect()
}

/// Days, reviews and answers come again and again: the days are done with the flight, the others with the step after them.
fn is_done(overview: &Overview, step: &str) -> bool {
    let done = &overview.done;
    match step {
        "days" => overview.flight_days.is_some_and(|all| overview.status.days >= all.unsigned_abs()),
        "analyst" | "answers" => done.contains("measure"),
        _ => done.contains(step),
    }
}

fn label(overview: &Overview, step: &str, language: Language) -> String {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let all = overview.flight_days.map_or_else(|| "–".to_owned(), |days| days.to_string());
    let text = Message::new(format!("dashboard-loop-{step}"));
    let text = if step == "days" { text.with("done", count(overview.status.days)).with("all", all) } else { text };
    text.text(language)
}
