//! The kill switch of a store: on within a second, also where the database cannot be written, and off again.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cycle::PLAN_STEP;
use super::door::Ground;
use super::session::{emergency_file, kill_file};
use super::{Brain, BrainBuilder, session};
use crate::clock::SystemClock;
use crate::control::{Control, ControlOptions, EVERY_RUN, Mode, Outcome, turn_on};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Approvals, Currency, Limits, Money, RunId, line};
use crate::platform::Connectors;
use crate::store::{Place, Steps};

/// How often a pause is tried while another process works on the account, and the wait before the next try.
const PAUSE_TRIES: u32 = 20;
const PAUSE_WAIT: Duration = Duration::from_millis(250);

/// An order to stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopOrder {
    /// Why, in a line.
    pub reason: String,
    /// Who stops it.
    pub by: String,
    /// Which campaigns are paused besides: none, those of one run, or those of all runs of the store.
    #[serde(default)]
    pub pause: Pause,
}

/// Which campaigns a stop pauses. Pausing is an order of its own: the kill switch by itself keeps things as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// None: what delivers goes on delivering.
    #[default]
    None,
    /// Those of every run of the store.
    All,
    /// Those of one run.
    Run(RunId),
}

/// What came of turning the switch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switched {
    /// Whether the switch is on now.
    pub is_on: bool,
    /// Whether the journal knows; where it does not, processes on other machines do not see it.
    pub is_noted: bool,
    /// What kept the journal from being written, or campaigns from being paused.
    pub problems: Vec<String>,
    /// The pauses, where they were asked for.
    pub outcomes: Vec<Outcome>,
}

impl BrainBuilder {
    /// Turns the kill switch on by its file before anything is opened, then writes it into the journal, then pauses what is to be paused.
    /// Every process that works beside the store sends nothing but pauses from its next request on.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for no reason or no name; [`ErrorKind::NotFound`] for a store that is not there;
    /// [`ErrorKind::Unavailable`] where neither the file nor the journal could be written.
    pub async fn stop(self, place: &Place, order: &StopOrder) -> Result<Switched> {
        check(place, &order.by)?;
        line("reason", &order.reason)?;
        let switched = turn_on(&kill_file(self.beside()?), &format!("{}: {}", order.by, order.reason));
        let noted = async { self.to_note(place).await?.note_stop(&order.by, &order.reason).await }.await;
        let mut problems: Vec<String> = noted.as_ref().err().map(ToString::to_string).into_iter().collect();
        if let (Err(error), Err(_)) = (switched, &noted) {
            return Err(error);
        }
        let paused = match order.pause {
            Pause::None => Ok(Vec::new()),
            _ => self.pause(place, &order.pause, &mut problems).await,
        };
        let outcomes = paused.unwrap_or_else(|error| {
            problems.push(error.to_string());
            Vec::new()
        });
        Ok(Switched { is_on: true, is_noted: noted.is_ok(), problems, outcomes })
    }

    /// Turns the kill switch off: writes it into the journal, then removes the file. A switch that was set in the environment stays on.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for no name; [`ErrorKind::NotFound`] for a store that is not there; [`ErrorKind::Unavailable`] where
    /// journal or file cannot be written; the switch stays on then.
    pub async fn resume(self, place: &Place, by: &str) -> Result<Switched> {
        check(place, by)?;
        let control = self.to_note(place).await?;
        control.resume(by).await?;
        let is_on = control.is_killed();
        Ok(Switched { is_on, is_noted: true, problems: Vec::new(), outcomes: Vec::new() })
    }

    /// Opens the journal of a store, without its accounts.
    async fn to_note(&self, place: &Place) -> Result<Control> {
        let beside = self.beside()?;
        let options = ControlOptions {
            kill_file: Some(kill_file(beside)),
            emergency_file: Some(emergency_file(beside)),
            ..ControlOptions::new(RunId::new(EVERY_RUN), Mode::DryRun, nothing())
        };
        let database = place.open_existing().await?;
        Control::open_to_read(database, Connectors::new(), Arc::new(SystemClock), options).await
    }

    /// Pauses the campaigns of runs; what goes wrong with one does not keep the others from being paused.
    async fn pause(self, place: &Place, which: &Pause, problems: &mut Vec<String>) -> Result<Vec<Outcome>> {
        let brain = self.database(place.open_existing().await?).build().await?;
        let runs = match which {
            Pause::None => Vec::new(),
            Pause::Run(run) => vec![run.clone()],
            Pause::All => Steps::new(brain.database().clone()).having(PLAN_STEP).await?,
        };
        let mut outcomes = Vec::new();
        for run in runs {
            match brain.pause_run(&run).await {
                Ok(done) => outcomes.extend(done),
                Err(error) => problems.push(format!("run {run}: {error}")),
            }
        }
        Ok(outcomes)
    }
}

impl Brain {
    /// Pauses what a run lets deliver, also while a process works on it: that one stops with a conflict, and goes on once it is run again.
    async fn pause_run(&self, run: &RunId) -> Result<Vec<Outcome>> {
        let Ground { plan, clock, connectors } = self.ground(run).await?;
        let about = (run, Mode::Live, &plan.limits);
        let control = session::control_to_read(&self.parts, (connectors, clock), about).await?;
        let mut tries = 1;
        loop {
            match control.pause_all().await {
                // An operation under way holds the account for as long as a request takes.
                Err(error) if error.kind() == ErrorKind::Conflict && tries < PAUSE_TRIES => {
                    tokio::time::sleep(PAUSE_WAIT).await;
                    tries += 1;
                }
                done => return done,
            }
        }
    }
}

fn check(place: &Place, by: &str) -> Result<()> {
    line("by", by)?;
    match place {
        // A mistyped path would leave the store that was meant running.
        Place::File(path) if !path.exists() => {
            let message = format!("store: {} does not exist", path.display());
            Err(Error::new(ErrorKind::NotFound, message).next("check the path"))
        }
        _ => Ok(()),
    }
}

/// Limits for a control that changes no object.
pub(super) fn nothing() -> Limits {
    let none = Money::zero(Currency::USD);
    Limits {
        daily_cap: none,
        weekly_cap: none,
        lifetime_cap: none,
        max_raise_percent: 0,
        max_cut_percent: 0,
        max_changes_per_object_and_day: 0,
        max_pauses_per_hour: 0,
        learning_hours: 0,
        approvals: Approvals::default(),
    }
}
