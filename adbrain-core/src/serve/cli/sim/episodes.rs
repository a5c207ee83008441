//! Campaigns one after the other, with memory and without.

use super::{SEEDS, line, worlds, write, write_json};
use crate::cli::args::Sim;
use crate::error::Result;
use crate::model::{Language, Message};
use crate::sim::{EpisodeSummary, episode_summaries, episodes};

/// The headings of the table, in their order.
const HEADINGS: [&str; 7] = [
    "cli-sim-world",
    "cli-episodes-recall",
    "cli-sim-seeds",
    "cli-episodes-days",
    "cli-episodes-later",
    "cli-sim-value-share",
    "cli-episodes-above",
];

/// Plays the seeds of each world and prints the means of each kind of memory, or one JSON object for each campaign.
pub(super) async fn run(args: &Sim, count: u32) -> Result<()> {
    let seeds = args.seeds.unwrap_or(SEEDS);
    let language = args.lang.into();
    let headings: Vec<String> = HEADINGS.iter().map(|key| Message::new(*key).text(language)).collect();
    if !args.json {
        write(&line(&headings, &headings))?;
    }
    for world in worlds(&args.world)? {
        let mut scores = Vec::new();
        for seed in seeds.first..=seeds.last {
            let own = episodes(&world, (seed, count)).await?;
            if args.json && !args.summary {
                own.iter().try_for_each(write_json)?;
            }
            scores.extend(own);
        }
        for summary in episode_summaries(&scores)? {
            match (args.json, args.summary) {
                (false, _) => write(&line(&cells(&summary, language), &headings))?,
                (true, true) => write_json(&summary)?,
                (true, false) => {}
            }
        }
    }
    Ok(())
}

fn cells(summary: &EpisodeSummary, language: Language) -> Vec<String> {
    let range = |found: Option<[f64; 3]>, shown: &dyn Fn(f64) -> String| {
        found.map_or("-".to_owned(), |[mean, low, high]| format!("{} ({}..{})", shown(mean), shown(low), shown(high)))
    };
    let days = |value: f64| language.number(value, 2);
    let percent = |value: f64| language.percent(value, 1);
    vec![
        summary.world.clone(),
        Message::new(format!("cli-episodes-{}", summary.recall.as_str())).text(language),
        summary.seeds.to_string(),
        days(summary.days_to_target),
        range(summary.days_later, &days),
        percent(summary.value_share),
        range(summary.above_learnt.or(summary.share_above), &percent),
    ]
}
