//! The feedback loop: the analyst's review of a window, the answers of the other agents, what control does about them, and what the next
//! plan is told.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::amounts;
use super::monitor::Progress;
use super::session::Session;
use super::{delivery, summary, trial};
use crate::agent::analyst::{Analysis, AnalystInput, DayFigures};
use crate::agent::optimizer::corrections;
use crate::agent::{Review, Standing, Standings, creative, optimizer, strategist};
use crate::control::{Control, JournalState, Outcome};
use crate::error::Result;
use crate::measure;
use crate::model::{
    Answer, Answered, AssetSet, Done, Feedback, MediaPlan, Message, MetricsRow, Recipient, Response, Tag,
};

/// What the analyst found, and how the platforms stood when it looked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reviewed {
    pub(super) analysis: Analysis,
    platforms: Standings,
}

/// Lets the analyst look at everything up to the end of the last watched day.
pub(super) async fn review(
    session: &Session,
    (plan, progress): (&MediaPlan, &Progress),
    round: u32,
) -> Result<Reviewed> {
    let flight = &session.brief.flight;
    let end = flight.start_of_day(progress.days)?;
    session.clock.set(end);
    let known_at = session.known_at(progress.days).await?;
    let rows = session.ad_rows(plan, (progress.days, known_at)).await?;
    let completeness = measure::overall_completeness(&rows, known_at).unwrap_or(1.0);
    let input = AnalystInput {
        run: session.run.clone(),
        brief: session.brief.clone(),
        tests: plan.tests.clone(),
        readouts: trial::readouts(session, plan, &rows)?,
        ads: summary::ads(&rows)?,
        days: days(session, &rows, (progress.days, known_at))?,
        answered: answered(progress),
        audiences: delivery::audiences(session, plan, &progress.delivered).await?,
        window_end: end,
        completeness,
        maturity: measure::maturity_of(completeness),
        round,
    };
    Ok(Reviewed { analysis: session.parts.analyst.run(input).await?, platforms: standings(&rows, known_at)? })
}

/// The figures of each of the first `count` days as they were known at a moment.
fn days(session: &Session, rows: &[MetricsRow], (count, known_at): (i64, jiff::Timestamp)) -> Result<Vec<DayFigures>> {
    let flight = &session.brief.flight;
    let mut found = Vec::new();
    for day in 0..count {
        let (start, next) = (flight.start_of_day(day)?, flight.start_of_day(day + 1)?);
        let own: Vec<_> = rows.iter().filter(|row| row.start >= start && row.start < next).cloned().collect();
        let completeness = measure::overall_completeness(&own, known_at).unwrap_or(1.0);
        found.push(DayFigures { start, metrics: measure::total(&own, session.brief.currency())?, completeness });
    }
    Ok(found)
}

/// Everything that was said, with its answer.
fn answered(progress: &Progress) -> Vec<Answered> {
    let of = |feedback: &Feedback| progress.responses.iter().find(|response| response.feedback == feedback.id).cloned();
    let pairs = progress.feedback.iter().filter_map(|feedback| Some((feedback.clone(), of(feedback)?)));
    pairs.map(|(feedback, response)| Answered { feedback, response }).collect()
}

/// How each platform has done, as it will be once late conversions are in: a slow platform is not taken for a bad one.
fn standings(rows: &[MetricsRow], end: jiff::Timestamp) -> Result<Standings> {
    let sums = measure::by_platform(rows)?;
    let standing = |(platform, metrics): (_, &crate::model::Metrics)| {
        let own: Vec<_> = rows.iter().filter(|row| row.platform == platform).cloned().collect();
        let share = measure::overall_completeness(&own, end).unwrap_or(1.0).max(0.1);
        let expected = (metrics.roas().map(|roas| roas / share), metrics.cpa().map(|cpa| cpa * share));
        (platform, Standing { spend: metrics.spend, roas: expected.0, cpa: expected.1 })
    };
    Ok(sums.iter().map(|(platform, metrics)| standing((*platform, metrics))).collect())
}

