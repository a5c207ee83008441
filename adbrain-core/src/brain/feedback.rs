//! The feedback loop: the analyst's review of a window, the answers of the other agents, and what control does about them.

use std::collections::BTreeMap;

use super::monitor::Progress;
use super::session::Session;
use super::{delivery, summary, trial};
use crate::agent::analyst::{self, Analysis, AnalystInput};
use crate::agent::{creative, optimizer, strategist};
use crate::error::Result;
use crate::measure;
use crate::model::{Answer, AssetSet, Feedback, MediaPlan, Metrics, Money, Platform, Recipient, Response};
use crate::platform::{InsightsQuery, InsightsStep};

/// Spend and ROAS of each platform.
type Results = BTreeMap<Platform, (Money, Option<f64>)>;

/// Lets the analyst look at everything up to the end of the last watched day.
pub(super) async fn review(
    session: &Session,
    (plan, progress): (&MediaPlan, &Progress),
    round: u32,
) -> Result<Analysis> {
    let flight = &session.brief.flight;
    let (start, end) = (flight.start_of_day(0)?, flight.start_of_day(progress.days)?);
    session.clock.set(end);
    let rows = session.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await?;
    let completeness = measure::overall_completeness(&rows, end).unwrap_or(1.0);
    let days = measure::by_day(&rows, &flight.zone()?)?;
    let input = AnalystInput {
        run: session.run.clone(),
        brief: session.brief.clone(),
        tests: plan.tests.clone(),
        readouts: trial::readouts(session, plan, &rows)?,
        ads: summary::ads(&rows)?,
        days: days.into_values().collect(),
        audiences: delivery::audiences(session, plan, &progress.delivered).await?,
        window_end: end,
        completeness,
        maturity: measure::maturity_of(completeness),
        round,
    };
    session.parts.analyst.run(input).await
}

/// Lets each recipient answer once, hands accepted changes to control, and follows the effect of earlier answers.
pub(super) async fn answer(
    session: &Session,
    plan: &MediaPlan,
    (mut progress, analysis, assets): (Progress, &Analysis, &AssetSet),
) -> Result<Progress> {
    // The first moment of the next day: nothing of it has been spent. A resumed run comes here without the review.
    session.clock.set(session.brief.flight.start_of_day(progress.days)?);
    let control = session.control(&plan.limits).await?;
    let results = results(session, &progress).await?;
    for feedback in &analysis.feedback {
        if progress.feedback.iter().any(|known| known.id == feedback.id) {
            continue;
        }
        follow(&mut progress, feedback);
        let response = respond(feedback, (&results, assets));
        if response.answer == Answer::Accepted && progress.days < session.days {
            let changes = optimizer::corrections(feedback, plan, &results)?;
            progress.actions.extend(control.submit(&changes).await?);
        }
        progress.feedback.push(feedback.clone());
        progress.responses.push(response);
    }
    Ok(progress)
}

fn respond(feedback: &Feedback, (results, assets): (&Results, &AssetSet)) -> Response {
    match feedback.recipient {
        Recipient::Strategist => strategist::respond(feedback, results),
        Recipient::Creative => creative::respond(feedback, assets),
        Recipient::Optimizer => optimizer::respond(feedback),
    }
}

/// Writes into the newest accepted answer to the same kind of feedback how the metric has moved since.
fn follow(progress: &mut Progress, feedback: &Feedback) {
    let is_same = |known: &&Feedback| known.kind == feedback.kind && known.object == feedback.object;
    let earlier = progress.feedback.iter().rev().find(is_same);
    let Some(earlier) = earlier else { return };
    let answer = progress.responses.iter_mut().find(|response| response.feedback == earlier.id);
    if let Some(answer) = answer {
        answer.effect = analyst::effect(&earlier.evidence, &feedback.evidence);
    }
}

/// Spend and ROAS of each platform so far.
async fn results(session: &Session, progress: &Progress) -> Result<Results> {
    let flight = &session.brief.flight;
    let (start, end) = (flight.start_of_day(0)?, flight.start_of_day(progress.days)?);
    let rows = session.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await?;
    let platforms = measure::by_platform(&rows)?;
    let figures = |metrics: &Metrics| (metrics.spend, metrics.roas());
    Ok(platforms.iter().map(|(platform, metrics)| (*platform, figures(metrics))).collect())
}
