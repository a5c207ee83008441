//! Makes the reports that are due.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::calendar::Due;
use super::kept;
use super::settings::{ReportFile, ScheduleEntry, Schedules};
use crate::alert::notify::{Enclosure, ReportLetter, ReportNews};
use crate::brain::{Brain, Duty, RunResult};
use crate::control::{Head, entry_times, head};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Language, RunId};
use crate::report::Report;
use crate::store::Statement;

/// The most periods of a schedule that are made up for after a break, the newest; those before are passed over.
const MADE_UP: usize = 7;
/// So long a report waits for days of its period that are not known whole; then it is made and says so.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeReport {
    /// The run that it is of.
    pub run: RunId,
    /// The schedule.
    pub schedule: String,
    /// The first day of its period.
    pub first: Date,
    /// The last day, included.
    pub last: Date,
    /// The files that were written.
    pub files: Vec<PathBuf>,
    /// The channels that it is kept for; they get it with what else is due.
    pub channels: Vec<String>,
}

/// What was made at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeReports {
    /// The reports, by schedule and period.
    pub made: Vec<MadeReport>,
    /// What went wrong, by schedule; it is tried again at the next moment.
    pub problems: BTreeMap<String, String>,
}

/// What every report of one moment is made from.
struct Desk<'a> {
    brain: &'a Brain,
    result: RunResult,
    times: BTreeMap<ContentHash, Timestamp>,
    head: Head,
    now: Timestamp,
}

impl Schedules {
    /// Makes the reports of a run that are due at a moment and were not made yet: writes their files, and keeps their letters for the
    /// channels of the brain ([`Brain::deliver`] sends them). A schedule that is new begins with the period that ended last; after a break
    /// each period that was missed is made once, the newest seven of them. The run is found as [`Brain::result`] finds it.
    ///
    /// # Errors
    /// Those of [`Brain::result`] and of the database. What goes wrong with one schedule is told in what comes back.
    pub async fn make(&self, brain: &Brain, run: Option<&str>, now: Timestamp) -> Result<MadeReports> {
        let result = brain.result(run).await?;
        let times = entry_times(brain.database().as_ref(), &result.run).await?;
        let head = head(brain.database().as_ref()).await?;
        let desk = Desk { brain, result, times, head, now };
        let mut all = MadeReports::default();
        for schedule in &self.schedules {
            if let Err(error) = desk.schedule(schedule, &mut all.made).await {
                all.problems.insert(schedule.name.clone(), error.to_string());
            }
        }
        Ok(all)
    }
}

#[async_trait]
impl Duty for Schedules {
    async fn attend(&self, brain: &Brain, run: &RunId) -> BTreeMap<String, String> {
        let named = |(schedule, problem): (String, String)| (format!("report {schedule}"), problem);
        match self.make(brain, Some(run.as_str()), brain.now()).await {
            Ok(made) => made.problems.into_iter().map(named).collect(),
            // A run that has just begun has no result to tell of.
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => BTreeMap::from([("report".to_owned(), error.to_string())]),
        }
    }
}

