//! The analyst: matured figures and the readouts of tests become learnings for memory and feedback for the other agents.
//!
//! In: one window of a run, with its test matrix and readouts. Out: learnings, feedback. Called by the brain's cycle. Never changes
//! anything.

mod judge;
mod tested;
#[cfg(test)]
pub(crate) mod tests;
mod tiring;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Agent;
use crate::error::Result;
use crate::experiment::Readout;
use crate::model::{
    Answered, CampaignProfile, CheckedBrief, Effect, Estimate, Feedback, Grounds, Learning, LearningType, Maturity,
    Metrics, Period, RunId, TestCell, TestMatrix,
};
use crate::stats::proportions::{self, Proportion};

use judge::LEAST_IMPRESSIONS;
pub use judge::MAX_ANSWERS;

pub use tiring::{AudienceDay, AudienceDelivery};

/// What the analyst reads: one window of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnalystInput {
    /// The run.
    pub run: RunId,
    /// What was asked for.
    #[schemars(with = "crate::model::Brief")]
    pub brief: CheckedBrief,
    /// What was tested.
    pub tests: TestMatrix,
    /// What the tests say so far, one readout for each ad set of two ads or more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readouts: Vec<Readout>,
    /// The figures of each ad over the window, by its tag.
    pub ads: BTreeMap<String, Metrics>,
    /// The figures of each day, in order; the units of the intervals.
    pub days: Vec<DayFigures>,
    /// What was said before, with the answers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<Answered>,
    /// What each audience was shown so far, where the platforms say how many people they reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<AudienceDelivery>,
    /// The end of the window.
    #[schemars(with = "String")]
    pub window_end: Timestamp,
    /// The share of conversions expected to have arrived, as a ratio.
    pub completeness: f64,
    /// Whether late conversions can still change the window much.
    pub maturity: Maturity,
    /// The round of the loop, from 1.
    pub round: u32,
}

/// The figures of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayFigures {
    /// The first moment of the day.
    #[schemars(with = "String")]
    pub start: Timestamp,
    /// The figures of all platforms.
    pub metrics: Metrics,
    /// The share of its conversions expected to have arrived, as a ratio.
    pub completeness: f64,
}

/// What the analyst found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    /// For memory.
    pub learnings: Vec<Learning>,
    /// For the other agents.
    pub feedback: Vec<Feedback>,
    /// How the metrics of accepted feedback have moved since the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// The level of all intervals.
const LEVEL: f64 = 0.9;

/// The default analyst.
#[derive(Debug, Clone, Copy, Default)]
pub struct Analyst;

#[async_trait]
impl Agent for Analyst {
    type Input = AnalystInput;
    type Output = Analysis;

    async fn run(&self, input: AnalystInput) -> Result<Analysis> {
        let total = Metrics::total(input.days.iter().map(|day| &day.metrics), input.brief.currency())?;
        let mut learnings = learnings(&input, &total)?;
        learnings.extend(tested::learnings(&input, &total)?);
        let feedback = judge::feedback(&input).into_iter().chain(tiring::feedback(&input)).collect();
        Ok(Analysis { learnings, feedback, effects: judge::effects(&input) })
    }
}

/// One learning per creative, copy style and audience whose CTR differs from the rest of the run.
fn learnings(input: &AnalystInput, total: &Metrics) -> Result<Vec<Learning>> {
    let mut found = Vec::new();
    for (kind, name) in [
        (LearningType::Creative, creative as fn(&TestCell) -> String),
        (LearningType::Copy, |cell: &TestCell| format!("copy_style={}", cell.copy_style)),
        (LearningType::Audience, |cell: &TestCell| format!("audience={}", cell.audience)),
    ] {
        for (insight, metrics) in grouped(input, name)? {
            found.extend(learning(input, kind, &insight, (&metrics, total))?);
        }
    }
    Ok(found)
}

fn creative(cell: &TestCell) -> String {
    format!("creative={}", cell.creative.split('/').next().unwrap_or_default())
}

fn grouped(input: &AnalystInput, name: fn(&TestCell) -> String) -> Result<BTreeMap<String, Metrics>> {
    let mut groups: BTreeMap<String, Metrics> = BTreeMap::new();
    for cell in &input.tests.cells {
        if let Some(metrics) = input.ads.get(cell.ad.as_str()) {
            let group = groups.entry(name(cell)).or_insert_with(|| Metrics::none(input.brief.currency()));
            *group = group.merge(metrics)?;
        }
    }
    Ok(groups)
}

fn learning(
    input: &AnalystInput,
    kind: LearningType,
    insight: &str,
    (group, total): (&Metrics, &Metrics),
) -> Result<Option<Learning>> {
    let rest_impressions = total.impressions.saturating_sub(group.impressions);
    let rest_clicks = total.clicks.saturating_sub(group.clicks);
    if group.impressions < LEAST_IMPRESSIONS || rest_impressions < LEAST_IMPRESSIONS || rest_clicks == 0 {
        return Ok(None);
    }
    let rest_rate = rest_clicks as f64 / rest_impressions as f64;
    let arms = (Proportion::new(group.clicks, group.impressions), Proportion::new(rest_clicks, rest_impressions));
    let (Ok(own), Ok(rest)) = arms else { return Ok(None) };
    let Ok(measured) = proportions::difference(rest, own, LEVEL) else { return Ok(None) };
    let difference = Estimate::from(measured.difference);
    if difference.low <= 0.0 && difference.high >= 0.0 {
        return Ok(None);
    }
    let impact = Estimate {
        value: difference.value / rest_rate,
        low: difference.low / rest_rate,
        high: difference.high / rest_rate,
        ..difference
    };
    let learning = Learning {
        id: String::new(),
        campaign: input.run.to_string(),
        learning_type: kind,
        industry: input.brief.industry.clone(),
        objective: input.brief.objective,
        insight: insight.to_owned(),
        impact,
        learnt_at: input.window_end,
        // Impressions and clicks do not come late.
        grounds: Grounds { maturity: Some(Maturity::Mature), ..grounds(input, total) },
        metadata: BTreeMap::from([
            ("metric".to_owned(), "ctr".to_owned()),
            ("impressions".to_owned(), group.impressions.to_string()),
            ("causal".to_owned(), "no: platforms deliver ads unevenly".to_owned()),
        ]),
    };
    learning.identified().map(Some)
}

/// What all learnings of a run rest on.
fn grounds(input: &AnalystInput, total: &Metrics) -> Grounds {
    let start = input.days.first().map(|day| day.start);
    Grounds {
        brand: Some(input.brief.brand.clone()),
        period: start.map(|start| Period { start, end: input.window_end }),
        profile: Some(CampaignProfile::of(&input.brief).with_figures(total)),
        ..Grounds::default()
    }
}
