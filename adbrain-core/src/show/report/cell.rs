//! One value in a report, written by the rules of the reader's language.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::model::{Currency, Estimate, Language, MICROS_PER_UNIT, Message, Money};

/// What stands where nothing is known; never a zero.
pub(super) const MISSING: &str = "–";
/// Characters of a hash that people see.
const HASH_LENGTH: usize = 12;
/// The largest amount in units that is turned into money; beyond it a float holds no whole micros.
const LARGEST_UNITS: f64 = 9.0e9;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// With two decimal places.
    Plain,
    /// With four decimal places: p values.
    Fine,
    /// A ratio, written as percent with two decimal places.
    Percent,
}

/// One value in a report.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// Nothing is known.
    Missing,
    /// Text from outside, as it is.
    Text(String),
    /// A name of ours that the catalogue translates as `report-GROUP-NAME`; an unknown one is shown as it is.
    Name {
        /// The group of names: `platform`, `state`.
        group: &'static str,
        /// The name in snake case.
        name: String,
    },
    /// A text of the catalogue.
    Message(Message),
    /// A whole number.
    Count(u64),
    /// A number.
    Number(f64, Scale),
    /// An amount.
    Money(Money),
    /// A day.
    Date(Date),
    /// A moment, in UTC.
    Moment(Timestamp),
    /// An estimate with interval, level, method, sample size and warnings.
    Estimate(Estimate, Scale),
    /// A value with the name that the source gave it.
    Pair(String, Box<Self>),
    /// Several values.
    List(Vec<Self>),
}

impl Cell {
    /// Text from outside.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A name of ours.
    pub(super) fn name(group: &'static str, name: impl Into<String>) -> Self {
        Self::Name { group, name: name.into() }
    }

    /// A name of ours, as serde writes it.
    pub(super) fn named(group: &'static str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(serde_json::Value::String(name)) => Self::Name { group, name },
            _ => Self::Missing,
        }
    }

    /// A number with two decimal places, where there is one.
    pub(super) fn number(value: Option<f64>) -> Self {
        value.map_or(Self::Missing, |value| Self::Number(value, Scale::Plain))
    }

    /// A ratio, where there is one.
    pub(super) fn ratio(value: Option<f64>) -> Self {
        value.map_or(Self::Missing, |value| Self::Number(value, Scale::Percent))
    }

    /// An amount given in units of a currency, where there is one.
    pub(super) fn units(value: Option<f64>, currency: Currency) -> Self {
        value.and_then(|units| money_of(units, currency)).map_or(Self::Missing, Self::Money)
    }

    /// The value in a language.
    pub fn write(&self, language: Language) -> String {
        match self {
            Self::Missing => MISSING.to_owned(),
            Self::Text(text) => text.clone(),
            Self::Name { group, name } => name_text(group, name, language),
            Self::Message(message) => message.text(language),
            Self::Count(count) => language.number(*count as f64, 0),
            Self::Number(value, scale) => number_text(*value, *scale, language),
            Self::Money(money) => language.money(*money),
            Self::Date(date) => date_text(*date, language),
            Self::Moment(moment) => format!("{} UTC", moment.strftime("%Y-%m-%d %H:%M")),
            Self::Estimate(estimate, scale) => estimate_text(estimate, *scale, language),
            Self::Pair(name, cell) => format!("{}: {}", name_text("metric", name, language), cell.write(language)),
            Self::List(cells) if cells.is_empty() => MISSING.to_owned(),
            Self::List(cells) => cells.iter().map(|cell| cell.write(language)).collect::<Vec<_>>().join("; "),
        }
    }
}

/// An amount from units of a currency, rounded to the minor unit; none where it cannot be written.
#[expect(clippy::cast_possible_truncation, reason = "the size is checked first")]
fn money_of(units: f64, currency: Currency) -> Option<Money> {
    (units.abs() <= LARGEST_UNITS)
        .then(|| Money::from_micros((units * MICROS_PER_UNIT as f64).round() as i64, currency))
}

fn name_text(group: &str, name: &str, language: Language) -> String {
    let key = format!("report-{group}-{}", name.replace('_', "-"));
    Message::new(key).try_text(language).unwrap_or_else(|_| name.to_owned())
}

fn number_text(value: f64, scale: Scale, language: Language) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    match scale {
        Scale::Plain => language.number(value, 2),
        Scale::Fine => language.number(value, 4),
        Scale::Percent => language.percent(value, 2),
    }
}

fn date_text(date: Date, language: Language) -> String {
    match language {
        Language::Portuguese => date.strftime("%d/%m/%Y").to_string(),
        Language::English => date.to_string(),
    }
}

fn estimate_text(estimate: &Estimate, scale: Scale, language: Language) -> String {
    let text = Message::new("report-estimate")
        .with("value", number_text(estimate.value, scale, language))
        .with("low", number_text(estimate.low, scale, language))
        .with("high", number_text(estimate.high, scale, language))
        .with("level", language.percent(estimate.level, 0))
        .with("method", estimate.method.as_str())
        .with("size", language.number(estimate.sample_size as f64, 0))
        .text(language);
    estimate.warnings.iter().fold(text, |text, warning| format!("{text}; {}", warning.text(language)))
}

/// The start of a hash, as people see it.
pub(super) fn hash_cell(hash: &crate::model::ContentHash) -> Cell {
    Cell::text(hash.short(HASH_LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_dash_and_never_a_zero() {
        for cell in [Cell::Missing, Cell::number(None), Cell::number(Some(f64::NAN)), Cell::List(vec![])] {
            assert_eq!(cell.write(Language::English), MISSING);
        }
        assert_eq!(Cell::units(None, Currency::BRL).write(Language::Portuguese), MISSING);
        assert_eq!(Cell::units(Some(f64::INFINITY), Currency::BRL).write(Language::Portuguese), MISSING);
    }

    #[test]
    fn amounts_follow_language_and_currency() {
        assert_eq!(Cell::units(Some(1234.5), Currency::BRL).write(Language::Portuguese), "R$ 1.234,50");
        assert_eq!(Cell::units(Some(40.0), Currency::BRL).write(Language::English), "R$ 40.00");
    }

    #[test]
    fn a_known_name_is_translated_and_an_unknown_one_is_kept() {
        assert_eq!(Cell::name("state", "needs_person").write(Language::English), "needs a person");
        assert_eq!(Cell::name("rule", "my_rule").write(Language::Portuguese), "my_rule");
    }
}
