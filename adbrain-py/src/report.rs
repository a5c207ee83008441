//! What a run gave back, and its report.
//!
//! In: the result of a run. Out: dicts, JSON, Markdown, HTML, CSV, a workbook; in a notebook a report shows itself. Called by brain. Never
//! measures.

use std::fmt::Write as _;
use std::sync::Arc;

use adbrain_core::brain::RunResult as CoreResult;
use adbrain_core::model::{Language, canonical_json};
use adbrain_core::report::Report as CoreReport;
use adbrain_core::{Error, ErrorKind, Result, orders};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Serialize;

use crate::{error, value};

/// Everything that one run of the loop did and found.
#[pyclass(frozen, module = "adbrain")]
pub(crate) struct RunResult {
    inner: Arc<CoreResult>,
}

impl RunResult {
    pub(crate) fn new(result: CoreResult) -> Self {
        Self { inner: Arc::new(result) }
    }
}

#[pymethods]
impl RunResult {
    /// The name of the run.
    #[getter]
    fn run_id(&self) -> &str {
        self.inner.run.as_str()
    }

    /// The seed of its luck.
    #[getter]
    fn seed(&self) -> u64 {
        self.inner.seed
    }

    /// Whether the figures come from the simulated market.
    #[getter]
    fn is_simulated(&self) -> bool {
        self.inner.is_simulated
    }

    /// How far real accounts have been watched, as a dict; none in simulated time.
    #[getter]
    fn watched<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, &self.inner.watched))
    }

    /// What a language model did for the run, as a dict; none where none finds words.
    #[getter]
    fn words<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, &self.inner.words))
    }

    /// What should be, as a dict.
    #[getter]
    fn plan<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, &self.inner.plan))
    }

    /// The hash of the plan.
    #[getter]
    fn plan_hash(&self) -> &str {
        self.inner.plan_hash.as_str()
    }

    /// The report.
    #[getter]
    fn report(&self, py: Python<'_>) -> PyResult<Report> {
        error::guard(py, || Ok(Report::of(&self.inner)))
    }

    /// The plan as JSON: the same bytes in Rust, Python and Node.
    fn plan_json(&self, py: Python<'_>) -> PyResult<String> {
        error::guard(py, || json(&self.inner.plan))
    }

    /// The whole result as JSON: the same bytes in Rust, Python and Node.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        error::guard(py, || json(&*self.inner))
    }

    /// The whole result as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, &*self.inner))
    }

    /// One part of the result by its name: `result["strategy"]`.
    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let all = error::guard(py, || value::json(&*self.inner))?;
        let part = all.get(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        value::to_python(py, part)
    }

    /// The names of all parts.
    fn keys(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let all = error::guard(py, || value::json(&*self.inner))?;
        Ok(all.as_object().map(|parts| parts.keys().cloned().collect()).unwrap_or_default())
    }

    fn __repr__(&self) -> String {
        summary(&self.inner)
    }
}

/// The report of a run: one model, several writers. The same result gives the same bytes.
#[pyclass(frozen, module = "adbrain")]
pub(crate) struct Report {
    inner: CoreReport,
    language: Language,
    summary: String,
}

impl Report {
    fn of(result: &CoreResult) -> Self {
        Self { inner: CoreReport::of(result), language: result.brief.language(), summary: summary(result) }
    }

    fn language(&self, asked: Option<&str>) -> Result<Language> {
        match asked {
            Some(name) => value::typed("language", serde_json::Value::from(name)),
            None => Ok(self.language),
        }
    }
}

#[pymethods]
impl Report {
    /// The report as one self-contained HTML page, in the brief's language unless another one is named.
    #[pyo3(signature = (language=None))]
    fn html(&self, py: Python<'_>, language: Option<&str>) -> PyResult<String> {
        error::guard(py, || {
            let language = self.language(language)?;
            py.detach(|| self.inner.html(language))
        })
    }

    /// The report as Markdown, in the brief's language unless another one is named.
    #[pyo3(signature = (language=None))]
    fn markdown(&self, py: Python<'_>, language: Option<&str>) -> PyResult<String> {
        error::guard(py, || self.inner.markdown(self.language(language)?))
    }

    /// The tables of the report as one CSV table, a line for each cell, in the brief's language unless another one is named.
    #[pyo3(signature = (language=None))]
    fn csv(&self, py: Python<'_>, language: Option<&str>) -> PyResult<String> {
        error::guard(py, || self.inner.csv(self.language(language)?))
    }

    /// The report as the bytes of an XLSX workbook, in the brief's language unless another one is named.
    #[pyo3(signature = (language=None))]
    fn xlsx<'py>(&self, py: Python<'py>, language: Option<&str>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = error::guard(py, || {
            let language = self.language(language)?;
            py.detach(|| self.inner.xlsx(language))
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The report as the bytes of a PDF, in the brief's language unless another one is named.
    #[pyo3(signature = (language=None))]
    fn pdf<'py>(&self, py: Python<'py>, language: Option<&str>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = error::guard(py, || {
            let language = self.language(language)?;
            py.detach(|| self.inner.pdf(language))
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The result behind the report as JSON: the same bytes in Rust, Python and Node.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        error::guard(py, || text(self.inner.json()?))
    }

    fn __repr__(&self) -> String {
        format!("Report of {}", self.summary)
    }

    /// The page in a frame of its own, so that its styles stay out of the notebook. It runs no script.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let page = self.html(py, None)?;
        let escaped = page.replace('&', "&amp;").replace('"', "&quot;");
        Ok(format!("<iframe sandbox srcdoc=\"{escaped}\" style=\"width:100%;height:720px;border:0\"></iframe>"))
    }
}

/// A plan or a status, given as JSON text, as `text`, `markdown` or `html`.
#[pyfunction]
#[pyo3(signature = (kind, json, form, language=None, /))]
pub(crate) fn shown(py: Python<'_>, kind: &str, json: &str, form: &str, language: Option<&str>) -> PyResult<String> {
    error::guard(py, || {
        let language = language.map(|name| value::typed("language", serde_json::Value::from(name))).transpose()?;
        orders::shown(kind, json, form, language)
    })
}

fn json(value: &impl Serialize) -> Result<String> {
    text(canonical_json(value)?)
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Internal, "JSON that is not UTF-8"))
}

/// One line: what ran, over how many days, with which totals.
fn summary(result: &CoreResult) -> String {
    let totals = &result.totals;
    let mut line = format!("RunResult({:?}, {} days, spend {}", result.run.as_str(), result.days.len(), totals.spend);
    if let Some(roas) = totals.roas() {
        // Writing to a String does not fail.
        let _ = write!(line, ", ROAS {roas:.2}");
    }
    if let Some(cpa) = totals.cpa() {
        let _ = write!(line, ", CPA {} {cpa:.2}", totals.spend.currency());
    }
    line.push_str(if result.is_simulated { ", simulated)" } else { ")" });
    line
}
