//! The analyst: matured figures and the readouts of tests become learnings for memory and feedback for the other agents.
//!
//! In: one window of a run, with its test matrix and readouts. Out: learnings, feedback. Called by the brain's cycle. Never changes
//! anything.

mod tested;
mod tiring;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Agent;
use crate::error::Result;
use crate::experiment::Readout;
use crate::model::message::Argument;
use crate::model::{
    CheckedBrief, ContentHash, Estimate, Feedback, FeedbackKind, Learning, LearningType, Maturity, Message, Metrics,
    Recipient, RunId, TestCell, TestMatrix,
};
use crate::stats::proportions::{self, Proportion};
use crate::stats::ratio;

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
    pub days: Vec<Metrics>,
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

/// What the analyst found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    /// For memory.
    pub learnings: Vec<Learning>,
    /// For the other agents.
    pub feedback: Vec<Feedback>,
}

/// The level of all intervals.
const LEVEL: f64 = 0.9;
/// The fewest impressions behind a statement about CTR.
const LEAST_IMPRESSIONS: u64 = 1_000;
/// The fewest conversions behind a statement about ROAS or CPA.
const LEAST_CONVERSIONS: u64 = 30;
/// The last round in which feedback is given; later rounds only learn.
pub const MAX_ROUNDS: u32 = 3;

/// The default analyst.
#[derive(Debug, Clone, Copy, Default)]
pub struct Analyst;

#[async_trait]
impl Agent for Analyst {
    type Input = AnalystInput;
    type Output = Analysis;

    async fn run(&self, input: AnalystInput) -> Result<Analysis> {
        let total = Metrics::total(&input.days, input.brief.currency())?;
        let mut learnings = learnings(&input, &total)?;
        learnings.extend(tested::learnings(&input)?);
        Ok(Analysis { learnings, feedback: feedback(&input, &total) })
    }
}

/// Feedback where the whole interval misses the target or an audience tires, never on thin data and never after the last round.
fn feedback(input: &AnalystInput, total: &Metrics) -> Vec<Feedback> {
    if input.round > MAX_ROUNDS {
        return Vec::new();
    }
    let rates = [ctr_feedback(input, total), roas_feedback(input, total), cpa_feedback(input, total)];
    rates.into_iter().flatten().chain(tiring::feedback(input)).collect()
}

fn ctr_feedback(input: &AnalystInput, total: &Metrics) -> Option<Feedback> {
    if total.impressions < LEAST_IMPRESSIONS {
        return None;
    }
    let interval = Proportion::new(total.clicks, total.impressions).ok()?.wilson(LEVEL).ok()?;
    let estimate = Estimate::from(interval);
    let target = input.brief.targets.min_ctr;
    (estimate.high < target).then(|| message(input, &CTR, estimate, target))
}

fn roas_feedback(input: &AnalystInput, total: &Metrics) -> Option<Feedback> {
    if total.conversions < LEAST_CONVERSIONS {
        return None;
    }
    let days = input.days.iter().map(|day| (day.revenue.to_units(), day.spend.to_units()));
    let estimate = completed(daily_ratio(days, total.conversions)?, input.completeness);
    let target = input.brief.targets.min_roas;
    (estimate.high < target).then(|| message(input, &ROAS, estimate, target))
}

fn cpa_feedback(input: &AnalystInput, total: &Metrics) -> Option<Feedback> {
    if total.conversions < LEAST_CONVERSIONS {
        return None;
    }
    let days = input.days.iter().map(|day| (day.spend.to_units(), day.conversions as f64));
    let estimate = completed(daily_ratio(days, total.conversions)?, 1.0 / input.completeness.max(0.1));
    let target = input.brief.max_cpa().to_units();
    (estimate.low > target).then(|| message(input, &CPA, estimate, target))
}

fn daily_ratio(days: impl Iterator<Item = (f64, f64)>, sample_size: u64) -> Option<Estimate> {
    let pairs: Vec<_> = days.filter(|(_, below)| *below > 0.0).collect();
    Some(Estimate { sample_size, ..ratio::ratio_of_sums(&pairs, LEVEL)?.into() })
}

/// Scales an estimate to what it will be once late conversions are in: a value over its share of completeness.
fn completed(mut estimate: Estimate, completeness: f64) -> Estimate {
    let share = completeness.max(0.1);
    estimate.value /= share;
    estimate.low /= share;
    estimate.high /= share;
    estimate
}

/// A rate that missed its target: who should act, and its names in texts and data.
struct Missed {
    kind: FeedbackKind,
    recipient: Recipient,
    key: &'static str,
    current: &'static str,
}

const CTR: Missed = Missed {
    kind: FeedbackKind::CtrLow,
    recipient: Recipient::Creative,
    key: "feedback-ctr-low",
    current: "current_ctr",
};
const ROAS: Missed = Missed {
    kind: FeedbackKind::RoasLow,
    recipient: Recipient::Strategist,
    key: "feedback-roas-low",
    current: "current_roas",
};
const CPA: Missed = Missed {
    kind: FeedbackKind::CpaHigh,
    recipient: Recipient::Optimizer,
    key: "feedback-cpa-high",
    current: "current_cpa",
};

fn message(input: &AnalystInput, missed: &Missed, evidence: Estimate, target: f64) -> Feedback {
    let Missed { kind, recipient, key, current } = *missed;
    // The outline states CTR in percent; figures for people keep that, ratios stay in the evidence.
    let shown = if kind == FeedbackKind::CtrLow { 100.0 } else { 1.0 };
    Feedback {
        id: format!("{}/{}/{}", input.run, kind, input.window_end),
        recipient,
        kind,
        object: None,
        message: Message::new(key),
        data: BTreeMap::from([(current.to_owned(), evidence.value * shown), ("target".to_owned(), target * shown)]),
        evidence,
        maturity: input.maturity,
        window_end: input.window_end,
        round: input.round,
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
    let campaign = input.run.to_string();
    let id = ContentHash::of_value(&(&campaign, kind, insight))?.to_string();
    Ok(Some(Learning {
        id,
        campaign,
        learning_type: kind,
        industry: input.brief.industry.clone(),
        objective: input.brief.objective,
        insight: insight.to_owned(),
        impact,
        learnt_at: input.window_end,
        metadata: BTreeMap::from([
            ("metric".to_owned(), "ctr".to_owned()),
            ("impressions".to_owned(), group.impressions.to_string()),
            ("causal".to_owned(), "no: platforms deliver ads unevenly".to_owned()),
        ]),
    }))
}

/// Whether the effect of an accepted answer can be told: the later window against the earlier one.
pub fn effect(before: &Estimate, after: &Estimate) -> Option<Estimate> {
    (before.value > 0.0).then(|| Estimate {
        value: after.value / before.value - 1.0,
        low: after.low / before.high - 1.0,
        high: after.high / before.low.max(f64::MIN_POSITIVE) - 1.0,
        level: before.level.min(after.level),
        method: "ratio_of_interval_ends".into(),
        sample_size: after.sample_size,
        warnings: vec![Message::new("warning-before-after").with("metric", Argument::from(after.method.as_str()))],
    })
}
