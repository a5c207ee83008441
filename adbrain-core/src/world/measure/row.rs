//! One row of a history file: text becomes values or one problem.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::mapping::{HistoryMapping, PlatformColumn, fold};
use super::number;
use crate::model::{AgeRange, Currency, Gender, HistoryRow, MICROS_PER_UNIT, Metrics, Money, Platform, RowProblem};

/// A cell that starts like this is run as a formula by spreadsheets.
const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];
/// The longest name that is taken, in characters.
const LONGEST_NAME: usize = 400;
/// Days outside these years are taken for errors of the file.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;
/// What sources write where they do not know or do not split.
const UNKNOWN: [&str; 4] = ["", "unknown", "all", "undetermined"];

/// Reads rows through a mapping.
pub(super) struct RowReader<'a> {
    mapping: &'a HistoryMapping,
    positions: BTreeMap<String, usize>,
    currency: Currency,
}

/// What a reader of one column says: a value, or what is wrong with the text.
type Parsed<T> = Result<T, String>;

impl<'a> RowReader<'a> {
    /// A reader for files with these headers.
    pub(super) fn new(mapping: &'a HistoryMapping, headers: &[String], currency: Currency) -> Self {
        let positions = headers.iter().enumerate().map(|(position, header)| (fold(header), position)).collect();
        Self { mapping, positions, currency }
    }

    /// Reads one row; the first problem is told.
    pub(super) fn read(&self, line: u64, cells: &[String]) -> Result<HistoryRow, RowProblem> {
        let row = Row { reader: self, line, cells };
        let mapping = self.mapping;
        Ok(HistoryRow {
            line,
            platform: row.platform()?,
            campaign: row.take(&mapping.campaign, name)?,
            ad: row.take(&mapping.ad, name)?,
            date: row.optional(mapping.date.as_ref(), date)?,
            ages: row.optional(mapping.ages.as_ref(), ages)?,
            gender: row.optional(mapping.gender.as_ref(), gender)?,
            interest: row.optional(mapping.interest.as_ref(), label)?,
            creative_type: row.optional(mapping.creative_type.as_ref(), label)?,
            copy_style: row.optional(mapping.copy_style.as_ref(), label)?,
            metrics: row.metrics()?,
        })
    }
}

struct Row<'a> {
    reader: &'a RowReader<'a>,
    line: u64,
    cells: &'a [String],
}

impl Row<'_> {
    fn problem(&self, column: &str, problem: impl Into<String>) -> RowProblem {
        RowProblem { line: self.line, column: column.to_owned(), problem: problem.into() }
    }

    fn cell(&self, column: &str) -> Option<&str> {
        let position = self.reader.positions.get(&fold(column))?;
        self.cells.get(*position).map(String::as_str)
    }

    fn take<T>(&self, column: &str, parse: impl Fn(&str) -> Parsed<T>) -> Result<T, RowProblem> {
        let text = self.cell(column).ok_or_else(|| self.problem(column, "is missing"))?;
        parse(text).map_err(|what| self.problem(column, format!("{}{what}", quoted(text))))
    }

    fn optional<T>(
        &self,
        column: Option<&String>,
        parse: fn(&str) -> Parsed<Option<T>>,
    ) -> Result<Option<T>, RowProblem> {
        match column.filter(|column| self.cell(column).is_some()) {
            Some(column) => self.take(column, parse),
            None => Ok(None),
        }
    }

    fn platform(&self) -> Result<Platform, RowProblem> {
        match &self.reader.mapping.platform {
            PlatformColumn::Constant(platform) => Ok(*platform),
            PlatformColumn::Column(column) => self.take(column, platform),
        }
    }

    fn metrics(&self) -> Result<Metrics, RowProblem> {
        let mapping = self.reader.mapping;
        let impressions = self.take(&mapping.impressions, number::count)?;
        let clicks = self.take(&mapping.clicks, number::count)?;
        if clicks > impressions {
            return Err(
                self.problem(&mapping.clicks, format!("{clicks} clicks are more than {impressions} impressions"))
            );
        }
        let conversions = self.take(&mapping.conversions, number::count)?;
        let money = |micros| Money::from_micros(micros, self.reader.currency);
        let spend = money(self.take(&mapping.spend, number::amount)?);
        Ok(Metrics { impressions, clicks, conversions, spend, revenue: money(self.revenue()?) })
    }

    fn revenue(&self) -> Result<i64, RowProblem> {
        if let Some(column) = &self.reader.mapping.revenue {
            return self.take(column, number::amount);
        }
        let mut micros = 0_i128;
        for event in &self.reader.mapping.revenue_values {
            let count = self.take(&event.column, number::count)?;
            let value = number::amount(&event.value).map_err(|what| self.problem(&event.column, what))?;
            micros += i128::from(count) * i128::from(value);
            if micros > 1_000_000_000_000 * i128::from(MICROS_PER_UNIT) {
                return Err(self.problem(&event.column, "makes an absurdly large revenue"));
            }
        }
        i64::try_from(micros).map_err(|_| self.problem("revenue", "is absurdly large"))
    }
}

/// The text as a problem shows it: short, quoted, control characters escaped.
fn quoted(text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let short: String = text.chars().take(40).collect();
    format!("{short:?} ")
}

fn platform(text: &str) -> Parsed<Platform> {
    text.trim().to_lowercase().parse().map_err(|_| {
        let known: Vec<_> = Platform::ALL.iter().map(|platform| platform.as_str()).collect();
        format!("is not a known platform ({})", known.join(", "))
    })
}

fn name(text: &str) -> Parsed<String> {
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

fn label(text: &str) -> Parsed<Option<String>> {
    if text.trim().is_empty() { Ok(None) } else { name(text).map(Some) }
}

fn date(text: &str) -> Parsed<Option<Date>> {
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

fn ages(text: &str) -> Parsed<Option<AgeRange>> {
    let text = text.trim().to_lowercase();
    if UNKNOWN.contains(&text.as_str()) {
        return Ok(None);
    }
    let bad = || "is not a range of ages such as 30-34 or 65+".to_owned();
    let (min, max) = match text.strip_suffix('+') {
        Some(min) => (min, "65"),
        None => text.split_once('-').ok_or_else(bad)?,
    };
    let age = |text: &str| text.trim().parse::<u8>().map_err(|_| bad());
    let range = AgeRange { min: age(min)?, max: age(max)? };
    range.check("ages").map_err(|_| bad())?;
    Ok(Some(range))
}

fn gender(text: &str) -> Parsed<Option<Gender>> {
    match text.trim().to_lowercase().as_str() {
        "f" | "female" | "women" => Ok(Some(Gender::Female)),
        "m" | "male" | "men" => Ok(Some(Gender::Male)),
        other if UNKNOWN.contains(&other) => Ok(None),
        _ => Err("is not a known gender (female, male, unknown)".to_owned()),
    }
}
