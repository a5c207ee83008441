//! Silences: a person keeps alerts quiet for a time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Brain;
use super::door::plan_or_no;
use super::session::{self, RunClock, Session};
use crate::alert::rules::{RuleSet, Silence};
use crate::clock::Clock as _;
use crate::control::{KeptSilence, Silences};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, RunId};
use crate::store::Steps;

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// An order to keep alerts quiet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SilenceOrder {
    /// What is quiet: alerts with all of these labels, such as `rule`, `platform`, `object`, `severity`, `level`.
    #[serde(rename = "match")]
    pub only: BTreeMap<String, String>,
    /// For how long, in hours from now; in simulated time from the moment to which the run has come.
    pub hours: f64,
    /// Who orders it.
    pub by: String,
    /// Why, in a line.
    pub reason: String,
    /// The run whose alerts they are; those of all runs where nothing is said.
    #[serde(default)]
    pub run: Option<RunId>,
}

impl SilenceOrder {
    fn silence(&self, from: Timestamp) -> Result<Silence> {
        let wrong = || {
            Error::invalid("hours", format!("is {}", self.hours)).next("give a number of hours above zero, such as 4")
        };
        let time = SignedDuration::try_from_secs_f64(self.hours * SECONDS_PER_HOUR).map_err(|_| wrong())?;
        let until = from.checked_add(time).map_err(|_| wrong())?;
        let (by, reason) = (self.by.trim().to_owned(), self.reason.trim().to_owned());
        Ok(Silence { only: self.only.clone(), from, until, by, reason })
    }
}

impl Session {
    /// Rules that keep quiet what people have silenced.
    pub(super) async fn silenced(&self, rules: RuleSet) -> Result<RuleSet> {
        let silences = Silences::of(&*self.parts.database).await?;
        Ok(rules.with_silences(silences.of_run(&self.run)))
    }
}

impl Brain {
    /// Keeps alerts with some labels quiet for a time: they are neither told nor acted on nor escalated. It stands in the journal with the name of
    /// who ordered it, holds for every process over the store, and outlives them; what still fires at its end is told then.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for no label, no name, no reason, or a time that is none or longer than 90 days;
    /// [`ErrorKind::NotFound`] for a run without a plan.
    pub async fn silence(&self, order: &SilenceOrder) -> Result<KeptSilence> {
        let clock = self.clock_of(order.run.as_ref()).await?;
        let silence = order.silence(clock.now())?;
        session::control_to_note(&self.parts, clock).await?.silence(order.run.clone(), silence).await
    }

    /// Ends a silence before its time, by its id or the first digits of it: 8 or more. What still fires is told at the next look.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a silence that is not known, [`ErrorKind::Conflict`] for one that is over, [`ErrorKind::InvalidInput`] for no
    /// name or too few digits.
    pub async fn end_silence(&self, id: &str, by: &str) -> Result<KeptSilence> {
        let all = self.silences().await?;
        let known = all.iter().map(|kept| (RunId::new(""), kept.id.clone())).collect();
        let (_, id) = ContentHash::find(id, known, "silence").map_err(|error| match error.kind() {
            ErrorKind::NotFound => error.next("take an id that `adbrain alerts silences` shows"),
            _ => error,
        })?;
        let kept = all.into_iter().find(|kept| kept.id == id);
        let clock = self.clock_of(kept.as_ref().and_then(|kept| kept.run.as_ref())).await?;
        if kept.is_some_and(|kept| kept.until() <= clock.now()) {
            return Err(Error::new(ErrorKind::Conflict, format!("silence: {} is over already", id.short(12)))
                .next("look at those that hold: `adbrain alerts silences`"));
        }
        session::control_to_note(&self.parts, clock).await?.end_silence(&id, by).await?;
        let ended = self.silences().await?.into_iter().find(|kept| kept.id == id);
        ended.ok_or_else(|| Error::new(ErrorKind::Internal, "a silence was ended and is not there"))
    }

