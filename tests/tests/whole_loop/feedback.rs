//! Feedback from the review to what control did, to its effect, to the next plan.

use std::sync::Arc;

use adbrain_core::agent::strategist::{Strategist, StrategistInput};
use adbrain_core::agent::{Agent, Review};
use adbrain_core::brain::{Brain, RunRequest, RunResult};
use adbrain_core::model::{Answer, Feedback, FeedbackKind, Message, Response, Strategy, canonical_json};
use adbrain_core::report::Report;

use super::{local, request, run};

fn pairs(result: &RunResult) -> impl Iterator<Item = (&Feedback, &Response)> {
    assert_eq!(result.feedback.len(), result.responses.len(), "each feedback has one answer");
    result
        .feedback
        .iter()
        .zip(&result.responses)
        .inspect(|(feedback, response)| assert_eq!(feedback.id, response.feedback))
}

/// Targets that the simulated market does not reach.
fn demanding(seed: u64, days: u32) -> RunRequest {
    let mut request = RunRequest { days: Some(days), ..request(seed) };
    request.brief.targets.min_roas = 30.0;
    request.brief.targets.min_ctr = 0.2;
    request
}

#[tokio::test]
async fn what_is_accepted_is_done_and_its_effect_is_followed_and_the_next_plan_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let brain = local(folder.path()).await;
    let first = run(&brain, demanding(7, 28)).await;
    let of = |kind: FeedbackKind| pairs(&first).filter(move |(feedback, _)| feedback.kind == kind);
    let (_, ctr) = of(FeedbackKind::CtrLow).next().unwrap();
    assert_eq!((ctr.answer, of(FeedbackKind::CtrLow).count()), (Answer::Accepted, 1), "clicks do not come late");
    assert_eq!(ctr.note.as_ref().unwrap().key, "response-next-plan");
    let is_accepted = |(_, response): &(&Feedback, &Response)| response.answer == Answer::Accepted;
    let (feedback, accepted) = of(FeedbackKind::RoasLow).find(is_accepted).unwrap();
    let done = accepted.done.as_ref().unwrap();
    assert!(done.confirmed > 0 && done.asked >= done.confirmed, "{done:?}");
    let moved = first.actions.iter().filter(|outcome| outcome.cause == feedback.id);
    assert_eq!(moved.count() as u64, done.asked);
    let effect = accepted.effect.as_ref().unwrap();
    assert!(effect.low <= effect.value && effect.value <= effect.high && effect.sample_size >= 30, "{effect:?}");
    let is_drift = |message: &Message| message.key == "refused-drift";
    assert!(!first.actions.iter().filter_map(|outcome| outcome.reason.as_ref()).any(is_drift), "{:#?}", first.actions);
    let text = Report::of(&first).markdown(adbrain_core::model::Language::English).unwrap();
    assert!(text.contains(&format!("{} of {} changes confirmed", done.confirmed, done.asked)), "{text}");

    let second = run(&brain, demanding(8, 1)).await;
    let told = |choice: &str| {
        let of = |reason: &&adbrain_core::model::Reason| {
            reason.choice == choice && reason.message.key.starts_with("reason-earlier-")
        };
        second.strategy.reasons.iter().find(of)
    };
    assert!(told("formats").is_some_and(|reason| reason.evidence[0].subject.contains("ctr_low in run")));
    assert!(told("platform").is_some(), "{:#?}", second.strategy.reasons);
    let shares =
        |result: &RunResult| -> Vec<_> { result.strategy.platforms.iter().map(|choice| choice.budget).collect() };
    assert_ne!(shares(&first), shares(&second));
}

#[tokio::test]
async fn a_target_that_is_reached_gives_no_feedback() {
    let folder = tempfile::tempdir().unwrap();
    let mut easy = RunRequest { days: Some(7), ..request(7) };
    easy.brief.targets.min_ctr = 1e-6;
    easy.brief.targets.min_roas = 1e-6;
    easy.brief.targets.max_cpa = Some(easy.brief.budget);
    let result = run(&local(folder.path()).await, easy).await;
    assert_eq!((result.feedback, result.responses), (vec![], vec![]));
}

#[test]
fn the_same_request_gives_the_same_bytes_on_one_thread_and_on_two() {
    let result = |threads| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let result = runtime.block_on(async { run(&local(folder.path()).await, demanding(7, 21)).await });
        assert!(result.responses.iter().any(|response| response.effect.is_some()));
        canonical_json(&result).unwrap()
    };
    assert_eq!(result(1), result(2));
}

/// Plans as the default strategist does, and agrees to nothing.
struct Stubborn;

#[async_trait::async_trait]
impl Agent for Stubborn {
    type Input = StrategistInput;
    type Output = Strategy;

    async fn run(&self, input: StrategistInput) -> adbrain_core::Result<Strategy> {
        Strategist.run(input).await
    }

    async fn respond(&self, review: &Review) -> adbrain_core::Result<Option<Response>> {
        assert!(!review.platforms.is_empty() && !review.assets.assets.is_empty());
        Ok(Some(Response::new(&review.feedback, Answer::Rejected, Message::new("we know better"))))
    }
}

#[tokio::test]
async fn an_agent_of_ones_own_answers_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db")).strategist(Arc::new(Stubborn));
    let result = run(&builder.build().await.unwrap(), demanding(7, 14)).await;
    let own = pairs(&result).find(|(feedback, _)| feedback.kind == FeedbackKind::RoasLow).unwrap().1;
    assert_eq!((own.answer, own.plan.key.as_str()), (Answer::Rejected, "we know better"));
    assert!(result.actions.iter().all(|outcome| outcome.cause != own.feedback));
}
