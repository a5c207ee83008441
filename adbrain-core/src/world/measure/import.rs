//! Import of past results from CSV files and data frames, by one code path.

use super::mapping::HistoryMapping;
use super::row::RowReader;
use super::table::{Read, Table, cell_table, csv_table};
use crate::error::{Error, Result};
use crate::model::{ContentHash, Currency, History, canonical_json};

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
    import(csv_table(bytes, "history", None)?, mapping, currency)
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
    import(cell_table(headers, rows, "history")?, mapping, currency)
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
