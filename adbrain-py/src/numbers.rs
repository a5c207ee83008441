//! The statistics by name.
//!
//! In: the name of a method and its arguments as a dict; lists or arrays of numbers inside. Out: its result as a dict; columns are
//! arrays where arrays came in. Called by `adbrain.stats`. Never computes.

use adbrain_core::numbers::{self, Arrays, Found};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::{error, runtime, value};

/// How the names of the methods begin that may compute for longer than Ctrl-C may wait; a thread of their own would take the others several
/// times as long as they need.
const LONG: [&str; 24] = [
    "allocate",
    "backtest",
    "bandit",
    "bootstrap",
    "customer",
    "days_to",
    "decide",
    "detect",
    "estimate",
    "forest",
    "geo",
    "group_sequential",
    "hdbscan",
    "hodges",
    "kmeans",
    "mannwhitney_exact",
    "off_policy",
    "permutation",
    "personas",
    "predict",
    "readable_rule",
    "readout",
    "synthetic",
    "test_matrix",
];

/// Calls a method by its name.
#[pyfunction]
#[pyo3(name = "_statistic", signature = (name, arguments, /))]
pub(crate) fn statistic<'py>(
    py: Python<'py>,
    name: &str,
    arguments: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(found) = on_arrays(py, name, arguments)? {
        return Ok(found);
    }
    let given = error::guard(py, || value::numbers_from_python(name, arguments))?;
    let found = if LONG.iter().any(|start| name.starts_with(start)) {
        let name = name.to_owned();
        runtime::interruptible(py, move || numbers::call(&name, &given))?
    } else {
        error::guard(py, || py.detach(|| numbers::call(name, &given)))?
    };
    error::guard(py, || value::write(py, &found))
}

/// The same without copies, where all arrays are of `NumPy`, flat, of `float64`, and the method takes just these as arrays.
fn on_arrays<'py>(py: Python<'py>, name: &str, arguments: &Bound<'py, PyDict>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut arrays = Vec::new();
    let others = without_arrays("", arguments, &mut arrays)?;
    let mut slices = Vec::with_capacity(arrays.len());
    for (path, array) in &arrays {
        let Ok(slice) = array.as_slice() else { return Ok(None) };
        slices.push((path.as_str(), slice));
    }
    if slices.is_empty() {
        return Ok(None);
    }
    let found = error::guard(py, || {
        let others = value::numbers_from_python(name, &others)?;
        py.detach(|| numbers::call_on_arrays(name, Arrays(&slices), &others)).transpose()
    })?;
    found
        .map(|Found { values, columns }| {
            let dict = value::to_python(py, &values)?;
            for (column, numbers) in columns {
                dict.set_item(column, PyArray1::from_vec(py, numbers))?;
            }
            Ok(dict)
        })
        .transpose()
}

/// The arguments that are no arrays; a dict of arrays alone is left out.
fn without_arrays<'py>(
    path: &str,
    arguments: &Bound<'py, PyDict>,
    arrays: &mut Vec<(String, PyReadonlyArray1<'py, f64>)>,
) -> PyResult<Bound<'py, PyDict>> {
    let others = PyDict::new(arguments.py());
    for (key, value) in arguments {
        let name = format!("{path}{key}");
        if let Some(array) = array(&value) {
            arrays.push((name, array));
            continue;
        }
        match value.cast::<PyDict>() {
            Ok(inner) if path.is_empty() => {
                let inner = without_arrays(&format!("{name}."), inner, arrays)?;
                if !inner.is_empty() {
                    others.set_item(key, inner)?;
                }
            }
            _ => others.set_item(key, value)?,
        }
    }
    Ok(others)
}

/// An array of `NumPy`, which is asked for by its name first: `NumPy` need not be there.
fn array<'py>(value: &Bound<'py, PyAny>) -> Option<PyReadonlyArray1<'py, f64>> {
    let kind = value.get_type();
    let is_array =
        kind.name().is_ok_and(|name| name == "ndarray") && kind.module().is_ok_and(|module| module == "numpy");
    is_array.then(|| value.extract().ok()).flatten()
}

type Entry<'py> = (&'static str, &'static str, &'static str, Bound<'py, PyAny>);

/// Every method: its name, what it answers, its formula, assumptions, limits and source, and the JSON Schema of its arguments.
#[pyfunction]
#[pyo3(name = "_statistics")]
pub(crate) fn statistics(py: Python<'_>) -> PyResult<Vec<Entry<'_>>> {
    error::guard(py, || {
        let entry = |method: &numbers::Method| {
            Ok((method.name, method.about, method.reference(), value::write(py, &method.arguments())?))
        };
        numbers::methods().map(entry).collect()
    })
}
