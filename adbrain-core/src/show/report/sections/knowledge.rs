//! What is known: learnings, personas, practices, combinations, bad rows of the history.

use std::collections::BTreeMap;

use crate::brain::{HistorySummary, RunResult};
use crate::model::{BestPractice, Learning, WinningCombination};
use crate::persona::Persona;
use crate::report::cell::{Cell, Scale};
use crate::report::document::{Section, table, titled};

/// What was learnt for memory.
pub(super) fn learnings(result: &RunResult) -> Section {
    let columns = ["learning-type", "insight", "impact", "learnt-at", "details"];
    Section::new("learnings", vec![table(&columns, result.learnings.iter().map(learning).collect())])
}

fn learning(learning: &Learning) -> Vec<Cell> {
    let details = learning.metadata.iter().map(|(key, value)| Cell::text(format!("{key}: {value}"))).collect();
    vec![
        Cell::named("learning-kind", &learning.learning_type),
        Cell::text(&learning.insight),
        Cell::Estimate(learning.impact.clone(), Scale::Plain),
        Cell::Moment(learning.learnt_at),
        Cell::List(details),
    ]
}

/// The people behind past results.
pub(super) fn personas(result: &RunResult) -> Section {
    let columns = ["persona", "people", "share", "ages", "genders", "interests", "spend", "revenue", "roas-interval"];
    let rows = past(result).flat_map(|history| &history.personas).map(persona).collect();
    Section::new("personas", vec![table(&columns, rows)])
}

fn persona(persona: &Persona) -> Vec<Cell> {
    vec![
        Cell::text(&persona.label),
        Cell::Count(persona.people),
        Cell::ratio(Some(persona.share)),
        pairs(&persona.ages, Scale::Percent),
        pairs(&persona.genders, Scale::Percent),
        pairs(&persona.interests, Scale::Plain),
        Cell::Money(persona.metrics.spend),
        Cell::Money(persona.metrics.revenue),
        persona.roas.clone().map_or(Cell::Missing, |roas| Cell::Estimate(roas, Scale::Plain)),
    ]
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
    let practices = past(result).flat_map(|history| &history.best_practices).map(practice).collect();
    let combinations = past(result).flat_map(|history| &history.winning_combinations).map(combination).collect();
    let blocks = vec![
        table(&["practice", "description", "performance", "roas-variance", "sample-size"], practices),
        titled("combinations", &COMBINATION, combinations),
    ];
    Section::new("practices", blocks)
}

fn practice(practice: &BestPractice) -> Vec<Cell> {
    vec![
        Cell::text(&practice.practice_type),
        Cell::text(&practice.description),
        pairs(&practice.average_performance, Scale::Fine),
        Cell::number(Some(practice.roas_variance)),
        Cell::Count(practice.sample_size),
    ]
}

const COMBINATION: [&str; 8] =
    ["creative", "style", "audience", "roas", "ctr", "times-used", "times-succeeded", "success-rate"];

fn combination(combination: &WinningCombination) -> Vec<Cell> {
    vec![
        Cell::text(&combination.creative_type),
        Cell::name("style", &combination.copy_style),
        Cell::text(&combination.audience_segment),
        Cell::number(Some(combination.average_roas)),
        Cell::ratio(Some(combination.average_ctr)),
        Cell::Count(combination.times_used),
        Cell::Count(combination.times_succeeded),
        Cell::ratio(Some(combination.success_rate())),
    ]
}

/// Rows of the history that were not taken, each with line and column.
pub(super) fn problems(result: &RunResult) -> Section {
    let rows = past(result)
        .flat_map(|history| &history.problems)
        .map(|problem| vec![Cell::Count(problem.line), Cell::text(&problem.column), Cell::text(&problem.problem)]);
    Section::new("problems", vec![table(&["line", "column", "problem"], rows.collect())])
}
