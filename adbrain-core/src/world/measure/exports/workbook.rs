//! The first sheet of an XLSX file. Numbers and days are cells of their own kind there, so nothing is read from their text.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Range, Reader as _, Xlsx};
use jiff::ToSpan as _;
use jiff::civil::date;

use super::{Found, Layout, MOST_PREAMBLE, Rows};
use crate::error::{Error, Result, Source};
use crate::measure::mapping::HistoryMapping;
use crate::measure::table::MAX_BYTES;

/// How every file of this kind begins: it is a ZIP.
const ZIP: &[u8] = b"PK\x03\x04";

/// Whether these bytes may be a workbook.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP)
}

/// Finds the header by which an export, or a table of ours, is known, and reads the rows below it.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Found>> {
    let lines = lines(bytes)?;
    for (at, (_, cells)) in lines.iter().enumerate().take(MOST_PREAMBLE) {
        let ours = || HistoryMapping::detect(cells).ok().map(|mapping| Layout { kind: None, mapping, currency: None });
        if let Some(layout) = Layout::of(cells)?.or_else(ours) {
            let (headers, rows) = below(&lines, at);
            return Ok(Some(Found { layout, headers, rows }));
        }
    }
    let first = lines.first().map(|(_, cells)| cells.join(", ")).unwrap_or_default();
    let short: String = first.chars().take(200).collect();
    Err(Error::invalid("history.headers", format!("no line of the sheet fits a known export; the first is: {short}"))
        .next("export with the columns of campaign, impressions, clicks, money spent, conversions and their value, or pass a mapping"))
}

/// The headers in the first line that has cells, and the rows below.
pub(super) fn below_the_first_line(bytes: &[u8]) -> Result<(Vec<String>, Rows)> {
    Ok(below(&lines(bytes)?, 0))
}

/// The headers of a line and the rows below it, as many cells as there are headers.
fn below(lines: &[(u64, Vec<String>)], at: usize) -> (Vec<String>, Rows) {
    let mut headers = lines.get(at).map(|(_, cells)| cells.clone()).unwrap_or_default();
    headers.truncate(headers.iter().rposition(|header| !header.trim().is_empty()).map_or(0, |last| last + 1));
    let row = |(line, cells): &(u64, Vec<String>)| {
        let mut cells = cells.clone();
        let has_more = cells.iter().skip(headers.len()).any(|cell| !cell.is_empty());
        cells.resize(if has_more { cells.len() } else { headers.len() }, String::new());
        (*line, Ok(cells))
    };
    let rows = lines.iter().skip(at + 1).map(row).collect();
    (headers, rows)
}

/// The lines of the first sheet that have cells, with their numbers from 1.
fn lines(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>> {
    let wrong = |error: calamine::XlsxError| {
        Error::invalid(super::super::import::WHAT, "the file is no workbook that can be read")
            .next("save it as XLSX or CSV")
            .caused_by(Box::new(error) as Source)
    };
    if bytes.len() > MAX_BYTES {
        let problem = format!("the file has {} bytes, more than {MAX_BYTES}", bytes.len());
        return Err(Error::invalid(super::super::import::WHAT, problem).next("split the file"));
    }
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(wrong)?;
    let Some(sheet) = book.worksheet_range_at(0) else { return Ok(Vec::new()) };
    let sheet: Range<Data> = sheet.map_err(wrong)?;
    let first = sheet.start().map_or(0, |(row, _)| row);
    let line = |(at, cells): (usize, &[Data])| (u64::from(first) + at as u64 + 1, cells.iter().map(text).collect());
    let has_cells = |(_, cells): &(u64, Vec<String>)| cells.iter().any(|cell| !cell.trim().is_empty());
    Ok(sheet.rows().enumerate().map(line).filter(has_cells).collect())
}

/// A cell as the importer reads it.
fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(moment) => day(moment),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

/// The day of a moment that a workbook counts from the end of 1899.
#[expect(clippy::cast_possible_truncation, reason = "days of a calendar")]
fn day(moment: &ExcelDateTime) -> String {
    let days = moment.as_f64();
    let is_day = moment.is_datetime() && (0.0..100_000.0).contains(&days);
    let found = is_day.then(|| date(1899, 12, 30).checked_add((days as i64).days()).ok()).flatten();
    found.map_or_else(|| days.to_string(), |day| day.to_string())
}