impl Desk<'_> {
    async fn schedule(&self, schedule: &ScheduleEntry, made: &mut Vec<MadeReport>) -> Result<()> {
        self.check_channels(schedule)?;
        let known = kept::known(self.brain.database().as_ref(), &self.result.run, &schedule.name).await?;
        let periods = schedule.periods(&self.result.brief.flight)?;
        let mut due: Vec<_> = periods
            .into_iter()
            .filter(|due| due.at <= self.now && !known.contains(&due.period.first) && self.is_told(*due))
            .collect();
        let most = if known.is_empty() { 1 } else { MADE_UP };
        let newest = due.split_off(due.len().saturating_sub(most));
        let passed = due.iter().map(|due| self.keep(schedule, *due, false)).collect();
        self.write(passed).await?;
        for due in newest {
            made.extend(self.report(schedule, due).await?);
        }
        Ok(())
    }

    /// Whether there is something to tell of a period, and all of it, or else it has been waited for long enough.
    fn is_told(&self, due: Due) -> bool {
        let days = &self.result.days;
        let is_whole = days.last().is_some_and(|day| day.date >= due.period.last);
        let waited = self.now.duration_since(due.at) >= PATIENCE;
        days.iter().any(|day| due.period.has(day.date)) && (is_whole || waited)
    }

    fn keep(&self, schedule: &ScheduleEntry, due: Due, is_made: bool) -> Statement {
        kept::keep((&self.result.run, &schedule.name), due.period, (is_made, self.now))
    }

    /// Writes statements; no where another process was first.
    async fn write(&self, statements: Vec<Statement>) -> Result<bool> {
        if statements.is_empty() {
            return Ok(true);
        }
        match self.brain.database().write(statements).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes one report: its files first, which a second go writes over with the same, then what says that it was made with its letter.
    async fn report(&self, schedule: &ScheduleEntry, due: Due) -> Result<Option<MadeReport>> {
        let language = schedule.language.unwrap_or_else(|| self.result.brief.language());
        let report = Report::of_period(&self.result, due.period, &self.times)?.sealed(&self.head);
        let files = self.files(schedule, due, (&report, language)).await?;
        let mut statements = vec![self.keep(schedule, due, true)];
        if let Some(notifier) = self.brain.notifier().filter(|_| !schedule.channels.is_empty()) {
            let path = files.first().map(|path| path.display().to_string());
            let news = ReportNews {
                schedule: schedule.name.clone(),
                first: due.period.first,
                last: due.period.last,
                headline: report.headline(language),
                lines: report.first_screen(language),
                path,
            };
            let wants_files = schedule.channels.iter().any(|name| notifier.takes_files(name));
            let enclosures = if wants_files { enclosures(schedule, due, (&report, language))? } else { Vec::new() };
            let (run, is_simulated) = (self.result.run.clone(), self.result.is_simulated);
            let letter = ReportLetter { run, at: self.now, is_simulated, language, news, enclosures }.into_letter()?;
            statements.extend(notifier.report_statements(&letter, &schedule.channels)?);
        }
        if !self.write(statements).await? {
            return Ok(None);
        }
        let (run, name, channels) = (self.result.run.clone(), schedule.name.clone(), schedule.channels.clone());
        Ok(Some(MadeReport { run, schedule: name, first: due.period.first, last: due.period.last, files, channels }))
    }

    async fn files(
        &self,
        schedule: &ScheduleEntry,
        due: Due,
        (report, language): (&Report, Language),
    ) -> Result<Vec<PathBuf>> {
        let Some(folder) = &schedule.folder else { return Ok(Vec::new()) };
        let folder = folder.join(self.result.run.as_str());
        let mut files = Vec::new();
        for form in schedule.written() {
            let path = folder.join(file_name(schedule, due, *form));
            write_whole(&path, &bytes_of(report, *form, language)?).await?;
            files.push(path);
        }
        Ok(files)
    }

    fn check_channels(&self, schedule: &ScheduleEntry) -> Result<()> {
        let is_known = |name: &String| self.brain.notifier().is_some_and(|notifier| notifier.has(name));
        match schedule.channels.iter().find(|name| !is_known(name)) {
            None => Ok(()),
            Some(name) => {
                let what = format!("names {name:?}, and there is no channel of that name");
                Err(schedule.wrong("channels", &what, "give the file of channels too, or correct the name"))
            }
        }
    }
}

/// The page for mails, and the files that are attached.
fn enclosures(schedule: &ScheduleEntry, due: Due, (report, language): (&Report, Language)) -> Result<Vec<Enclosure>> {
    let page = Enclosure {
        name: file_name(schedule, due, ReportFile::Html),
        media_type: ReportFile::Html.media_type().to_owned(),
        bytes: report.mail_page(language)?.into_bytes(),
        is_page: true,
    };
    let attached = schedule.attach.iter().map(|form| {
        let (name, media_type) = (file_name(schedule, due, *form), form.media_type().to_owned());
        Ok(Enclosure { name, media_type, bytes: bytes_of(report, *form, language)?, is_page: false })
    });
    std::iter::once(Ok(page)).chain(attached).collect()
}

fn file_name(schedule: &ScheduleEntry, due: Due, form: ReportFile) -> String {
    format!("{}-{}_{}.{form}", schedule.name, due.period.first, due.period.last)
}

fn bytes_of(report: &Report, form: ReportFile, language: Language) -> Result<Vec<u8>> {
    match form {
        ReportFile::Html => report.html(language).map(String::into_bytes),
        ReportFile::Markdown => report.markdown(language).map(String::into_bytes),
        ReportFile::Csv => report.csv(language).map(String::into_bytes),
        ReportFile::Xlsx => report.xlsx(language),
        ReportFile::Pdf => report.pdf(language),
        ReportFile::Json => report.json(),
    }
}

impl ReportFile {
    fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
            Self::Json => "application/json",
        }
    }
}

/// Writes a file whole: who reads it meanwhile sees the one before, or none.
async fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Unavailable, format!("{} cannot be written: {error}", path.display()))
            .next("check the folder and the free space")
    };
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    tokio::fs::write(&part, bytes).await.map_err(failed)?;
    tokio::fs::rename(&part, path).await.map_err(failed)
}
