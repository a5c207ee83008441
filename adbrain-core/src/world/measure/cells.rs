//! The cells of one row: text becomes values, or one problem with line and column.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{AgeRange, Gender, RowProblem};

/// A cell that starts like this is run as a formula by spreadsheets.
const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];
/// The longest name that is taken, in characters.
const LONGEST_NAME: usize = 400;
/// Days outside these years are taken for errors of the file.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;
/// What sources write where they do not know or do not split.
const UNKNOWN: [&str; 14] = [
    "",
    "--",
    "unknown",
    "all",
    "undetermined",
    "unspecified",
    "uncategorized",
    "(not set)",
    "(other)",
    "desconhecido",
    "indeterminado",
    "não determinado",
    "não especificado",
    "todos",
];

/// What a reader of one cell says: a value, or what is wrong with the text.
pub(crate) type Parsed<T> = Result<T, String>;

/// Where each column stands, by its folded header.
pub(crate) struct Columns(BTreeMap<String, usize>);

impl Columns {
    pub(crate) fn new(headers: &[String]) -> Self {
        Self(headers.iter().enumerate().map(|(position, header)| (fold(header), position)).collect())
    }

    /// Where a column stands.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.0.get(&fold(name)).copied()
    }

    /// The first of several names that is a column.
    pub(crate) fn first<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().copied().find(|name| self.0.contains_key(&fold(name)))
    }
}

/// One row.
pub(crate) struct Cells<'a> {
    pub(crate) columns: &'a Columns,
    pub(crate) line: u64,
    pub(crate) texts: &'a [String],
}

impl Cells<'_> {
    pub(crate) fn problem(&self, column: &str, problem: impl Into<String>) -> RowProblem {
        RowProblem { line: self.line, column: column.to_owned(), problem: problem.into() }
    }

    fn cell(&self, column: &str) -> Option<&str> {
        let position = self.columns.0.get(&fold(column))?;
        self.texts.get(*position).map(String::as_str)
    }

    /// Reads a column that has to be there.
    pub(crate) fn take<T>(&self, column: &str, parse: impl Fn(&str) -> Parsed<T>) -> Result<T, RowProblem> {
        let text = self.cell(column).ok_or_else(|| self.problem(column, "is missing"))?;
        parse(text).map_err(|what| self.problem(column, format!("{}{what}", quoted(text))))
    }

    /// Reads a column that may be missing.
    pub(crate) fn optional<T>(
        &self,
        column: Option<&str>,
        parse: impl Fn(&str) -> Parsed<Option<T>>,
    ) -> Result<Option<T>, RowProblem> {
        match column.filter(|column| self.cell(column).is_some()) {
            Some(column) => self.take(column, parse),
            None => Ok(None),
        }
    }
}

/// A header as it is compared: without outer spaces, in small letters.
pub(super) fn fold(header: &str) -> String {
    header.trim().to_lowercase()
}

/// The text as a problem shows it: short, quoted, control characters escaped.
fn quoted(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let short: String = text.chars().take(40).collect();
    format!("{short:?} ")
}

/// A name: not empty, without control characters, not like a formula.
pub(crate) fn name(text: &str) -> Parsed<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("is empty".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("holds control characters".to_owned());
    }
    if trimmed.starts_with(FORMULA_STARTS) {
        return Err("starts like a spreadsheet formula".to_owned());
    }
    if trimmed.chars().count() > LONGEST_NAME {
        return Err(format!("is longer than {LONGEST_NAME} characters"));
    }
    Ok(trimmed.to_owned())
}

/// A name, or nothing.
pub(crate) fn label(text: &str) -> Parsed<Option<String>> {
    if text.trim().is_empty() { Ok(None) } else { name(text).map(Some) }
}

/// A day such as `2026-12-01`, or nothing.
pub(crate) fn date(text: &str) -> Parsed<Option<Date>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.strip_suffix("00:00:00").map_or(text, |day| day.trim_end_matches([' ', 'T']));
    let is_shaped = day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let parsed = is_shaped.then(|| day.parse::<Date>().ok()).flatten();
    let parsed = parsed.filter(|date| YEARS.contains(&date.year()));
    parsed.map(Some).ok_or_else(|| "is not a day such as 2026-12-01".to_owned())
}

/// A range of ages such as `30-34` or `65+`, or nothing.
pub(crate) fn ages(text: &str) -> Parsed<Option<AgeRange>> {
    let text = text.trim().to_lowercase();
    if UNKNOWN.contains(&text.as_str()) {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| "is not a range of ages such as 30-34 or 65+".to_owned())
}

/// A gender, or nothing.
pub(crate) fn gender(text: &str) -> Parsed<Option<Gender>> {
    match text.trim().to_lowercase().as_str() {
        "f" | "female" | "women" | "feminino" | "mulher" | "mulheres" => Ok(Some(Gender::Female)),
        "m" | "male" | "men" | "masculino" | "homem" | "homens" => Ok(Some(Gender::Male)),
        other if UNKNOWN.contains(&other) => Ok(None),
        _ => Err("is not a known gender (female, male, unknown)".to_owned()),
    }
}
