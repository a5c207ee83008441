//! Columns with names, in the memory of Arrow.
//!
//! In: any object with the Arrow stream interface, or columns as arrays of `NumPy` and lists. Out: the same interface, arrays of `NumPy`, cells.
//! Called by `adbrain.Frame`. Never copies an array that lies as Arrow wants it, in or out, and needs no library of frames.

use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;
use std::sync::Arc;

use adbrain_core::{Error, Result};
use arrow_array::cast::AsArray as _;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, PrimitiveArray, RecordBatch, RecordBatchIterator,
    RecordBatchReader as _, StringArray,
};
use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use numpy::ndarray::ArrayView1;
use numpy::{Element, PyArray1, PyArrayMethods as _, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};
use serde_json::Value;

use crate::{error, measure, value};

/// A table of columns. It has one batch at least, which may have no rows.
#[pyclass(frozen, module = "adbrain._adbrain")]
pub(crate) struct Table {
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Table {
    /// A table over the memory of an object with the Arrow stream interface.
    #[staticmethod]
    #[pyo3(signature = (frame, /))]
    fn of_stream(py: Python<'_>, frame: &Bound<'_, PyAny>) -> PyResult<Self> {
        let capsule = frame.call_method0(measure::ARROW)?;
        error::guard(py, || {
            let stream = measure::stream(capsule).map_err(|error| unreadable(&error))?;
            py.detach(|| read(stream))
        })
    }

    /// A table of columns by their names: arrays of `NumPy` as they are, lists of one kind of cell.
    #[staticmethod]
    #[pyo3(signature = (columns, /))]
    fn of_columns(py: Python<'_>, columns: &Bound<'_, PyDict>) -> PyResult<Self> {
        error::guard(py, || {
            let column = |(name, cells): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
                let name: String = name.extract().map_err(|_| no_name())?;
                let array = array(&name, &cells)?;
                Ok::<_, Error>((name, array, true))
            };
            let columns = columns.iter().map(column).collect::<Result<Vec<_>>>()?;
            if columns.is_empty() {
                return Err(Error::invalid("frame", "has no columns").next("give at least one"));
            }
            let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| unreadable(&error))?;
            Ok(Self { batches: vec![batch] })
        })
    }

    /// The names of the columns.
    fn names(&self) -> Vec<String> {
        self.first().schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// How many rows there are.
    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The first cells of a column as a list, all of them by default.
    #[pyo3(signature = (name, most=None, /))]
    fn cells<'py>(&self, py: Python<'py>, name: &str, most: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for chunk in error::guard(py, || self.chunks(name))? {
            let room = most.map_or(chunk.len(), |most| most.saturating_sub(list.len()).min(chunk.len()));
            append(&list, name, &chunk.slice(0, room))?;
        }
        Ok(list)
    }

    /// A column of numbers as an array of `NumPy` over the same memory; a copy where it has gaps or lies in pieces, nothing where it holds no
    /// numbers.
    #[pyo3(signature = (name, /))]
    fn numbers<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let chunks = error::guard(slf.py(), || slf.get().chunks(name))?;
        if let [chunk] = chunks.as_slice() {
            let shared = shared::<Float64Type>(slf, chunk)
                .or_else(|| shared::<Int64Type>(slf, chunk))
                .or_else(|| shared::<Float32Type>(slf, chunk))
                .or_else(|| shared::<Int32Type>(slf, chunk));
            if shared.is_some() {
                return Ok(shared);
            }
        }
        let copied: Option<Vec<_>> = chunks.iter().map(doubles).collect();
        Ok(copied.map(|parts| PyArray1::from_vec(slf.py(), parts.concat()).into_any()))
    }

    /// The Arrow stream interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface lets a producer leave the wish for another schema unanswered.
        drop(requested_schema);
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, self.first().schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), measure::STREAM)
    }
}

impl Table {
    #[expect(clippy::indexing_slicing, reason = "both makers put at least one batch into a table")]
    fn first(&self) -> &RecordBatch {
        &self.batches[0]
    }

    fn chunks(&self, name: &str) -> Result<Vec<ArrayRef>> {
        let chunks: Option<Vec<_>> = self.batches.iter().map(|batch| batch.column_by_name(name).cloned()).collect();
        chunks.ok_or_else(|| {
            let known = self.names().join(", ");
            Error::invalid(name, "is no column").next(format!("use one of {known}"))
        })
    }
}

fn unreadable(error: &impl std::fmt::Display) -> Error {
    Error::invalid("frame", format!("cannot be read: {error}")).next("give a frame that speaks Arrow, or columns")
}

fn no_name() -> Error {
    Error::invalid("frame", "has a column whose name is no text").next("make every name a str")
}

fn read(stream: FFI_ArrowArrayStream) -> Result<Table> {
    let reader =
        arrow_array::ffi_stream::RecordBatchStreamReader::try_new(stream).map_err(|error| unreadable(&error))?;
    let schema = reader.schema();
    let mut batches = reader.collect::<std::result::Result<Vec<_>, _>>().map_err(|error| unreadable(&error))?;
    batches.retain(|batch| batch.num_rows() > 0);
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(Table { batches })
}

/// A column of what was given: over the memory of a flat array of doubles or of 64-bit integers, else of cells.
fn array(name: &str, cells: &Bound<'_, PyAny>) -> Result<ArrayRef> {
    if let Some(array) = borrowed::<Float64Type>(cells).or_else(|| borrowed::<Int64Type>(cells)) {
        return Ok(array);
    }
    match value::numbers_from_python(name, cells)? {
        Value::Array(cells) => Ok(of_cells(&cells)),
        _ => Err(Error::invalid(name, "is no list of cells").next("give a list or an array with one dimension")),
    }
}

