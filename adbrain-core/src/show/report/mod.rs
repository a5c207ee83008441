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
mod markdown;
mod orders;
mod overview;
mod plain;
mod readout;
mod sections;
#[cfg(test)]
mod tests;
mod trail;
mod words;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use allocation::{AllocationChart, DrawnCurve, allocation_svg};
pub use band::{BandChart, band_svg};
pub use cell::{Cell, Scale};
#[cfg(feature = "dashboard")]
pub(crate) use cell::{date_text, moment_text, units_cell};
pub use desk::{silence_text, waiting_proposal_blocks};
pub use document::{Block, DailyChart, Document, RoasPoint, Section, Table, Tile};
#[cfg(all(test, feature = "dashboard"))]
pub(crate) use flat::FORMULA_SIGNS;
pub use orders::{drift_document, plan_document, status_document};
pub use overview::{others_block, outcomes_block, overview_basis, overview_sections, switch_text, waiting_blocks};
pub use readout::readout_html;
pub use trail::{Trail, trails};

use crate::brain::RunResult;
use crate::control::Head;
use crate::error::Result;
use crate::model::{Language, canonical_json};

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
    result: RunResult,
    document: Document,
}

impl Report {
    /// Makes the report of a result.
    pub fn of(result: &RunResult) -> Self {
        Self { result: result.clone(), document: sections::document(result, None) }
    }

    /// The same with where the journal ended, as [`crate::control::head`] gives it: whoever keeps the report can check later that
    /// nothing was cut off. Without it the report names the last entry that the result knows.
    #[must_use]
    pub fn sealed(self, head: &Head) -> Self {
        Self { document: sections::document(&self.result, Some(head)), ..self }
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

    /// The result behind the report as canonical JSON: sorted keys, one line.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the result cannot be written as JSON.
    pub fn json(&self) -> Result<Vec<u8>> {
        canonical_json(&self.result)
    }
}

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/reports.md")]
pub struct Guide;
