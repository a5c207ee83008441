//! The sections, made from the result of a run.

mod course;
mod first;
mod forecast;
mod knowledge;
mod outcome;
mod plan;
mod story;

use super::document::{Document, Section, text};
use crate::brain::RunResult;
use crate::control::Head;

pub(super) use course::{alerts_table, budgets_table, decisions_table};
pub(super) use plan::tree_table;

/// Every section of a result, in the order in which people read.
pub(super) fn document(result: &RunResult, head: Option<&Head>) -> Document {
    let mut sections = vec![
        first::summary(result, head),
        outcome::comparison(result),
        outcome::days(result),
        outcome::platforms(result),
        forecast::forecasts(result),
        plan::strategy(result),
        plan::assets(result),
        plan::copy(result),
        plan::tree(result),
        plan::launch(result),
        course::alerts(result),
        course::decisions(result),
        course::actions(result),
        course::experiments(result),
        course::feedback(result),
        knowledge::learnings(result),
        knowledge::personas(result),
        knowledge::practices(result),
        knowledge::problems(result),
    ];
    if !result.shadow.is_empty() {
        sections.insert(after(&sections, "decisions"), course::shadow(result));
    }
    if !result.budgets.is_empty() {
        sections.insert(after(&sections, "decisions"), course::budgets(result));
    }
    if let Some(used) = &result.words {
        sections.insert(1, story::words(result, used));
    }
    if !result.failures.is_empty() {
        sections.insert(1, course::failures(result));
    }
    let basis = text(if result.is_simulated { "simulated" } else { "measured" });
    Document { head: text("title"), title: result.brief.name.clone(), basis, sections }
}

/// The place behind a section.
fn after(sections: &[Section], id: &str) -> usize {
    sections.iter().position(|section| section.id == id).map_or(0, |place| place + 1)
}