/// Lets each recipient answer once, hands accepted changes to control, and keeps what became of earlier answers.
pub(super) async fn answer(
    session: &Session,
    plan: &MediaPlan,
    (mut progress, reviewed, assets): (Progress, &Reviewed, &AssetSet),
) -> Result<Progress> {
    // The first moment of the next day: nothing of it has been spent. A resumed run comes here without the review.
    session.clock.set(session.brief.flight.start_of_day(progress.days)?);
    let (now, is_fresh) = (session.known_at(progress.days).await?, session.is_fresh(progress.days)?);
    let control = session.control(&plan.limits).await?;
    follow(&mut progress, reviewed);
    look_again(&mut progress, &reviewed.analysis.feedback);
    let plan = amounts::as_it_is(plan, &progress.amounts);
    let mut moved = BTreeSet::new();
    for feedback in &reviewed.analysis.feedback {
        if progress.feedback.iter().any(|known| known.id == feedback.id) {
            continue;
        }
        let platforms = reviewed.platforms.clone();
        let review = Review { feedback: feedback.clone(), platforms, assets: assets.clone() };
        let mut response = Response { answered_at: Some(now), ..respond(session, &review).await? };
        if response.answer == Answer::Accepted && !is_fresh {
            response.note = Some(Message::new("response-day-passed"));
        } else if response.answer == Answer::Accepted && progress.days < session.days {
            let outcomes = act(&control, (&plan, &review), (&mut response, &mut moved)).await?;
            progress.actions.extend(outcomes);
        } else if response.answer == Answer::Accepted {
            response.note = Some(Message::new("response-run-ends"));
        }
        progress.feedback.push(feedback.clone());
        progress.responses.push(response);
    }
    if !moved.is_empty() {
        progress.amounts = amounts::read(session, &plan).await?;
    }
    Ok(progress)
}

/// The recipient's own answer, or that of the default agent's rule.
async fn respond(session: &Session, review: &Review) -> Result<Response> {
    let (parts, feedback) = (&session.parts, &review.feedback);
    let own = match feedback.recipient {
        Recipient::Strategist => parts.strategist.respond(review).await?,
        Recipient::Creative => parts.creative(&session.brief_folder)?.respond(review).await?,
        Recipient::Optimizer => parts.optimizer.respond(review).await?,
    };
    let by_rule = || match feedback.recipient {
        Recipient::Strategist => strategist::respond(feedback, &review.platforms),
        Recipient::Creative => creative::respond(feedback, &review.assets),
        Recipient::Optimizer => optimizer::respond(feedback),
    };
    // The answer is to this feedback, whatever an agent of one's own writes.
    Ok(Response { feedback: feedback.id.clone(), ..own.unwrap_or_else(by_rule) })
}

/// Hands to control what an accepted answer changes at once, and writes into the answer what came of it.
async fn act(
    control: &Control,
    (plan, review): (&MediaPlan, &Review),
    (response, moved): (&mut Response, &mut BTreeSet<Tag>),
) -> Result<Vec<Outcome>> {
    let changes = corrections(&review.feedback, plan, (&review.platforms, moved))?;
    if changes.is_empty() {
        let all = corrections(&review.feedback, plan, (&review.platforms, &BTreeSet::new()))?;
        let key = if all.is_empty() { "response-next-plan" } else { "response-moved-before" };
        response.note = Some(Message::new(key));
        return Ok(Vec::new());
    }
    let outcomes = control.submit(&changes).await?;
    moved.extend(changes.into_iter().map(|change| change.target));
    response.done = Some(done(&outcomes));
    Ok(outcomes)
}

fn done(outcomes: &[Outcome]) -> Done {
    let is_confirmed = |outcome: &&Outcome| outcome.state == JournalState::Confirmed;
    let mut reasons: Vec<Message> = Vec::new();
    for reason in outcomes.iter().filter_map(|outcome| outcome.reason.as_ref()) {
        if !reasons.contains(reason) {
            reasons.push(reason.clone());
        }
    }
    let confirmed = outcomes.iter().filter(is_confirmed).count() as u64;
    Done { asked: outcomes.len() as u64, confirmed, reasons }
}

