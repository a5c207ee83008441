//! Between Python values and ours.
//!
//! In: dict, list, tuple, str, int, float, bool, None. Out: the same as JSON, and back. Called by every other file. Never
//! guesses: what JSON cannot hold is refused with the path of the field.

use adbrain_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The deepest nesting that is read, as in `serde_json`.
const DEEPEST: usize = 127;

/// Reads a Python value as a type of ours. `what` names it in errors.
pub(crate) fn read<T: DeserializeOwned>(what: &str, value: &Bound<'_, PyAny>) -> Result<T> {
    typed(what, from_python(what, value)?)
}

/// Reads JSON as a type of ours. `what` names it in errors.
pub(crate) fn typed<T: DeserializeOwned>(what: &str, value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { what.to_owned() } else { path };
        Error::invalid(&field, error.into_inner()).with("in", what)
    })
}

/// Writes a value of ours as Python sees it.
pub(crate) fn write<'py>(py: Python<'py>, value: &impl Serialize) -> Result<Bound<'py, PyAny>> {
    to_python(py, &json(value)?)
        .map_err(|error| Error::new(ErrorKind::Internal, "a value cannot be shown to Python").caused_by(error))
}

/// Writes a value of ours as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::Internal, "a value cannot be written as JSON").caused_by(error))
}

/// Turns a Python value into JSON. `path` is where it stands, for errors.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] naming the path, for NaN, infinities, integers beyond 64 bits and unknown types.
pub(crate) fn from_python(path: &str, value: &Bound<'_, PyAny>) -> Result<Value> {
    nested(path, value, DEEPEST)
}

fn nested(path: &str, value: &Bound<'_, PyAny>, depth: usize) -> Result<Value> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Error::invalid(path, format!("is nested more than {DEEPEST} levels deep")));
    };
    if value.is_none() {
        Ok(Value::Null)
    } else if let Ok(flag) = value.cast::<PyBool>() {
        Ok(Value::Bool(flag.is_true()))
    } else if let Ok(text) = value.cast::<PyString>() {
        string(path, text).map(Value::String)
    } else if let Ok(number) = value.cast::<PyFloat>() {
        float(path, number.value())
    } else if let Ok(object) = value.cast::<PyDict>() {
        dict(path, object, depth)
    } else if let Ok(list) = value.cast::<PyList>() {
        items(path, list.iter(), depth)
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        items(path, tuple.iter(), depth)
    } else {
        integer(path, value)
    }
}

fn string(path: &str, text: &Bound<'_, PyString>) -> Result<String> {
    let text = text.to_cow().map_err(|_| Error::invalid(path, "is not valid Unicode"))?;
    Ok(text.into_owned())
}

fn float(path: &str, number: f64) -> Result<Value> {
    let number = serde_json::Number::from_f64(number);
    number.map(Value::Number).ok_or_else(|| Error::invalid(path, "is not a finite number").next("leave the field out"))
}

fn dict(path: &str, object: &Bound<'_, PyDict>, depth: usize) -> Result<Value> {
    let mut map = Map::new();
    for (key, value) in object {
        let Ok(key) = key.cast::<PyString>() else {
            return Err(Error::invalid(path, format!("has a key that is {}, not str", kind(&key))));
        };
        let key = string(path, key)?;
        let value = nested(&format!("{path}.{key}"), &value, depth)?;
        map.insert(key, value);
    }
    Ok(Value::Object(map))
}

fn items<'py>(path: &str, items: impl Iterator<Item = Bound<'py, PyAny>>, depth: usize) -> Result<Value> {
    let item = |(index, item): (usize, Bound<'py, PyAny>)| nested(&format!("{path}[{index}]"), &item, depth);
    items.enumerate().map(item).collect::<Result<_>>().map(Value::Array)
}

/// An `int`, or what says that it is one by `__index__`, as the integers of `NumPy` do.
fn integer(path: &str, value: &Bound<'_, PyAny>) -> Result<Value> {
    let is_integer = value.is_instance_of::<PyInt>() || value.hasattr("__index__").unwrap_or(false);
    if !is_integer {
        let what = format!("is {}, which JSON cannot hold", kind(value));
        return Err(Error::invalid(path, what).next("use dict, list, str, int, float, bool or None"));
    }
    let number: i64 = value
        .extract()
        .map_err(|_| Error::invalid(path, "is an integer beyond 64 bits").next("give a smaller number, or text"))?;
    Ok(Value::from(number))
}

/// The value in short, for errors.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    value.repr().map_or_else(|_| kind(value), |text| text.to_string().chars().take(60).collect())
}

fn kind(value: &Bound<'_, PyAny>) -> String {
    value.get_type().fully_qualified_name().map_or_else(|_| "of an unknown type".to_owned(), |name| name.to_string())
}

/// Turns JSON into a Python value.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Number(number) => self::number(py, number)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(values) => {
            let list = PyList::empty(py);
            for value in values {
                list.append(to_python(py, value)?)?;
            }
            list.into_any()
        }
        Value::Object(map) => {
            let dict = PyDict::new(py);
            for (key, value) in map {
                dict.set_item(key, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}

fn number<'py>(py: Python<'py>, number: &serde_json::Number) -> PyResult<Bound<'py, PyAny>> {
    if let Some(whole) = number.as_i64() {
        return Ok(whole.into_pyobject(py)?.into_any());
    }
    if let Some(whole) = number.as_u64() {
        return Ok(whole.into_pyobject(py)?.into_any());
    }
    Ok(PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any())
}
