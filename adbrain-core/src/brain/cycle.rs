//! The whole loop: brief, strategy, assets beside copy, plan, launch, days with alerts, analysis, memory. It calls; it does not
//! compute.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::feedback::{self, Reviewed};
use super::inputs::{self, PlanInputs};
use super::launch;
use super::learn::{self, Known};
use super::monitor::{self, Progress};
use super::real::{self, Reach};
use super::result::{StepFailure, Watched};
use super::session::Session;
use super::summary::{self, Measured};
use super::words::{self, ReportWords};
use super::{RunResult, Watch, told};
use crate::agent::workflow::{Graph, Inputs, Node, OnFailure, Optional, Output, Outputs, RunOptions, StoreSaver};
use crate::control::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{AssetSet, CopySet, MediaPlan, Strategy};

/// Days between two reviews by the analyst.
const REVIEW_DAYS: i64 = 7;
/// The steps before anything reaches a platform, and the look at what the plan would do there.
pub(super) const PLANNING_STEPS: [&str; 6] =
    ["learn", "strategist", ASSETS_STEP, "copywriter", PLAN_STEP, PREVIEW_STEP];
/// Kept beside the steps of the loop: what a plan would do, as a person was shown it.
pub(super) const PREVIEW_STEP: &str = "preview";
/// The step whose output is what control did for the plan.
pub(super) const LAUNCH_STEP: &str = "launch";
/// The step whose output are the assets.
pub(super) const ASSETS_STEP: &str = "creative";
/// The step whose output is the plan.
pub(super) const PLAN_STEP: &str = "optimizer";
/// How the names of the steps begin that are one day each.
pub(super) const DAY_STEPS: &str = "day-";

/// The loop as people are shown it: each step with those before it. The days, the reviews and the answers stand for all of theirs.
pub const LOOP: [(&str, &[&str]); 11] = [
    ("learn", &[]),
    ("strategist", &["learn"]),
    (ASSETS_STEP, &["strategist"]),
    ("copywriter", &["strategist"]),
    (PLAN_STEP, &["strategist", ASSETS_STEP, "copywriter"]),
    (LAUNCH_STEP, &[PLAN_STEP]),
    ("days", &[LAUNCH_STEP]),
    ("analyst", &["days"]),
    ("answers", &["analyst"]),
    ("measure", &["answers"]),
    ("remember", &["measure"]),
];

/// The steps of the loop whose values make up the result.
pub(super) struct Cycle {
    pub(super) graph: Graph,
    known: Node<Known>,
    strategy: Node<Strategy>,
    assets: Node<AssetSet>,
    copy: Node<CopySet>,
    plan: Node<MediaPlan>,
    launch: Node<Launched>,
    /// What the loop carries, from the launch on; the last one that has come is the newest.
    progress: Vec<Node<Progress>>,
    measured: Node<Measured>,
    reviews: Vec<Node<Reviewed>>,
    /// Where a language model finds words.
    words: Option<Node<ReportWords>>,
}

/// A graph that is being drawn for a session.
struct Drawing {
    graph: Graph,
    session: Arc<Session>,
}

impl Drawing {
    /// Adds a step that works with the session and the outputs of the steps before it.
    fn step<I, T, F, Fut>(&mut self, name: impl Into<String>, inputs: I, work: F) -> Node<T>
    where
        I: Inputs,
        T: Output,
        F: Fn(Arc<Session>, I::Values) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T>> + Send + 'static,
    {
        let session = self.session.clone();
        self.graph.step(name, session.steps, inputs, move |_, values| work(session.clone(), values))
    }

    /// Adds the days, each after the other, with a review by the analyst after each week and at the end.
    fn days(&mut self, plan: Node<MediaPlan>, launch: Node<Launched>, assets: Node<AssetSet>) -> Days {
        let mut progress = self.step("open", (launch,), |_, (_,)| async { Ok(Progress::opening()) });
        let mut days = Days { progress: vec![progress], reviews: Vec::new() };
        for day in 1..=self.session.days {
            progress = self.step(day_step(day), (plan, progress), |session, (plan, progress)| async move {
                monitor::watch_day(&session, &plan, Arc::unwrap_or_clone(progress)).await
            });
            days.progress.push(progress);
            if day % REVIEW_DAYS == 0 || day == self.session.days {
                let round = u32::try_from(days.reviews.len() + 1).unwrap_or(u32::MAX);
                let found = self.review(plan, progress, round);
                progress = self.answers((plan, progress, found, assets.optional()), round);
                days.progress.push(progress);
                days.reviews.push(found);
            }
        }
        if days.reviews.is_empty() {
            days.reviews.push(self.review(plan, progress, 1));
        }
        days
    }

    fn review(&mut self, plan: Node<MediaPlan>, progress: Node<Progress>, round: u32) -> Node<Reviewed> {
        self.step(format!("analyst-{round}"), (plan, progress), move |session, (plan, progress)| async move {
            feedback::review(&session, (&plan, &progress), round).await
        })
    }

