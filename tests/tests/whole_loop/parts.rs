//! The loop with parts of the user's own: they are asked, and what they fail with comes back whole.

use std::sync::{Arc, Mutex};

use adbrain_core::agent::Agent;
use adbrain_core::agent::optimizer::{Optimizer, OptimizerInput};
use adbrain_core::agent::workflow::OnFailure;
use adbrain_core::brain::{Brain, BrainBuilder, RunRequest, RunResult, Watch};
use adbrain_core::control::{Mode, head};
use adbrain_core::memory::{InMemory, SimilarQuery};
use adbrain_core::model::{
    AssetContent, AssetSet, BestPractice, Brief, ContentHash, CopySet, Estimate, Format, Language, Learning, MediaPlan,
    Platform, Strategy, WinningCombination,
};
use adbrain_core::predict::PredictionInput;
use adbrain_core::report::Report;
use adbrain_core::{Error, ErrorKind, MemoryStore, Predictor, Result};

use super::{count, request};

/// A store of one's own: keeps everything in memory, and notes what it was asked.
#[derive(Default)]
struct Notebook {
    kept: InMemory,
    calls: Mutex<Vec<&'static str>>,
}

impl Notebook {
    fn note(&self, call: &'static str) {
        self.calls.lock().unwrap().push(call);
    }
}

#[async_trait::async_trait]
impl MemoryStore for Notebook {
    async fn store_learnings(&self, learnings: &[Learning]) -> Result<u64> {
        self.note("store_learnings");
        self.kept.store_learnings(learnings).await
    }

    async fn similar(&self, query: &SimilarQuery) -> Result<Vec<Learning>> {
        self.note("similar");
        self.kept.similar(query).await
    }

    async fn store_best_practices(&self, practices: &[BestPractice]) -> Result<()> {
        self.note("store_best_practices");
        self.kept.store_best_practices(practices).await
    }

    async fn best_practices(&self, industry: &str) -> Result<Vec<BestPractice>> {
        self.note("best_practices");
        self.kept.best_practices(industry).await
    }

    async fn record_combinations(&self, source: &str, combinations: &[WinningCombination]) -> Result<()> {
        self.note("record_combinations");
        self.kept.record_combinations(source, combinations).await
    }

    async fn winning_combinations(&self, limit: u32) -> Result<Vec<WinningCombination>> {
        self.note("winning_combinations");
        self.kept.winning_combinations(limit).await
    }
}

/// A predictor of one's own: expects four times as much of Meta as of the others.
struct Fond;

#[async_trait::async_trait]
impl Predictor for Fond {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        let expect = |input: &PredictionInput| {
            let value = if input.platform == Platform::Meta { 8.0 } else { 2.0 };
            let (low, high, method) = (value / 2.0, value * 2.0, "fond".into());
            Estimate { value, low, high, level: 0.9, method, sample_size: 1, warnings: vec![] }
        };
        Ok(inputs.iter().map(expect).collect())
    }
}

#[tokio::test]
async fn the_loop_plans_by_a_predictor_of_ones_own_and_learns_into_a_store_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Arc::new(Notebook::default());
    let builder = Brain::builder().local(&folder.path().join("brain.db"));
    let brain = builder.memory(memory.clone()).predictor(Arc::new(Fond)).build().await.unwrap();
    let result = brain.run(RunRequest { days: Some(7), ..request(7) }, Watch::default()).await.unwrap();
    let budget = |platform| result.strategy.platforms.iter().find(|choice| choice.platform == platform).unwrap().budget;
    assert!(result.strategy.platforms.iter().all(|choice| choice.expected_roas.method == "fond"));
    assert!(budget(Platform::Meta).micros() > 3 * budget(Platform::Google).micros());
    let calls = memory.calls.lock().unwrap().clone();
    for call in ["best_practices", "similar", "winning_combinations", "store_learnings", "record_combinations"] {
        assert!(calls.contains(&call), "{call} is not in {calls:?}");
    }
    let similar = memory.kept.similar(&SimilarQuery::new("fashion", result.brief.objective)).await.unwrap();
    assert_eq!(similar.len(), result.learnings.len().min(10));
    assert!(!similar.is_empty());
    assert_eq!(count(&brain, "SELECT count(*) FROM campaign_learnings").await, 0, "nothing is kept beside it");
}

/// A copywriter that has a bad day.
struct Tired;

