//! Schedules as people write them, in TOML or JSON.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::{Time, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alert::rules::{decoded, parts, value_of};
use crate::error::{Error, Result};
use crate::model::Language;

/// When a report is made where nothing is said: most people have come by then.
const USUAL_TIME: &str = "08:00";

crate::model::named! {
    /// How long the period of a report is.
    Cadence {
        /// A day, midnight to midnight.
        Day = "day",
        /// Seven days, to the day before `weekday`.
        Week = "week",
        /// A calendar month.
        Month = "month",
    }
}

crate::model::named! {
    /// A day of the week.
    DayOfWeek {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl From<DayOfWeek> for Weekday {
    fn from(day: DayOfWeek) -> Self {
        match day {
            DayOfWeek::Monday => Self::Monday,
            DayOfWeek::Tuesday => Self::Tuesday,
            DayOfWeek::Wednesday => Self::Wednesday,
            DayOfWeek::Thursday => Self::Thursday,
            DayOfWeek::Friday => Self::Friday,
            DayOfWeek::Saturday => Self::Saturday,
            DayOfWeek::Sunday => Self::Sunday,
        }
    }
}

crate::model::named! {
    /// A form of a report.
    ReportFile {
        /// One page with everything in it.
        Html = "html",
        /// Markdown with tables.
        Markdown = "md",
        /// One table, a line for each cell.
        Csv = "csv",
        /// A workbook; in builds with the feature `xlsx`.
        Xlsx = "xlsx",
        /// Pages to print; in builds with the feature `pdf`.
        Pdf = "pdf",
        /// The result of the period itself.
        Json = "json",
    }
}

/// The reports of an account that are made by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedules {
    /// The version of the form: 1.
    pub version: u32,
    /// The schedules, in order.
    #[serde(default, rename = "schedule")]
    pub schedules: Vec<ScheduleEntry>,
}

/// One report that is made again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleEntry {
    /// Its name, of your choice: small letters, digits, `-` and `_`. What was made is kept under it.
    pub name: String,
    /// How long its period is.
    pub every: Cadence,
    /// When it is made, on the first day after its period, in its time zone: `08:00`.
    #[serde(default = "usual_time")]
    pub at: String,
    /// For weeks: the day on which it is made and on which the next week begins; Monday where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekday: Option<DayOfWeek>,
    /// For months: the day of the next month on which it is made, 1 to 31; the last one where that month is shorter. 1 where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<i8>,
    /// The time zone in which it is made; that of the account where nothing is said. Days are always those of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Its language; that of the brief where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The folder that its files are written to, `FOLDER/RUN/NAME-FIRST_LAST.html` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The forms that are written to the folder; `html` where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<ReportFile>,
    /// The channels that it goes to, by their names. E-mail gets the report as a page, the others its first screen and where it lies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The forms that are attached to mails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attach: Vec<ReportFile>,
}

fn usual_time() -> String {
    USUAL_TIME.to_owned()
}

impl Schedules {
    /// Reads schedules from TOML or JSON text (JSON where it begins with a brace).
    ///
    /// ```
    /// use adbrain_core::report::Schedules;
    /// let text = "version = 1\n[[schedule]]\nname = \"weekly\"\nevery = \"week\"\nfolder = \"reports\"\n";
    /// assert_eq!(Schedules::from_text(text)?.schedules[0].at, "08:00");
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the line of what is no TOML or JSON, or the schedule and its field.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::of_fields(value_of(text, "schedules")?)
    }

    /// The same from a value that was JSON.
    ///
    /// # Errors
    /// As [`Schedules::from_text`].
    pub fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Object(fields) => Self::of_fields(fields),
            _ => Err(Error::invalid("schedules", "has no fields").next("give version and schedule")),
        }
    }

    /// Reads a file in TOML or JSON; folders that are not absolute lie beside it.
    ///
    /// # Errors
    /// As [`Schedules::from_text`], and where the file cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::invalid("schedules", format!("{} cannot be read: {error}", path.display())).next("check the path")
        })?;
        let mut read = Self::from_text(&text).map_err(|error| error.with("file", path.display()))?;
        let beside = path.parent().unwrap_or_else(|| Path::new(""));
        for folder in read.schedules.iter_mut().filter_map(|schedule| schedule.folder.as_mut()) {
            *folder = beside.join(&*folder);
        }
        Ok(read)
    }

    fn of_fields(mut fields: serde_json::Map<String, Value>) -> Result<Self> {
        let schedules = parts(&mut fields, "schedule")?;
        let file = Self { schedules, ..decoded(Value::Object(fields), "schedules")? };
        file.check()?;
        Ok(file)
    }

    fn check(&self) -> Result<()> {
        if self.version != 1 {
            let what = format!("is {}, this release knows 1", self.version);
            return Err(Error::invalid("version", what).next("write version = 1"));
        }
        let mut names = BTreeSet::new();
        for schedule in &self.schedules {
            if !names.insert(&schedule.name) {
                let what = format!("{:?} stands twice", schedule.name);
                return Err(Error::invalid("schedule.name", what).next("give each schedule a name of its own"));
            }
            schedule.check()?;
        }
        Ok(())
    }
}

