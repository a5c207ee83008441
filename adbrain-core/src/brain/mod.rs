//! The brain: builds the loop and runs it.
//!
//! In: a brief, history, options. Out: the result of a run with its report. Called by the command line and the bindings. Never
//! computes: it calls.

mod ad_days;
mod amounts;
mod audience;
mod budgets;
mod builder;
mod changes;
mod cycle;
mod days;
mod decisions;
mod delivery;
mod door;
mod expect;
mod export;
mod feedback;
mod follow;
mod forecast;
#[cfg(feature = "cli")]
mod glance;
mod inputs;
mod known;
mod launch;
mod live;
mod learn;
mod monitor;
mod observe;
mod orders;
mod overview;
mod period;
mod plan;
mod reach;
mod real;
mod recall;
mod result;
mod rules;
mod saved;
mod session;
mod shadow;
mod silence;
pub mod sim;
mod sources;
mod standing;
mod status;
mod stop;
mod summary;
mod told;
mod training;
mod trial;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::agent::workflow::{Cancel, Events, OnFailure, Retry, StepOptions};
use crate::control::Mode;
use crate::error::{Error, ErrorKind, Result};
use crate::experiment::Apply;
use crate::media::kind_at;
use crate::model::{Brief, CheckedBrief, History, RunId};
use crate::store::Steps;

use session::Session;

pub use audience::FillOrder;
pub use builder::{BoxedAgent, Brain, BrainBuilder};
pub use cycle::LOOP;
pub use door::Door;
pub use follow::{Feed, Follower};
#[cfg(feature = "cli")]
pub(crate) use glance::Glance;
pub use live::{LiveLook, MonitorOptions, Monitored};
pub use orders::{ApplyOrder, ApproveOrder, Ordered, RefuseOrder, UndoOrder};
pub use overview::{Figures, Overview, Preview, Standing};
pub use period::Period;
pub use plan::{Plan, PlanStep};
pub use reach::Duty;
pub use result::{
    BudgetBoard, BudgetDecision, BudgetGrade, BudgetPart, BudgetProbe, DaySummary, DecidedTest, HistorySummary,
    PeopleSummary, PlatformForecast, PlatformResult, RunResult, ShadowReport, StepFailure, TargetCheck, Training,
    ValueUnit, Watched, WordsUsed,
};
pub use rules::AlertRules;
pub use silence::SilenceOrder;
pub use sources::{FactFile, FactsAdded, KnownRequest, KnownRows, PullRequest};
pub use status::{RunDrift, RunStatus, Stage};
pub use stop::{Pause, StopOrder, Switched};

/// What a run needs.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// What is asked for.
    pub brief: Brief,
    /// The folder that the brief's media paths are relative to.
    pub folder: PathBuf,
    /// Past results to learn from.
    pub history: Option<History>,
    /// The seed of all luck.
    pub seed: u64,
    /// How many days of the flight are run in the simulated market; all of them where nothing is said.
    pub days: Option<u32>,
    /// How far control may go; in a simulated market that is as far as the sandbox.
    pub mode: Mode,
    /// The name of the run; by default it follows from everything above, so that the same request is the same run.
    pub run: Option<RunId>,
    /// What happens where one branch fails.
    pub on_failure: OnFailure,
    /// When the winner of a test is acted on. By default with real money only where the arms were randomised; elsewhere also where the
    /// platform delivered them, which is all that the loop's own tests are.
    pub apply: Option<Apply>,
    /// How long one attempt of a step may take, and how often it is tried again after an error that says it may be.
    pub steps: StepOptions,
}

/// The longest that a step takes, where nothing else is said: a day in the simulated market takes milliseconds; a language model or a
/// render behind an agent takes minutes.
const STEP_TIME: Duration = Duration::from_secs(15 * 60);
/// Attempts of a step, where nothing else is said.
const STEP_ATTEMPTS: u32 = 3;

impl RunRequest {
    /// A request with everything but the brief at its default: the working folder, no history, seed 7, all days, dry run, 15 minutes
    /// and three attempts a step.
    pub fn new(brief: Brief) -> Self {
        Self {
            brief,
            folder: PathBuf::from("."),
            history: None,
            seed: 7,
            days: None,
            mode: Mode::default(),
            run: None,
            on_failure: OnFailure::default(),
            apply: None,
            steps: StepOptions::default().timeout(STEP_TIME).retry(Retry::times(STEP_ATTEMPTS)),
        }
    }

    /// The brief, checked beside its files.
    pub(crate) fn checked_brief(&self) -> Result<CheckedBrief> {
        self.brief.clone().check_with(&|path| kind_at(&self.folder.join(path)))
    }
}

/// How the caller watches and stops a run.
#[derive(Clone, Default)]
pub struct Watch {
    /// Where events go.
    pub events: Events,
    /// Stops the run.
    pub cancel: Cancel,
}

impl Brain {
    /// Runs the whole loop. A run that was cut off is resumed; a finished one is given back as it was stored.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field of the brief, before anything is written;
    /// [`crate::ErrorKind::Conflict`] where another process works on the same run; else the error of the step.
    pub async fn run(&self, request: RunRequest, watch: Watch) -> Result<RunResult> {
        let on_failure = request.on_failure;
        let session = self.session(request).await?;
        let run = session.run.clone();
        if self.is_finished(&run).await? {
            let result = Box::pin(cycle::run(Arc::new(session.connect().await?), watch, on_failure)).await?;
            if !self.has_result(&run).await? {
                self.keep_result(&result).await?;
            }
            return Ok(result);
        }
        let work = Box::pin(async {
            let result = cycle::run(Arc::new(session.connect().await?), watch, on_failure).await?;
            self.keep_result(&result).await?;
            Ok(result)
        });
        let result = self.alone(&run, work).await;
        if !result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Cancelled) {
            for (channel, problem) in self.undelivered().await {
                tracing::warn!(%channel, %problem, "a letter did not arrive");
            }
        }
        result
    }

    /// Does work on a run while no other process does.
    async fn alone<T>(&self, run: &RunId, work: impl Future<Output = Result<T>>) -> Result<T> {
        let lease = session::lease(&self.parts, run).await?;
        let result = tokio::select! {
            result = work => result,
            lost = lease.keep() => return Err(lost),
        };
        if let Err(error) = lease.release().await {
            tracing::warn!(%error, "the lease of the run was not given back; it runs out by itself");
        }
        result
    }

    /// Checks a request on a thread that may take its time: its media are read whole.
    async fn session(&self, request: RunRequest) -> Result<Session> {
        let parts = self.parts.clone();
        let lost = |_| Error::new(ErrorKind::Internal, "the check of the request broke off");
        tokio::task::spawn_blocking(move || Session::new(parts, request)).await.map_err(lost)?
    }

    /// A finished run is only read.
    async fn is_finished(&self, run: &RunId) -> Result<bool> {
        let known = Steps::new(self.parts.database.clone()).run(run).await?;
        Ok(known.is_some_and(|known| known.finished_at.is_some()))
    }

    /// Draws the loop that a request would run, as a Mermaid flow chart.
    ///
    /// # Errors
    /// As [`Brain::run`].
    pub async fn graph(&self, request: RunRequest) -> Result<String> {
        let session = self.session(request).await?.connect().await?;
        Ok(cycle::draw(&Arc::new(session))?.graph.mermaid())
    }
}
