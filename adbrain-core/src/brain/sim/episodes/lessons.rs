//! What the strategist knows before a campaign, and what the campaign leaves in memory.

use std::collections::BTreeMap;

use serde_json::json;

use super::stage::{Played, Scene, segments};
use super::{DAYS, Recall};
use crate::agent::Agent as _;
use crate::agent::strategist::{Strategist, StrategistInput};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::{InMemory, LearningQuery, Lessons, MemoryStore as _};
use crate::model::{
    BestPractice, Brief, CheckedBrief, Estimate, Expectation, Grounds, Learning, LearningType, Maturity, Metrics,
    Money, Objective, Period, PooledPractice, Strategy,
};
use crate::stats::random::Random;
use crate::stats::ratio::ratio_of_sums;

/// The return that is expected where nothing is known, with its interval: that of the default predictor's prior.
const USUAL: [f64; 3] = [2.0, 0.5, 5.0];
/// The share of a platform's money that goes to all segments evenly, so that each is measured again.
const EXPLORING: f64 = 0.2;
/// The fewest conversions behind a learning.
const LEAST_CONVERSIONS: u64 = 30;
/// False rows for each true one: a fifth of all.
const FALSE_ROWS: f64 = 0.25;
/// The effects that false rows claim, drawn evenly, and half the width of the interval that they claim.
const FALSE_EFFECTS: [f64; 2] = [-0.8, 1.5];
const FALSE_WIDTH: f64 = 0.05;
/// The place of false rows in a seed; never another one's.
const LIES: u64 = 0x6c69_6573;
const INDUSTRY: &str = "simulated";
const LEVEL: f64 = 0.9;

/// A strategist and its memory.
pub(super) struct Teacher {
    pub(super) memory: InMemory,
    pub(super) recall: Recall,
    pub(super) seed: u64,
}

impl Teacher {
    /// The first split of a campaign: the strategist's platforms, and within each the segments that it chose, with a part for all.
    pub(super) async fn budgets(&self, scene: &Scene<'_>) -> Result<Vec<Money>> {
        let known = self.known(scene).await?;
        let strategy = Strategist.run(input(scene, &known)?).await?;
        Ok(scene.cells.iter().map(|cell| budget(&strategy, (cell.platform, &cell.segment), scene.total())).collect())
    }

    /// What memory says of each insight at the start of a campaign.
    async fn known(&self, scene: &Scene<'_>) -> Result<BTreeMap<String, PooledPractice>> {
        if self.recall == Recall::Nothing {
            return Ok(BTreeMap::new());
        }
        let query = LearningQuery {
            industry: Some(INDUSTRY.to_owned()),
            objective: Some(Objective::Sales),
            as_of: Some(scene.start_of(0)?),
            ..LearningQuery::default()
        };
        let found = self.memory.pooled(&query).await?;
        Ok(found.into_iter().map(|practice| (practice.insight.clone(), practice)).collect())
    }

    /// Stores what the settled days of a campaign taught of each platform and segment.
    pub(super) async fn learn(&self, scene: &Scene<'_>, played: &Played) -> Result<()> {
        if self.recall == Recall::Nothing {
            return Ok(());
        }
        let mut learnings = learnings(scene, played)?;
        if self.recall == Recall::Poisoned {
            let place = scene.start_of(0)?.as_second().cast_unsigned();
            let lies: Vec<Learning> =
                (0_u64..).zip(&learnings).filter_map(|(row, truth)| lie(truth, (self.seed, place, row))).collect();
            learnings.extend(lies);
        }
        let source = scene.flight.start.to_string();
        self.memory.remember(&Lessons { source, learnings, ..Lessons::default() }).await.map(drop)
    }
}

/// A false row about the same thing, for a part of the true ones.
fn lie(truth: &Learning, (seed, place, row): (u64, u64, u64)) -> Option<Learning> {
    let mut luck = Random::at(seed, &[LIES, place, row]);
    if luck.uniform() >= FALSE_ROWS {
        return None;
    }
    let [least, most] = FALSE_EFFECTS;
    let value = least + (most - least) * luck.uniform();
    let impact = Estimate {
        value,
        low: value - FALSE_WIDTH,
        high: value + FALSE_WIDTH,
        sample_size: 1_000,
        ..truth.impact.clone()
    };
    Some(Learning { id: String::new(), campaign: format!("false-{}", truth.campaign), impact, ..truth.clone() })
}

fn budget(strategy: &Strategy, (platform, segment): (crate::model::Platform, &str), total: Money) -> Money {
    let share = strategy.platforms.iter().find(|choice| choice.platform == platform).map_or(0.0, |choice| {
        let all = strategy.platforms.iter().map(|choice| choice.budget.micros() as f64).sum::<f64>();
        choice.budget.micros() as f64 / all.max(1.0)
    });
    let all = segments();
    let chosen: Vec<&String> =
        all.iter().filter(|name| strategy.audiences.iter().any(|audience| audience.name == **name)).collect();
    let even = 1.0 / all.len() as f64;
    let part = match chosen.len() {
        0 => even,
        count if chosen.iter().any(|name| *name == segment) => EXPLORING * even + (1.0 - EXPLORING) / count as f64,
        _ => EXPLORING * even,
    };
    #[expect(clippy::cast_possible_truncation, reason = "a part of the total")]
    let micros = (total.micros() as f64 * share * part) as i64;
    Money::from_micros(micros.max(1), total.currency())
}

