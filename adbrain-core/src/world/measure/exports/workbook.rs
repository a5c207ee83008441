//! The first sheet of an XLSX file. Numbers and days are cells of their own kind there, so nothing is read from their text.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};

use super::{Cell, Cells, Found, Layout, MOST_PREAMBLE};
use crate::error::{Error, Result, Source};
use crate::measure::import::WHAT;
use crate::measure::mapping::HistoryMapping;
use crate::measure::table::MAX_BYTES;

/// How every file of this kind begins: it is a ZIP.
const ZIP: &[u8] = b"PK\x03\x04";
/// How old workbooks begin, and those with a password.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];
/// The most columns that are looked at; no export has a tenth of them.
const MOST_COLUMNS: u32 = 1_000;

/// Whether these bytes may be a workbook.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an old workbook, or one with a password.
pub(super) fn is_one(bytes: &[u8]) -> Result<bool> {
    if bytes.starts_with(OLE) {
        return Err(Error::invalid(WHAT, "the file is an old workbook (XLS), or one with a password")
            .next("save it as XLSX without a password, or as CSV"));
    }
    Ok(bytes.starts_with(ZIP))
}

/// Finds the header by which an export, or a table of ours, is known, and reads the rows below it.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Found>> {
    let lines = lines(bytes)?;
    for (at, (_, cells)) in lines.iter().enumerate().take(MOST_PREAMBLE) {
        let headers: Vec<String> = cells.iter().map(|cell| cell.text.clone()).collect();
        let ours = || HistoryMapping::detect(&headers).ok();
        let ours = || ours().map(|mapping| Layout { kind: None, mapping, currency: None });
        if let Some(layout) = Layout::of(&headers)?.or_else(ours) {
            let (headers, rows) = below(&lines, at);
            return Ok(Some(Found { layout, headers, rows }));
        }
    }
    let texts = lines.iter().map(|(_, cells)| cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>());
    if let Some(error) = super::nearly(texts.take(MOST_PREAMBLE))? {
        return Err(error);
    }
    let first =
        lines.first().map(|(_, cells)| cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(", "));
    let short: String = first.unwrap_or_default().chars().take(200).collect();
    Err(Error::invalid(
        "history.headers",
        format!("no line of the first sheet fits a known export; the first is: {short:?}"),
    )
    .next("put the export on the first sheet, or pass a mapping"))
}

/// The headers in the first line that has cells, and the rows below.
pub(super) fn below_the_first_line(bytes: &[u8]) -> Result<(Vec<String>, Cells)> {
    Ok(below(&lines(bytes)?, 0))
}

/// The headers of a line and the rows below it, as many cells as there are headers; what stands beside the table is none of it.
fn below(lines: &[(u64, Vec<Cell>)], at: usize) -> (Vec<String>, Cells) {
    let headers = lines.get(at).map(|(_, cells)| cells.as_slice()).unwrap_or_default();
    let mut headers: Vec<String> = headers.iter().map(|cell| cell.text.clone()).collect();
    headers.truncate(headers.iter().rposition(|header| !header.trim().is_empty()).map_or(0, |last| last + 1));
    let row = |(line, cells): &(u64, Vec<Cell>)| {
        let mut cells = cells.clone();
        cells.resize(headers.len(), Cell::plain(""));
        (*line, Ok(cells))
    };
    let rows = lines.iter().skip(at + 1).map(row).collect();
    (headers, rows)
}

/// The lines of the first sheet that have cells, with their numbers from 1. A cell far to the right makes no room for those before it.
fn lines(bytes: &[u8]) -> Result<Vec<(u64, Vec<Cell>)>> {
    let too_large =
        || Error::invalid(WHAT, format!("the sheet holds more than {MAX_BYTES} bytes of text")).next("split the file");
    if bytes.len() > MAX_BYTES {
        return Err(too_large());
    }
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let Some(name) = book.sheet_names().into_iter().next() else { return Ok(Vec::new()) };
    let mut reader = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    let (mut lines, mut size) = (BTreeMap::<u32, BTreeMap<u32, Cell>>::new(), 0);
    while let Some(found) = reader.next_cell_with_formula().map_err(unreadable)? {
        let (row, column) = found.pos;
        let cell = cell(&found.value, found.formula.is_some());
        size += cell.text.len() + 1;
        if size > MAX_BYTES {
            return Err(too_large());
        }
        if column < MOST_COLUMNS && !cell.text.trim().is_empty() {
            lines.entry(row).or_default().insert(column, cell);
        }
    }
    Ok(lines.into_iter().map(|(row, cells)| (u64::from(row) + 1, dense(cells))).collect())
}

fn dense(cells: BTreeMap<u32, Cell>) -> Vec<Cell> {
    let mut line = Vec::new();
    for (column, cell) in cells {
        line.resize(column as usize, Cell::plain(""));
        line.push(cell);
    }
    line
}

fn unreadable(error: XlsxError) -> Error {
    Error::invalid(WHAT, "the file is no workbook that can be read")
        .next("save it as XLSX or CSV")
        .caused_by(Box::new(error) as Source)
}

/// A cell as the importer reads it.
fn cell(value: &DataRef<'_>, has_formula: bool) -> Cell {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Int(number) => Cell::plain(&number.to_string()),
        DataRef::Float(number) => Cell::plain(&number.to_string()),
        DataRef::Bool(yes) => Cell::text(&yes.to_string()),
        DataRef::DateTime(moment) => Cell::plain(&day(moment)),
        DataRef::Error(error) => Cell::text(&error.to_string()),
        DataRef::Empty if has_formula => Cell::text("a formula without its value"),
        DataRef::Empty => Cell::plain(""),
    }
}

/// The day of a moment.
fn day(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
