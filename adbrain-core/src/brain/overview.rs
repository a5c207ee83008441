//! Everything about a run that a person who decides looks at: the plan and its worst case, what waits, figures, alerts, decisions, drift.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Brain;
use super::builder::Parts;
use super::cycle::{LAUNCH_STEP, PLAN_STEP};
use super::door::{Ground, is_activated};
use super::live::{self, Live};
use super::monitor::Progress;
use super::plan::{PlanStep, needs, steps as planned};
use super::real::Books;
use super::result::{BudgetDecision, DaySummary, TargetCheck};
use super::session::{self, RunClock, kill_file};
use super::status::RunStatus;
use super::summary::{self, Measured};
use crate::alert::DecisionRecord;
use crate::alert::rules::Episode;
use crate::clock::Clock as _;
use crate::control::{CapUse, Control, Decision, Drift, JournalState, Mode, NEEDS_APPROVAL, Outcome, head};
use crate::error::{Error, ErrorKind, Result};
use crate::model::message::Argument;
use crate::model::{CheckedBrief, Flight, MediaPlan, Message, Metrics, Money, Platform, RunId, Strategy};
use crate::platform::{Capabilities, Connectors, InsightsStep};
use crate::store::Steps;

/// The step whose output is the strategy.
const STRATEGY_STEP: &str = "strategist";
/// The step whose output is what was measured over the whole flight.
const MEASURE_STEP: &str = "measure";

/// Where a plan stands with the people who decide on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A person has to approve it before anything delivers.
    Waits,
    /// It may deliver, and does not yet.
    Free,
    /// A person has said no.
    Refused,
    /// Something of it was let go.
    LetGo,
    /// Its launch created nothing, as after a dry run: there is nothing to approve.
    NotCreated,
}

/// What a plan would do and cost, where nothing of it was let go.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The difference between the plan and the accounts.
    pub steps: Vec<PlanStep>,
    /// The worst case with the plan delivering, beside each cap.
    pub caps: Vec<CapUse>,
    /// What a person has to see to before it can deliver.
    pub needs: Vec<Message>,
}

/// What was measured, as it was known at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The moment.
    pub as_of: Timestamp,
    /// The days, in order.
    pub days: Vec<DaySummary>,
    /// Each platform, with the share of its conversions expected to have arrived, as a ratio.
    pub platforms: BTreeMap<Platform, (Metrics, f64)>,
    /// Each ad by its tag.
    pub ads: BTreeMap<String, Metrics>,
}

/// Everything about a run on one page.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Steps, objects, caps, the word on the plan, the kill switch.
    pub status: RunStatus,
    /// What should be.
    pub plan: MediaPlan,
    /// Where the plan stands.
    pub standing: Standing,
    /// What it would do; none once something of it was let go.
    pub preview: Option<Preview>,
    /// The money for the whole flight; none before there is a strategy.
    pub budget: Option<Money>,
    /// Targets, and what was reached of them.
    pub targets: Vec<TargetCheck>,
    /// What was measured; none before the first day is known, and in simulated time before the end.
    pub figures: Option<Figures>,
    /// Alerts, in the order in which they opened.
    pub alerts: Vec<Episode>,
    /// Actions of alerts that were decided on, with their evidence.
    pub decisions: Vec<DecisionRecord>,
    /// Decisions on the budgets of days.
    pub budgets: Vec<BudgetDecision>,
    /// What on its objects is not as the run left it.
    pub drift: Vec<Drift>,
    /// When the accounts were read for this.
    pub read_at: Timestamp,
}

impl Overview {
    /// The steps that wait for a person beside those that wait for the word on the plan itself.
    pub fn proposals(&self) -> Vec<&Outcome> {
        let plan = Argument::from(self.status.plan_hash.as_str());
        let is_of_plan = |reason: &Message| reason.key == NEEDS_APPROVAL && reason.args.get("hash") == Some(&plan);
        self.status.waits.iter().filter(|step| !step.reason.as_ref().is_some_and(is_of_plan)).collect()
    }
}

impl Brain {
    /// Everything about a run that has made its plan. Reads the accounts and changes nothing.
    ///
    /// # Errors
    /// As [`Brain::status`].
    pub async fn overview(&self, run: &RunId) -> Result<Overview> {
        let ground = self.ground(run).await?;
        let (plan, clock, connectors) = (ground.plan.clone(), ground.clock.clone(), ground.connectors.clone());
        let control =
            session::control_to_read(&self.parts, (connectors, clock), (run, Mode::Live, &plan.limits)).await?;
        let status = self.status_by(&control, (run.clone(), ground.clock.is_simulated()), plan).await?;
        let preview = preview(&control, &ground.plan, &status).await?;
        let standing = self.standing(&status, preview.as_ref()).await?;
        let drift = control.drift().await?;
        let steps = Steps::new(self.database().clone());
        let brief = read::<Strategy>(&steps, (run, STRATEGY_STEP)).await?.map(|strategy| strategy.brief);
        let progress = self.progress(run, (&steps, brief.as_ref())).await?;
        let figures = self.figures(&ground, (&steps, run), (brief.as_ref(), progress.days)).await?;
        Ok(Overview {
            targets: targets(brief.as_ref(), figures.as_ref(), progress.days)?,
            budget: brief.as_ref().map(|brief| brief.budget),
            read_at: ground.clock.now(),
            plan: ground.plan,
            alerts: progress.alerts.episodes().to_vec(),
            decisions: progress.decisions,
            budgets: progress.budgets,
            status,
            standing,
            preview,
            figures,
            drift,
        })
    }

