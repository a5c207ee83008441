//! Import of past results from CSV files and data frames, by one code path.

use super::exports;
use super::mapping::HistoryMapping;
use super::row::RowReader;
use super::table::{Read, Table, cell_table, csv_table};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Currency, History, canonical_json};

/// What errors call the table.
pub(super) const WHAT: &str = "history";

/// Imports past results from the bytes of a file: CSV with a header line, the first sheet of an XLSX workbook, or the export of a
/// platform's ads manager. Without a mapping, the headers choose one.
///
/// An export may begin with a title, be parted by commas, semicolons or tabs, in UTF-8 or UTF-16, with numbers and days as English or
/// Brazilian Portuguese writes them. Counts of nothing are left empty there and are zero; conversions that attribution shares among ads
/// are rounded so that each ad's sum is right to half a conversion; rows that add others up are told as problems.
///
/// Rows that cannot be taken are listed in [`History::problems`]; duplicates are allowed.
///
/// ```
/// use adbrain_core::measure::import_file;
/// let file = b"platform,campaign,ad,impressions,clicks,conversions,spend,revenue\nmeta,c,a,1000,20,2,8.50,40\n";
/// let history = import_file(file, None, "BRL".parse()?)?;
/// assert_eq!(history.rows[0].metrics.clicks, 20);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an empty or too large file, missing or doubled columns, another currency than the
/// mapping's, or where no row can be used; the first problems are named.
pub fn import_file(bytes: &[u8], mapping: Option<&HistoryMapping>, currency: Currency) -> Result<History> {
    if mapping.is_some() {
        return match exports::sheet(bytes)? {
            Some(sheet) => import(sheet, mapping, currency),
            None => import(csv_table(bytes, WHAT, None)?, mapping, currency),
        };
    }
    let plain = csv_table(bytes, WHAT, None);
    if plain.as_ref().is_ok_and(|table| HistoryMapping::detect(&table.headers).is_ok()) {
        return import(plain?, None, currency);
    }
    match exports::read(bytes, currency)? {
        Some((found, table)) => import(table, Some(&found), currency),
        None => import(plain?, None, currency),
    }
}

/// Imports past results from a table such as a data frame: headers, and rows of cells where `None` is an empty cell. Rows
/// count from 1.
///
/// # Errors
/// As [`import_file`].
pub fn import_table(
    headers: &[String],
    rows: impl Iterator<Item = Vec<Option<String>>>,
    mapping: Option<&HistoryMapping>,
    currency: Currency,
) -> Result<History> {
    import(cell_table(headers, rows, WHAT)?, mapping, currency)
}

fn import(
    table: Table<impl Iterator<Item = (u64, Read<Vec<String>>)>>,
    mapping: Option<&HistoryMapping>,
    currency: Currency,
) -> Result<History> {
    let (headers, hash) = (table.headers.clone(), table.hash.clone());
    let mapping = mapping.map_or_else(|| HistoryMapping::detect(&headers), |mapping| Ok(mapping.clone()))?;
    check_mapping(&mapping, &headers, currency)?;
    let reader = RowReader::new(&mapping, &headers, currency);
    let (rows, problems) = table.read(|line, cells| reader.read(line, cells))?;
    let mut identity = hash.as_str().as_bytes().to_vec();
    identity.extend(canonical_json(&(&mapping, currency))?);
    Ok(History { hash: ContentHash::of(&identity), currency, mapping: mapping.name.clone(), rows, problems })
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

#[cfg(test)]
mod tests;
