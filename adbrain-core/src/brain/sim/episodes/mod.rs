//! Campaigns of one account, one after the other: how much sooner a strategist with memory reaches its target, and what false rows cost it.
//!
//! In: a world with a trial, a seed, a number of episodes. Out: for each episode and kind of memory the days to the target and the share of the
//! value that could be had. Called by the command line. The scores alone look at the market itself; the strategist sees reports and memory.

mod lessons;
mod stage;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::market::{Trial, World};
use crate::memory::InMemory;
use crate::stats::paired::paired_t;
use crate::stats::random::Random;
use lessons::Teacher;
use stage::{Played, Scene};

/// Days of one campaign.
pub(super) const DAYS: u32 = 14;
/// Days from the end of a campaign to the start of the next: late conversions come in.
const GAP: u32 = 7;
/// The share of the clairvoyant's return on a day that is the target of that day.
const TARGET: f64 = 0.9;
/// The level of the intervals over seeds.
const LEVEL: f64 = 0.95;
/// The place of the dispersion in a seed; never another one's.
const DISPERSION: u64 = 0x6469_7370;

/// What the strategist remembers of the campaigns before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recall {
    /// Nothing.
    Nothing,
    /// What they taught.
    Learnt,
    /// What they taught, and false rows: a fifth of all.
    Poisoned,
}

impl Recall {
    /// Every kind, in order.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Learnt, Self::Poisoned];

    /// The name in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Learnt => "learnt",
            Self::Poisoned => "poisoned",
        }
    }
}

/// What came of one episode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpisodeScore {
    /// The world.
    pub world: String,
    /// The seed.
    pub seed: u64,
    /// What was remembered.
    pub recall: Recall,
    /// The number of the campaign, from 1.
    pub episode: u32,
    /// The first day whose true return is at least nine tenths of that of a clairvoyant, from 1; one more than the campaign has days where
    /// there is none.
    pub days_to_target: u32,
    /// Its true value over that of a clairvoyant split that stays as it is.
    pub value_share: f64,
}

/// The means of one kind of memory over seeds and episodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpisodeSummary {
    /// The world.
    pub world: String,
    /// What was remembered.
    pub recall: Recall,
    /// The number of seeds.
    pub seeds: u64,
    /// The number of episodes of each.
    pub episodes: u32,
    /// The mean days to the target.
    pub days_to_target: f64,
    /// How many days later than without memory, as the mean over seeds with its interval of 95 %; none for one seed, or without memory itself.
    pub days_later: Option<[f64; 3]>,
    /// The mean share of the value.
    pub value_share: f64,
    /// What the share of the value is above that without memory, the same way.
    pub share_above: Option<[f64; 3]>,
    /// What the share of the value is above that with memory as it was learnt, the same way: what false rows cost.
    pub above_learnt: Option<[f64; 3]>,
}

/// Plays the campaigns of a seed with each kind of memory. Shocks and events of the world are left out, since their days are those of one trial.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a world without a trial, or no episodes; those of the market and the strategist.
pub async fn episodes(world: &World, (seed, count): (u64, u32)) -> Result<Vec<EpisodeScore>> {
    let trial = world.trial.as_ref().ok_or_else(|| {
        Error::invalid("world.trial", "is missing: there is no account").next("name a world of `adbrain sim --list`")
    })?;
    if !(1..=200).contains(&count) {
        return Err(Error::invalid("episodes", format!("are {count}")).next("give 1 to 200"));
    }
    let [low, high] = trial.dispersion;
    let dispersion = low + (high - low) * Random::at(seed, &[DISPERSION]).uniform();
    let market = Arc::new(world.with(Vec::new(), dispersion));
    let mut scores = Vec::new();
    for recall in Recall::ALL {
        let teacher = Teacher { memory: InMemory::default(), recall, seed };
        for episode in 1..=count {
            scores.push(one(&market, trial, (&teacher, episode)).await?);
        }
    }
    Ok(scores)
}

async fn one(world: &Arc<World>, trial: &Trial, (teacher, episode): (&Teacher, u32)) -> Result<EpisodeScore> {
    let scene = Scene::new(world, trial, (teacher.seed, episode, (episode - 1) * (DAYS + GAP)))?;
    let ideal = scene.clairvoyant()?;
    let best = scene.play(&ideal, false)?;
    let begin = teacher.budgets(&scene).await?;
    let played = scene.play(&begin, true)?;
    teacher.learn(&scene, &played).await?;
    Ok(EpisodeScore {
        world: world.name.clone(),
        seed: teacher.seed,
        recall: teacher.recall,
        episode,
        days_to_target: days_to_target(&played, &best),
        value_share: share(&played, &best),
    })
}