#[async_trait::async_trait]
impl Agent for Tired {
    type Input = Strategy;
    type Output = CopySet;

    async fn run(&self, _: Strategy) -> Result<CopySet> {
        Err(Error::new(ErrorKind::UserCode, "no words today").next("ask again tomorrow"))
    }
}

async fn without_words(on_failure: OnFailure) -> Result<RunResult> {
    let folder = tempfile::tempdir().unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db")).copywriter(Arc::new(Tired));
    builder.build().await?.run(RunRequest { on_failure, ..request(7) }, Watch::default()).await
}

#[tokio::test]
async fn a_branch_that_fails_ends_the_run_or_not_as_the_caller_says() {
    let error = without_words(OnFailure::Abort).await.unwrap_err();
    assert_eq!((error.kind(), error.context_of("step")), (ErrorKind::UserCode, Some("copywriter")));

    let result = without_words(OnFailure::Continue).await.unwrap();
    let [failure] = result.failures.as_slice() else { panic!("{:?}", result.failures) };
    assert_eq!((failure.step.as_str(), failure.kind.as_str()), ("copywriter", "user_code"));
    assert_eq!(
        (failure.message.as_str(), failure.next_step.as_deref()),
        ("no words today", Some("ask again tomorrow"))
    );
    assert!(result.copy.variants.is_empty() && !result.assets.assets.is_empty(), "the other branch went on");
    assert!(!result.plan.campaigns.is_empty());
    for (language, title) in [(Language::English, "Failed steps"), (Language::Portuguese, "Etapas que falharam")] {
        let text = Report::of(&result).markdown(language).unwrap();
        assert!(text.contains(title) && text.contains("no words today"), "{text}");
    }
    let json = String::from_utf8(Report::of(&result).json().unwrap()).unwrap();
    assert!(json.contains("\"failures\":[{"), "{json}");
}

#[derive(Debug)]
struct OwnError;

impl std::fmt::Display for OwnError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("no idea")
    }
}

impl std::error::Error for OwnError {}

fn failed() -> Error {
    Error::new(ErrorKind::UserCode, "my own code failed").caused_by(OwnError)
}

/// Fails wherever it stands.
struct Failing;

#[async_trait::async_trait]
impl Predictor for Failing {
    async fn predict_roas(&self, _: &[PredictionInput]) -> Result<Vec<Estimate>> {
        Err(failed())
    }
}

#[async_trait::async_trait]
impl Agent for Failing {
    type Input = Strategy;
    type Output = CopySet;

    async fn run(&self, _: Strategy) -> Result<CopySet> {
        Err(failed())
    }
}

#[async_trait::async_trait]
impl MemoryStore for Failing {
    async fn store_learnings(&self, _: &[Learning]) -> Result<u64> {
        Err(failed())
    }

    async fn similar(&self, _: &SimilarQuery) -> Result<Vec<Learning>> {
        Err(failed())
    }

    async fn store_best_practices(&self, _: &[BestPractice]) -> Result<()> {
        Err(failed())
    }

    async fn best_practices(&self, _: &str) -> Result<Vec<BestPractice>> {
        Err(failed())
    }

    async fn record_combinations(&self, _: &str, _: &[WinningCombination]) -> Result<()> {
        Err(failed())
    }

    async fn winning_combinations(&self, _: u32) -> Result<Vec<WinningCombination>> {
        Err(failed())
    }
}

#[tokio::test]
async fn what_a_part_fails_with_comes_back_whole() {
    let parts: [fn(BrainBuilder) -> BrainBuilder; 3] = [
        |builder| builder.copywriter(Arc::new(Failing)),
        |builder| builder.memory(Arc::new(Failing)),
        |builder| builder.predictor(Arc::new(Failing)),
    ];
    for (number, part) in parts.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let brain = part(Brain::builder().local(&folder.path().join("brain.db"))).build().await.unwrap();
        let mut error = brain.run(request(7), Watch::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserCode, "part {number}: {error}");
        assert!(error.take_source().is_some_and(|source| source.is::<OwnError>()), "part {number}");
    }
}

/// A predictor that turns its interval round.
struct Wild;

#[async_trait::async_trait]
impl Predictor for Wild {
    async fn predict_roas(&self, inputs: &[PredictionInput]) -> Result<Vec<Estimate>> {
        let answers = Fond.predict_roas(inputs).await?.into_iter();
        Ok(answers.map(|answer| Estimate { low: answer.high, high: answer.low, ..answer }).collect())
    }
}

