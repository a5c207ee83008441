//! `sim`: policies in worlds; the twin of an account is beside it.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::PathBuf;

use super::args::{Seeds, Sim};
use super::{files, twin};
use crate::error::{Error, ErrorKind, Result};
use crate::market::World;
use crate::model::{Language, Message, canonical_json};
use crate::sim::{Contender, POLICIES, Range, Score, Summary, run as play, summary};

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
    let seeds = args.seeds.unwrap_or(SEEDS);
    let worlds = worlds(&args.world)?;
    let contenders = args.policy.iter().map(|name| Contender::named(name)).collect::<Result<Vec<_>>>()?;
    let language = args.lang.into();
    let headings = headings(language);
    if !args.json {
        write(&line(&headings, &headings))?;
    }
    for world in &worlds {
        let tell = |score: &Score| if args.json && !args.summary { write_json(score) } else { Ok(()) };
        let scores = scores(world, &contenders, seeds, tell).await?;
        for policy in &args.policy {
            let own: Vec<Score> = scores.iter().filter(|score| score.policy == *policy).cloned().collect();
            let Some(summary) = summary(&own) else { continue };
            match (args.json, args.summary) {
                (false, _) => write(&line(&cells(&summary, language), &headings))?,
                (true, true) => write_json(&summary)?,
                (true, false) => {}
            }
        }
    }
    Ok(())
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

/// The scores of policies in a world, seed by seed; as many seeds at once as there are processors, told in their order.
async fn scores(
    world: &World,
    contenders: &[Contender],
    seeds: Seeds,
    mut tell: impl FnMut(&Score) -> Result<()>,
) -> Result<Vec<Score>> {
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (mut left, mut running, mut scores) = (seeds.first..=seeds.last, VecDeque::new(), Vec::new());
    loop {
        while running.len() < at_once {
            let Some(seed) = left.next() else { break };
            let (world, contenders) = (world.clone(), contenders.to_vec());
            running.push_back(tokio::spawn(async move { play(&world, &contenders, seed).await }));
        }
        let Some(next) = running.pop_front() else { return Ok(scores) };
        let broken = |error| Error::new(ErrorKind::Internal, "a trial broke off").next("report this").caused_by(error);
        let of_seed = next.await.map_err(|error| broken(Box::new(error) as crate::error::Source))??;
        of_seed.iter().try_for_each(&mut tell)?;
        scores.extend(of_seed);
    }
}

/// Names are families of either market, what has a file is a file; all families of the first market where nothing is named.
pub(super) fn worlds(named: &[PathBuf]) -> Result<Vec<World>> {
    if named.is_empty() {
        return World::families().map(World::family).collect();
    }
    let is_family = |name: &&str| World::families().chain(World::second_families()).any(|known| known == *name);
    let world = |path: &PathBuf| match path.to_str().filter(is_family) {
        Some(name) => World::family(name),
        None => World::from_toml(&files::text(path, "--world")?).map_err(|error| error.with("file", path.display())),
    };
    named.iter().map(world).collect()
}

fn list() -> String {
    let worlds = World::families().chain(World::second_families()).map(|name| format!("world   {name}"));
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
