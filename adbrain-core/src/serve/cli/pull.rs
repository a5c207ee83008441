//! `pull`: brings the closed days of ad accounts, or the rows of a file, into the database.

use std::path::Path;

use serde_json::{Value, json};

use super::args;
use super::{database, files};
use crate::brain::{FactFile, PullRequest};
use crate::error::{Error, Result};
use crate::measure::{AnalyticsSource, FactMapping, Jumps, Pulled};
use crate::model::{Language, Message, RowProblem};

/// Pulls what the arguments name and prints what came.
pub(super) async fn run(args: args::Pull) -> Result<()> {
    let language = args.answer.lang.into();
    let jumps = if args.accept_jumps { Jumps::Accept } else { Jumps::Refuse };
    let builder = database::builder(&args.store.db, args.accounts.as_deref())?;
    let file = file(&args, jumps)?;
    let request = request(&args, jumps)?;
    let brain = builder.database(database::connect(&args.store.db).await?).build().await?;
    let (mut pulled, mut problems) = (Vec::new(), Vec::new());
    if let Some(request) = request {
        pulled.extend(brain.pull(&request).await?);
    }
    if let Some(file) = file {
        let added = brain.add_facts(&file).await?;
        pulled.push(added.pulled);
        problems = added.problems;
    }
    let lines = pulled.iter().flat_map(|pulled| told(pulled, language));
    let refused = problems.first().map(|first| unreadable(first, problems.len(), language));
    let text = lines.chain(refused).collect::<Vec<_>>().join("\n");
    super::tell(args.answer.json.as_deref(), &json!({"pulled": pulled, "problems": problems}), &text)
}

fn file(args: &args::Pull, jumps: Jumps) -> Result<Option<FactFile>> {
    let Some((path, mapping)) = args.facts.as_deref().zip(args.mapping.as_deref()) else { return Ok(None) };
    let text = |field: &str, bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .map_err(|error| Error::invalid(field, "is not UTF-8").next("save it as UTF-8").caused_by(error))
    };
    let mapping = FactMapping::from_json(&text("--mapping", files::read(mapping)?)?)?;
    Ok(Some(FactFile { text: text("--facts", files::read(path)?)?, mapping, jumps }))
}

fn request(args: &args::Pull, jumps: Jumps) -> Result<Option<PullRequest>> {
    let analytics = args.analytics.as_deref().map(properties).transpose()?.unwrap_or_default();
    if args.accounts.is_none() && analytics.is_empty() {
        return Ok(None);
    }
    let needed = |field: &str, day: Option<jiff::civil::Date>| {
        day.ok_or_else(|| Error::invalid(field, "is missing").next("say which days are read, as 2026-12-01"))
    };
    let (first, last) = (needed("--first", args.first)?, needed("--last", args.last)?);
    Ok(Some(PullRequest { first, last, time_zone: args.time_zone.clone(), analytics, jumps }))
}

/// One property, or a list of them.
fn properties(path: &Path) -> Result<Vec<AnalyticsSource>> {
    // The text of an error could hold a token.
    let value: Value = serde_json::from_slice(&files::read(path)?).map_err(|error| {
        let place = format!("is no JSON (line {}, column {})", error.line(), error.column());
        Error::invalid("--analytics", place).next("write a property (`adbrain schema analytics_source`) or a list")
    })?;
    match value {
        Value::Array(properties) => properties.iter().map(AnalyticsSource::from_value).collect(),
        property => Ok(vec![AnalyticsSource::from_value(&property)?]),
    }
}

/// What a source brought, and what was refused of it.
fn told(pulled: &Pulled, language: Language) -> Vec<String> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut lines = vec![
        Message::new("cli-pulled")
            .with("source", pulled.source.as_str())
            .with("days", count(pulled.kept_days))
            .with("new", count(pulled.new_rows))
            .with("restated", count(pulled.restated_rows))
            .with("gone", count(pulled.gone_rows)),
    ];
    lines.extend(pulled.known_until.map(|day| Message::new("cli-pulled-until").with("until", day.to_string())));
    lines.extend(pulled.refused.iter().map(|row| {
        Message::new("cli-pulled-refused")
            .with("day", row.day.to_string())
            .with("row", row.row.as_str())
            .with("field", row.field.as_str())
            .with("problem", row.problem.as_str())
    }));
    lines.extend(pulled.notes.iter().cloned());
    lines.into_iter().map(|line| line.text(language)).collect()
}

fn unreadable(first: &RowProblem, count: usize, language: Language) -> String {
    Message::new("cli-rows-refused")
        .with("count", i64::try_from(count).unwrap_or(i64::MAX))
        .with("line", first.line.to_string())
        .with("column", first.column.as_str())
        .with("problem", first.problem.as_str())
        .text(language)
}