#[tokio::test]
async fn an_interval_that_does_not_hold_its_value_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db")).predictor(Arc::new(Wild));
    let error = builder.build().await.unwrap().run(request(7), Watch::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UserCode, "{error}");
    assert!(error.to_string().contains("value outside its interval"), "{error}");
}

/// A Creative of one's own that takes any right for a right.
struct Careless(Brief);

#[async_trait::async_trait]
impl Agent for Careless {
    type Input = Strategy;
    type Output = AssetSet;

    async fn run(&self, _: Strategy) -> Result<AssetSet> {
        let folder = tempfile::tempdir().unwrap();
        let brain = Brain::local(&folder.path().join("brain.db")).await?;
        let asked = RunRequest { days: Some(1), ..RunRequest::new(self.0.clone()) };
        let folder = adbrain_tests::root().join("examples");
        let mut assets = brain.run(RunRequest { folder, ..asked }, Watch::default()).await?.assets;
        for asset in &mut assets.assets {
            if let AssetContent::Ugc { rights, .. } = &mut asset.content {
                rights.expires = Some("2020-01-01".parse().unwrap());
            }
        }
        Ok(assets)
    }
}

#[tokio::test]
async fn users_content_without_a_right_gets_no_ad_whoever_made_the_asset() {
    let folder = tempfile::tempdir().unwrap();
    let asked = request(7);
    let builder = Brain::builder().local(&folder.path().join("brain.db"));
    let brain = builder.creative(Arc::new(Careless(asked.brief.clone()))).build().await.unwrap();
    let result = brain.run(RunRequest { mode: Mode::DryRun, ..asked }, Watch::default()).await.unwrap();
    assert!(result.assets.assets.iter().any(|asset| asset.format == Format::Ugc));
    let ads = result.plan.campaigns.iter().flat_map(|campaign| &campaign.ad_sets).flat_map(|ad_set| &ad_set.ads);
    assert!(ads.clone().count() > 0 && !ads.into_iter().any(|ad| ad.creative.format == Format::Ugc));
    assert!(result.plan.reasons.iter().any(|reason| reason.message.key == "creative-skip-rights-expired"));
}

#[tokio::test]
async fn content_that_was_refused_is_refused_under_another_name_too() {
    let folder = tempfile::tempdir().unwrap();
    let brain = Brain::local(&folder.path().join("brain.db")).await.unwrap();
    let mut asked = RunRequest { mode: Mode::DryRun, ..request(7) };
    let mut again = asked.brief.media.last().unwrap().clone();
    (again.is_user_content, again.rights) = (false, None);
    asked.brief.media.insert(0, again);
    let result = brain.run(asked, Watch::default()).await.unwrap();
    let file = std::fs::read(adbrain_tests::root().join("examples/media/cliente-praia.jpg")).unwrap();
    let hash = ContentHash::of(&file);
    assert!(!result.assets.assets.is_empty());
    assert!(!result.assets.assets.iter().any(|asset| asset.files.contains(&hash)), "no asset shows it");
    assert!(result.assets.skipped.iter().any(|skipped| skipped.reason.key == "creative-skip-rights-scope"));
}

/// An optimizer of one's own that shows a file that the rights ledger refuses.
struct Shows(ContentHash);

#[async_trait::async_trait]
impl Agent for Shows {
    type Input = OptimizerInput;
    type Output = MediaPlan;

    async fn run(&self, input: OptimizerInput) -> Result<MediaPlan> {
        let mut plan = Optimizer.run(input).await?;
        plan.campaigns[0].ad_sets[0].ads[0].creative.files = vec![self.0.clone()];
        Ok(plan)
    }
}

#[tokio::test]
async fn a_plan_that_shows_a_file_without_a_right_is_refused_before_anything_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::read(adbrain_tests::root().join("examples/media/cliente-praia.jpg")).unwrap();
    let builder = Brain::builder().local(&folder.path().join("brain.db"));
    let brain = builder.optimizer(Arc::new(Shows(ContentHash::of(&file)))).build().await.unwrap();
    let error = brain.run(request(7), Watch::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.to_string().contains("cliente-praia.jpg"), "{error}");
    assert_eq!(head(&**brain.database()).await.unwrap().entries, 0);
}
