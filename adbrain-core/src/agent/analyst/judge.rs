//! Which targets the days of a run miss, and how the metrics have moved since an answer.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{AnalystInput, DayFigures, LEVEL};
use crate::measure::{self, MATURE_SHARE};
use crate::model::message::Argument;
use crate::model::{Answer, Answered, Effect, Estimate, Feedback, FeedbackKind, Maturity, Message, Metrics, Recipient};
use crate::predict::saturation::EXPAND_BELOW;
use crate::stats::proportions::Proportion;
use crate::stats::ratio;

/// The fewest impressions behind a statement about CTR.
pub(super) const LEAST_IMPRESSIONS: u64 = 1_000;
/// The fewest conversions behind a statement about ROAS or CPA.
const LEAST_CONVERSIONS: u64 = 30;
/// Answers for good (accepted or rejected) to one kind of feedback, after which the analyst only learns: the loop ends by itself.
pub const MAX_ANSWERS: usize = 3;

/// A target: how far the run is from it, who acts where it is missed, and its names in texts and data.
struct Target {
    kind: FeedbackKind,
    recipient: Recipient,
    key: &'static str,
    current: &'static str,
    /// The outline states CTR in percent; figures for people keep that, ratios stay in the evidence.
    shown: f64,
}

const TARGETS: [Target; 3] = [
    Target {
        kind: FeedbackKind::CtrLow,
        recipient: Recipient::Creative,
        key: "feedback-ctr-low",
        current: "current_ctr",
        shown: 100.0,
    },
    Target {
        kind: FeedbackKind::RoasLow,
        recipient: Recipient::Strategist,
        key: "feedback-roas-low",
        current: "current_roas",
        shown: 1.0,
    },
    Target {
        kind: FeedbackKind::CpaHigh,
        recipient: Recipient::Optimizer,
        key: "feedback-cpa-high",
        current: "current_cpa",
        shown: 1.0,
    },
];

/// A metric over some days.
struct Measured {
    estimate: Estimate,
    maturity: Maturity,
    /// The end of the days.
    end: Timestamp,
}

/// Feedback where the whole interval misses the target. Never on thin data, never twice on the same days: after an answer for good only
/// later days count, and after three of them, or one whose change waits for the next plan, that kind is silent.
pub(super) fn feedback(input: &AnalystInput) -> Vec<Feedback> {
    TARGETS.iter().filter_map(|target| judge(input, target)).collect()
}

fn judge(input: &AnalystInput, target: &Target) -> Option<Feedback> {
    let settled: Vec<_> = input.answered.iter().filter(|known| is_settled(known, target.kind)).collect();
    // Creative's answer changes the next plan alone, so it is asked once.
    let most = if target.kind == FeedbackKind::CtrLow { 1 } else { MAX_ANSWERS };
    if settled.len() >= most {
        return None;
    }
    let since = settled.last().and_then(|known| known.response.answered_at);
    let found = measured(input, target.kind, days(input, since, None))?;
    let wanted = wanted(input, target.kind);
    let is_missed = match target.kind {
        FeedbackKind::CpaHigh => found.estimate.low > wanted,
        _ => found.estimate.high < wanted,
    };
    is_missed.then(|| message(input, target, (found, wanted)))
}

pub(super) fn is_settled(known: &Answered, kind: FeedbackKind) -> bool {
    known.feedback.kind == kind && known.response.answer != Answer::Deferred
}

fn wanted(input: &AnalystInput, kind: FeedbackKind) -> f64 {
    match kind {
        FeedbackKind::CtrLow => input.brief.targets.min_ctr,
        FeedbackKind::RoasLow => input.brief.targets.min_roas,
        FeedbackKind::CpaHigh => input.brief.max_cpa().to_units(),
        FeedbackKind::AudienceTires => f64::from(EXPAND_BELOW),
    }
}

/// The days that start in a span; both ends may be open.
fn days(input: &AnalystInput, from: Option<Timestamp>, until: Option<Timestamp>) -> &[DayFigures] {
    let first = input.days.iter().position(|day| from.is_none_or(|from| day.start >= from));
    let last = input.days.iter().rposition(|day| until.is_none_or(|until| day.start < until));
    first.zip(last).and_then(|(first, last)| input.days.get(first..=last)).unwrap_or(&[])
}

/// Impressions and clicks do not come late, so CTR is mature at once. ROAS and CPA are judged on the longest run of days from the first
/// on that is mature, and where that is too thin on all days, as immature.
fn measured(input: &AnalystInput, kind: FeedbackKind, days: &[DayFigures]) -> Option<Measured> {
    if kind == FeedbackKind::CtrLow {
        return Some(Measured { estimate: ctr(days)?, maturity: Maturity::Mature, end: input.window_end });
    }
    let mature = mature(days);
    let on = |days: &[DayFigures], end| {
        let share = completeness(days);
        Some(Measured { estimate: late(kind, days, share)?, maturity: measure::maturity_of(share), end })
    };
    let end =
        input.days.iter().map(|day| day.start).find(|start| mature.last().is_some_and(|last| *start > last.start));
    on(mature, end.unwrap_or(input.window_end)).or_else(|| on(days, input.window_end))
}

