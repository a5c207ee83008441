//! Texts for people: a key with arguments, written out by a catalogue in a language.
//!
//! A [`Message`] is a value; it is stored, compared and sent between languages as key and arguments, and becomes text only
//! where somebody reads it.

use std::collections::BTreeMap;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Money;
use crate::error::{Error, ErrorKind, Result};

super::platform::named! {
    /// A language that texts are written in.
    Language {
        /// Brazilian Portuguese.
        Portuguese = "pt-BR",
        /// English.
        English = "en",
    }
}

impl Language {
    fn source(self) -> &'static str {
        match self {
            Self::Portuguese => include_str!("texts/pt-BR.ftl"),
            Self::English => include_str!("texts/en.ftl"),
        }
    }

    /// Writes a number with the signs of the language: `1.234,50` or `1,234.50`.
    pub fn number(self, value: f64, places: usize) -> String {
        let (group, point) = match self {
            Self::Portuguese => ('.', ','),
            Self::English => (',', '.'),
        };
        grouped(&format!("{value:.places$}"), group, point)
    }

    /// Writes a ratio as percent: `0.02` is `2,0 %`.
    pub fn percent(self, ratio: f64, places: usize) -> String {
        let sign = if self == Self::Portuguese { "%" } else { " %" };
        format!("{}{sign}", self.number(ratio * 100.0, places))
    }

    /// Writes an amount with the sign of its currency: `R$ 1.234,50`.
    pub fn money(self, money: Money) -> String {
        let currency = money.currency();
        let places = currency.exponent() as usize;
        let symbol = iso_currency::Currency::from_code(currency.code())
            .map_or_else(String::new, |found| found.symbol().to_string());
        let unit = currency.minor_unit_micros();
        let rounded = (money.micros() + if money.micros() < 0 { -unit / 2 } else { unit / 2 }) / unit * unit;
        let (group, point) = if self == Self::Portuguese { ('.', ',') } else { (',', '.') };
        let text = Money::from_micros(rounded, currency).amount_text();
        let whole = if places == 0 { text } else { text.get(..).unwrap_or_default().to_owned() };
        format!("{symbol} {}", grouped(&whole, group, point))
    }
}

fn grouped(plain: &str, group: char, point: char) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// A text by its key in the catalogue, with arguments that are already text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The key in the catalogue: `feedback-ctr-low`.
    pub key: String,
    /// Arguments by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Argument>,
}

/// A value inside a text; written by the rules of the reader's language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Argument {
    /// Text as it is.
    Text(String),
    /// A whole number.
    Count(i64),
    /// A number with one to two decimal places.
    Number(f64),
    /// A ratio, shown as percent.
    Ratio(f64),
    /// An amount.
    Money(Money),
    /// Texts, joined by commas.
    List(Vec<Message>),
}

impl Eq for Argument {}

impl From<&str> for Argument {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Argument {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Argument {
    fn from(value: i64) -> Self {
        Self::Count(value)
    }
}

impl From<Money> for Argument {
    fn from(value: Money) -> Self {
        Self::Money(value)
    }
}

impl Argument {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => {
                grouped(&count.to_string(), if language == Language::Portuguese { '.' } else { ',' }, '.')
            }
            Self::Number(number) => language.number(*number, 2),
            Self::Ratio(ratio) => language.percent(*ratio, 1),
            Self::Money(money) => language.money(*money),
            Self::List(texts) => texts.iter().map(|text| text.text(language)).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Message {
    /// Makes a message without arguments.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), args: BTreeMap::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Argument>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// Writes the text in a language; a key that no catalogue holds is written as the key itself, so that nothing is lost.
    pub fn text(&self, language: Language) -> String {
        self.try_text(language).unwrap_or_else(|_| self.key.clone())
    }

    /// Writes the text in a language.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an unknown key or a missing argument.
    pub fn try_text(&self, language: Language) -> Result<String> {
        let missing = || {
            Error::new(ErrorKind::NotFound, format!("no text for {:?} in {language}", self.key))
                .next("use a key of model/texts and set each of its arguments")
        };
        CATALOGUES.with(|catalogues| {
            let bundle = catalogues.get(&language).ok_or_else(missing)?;
            let pattern = bundle.get_message(&self.key).and_then(|message| message.value()).ok_or_else(missing)?;
            let mut args = FluentArgs::new();
            for (name, value) in &self.args {
                args.set(name.as_str(), value.text(language));
            }
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
            if errors.is_empty() { Ok(text) } else { Err(missing().with("errors", format!("{errors:?}"))) }
        })
    }
}

/// Every key of a language's catalogue, sorted.
pub fn keys(language: Language) -> Vec<String> {
    let lines = language.source().lines();
    let mut keys: Vec<_> = lines
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
        .collect();
    keys.sort();
    keys
}

thread_local! {
    static CATALOGUES: BTreeMap<Language, FluentBundle<FluentResource>> =
        Language::ALL.iter().map(|language| (*language, bundle(*language))).collect();
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(language.as_str().parse().into_iter().collect());
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_hold_the_same_keys() {
        assert_eq!(keys(Language::Portuguese), keys(Language::English));
        assert!(!keys(Language::English).is_empty());
    }

    #[test]
    fn both_catalogues_parse_whole() {
        for language in Language::ALL {
            assert!(FluentResource::try_new(language.source().to_owned()).is_ok(), "{language}");
        }
    }

    #[test]
    fn numbers_follow_the_language() {
        let money = Money::parse("1234.5", "BRL".parse().unwrap()).unwrap();
        assert_eq!(Language::Portuguese.money(money), "R$ 1.234,50");
        assert_eq!(Language::English.money(money), "R$ 1,234.50");
        assert_eq!(Language::Portuguese.percent(0.0215, 1), "2,1%");
    }
}
