//! Between Python values and ours.
//!
//! In: dict, list, tuple, str, int, float, bool, None. Out: the same as JSON, and back. Called by every other file. Never
//! guesses: what JSON cannot hold is refused with the path of the field.

use std::fmt;

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
        Error::invalid(&field, error.into_inner())
            .with("in", what)
            .next("compare it with its JSON Schema (`adbrain.schema`)")
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
    nested(&Path::Root(path), value, Reading::Json, DEEPEST)
}

/// The same for the arguments of a statistic: arrays of `NumPy` and pandas are lists, and what JSON cannot hold is the text `nan`,
/// `inf` or `-inf`.
pub(crate) fn numbers_from_python(path: &str, value: &Bound<'_, PyAny>) -> Result<Value> {
    nested(&Path::Root(path), value, Reading::Numbers, DEEPEST)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Json,
    Numbers,
}

/// Where a value stands; written out only for an error.
enum Path<'a> {
    Root(&'a str),
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(name) => out.write_str(name),
            Self::Key(parent, key) => write!(out, "{parent}.{key}"),
            Self::Index(parent, index) => write!(out, "{parent}[{index}]"),
        }
    }
}

fn invalid(path: &Path<'_>, what: impl fmt::Display, next: &str) -> Error {
    Error::invalid(&path.to_string(), what).next(next)
}

fn nested(path: &Path<'_>, value: &Bound<'_, PyAny>, reading: Reading, depth: usize) -> Result<Value> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(invalid(path, format!("is nested more than {DEEPEST} levels deep"), "give a flatter value"));
    };
    if value.is_none() {
        Ok(Value::Null)
    } else if let Ok(flag) = value.cast::<PyBool>() {
        Ok(Value::Bool(flag.is_true()))
    } else if let Ok(text) = value.cast::<PyString>() {
        string(path, text).map(Value::String)
    } else if let Ok(number) = value.cast::<PyFloat>() {
        float(path, number.value(), reading)
    } else if let Ok(object) = value.cast::<PyDict>() {
        dict(path, object, reading, depth)
    } else if let Ok(list) = value.cast::<PyList>() {
        items(path, list.iter(), reading, depth)
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        items(path, tuple.iter(), reading, depth)
    } else if let (Reading::Numbers, Ok(list)) = (reading, value.call_method0("tolist")) {
        nested(path, &list, reading, depth)
    } else {
        integer(path, value)
    }
}

fn string(path: &Path<'_>, text: &Bound<'_, PyString>) -> Result<String> {
    let text = text.to_cow().map_err(|_| invalid(path, "is not valid Unicode", "leave lone surrogates out"))?;
    Ok(text.into_owned())
}

fn float(path: &Path<'_>, number: f64, reading: Reading) -> Result<Value> {
    match (serde_json::Number::from_f64(number), reading) {
        (Some(number), _) => Ok(Value::Number(number)),
        (None, Reading::Numbers) if number.is_nan() => Ok(Value::from("nan")),
        (None, Reading::Numbers) => Ok(Value::from(if number > 0.0 { "inf" } else { "-inf" })),
        (None, Reading::Json) => Err(invalid(path, "is not a finite number", "leave the field out")),
    }
}

fn dict(path: &Path<'_>, object: &Bound<'_, PyDict>, reading: Reading, depth: usize) -> Result<Value> {
    let mut map = Map::new();
    for (key, value) in object {
        let Ok(key) = key.cast::<PyString>() else {
            return Err(invalid(path, format!("has a key that is {}", kind(&key)), "make every key a str"));
        };
        let key = string(path, key)?;
        let value = nested(&Path::Key(path, &key), &value, reading, depth)?;
        map.insert(key, value);
    }
    Ok(Value::Object(map))
}

fn items<'py>(
    path: &Path<'_>,
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    reading: Reading,
    depth: usize,
) -> Result<Value> {
    let item = |(index, item): (usize, Bound<'py, PyAny>)| nested(&Path::Index(path, index), &item, reading, depth);
    items.enumerate().map(item).collect::<Result<_>>().map(Value::Array)
}

/// An `int`, or what says that it is one by `__index__`, as the integers of `NumPy` do.
fn integer(path: &Path<'_>, value: &Bound<'_, PyAny>) -> Result<Value> {
    let is_integer = value.is_instance_of::<PyInt>() || value.hasattr("__index__").unwrap_or(false);
    if !is_integer {
        let what = format!("is {}, which JSON cannot hold", kind(value));
        return Err(invalid(path, what, "use dict, list, str, int, float, bool or None"));
    }
    let number: i64 =
        value.extract().map_err(|_| invalid(path, "is an integer beyond 64 bits", "give a smaller number, or text"))?;
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
