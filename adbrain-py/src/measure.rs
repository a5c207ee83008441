//! Past results out of data frames.
//!
//! In: any object with the Arrow stream interface (`__arrow_c_stream__`), or a frame that can write itself as CSV. Out: columns
//! and cells as text, for the core's importer. Called by brain. Never interprets a cell.

use std::ffi::CStr;

use adbrain_core::measure::{HistoryMapping, import_file, import_table};
use adbrain_core::model::{Currency, History};
use adbrain_core::{Error, Result};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array as _, ArrayRef, RecordBatch, RecordBatchReader as _};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use crate::{error, file, runtime, value};

/// The name of a stream's capsule, from the Arrow `PyCapsule` interface.
pub(crate) const STREAM: &CStr = c"arrow_array_stream";

/// How a frame gives its stream.
pub(crate) const ARROW: &str = "__arrow_c_stream__";

/// How a frame writes itself as CSV.
const TO_CSV: &str = "to_csv";

/// The most rows that are read from a frame.
const MOST_ROWS: usize = 5_000_000;

/// A frame as text.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The headers.
    pub(crate) columns: Vec<String>,
    /// The rows, one cell per column; none where the frame has nothing.
    pub(crate) rows: Vec<Vec<Option<String>>>,
}

/// What a history was given as.
pub(crate) enum Source {
    /// The path of a CSV file.
    Path(std::path::PathBuf),
    /// A frame that wrote itself as CSV.
    Csv(String),
    /// A frame that speaks Arrow.
    Cells(Cells),
    /// What [`import_history`] gave.
    Imported(Box<History>),
}

/// Reads what the user gave as history.
pub(crate) fn source(history: &Bound<'_, PyAny>) -> Result<Source> {
    if let Ok(path) = history.extract() {
        return Ok(Source::Path(path));
    }
    if history.is_instance_of::<PyDict>() {
        return value::read("history", history).map(Box::new).map(Source::Imported);
    }
    match (is_arrow(history), is_csv(history)) {
        (true, with_csv) => match history.call_method0(ARROW) {
            Ok(capsule) => cells(history.py(), stream(capsule).map_err(|error| unreadable(&error))?).map(Source::Cells),
            // pandas speaks Arrow only where pyarrow is installed.
            Err(_) if with_csv => csv(history).map(Source::Csv),
            Err(raised) => Err(raised_by_frame(history, ARROW, raised)),
        },
        (false, true) => csv(history).map(Source::Csv),
        (false, false) => Err(Error::invalid("history", "is neither a path nor a data frame")
            .next("give the path of a CSV file, or a pandas, polars or pyarrow table")),
    }
}

fn is_arrow(frame: &Bound<'_, PyAny>) -> bool {
    frame.hasattr(ARROW).unwrap_or(false)
}

fn is_csv(frame: &Bound<'_, PyAny>) -> bool {
    frame.hasattr(TO_CSV).unwrap_or(false)
}

fn csv(frame: &Bound<'_, PyAny>) -> Result<String> {
    let options = PyDict::new(frame.py());
    let text = options.set_item("index", false).and_then(|()| frame.call_method(TO_CSV, (), Some(&options)));
    let text = text.map_err(|raised| raised_by_frame(frame, TO_CSV, raised))?;
    text.extract::<String>().map_err(|error| unreadable(&error))
}

fn raised_by_frame(frame: &Bound<'_, PyAny>, method: &str, raised: PyErr) -> Error {
    error::from_python(frame.py(), &format!("history.{method}()"), raised)
}

fn unreadable(error: &impl std::fmt::Display) -> Error {
    Error::invalid("history", format!("the data frame cannot be read: {error}"))
        .next("give the path of a CSV file instead")
}

#[expect(unsafe_code, reason = "the Arrow PyCapsule interface hands over a pointer to a C struct")]
pub(crate) fn stream(capsule: Bound<'_, PyAny>) -> PyResult<FFI_ArrowArrayStream> {
    let capsule = capsule.cast_into::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds a valid stream by the Arrow PyCapsule interface; `from_raw` moves the struct out
    // and leaves a released one behind, so that the capsule's destructor has nothing left to free.
    Ok(unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) })
}

