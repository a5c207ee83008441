//! Reports by schedule: a report of each day, week or month of a run, made once, after it has ended.
//!
//! In: schedules as people wrote them, the kept result of a run, a moment. Out: files in folders, letters for the channels of the brain. What was
//! made is kept in the store together with its letters, so that a restart, a clock that is set back or a second process makes nothing twice.

mod calendar;
mod kept;
mod make;
mod settings;

pub use make::{MadeReport, MadeReports};
pub use settings::{Cadence, DayOfWeek, ReportFile, ScheduleEntry, Schedules};
