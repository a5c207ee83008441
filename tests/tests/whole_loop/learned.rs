//! What the loop learns while it runs: audiences that tire, personas of the brand's people.

use std::path::Path;
use std::sync::Arc;

use adbrain_core::brain::{Brain, RunRequest, RunResult, Watch};
use adbrain_core::measure::import_csv;
use adbrain_core::model::{
    AgeRange, Answer, FeedbackKind, Gender, History, Platform, Recipient, Response, canonical_json,
};
use adbrain_core::persona::{People, Profile, Source};
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

/// 300 women of 25 to 34 and 300 men of 45 to 54, as analytics counts them.
fn people() -> People {
    let group = |min, max, gender, hour| Profile {
        ages: Some(AgeRange { min, max }),
        gender: Some(gender),
        day_hours: [(hour, 30)].into(),
        ..Profile::of(Source::Analytics, 30)
    };
    let rows = (0..10).flat_map(|_| [group(25, 34, Gender::Female, 21), group(45, 54, Gender::Male, 8)]);
    let mut people = People::default();
    people.add(rows.collect()).unwrap();
    people
}

async fn with_people(folder: &Path, people: People, request: RunRequest) -> RunResult {
    let brain = Brain::builder().local(&folder.join("brain.db")).people(Arc::new(people)).build().await.unwrap();
    brain.run(request, Watch::default()).await.unwrap()
}

#[tokio::test]
async fn the_people_of_the_brand_become_evidence_and_audiences() {
    let folder = tempfile::tempdir().unwrap();
    let result = with_people(folder.path(), people(), request(7)).await;
    assert_eq!(result.people.as_ref().unwrap().personas.len(), 2);
    // The brief's audience is 25 to 44: it reaches the women by their ages, and not the men.
    let is_people = |reason: &&adbrain_core::model::Reason| reason.message.key == "reason-persona-size";
    let told: Vec<_> = result.strategy.reasons.iter().filter(is_people).collect();
    assert_eq!(told.len(), 1, "{:?}", result.strategy.reasons);
    assert_eq!(told[0].evidence[0].source, "persona");
    let report = Report::of(&result).markdown("pt-BR".parse().unwrap()).unwrap();
    assert!(report.contains("300 pessoas da marca"), "{report}");
    let mut open = request(7);
    open.brief.audiences.clear();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let strategy = with_people(first.path(), people(), open.clone()).await;
    assert!(strategy.strategy.audiences.iter().all(|audience| audience.name.starts_with("persona-")));
    assert!(keys(&strategy.strategy.reasons).contains(&"reason-audience-persona"));
    let again = with_people(second.path(), people(), open.clone()).await;
    assert_eq!(canonical_json(&strategy).unwrap(), canonical_json(&again).unwrap());
    let other = run(&local(folder.path()).await, open).await;
    assert!(other.run != strategy.run && other.people.is_none());
}

#[tokio::test]
async fn too_few_people_are_told_and_stop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut few = People::default();
    few.add(vec![Profile { gender: Some(Gender::Male), ..Profile::of(Source::Social, 30) }]).unwrap();
    let result = with_people(folder.path(), few, RunRequest { days: Some(1), ..request(7) }).await;
    let people = result.people.unwrap();
    assert!(people.personas.is_empty() && people.notes[0].key == "personas-too-few");
}
