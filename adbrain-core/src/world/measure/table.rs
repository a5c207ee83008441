//! A table of text from outside: headers, rows and its hash; what each row means is said by the caller.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::cells::fold;
use super::records::Records;
use crate::error::{Error, Result};
use crate::model::{ContentHash, RowProblem};

/// The largest file that is read: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How many problems an error names.
const PROBLEMS_TOLD: usize = 3;

/// What a reader of rows says of one: a value, or what is wrong with it.
pub(crate) type Read<T> = std::result::Result<T, RowProblem>;

/// Headers and rows. Rows are read once, in order.
pub(crate) struct Table<Records> {
    /// What it holds, as errors name it: `history`.
    what: &'static str,
    pub(crate) headers: Vec<String>,
    /// The SHA-256 of the source.
    pub(crate) hash: ContentHash,
    /// The line and the cells of each row, or why it has none.
    records: Records,
}

/// The rows that were taken, and those that were not.
pub(crate) type Rows<T> = (Vec<T>, Vec<RowProblem>);

/// The bytes of a CSV file with a header line as a table; lines that begin with `comment` are no rows.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an empty or too large file, no headers or one that appears twice.
pub(crate) fn csv_table<'a>(
    bytes: &'a [u8],
    what: &'static str,
    comment: Option<u8>,
) -> Result<Table<impl Iterator<Item = (u64, Read<Vec<String>>)> + 'a>> {
    csv_table_by(bytes, what, comment, b',')
}

/// The same for cells that another sign parts.
pub(super) fn csv_table_by<'a>(
    bytes: &'a [u8],
    what: &'static str,
    comment: Option<u8>,
    delimiter: u8,
) -> Result<Table<impl Iterator<Item = (u64, Read<Vec<String>>)> + 'a>> {
    if bytes.len() > MAX_BYTES {
        let problem = format!("the file has {} bytes, more than {MAX_BYTES}", bytes.len());
        return Err(Error::invalid(what, problem).next("split the file"));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Error::invalid(what, "the file is UTF-16 text").next("save it as UTF-8"));
    }
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).comment(comment).delimiter(delimiter).from_reader(text);
    let unreadable = |error| {
        Error::invalid(what, "the file cannot be read as CSV").next("save it as CSV with UTF-8 text").caused_by(error)
    };
    let headers = reader.byte_headers().map_err(unreadable)?.clone();
    let headers = decode(1, &headers, &[]).map_err(|problem| {
        Error::invalid(&format!("{what}.headers"), problem.problem)
            .next("save the file as UTF-8 text: CSV UTF-8 in a spreadsheet")
    })?;
    check_headers(what, &headers)?;
    let records = Records::new((text, reader), (comment, delimiter), headers.clone());
    Ok(Table { what, headers, hash: ContentHash::of(bytes), records })
}

/// Headers and rows of cells as a table, such as a data frame, where `None` is an empty cell. Rows count from 1.
///
/// # Errors
/// As [`csv_table`].
pub(crate) fn cell_table(
    headers: &[String],
    rows: impl Iterator<Item = Vec<Option<String>>>,
    what: &'static str,
) -> Result<Table<impl Iterator<Item = (u64, Read<Vec<String>>)>>> {
    let rows: Vec<Vec<String>> = rows.map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect();
    let hash = hash_of(what, headers, &rows)?;
    check_headers(what, headers)?;
    Ok(Table { what, headers: headers.to_vec(), hash, records: (1..).zip(rows.into_iter().map(Ok)) })
}

impl<Records: Iterator<Item = (u64, Read<Vec<String>>)>> Table<Records> {
    /// A table of rows that have been read already.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for no headers or one that appears twice.
    pub(super) fn of(what: &'static str, headers: Vec<String>, hash: ContentHash, records: Records) -> Result<Self> {
        check_headers(what, &headers)?;
        Ok(Self { what, headers, hash, records })
    }

    /// The lines with their cells.
    pub(super) fn lines(self) -> Records {
        self.records
    }

    /// Reads every row; those that cannot be taken are problems.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] where no row can be used; the first problems are named.
    pub(crate) fn read<T>(self, mut row: impl FnMut(u64, &[String]) -> Read<T>) -> Result<Rows<T>> {
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for (line, cells) in self.records {
            match cells.and_then(|cells| whole(line, cells, self.headers.len())).and_then(|cells| row(line, &cells)) {
                Ok(row) => rows.push(row),
                Err(problem) => problems.push(problem),
            }
        }
        if rows.is_empty() { Err(no_rows(self.what, &problems)) } else { Ok((rows, problems)) }
    }
}

fn whole(line: u64, cells: Vec<String>, headers: usize) -> Read<Vec<String>> {
    if cells.len() == headers {
        return Ok(cells);
    }
    let problem = format!("the row has {} fields, the header has {headers}", cells.len());
    Err(RowProblem { line, column: String::new(), problem })
}

/// The cells as text; a cell that is not UTF-8 is a problem.
pub(super) fn decode(
    line: u64,
    record: &csv::ByteRecord,
    headers: &[String],
) -> std::result::Result<Vec<String>, RowProblem> {
    let decoded = record.iter().enumerate().map(|(position, cell)| {
        std::str::from_utf8(cell).map(ToOwned::to_owned).map_err(|_| RowProblem {
            line,
            column: headers.get(position).cloned().unwrap_or_default(),
            problem: "is not UTF-8 text".to_owned(),
        })
    });
    decoded.collect()
}

fn check_headers(what: &str, headers: &[String]) -> Result<()> {
    if headers.iter().all(|header| header.trim().is_empty()) {
        return Err(
            Error::invalid(what, "there is no header line").next("give a file whose first line names the columns")
        );
    }
    let mut seen = BTreeSet::new();
    let named = headers.iter().filter(|header| !header.trim().is_empty());
    match named.into_iter().find(|header| !seen.insert(fold(header))) {
        Some(twice) => Err(Error::invalid(&format!("{what}.headers"), format!("the column {twice:?} appears twice"))
            .next("rename or remove one of the two columns")),
        None => Ok(()),
    }
}

fn no_rows(table: &str, problems: &[RowProblem]) -> Error {
    let told: Vec<_> = problems
        .iter()
        .take(PROBLEMS_TOLD)
        .map(|problem| format!("line {}, {}: {}", problem.line, problem.column, problem.problem))
        .collect();
    let what = match problems.len() {
        0 => "there are no rows below the header".to_owned(),
        count => format!("none of {count} rows can be used: {}", told.join("; ")),
    };
    Error::invalid(table, what).next("correct the file")
}

/// Hashes a table: the length and bytes of each cell, so that no two tables look alike.
fn hash_of(what: &str, headers: &[String], rows: &[Vec<String>]) -> Result<ContentHash> {
    let mut digest = Sha256::new();
    let mut size = 0_usize;
    for cells in std::iter::once(headers).chain(rows.iter().map(Vec::as_slice)) {
        digest.update(cells.len().to_le_bytes());
        for cell in cells {
            size += cell.len();
            digest.update(cell.len().to_le_bytes());
            digest.update(cell);
        }
    }
    if size > MAX_BYTES {
        return Err(Error::invalid(what, format!("the table holds {size} bytes of text")).next("split the table"));
    }
    Ok(ContentHash::of(&digest.finalize()))
}
