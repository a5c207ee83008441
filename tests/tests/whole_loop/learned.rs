//! What the loop learns while it runs: audiences that tire.

use adbrain_core::brain::RunRequest;
use adbrain_core::measure::import_csv;
use adbrain_core::model::{Answer, FeedbackKind, History, Platform, Recipient, Response};
use adbrain_core::report::Report;

use super::{local, request, run};

fn history() -> History {
    let text = std::fs::read(adbrain_tests::root().join("examples/history.csv")).unwrap();
    import_csv(&text, None, "BRL".parse().unwrap()).unwrap()
}

/// The example on two platforms for so many days from a day on.
fn from(start: &str, days: u32) -> RunRequest {
    let mut request = RunRequest { days: Some(days), history: Some(history()), ..request(7) };
    request.brief.platforms = vec![Platform::Meta, Platform::TikTok];
    request.brief.flight.start = start.parse().unwrap();
    request.brief.flight.end = request.brief.flight.start.saturating_add(jiff::ToSpan::days(29));
    request
}

fn keys(reasons: &[adbrain_core::model::Reason]) -> Vec<&str> {
    reasons.iter().map(|reason| reason.message.key.as_str()).collect()
}

#[tokio::test]
async fn an_audience_that_tires_is_told_before_launch_and_by_its_measured_days() {
    let folder = tempfile::tempdir().unwrap();
    let mut small = from("2027-01-04", 7);
    small.brief.audiences[0].size = Some(20_000);
    let result = run(&local(folder.path()).await, small).await;
    let planned = keys(&result.plan.reasons);
    assert_eq!(planned.iter().filter(|key| **key == "reason-audience-tires").count(), 2, "{planned:?}");
    let of = |kind| result.feedback.iter().filter(move |feedback| feedback.kind == kind).collect::<Vec<_>>();
    let told = of(FeedbackKind::AudienceTires);
    assert!(!told.is_empty(), "{:?}", result.feedback);
    for feedback in told {
        assert_eq!(feedback.recipient, Recipient::Optimizer);
        let evidence = &feedback.evidence;
        assert_eq!((evidence.method.as_str(), evidence.sample_size), ("gamma_poisson_grid", 7));
        assert!(
            evidence.value < 7.0 && evidence.low <= evidence.value && evidence.value <= evidence.high,
            "{evidence:?}"
        );
        assert!(
            result
                .plan
                .campaigns
                .iter()
                .flat_map(|campaign| &campaign.ad_sets)
                .any(|set| Some(&set.tag) == feedback.object.as_ref())
        );
        let is_answer = |response: &&Response| response.feedback == feedback.id;
        let answer = result.responses.iter().find(is_answer).unwrap();
        assert_eq!((answer.answer, answer.plan.key.as_str()), (Answer::Accepted, "response-expand-audience"));
    }
    for (language, text) in [("en", "nearly saturated"), ("pt-BR", "quase saturada")] {
        let report = Report::of(&result).markdown(language.parse().unwrap()).unwrap();
        assert!(report.contains(text), "{language}");
    }
}

#[tokio::test]
async fn a_large_audience_lasts_and_nobody_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let result = run(&local(folder.path()).await, from("2027-01-04", 7)).await;
    let planned = keys(&result.plan.reasons);
    assert_eq!(planned.iter().filter(|key| **key == "reason-audience-lasts").count(), 2, "{planned:?}");
    assert!(result.feedback.iter().all(|feedback| feedback.kind != FeedbackKind::AudienceTires));
}
