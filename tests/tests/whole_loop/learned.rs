//! What the loop learns while it runs and from run to run: tiring audiences, personas of the brand's people, new trainings of the predictor.

use std::path::Path;
use std::sync::{Arc, Mutex};

use adbrain_core::brain::{Brain, RunRequest, RunResult, Watch};
use adbrain_core::measure::import_file;
use adbrain_core::model::{
    AgeRange, Answer, Estimate, FeedbackKind, Gender, History, Platform, Recipient, Response, canonical_json,
};
use adbrain_core::persona::{People, Profile, Source};
use adbrain_core::predict::{PredictionInput, RoasPredictor};
use adbrain_core::report::Report;
use adbrain_core::{Predictor, Result};

use super::{local, request, run};

fn history() -> History {
    let text = std::fs::read(adbrain_tests::root().join("examples/history.csv")).unwrap();
    import_file(&text, None, "BRL".parse().unwrap()).unwrap()
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

/// What a predictor was taught: the rows of each lesson, as bytes.
type Lessons = Arc<Mutex<Vec<Vec<u8>>>>;

/// The usual predictor, which writes down what it is taught; `is_off` makes it expect nonsense, and be sure of it.
struct Watched {
    lessons: Lessons,
    is_off: bool,
    inner: Arc<dyn Predictor>,
}

#[async_trait::async_trait]
impl Predictor for Watched {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        let off = |estimate: Estimate| Estimate { value: 400.0, low: 399.0, high: 401.0, ..estimate };
        let found = self.inner.predict_roas(inputs).await?;
        Ok(if self.is_off { found.into_iter().map(off).collect() } else { found })
    }

    fn learnt_from(&self, history: &History) -> Result<Option<Arc<dyn Predictor>>> {
        self.lessons.lock().unwrap().push(canonical_json(&history.rows)?);
        let inner = self.inner.learnt_from(history)?.unwrap_or_else(|| self.inner.clone());
        Ok(Some(Arc::new(Self { lessons: self.lessons.clone(), is_off: self.is_off, inner })))
    }
}

/// A brain over a store of its own whose predictor is watched.
async fn watched(folder: &Path, is_off: bool) -> (Brain, Lessons) {
    let lessons = Lessons::default();
    let predictor = Watched { lessons: lessons.clone(), is_off, inner: Arc::new(RoasPredictor::new(0)) };
    let builder = Brain::builder().local(&folder.join("brain.db")).predictor(Arc::new(predictor));
    (builder.build().await.unwrap(), lessons)
}

fn why(result: &RunResult) -> Vec<&str> {
    result.training.as_ref().unwrap().reasons.iter().map(|reason| reason.key.as_str()).collect()
}

fn rows(lesson: &[u8]) -> Vec<serde_json::Value> {
    serde_json::from_slice(lesson).unwrap()
}

#[tokio::test]
async fn a_later_run_learns_from_an_earlier_one_on_schedule_and_keeps_its_model_before() {
    let folder = tempfile::tempdir().unwrap();
    let (brain, lessons) = watched(folder.path(), false).await;
    let first = run(&brain, from("2027-01-04", 14)).await;
    let training = first.training.clone().unwrap();
    assert_eq!((why(&first), training.rows, training.is_new), (vec!["retrain-first"], 200, true));
    assert!(first.retraining.as_ref().unwrap().is_due, "fourteen days later a week has passed");

    // Three days later: nothing of the first run has settled by then that could be known, and the model is kept.
    let kept = run(&brain, from("2027-01-07", 1)).await;
    let training = kept.training.clone().unwrap();
    assert_eq!((training.is_new, &training.run, why(&kept)), (false, &first.run, vec!["retrain-none"]));
    {
        let lessons = lessons.lock().unwrap();
        assert_eq!((lessons.len(), &lessons[0]), (2, &lessons[1]), "the same rows, and so the same model");
    }
    // A month later: a week has passed, and the settled days of the first run's ads are in.
    let later = run(&brain, from("2027-02-04", 1)).await;
    let training = later.training.clone().unwrap();
    assert!(training.is_new && why(&later).contains(&"retrain-schedule"), "{training:?}");
    let lesson = rows(&lessons.lock().unwrap()[2]);
    let own: Vec<_> =
        lesson.iter().filter(|row| row["campaign"].as_str().unwrap().starts_with(first.run.as_str())).collect();
    assert_eq!((lesson.len(), own.len() as u64), (200 + own.len(), training.rows - 200));
    assert!(own.len() > 20, "{}", own.len());
    let last = own.iter().map(|row| row["date"].as_str().unwrap()).max().unwrap();
    assert!(("2027-01-11".."2027-01-14").contains(&last), "late conversions: {last}");
    let spent: i64 = first.days.iter().map(|day| day.metrics.spend.micros()).sum();
    assert!(spent > 0 && own.iter().all(|row| row["metrics"]["spend"]["amount"] != "0.00"));

    // Without a history of its own a run goes on with that of the model, and its own past.
    let bare = RunRequest { history: None, ..from("2027-03-20", 1) };
    let bare = run(&brain, bare).await;
    assert!(bare.training.as_ref().unwrap().rows >= training.rows && why(&bare).contains(&"retrain-schedule"));
    // The finished run is given back as it was, and teaches nothing a second time.
    let before = lessons.lock().unwrap().len();
    let again = run(&brain, from("2027-02-04", 1)).await;
    assert_eq!(canonical_json(&again).unwrap(), canonical_json(&later).unwrap());
    assert_eq!(lessons.lock().unwrap().len(), before);
}

#[tokio::test]
async fn forecasts_that_held_badly_call_for_a_new_model() {
    let folder = tempfile::tempdir().unwrap();
    let (brain, _) = watched(folder.path(), true).await;
    let first = run(&brain, from("2027-01-04", 14)).await;
    let due = first.retraining.as_ref().unwrap();
    assert!(due.reasons.iter().any(|reason| reason.key == "retrain-drift"), "{due:?}");
    let second = run(&brain, from("2027-01-18", 1)).await;
    assert!(why(&second).contains(&"retrain-drift"), "{:?}", second.training);
    let (steady, _) = watched(tempfile::tempdir().unwrap().path(), false).await;
    let fine = run(&steady, from("2027-01-04", 14)).await;
    assert!(
        fine.retraining.unwrap().reasons.iter().all(|reason| reason.key != "retrain-drift"),
        "{:?}",
        fine.forecasts
    );
}

#[tokio::test]
async fn a_run_learns_nothing_of_days_that_are_still_to_come_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (brain, lessons) = watched(folder.path(), false).await;
    run(&brain, from("2027-01-18", 14)).await;
    let earlier = run(&brain, from("2027-01-04", 1)).await;
    assert_eq!(why(&earlier), ["retrain-first"]);
    assert_eq!(rows(&lessons.lock().unwrap()[1]).len(), 200);
}
