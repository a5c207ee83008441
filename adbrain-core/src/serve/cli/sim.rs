//! `sim`: policies in worlds; the twin of an account is beside it.

mod episodes;

use std::io::Write as _;
use std::path::PathBuf;

use super::args::{Seeds, Sim};
use super::{files, rules, twin};
use crate::error::{Error, ErrorKind, Result};
use crate::market::World;
use crate::model::{Language, Message, canonical_json};
use crate::sim::{Contender, POLICIES, Range, Score, Summary, WatchSummary, watch_summary};
use crate::trials::{Trials, watch_seeds};

/// The seeds where none are given.
const SEEDS: Seeds = Seeds { first: 1, last: 5 };

/// Fits a twin or tries a plan, or plays each policy in each world and prints the scores in the order of worlds, seeds and policies: a table,
/// or one JSON object a line.
pub(super) async fn run(args: Sim) -> Result<()> {
    if args.list {
        return super::print(&list());
    }
    if args.fit.is_some() || args.plan.is_some() {
        return twin::run(args).await;
    }
    if !args.rules.is_empty() {
        return watched(&args).await;
    }
    if let Some(count) = args.episodes {
        return episodes::run(&args, count).await;
    }
    let contenders = args.policy.iter().map(|name| Contender::named(name)).collect::<Result<Vec<_>>>()?;
    let seeds = args.seeds.unwrap_or(SEEDS);
    let of = |world| Trials::of(world, contenders.clone(), [seeds.first, seeds.last]);
    let all = worlds(&args.world)?.into_iter().map(of).collect::<Result<Vec<_>>>()?;
    let language = args.lang.into();
    let headings = headings(language);
    if !args.json {
        write(&line(&headings, &headings))?;
    }
    let is_each_told = args.json && !args.summary;
    let tell = |scores: &[Score]| if is_each_told { scores.iter().try_for_each(write_json) } else { Ok(()) };
    for trials in &all {
        let scores = trials.play(tell).await?;
        for summary in trials.summaries(&scores) {
            match (args.json, args.summary) {
                (false, _) => write(&line(&cells(&summary, language), &headings))?,
                (true, true) => write_json(&summary)?,
                (true, false) => {}
            }
        }
    }
    Ok(())
}

/// Plays each set of rules in each world and prints what came of it: a table, or one JSON object a line.
async fn watched(args: &Sim) -> Result<()> {
    let seeds = args.seeds.unwrap_or(SEEDS);
    let named = |path: &PathBuf| Ok((path.display().to_string(), rules::load(path)?));
    let sets = args.rules.iter().map(named).collect::<Result<Vec<_>>>()?;
    let language = args.lang.into();
    let headings: Vec<String> = WATCH_HEADINGS.iter().map(|key| Message::new(*key).text(language)).collect();
    if !args.json {
        write(&line(&headings, &headings))?;
    }
    for world in worlds(&args.world)? {
        for (name, rules) in &sets {
            let scores = watch_seeds(&world, (name, rules), [seeds.first, seeds.last]).await?;
            let Some(summary) = watch_summary(&scores) else { continue };
            match (args.json, args.summary) {
                (false, _) => write(&line(&watch_cells(&summary, language), &headings))?,
                (true, true) => write_json(&summary)?,
                (true, false) => scores.iter().try_for_each(write_json)?,
            }
        }
    }
    Ok(())
}

/// The headings of the table of rules, in their order.
const WATCH_HEADINGS: [&str; 10] = [
    "cli-sim-world",
    "cli-rules-set",
    "cli-sim-seeds",
    "cli-sim-items",
    "cli-sim-false-alarms",
    "cli-sim-recall",
    "cli-sim-hours",
    "cli-rules-proposed",
    "cli-sim-wrong",
    "cli-sim-in-outages",
];

fn watch_cells(summary: &WatchSummary, language: Language) -> Vec<String> {
    let count = |number: u64| language.number(number as f64, 0);
    vec![
        summary.world.clone(),
        summary.rules.clone(),
        summary.seeds.to_string(),
        language.number(summary.items_per_100_campaigns_and_day, 2),
        language.number(summary.false_alarm_rate, 4),
        summary.recall.map_or("-".to_owned(), |recall| language.percent(recall, 1)),
        summary.hours_until_told.map_or("-".to_owned(), |hours| language.number(hours, 1)),
        count(summary.actions),
        count(summary.wrong_actions),
        count(summary.actions_in_outages),
    ]
}

/// The headings of the table, in their order.
const HEADINGS: [&str; 11] = [
    "cli-sim-world",
    "cli-sim-policy",
    "cli-sim-seeds",
    "cli-sim-value-share",
    "cli-sim-worst",
    "cli-sim-headroom",
    "cli-sim-profit-headroom",
    "cli-sim-roas",
    "cli-sim-over-equal",
    "cli-sim-breaches",
    "cli-sim-reaction",
];
/// The least width of a column of the table.
const WIDTH: usize = 8;

fn headings(language: Language) -> Vec<String> {
    HEADINGS.iter().map(|key| Message::new(*key).text(language)).collect()
}

/// Names are to the left of their columns, figures to the right.
fn line(cells: &[String], headings: &[String]) -> String {
    let cell = |(place, (cell, heading)): (usize, (&String, &String))| {
        let width = heading.chars().count().max(if place < 2 { 2 * WIDTH } else { WIDTH });
        if place < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
    };
    cells.iter().zip(headings).enumerate().map(cell).collect::<Vec<_>>().join("  ")
}

fn cells(summary: &Summary, language: Language) -> Vec<String> {
    let percent = |value: Option<f64>| value.map_or("-".to_owned(), |value| language.percent(value, 1));
    let number = |value: Option<f64>, places| value.map_or("-".to_owned(), |value| language.number(value, places));
    let mean = |range: Option<Range>| range.map(|range| range.mean);
    vec![
        summary.world.clone(),
        summary.policy.clone(),
        summary.seeds.to_string(),
        percent(mean(summary.value_share)),
        percent(summary.value_share.map(|range| range.p5)),
        percent(mean(summary.headroom_share)),
        percent(mean(summary.profit_headroom)),
        number(mean(summary.roas), 2),
        percent(mean(summary.roas_over_equal)),
        summary.cap_breaches.to_string(),
        number(summary.reaction_days, 1),
    ]
}

/// Names are those of shipped worlds, what has a file is a file; all families of the first market where nothing is named.
pub(super) fn worlds(named: &[PathBuf]) -> Result<Vec<World>> {
    if named.is_empty() {
        return World::families().map(World::family).collect();
    }
    let is_shipped = |name: &&str| World::names().any(|known| known == *name);
    let world = |path: &PathBuf| match path.to_str().filter(is_shipped) {
        Some(name) => World::family(name),
        None => World::from_toml(&files::text(path, "--world")?).map_err(|error| error.with("file", path.display())),
    };
    named.iter().map(world).collect()
}

fn list() -> String {
    let worlds = World::names().map(|name| format!("world   {name}"));
    let policies = POLICIES.iter().map(|(name, about)| format!("policy  {name}: {about}"));
    worlds.chain(policies).collect::<Vec<_>>().join("\n")
}

pub(super) fn write_json(value: &impl serde::Serialize) -> Result<()> {
    write(&String::from_utf8_lossy(&canonical_json(value)?))
}

/// One line at once, so that what is done is seen while the rest goes on.
fn write(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the output cannot be written").next("check where it goes").caused_by(error)
    })
}
