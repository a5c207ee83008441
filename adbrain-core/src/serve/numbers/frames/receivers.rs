//! Rows and options as receivers, groups and amounts; what is wrong is named by its row and column.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Row;
use crate::budget::{GroupLimit, Receiver, ResponseCurve};
use crate::error::{Error, Result};
use crate::model::{Currency, Money};

/// Columns that hold a parameter of a curve.
const PARAMETERS: [&str; 7] = ["top", "half", "shape", "scale", "exponent", "unit", "points"];
/// The other columns that are read.
const COLUMNS: [&str; 11] = [
    "name",
    "curve",
    "kind",
    "group",
    "floor",
    "cap",
    "least",
    "current",
    "max_raise_percent",
    "max_cut_percent",
    "carry_over",
];
/// What `estimate_rows` says of a curve beside it, which is not read here.
const EVIDENCE: [&str; 10] = [
    "conversion_rate",
    "conversion_rate_low",
    "conversion_rate_high",
    "order_value",
    "value",
    "value_low",
    "value_high",
    "broke_on",
    "fell",
    "held_days",
];

/// An amount in units: a number, or decimal text; or money.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Given {
    /// The shortest decimal number that stands for it is what is meant.
    Number(serde_json::Number),
    /// Decimal text.
    Text(String),
    /// An amount with its currency.
    Money(Money),
}

impl Given {
    /// The exact amount. More decimal places than the currency has are an error: nobody rounds silently.
    pub(super) fn money(&self, field: &str, currency: Currency) -> Result<Money> {
        let text = match self {
            Self::Number(number) => decimal(number),
            Self::Text(text) => text.trim().to_owned(),
            Self::Money(money) if money.currency() != currency => {
                return Err(Error::invalid(field, format!("is in {}, the others in {currency}", money.currency()))
                    .next("use one currency"));
            }
            Self::Money(money) => money.amount_text(),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > currency.exponent() as usize && fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            let what = format!("{text} has more than the {} decimal places of {currency}", currency.exponent());
            return Err(Error::invalid(field, what).next("round it as you mean it"));
        }
        let exact = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
        let money = Money::parse(&exact, currency).map_err(|error| error.in_field(field))?;
        if money.micros() < 0 {
            return Err(Error::invalid(field, format!("is {money}")).next("give an amount from zero up"));
        }
        Ok(money)
    }
}

/// A number as decimal text without an exponent: the shortest that is read as the same number.
fn decimal(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// Limits of a group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRow {
    /// Its name.
    name: String,
    /// The group that it belongs to.
    #[serde(default)]
    parent: Option<String>,
    /// Together they get at least this, in units.
    #[serde(default)]
    floor: Option<Given>,
    /// Together they get at most this, in units.
    #[serde(default)]
    cap: Option<Given>,
}

/// The groups with limits, and after them those that rows name alone.
pub(super) fn groups(given: &[GroupRow], receivers: &[Receiver], currency: Currency) -> Result<Vec<GroupLimit>> {
    let mut groups = Vec::new();
    for (at, group) in given.iter().enumerate() {
        let is_used = receivers.iter().any(|receiver| receiver.group.as_ref() == Some(&group.name))
            || given.iter().any(|other| other.parent.as_ref() == Some(&group.name));
        if !is_used {
            return Err(Error::invalid(&format!("groups[{at}].name"), format!("no row belongs to {:?}", group.name))
                .next("name it in the column `group`, or leave the limit out"));
        }
        let money = |amount: &Option<Given>, name: &str| {
            amount.as_ref().map(|amount| amount.money(&format!("groups[{at}].{name}"), currency)).transpose()
        };
        groups.push(GroupLimit {
            name: group.name.clone(),
            parent: group.parent.clone(),
            floor: money(&group.floor, "floor")?,
            cap: money(&group.cap, "cap")?,
        });
    }
    for name in receivers.iter().filter_map(|receiver| receiver.group.as_ref()) {
        if !groups.iter().any(|group| group.name == *name) {
            groups.push(GroupLimit { name: name.clone(), parent: None, floor: None, cap: None });
        }
    }
    Ok(groups)
}

