//! Silences that people order: alerts with some labels are neither told nor acted on for a time. They stand in the journal with the name of who
//! ordered them, so that they outlive every process, and hold for every one that works beside the same store.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::approval::check_person;
use super::journal::{Body, Note};
use super::step::{Step, Trust, Work};
use super::{Control, JournalState};
use crate::alert::Severity;
use crate::alert::notify::{Item, Letter};
use crate::alert::rules::{Level, NotificationKind, Silence};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Platform, RunId, Tag, line};
use crate::store::{Database, Row, Statement};

/// The run under whose name stands what is about no single run.
pub(crate) const EVERY_RUN: &str = "*";
/// The longest silence: what is quiet for longer is a rule to be changed.
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A silence that a person ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptSilence {
    /// Its name: ends it early.
    pub id: ContentHash,
    /// The run whose alerts it keeps quiet; none for those of all runs.
    pub run: Option<RunId>,
    /// What is quiet, from when until when, by whom and why.
    pub silence: Silence,
    /// Who ended it early, and when.
    pub ended: Option<EndedSilence>,
}

/// That a person ended a silence before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedSilence {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl KeptSilence {
    /// Until when it holds: its time, or its early end.
    pub fn until(&self) -> Timestamp {
        self.ended.as_ref().map_or(self.silence.until, |ended| ended.at.min(self.silence.until))
    }

    /// Whether it holds at a moment.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.silence.from <= at && at < self.until()
    }

    fn is_of(&self, run: &RunId) -> bool {
        self.run.as_ref().is_none_or(|own| own == run)
    }
}

/// Every silence that people have ordered, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Silences(Vec<KeptSilence>);

impl Silences {
    /// Reads them from the journal of a store.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn of(database: &dyn Database) -> Result<Self> {
        let sql = "SELECT body, at FROM journal WHERE action IN ('silence', 'end_silence') ORDER BY seq";
        let mut all = Self::default();
        for row in database.query(Statement::new(sql, [])).await? {
            all.take(&row)?;
        }
        Ok(all)
    }

    fn take(&mut self, row: &Row) -> Result<()> {
        let damaged = |error| {
            Error::new(ErrorKind::Corrupt, "a silence in the journal cannot be read")
                .next("restore the database from a backup, or install the release that wrote it")
                .caused_by(error)
        };
        let body: Body = serde_json::from_str(row.text(0)?).map_err(damaged)?;
        match body.work {
            Some(Work::Silence { run, silence }) => {
                self.0.push(KeptSilence { id: id_of(run.as_ref(), &silence)?, run, silence, ended: None });
            }
            Some(Work::EndSilence { id, by }) => {
                let at = row.text(1)?.parse().map_err(|_| damaged_moment())?;
                let open = self.0.iter_mut().rev().find(|kept| kept.id == id && kept.ended.is_none());
                if let Some(kept) = open {
                    kept.ended = Some(EndedSilence { by, at });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> &[KeptSilence] {
        &self.0
    }

    /// Those of a run, as rules take them: each until it ended.
    pub fn of_run(&self, run: &RunId) -> Vec<Silence> {
        let own = self.0.iter().filter(|kept| kept.is_of(run));
        own.map(|kept| Silence { until: kept.until(), ..kept.silence.clone() }).collect()
    }

    /// Whether everything that is still open in a letter is quiet at a moment: it is not escalated then.
    pub fn cover(&self, letter: &Letter, at: Timestamp) -> bool {
        let mut open = letter.items.iter().filter(|item| item.kind != NotificationKind::Closed).peekable();
        let holding: Vec<_> = self.0.iter().filter(|kept| kept.is_of(&letter.run) && kept.holds(at)).collect();
        open.peek().is_some()
            && open.all(|item| holding.iter().any(|kept| covers(&kept.silence, item, letter.severity)))
    }
}

/// Whether a silence covers all that an item tells; labels that a letter does not hold are taken for others.
fn covers(silence: &Silence, item: &Item, severity: Severity) -> bool {
    silence.only.iter().all(|(label, wanted)| match label.as_str() {
        "rule" => item.rule == *wanted,
        "severity" => severity.as_str() == wanted,
        "platform" => item.platforms.iter().all(|platform| platform.as_str() == wanted),
        "object" => item.objects.iter().all(|object| object == wanted),
        _ => false,
    })
}

fn damaged_moment() -> Error {
    Error::new(ErrorKind::Corrupt, "the moment of a journal entry cannot be read")
        .next("restore the database from a backup")
}

/// What names a silence: its content and its run.
fn id_of(run: Option<&RunId>, silence: &Silence) -> Result<ContentHash> {
    ContentHash::of_value(&(run, silence))
}

/// Checks what a person orders.
fn check(silence: &Silence) -> Result<()> {
    check_person(&silence.by)?;
    line("reason", &silence.reason)?;
    if silence.only.is_empty() {
        return Err(Error::invalid("match", "is empty and would silence everything")
            .next("name a rule, a platform or an object, such as rule=cost_spike"));
    }
    silence.only.iter().try_for_each(|(label, value)| check_label(label, value))?;
    let time = silence.until.duration_since(silence.from);
    if !time.is_positive() || time > LONGEST {
        return Err(Error::invalid("time", "is not between nothing and 90 days")
            .next("give a time such as 4h or 2d; change or take out a rule that is to be quiet for longer"));
    }
    Ok(())
}

fn check_label(label: &str, value: &str) -> Result<()> {
    let field = format!("match.{label}");
    line(&field, label)?;
    line(&field, value)?;
    let is_known = match label {
        "platform" => value.parse::<Platform>().is_ok(),
        "severity" => [Severity::Info, Severity::High, Severity::Critical].iter().any(|one| one.as_str() == value),
        "level" => value.parse::<Level>().is_ok(),
        _ => true,
    };
    if is_known {
        return Ok(());
    }
    Err(Error::invalid(&field, format!("there is no {value:?}"))
        .next("use the words of the alert: meta, google, tiktok, linkedin; info, high, critical; platform, campaign, ad_set, ad"))
}

impl Control {
    /// Keeps alerts with some labels quiet for a time: writes into the journal who ordered it and why. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for no label, no name, no reason, or a time that is none or longer than 90 days.
    pub(crate) async fn silence(&self, run: Option<RunId>, silence: Silence) -> Result<KeptSilence> {
        check(&silence)?;
        let (id, by) = (id_of(run.as_ref(), &silence)?, silence.by.clone());
        let work = Work::Silence { run: run.clone(), silence: silence.clone() };
        self.note_silence((&id, &by), work).await?;
        Ok(KeptSilence { id, run, silence, ended: None })
    }

    /// Ends a silence before its time, by a person with a name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for no name.
    pub(crate) async fn end_silence(&self, id: &ContentHash, by: &str) -> Result<()> {
        check_person(by)?;
        self.note_silence((id, by.trim()), Work::EndSilence { id: id.clone(), by: by.trim().to_owned() }).await
    }

    async fn note_silence(&self, (id, by): (&ContentHash, &str), work: Work) -> Result<()> {
        let at = self.clock.now();
        let step = Step {
            platform: Platform::Meta, // A note names no platform.
            target: Tag::new(format!("silence:{id}")),
            work,
            cause: format!("{by}@{at}"),
            trust: Trust::Undo,
        };
        let body = Body { work: Some(step.work.clone()), ..Body::default() };
        let mut session = self.session().await?;
        // Under the name of no run: a process that works on the run is not in the way of it, nor this in the way of that process.
        session.journal.append(&RunId::new(EVERY_RUN), &step, Note { state: JournalState::Confirmed, body, at }).await
    }
}
