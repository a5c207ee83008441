//! The header of a text export, below its title, and the rows below it.

use super::{Cell, Found, Layout, MOST_PREAMBLE};
use crate::error::{Error, Result};
use crate::measure::table::csv_table_by;

/// What parts the cells of a line.
const DELIMITERS: [u8; 3] = *b",;\t";

/// Finds the header by which an export is known, and reads the rows below it.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Found>> {
    let Some(text) = text(bytes)? else { return Ok(None) };
    let (mut offset, mut lines) = (0, 0);
    for line in text.split_inclusive('\n').take(MOST_PREAMBLE) {
        for delimiter in DELIMITERS {
            let Some(layout) = Layout::of(&cells(line, delimiter))? else { continue };
            let below = text.get(offset..).unwrap_or_default().as_bytes();
            let table = csv_table_by(below, super::super::import::WHAT, None, delimiter)?;
            let headers = table.headers.clone();
            let typed = |cells: Vec<String>| cells.iter().map(|cell| Cell::text(cell)).collect();
            let rows = table.lines().map(|(line, row)| (line + lines, moved(row, lines).map(typed))).collect();
            return Ok(Some(Found { layout, headers, rows }));
        }
        offset += line.len();
        lines += 1;
    }
    let first = || text.split_inclusive('\n').take(MOST_PREAMBLE);
    let parted = first().flat_map(|line| DELIMITERS.map(|delimiter| cells(line, delimiter)));
    super::nearly(parted)?.map_or(Ok(None), Err)
}

/// A problem on its line in the whole file.
fn moved(row: super::Read<Vec<String>>, lines: u64) -> super::Read<Vec<String>> {
    row.map_err(|problem| crate::model::RowProblem { line: problem.line + lines, ..problem })
}

fn cells(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    let is_read = reader.read_record(&mut record).unwrap_or(false);
    if is_read { record.iter().map(ToOwned::to_owned).collect() } else { Vec::new() }
}

/// The text of a file: UTF-8, or UTF-16 with a mark at its start, as spreadsheets and two of the platforms write it.
fn text(bytes: &[u8]) -> Result<Option<String>> {
    let from = match bytes {
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes).map(Some),
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes).map(Some),
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
        all => all,
    };
    Ok(std::str::from_utf8(from).ok().map(ToOwned::to_owned))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let decoded = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<std::result::Result<String, _>>();
    match decoded {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => {
            Err(Error::invalid(super::super::import::WHAT, "the file is no whole UTF-16 text").next("save it as UTF-8"))
        }
    }
}