/// A receiver for each row.
pub(super) fn of_rows(rows: &[Row], currency: Currency) -> Result<Vec<Receiver>> {
    if rows.is_empty() {
        return Err(Error::invalid("rows", "is empty").next("give a row for each receiver"));
    }
    rows.iter().enumerate().map(|(at, row)| Cells { row, at }.receiver(currency)).collect()
}

/// The cells of one row; one that is `null` is not there.
pub(super) struct Cells<'a> {
    pub(super) row: &'a Row,
    pub(super) at: usize,
}

impl Cells<'_> {
    pub(super) fn field(&self, column: &str) -> String {
        format!("rows[{}].{column}", self.at)
    }

    fn get(&self, column: &str) -> Option<&Value> {
        self.row.get(column).filter(|value| !value.is_null())
    }

    /// Says no to a column that nobody reads: it may be a slip of the keyboard.
    pub(super) fn check(&self, known: &[&[&str]]) -> Result<()> {
        match self.row.keys().find(|column| !known.iter().any(|names| names.contains(&column.as_str()))) {
            None => Ok(()),
            Some(column) => Err(Error::invalid(&self.field(column), "is no column of such rows")
                .next(format!("leave it out, or use one of {}", known.concat().join(", ")))),
        }
    }

    fn receiver(&self, currency: Currency) -> Result<Receiver> {
        self.check(&[&COLUMNS, &PARAMETERS, &EVIDENCE])?;
        let money = |column: &str| {
            self.read::<Given>(column)?.map(|amount| amount.money(&self.field(column), currency)).transpose()
        };
        Ok(Receiver {
            name: self.text("name")?.ok_or_else(|| self.missing("name"))?,
            curve: self.curve()?,
            carry_over: self.read("carry_over")?.unwrap_or(0.0),
            group: self.text("group")?,
            floor: money("floor")?,
            cap: money("cap")?,
            least: money("least")?,
            current: money("current")?,
            max_raise_percent: self.read("max_raise_percent")?,
            max_cut_percent: self.read("max_cut_percent")?,
            edit: None,
        })
    }

    /// The column `curve`, or `kind` with the columns of its parameters.
    fn curve(&self) -> Result<ResponseCurve> {
        let (field, value) = match (self.get("curve"), self.get("kind")) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid(&self.field("curve"), "stands beside a `kind`").next("give one of the two"));
            }
            (Some(curve), None) => (self.field("curve"), curve.clone()),
            (None, Some(kind)) => {
                let mut curve = Map::from_iter([("kind".to_owned(), kind.clone())]);
                let given = PARAMETERS.iter().filter_map(|name| Some(((*name).to_owned(), self.get(name)?.clone())));
                curve.extend(given);
                (self.field("kind"), Value::Object(curve))
            }
            (None, None) => return Err(self.missing("curve")),
        };
        serde_json::from_value(value).map_err(|error| {
            Error::invalid(&field, error)
                .next("give a kind of curve with its own parameters: hill has top, half and shape")
        })
    }

    pub(super) fn missing(&self, column: &str) -> Error {
        Error::invalid(&self.field(column), "is missing").next("fill it in")
    }

    /// A name; a number is taken as it is written.
    pub(super) fn text(&self, column: &str) -> Result<Option<String>> {
        match self.get(column) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(decimal(number))),
            Some(_) => Err(Error::invalid(&self.field(column), "is no text").next("give a text")),
        }
    }

    pub(super) fn read<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        let read = |value: &Value| {
            serde_json::from_value(value.clone())
                .map_err(|_| Error::invalid(&self.field(column), format!("is {value}")).next("give a finite number"))
        };
        self.get(column).map(read).transpose()
    }
}

/// The same error about the row in place of the receiver that was made of it.
pub(super) fn about_rows(error: Error) -> Error {
    let Some(field) = error.context_of("field").filter(|field| field.starts_with("receivers[")) else { return error };
    let what = error.message().strip_prefix(field).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(error.message());
    Error::invalid(&field.replacen("receivers", "rows", 1), what).next(error.next_step().unwrap_or("mend the row"))
}
