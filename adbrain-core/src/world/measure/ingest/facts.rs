//! Analytics rows and orders from a CSV file, read through a mapping that says what each column is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::measure::cells::{Cells, Columns, Parsed, date};
use crate::measure::number;
use crate::measure::table::csv_table;
use crate::model::{Currency, Money, RowProblem};

/// What the columns of a file of analytics rows or orders are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactMapping {
    /// The source: a kind and a name, `orders/shop` or `ga4/123456`.
    pub source: String,
    /// The columns that together name a row within its day: the number of an order, the dimensions of an analytics row.
    pub id: Vec<String>,
    /// The column of the day: `2027-01-31`, `20270131`, or a moment such as `2027-01-31T22:05:00Z`.
    pub day: String,
    /// IANA name of the time zone whose days are meant.
    pub time_zone: String,
    /// The currency of the amounts.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Columns of money.
    #[serde(default)]
    pub amounts: Vec<String>,
    /// Columns of other numbers, from zero up.
    #[serde(default)]
    pub numbers: Vec<String>,
    /// Columns of text. None may name a person.
    #[serde(default)]
    pub labels: Vec<String>,
}

impl FactMapping {
    /// Reads a mapping and checks it.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn from_json(text: &str) -> Result<Self> {
        let mapping: Self = serde_json::from_str(text).map_err(|error| {
            Error::invalid("mapping", error).next("compare it with its JSON Schema (`adbrain schema fact_mapping`)")
        })?;
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> Result<()> {
        let is_name = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
        if !self.source.split_once('/').is_some_and(|(kind, name)| is_name(kind) && is_name(name)) {
            return Err(Error::invalid("source", format!("{:?} is no kind and name", self.source))
                .next("write it as orders/shop or ga4/123456"));
        }
        if self.id.is_empty() {
            return Err(Error::invalid("id", "names no column").next("name the columns that tell rows of a day apart"));
        }
        if !self.amounts.is_empty() && self.currency.is_none() {
            return Err(Error::invalid("currency", "is missing, and there are amounts")
                .next("say in which currency the amounts are"));
        }
        let columns = self.amounts.iter().chain(&self.numbers).chain(&self.labels);
        let mut seen = BTreeSet::new();
        if let Some(twice) = columns.into_iter().find(|column| !seen.insert(column.as_str())) {
            return Err(Error::invalid("columns", format!("{twice:?} is read twice")).next("name each column once"));
        }
        self.zone().map(drop)
    }

    /// The time zone.
    pub(super) fn zone(&self) -> Result<TimeZone> {
        TimeZone::get(&self.time_zone).map_err(|_| {
            Error::invalid("time_zone", format!("unknown time zone {:?}", self.time_zone))
                .next("use an IANA name such as America/Sao_Paulo")
        })
    }
}

/// An analytics row or an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is within its day.
    pub id: String,
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// Money by the name of the column.
    pub amounts: BTreeMap<String, Money>,
    /// Other numbers.
    pub numbers: BTreeMap<String, f64>,
    /// Texts.
    pub labels: BTreeMap<String, String>,
}

/// The rows of a file, and those that were not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The rows, in the order of the file.
    pub facts: Vec<Fact>,
    /// The rows not taken, each with line and column.
    pub problems: Vec<RowProblem>,
}

/// Reads the bytes of a CSV file with a header line; lines that begin with `#` are comments.
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for an empty or too large file, for a column that is missing, or where no row can be used.
pub fn read_facts(bytes: &[u8], mapping: &FactMapping) -> Result<Facts> {
    mapping.check()?;
    let table = csv_table(bytes, "facts", Some(b'#'))?;
    let columns = Columns::new(&table.headers);
    let wanted = mapping.id.iter().chain([&mapping.day]).chain(&mapping.amounts).chain(&mapping.numbers);
    if let Some(missing) = wanted.chain(&mapping.labels).find(|name| columns.first(&[name.as_str()]).is_none()) {
        return Err(Error::invalid("facts.headers", format!("there is no column {missing:?}"))
            .next("name the columns as the file does"));
    }
    let zone = mapping.zone()?;
    let reader = Reader { mapping, zone: &zone };
    let (facts, problems) = table.read(|line, cells| reader.fact(&Cells { columns: &columns, line, texts: cells }))?;
    Ok(Facts { facts, problems })
}

struct Reader<'a> {
    mapping: &'a FactMapping,
    zone: &'a TimeZone,
}

impl Reader<'_> {
    fn fact(&self, cells: &Cells<'_>) -> Result<Fact, RowProblem> {
        let mapping = self.mapping;
        let id = mapping.id.iter().map(|column| cells.take(column, part)).collect::<Result<Vec<_>, _>>()?;
        let currency = mapping.currency.unwrap_or(Currency::USD);
        let amount = |text: &str| number::amount(text).map(|micros| Money::from_micros(micros, currency));
        Ok(Fact {
            id: id.join("/"),
            day: cells.take(&mapping.day, |text| self.day(text))?,
            amounts: all(cells, &mapping.amounts, amount)?,
            numbers: all(cells, &mapping.numbers, plain)?,
            labels: all(cells, &mapping.labels, label)?,
        })
    }

    fn day(&self, text: &str) -> Parsed<Date> {
        let text = text.trim();
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(moment.to_zoned_datetime(self.zone.clone()).date());
        }
        let compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        if compact {
            return Date::strptime("%Y%m%d", text).map_err(|_| "is no day".to_owned());
        }
        date(text)?.ok_or_else(|| "is no day".to_owned())
    }
}

fn all<T>(
    cells: &Cells<'_>,
    columns: &[String],
    parse: impl Fn(&str) -> Parsed<T>,
) -> Result<BTreeMap<String, T>, RowProblem> {
    columns.iter().map(|column| Ok((column.clone(), cells.take(column, &parse)?))).collect()
}

/// A part of an id: one line that is not empty and no address of a person.
pub(super) fn part(text: &str) -> Parsed<String> {
    let text = label(text)?;
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(text) }
}

/// A text of one line. An e-mail address names a person and is refused.
pub(super) fn label(text: &str) -> Parsed<String> {
    let text = text.trim();
    if text.contains('@') {
        return Err("looks like an e-mail address; leave persons out".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("has more than one line".to_owned());
    }
    Ok(text.to_owned())
}

/// A number from zero up.
pub(super) fn plain(text: &str) -> Parsed<f64> {
    let number: f64 = text.trim().parse().map_err(|_| "is not a number".to_owned())?;
    if number.is_finite() && number >= 0.0 { Ok(number) } else { Err("is not a number from zero up".to_owned()) }
}
