//! Import of past results from CSV files and data frames, by one code path.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::mapping::{HistoryMapping, fold};
use super::row::RowReader;
use crate::error::{Error, Result};
use crate::model::{ContentHash, Currency, History, RowProblem, canonical_json};

/// The largest file that is read: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How many problems an error names.
const PROBLEMS_TOLD: usize = 3;

/// A row of the source: its line and its cells, or why it has none.
type Record = (u64, std::result::Result<Vec<String>, RowProblem>);

/// Imports past results from the bytes of a CSV file with a header line. Without a mapping, the headers choose one.
///
/// Rows that cannot be taken are listed in [`History::problems`]; duplicates are allowed.
///
/// ```
/// use adbrain_core::measure::import_csv;
/// let file = b"platform,campaign,ad,impressions,clicks,conversions,spend,revenue\nmeta,c,a,1000,20,2,8.50,40\n";
/// let history = import_csv(file, None, "BRL".parse()?)?;
/// assert_eq!(history.rows[0].metrics.clicks, 20);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an empty or too large file, missing or doubled columns, another currency than the
/// mapping's, or where no row can be used; the first problems are named.
pub fn import_csv(bytes: &[u8], mapping: Option<&HistoryMapping>, currency: Currency) -> Result<History> {
    if bytes.len() > MAX_BYTES {
        let what = format!("the file has {} bytes, more than {MAX_BYTES}", bytes.len());
        return Err(Error::invalid("history", what).next("split the file"));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Error::invalid("history", "the file is UTF-16 text").next("save it as UTF-8"));
    }
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let headers = reader.byte_headers().map_err(unreadable)?.clone();
    let headers = decode(1, &headers, &[]).map_err(|problem| Error::invalid("history.headers", problem.problem))?;
    let records = reader.into_byte_records().map(|record| match record {
        Ok(record) => {
            let line = record.position().map_or(0, csv::Position::line);
            (line, decode(line, &record, &headers))
        }
        Err(error) => (0, Err(RowProblem { line: 0, column: String::new(), problem: error.to_string() })),
    });
    let source = Source { headers: &headers, hash: ContentHash::of(bytes) };
    import(&source, records, mapping, currency)
}

/// Imports past results from a table such as a data frame: headers, and rows of cells where `None` is an empty cell. Rows
/// count from 1.
///
/// # Errors
/// As [`import_csv`].
pub fn import_table(
    headers: &[String],
    rows: impl Iterator<Item = Vec<Option<String>>>,
    mapping: Option<&HistoryMapping>,
    currency: Currency,
) -> Result<History> {
    let rows: Vec<Vec<String>> = rows.map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect();
    let source = Source { headers, hash: hash_of_table(headers, &rows)? };
    import(&source, (1..).zip(rows.into_iter().map(Ok)), mapping, currency)
}

struct Source<'a> {
    headers: &'a [String],
    hash: ContentHash,
}

fn import(
    source: &Source<'_>,
    records: impl Iterator<Item = Record>,
    mapping: Option<&HistoryMapping>,
    currency: Currency,
) -> Result<History> {
    check_headers(source.headers)?;
    let mapping = mapping.map_or_else(|| HistoryMapping::detect(source.headers), |mapping| Ok(mapping.clone()))?;
    check_mapping(&mapping, source.headers, currency)?;
    let reader = RowReader::new(&mapping, source.headers, currency);
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (line, cells) in records {
        match cells.and_then(|cells| read(&reader, line, &cells, source.headers)) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    if rows.is_empty() {
        return Err(no_rows(&problems));
    }
    let mut identity = source.hash.as_str().as_bytes().to_vec();
    identity.extend(canonical_json(&(&mapping, currency))?);
    Ok(History { hash: ContentHash::of(&identity), currency, mapping: mapping.name.clone(), rows, problems })
}

fn read(
    reader: &RowReader<'_>,
    line: u64,
    cells: &[String],
    headers: &[String],
) -> std::result::Result<crate::model::HistoryRow, RowProblem> {
    if cells.len() == headers.len() {
        return reader.read(line, cells);
    }
    let problem = format!("the row has {} fields, the header has {}", cells.len(), headers.len());
    Err(RowProblem { line, column: String::new(), problem })
}

/// The cells as text; a cell that is not UTF-8 is a problem.
fn decode(line: u64, record: &csv::ByteRecord, headers: &[String]) -> std::result::Result<Vec<String>, RowProblem> {
    let decoded = record.iter().enumerate().map(|(position, cell)| {
        std::str::from_utf8(cell).map(ToOwned::to_owned).map_err(|_| RowProblem {
            line,
            column: headers.get(position).cloned().unwrap_or_default(),
            problem: "is not UTF-8 text".to_owned(),
        })
    });
    decoded.collect()
}

fn check_headers(headers: &[String]) -> Result<()> {
    if headers.iter().all(|header| header.trim().is_empty()) {
        return Err(
            Error::invalid("history", "there is no header line").next("give a file whose first line names the columns")
        );
    }
    let mut seen = BTreeSet::new();
    match headers.iter().find(|header| !seen.insert(fold(header))) {
        Some(twice) => Err(Error::invalid("history.headers", format!("the column {twice:?} appears twice"))
            .next("rename or remove one of the two columns")),
        None => Ok(()),
    }
}

fn check_mapping(mapping: &HistoryMapping, headers: &[String], currency: Currency) -> Result<()> {
    mapping.check()?;
    let missing = mapping.missing(headers);
    if !missing.is_empty() {
        let what = format!("the mapping {:?} needs the missing columns: {}", mapping.name, missing.join(", "));
        return Err(Error::invalid("history.headers", what).next("add the columns or pass another mapping"));
    }
    match mapping.currency.filter(|stated| *stated != currency) {
        Some(stated) => Err(Error::invalid("currency", format!("the file is in {stated}, not in {currency}"))
            .next(format!("import it as {stated}"))),
        None => Ok(()),
    }
}

fn no_rows(problems: &[RowProblem]) -> Error {
    let told: Vec<_> = problems
        .iter()
        .take(PROBLEMS_TOLD)
        .map(|problem| format!("line {}, {}: {}", problem.line, problem.column, problem.problem))
        .collect();
    let what = match problems.len() {
        0 => "there are no rows below the header".to_owned(),
        count => format!("none of {count} rows can be used: {}", told.join("; ")),
    };
    Error::invalid("history", what).next("correct the file")
}

fn unreadable(error: csv::Error) -> Error {
    Error::invalid("history", "the file cannot be read as CSV").caused_by(error)
}

/// Hashes a table: the length and bytes of each cell, so that no two tables look alike.
fn hash_of_table(headers: &[String], rows: &[Vec<String>]) -> Result<ContentHash> {
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
        return Err(Error::invalid("history", format!("the table holds {size} bytes of text")).next("split the table"));
    }
    Ok(ContentHash::of(&digest.finalize()))
}

#[cfg(test)]
mod tests;
