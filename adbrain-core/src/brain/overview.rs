//! Everything about a run that a person who decides looks at: the plan and its worst case, what waits, figures, alerts, decisions, drift.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Brain;
use super::builder::Parts;
use super::cycle::{LAUNCH_STEP, PLAN_STEP};
use super::door::{Ground, is_activated};
use super::forecast;
use super::live::{self, Live};
use super::monitor::Progress;
use super::plan::{PlanStep, needs, steps as planned};
use super::real::Books;
use super::result::{BudgetDecision, DaySummary, DecidedTest, PlatformForecast, TargetCheck};
use super::session::{self, RunClock, kill_file};
use super::status::RunStatus;
use super::summary::{self, Measured};
use crate::alert::DecisionRecord;
use crate::alert::notify::{KeptLetter, Outbox};
use crate::alert::rules::Episode;
use crate::clock::Clock as _;
use crate::control::{
    CapUse, Control, Decision, Drift, JournalState, KeptSilence, Mode, NEEDS_APPROVAL, Outcome, head,
};
use crate::error::{Error, ErrorKind, Result};
use crate::experiment::Readout;
use crate::model::message::Argument;
use crate::model::{
    CheckedBrief, Feedback, Flight, MediaPlan, Message, Metrics, Money, Platform, Response, RunId, Strategy,
};
use crate::platform::{Capabilities, Connectors, InsightsStep};
use crate::store::Steps;

/// The step whose output is the strategy.
const STRATEGY_STEP: &str = "strategist";
/// The step whose output is what was measured over the whole flight.
const MEASURE_STEP: &str = "measure";
/// Letters that are shown: the newest ones.
const LETTERS: u32 = 50;

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
    /// The share of each ad's conversions that is expected to have arrived, as a ratio; that of its platform where it is not known.
    pub shares: BTreeMap<String, f64>,
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
    /// The whole days of the flight; none before there is a strategy.
    pub flight_days: Option<i64>,
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
    /// What the analyst told and what was answered to it.
    pub answers: Vec<(Feedback, Option<Response>)>,
    /// What people were told, the newest first.
    pub letters: Vec<KeptLetter>,
    /// What people keep quiet of it, the newest first; also what is over.
    pub silences: Vec<KeptSilence>,
    /// Comparisons with their intervals: of the whole flight at its end, before it of the tests that were decided.
    pub experiments: Vec<Readout>,
    /// Tests that were decided.
    pub tests: Vec<DecidedTest>,
    /// What was forecast for each day, and what came.
    pub forecasts: Vec<PlatformForecast>,
    /// The steps of the loop that are done.
    pub done: BTreeSet<String>,
    /// What on its objects is not as the run left it.
    pub drift: Vec<Drift>,
    /// When the accounts were read for this.
    pub read_at: Timestamp,
}

impl Overview {
    /// The steps that wait for a person, and neither for the word on the plan itself nor for that on a proposal.
    pub fn others(&self) -> Vec<&Outcome> {
        let plan = Argument::from(self.status.plan_hash.as_str());
        let is_of_plan = |reason: &Message| reason.key == NEEDS_APPROVAL && reason.args.get("hash") == Some(&plan);
        let is_proposed = |step: &Outcome| self.status.proposals.iter().any(|one| one.entries.contains(&step.entry));
        let waits = self.status.waits.iter().filter(|step| !step.reason.as_ref().is_some_and(is_of_plan));
        waits.filter(|step| !is_proposed(step)).collect()
    }

    /// How much waits for a person beside the plan: proposals, and steps that no word lets go.
    pub fn waiting(&self) -> usize {
        self.status.proposals.len() + self.others().len()
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
        let strategy = read::<Strategy>(&steps, (run, STRATEGY_STEP)).await?;
        let brief = strategy.as_ref().map(|strategy| strategy.brief.clone());
        let progress = self.progress(run, (&steps, brief.as_ref())).await?;
        let measured = read::<Measured>(&steps, (run, MEASURE_STEP)).await?;
        let figures = self.figures(&ground, measured.as_ref(), (brief.as_ref(), progress.days)).await?;
        let chosen = strategy.as_ref().map(|strategy| strategy.platforms.as_slice()).unwrap_or_default();
        let settled = measured.as_ref().map_or(&progress.settled, |measured| &measured.settled);
        let days = figures.as_ref().map(|figures| figures.days.as_slice()).unwrap_or_default();
        Ok(Overview {
            forecasts: forecast::forecasts(chosen, (days, settled)),
            experiments: measured.map_or_else(|| readouts(&progress), |measured| measured.experiments),
            letters: Outbox::new(self.database().clone()).letters_of(run, LETTERS).await?,
            silences: self.silences().await?.into_iter().filter(|kept| is_of(kept, run)).collect(),
            done: steps.names(run).await?,
            flight_days: brief.as_ref().map(CheckedBrief::days),
            answers: answers(&progress),
            targets: targets(brief.as_ref(), figures.as_ref(), progress.days)?,
            budget: brief.as_ref().map(|brief| brief.budget),
            read_at: ground.clock.now(),
            plan: ground.plan,
            alerts: progress.alerts.episodes().to_vec(),
            decisions: progress.decisions,
            budgets: progress.budgets,
            tests: progress.tests,
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
        let told = Outbox::new(self.database().clone()).mark().await?;
        let is_stopped = kill_file(&self.parts.folder).exists();
        let runs = steps.having(PLAN_STEP).await?;
        let before = runs.len().saturating_sub(newest);
        let mut marks = Vec::new();
        for (place, run) in runs.into_iter().enumerate().skip(before) {
            let done = steps.names(&run).await?.len();
            marks.push((place, run, format!("{done} {} {told} {is_stopped}", journal.head)));
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
        measured: Option<&Measured>,
        (brief, days): (Option<&CheckedBrief>, i64),
    ) -> Result<Option<Figures>> {
        let Some(flight) = brief.map(|brief| &brief.flight).filter(|_| days > 0) else { return Ok(None) };
        if let Some(measured) = measured {
            let as_of = flight.start_of_day(days)?;
            let Measured { days, platforms, ads, shares, .. } = measured.clone();
            return Ok(Some(Figures { as_of, days, platforms, ads, shares }));
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
        shares: summary::shares(&rows, now),
    })
}

/// What the tests that were decided said then, the newest of each.
fn readouts(progress: &Progress) -> Vec<Readout> {
    let newest: BTreeMap<&str, &DecidedTest> = progress.tests.iter().map(|test| (test.test.as_str(), test)).collect();
    newest.into_values().map(|test| test.readout.clone()).collect()
}

/// What was told to agents, each with its answer.
fn answers(progress: &Progress) -> Vec<(Feedback, Option<Response>)> {
    let of = |feedback: &Feedback| progress.responses.iter().find(|response| response.feedback == feedback.id).cloned();
    progress.feedback.iter().map(|feedback| (feedback.clone(), of(feedback))).collect()
}

fn is_of(kept: &KeptSilence, run: &RunId) -> bool {
    kept.run.as_ref().is_none_or(|own| own == run)
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