/// Writes into earlier answers how their metrics have moved since.
fn follow(progress: &mut Progress, reviewed: &Reviewed) {
    for effect in &reviewed.analysis.effects {
        if let Some(response) = progress.responses.iter_mut().find(|response| response.feedback == effect.feedback) {
            response.effect = Some(effect.change.clone());
        }
    }
}

/// Writes into deferred answers what this review found: the target is still missed, and the new feedback is answered, or no longer.
fn look_again(progress: &mut Progress, found: &[Feedback]) {
    for (feedback, response) in progress.feedback.iter().zip(&mut progress.responses) {
        if response.answer != Answer::Deferred || response.note.is_some() {
            continue;
        }
        let again = found.iter().find(|later| later.kind == feedback.kind && later.object == feedback.object);
        response.note = Some(match again {
            Some(later) => Message::new("response-opened-again").with("round", i64::from(later.round)),
            None => Message::new("response-no-longer"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::analyst::tests::feedback;
    use crate::model::{ContentHash, Effect, Estimate, FeedbackKind, Platform};

    /// One feedback about ROAS with its answer.
    fn progress(answer: Answer) -> (Progress, Feedback) {
        let said = feedback(FeedbackKind::RoasLow);
        let response = Response::new(&said, answer, Message::new("response-wait-for-maturity"));
        (Progress { feedback: vec![said.clone()], responses: vec![response], ..Progress::opening() }, said)
    }

    fn note(progress: &Progress) -> Option<&str> {
        progress.responses[0].note.as_ref().map(|note| note.key.as_str())
    }

    #[test]
    fn what_was_deferred_is_opened_again_by_the_next_review_that_finds_it_or_closed() {
        let (mut deferred, said) = progress(Answer::Deferred);
        let later = Feedback { id: "later".into(), round: 2, ..said.clone() };
        let other = Feedback { kind: FeedbackKind::CpaHigh, ..later.clone() };
        look_again(&mut deferred, &[other.clone(), later.clone()]);
        assert_eq!(note(&deferred), Some("response-opened-again"));
        look_again(&mut deferred, &[]);
        assert_eq!(note(&deferred), Some("response-opened-again"), "once is enough");
        let (mut deferred, _) = progress(Answer::Deferred);
        look_again(&mut deferred, &[other]);
        assert_eq!(note(&deferred), Some("response-no-longer"));
        let (mut accepted, _) = progress(Answer::Accepted);
        look_again(&mut accepted, &[later]);
        assert_eq!(note(&accepted), None);
    }

    #[test]
    fn the_newest_effect_stands_in_the_answer_that_it_belongs_to() {
        let (mut progress, said) = progress(Answer::Accepted);
        let change = said.evidence.clone();
        let effect = |feedback: &str, change: &Estimate| Effect { feedback: feedback.into(), change: change.clone() };
        let newest = Estimate { sample_size: 99, ..change.clone() };
        let effects = vec![effect("another", &change), effect(&said.id, &change), effect(&said.id, &newest)];
        let analysis = Analysis { effects, ..Analysis::default() };
        follow(&mut progress, &Reviewed { analysis, platforms: Standings::new() });
        assert_eq!(progress.responses[0].effect, Some(newest));
    }

    #[test]
    fn an_answer_says_what_control_confirmed_and_why_not_more() {
        let outcome = |state, reason: Option<&str>| Outcome {
            entry: ContentHash::of(b"entry"),
            platform: Platform::Meta,
            target: Tag::new("ab01"),
            action: "set_daily_budget".into(),
            cause: "c".into(),
            state,
            object: None,
            reason: reason.map(Message::new),
        };
        let refused = || outcome(JournalState::Refused, Some("refused-learning"));
        let found = done(&[outcome(JournalState::Confirmed, None), refused(), refused()]);
        assert_eq!((found.asked, found.confirmed), (3, 1));
        assert_eq!(found.reasons, [Message::new("refused-learning")]);
    }
}
