//! Reports: one model, several writers.
//!
//! In: the result of a run. Out: Markdown, one self-contained HTML file, JSON. Called by the command line and the bindings. Never
//! measures.

mod allocation;
mod band;
mod cell;
mod chart;
mod document;
mod html;
mod markdown;
mod orders;
mod overview;
mod plain;
mod readout;
mod sections;
#[cfg(test)]
mod tests;
mod words;

pub use allocation::{AllocationChart, DrawnCurve, allocation_svg};
pub use band::{BandChart, band_svg};
pub use cell::{Cell, Scale};
pub use document::{Block, DailyChart, Document, RoasPoint, Section, Table, Tile};
pub use orders::{drift_document, plan_document, status_document};
pub use overview::{outcomes_block, overview_basis, overview_sections, proposals_block, switch_text, waiting_blocks};
pub use readout::readout_html;

use crate::brain::RunResult;
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
        Self { result: result.clone(), document: sections::document(result) }
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

    /// The result behind the report as canonical JSON: sorted keys, one line.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the result cannot be written as JSON.
    pub fn json(&self) -> Result<Vec<u8>> {
        canonical_json(&self.result)
    }
}