/// What the strategist is given: the brief, and what memory says in the terms of practices and expectations.
fn input(scene: &Scene<'_>, known: &BTreeMap<String, PooledPractice>) -> Result<StrategistInput> {
    let platforms = scene.platforms();
    let mut expectations = Vec::new();
    for platform in &platforms {
        let whole = expected(known.get(&format!("platform={platform}")));
        expectations.push(Expectation { platform: *platform, segment: None, roas: whole });
        for segment in segments() {
            let roas = expected(known.get(&format!("audience={segment}")));
            expectations.push(Expectation { platform: *platform, segment: Some(format!("audience:{segment}")), roas });
        }
    }
    let ads = |campaigns: u64| campaigns * platforms.len() as u64;
    let practice = |segment: String| {
        let found = known.get(&format!("audience={segment}"))?;
        Some(BestPractice {
            industry: INDUSTRY.to_owned(),
            practice_type: format!("audience:{segment}"),
            description: format!("{segment} over {} campaigns", found.campaigns),
            average_performance: BTreeMap::from([("roas".to_owned(), expected(Some(found)).value)]),
            roas_variance: found.between_variance,
            sample_size: ads(found.campaigns),
            last_updated: scene.start_of(0).ok()?,
        })
    };
    Ok(StrategistInput {
        brief: brief(scene)?,
        practices: segments().into_iter().filter_map(practice).collect(),
        combinations: Vec::new(),
        similar: Vec::new(),
        expectations,
        personas: Vec::new(),
    })
}

/// The usual return, moved by what memory says of the effect.
fn expected(known: Option<&PooledPractice>) -> Estimate {
    let [value, low, high] = USUAL;
    let estimate = |value: f64, low: f64, high: f64, sample_size| Estimate {
        value,
        low,
        high,
        level: LEVEL,
        method: "normal_normal_shrinkage".to_owned(),
        sample_size,
        warnings: Vec::new(),
    };
    match known {
        None => estimate(value, low, high, 0),
        Some(found) => {
            let of = |effect: f64| value * (1.0 + effect).max(0.05);
            let effect = &found.effect;
            estimate(of(effect.value), of(effect.low), of(effect.high), found.campaigns)
        }
    }
}

fn brief(scene: &Scene<'_>) -> Result<CheckedBrief> {
    let budget = scene.total().scale(i64::from(DAYS), 1)?;
    let brief: Brief = serde_json::from_value(json!({
        "name": "episode", "brand": "simulated", "industry": INDUSTRY, "objective": "sales", "markets": ["US"],
        "language": "en", "flight": scene.flight, "budget": budget, "formats": ["video"],
        "platforms": scene.platforms(),
        "product": {"name": "product", "url": "https://example.com", "benefits": ["light"]},
    }))
    .map_err(|error| Error::new(ErrorKind::Internal, "the brief of an episode cannot be read").caused_by(error))?;
    brief.check()
}

fn learnings(scene: &Scene<'_>, played: &Played) -> Result<Vec<Learning>> {
    let cells = || scene.cells.iter().zip(&played.reported);
    let all: Vec<&Metrics> = played.reported.iter().flatten().collect();
    let Some(total) = returns(&all) else { return Ok(Vec::new()) };
    let mut groups: BTreeMap<String, Vec<&Metrics>> = BTreeMap::new();
    for (cell, days) in cells() {
        for insight in [format!("platform={}", cell.platform), format!("audience={}", cell.segment)] {
            groups.entry(insight).or_default().extend(days);
        }
    }
    let mut found = Vec::new();
    for (insight, days) in groups {
        found.extend(learning(scene, (insight, &days), total.value)?);
    }
    Ok(found)
}

fn learning(scene: &Scene<'_>, (insight, days): (String, &[&Metrics]), total: f64) -> Result<Option<Learning>> {
    let Some(own) = returns(days).filter(|own| own.sample_size >= LEAST_CONVERSIONS) else { return Ok(None) };
    let effect = |roas: f64| roas / total - 1.0;
    let impact = Estimate { value: effect(own.value), low: effect(own.low), high: effect(own.high), ..own };
    let (start, end) = (scene.start_of(0)?, scene.start_of(DAYS)?);
    let period = Some(Period { start, end });
    Ok(Some(Learning {
        id: String::new(),
        campaign: format!("episode-{}", scene.flight.start),
        learning_type: LearningType::Audience,
        industry: INDUSTRY.to_owned(),
        objective: Objective::Sales,
        insight,
        impact,
        learnt_at: end,
        grounds: Grounds { period, maturity: Some(Maturity::Mature), ..Grounds::default() },
        metadata: BTreeMap::new(),
    }))
}

/// Revenue over spend with its interval from day to day; the sample are conversions.
fn returns(days: &[&Metrics]) -> Option<Estimate> {
    let pairs: Vec<(f64, f64)> = days
        .iter()
        .map(|day| (day.revenue.to_units(), day.spend.to_units()))
        .filter(|(_, spend)| *spend > 0.0)
        .collect();
    let conversions = days.iter().map(|day| day.conversions).sum();
    Some(Estimate { sample_size: conversions, ..ratio_of_sums(&pairs, LEVEL)?.into() })
}
