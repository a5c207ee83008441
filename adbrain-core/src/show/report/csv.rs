//! The CSV writer: one table with a line for each cell of the report's tables, for programs and spreadsheets.
//!
//! | column | holds |
//! |---|---|
//! | `section`, `table`, `row`, `column` | where the cell stands; names are the same in every language, rows count from 1 |
//! | `value`, `low`, `high` | a number with a point, a date, a name or a text; the ends of its interval, where it has one |
//! | `unit` | the currency of an amount, `ratio` for shares |
//! | `text` | the cell as the report shows it |

use ::csv::{Terminator, WriterBuilder};

use super::cell::{Cell, Scale};
use super::document::Document;
use super::flat::{Flat, harmless, short, tables};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Estimate, Language};

const HEAD: [&str; 9] = ["section", "table", "row", "column", "value", "low", "high", "unit", "text"];

/// The whole report.
pub(super) fn write(document: &Document, language: Language) -> Result<String> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEAD).map_err(unwritten)?;
    for flat in tables(document) {
        for line in lines(&flat, language) {
            writer.write_record(line).map_err(unwritten)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| unwritten(error.into_error()))?;
    String::from_utf8(bytes).map_err(unwritten)
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Internal, "the report cannot be written as CSV").caused_by(error)
}

/// A line for each cell of a table.
fn lines(flat: &Flat, language: Language) -> Vec<[String; 9]> {
    let columns: Vec<_> = flat.table.columns.iter().map(short).collect();
    let line = |row: usize, column: &str, cell: &Cell| {
        let place = [flat.section, &flat.name, &row.to_string(), column].map(str::to_owned);
        let [value, low, high, unit] = plain(cell, language);
        let [section, table, row, column] = place;
        [section, table, row, column, value, low, high, unit, harmless(cell.write(language))]
    };
    let rows = flat.table.rows.iter().enumerate();
    rows.flat_map(|(row, cells)| columns.iter().zip(cells).map(move |(column, cell)| line(row + 1, column, cell)))
        .collect()
}

/// Value, low, high and unit of a cell for programs. Numbers are never made harmless: a minus is a sign of theirs.
fn plain(cell: &Cell, language: Language) -> [String; 4] {
    let single = |value: String, unit: &str| [value, String::new(), String::new(), unit.to_owned()];
    match cell {
        Cell::Missing => single(String::new(), ""),
        Cell::Name { name, .. } => single(harmless(name.clone()), ""),
        Cell::Count(count) => single(count.to_string(), ""),
        Cell::Number(value, scale) => single(number(*value), unit(*scale)),
        Cell::Money(money) => single(money.amount_text(), money.currency().code()),
        Cell::Date(date) => single(date.to_string(), ""),
        Cell::Moment(moment) => single(moment.to_string(), ""),
        Cell::Estimate(estimate, scale) => ends(estimate, unit(*scale)),
        Cell::Amount(estimate, currency) => ends(estimate, code(currency)),
        Cell::Pair(_, inner) => plain(inner, language),
        Cell::Text(_) | Cell::Message(_) | Cell::List(_) => single(harmless(cell.write(language)), ""),
    }
}

fn ends(estimate: &Estimate, unit: &str) -> [String; 4] {
    [number(estimate.value), number(estimate.low), number(estimate.high), unit.to_owned()]
}

fn unit(scale: Scale) -> &'static str {
    if scale == Scale::Percent { "ratio" } else { "" }
}

fn code(currency: &Currency) -> &str {
    currency.code()
}

/// The shortest text that reads back as the same number; nothing for what is no number.
fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}