/// The longest run of days from the first on of which enough conversions have arrived.
fn mature(days: &[DayFigures]) -> &[DayFigures] {
    let runs = (1..=days.len()).rev().filter_map(|count| days.get(..count));
    runs.into_iter().find(|run| completeness(run) >= MATURE_SHARE).unwrap_or(&[])
}

/// The share of the days' conversions that is expected to be in: the mean over days, weighted by clicks, which conversions follow.
fn completeness(days: &[DayFigures]) -> f64 {
    let clicks: f64 = days.iter().map(|day| day.metrics.clicks as f64).sum();
    let known: f64 = days.iter().map(|day| day.metrics.clicks as f64 * day.completeness).sum();
    if clicks > 0.0 { known / clicks } else { 1.0 }
}

fn ctr(days: &[DayFigures]) -> Option<Estimate> {
    let sum = |part: fn(&Metrics) -> u64| days.iter().map(|day| part(&day.metrics)).sum::<u64>();
    let (impressions, clicks) = (sum(|metrics| metrics.impressions), sum(|metrics| metrics.clicks));
    let share = Proportion::new(clicks, impressions).ok().filter(|_| impressions >= LEAST_IMPRESSIONS)?;
    share.wilson(LEVEL).ok().map(Estimate::from)
}

/// ROAS or CPA over days, as it will be once the share of conversions that is missing has come in.
fn late(kind: FeedbackKind, days: &[DayFigures], share: f64) -> Option<Estimate> {
    let conversions = days.iter().map(|day| day.metrics.conversions).sum::<u64>();
    if conversions < LEAST_CONVERSIONS {
        return None;
    }
    let is_cost = kind == FeedbackKind::CpaHigh;
    let pair = |day: &DayFigures| {
        let (spend, metrics) = (day.metrics.spend.to_units(), &day.metrics);
        if is_cost { (spend, metrics.conversions as f64) } else { (metrics.revenue.to_units(), spend) }
    };
    let pairs: Vec<_> = days.iter().map(pair).filter(|(_, below)| *below > 0.0).collect();
    let found = Estimate { sample_size: conversions, ..ratio::ratio_of_sums(&pairs, LEVEL)?.into() };
    // A tenth is the least that is believed of a delay curve: below it, one late order would be worth ten.
    let share = share.max(0.1);
    Some(scaled(found, if is_cost { share } else { 1.0 / share }))
}

fn scaled(mut estimate: Estimate, factor: f64) -> Estimate {
    estimate.value *= factor;
    estimate.low *= factor;
    estimate.high *= factor;
    estimate
}

fn message(input: &AnalystInput, target: &Target, (found, wanted): (Measured, f64)) -> Feedback {
    let (current, shown) = (found.estimate.value * target.shown, wanted * target.shown);
    Feedback {
        id: format!("{}/{}/{}", input.run, target.kind, input.window_end),
        recipient: target.recipient,
        kind: target.kind,
        object: None,
        message: Message::new(target.key),
        data: BTreeMap::from([(target.current.to_owned(), current), ("target".to_owned(), shown)]),
        evidence: found.estimate,
        maturity: found.maturity,
        window_end: found.end,
        round: input.round,
    }
}

/// How the metric of each accepted feedback has moved over the days after its answer, up to the next answer for good of its kind; none
/// while those days are thin or immature.
pub(super) fn effects(input: &AnalystInput) -> Vec<Effect> {
    let accepted = input.answered.iter().filter(|known| known.response.answer == Answer::Accepted);
    accepted.filter_map(|known| effect(input, known)).collect()
}

fn effect(input: &AnalystInput, known: &Answered) -> Option<Effect> {
    let (kind, from) = (known.feedback.kind, known.response.answered_at?);
    TARGETS.iter().find(|target| target.kind == kind)?;
    let later = input.answered.iter().filter(|other| is_settled(other, kind)).filter_map(|it| it.response.answered_at);
    let until = later.filter(|at| *at > from).min();
    let found = measured(input, kind, days(input, Some(from), until))?;
    let mut change = Some(found)
        .filter(|found| found.maturity == Maturity::Mature)
        .and_then(|found| change_between(&known.feedback.evidence, &found.estimate))?;
    if known.response.done.as_ref().is_none_or(|done| done.confirmed == 0) {
        change.warnings.push(Message::new("warning-nothing-changed"));
    }
    Some(Effect { feedback: known.feedback.id.clone(), change })
}

/// The later window against the earlier one; none where the earlier one is zero.
fn change_between(before: &Estimate, after: &Estimate) -> Option<Estimate> {
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
