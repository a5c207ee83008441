//! The whole loop: brief, strategy, assets beside copy, plan, launch, days with alerts, analysis, memory. It calls; it does not
//! compute.

use std::sync::Arc;

use super::feedback::{self, Reviewed};
use super::inputs::{self, PlanInputs};
use super::launch;
use super::learn::{self, Known};
use super::monitor::{self, Progress};
use super::result::StepFailure;
use super::session::Session;
use super::summary::{self, Measured};
use super::{RunResult, Watch, told};
use crate::agent::workflow::{Graph, Inputs, Node, OnFailure, Optional, Output, Outputs, RunOptions, StoreSaver};
use crate::control::Outcome;
use crate::error::Result;
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

/// The steps of the loop whose values make up the result.
pub(super) struct Cycle {
    pub(super) graph: Graph,
    known: Node<Known>,
    strategy: Node<Strategy>,
    assets: Node<AssetSet>,
    copy: Node<CopySet>,
    plan: Node<MediaPlan>,
    launch: Node<Launched>,
    progress: Node<Progress>,
    measured: Node<Measured>,
    analysis: Node<Reviewed>,
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
    fn days(
        &mut self,
        plan: Node<MediaPlan>,
        launch: Node<Launched>,
        assets: Node<AssetSet>,
    ) -> (Node<Progress>, Node<Reviewed>) {
        let mut progress = self.step("open", (launch,), |_, (_,)| async { Progress::opening() });
        let (mut round, mut analysis) = (0, None);
        for day in 1..=self.session.days {
            progress =
                self.step(format!("{DAY_STEPS}{day:03}"), (plan, progress), |session, (plan, progress)| async move {
                    monitor::watch_day(&session, &plan, Arc::unwrap_or_clone(progress)).await
                });
            if day % REVIEW_DAYS == 0 || day == self.session.days {
                round += 1;
                let found = self.review(plan, progress, round);
                progress = self.answers((plan, progress, found, assets.optional()), round);
                analysis = Some(found);
            }
        }
        let analysis = analysis.unwrap_or_else(|| self.review(plan, progress, 1));
        (progress, analysis)
    }

    fn review(&mut self, plan: Node<MediaPlan>, progress: Node<Progress>, round: u32) -> Node<Reviewed> {
        self.step(format!("analyst-{round}"), (plan, progress), move |session, (plan, progress)| async move {
            feedback::review(&session, (&plan, &progress), round).await
        })
    }

    fn answers(&mut self, inputs: Answered, round: u32) -> Node<Progress> {
        self.step(format!("answers-{round}"), inputs, |session, (plan, progress, found, assets)| async move {
            let assets = assets.map(Arc::unwrap_or_clone).unwrap_or_default();
            feedback::answer(&session, &plan, (Arc::unwrap_or_clone(progress), &found, &assets)).await
        })
    }
}

type Launched = Vec<Outcome>;
type Answered = (Node<MediaPlan>, Node<Progress>, Node<Reviewed>, Optional<AssetSet>);

/// Draws the loop for a session: nothing runs yet.
pub(super) fn draw(session: &Arc<Session>) -> Cycle {
    let mut drawing = Drawing { graph: Graph::new("campaign"), session: session.clone() };
    let known = drawing.step("learn", (), |session, ()| async move { learn::from_history(&session).await });
    let strategy = drawing.step("strategist", (known,), |session, (known,)| async move {
        session.parts.strategist.run(inputs::strategist(&session, &known)).await
    });
    let assets = drawing.step(ASSETS_STEP, (strategy,), |session, (strategy,): (Arc<Strategy>,)| async move {
        session.parts.creative(&session.brief_folder)?.run((*strategy).clone()).await
    });
    let copy = drawing.step("copywriter", (strategy,), |session, (strategy,): (Arc<Strategy>,)| async move {
        session.parts.copywriter.run((*strategy).clone()).await
    });
    let made = (strategy, assets.optional(), copy.optional());
    let plan = drawing.step(PLAN_STEP, made, |session, made: PlanInputs| async move {
        session.parts.optimizer.run(inputs::optimizer(&session, made).await?).await
    });
    let launch =
        drawing.step(LAUNCH_STEP, (plan,), |session, (plan,)| async move { launch::of_session(&session, &plan).await });
    let (progress, analysis) = drawing.days(plan, launch, assets);
    let measured = drawing.step("measure", (plan, progress), |session, (plan, progress)| async move {
        summary::measure(&session, &plan, &progress).await
    });
    let taught = (plan, measured, analysis, progress, known, strategy);
    drawing.step("remember", taught, |session, (plan, measured, reviewed, progress, known, strategy)| async move {
        told::remember(&session, &plan, (&progress, &known.practices, &measured)).await?;
        learn::remember(&session, &plan, (&measured, &reviewed.analysis), (&known, &strategy)).await
    });
    Cycle { graph: drawing.graph, known, strategy, assets, copy, plan, launch, progress, measured, analysis }
}

/// Runs the loop, or resumes it where an earlier process was cut off.
pub(super) async fn run(session: Arc<Session>, watch: Watch, on_failure: OnFailure) -> Result<RunResult> {
    let cycle = draw(&session);
    let outputs = cycle.graph.run(options(&session, watch, on_failure)?).await?;
    collect(&session, &cycle, &outputs)
}

/// Runs the loop up to its plan; [`run`] goes on from there.
pub(super) async fn plan(session: &Arc<Session>, watch: Watch, on_failure: OnFailure) -> Result<Arc<MediaPlan>> {
    let cycle = draw(session);
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
    })
}

fn collect(session: &Session, cycle: &Cycle, outputs: &Outputs) -> Result<RunResult> {
    let take = Taken {
        known: outputs.get(cycle.known)?,
        strategy: outputs.get(cycle.strategy)?,
        assets: outputs.get(cycle.assets).map(Arc::unwrap_or_clone).unwrap_or_default(),
        copy: outputs.get(cycle.copy).map(Arc::unwrap_or_clone).unwrap_or_default(),
        plan: outputs.get(cycle.plan)?,
        launch: outputs.get(cycle.launch)?,
        progress: outputs.get(cycle.progress)?,
        measured: outputs.get(cycle.measured)?,
        analysis: outputs.get(cycle.analysis)?,
        failures: outputs.failures().map(|(step, error)| StepFailure::of(step, error)).collect(),
    };
    summary::result(session, take)
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
    pub(super) analysis: Arc<Reviewed>,
    pub(super) failures: Vec<StepFailure>,
}
