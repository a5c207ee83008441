//! Forests that have learnt.
//!
//! In: columns as arrays of `NumPy` or lists of names, targets, settings as a dict. Out: arrays; a model as bytes and back. Called by
//! `adbrain.ForestRegressor`. Never computes, never holds the GIL while a forest grows or is asked.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over owned values")]

use std::sync::Arc;

use adbrain_core::predict::forest::{Column, Data, ImportanceSettings, Model, ModelSettings, Table};
use adbrain_core::{Error, ErrorKind, Result};
use numpy::{PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::{error, runtime, value};

/// Columns by their names.
type Columns<'py> = Vec<(String, Bound<'py, PyAny>)>;
/// Rows of numbers as an array.
type Matrix<'py> = Bound<'py, PyArray2<f64>>;
/// A column by what shuffling it costs: name, increase of the squared error, share of the variance, spread.
type Shuffled = (String, f64, f64, Option<f64>);

/// A forest with its card.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct ForestModel {
    model: Arc<Model>,
}

#[pymethods]
impl ForestModel {
    /// Grows a forest.
    #[staticmethod]
    #[pyo3(signature = (columns, targets, *, weights, settings, target, window))]
    fn fit(
        py: Python<'_>,
        columns: Columns<'_>,
        targets: PyReadonlyArray1<'_, f64>,
        weights: Option<PyReadonlyArray1<'_, f64>>,
        settings: &Bound<'_, PyDict>,
        target: &str,
        window: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (table, settings, window) = error::guard(py, || {
            let settings: ModelSettings = value::read("settings", settings)?;
            let window = window.map(|window| value::read("window", window)).transpose()?;
            Ok((table(&columns)?, settings, window))
        })?;
        let (targets, weights) = (targets.as_array().to_vec(), weights.map(|weights| weights.as_array().to_vec()));
        let target = target.to_owned();
        let fitted = runtime::interruptible(py, move || {
            let weights = weights.as_deref();
            Model::fit(&Data { table: &table, targets: &targets, weights, target: &target, window }, &settings)
        });
        Ok(Self { model: Arc::new(fitted?) })
    }

    /// A model from the bytes of a file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8], threads: usize) -> PyResult<Self> {
        error::guard(py, || {
            let model = py.detach(|| Model::from_bytes(bytes)?.with_threads(threads))?;
            Ok(Self { model: Arc::new(model) })
        })
    }

    /// The model as the bytes of a file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.model.to_bytes()))
    }

    /// The model as JSON for reading.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        error::guard(py, || py.detach(|| self.model.to_json()))
    }

    /// What the model says about itself.
    fn card<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, self.model.card()))
    }

    /// How the forest was grown.
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, self.model.forest().settings()))
    }

    /// The mean of each row.
    fn predict<'py>(&self, py: Python<'py>, columns: Columns<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let table = error::guard(py, || table(&columns))?;
        let model = Arc::clone(&self.model);
        let found = runtime::interruptible(py, move || model.forest().predict(&table))?;
        Ok(PyArray1::from_vec(py, found))
    }

    /// The median and both ends of the interval of each row, a row each.
    fn intervals<'py>(&self, py: Python<'py>, columns: Columns<'py>, level: f64) -> PyResult<Matrix<'py>> {
        let table = error::guard(py, || table(&columns))?;
        let model = Arc::clone(&self.model);
        let found = runtime::interruptible(py, move || model.intervals(&table, level))?;
        let rows: Vec<_> = found.iter().map(|band| vec![band.median, band.low, band.high]).collect();
        matrix(py, &rows, 3)
    }

    /// The quantiles of each row, a row each.
    fn quantiles<'py>(&self, py: Python<'py>, columns: Columns<'py>, shares: Vec<f64>) -> PyResult<Matrix<'py>> {
        let table = error::guard(py, || table(&columns))?;
        let (model, width) = (Arc::clone(&self.model), shares.len());
        let found = runtime::interruptible(py, move || model.forest().quantiles(&table, &shares))?;
        matrix(py, &found, width)
    }

    /// What is expected where nothing is known, and what each column adds to it in each row.
    fn explain<'py>(&self, py: Python<'py>, columns: Columns<'py>) -> PyResult<(f64, Matrix<'py>)> {
        let table = error::guard(py, || table(&columns))?;
        let model = Arc::clone(&self.model);
        let found = runtime::interruptible(py, move || model.forest().explain(&table))?;
        let expected = found.first().map_or(f64::NAN, |why| why.expected);
        let rows: Vec<_> = found.into_iter().map(|why| why.contributions).collect();
        Ok((expected, matrix(py, &rows, self.model.card().features.len())?))
    }

    /// The columns by what shuffling them costs: name, increase of the squared error, share of the variance, spread.
    fn importances(&self, py: Python<'_>, repeats: u64, seed: u64) -> PyResult<Vec<Shuffled>> {
        let model = Arc::clone(&self.model);
        let settings = ImportanceSettings { repeats, seed };
        let found = runtime::interruptible(py, move || model.forest().importances(&settings))?;
        let entry = |one: adbrain_core::predict::forest::Importance| {
            (one.column, one.increase, one.share_of_variance, one.spread)
        };
        Ok(found.into_iter().map(entry).collect())
    }

    /// The past rows most like each row: place, proximity, target.
    fn nearest(&self, py: Python<'_>, columns: Columns<'_>, count: usize) -> PyResult<Vec<Vec<(usize, f64, f64)>>> {
        error::guard(py, || {
            let table = table(&columns)?;
            let found = py.detach(|| self.model.nearest(&table, count))?;
            let entry = |past: &adbrain_core::predict::forest::Neighbour| (past.row, past.proximity, past.target);
            Ok(found.iter().map(|row| row.iter().map(entry).collect()).collect())
        })
    }
}

/// Each column copied once, whatever the steps of its array.
fn table(columns: &Columns<'_>) -> Result<Table> {
    let column = |(name, values): &(String, Bound<'_, PyAny>)| {
        if let Ok(numbers) = values.extract::<PyReadonlyArray1<'_, f64>>() {
            return Ok(Column::numbers(name, numbers.as_array().to_vec()));
        }
        let names: Vec<Option<String>> = values
            .extract()
            .map_err(|_| Error::invalid(name, "holds neither numbers nor names").next("give numbers or texts"))?;
        Ok(Column::categories(name, names.iter().map(|name| name.as_deref().unwrap_or_default())))
    };
    Table::new(columns.iter().map(column).collect::<Result<_>>()?)
}

fn matrix<'py>(py: Python<'py>, rows: &[Vec<f64>], width: usize) -> PyResult<Matrix<'py>> {
    if rows.is_empty() {
        return Ok(PyArray2::zeros(py, [0, width], false));
    }
    error::guard(py, || {
        PyArray2::from_vec2(py, rows)
            .map_err(|_| Error::new(ErrorKind::Internal, "the rows of a result differ in length"))
    })
}