    /// The newest runs with a plan, the oldest of them first, each with its place among all and a mark that changes whenever it has done
    /// something or somebody has turned the kill switch: a cheap look before [`Brain::overview`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn marks(&self, newest: usize) -> Result<Vec<(usize, RunId, String)>> {
        let steps = Steps::new(self.database().clone());
        let journal = head(self.database().as_ref()).await?;
        let is_stopped = kill_file(&self.parts.folder).exists();
        let runs = steps.having(PLAN_STEP).await?;
        let before = runs.len().saturating_sub(newest);
        let mut marks = Vec::new();
        for (place, run) in runs.into_iter().enumerate().skip(before) {
            let done = steps.names(&run).await?.len();
            marks.push((place, run, format!("{done} {} {is_stopped}", journal.head)));
        }
        Ok(marks)
    }

    async fn standing(&self, status: &RunStatus, preview: Option<&Preview>) -> Result<Standing> {
        let Some(preview) = preview else { return Ok(Standing::LetGo) };
        let is_sent = |state| !matches!(state, JournalState::Planned | JournalState::Refused);
        let mut steps = status.control.steps.iter();
        let is_created = steps.any(|step| step.action == "create" && is_sent(step.state));
        let known = Steps::new(self.database().clone());
        if !is_created && known.load(&status.run, LAUNCH_STEP).await?.is_some() {
            return Ok(Standing::NotCreated);
        }
        Ok(match &status.control.decision {
            Some(Decision::Refused { .. }) => Standing::Refused,
            _ if preview.needs.iter().any(|need| need.key == NEEDS_APPROVAL) => Standing::Waits,
            _ => Standing::Free,
        })
    }

    /// What the days and the looks of a run have left; nothing before it was launched.
    async fn progress(&self, run: &RunId, (steps, brief): (&Steps, Option<&CheckedBrief>)) -> Result<Progress> {
        let mut progress = live::progress(steps, run).await?.unwrap_or_else(Progress::opening);
        let live = Live::load(steps, run).await?;
        live.tell(&mut progress);
        if let Some(brief) = brief {
            let watched_until = brief.flight.start_of_day(progress.days)?;
            progress.alerts = live.newest(progress.alerts, watched_until);
        }
        Ok(progress)
    }

    /// What was measured over the whole flight; before its end, what the store knows of real accounts.
    async fn figures(
        &self,
        ground: &Ground,
        (steps, run): (&Steps, &RunId),
        (brief, days): (Option<&CheckedBrief>, i64),
    ) -> Result<Option<Figures>> {
        let Some(flight) = brief.map(|brief| &brief.flight).filter(|_| days > 0) else { return Ok(None) };
        if let Some(measured) = read::<Measured>(steps, (run, MEASURE_STEP)).await? {
            let as_of = flight.start_of_day(days)?;
            let Measured { days, platforms, ads, .. } = measured;
            return Ok(Some(Figures { as_of, days, platforms, ads }));
        }
        match &ground.clock {
            RunClock::Simulated(_) => Ok(None),
            RunClock::Real(clock) => known_figures(&self.parts, ground, (flight, days, clock.now())).await.map(Some),
        }
    }
}

/// What a plan would do, where nothing of it was let go yet.
async fn preview(control: &Control, plan: &MediaPlan, status: &RunStatus) -> Result<Option<Preview>> {
    if status.control.steps.iter().any(is_activated) {
        return Ok(None);
    }
    let foreseen = control.foresee(plan).await?;
    let steps = planned(&foreseen.steps);
    Ok(Some(Preview { needs: needs(&steps, foreseen.approval), caps: foreseen.caps, steps }))
}

async fn known_figures(
    parts: &Parts,
    ground: &Ground,
    (flight, days, now): (&Flight, i64, Timestamp),
) -> Result<Figures> {
    let accounts = accounts(&ground.connectors, &ground.plan);
    let books = Books { parts, accounts: &accounts, flight };
    let rows = books.rows(&ground.plan, (InsightsStep::Day, [0, days]), now).await?;
    let platforms: BTreeSet<Platform> = ground.plan.campaigns.iter().map(|campaign| campaign.platform).collect();
    Ok(Figures {
        as_of: now,
        days: summary::days(&platforms, &rows, (now, &flight.zone()?))?,
        platforms: summary::platforms(&rows, now)?,
        ads: summary::ads(&rows)?,
    })
}

/// The accounts that a plan is about.
fn accounts(connectors: &Connectors, plan: &MediaPlan) -> Vec<Capabilities> {
    let is_used = |platform: &Platform| plan.campaigns.iter().any(|campaign| campaign.platform == *platform);
    let used = connectors.iter().filter(|(platform, _)| is_used(platform));
    used.map(|(_, connector)| connector.capabilities()).collect()
}

fn targets(brief: Option<&CheckedBrief>, figures: Option<&Figures>, days: i64) -> Result<Vec<TargetCheck>> {
    let Some(brief) = brief else { return Ok(Vec::new()) };
    let Some(figures) = figures else { return summary::targets(brief, &Metrics::none(brief.currency()), 0) };
    let totals = Metrics::total(figures.days.iter().map(|day| &day.metrics), brief.currency())?;
    summary::targets(brief, &totals, days)
}

/// The output of a finished step.
async fn read<T: serde::de::DeserializeOwned>(steps: &Steps, (run, step): (&RunId, &str)) -> Result<Option<T>> {
    let Some(text) = steps.load(run, step).await? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        Error::new(ErrorKind::Corrupt, format!("the stored step {step} cannot be read"))
            .with("run", run)
            .next("start a new run; this one comes from another version or was changed outside")
            .caused_by(error)
    })
}
