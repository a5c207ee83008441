//! Account export files of the four platforms, without any key: CSV as each platform writes it, or XLSX.
//!
//! In: the bytes of a file. Out: the mapping that fits its headers, and a table whose numbers and days are plain. Called by the
//! importer. Never guesses what a number means: where a file does not show which sign parts the decimals, that of its language does.

mod plain;
mod text;
mod workbook;
mod written;

use std::sync::LazyLock;

use serde::Deserialize;

use super::cells::fold;
use super::mapping::{HistoryMapping, PlatformColumn};
use super::table::{Read, Table};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Currency, Platform};

/// A cell with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    text: String,
    /// Whether the file says that this is a number or a day, which its text then writes plainly.
    is_plain: bool,
}

impl Cell {
    fn text(text: &str) -> Self {
        Self { text: text.to_owned(), is_plain: false }
    }

    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), is_plain: true }
    }
}

/// The line and the cells of each row, or why it has none.
type Cells = Vec<(u64, Read<Vec<Cell>>)>;
/// A table whose rows have been read.
type Whole = Table<std::vec::IntoIter<(u64, Read<Vec<String>>)>>;

/// Lines that a header is looked for in: exports begin with a title and the days that they are of.
const MOST_PREAMBLE: usize = 20;

/// The table of an export with the mapping that fits it; none for a file that is no export that is known.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a workbook or text that cannot be read, or a column that appears twice.
pub(super) fn read(bytes: &[u8], currency: Currency) -> Result<Option<(HistoryMapping, Whole)>> {
    let found = if workbook::is_one(bytes)? { workbook::read(bytes)? } else { text::read(bytes)? };
    let Some(Found { layout, headers, rows }) = found else { return Ok(None) };
    let rows = plain::rows(&layout, &headers, rows, currency);
    let table = Table::of(super::import::WHAT, headers, ContentHash::of(bytes), rows.into_iter())?;
    Ok(Some((layout.mapping, table)))
}

/// The rows of a workbook's first sheet below its first line, for a mapping of the caller's own; none for other files.
///
/// # Errors
/// As [`read`].
pub(super) fn sheet(bytes: &[u8]) -> Result<Option<Whole>> {
    if !workbook::is_one(bytes)? {
        return Ok(None);
    }
    let (headers, rows) = workbook::below_the_first_line(bytes)?;
    let texts = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.text).collect();
    let rows: Vec<_> = rows.into_iter().map(|(line, row)| (line, row.map(texts))).collect();
    Table::of(super::import::WHAT, headers, ContentHash::of(bytes), rows.into_iter()).map(Some)
}

/// A header with the rows below it.
struct Found {
    layout: Layout,
    headers: Vec<String>,
    rows: Cells,
}

/// A kind of export: what its columns are called, the first that is there counts. `*` stands for the code of a currency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    name: String,
    /// Where the headers were read, and when.
    #[expect(dead_code, reason = "for readers of the file")]
    source: String,
    platform: Platform,
    /// What parts whole from fraction where the file itself does not show it.
    decimal: char,
    dates: written::Dates,
    campaign: Vec<String>,
    ad: Vec<String>,
    date: Vec<String>,
    #[serde(default)]
    ages: Vec<String>,
    #[serde(default)]
    gender: Vec<String>,
    currency: Vec<String>,
    impressions: Vec<String>,
    clicks: Vec<String>,
    spend: Vec<String>,
    conversions: Vec<String>,
    revenue: Vec<String>,
}

static KINDS: LazyLock<Option<Vec<Kind>>> = LazyLock::new(|| serde_json::from_str(include_str!("exports.json")).ok());

fn kinds() -> Result<&'static [Kind]> {
    KINDS.as_deref().ok_or_else(|| Error::new(ErrorKind::Internal, "the list of exports cannot be read"))
}

/// The columns that a file has.
struct Layout {
    /// The kind of export; none for a workbook with the columns of a built-in mapping.
    kind: Option<&'static Kind>,
    mapping: HistoryMapping,
    /// The column that names the currency of a row.
    currency: Option<String>,
}

impl Layout {
    /// The kind whose columns are all among these headers.
    fn of(headers: &[String]) -> Result<Option<Self>> {
        Ok(kinds()?.iter().find_map(|kind| kind.layout(headers)))
    }
}

/// A known export may lack so many columns to be named in an error: with more, another table may be meant.
const FEW: usize = 1;

/// The error for a file that is nearly a known export: what it lacks. None where it resembles none.
fn nearly(lines: impl Iterator<Item = Vec<String>>) -> Result<Option<Error>> {
    let mut nearest: Option<(Vec<String>, &Kind)> = None;
    for headers in lines {
        for kind in kinds()? {
            let lacks = kind.lacks(&headers);
            if lacks.len() <= FEW && nearest.as_ref().is_none_or(|(fewest, _)| lacks.len() < fewest.len()) {
                nearest = Some((lacks, kind));
            }
        }
    }
    Ok(nearest.map(|(lacks, kind)| {
        let what = format!("the file looks like an export of {}, and lacks: {}", kind.name, lacks.join("; "));
        Error::invalid("history.headers", what).next("export it with these columns, or pass a mapping")
    }))
}

impl Kind {
    /// The columns that headers lack, each by the names that it may have.
    fn lacks(&self, headers: &[String]) -> Vec<String> {
        let needed = [&self.campaign, &self.impressions, &self.clicks, &self.spend, &self.conversions, &self.revenue];
        let has = |names: &[String]| names.iter().any(|name| headers.iter().any(|header| is_called(header, name)));
        needed.into_iter().filter(|names| !has(names)).map(|names| names.join(" or ")).collect()
    }

    fn layout(&'static self, headers: &[String]) -> Option<Layout> {
        let first =
            |names: &[String]| names.iter().find_map(|name| headers.iter().find(|header| is_called(header, name)));
        let spend = first(&self.spend)?;
        let mapping = HistoryMapping {
            name: self.name.clone(),
            platform: PlatformColumn::Constant(self.platform),
            currency: stated(spend, &self.spend),
            campaign: first(&self.campaign)?.clone(),
            ad: first(&self.ad)?.clone(),
            date: first(&self.date).cloned(),
            ages: first(&self.ages).cloned(),
            gender: first(&self.gender).cloned(),
            interest: None,
            creative_type: None,
            copy_style: None,
            impressions: first(&self.impressions)?.clone(),
            clicks: first(&self.clicks)?.clone(),
            spend: spend.clone(),
            conversions: first(&self.conversions)?.clone(),
            revenue: Some(first(&self.revenue)?.clone()),
            revenue_values: Vec::new(),
        };
        Some(Layout { kind: Some(self), mapping, currency: first(&self.currency).cloned() })
    }
}

/// Whether a header has a name; `*` in the name stands for three letters.
fn is_called(header: &str, name: &str) -> bool {
    match name.split_once('*') {
        None => fold(header) == fold(name),
        Some(_) => code_in(header, name).is_some(),
    }
}

/// What stands for the `*` of a name.
fn code_in(header: &str, name: &str) -> Option<String> {
    let (before, after) = name.split_once('*')?;
    let header = fold(header);
    let code = header.strip_prefix(&fold_start(before))?.strip_suffix(&fold(after))?;
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_lowercase())).then(|| code.to_uppercase())
}

/// As [`fold`], with the space at the end.
fn fold_start(text: &str) -> String {
    text.trim_start().to_lowercase()
}

/// The currency that the header of the money spent states.
fn stated(header: &str, names: &[String]) -> Option<Currency> {
    names.iter().find_map(|name| code_in(header, name))?.parse().ok()
}

#[cfg(test)]
mod tests;
