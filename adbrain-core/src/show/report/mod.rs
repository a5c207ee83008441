//! Reports: one model, several writers.
//!
//! In: the result of a run. Out: Markdown, one self-contained HTML file, JSON, CSV, a workbook. Called by the command line and the bindings. Never
//! measures.

mod allocation;
mod band;
mod cell;
mod chart;
mod csv;
mod desk;
mod document;
mod flat;
mod html;
mod intervals;
mod markdown;
mod orders;
mod overview;
mod plain;
#[cfg(feature = "pdf")]
mod pdf;
mod readout;
mod schedule;
mod screen;
mod sections;
#[cfg(test)]
mod tests;
mod trail;
mod words;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use allocation::{AllocationChart, CurveLine, DrawnCurve, allocation_svg};
pub use band::{BandChart, band_svg};
pub use cell::{Cell, Scale};
#[cfg(feature = "dashboard")]
pub(crate) use cell::{date_text, moment_text, units_cell};
pub use desk::{silence_text, waiting_proposal_blocks};
pub use document::{Block, DailyChart, Document, RoasPoint, Section, Table, Tile};
#[cfg(all(test, feature = "dashboard"))]
pub(crate) use flat::FORMULA_SIGNS;
pub use intervals::{IntervalChart, interval_svg};
pub use orders::{drift_document, plan_document, status_document};
pub use overview::{others_block, outcomes_block, overview_basis, overview_sections, switch_text, waiting_blocks};
pub use readout::readout_html;
pub use schedule::{Cadence, DayOfWeek, MadeReport, MadeReports, ReportFile, ScheduleEntry, Schedules};
pub use trail::{Trail, trails};

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::brain::{Period, RunResult};
use crate::control::Head;
use crate::error::Result;
use crate::model::{ContentHash, Language, canonical_json};

use sections::Shown;

/// The report of a run. The same result gives the same bytes in every writer.
///
/// ```no_run
/// # fn show(result: &adbrain_core::brain::RunResult) -> adbrain_core::Result<()> {
/// use adbrain_core::{model::Language, report::Report};
/// let report = Report::of(result);
/// println!("{}", report.markdown(Language::English)?);
/// std::fs::write("report.html", report.html(Language::Portuguese)?).ok();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    shown: Shown,
    document: Document,
}

impl Report {
    /// Makes the report of a result.
    pub fn of(result: &RunResult) -> Self {
        Self::showing(Shown::of(result), None)
    }

    /// Makes the report of some days of a result, beside as many days before them: their sums to the micro, what was decided and done in them,
    /// what waits now. `times` says when the steps of the journal were made ([`crate::control::entry_times`]).
    ///
    /// # Errors
    /// As [`RunResult::of_period`].
    pub fn of_period(result: &RunResult, period: Period, times: &BTreeMap<ContentHash, Timestamp>) -> Result<Self> {
        Ok(Self::showing(Shown::of_period(result, period, times)?, None))
    }

    fn showing(shown: Shown, head: Option<&Head>) -> Self {
        let document = sections::document(&shown, head);
        Self { shown, document }
    }

    /// The same with where the journal ended, as [`crate::control::head`] gives it: whoever keeps the report can check later that
    /// nothing was cut off. Without it the report names the last entry that the result knows.
    #[must_use]
    pub fn sealed(self, head: &Head) -> Self {
        Self::showing(self.shown, Some(head))
    }

    /// The report model: sections with typed content, in no language yet.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The report as Markdown with tables.
    ///
    /// # Errors
    /// None at present; a writer may fail.
    pub fn markdown(&self, language: Language) -> Result<String> {
        Ok(markdown::write(&self.document, language))
    }

    /// The report as one self-contained HTML file: charts inside, no script, nothing loaded from elsewhere.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where a chart or the page cannot be drawn.
    pub fn html(&self, language: Language) -> Result<String> {
        html::write(&self.document, language)
    }

    /// The tables of the report as one CSV table, a line for each cell: `section`, `table`, `row`, `column`, then `value`, `low`, `high` and
    /// `unit` for programs, and `text` as the report shows it. A text that a spreadsheet would take for a formula, one that begins with
    /// `=`, `+`, `-`, `@`, a tab or a carriage return, has an apostrophe before it.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where it cannot be written.
    pub fn csv(&self, language: Language) -> Result<String> {
        csv::write(&self.document, language)
    }

    /// The report as an XLSX workbook: a sheet for each section, real numbers with the formats of their currencies, a chart of the days,
    /// no formula.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where it cannot be written; [`crate::ErrorKind::Unsupported`] in a build without the feature `xlsx`.
    pub fn xlsx(&self, language: Language) -> Result<Vec<u8>> {
        #[cfg(feature = "xlsx")]
        return xlsx::write(&self.document, language);
        #[cfg(not(feature = "xlsx"))]
        {
            let _ = language;
            Err(crate::Error::new(crate::ErrorKind::Unsupported, "this build writes no workbooks")
                .next("build it with the feature xlsx, or take csv"))
        }
    }

    /// The report as PDF, pages of A4 to print or to forward: texts can be selected, accents and charts are in it, nothing is loaded. The
    /// same report gives the same bytes.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where it cannot be written; [`crate::ErrorKind::Unsupported`] in a build without the feature `pdf`.
    pub fn pdf(&self, language: Language) -> Result<Vec<u8>> {
        #[cfg(feature = "pdf")]
        return pdf::write(&self.document, language);
        #[cfg(not(feature = "pdf"))]
        {
            let _ = language;
            Err(crate::Error::new(crate::ErrorKind::Unsupported, "this build writes no PDF")
                .next("build it with the feature pdf, or print the HTML"))
        }
    }

    /// The page for mails: no charts, which mail programs leave out, plain colours, and under 100 KB, beyond which they cut.
    ///
    /// # Errors
    /// As [`Report::html`].
    pub fn mail_page(&self, language: Language) -> Result<String> {
        html::write_mail(&self.document, language)
    }

    /// What it is, in a line: the subject of a mail.
    pub fn headline(&self, language: Language) -> String {
        screen::headline(&self.document, language)
    }

    /// The first screen, a line for each thing: whether it is on target, what changed, what is wanted from a person.
    pub fn first_screen(&self, language: Language) -> Vec<String> {
        screen::lines(&self.document, language)
    }

    /// The result behind the report as canonical JSON: sorted keys, one line.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the result cannot be written as JSON.
    pub fn json(&self) -> Result<Vec<u8>> {
        canonical_json(&self.shown.result)
    }
}

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/reports.md")]
pub struct Guide;
