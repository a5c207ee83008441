//! What looks between the days of a run have seen and done, kept beside its steps.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::cycle::DAY_STEPS;
use super::super::monitor::Progress;
use super::super::session::Session;
use crate::alert::{DecisionRecord, DetectorState};
use crate::control::{JournalState, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::RunId;
use crate::store::{Statement, Steps};

/// The place beside the steps.
const LIVE: &str = "live";
/// How the names of the steps begin that answer feedback.
const ANSWER_STEPS: &str = "answers-";

/// What looks have seen and done so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Live {
    /// Up to when the rules were shown what happened; none before the first look.
    pub(in super::super) until: Option<Timestamp>,
    /// What they have seen.
    alerts: DetectorState,
    /// Actions that were decided on and are not in the progress of the run yet.
    pub(in super::super) decisions: Vec<DecisionRecord>,
    /// What control did that is not there yet.
    pub(in super::super) actions: Vec<Outcome>,
}

impl Live {
    /// What looks have seen of a session's run; its progress takes over what it does not know yet. Runs in simulated time have none.
    pub(in super::super) async fn of(session: &Session, progress: &mut Progress) -> Result<Self> {
        if session.clock.is_simulated() {
            return Ok(Self::default());
        }
        let live = Self::load(&Steps::new(session.parts.database.clone()), &session.run).await?;
        live.tell(progress);
        Ok(live)
    }

    pub(in super::super) async fn load(steps: &Steps, run: &RunId) -> Result<Self> {
        let Some(text) = steps.load(run, LIVE).await? else { return Ok(Self::default()) };
        serde_json::from_str(&text).map_err(|error| damaged(run).caused_by(error))
    }

    pub(in super::super) async fn keep(&self, steps: &Steps, run: &RunId) -> Result<()> {
        self.keep_with(steps, run, Vec::new()).await
    }

    /// Keeps it together with other statements: all of it or nothing.
    pub(in super::super) async fn keep_with(&self, steps: &Steps, run: &RunId, others: Vec<Statement>) -> Result<()> {
        let text = serde_json::to_string(self).map_err(|error| damaged(run).caused_by(error))?;
        steps.keep_with(run, (LIVE, &text), others).await
    }

    /// Whether the rules were shown a moment already.
    pub(in super::super) fn covers(&self, moment: Timestamp) -> bool {
        self.until.is_some_and(|until| moment <= until)
    }

    /// What the rules have seen by now: by looks, or by the days that were watched up to a moment, whichever reaches further.
    pub(in super::super) fn newest(&self, by_days: DetectorState, watched_until: Timestamp) -> DetectorState {
        if self.until.is_some_and(|until| until > watched_until) { self.alerts.clone() } else { by_days }
    }

    /// What the rules have seen.
    pub(in super::super) fn alerts(&self) -> &DetectorState {
        &self.alerts
    }

    /// Takes over what the rules have seen by a moment.
    pub(in super::super) fn saw(&mut self, alerts: DetectorState, until: Timestamp) {
        (self.alerts, self.until) = (alerts, Some(until));
    }

    /// Forgets what the progress of a run knows by now.
    pub(in super::super) fn forget(&mut self, progress: &Progress) {
        self.decisions.retain(|record| {
            !progress.decisions.iter().any(|one| one.cause == record.cause && one.changes == record.changes)
        });
        self.actions.retain(|outcome| !progress.actions.contains(outcome));
    }

    /// Hands to the progress of a run what it does not know yet; says whether control has done something of it.
    pub(in super::super) fn tell(&self, progress: &mut Progress) -> bool {
        let is_done = |outcome: &&Outcome| outcome.state == JournalState::Confirmed;
        let before = progress.actions.iter().filter(is_done).count();
        let is_known = |record: &DecisionRecord, known: &[DecisionRecord]| {
            known.iter().any(|one| one.cause == record.cause && one.changes == record.changes)
        };
        for record in &self.decisions {
            if !is_known(record, &progress.decisions) {
                progress.decisions.push(record.clone());
            }
        }
        for outcome in &self.actions {
            match progress.actions.iter_mut().find(|known| known.entry == outcome.entry) {
                Some(known) => known.clone_from(outcome),
                None => progress.actions.push(outcome.clone()),
            }
        }
        progress.actions.iter().filter(is_done).count() > before
    }

    /// Adds outcomes, the newest of a step in place of those before; gives those that are news.
    pub(in super::super) fn note(&mut self, outcomes: Vec<Outcome>) -> Vec<Outcome> {
        let mut news = Vec::new();
        for outcome in outcomes {
            match self.actions.iter_mut().find(|known| known.entry == outcome.entry) {
                Some(known) if *known == outcome => continue,
                Some(known) => known.clone_from(&outcome),
                None => self.actions.push(outcome.clone()),
            }
            news.push(outcome);
        }
        news
    }
}

/// The newest progress of a run's days; none before it was launched.
pub(in super::super) async fn progress(steps: &Steps, run: &RunId) -> Result<Option<Progress>> {
    let all = steps.load_all(run).await?;
    let newest = |prefix: &str| all.iter().rfind(|(name, _)| name.starts_with(prefix));
    let read = |(_, text): (&String, &String)| {
        serde_json::from_str::<Progress>(text).map_err(|error| damaged(run).caused_by(error))
    };
    let day = newest(DAY_STEPS).map(read).transpose()?;
    let answered = newest(ANSWER_STEPS).map(read).transpose()?;
    Ok(match (day, answered) {
        // Answers come after the day that they answer.
        (Some(day), Some(answered)) => Some(if answered.days >= day.days { answered } else { day }),
        (day, answered) => day.or(answered),
    })
}

fn damaged(run: &RunId) -> Error {
    Error::new(ErrorKind::Corrupt, "what the monitor of a run has kept cannot be read")
        .with("run", run)
        .next("this store comes from another version or was changed outside; start a new run")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ContentHash, Platform, Tag};

    fn outcome(name: &str, state: JournalState) -> Outcome {
        Outcome {
            entry: ContentHash::of(name.as_bytes()),
            platform: Platform::Meta,
            target: Tag::new("set"),
            action: "pause".into(),
            cause: name.into(),
            state,
            object: None,
            reason: None,
        }
    }

    #[test]
    fn what_is_told_twice_is_news_once_and_the_newest_state_counts() {
        let (mut live, mut progress) = (Live::default(), Progress::opening());
        let waits = outcome("a", JournalState::Refused);
        assert_eq!(live.note(vec![waits.clone()]), std::slice::from_ref(&waits));
        assert!(live.note(vec![waits.clone()]).is_empty());
        live.tell(&mut progress);
        let done = outcome("a", JournalState::Confirmed);
        assert_eq!(live.note(vec![done.clone()]), std::slice::from_ref(&done));
        live.tell(&mut progress);
        assert_eq!(progress.actions, [done]);
    }

    #[test]
    fn the_state_that_reaches_further_goes_on() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut live = Live::default();
        assert!(!live.covers(at("2026-12-01T00:00:00Z")));
        live.saw(DetectorState::default(), at("2026-12-01T10:00:00Z"));
        assert!(live.covers(at("2026-12-01T10:00:00Z")) && !live.covers(at("2026-12-01T11:00:00Z")));
    }
}
