//! Text to values: TOML or JSON, with errors that name the entry and its field.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::RulesFile;
use crate::error::{Error, Result};

impl RulesFile {
    /// Reads a file of rules from TOML or JSON text (JSON where it begins with a brace). What it says is checked by
    /// [`super::super::RuleSet::new`].
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the line of what is no TOML or JSON, or the rule and its field.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut fields = value_of(text, "rules")?;
        let rules = parts(&mut fields, "rule")?;
        let inhibitions = parts(&mut fields, "inhibit")?;
        let silences = parts(&mut fields, "silence")?;
        let quiet_hours = parts(&mut fields, "quiet_hours")?;
        let file: Self = decoded(Value::Object(fields), "rules")?;
        Ok(Self { rules, inhibitions, silences, quiet_hours, ..file })
    }
}

/// The fields of a text in TOML or JSON; `what` names it in errors.
pub(crate) fn value_of(text: &str, what: &str) -> Result<Map<String, Value>> {
    let value = if text.trim_start().starts_with('{') {
        crate::model::read_json(text, what)?
    } else {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            Error::invalid(what, error.to_string().trim_end()).next("correct the TOML at that place")
        })?;
        plain(toml::Value::Table(table), what)?
    };
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::invalid(what, "has no fields").next("write fields with their names")),
    }
}

/// A TOML value as JSON; a date with time becomes its text.
fn plain(value: toml::Value, field: &str) -> Result<Value> {
    Ok(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => serde_json::Number::from_f64(number).map(Value::Number).ok_or_else(|| {
            Error::invalid(field, format!("{number} is no finite number")).next("write a finite number")
        })?,
        toml::Value::Boolean(answer) => Value::Bool(answer),
        toml::Value::Datetime(when) => Value::String(when.to_string()),
        toml::Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| plain(item, field)).collect::<Result<_>>()?)
        }
        toml::Value::Table(table) => {
            let entry = |(name, value): (String, toml::Value)| Ok((name.clone(), plain(value, &name)?));
            Value::Object(table.into_iter().map(entry).collect::<Result<_>>()?)
        }
    })
}

/// Takes the list of a field out and reads each entry by itself, so that an error can name it.
pub(in crate::decide::alert) fn parts<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    list: &str,
) -> Result<Vec<T>> {
    match fields.remove(list) {
        None => Ok(Vec::new()),
        Some(Value::Array(entries)) => {
            let entry = |(place, entry): (usize, Value)| {
                let name = entry.get("name").and_then(Value::as_str).map(str::to_owned);
                decoded(entry, &format!("{list}.{}", name.unwrap_or_else(|| (place + 1).to_string())))
            };
            entries.into_iter().enumerate().map(entry).collect()
        }
        Some(_) => {
            let next = format!("write each as [[{list}]] in TOML, or as an object in a list in JSON");
            Err(Error::invalid(list, "is no list").next(next))
        }
    }
}

/// Reads one value; `place` is where it stands.
pub(in crate::decide::alert) fn decoded<T: DeserializeOwned>(value: Value, place: &str) -> Result<T> {
    if !value.is_object() {
        return Err(Error::invalid(place, "is no table of named fields").next("write each value with its name"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = path.trim_matches(['?', '.']);
        let field = if path.is_empty() { place.to_owned() } else { format!("{place}.{path}") };
        Error::invalid(&field, error.inner()).next("correct that field; docs/guides/alerts.md shows them all")
    })
}