    fn words(&mut self, inputs: (Node<MediaPlan>, Node<Measured>, Node<Reviewed>)) -> Node<ReportWords> {
        self.step("words", inputs, |session, (plan, measured, reviewed)| async move {
            words::report(&session, &plan, (&measured, &reviewed.analysis)).await
        })
    }

    fn answers(&mut self, inputs: Answered, round: u32) -> Node<Progress> {
        self.step(format!("answers-{round}"), inputs, |session, (plan, progress, found, assets)| async move {
            let assets = assets.map(Arc::unwrap_or_clone).unwrap_or_default();
            feedback::answer(&session, &plan, (Arc::unwrap_or_clone(progress), &found, &assets)).await
        })
    }
}

/// The days as they were drawn.
struct Days {
    progress: Vec<Node<Progress>>,
    reviews: Vec<Node<Reviewed>>,
}

impl Days {
    /// What the last day and its review leave.
    fn end(&self) -> Result<(Node<Progress>, Node<Reviewed>)> {
        let none = || Error::new(ErrorKind::Internal, "a loop was drawn without an end");
        Ok((*self.progress.last().ok_or_else(none)?, *self.reviews.last().ok_or_else(none)?))
    }
}

/// The step of a day, counted from 1.
fn day_step(day: i64) -> String {
    format!("{DAY_STEPS}{day:03}")
}

type Launched = Vec<Outcome>;
type Answered = (Node<MediaPlan>, Node<Progress>, Node<Reviewed>, Optional<AssetSet>);

/// Draws the loop for a session: nothing runs yet.
pub(super) fn draw(session: &Arc<Session>) -> Result<Cycle> {
    let mut drawing = Drawing { graph: Graph::new("campaign"), session: session.clone() };
    let known = drawing.step("learn", (), |session, ()| async move { learn::from_history(&session).await });
    let strategy = drawing.step("strategist", (known,), |session, (known,)| async move {
        session.explained(session.parts.strategist.run(inputs::strategist(&session, &known)).await?).await
    });
    let assets = drawing.step(ASSETS_STEP, (strategy,), |session, (strategy,): (Arc<Strategy>,)| async move {
        let assets = session.parts.creative(&session.brief_folder)?.run((*strategy).clone()).await?;
        session.worded_assets(&strategy, assets).await
    });
    let copy = drawing.step("copywriter", (strategy,), |session, (strategy,): (Arc<Strategy>,)| async move {
        session.worded_copy(&strategy, session.parts.copywriter.run((*strategy).clone()).await?).await
    });
    let made = (strategy, assets.optional(), copy.optional());
    let plan = drawing.step(PLAN_STEP, made, |session, made: PlanInputs| async move {
        session.parts.optimizer.run(inputs::optimizer(&session, made).await?).await
    });
    let launch =
        drawing.step(LAUNCH_STEP, (plan,), |session, (plan,)| async move { launch::of_session(&session, &plan).await });
    let days = drawing.days(plan, launch, assets);
    let (progress, analysis) = days.end()?;
    let measured = drawing.step("measure", (plan, progress), |session, (plan, progress)| async move {
        summary::measure(&session, &plan, &progress).await
    });
    let words = session.parts.words.is_some().then(|| drawing.words((plan, measured, analysis)));
    let taught = (plan, measured, analysis, progress, known, strategy);
    drawing.step("remember", taught, |session, (plan, measured, reviewed, progress, known, strategy)| async move {
        told::remember(&session, &plan, (&progress, &known.practices, &measured)).await?;
        learn::remember(&session, &plan, (&measured, &reviewed.analysis), (&known, &strategy)).await
    });
    let Days { progress, reviews } = days;
    Ok(Cycle { graph: drawing.graph, known, strategy, assets, copy, plan, launch, progress, measured, reviews, words })
}

/// Runs the loop, or resumes it where an earlier process was cut off or an earlier go had no more days to watch.
pub(super) async fn run(session: Arc<Session>, watch: Watch, on_failure: OnFailure) -> Result<RunResult> {
    let (cycle, reach) = (draw(&session)?, real::reach(&session).await?);
    let held = (reach.days < session.days).then(|| day_step(reach.days + 1)).into_iter().collect();
    let options = RunOptions { held, ..options(&session, watch, on_failure)? };
    let outputs = cycle.graph.run(options).await?;
    collect(&session, &cycle, (&outputs, reach)).await
}

/// Runs the loop up to its plan; [`run`] goes on from there.
pub(super) async fn plan(session: &Arc<Session>, watch: Watch, on_failure: OnFailure) -> Result<Arc<MediaPlan>> {
    let cycle = draw(session)?;
    let outputs = cycle.graph.run_to(cycle.plan, options(session, watch, on_failure)?).await?;
    outputs.get(cycle.plan)
}