    /// Every silence that people have ordered, the newest first; also those that are over.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn silences(&self) -> Result<Vec<KeptSilence>> {
        let all = Silences::of(&**self.database()).await?;
        Ok(all.all().iter().rev().cloned().collect())
    }

    /// The clock of a run that has made its plan; that of the brain for all runs.
    async fn clock_of(&self, run: Option<&RunId>) -> Result<RunClock> {
        let Some(run) = run else { return Ok(RunClock::Real(self.parts.clock.clone())) };
        let steps = Steps::new(self.database().clone());
        self.moment(&steps, run, &plan_or_no(&steps, run).await?).await
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::brain::{AlertRules, RunRequest, Watch};
    use crate::control::{Mode, verify};
    use crate::model::Brief;

    /// A rule that fires wherever something is shown.
    const ALWAYS: &str =
        "version = 1\n[[rule]]\nname = \"shown\"\nvalue = \"cpm_hour\"\nabove = 0.01\nseverity = \"high\"\n";

    fn request() -> RunRequest {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("example");
        let brief = Brief::from_json(&std::fs::read(folder.join("brief.json")).unwrap()).unwrap();
        let run = Some(RunId::new("summer"));
        RunRequest { folder, days: Some(2), mode: Mode::Sandbox, run, ..RunRequest::new(brief) }
    }

    async fn brain(file: &Path) -> Brain {
        let rules = AlertRules::Set(Box::new(RuleSet::from_text(ALWAYS).unwrap()));
        Brain::builder().local(file).rules(rules).build().await.unwrap()
    }

    fn order(hours: f64) -> SilenceOrder {
        let only = [("rule".to_owned(), "shown".to_owned())].into();
        SilenceOrder { only, hours, by: "Ana".into(), reason: "a sale".into(), run: Some(RunId::new("summer")) }
    }

    #[tokio::test]
    async fn a_silence_keeps_an_alert_quiet_over_a_restart_and_what_still_fires_is_told_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("brain.db");
        let first = brain(&file).await;
        first.plan(request(), Watch::default()).await.unwrap();
        let kept = first.silence(&order(30.0)).await.unwrap();
        drop(first);
        let second = brain(&file).await;
        let result = second.run(request(), Watch::default()).await.unwrap();
        let letters = second.letters(1_000).await.unwrap();
        assert!(result.alerts.iter().any(|episode| episode.opened_at < kept.silence.until), "it fired meanwhile");
        assert!(
            !letters.is_empty() && letters.iter().all(|letter| letter.letter.at >= kept.silence.until),
            "{letters:?}"
        );
        assert!(letters.iter().all(|letter| letter.deliveries.is_empty()), "they are kept without a channel too");
        assert!(verify(&**second.database()).await.unwrap().is_intact);
    }

    #[tokio::test]
    async fn a_silence_that_is_ended_early_is_over_and_ends_once() {
        let folder = tempfile::tempdir().unwrap();
        let brain = brain(&folder.path().join("brain.db")).await;
        let lost = brain.silence(&order(1.0)).await.unwrap_err();
        assert_eq!(lost.kind(), ErrorKind::NotFound, "the run has no plan yet");
        let kept = brain.silence(&SilenceOrder { run: None, ..order(1.0) }).await.unwrap();
        assert_eq!(brain.silences().await.unwrap(), std::slice::from_ref(&kept));
        let ended = brain.end_silence(kept.id.short(8), "Bia").await.unwrap();
        assert_eq!(ended.ended.map(|end| end.by), Some("Bia".to_owned()));
        for (id, kind) in [(kept.id.as_str(), ErrorKind::Conflict), ("0123456789", ErrorKind::NotFound)] {
            let error = brain.end_silence(id, "Bia").await.unwrap_err();
            assert!(error.kind() == kind && error.next_step().is_some(), "{error}");
        }
        for hours in [0.0, -1.0, f64::NAN] {
            let error = brain.silence(&SilenceOrder { run: None, ..order(hours) }).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{hours}");
        }
    }
}