fn days_to_target(played: &Played, best: &Played) -> u32 {
    let reached =
        |(own, ideal): (&[f64; 2], &[f64; 2])| own[1] > 0.0 && own[0] / own[1] >= TARGET * ideal[0] / ideal[1];
    let day = played.days.iter().zip(&best.days).position(reached);
    day.and_then(|day| u32::try_from(day + 1).ok()).unwrap_or(DAYS + 1)
}

fn share(played: &Played, best: &Played) -> f64 {
    let value = |of: &Played| of.days.iter().map(|[value, _]| value).sum::<f64>();
    value(played) / value(best)
}

/// The summaries of scores of one world, one for each kind of memory, in order.
///
/// # Errors
/// [`ErrorKind::Internal`] where the kinds were not played on the same seeds.
pub fn episode_summaries(scores: &[EpisodeScore]) -> Result<Vec<EpisodeSummary>> {
    let Some(first) = scores.first() else { return Ok(Vec::new()) };
    let [without, learnt, poisoned] = Recall::ALL.map(|recall| BySeed::of(scores, recall));
    let summary = |recall: Recall, own: &BySeed| -> Result<EpisodeSummary> {
        let is_with = recall != Recall::Nothing;
        Ok(EpisodeSummary {
            world: first.world.clone(),
            recall,
            seeds: own.days.len() as u64,
            episodes: own.episodes,
            days_to_target: mean(&own.days),
            days_later: if is_with { apart(&without.days, &own.days)? } else { None },
            value_share: mean(&own.shares),
            share_above: if is_with { apart(&without.shares, &own.shares)? } else { None },
            above_learnt: if recall == Recall::Poisoned { apart(&learnt.shares, &own.shares)? } else { None },
        })
    };
    let all = [(Recall::Nothing, &without), (Recall::Learnt, &learnt), (Recall::Poisoned, &poisoned)];
    all.into_iter().map(|(recall, own)| summary(recall, own)).collect()
}

/// The means over the episodes of each seed, in the order of the seeds.
struct BySeed {
    days: Vec<f64>,
    shares: Vec<f64>,
    episodes: u32,
}

impl BySeed {
    fn of(scores: &[EpisodeScore], recall: Recall) -> Self {
        let own: Vec<&EpisodeScore> = scores.iter().filter(|score| score.recall == recall).collect();
        let mut seeds: Vec<u64> = own.iter().map(|score| score.seed).collect();
        seeds.dedup();
        let over = |figure: fn(&EpisodeScore) -> f64| -> Vec<f64> {
            let of_seed = |seed: &u64| -> Vec<f64> {
                own.iter().filter(|score| score.seed == *seed).map(|score| figure(score)).collect()
            };
            seeds.iter().map(|seed| mean(&of_seed(seed))).collect()
        };
        Self {
            days: over(|score| f64::from(score.days_to_target)),
            shares: over(|score| score.value_share),
            episodes: own.iter().map(|score| score.episode).max().unwrap_or(0),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The mean difference over seeds with the ends of its interval, by the paired t test; none for one seed.
fn apart(control: &[f64], own: &[f64]) -> Result<Option<[f64; 3]>> {
    if control.len() != own.len() {
        return Err(
            Error::new(ErrorKind::Internal, "kinds of memory were played on different seeds").next("report this")
        );
    }
    let found = paired_t(control, own, LEVEL).ok().map(|test| test.difference);
    Ok(found.map(|found| [found.estimate, found.low, found.high]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_memory_starts_nearer_to_the_target_and_the_same_seed_gives_the_same_bytes() {
        let world = World::family("stationary").unwrap();
        let mut scores = Vec::new();
        for seed in [901, 902] {
            scores.extend(episodes(&world, (seed, 5)).await.unwrap());
        }
        let summaries = episode_summaries(&scores).unwrap();
        for summary in &summaries {
            println!("{summary:?}");
        }
        let [without, learnt, _] = &summaries[..] else { panic!("{summaries:?}") };
        assert!(learnt.days_to_target < without.days_to_target, "{summaries:?}");
        assert!(learnt.value_share > without.value_share && without.value_share > 0.3, "{summaries:?}");
        assert!(scores.iter().all(|score| score.value_share < 1.2), "{scores:?}");
        // The first campaign has nothing to remember.
        let first = |recall| scores.iter().find(|score| score.recall == recall && score.episode == 1).unwrap();
        assert_eq!(first(Recall::Nothing).value_share.to_bits(), first(Recall::Learnt).value_share.to_bits());
        assert_eq!(episodes(&world, (901, 2)).await.unwrap()[..2], scores[..2]);
        assert!(episodes(&World::builtin().unwrap(), (1, 1)).await.is_err());
    }
}