/// Keeps an array of `NumPy` alive; it is let go with the GIL held.
struct Owner(#[expect(dead_code, reason = "it is kept for its memory")] Py<PyAny>);

fn borrowed<T>(cells: &Bound<'_, PyAny>) -> Option<ArrayRef>
where
    T: arrow_array::ArrowPrimitiveType,
    T::Native: Element,
{
    let kind = cells.get_type();
    let is_array = kind.name().is_ok_and(|name| name == "ndarray") && kind.module().is_ok_and(|name| name == "numpy");
    let array: PyReadonlyArray1<'_, T::Native> = is_array.then(|| cells.extract().ok()).flatten()?;
    let slice = array.as_slice().ok()?;
    let owner = Arc::new(AssertUnwindSafe(Owner(cells.clone().unbind())));
    let length = size_of_val(slice);
    let pointer = NonNull::from(slice).cast::<u8>();
    #[expect(unsafe_code, reason = "Arrow takes memory of others by its address")]
    // SAFETY: the memory is that of the array, which the owner keeps alive and which `NumPy` neither moves nor resizes while somebody
    // refers to it; it is aligned and contiguous, or `as_slice` had refused.
    let buffer = unsafe { Buffer::from_custom_allocation(pointer, length, owner) };
    let values = ScalarBuffer::<T::Native>::new(buffer, 0, slice.len());
    Some(Arc::new(PrimitiveArray::<T>::new(values, None)))
}

/// Cells of one kind as that kind; of several kinds as text.
fn of_cells(cells: &[Value]) -> ArrayRef {
    let known = || cells.iter().filter(|cell| !cell.is_null());
    let number = |cell: &Value| cell.as_f64().or_else(|| not_finite(cell));
    if known().all(Value::is_boolean) && known().next().is_some() {
        Arc::new(cells.iter().map(Value::as_bool).collect::<BooleanArray>())
    } else if known().all(Value::is_i64) && known().next().is_some() {
        Arc::new(cells.iter().map(Value::as_i64).collect::<Int64Array>())
    } else if known().all(|cell| number(cell).is_some()) && known().any(Value::is_number) {
        Arc::new(cells.iter().map(number).collect::<Float64Array>())
    } else {
        let text = |cell: &Value| match cell {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        Arc::new(cells.iter().map(text).collect::<StringArray>())
    }
}

/// What JSON cannot hold, as the values of calls write it.
fn not_finite(cell: &Value) -> Option<f64> {
    match cell.as_str()? {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// An array of `NumPy` over the memory of a column without gaps, which keeps the table alive and cannot be written to.
fn shared<'py, T>(table: &Bound<'py, Table>, chunk: &ArrayRef) -> Option<Bound<'py, PyAny>>
where
    T: arrow_array::ArrowPrimitiveType,
    T::Native: Element,
{
    let column = chunk.as_primitive_opt::<T>().filter(|column| column.null_count() == 0)?;
    let view = ArrayView1::from(column.values().as_ref());
    #[expect(unsafe_code, reason = "NumPy takes memory of others by its address")]
    // SAFETY: the memory is that of a batch of the table, which is frozen and which the array keeps alive as its base.
    let array = unsafe { PyArray1::borrow_from_array(&view, table.clone().into_any()) };
    array.readwrite().make_nonwriteable();
    Some(array.into_any())
}

/// A column of numbers as doubles, NaN where it has gaps.
fn doubles(chunk: &ArrayRef) -> Option<Vec<f64>> {
    fn of<T: arrow_array::ArrowPrimitiveType>(chunk: &ArrayRef, double: fn(T::Native) -> f64) -> Option<Vec<f64>> {
        let column = chunk.as_primitive_opt::<T>()?;
        Some(column.iter().map(|cell| cell.map_or(f64::NAN, double)).collect())
    }
    of::<Float64Type>(chunk, |cell| cell)
        .or_else(|| of::<Int64Type>(chunk, |cell| cell as f64))
        .or_else(|| of::<Float32Type>(chunk, f64::from))
        .or_else(|| of::<Int32Type>(chunk, f64::from))
}

/// Appends the cells of a chunk: numbers, truths and texts as Python has them, all else as text.
fn append(list: &Bound<'_, PyList>, name: &str, chunk: &ArrayRef) -> PyResult<()> {
    if let Some(column) = chunk.as_primitive_opt::<Int64Type>() {
        return column.iter().try_for_each(|cell| list.append(cell));
    }
    if let Some(column) = chunk.as_boolean_opt() {
        return column.iter().try_for_each(|cell| list.append(cell));
    }
    if let Some(column) = doubles(chunk) {
        let cells = column.into_iter().enumerate();
        return cells.into_iter().try_for_each(|(row, cell)| list.append(chunk.is_valid(row).then_some(cell)));
    }
    texts(list, name, chunk)
}

fn texts(list: &Bound<'_, PyList>, name: &str, chunk: &ArrayRef) -> PyResult<()> {
    let options = FormatOptions::new();
    let cells = error::guard(list.py(), || {
        let formatter = ArrayFormatter::try_new(chunk.as_ref(), &options).map_err(|error| untold(name, &error))?;
        let cell = |row| {
            let text = chunk.is_valid(row).then(|| formatter.value(row).try_to_string());
            text.transpose().map_err(|error| untold(name, &error))
        };
        (0..chunk.len()).map(cell).collect::<Result<Vec<_>>>()
    })?;
    cells.into_iter().try_for_each(|cell| list.append(cell))
}

fn untold(name: &str, error: &impl std::fmt::Display) -> Error {
    Error::invalid(name, format!("cannot be written as text: {error}")).next("give numbers, texts or days")
}
