//! The sections, made from the result of a run.

mod course;
mod first;
mod forecast;
mod knowledge;
mod outcome;
mod plan;
mod story;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::{Document, Section, text};
use crate::brain::{Period, RunResult};
use crate::control::Head;
use crate::error::Result;
use crate::model::{ContentHash, Message};

pub(super) use course::{
    alerts_table, budgets_table, decisions_table, expectation, experiments_blocks, experiments_table,
};
pub(super) use plan::tree_table;

/// What a report shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    /// The result, cut to the period where it is the report of one.
    pub(super) result: RunResult,
    part: Option<Box<Part>>,
}

/// The rest of what a period is a part of.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    period: Period,
    whole: RunResult,
    /// As many days before, where all of them are known.
    before: Option<RunResult>,
}

impl Shown {
    pub(super) fn of(result: &RunResult) -> Self {
        Self { result: result.clone(), part: None }
    }

    pub(super) fn of_period(
        whole: &RunResult,
        period: Period,
        times: &BTreeMap<ContentHash, Timestamp>,
    ) -> Result<Self> {
        let result = whole.of_period(period, times)?;
        let known = |before: &Period| whole.days.first().is_some_and(|day| day.date <= before.first);
        let before = period.before().filter(known).map(|before| whole.of_period(before, times)).transpose()?;
        Ok(Self { result, part: Some(Box::new(Part { period, whole: whole.clone(), before })) })
    }

    /// The whole run.
    fn whole(&self) -> &RunResult {
        self.part.as_ref().map_or(&self.result, |part| &part.whole)
    }
}

/// Every section, in the order in which people read.
pub(super) fn document(shown: &Shown, head: Option<&Head>) -> Document {
    let result = &shown.result;
    let mut sections = match &shown.part {
        None => of_run(shown, head),
        Some(_) => of_period(shown, head),
    };
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
    let head = shown.part.as_ref().map_or_else(|| text("title"), |part| title_of(part.period));
    Document { head, title: result.brief.name.clone(), basis, sections }
}

fn of_run(shown: &Shown, head: Option<&Head>) -> Vec<Section> {
    let result = &shown.result;
    vec![
        first::summary(shown, head),
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
    ]
}

/// What happened in the period; what is one for the whole run stands in the report of the run.
fn of_period(shown: &Shown, head: Option<&Head>) -> Vec<Section> {
    let result = &shown.result;
    let mut sections = vec![
        first::summary(shown, head),
        outcome::days(result),
        outcome::platforms_of_period(result),
        forecast::forecasts(result),
        course::alerts(result),
        course::decisions(result),
        course::actions(result),
        course::experiments(result),
    ];
    if !result.launch.is_empty() {
        sections.insert(after(&sections, "forecasts"), plan::launch(result));
    }
    sections
}

/// `Report of the day …`, or of days from one to another.
fn title_of(period: Period) -> Message {
    let name = if period.first == period.last { "title-day" } else { "title-days" };
    text(name).with("first", period.first.to_string()).with("last", period.last.to_string())
}

/// The place behind a section.
fn after(sections: &[Section], id: &str) -> usize {
    sections.iter().position(|section| section.id == id).map_or(0, |place| place + 1)
}
