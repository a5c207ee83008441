//! Words of a language model, over what the rules made; the rules' own words stand where it has none that pass.

use serde::{Deserialize, Serialize};

use super::cycle::Taken;
use super::result::{TargetCheck, WordsUsed};
use super::session::Session;
use super::summary::{self, Measured};
use crate::agent::analyst::Analysis;
use crate::agent::language::{self, CallState, Desk, ReportFacts, WordAgent};
use crate::control::Control;
use crate::error::{ErrorKind, Result};
use crate::model::message::Argument;
use crate::model::{AssetSet, CopySet, MediaPlan, Message, Metrics, Money, Strategy};

/// The words of the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportWords {
    pub(super) sentences: Vec<String>,
    pub(super) dropped: u64,
}

impl Session {
    /// The desk, where a model finds words for an agent.
    fn desk(&self, agent: WordAgent) -> Option<&Desk> {
        self.parts.words.as_ref().filter(|desk| desk.words().serves(agent))
    }

    /// The strategy with sentences that say why.
    pub(super) async fn explained(&self, strategy: Strategy) -> Result<Strategy> {
        let Some(desk) = self.desk(WordAgent::Strategist) else { return Ok(strategy) };
        let told = or_rules(language::strategy(desk, &self.run, &strategy).await)?;
        Ok(Strategy { words: told.map(|told| told.sentences).unwrap_or_default(), ..strategy })
    }

    /// The assets with better words.
    pub(super) async fn worded_assets(&self, strategy: &Strategy, assets: AssetSet) -> Result<AssetSet> {
        let Some(desk) = self.desk(WordAgent::Creative) else { return Ok(assets) };
        let worded = language::creative(desk, &self.run, strategy, assets.clone()).await;
        Ok(or_rules(worded)?.unwrap_or(assets))
    }

    /// The copy with better words.
    pub(super) async fn worded_copy(&self, strategy: &Strategy, copy: CopySet) -> Result<CopySet> {
        let Some(desk) = self.desk(WordAgent::Copywriter) else { return Ok(copy) };
        let worded = language::copy(desk, &self.run, strategy, copy.clone()).await;
        Ok(or_rules(worded)?.unwrap_or(copy))
    }

    /// Writes into the journal where the chain of calls stands, where a model has been asked.
    pub(super) async fn note_words(&self, control: &Control) -> Result<()> {
        let Some(desk) = &self.parts.words else { return Ok(()) };
        let chain = desk.chain().await?;
        control.note_words(&chain.head, chain.rows).await
    }
}

/// What the model gave; none where it gave nothing that can be used, which is no failure of the run. Why stands in the rows of its calls.
fn or_rules<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Corrupt | ErrorKind::Conflict) => {
            Err(error)
        }
        Err(_) => Ok(None),
    }
}

/// Writes the words of the report, and into the journal where the chain of calls ends.
pub(super) async fn report(
    session: &Session,
    plan: &MediaPlan,
    (measured, analysis): (&Measured, &Analysis),
) -> Result<ReportWords> {
    let mut words = ReportWords::default();
    if let Some(desk) = session.desk(WordAgent::Analyst) {
        let from = ReportFacts { brief: &session.brief, messages: facts(session, measured, analysis)? };
        let told = or_rules(language::report(desk, &session.run, &from).await)?.unwrap_or_default();
        words = ReportWords { sentences: told.sentences, dropped: told.dropped };
    }
    session.note_words(&session.control(&plan.limits).await?).await?;
    Ok(words)
}

/// What the report may say, as messages whose figures people see in its tables too.
fn facts(session: &Session, measured: &Measured, analysis: &Analysis) -> Result<Vec<Message>> {
    let totals = Metrics::total(measured.days.iter().map(|day| &day.metrics), session.brief.currency())?;
    let days = i64::try_from(measured.days.len()).unwrap_or(i64::MAX);
    let mut facts = vec![Message::new("words-fact-days").with("days", days)];
    facts.extend(counted(&totals, "all"));
    for (platform, (metrics, _)) in &measured.platforms {
        facts.extend(counted(metrics, platform.as_str()));
    }
    let targets = summary::targets(&session.brief, &totals, days)?;
    facts.extend(targets.iter().filter_map(target));
    facts.extend(analysis.feedback.iter().map(|feedback| feedback.message.clone()));
    let learnt = analysis.learnings.iter().map(|learning| {
        let impact = Argument::Ratio(learning.impact.value);
        Message::new("reason-learning").with("insight", learning.insight.as_str()).with("impact", impact)
    });
    facts.extend(learnt);
    Ok(facts)
}

fn counted(metrics: &Metrics, place: &str) -> Vec<Message> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let counts = Message::new("words-fact-counts")
        .with("place", place)
        .with("spend", metrics.spend)
        .with("revenue", metrics.revenue)
        .with("impressions", count(metrics.impressions))
        .with("clicks", count(metrics.clicks))
        .with("conversions", count(metrics.conversions));
    let rate = |key: &str, value: Option<Argument>| Some(Message::new(key).with("place", place).with("value", value?));
    let rates = [
        rate("words-fact-ctr", metrics.ctr().map(Argument::Ratio)),
        rate("words-fact-roas", metrics.roas().map(Argument::Number)),
        rate("words-fact-cpa", metrics.cpa().map(Argument::Number)),
    ];
    std::iter::once(counts).chain(rates.into_iter().flatten()).collect()
}

fn target(check: &TargetCheck) -> Option<Message> {
    let key = if check.is_met? { "words-fact-met" } else { "words-fact-missed" };
    let figure = |value: f64| if check.metric == "ctr" { Argument::Ratio(value) } else { Argument::Number(value) };
    let message = Message::new(key).with("metric", check.metric.as_str()).with("target", figure(check.target));
    Some(message.with("reached", figure(check.reached?)))
}

/// What the model did for the run; none where there is none.
pub(super) async fn used(session: &Session, taken: &Taken) -> Result<Option<WordsUsed>> {
    let Some(desk) = &session.parts.words else { return Ok(None) };
    let rows = desk.calls(&session.run).await?;
    let count = |state: CallState| rows.iter().filter(|row| row.state == state).count() as u64;
    let currency = desk.currency();
    let micros = rows.iter().map(|row| row.cost.micros()).sum();
    let report = taken.words.as_deref().cloned().unwrap_or_default();
    let problems =
        rows.iter().filter(|row| matches!(row.state, CallState::Declined | CallState::Failed | CallState::OverBudget));
    let notes = problems.map(|row| {
        let key = format!("words-{}", row.state.as_str().replace('_', "-"));
        Message::new(key).with("agent", row.agent.as_str()).with("why", row.note.as_str())
    });
    Ok(Some(WordsUsed {
        model: desk.model_name().to_owned(),
        calls: count(CallState::Answered) + count(CallState::Declined) + count(CallState::Failed),
        tokens: rows.iter().map(|row| row.tokens).sum::<i64>().unsigned_abs(),
        cost: currency.map(|currency| Money::from_micros(micros, currency)),
        report: report.sentences,
        dropped: report.dropped,
        notes: notes.collect(),
    }))
}
