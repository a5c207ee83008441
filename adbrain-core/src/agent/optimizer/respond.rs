//! The optimizer's answers to feedback, and what they change at once.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::model::{
    AdSetDraft, Answer, Change, ChangeKind, Feedback, FeedbackKind, MediaPlan, Message, Money, Platform, Response,
};

/// Answers a feedback about cost per conversion (thin or immature data waits, else bids and budgets are cut by a step) or about an audience
/// that tires.
pub fn respond(feedback: &Feedback) -> Response {
    if feedback.kind == FeedbackKind::AudienceTires {
        return expand(feedback);
    }
    let cut = || Response::new(feedback, Answer::Accepted, Message::new("response-cut-costly"));
    Response::waiting(feedback).unwrap_or_else(cut)
}

/// Without its interests an audience must hold this many times its people, or there is hardly anyone to expand to.
const WIDER: f64 = 1.2;

/// An audience is expanded by leaving out its interests, in the next plan: a running ad set would learn anew.
fn expand(feedback: &Feedback) -> Response {
    let people = |key: &str| feedback.data.get(key).copied().filter(|people| people.is_finite());
    let wider = people("people").zip(people("people_without_interests"));
    match wider.filter(|(now, wider)| *wider >= WIDER * now) {
        Some((_, wider)) => {
            #[expect(clippy::cast_possible_truncation, reason = "a cast to a whole number saturates")]
            let plan = Message::new("response-expand-audience").with("people", libm::round(wider) as i64);
            Response::new(feedback, Answer::Accepted, plan)
        }
        None => Response::new(feedback, Answer::Rejected, Message::new("response-no-wider-audience")),
    }
}

/// The greatest part of a daily budget that one correction moves, in percent.
const STEP_PERCENT: i64 = 20;

/// What an accepted feedback changes at once: the worst platform's daily budgets are cut by a step, and where ROAS is low the
/// best platform's are raised by at most the same amount. Feedback about CTR and about audiences changes the next plan alone.
pub fn corrections(
    feedback: &Feedback,
    plan: &MediaPlan,
    results: &BTreeMap<Platform, (Money, Option<f64>)>,
) -> Result<Vec<Change>> {
    let known = || results.iter().filter_map(|(platform, (_, roas))| roas.map(|roas| (*platform, roas)));
    let worst = known().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(platform, _)| platform);
    let best = known().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(platform, _)| platform);
    let (Some(worst), Some(best)) = (worst, best) else { return Ok(Vec::new()) };
    if matches!(feedback.kind, FeedbackKind::CtrLow | FeedbackKind::AudienceTires) || worst == best {
        return Ok(Vec::new());
    }
    let mut changes = steps(plan, worst, &feedback.id, -STEP_PERCENT)?;
    if feedback.kind == FeedbackKind::RoasLow {
        let freed: i64 = changes.iter().map(change_in_micros).sum();
        let raises = steps(plan, best, &feedback.id, STEP_PERCENT)?;
        let mut left = -freed;
        for raise in raises {
            left -= change_in_micros(&raise);
            if left >= 0 {
                changes.push(raise);
            }
        }
    }
    Ok(changes)
}

fn change_in_micros(change: &Change) -> i64 {
    match &change.kind {
        ChangeKind::SetDailyBudget { before, after } => after.micros() - before.micros(),
        _ => 0,
    }
}

fn steps(plan: &MediaPlan, platform: Platform, cause: &str, percent: i64) -> Result<Vec<Change>> {
    let sets =
        plan.campaigns.iter().filter(|campaign| campaign.platform == platform).flat_map(|campaign| &campaign.ad_sets);
    let step = |set: &AdSetDraft| {
        let after = set.daily_budget.scale(100 + percent, 100)?.floor_to_minor_unit();
        Ok(Change {
            platform,
            target: set.tag.clone(),
            kind: ChangeKind::SetDailyBudget { before: set.daily_budget, after },
            cause: cause.to_owned(),
        })
    };
    sets.map(step).collect()
}
