//! Forecasters of a rate that have learnt.
//!
//! In: past rows and settings as a dict, rows to ask about. Out: forecasts as a dict; a model as bytes and back. Called by
//! `adbrain.Forecaster`. Never computes, never holds the GIL while it learns or is asked.

use std::sync::Arc;

use adbrain_core::numbers::{ask_forecaster, learn_forecaster};
use adbrain_core::predict::roas::Forecaster;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::{error, runtime, value};

/// A forecaster with its card.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct ForecasterModel {
    model: Arc<Forecaster>,
}

#[pymethods]
impl ForecasterModel {
    /// Learns from past rows; settings are the arguments of `predict_roas`.
    #[staticmethod]
    fn fit(py: Python<'_>, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let given = error::guard(py, || value::numbers_from_python("forecaster", given))?;
        Ok(Self { model: Arc::new(runtime::interruptible(py, move || learn_forecaster(&given))?) })
    }

    /// A model from the bytes of a file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        error::guard(py, || Ok(Self { model: Arc::new(py.detach(|| Forecaster::from_bytes(bytes))?) }))
    }

    /// The model as the bytes of a file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = error::guard(py, || py.detach(|| self.model.to_bytes()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// What to expect of rows.
    fn predict<'py>(&self, py: Python<'py>, rows: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let rows = error::guard(py, || value::numbers_from_python("rows", rows))?;
        let model = Arc::clone(&self.model);
        let found = runtime::interruptible(py, move || ask_forecaster(&model, &rows))?;
        error::guard(py, || value::write(py, &found))
    }

    /// What the model says about itself.
    fn card<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        error::guard(py, || value::write(py, &self.model.card()))
    }
}