fn cells(py: Python<'_>, stream: FFI_ArrowArrayStream) -> Result<Cells> {
    py.detach(|| {
        let reader =
            arrow_array::ffi_stream::RecordBatchStreamReader::try_new(stream).map_err(|error| unreadable(&error))?;
        let columns = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut rows = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|error| unreadable(&error))?;
            if rows.len() + batch.num_rows() > MOST_ROWS {
                return Err(Error::invalid("history", format!("has more than {MOST_ROWS} rows")).next("split it"));
            }
            append(&batch, &mut rows)?;
        }
        Ok(Cells { columns, rows })
    })
}

fn append(batch: &RecordBatch, rows: &mut Vec<Vec<Option<String>>>) -> Result<()> {
    let options = FormatOptions::new().with_null("");
    let schema = batch.schema();
    let columns = batch.columns().iter().zip(schema.fields().iter()).map(|(column, field)| {
        let formatter = ArrayFormatter::try_new(column.as_ref(), &options);
        formatter.map_err(|error| without_text(field.name(), &error)).map(|formatter| (column, field.name(), formatter))
    });
    let columns: Vec<_> = columns.collect::<Result<_>>()?;
    for row in 0..batch.num_rows() {
        let cell = |(column, name, formatter): &(&ArrayRef, &String, ArrayFormatter<'_>)| {
            if column.is_null(row) { Ok(None) } else { text(name, formatter, row) }
        };
        rows.push(columns.iter().map(cell).collect::<Result<_>>()?);
    }
    Ok(())
}

/// A column whose cells cannot be written as text: above all times in a named zone, whose rules the reader does not know.
fn without_text(column: &str, error: &impl std::fmt::Display) -> Error {
    Error::invalid("history", format!("the column {column:?} cannot be read: {error}"))
        .next("make it a column of days (`.dt.date()` in polars, `.dt.date` in pandas) or of text, or leave it out")
}

/// The cell as text; a missing number of pandas (NaN) is an empty cell, a whole float has no `.0`, as in a CSV file.
fn text(column: &str, formatter: &ArrayFormatter<'_>, row: usize) -> Result<Option<String>> {
    let text = formatter.value(row).try_to_string().map_err(|error| without_text(column, &error))?;
    Ok(match text.strip_suffix(".0") {
        Some(whole) if whole.parse::<i64>().is_ok() => Some(whole.to_owned()),
        Some(_) | None => (text != "NaN").then_some(text),
    })
}

/// Imports what the user gave. Takes the time of the file's size: call it without the GIL.
pub(crate) fn import(source: &Source, mapping: Option<&HistoryMapping>, currency: Currency) -> Result<History> {
    match source {
        Source::Path(path) => import_file(&file::read("history", path)?, mapping, currency),
        Source::Csv(text) => import_file(text.as_bytes(), mapping, currency),
        Source::Cells(cells) => import_table(&cells.columns, cells.rows.iter().cloned(), mapping, currency),
        Source::Imported(history) => Ok((**history).clone()),
    }
}

/// Reads the mapping that the user gave: the name of a built-in one, the path of a JSON file, or a dict.
pub(crate) fn mapping(given: &Bound<'_, PyAny>) -> Result<HistoryMapping> {
    if let Ok(name) = given.extract::<String>()
        && let Some(known) = HistoryMapping::built_in()?.into_iter().find(|known| known.name == name)
    {
        return Ok(known);
    }
    let text = match given.extract::<std::path::PathBuf>() {
        Ok(path) => file::text("mapping", &path)?,
        Err(_) => value::from_python("mapping", given)?.to_string(),
    };
    HistoryMapping::from_json(&text)
}

/// Imports past results without running anything. Gives the history with rows and problems as a dict.
#[pyfunction]
#[pyo3(name = "_import_history", signature = (source, /, *, currency, mapping=None))]
pub(crate) fn import_history<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
    currency: &str,
    mapping: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (currency, mapping, source) = error::guard(py, || {
        let currency: Currency = currency.parse()?;
        Ok((currency, mapping.map(self::mapping).transpose()?, self::source(source)?))
    })?;
    let history = runtime::interruptible(py, move || import(&source, mapping.as_ref(), currency))?;
    error::guard(py, || value::write(py, &history))
}