fn options(session: &Session, watch: Watch, on_failure: OnFailure) -> Result<RunOptions> {
    let request = session.identity()?;
    let saver = StoreSaver::new(session.parts.database.clone(), request.as_str());
    Ok(RunOptions {
        run: session.run.clone(),
        seed: session.seed,
        saver: Some(Arc::new(saver)),
        events: watch.events,
        cancel: watch.cancel,
        clock: Arc::new(session.clock.clone()),
        on_failure,
        at_once: None,
        held: BTreeSet::new(),
    })
}

async fn collect(session: &Session, cycle: &Cycle, (outputs, reach): (&Outputs, Reach)) -> Result<RunResult> {
    let is_whole = reach.days >= session.days;
    let (plan, progress) = (outputs.get(cycle.plan)?, newest(outputs, &cycle.progress, is_whole)?);
    let measured = if is_whole {
        outputs.get(cycle.measured)?
    } else {
        Arc::new(summary::measure(session, &plan, &progress).await?)
    };
    let analysis = match newest(outputs, &cycle.reviews, is_whole) {
        Err(error) if is_whole => return Err(error),
        found => found.ok(),
    };
    let launch = outputs.get(cycle.launch)?;
    let take = Taken {
        known: outputs.get(cycle.known)?,
        strategy: outputs.get(cycle.strategy)?,
        assets: outputs.get(cycle.assets).map(Arc::unwrap_or_clone).unwrap_or_default(),
        copy: outputs.get(cycle.copy).map(Arc::unwrap_or_clone).unwrap_or_default(),
        plan,
        watched: reach.watched.map(|watched| real::told(watched, &launch)),
        launch,
        progress,
        measured,
        analysis,
        words: cycle.words.and_then(|words| outputs.get(words).ok()),
        failures: outputs.failures().map(|(step, error)| StepFailure::of(step, error)).collect(),
    };
    summary::result(session, take).await
}

/// The output of the last of some steps; where the run is not whole, of the last one that has come.
fn newest<T: Output>(outputs: &Outputs, nodes: &[Node<T>], is_whole: bool) -> Result<Arc<T>> {
    let mut found = nodes.iter().rev().map(|node| outputs.get(*node));
    match found.next() {
        Some(Err(error)) if !is_whole => found.find(Result::is_ok).unwrap_or(Err(error)),
        Some(found) => found,
        None => Err(Error::new(ErrorKind::Internal, "a loop was drawn without an end")),
    }
}

/// The values of the finished steps.
pub(super) struct Taken {
    pub(super) known: Arc<Known>,
    pub(super) strategy: Arc<Strategy>,
    pub(super) assets: AssetSet,
    pub(super) copy: CopySet,
    pub(super) plan: Arc<MediaPlan>,
    pub(super) launch: Arc<Vec<Outcome>>,
    pub(super) progress: Arc<Progress>,
    pub(super) measured: Arc<Measured>,
    /// None before the first review.
    pub(super) analysis: Option<Arc<Reviewed>>,
    /// The words of the report, where a language model finds some.
    pub(super) words: Option<Arc<ReportWords>>,
    /// How far real accounts have been watched.
    pub(super) watched: Option<Watched>,
    pub(super) failures: Vec<StepFailure>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::brain::{Brain, RunRequest};
    use crate::model::Brief;

    #[tokio::test]
    async fn the_loop_as_people_are_shown_it_is_the_one_that_runs() {
        let folder = tempfile::tempdir().unwrap();
        let brain = Brain::local(&folder.path().join("brain.db")).await.unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("example");
        let brief = Brief::from_json(&std::fs::read(example.join("brief.json")).unwrap()).unwrap();
        let request = RunRequest { folder: example, days: Some(1), ..RunRequest::new(brief) };
        let drawn = brain.graph(request).await.unwrap();
        let names: BTreeMap<&str, &str> =
            drawn.lines().filter_map(|line| line.trim().strip_suffix("\"]")?.split_once("[\"")).collect();
        // What opens the days is no step for people.
        let shown = |id: &str| match names[id] {
            "open" => "launch".to_owned(),
            "day-001" => "days".to_owned(),
            name => name.trim_end_matches("-1").to_owned(),
        };
        let arrows = drawn.lines().filter_map(|line| line.trim().split_once("-->").or(line.trim().split_once("-.->")));
        let edges: BTreeSet<(String, String)> =
            arrows.map(|(from, to)| (shown(from.trim()), shown(to.trim()))).collect();
        for (step, after) in LOOP {
            assert!(names.keys().any(|id| shown(id) == step), "{step}: {drawn}");
            for before in after {
                assert!(edges.contains(&((*before).to_owned(), step.to_owned())), "{before} {step}: {drawn}");
            }
        }
        assert!(names.keys().all(|id| LOOP.iter().any(|(step, _)| shown(id) == *step)), "{drawn}");
    }
}
