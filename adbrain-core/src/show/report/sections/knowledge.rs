//! What is known: learnings, personas, practices, combinations, bad rows of the history.

use std::collections::BTreeMap;

use crate::brain::{HistorySummary, RunResult};
use crate::model::{BestPractice, Currency, Estimate, Learning, Metrics, Money, WinningCombination};
use crate::persona::{Persona, Trigger};
use crate::report::cell::{Cell, Scale, figures};
use crate::report::document::{Block, Section, table, text, titled};
use crate::report::words::{audience_cell, description, detail, learnt, practice_cell};

/// What was learnt for memory.
pub(super) fn learnings(result: &RunResult) -> Section {
    let columns = ["learning-type", "insight", "impact", "learnt-at", "details"];
    Section::new("learnings", vec![table(&columns, result.learnings.iter().map(learning).collect())])
}

fn learning(learning: &Learning) -> Vec<Cell> {
    let details = learning.metadata.iter().map(|(name, value)| detail(name, value)).collect();
    vec![
        Cell::named("learning-kind", &learning.learning_type),
        learnt(&learning.insight).map_or_else(|| Cell::text(&learning.insight), Cell::Message),
        Cell::Estimate(learning.impact.clone(), Scale::Percent),
        Cell::Moment(learning.learnt_at),
        Cell::List(details),
    ]
}

/// The brand's people and those behind past results. Columns of which nothing is known are left out.
pub(super) fn personas(result: &RunResult) -> Section {
    let people = result.people.iter().flat_map(|people| &people.personas);
    let rows: Vec<Vec<Cell>> = people.chain(past(result).flat_map(|history| &history.personas)).map(persona).collect();
    let is_known = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| !is_empty(cell)));
    let kept: Vec<usize> = (0..PERSONA.len()).filter(|at| is_known(*at)).collect();
    let columns: Vec<&str> = kept.iter().filter_map(|at| PERSONA.get(*at).copied()).collect();
    let rows = rows.iter().map(|row| kept.iter().filter_map(|at| row.get(*at).cloned()).collect()).collect();
    let notes = result.people.iter().flat_map(|people| &people.notes).cloned().map(Block::Note);
    Section::new("personas", notes.chain([table(&columns, rows)]).collect())
}

const PERSONA: [&str; 15] = [
    "persona",
    "people",
    "share",
    "ages",
    "genders",
    "places",
    "interests",
    "content",
    "online",
    "triggers",
    "value",
    "stability",
    "spend",
    "revenue",
    "roas-interval",
];

fn is_empty(cell: &Cell) -> bool {
    matches!(cell, Cell::Missing) || matches!(cell, Cell::List(cells) if cells.is_empty())
}

fn persona(persona: &Persona) -> Vec<Cell> {
    let estimate = |estimate: &Option<Estimate>| match estimate {
        Some(estimate) => Cell::Estimate(estimate.clone(), Scale::Plain),
        None => Cell::Missing,
    };
    let money =
        |amount: fn(&Metrics) -> Money| persona.metrics.as_ref().map_or(Cell::Missing, |of| Cell::Money(amount(of)));
    let trigger = |trigger: &Trigger| {
        Cell::Pair(trigger.event.clone(), Box::new(Cell::Estimate(trigger.lift.clone(), Scale::Percent)))
    };
    vec![
        Cell::List(persona.name.iter().cloned().map(Cell::Message).collect()),
        Cell::Count(persona.people),
        Cell::ratio(Some(persona.share)),
        pairs(&persona.ages, Scale::Percent),
        pairs(&persona.genders, Scale::Percent),
        pairs(&persona.places, Scale::Percent),
        pairs(&persona.interests, Scale::Plain),
        pairs(&persona.content, Scale::Plain),
        hours(&persona.online.day),
        Cell::List(persona.triggers.iter().map(trigger).collect()),
        estimate(&persona.value),
        persona.stability.map_or(Cell::Missing, |stability| Cell::number(Some(stability))),
        money(|metrics| metrics.spend),
        money(|metrics| metrics.revenue),
        estimate(&persona.roas),
    ]
}

/// The three hours of the day with most activity.
fn hours(day: &BTreeMap<u8, f64>) -> Cell {
    let mut hours: Vec<(&u8, &f64)> = day.iter().collect();
    hours.sort_by(|a, b| b.1.total_cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let told = hours.into_iter().take(3);
    Cell::List(
        told.map(|(hour, share)| Cell::Pair(format!("{hour}:00"), Box::new(Cell::Number(*share, Scale::Percent))))
            .collect(),
    )
}

fn pairs(values: &BTreeMap<String, f64>, scale: Scale) -> Cell {
    let pairs = values.iter().map(|(name, value)| Cell::Pair(name.clone(), Box::new(Cell::Number(*value, scale))));
    Cell::List(pairs.collect())
}

fn past(result: &RunResult) -> impl Iterator<Item = &HistorySummary> {
    result.history.iter()
}

/// What usually works and what did best, with sample sizes.
pub(super) fn practices(result: &RunResult) -> Section {
    let of = |history: &HistorySummary| {
        let currency = history.totals.spend.currency();
        history.best_practices.iter().map(|known| practice(known, currency)).collect::<Vec<_>>()
    };
    let practices = past(result).flat_map(of).collect();
    let combinations = past(result).flat_map(|history| &history.winning_combinations).map(combination).collect();
    let blocks = vec![
        table(&["practice", "description", "performance", "roas-variance", "sample-size"], practices),
        titled("combinations", &COMBINATION, combinations),
    ];
    Section::new("practices", blocks)
}

fn practice(practice: &BestPractice, currency: Currency) -> Vec<Cell> {
    vec![
        practice_cell(&practice.practice_type),
        description(&practice.description, currency),
        figures(&practice.average_performance, currency),
        Cell::number(Some(practice.roas_variance)),
        Cell::Count(practice.sample_size),
    ]
}

const COMBINATION: [&str; 8] =
    ["creative", "style", "audience", "roas", "ctr", "times-used", "times-succeeded", "success-rate"];

fn combination(combination: &WinningCombination) -> Vec<Cell> {
    vec![
        Cell::name("format", &combination.creative_type),
        Cell::name("style", &combination.copy_style),
        audience_cell(&combination.audience_segment),
        Cell::number(Some(combination.average_roas)),
        Cell::ratio(Some(combination.average_ctr)),
        Cell::Count(combination.times_used),
        Cell::Count(combination.times_succeeded),
        Cell::ratio(Some(combination.success_rate())),
    ]
}

/// Rows of the history that were not taken: how many, and each with line and column.
pub(super) fn problems(result: &RunResult) -> Section {
    let known = |text: &str| if text.is_empty() { Cell::Missing } else { Cell::text(text) };
    let line = |line: u64| if line == 0 { Cell::Missing } else { Cell::Count(line) };
    let rows = past(result)
        .flat_map(|history| &history.problems)
        .map(|problem| vec![line(problem.line), known(&problem.column), Cell::text(&problem.problem)]);
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let counted = past(result).filter(|history| !history.problems.is_empty()).map(|history| {
        let refused = history.problems.len() as u64;
        Block::Note(text("problems-note").with("problems", count(refused)).with("rows", count(history.rows + refused)))
    });
    Section::new("problems", counted.chain([table(&["line", "column", "problem"], rows.collect())]).collect())
}
