//! What is known before the run, and what is remembered after it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::expect;
use super::forecast;
use super::result::{HistorySummary, PeopleSummary, Training};
use super::session::Session;
use super::summary::Measured;
use super::training::{self, RunOutcome};
use crate::agent::analyst::Analysis;
use crate::clock::Clock as _;
use crate::control;
use crate::error::{ErrorKind, Result};
use crate::memory::{Lessons, SimilarQuery};
use crate::model::{
    BestPractice, CampaignProfile, Expectation, Grounds, History, Learning, MediaPlan, Message, Metrics, Strategy,
    WinningCombination,
};
use crate::persona::{self, People};
use crate::platform::RemoteOptions;
use crate::predict;

/// What the strategist may know: memory, enriched by the history of this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    /// What the history taught.
    pub(super) history: Option<HistorySummary>,
    /// The personas of the brand's people.
    #[serde(default)]
    pub(super) people: Option<PeopleSummary>,
    /// What usually works in the trade.
    pub(super) practices: Vec<BestPractice>,
    /// What did best.
    pub(super) combinations: Vec<WinningCombination>,
    /// What similar campaigns taught.
    pub(super) similar: Vec<Learning>,
    /// What the predictor expects.
    #[serde(default)]
    pub(super) expectations: Vec<Expectation>,
    /// The model behind it.
    #[serde(default)]
    pub(super) training: Option<Training>,
}

/// How many winning combinations the strategist sees.
const COMBINATIONS: u32 = 20;

/// Puts what the history teaches into memory and reads back all that memory knows.
pub(super) async fn from_history(session: &Session) -> Result<Known> {
    let memory = &session.parts.memory;
    let history = match &session.history {
        Some(history) => Some(summarise(session, history)?),
        None => None,
    };
    if let (Some(summary), Some(history)) = (&history, &session.history) {
        memory.record_combinations(history.hash.as_str(), &summary.winning_combinations).await?;
    }
    let lesson = training::prepare(session).await?;
    if let Some(known) = &lesson.known {
        let practices = predict::best_practices(known, &session.brief.industry, session.clock.now());
        memory.store_best_practices(&practices).await?;
    }
    let about = (session.brief.industry.as_str(), session.brief.objective);
    let query = SimilarQuery::about(CampaignProfile::of(&session.brief), about, session.clock.now());
    let practices = memory.best_practices(&session.brief.industry).await?;
    let (expectations, has_learnt) = expect::expectations(session, (&practices, lesson.taught.as_ref())).await?;
    Ok(Known {
        expectations,
        training: lesson.training.filter(|_| has_learnt),
        practices,
        combinations: memory.winning_combinations(COMBINATIONS).await?,
        similar: memory.similar(&query).await?,
        people: people(session).await?,
        history,
    })
}

/// Groups the people whom the caller handed over and those that sources count. Too few of them make no persona, which is told and stops
/// nothing.
async fn people(session: &Session) -> Result<Option<PeopleSummary>> {
    let Some((people, told)) = gathered(session).await? else { return Ok(None) };
    let settings = persona::Settings::default();
    let built = persona::build_in_background(people.clone(), settings, None, persona::Cancel::default()).await;
    let (personas, mut notes) = match built {
        Ok(built) => (built.personas, built.notes),
        Err(error) if error.kind() == ErrorKind::NotEnoughData => {
            let all: u64 = people.profiles().iter().map(|profile| profile.people).sum();
            let few = Message::new("personas-too-few").with("people", i64::try_from(all).unwrap_or(i64::MAX));
            (Vec::new(), vec![few])
        }
        Err(error) => return Err(error),
    };
    notes.extend(told);
    Ok(Some(PeopleSummary { personas, notes }))
}

/// Everybody, and what the sources withhold. None where nobody was handed over and no source named.
async fn gathered(session: &Session) -> Result<Option<(Arc<People>, Vec<Message>)>> {
    let parts = &session.parts;
    if parts.people_sources.is_empty() {
        return Ok(parts.people.clone().map(|people| (people, Vec::new())));
    }
    let mut people = parts.people.as_deref().cloned().unwrap_or_default();
    let mut notes: Vec<Message> = Vec::new();
    for source in &parts.people_sources {
        let read = source.read(&RemoteOptions::default()).await?;
        if let Some(file) = &read.imported {
            people.add_file(file)?;
        }
        let news: Vec<Message> = read.notes.into_iter().filter(|note| !notes.contains(note)).collect();
        notes.extend(news);
    }
    Ok(Some((Arc::new(people), notes)))
}

fn summarise(session: &Session, history: &History) -> Result<HistorySummary> {
    Ok(HistorySummary {
        mapping: history.mapping.clone(),
        rows: history.rows.len() as u64,
        problems: history.problems.clone(),
        totals: Metrics::total(history.rows.iter().map(|row| &row.metrics), history.currency)?,
        best_practices: predict::best_practices(history, &session.brief.industry, session.clock.now()),
        winning_combinations: predict::winning_combinations(history, session.brief.targets.min_roas),
        personas: persona::personas(history),
    })
}

/// Stores what the run taught: learnings, the uses of each combination that it tested, and what later trainings learn from.
pub(super) async fn remember(
    session: &Session,
    plan: &MediaPlan,
    (measured, analysis): (&Measured, &Analysis),
    (known, strategy): (&Known, &Strategy),
) -> Result<u64> {
    let outcome = RunOutcome {
        at: session.brief.flight.start_of_day(session.days)?,
        model: known.training.as_ref().map(|training| training.run.clone()),
        rows: measured.rows.clone(),
        inside: forecast::inside(&forecast::forecasts(&strategy.platforms, (&measured.days, &measured.settled))),
    };
    training::remember(session, &outcome).await?;
    let lessons = Lessons {
        source: session.run.to_string(),
        learnings: stamped(session, &analysis.learnings).await?,
        practices: Vec::new(),
        combinations: combinations(session, plan, measured),
    };
    session.parts.memory.remember(&lessons).await
}

/// The learnings with the journal's end: what had been done when they were learnt can be looked up there.
async fn stamped(session: &Session, learnings: &[Learning]) -> Result<Vec<Learning>> {
    let head = control::head(session.parts.database.as_ref()).await?;
    let entry = (head.entries > 0).then_some(head.head);
    let stamp = |learning: &Learning| {
        let grounds = Grounds { entry: entry.clone(), ..learning.grounds.clone() };
        Learning { grounds, ..learning.clone() }
    };
    Ok(learnings.iter().map(stamp).collect())
}

fn combinations(session: &Session, plan: &MediaPlan, measured: &Measured) -> Vec<WinningCombination> {
    let used = plan.tests.cells.iter().filter_map(|cell| {
        let metrics = measured.ads.get(cell.ad.as_str())?;
        let roas = metrics.roas()?;
        Some(WinningCombination {
            creative_type: cell.creative.split('/').next().unwrap_or("unknown").to_owned(),
            copy_style: cell.copy_style.clone(),
            audience_segment: cell.audience.clone(),
            average_roas: roas,
            average_ctr: metrics.ctr().unwrap_or(0.0),
            times_used: 1,
            times_succeeded: u64::from(roas >= session.brief.targets.min_roas),
        })
    });
    used.collect()
}