impl ScheduleEntry {
    /// The time of day at which it is made.
    pub(super) fn time(&self) -> Result<Time> {
        let time = (self.at.len() == USUAL_TIME.len()).then(|| Time::strptime("%H:%M", &self.at).ok()).flatten();
        time.ok_or_else(|| {
            self.wrong("at", &format!("is {:?}, which is no time of day", self.at), "write hours and minutes: 08:00")
        })
    }

    /// The forms that are written to its folder.
    pub(super) fn written(&self) -> &[ReportFile] {
        if self.formats.is_empty() { &[ReportFile::Html] } else { &self.formats }
    }

    fn check(&self) -> Result<()> {
        let is_part = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter);
        if self.name.is_empty() || !self.name.chars().all(is_part) {
            let what = format!("{:?} is no name of a schedule, which names files too", self.name);
            return Err(Error::invalid("schedule.name", what).next("write small letters, digits, - and _"));
        }
        self.time()?;
        self.check_day()?;
        if let Some(zone) = &self.time_zone {
            jiff::tz::TimeZone::get(zone).map_err(|_| {
                self.wrong(
                    "time_zone",
                    &format!("is {zone:?}, which is not known"),
                    "write a name such as America/Sao_Paulo",
                )
            })?;
        }
        if self.folder.is_none() && self.channels.is_empty() {
            return Err(self.wrong("folder", "or channels has to be given", "say where the report goes"));
        }
        if self.folder.is_none() && !self.formats.is_empty() {
            return Err(self.wrong(
                "formats",
                "is for a folder, and none is given",
                "give folder, or take formats out",
            ));
        }
        if self.channels.is_empty() && !self.attach.is_empty() {
            return Err(self.wrong(
                "attach",
                "is for channels, and none is given",
                "give channels, or take attach out",
            ));
        }
        self.formats.iter().chain(&self.attach).try_for_each(|form| self.check_form(*form))
    }

    fn check_day(&self) -> Result<()> {
        if self.weekday.is_some() && self.every != Cadence::Week {
            return Err(self.wrong("weekday", "is for weeks", "take it out, or write every = \"week\""));
        }
        if self.day.is_some() && self.every != Cadence::Month {
            return Err(self.wrong("day", "is for months", "take it out, or write every = \"month\""));
        }
        match self.day {
            Some(day) if !(1..=31).contains(&day) => {
                Err(self.wrong("day", &format!("is {day}"), "write a day of the month, 1 to 31"))
            }
            _ => Ok(()),
        }
    }

    /// Whether this build writes a form.
    fn check_form(&self, form: ReportFile) -> Result<()> {
        let missing = match form {
            ReportFile::Xlsx if !cfg!(feature = "xlsx") => "xlsx",
            ReportFile::Pdf if !cfg!(feature = "pdf") => "pdf",
            _ => return Ok(()),
        };
        let next = if missing == "pdf" {
            "build it with the feature pdf, or take html"
        } else {
            "build it with the feature xlsx, or take csv"
        };
        Err(self.wrong("formats", &format!("or attach names {missing}, which this build does not write"), next))
    }

    pub(super) fn wrong(&self, field: &str, what: &str, next: &'static str) -> Error {
        Error::invalid(&format!("schedule.{}.{field}", self.name), what).next(next)
    }
}
