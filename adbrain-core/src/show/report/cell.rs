//! One value in a report, written by the rules of the reader's language.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::words::said;
use crate::alert::rules::METRICS;
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
    /// With no decimal places: counts.
    Whole,
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
    /// The same in units of a currency.
    Amount(Estimate, Currency),
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

    /// The value of an estimate and the ends of its interval, each as a cell of its own; none for anything else.
    pub(super) fn ends(&self) -> Option<[Self; 3]> {
        match self {
            Self::Estimate(estimate, scale) => {
                Some([estimate.value, estimate.low, estimate.high].map(|end| Self::Number(end, *scale)))
            }
            Self::Amount(estimate, currency) => {
                Some([estimate.value, estimate.low, estimate.high].map(|end| Self::units(Some(end), *currency)))
            }
            _ => None,
        }
    }

    /// The value in a language.
    pub fn write(&self, language: Language) -> String {
        match self {
            Self::Missing => MISSING.to_owned(),
            Self::Text(text) => text.clone(),
            Self::Name { group, name } => name_text(group, name, language),
            Self::Message(message) => said(message, language),
            Self::Count(count) => language.number(*count as f64, 0),
            Self::Number(value, scale) => number_text(*value, *scale, language),
            Self::Money(money) => language.money(*money),
            Self::Date(date) => date_text(*date, language),
            Self::Moment(moment) => moment_text(*moment, language),
            Self::Estimate(estimate, scale) => {
                estimate_text(estimate, language, |value| number_text(value, *scale, language))
            }
            Self::Amount(estimate, currency) => {
                estimate_text(estimate, language, |value| Self::units(Some(value), *currency).write(language))
            }
            Self::Pair(name, cell) => format!("{}: {}", name_text("metric", name, language), cell.write(language)),
            Self::List(cells) if cells.is_empty() => MISSING.to_owned(),
            Self::List(cells) => cells.iter().map(|cell| cell.write(language)).collect::<Vec<_>>().join("; "),
        }
    }
}

/// An amount given in units of a currency.
#[cfg(feature = "dashboard")]
pub(crate) fn units_cell(value: f64, currency: Currency) -> Cell {
    Cell::units(Some(value), currency)
}

/// An amount from units of a currency, rounded to the minor unit; none where it cannot be written.
#[expect(clippy::cast_possible_truncation, reason = "the size is checked first")]
pub(super) fn money_of(units: f64, currency: Currency) -> Option<Money> {
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
        Scale::Whole => language.number(value, 0),
        Scale::Percent => language.percent(value, 2),
    }
}

/// A day in a language.
pub(crate) fn date_text(date: Date, language: Language) -> String {
    match language {
        Language::Portuguese => date.strftime("%d/%m/%Y").to_string(),
        Language::English => date.to_string(),
    }
}

/// A moment in a language, in UTC.
pub(crate) fn moment_text(moment: Timestamp, language: Language) -> String {
    let form = match language {
        Language::Portuguese => "%d/%m/%Y %H:%M",
        Language::English => "%Y-%m-%d %H:%M",
    };
    format!("{} UTC", moment.strftime(form))
}

fn estimate_text(estimate: &Estimate, language: Language, number: impl Fn(f64) -> String) -> String {
    let text = Message::new("report-estimate")
        .with("value", number(estimate.value))
        .with("low", number(estimate.low))
        .with("high", number(estimate.high))
        .with("level", language.percent(estimate.level, 0))
        .with("method", estimate.method.as_str())
        .with("size", language.number(estimate.sample_size as f64, 0))
        .text(language);
    estimate.warnings.iter().fold(text, |text, warning| format!("{text}; {}", said(warning, language)))
}

/// A number written as what its name says it is: money, a share, a count; with two decimal places where the name says nothing.
pub(super) fn figure(name: &str, value: f64, currency: Currency) -> Cell {
    if let Some(metric) = METRICS.iter().find(|metric| metric.name == name) {
        return match metric.unit {
            "money" => Cell::units(Some(value), currency),
            "count" => Cell::Number(value, Scale::Whole),
            _ if name.starts_with("ctr") => Cell::ratio(Some(value)),
            _ => Cell::number(Some(value)),
        };
    }
    let metric = ["current_", "upper_", "usual_"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    match metric {
        "ctr" | "cvr" | "change" => Cell::ratio(Some(value)),
        "cpa" | "cpc" | "cpm" | "spend" | "revenue" | "money" => Cell::units(Some(value), currency),
        "impressions"
        | "clicks"
        | "conversions"
        | "audience"
        | "available_low"
        | "available_high"
        | "people"
        | "people_without_interests"
        | "baseline_days" => Cell::Number(value, Scale::Whole),
        _ => Cell::number(Some(value)),
    }
}

/// Numbers by name.
pub(super) fn figures(values: &BTreeMap<String, f64>, currency: Currency) -> Cell {
    let pair = |(name, value): (&String, &f64)| Cell::Pair(name.clone(), Box::new(figure(name, *value, currency)));
    Cell::List(values.iter().map(pair).collect())
}

/// Yes or no.
pub(super) fn yes_no(value: bool) -> Cell {
    Cell::Message(Message::new(if value { "report-yes" } else { "report-no" }))
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
    fn a_figure_is_written_as_what_it_is() {
        let shown = |name: &str, value: f64| figure(name, value, Currency::BRL).write(Language::Portuguese);
        assert_eq!(shown("ctr", 0.0233), "2,33%");
        assert_eq!(shown("usual_cpm", 12.5), "R$ 12,50");
        assert_eq!(
            (shown("available_high", 60_212_264.0), shown("upper_roas", 2.4164)),
            ("60.212.264".into(), "2,42".into())
        );
    }

    #[test]
    fn an_estimate_of_ctr_is_percent_and_one_of_cpa_has_its_currency() {
        let estimate = |value: f64| Estimate {
            value,
            low: value / 2.0,
            high: value * 2.0,
            level: 0.9,
            method: "wilson".into(),
            sample_size: 1_000,
            warnings: vec![],
        };
        let ctr = Cell::Estimate(estimate(0.0102), Scale::Percent).write(Language::Portuguese);
        assert_eq!(ctr, "1,02% (0,51% a 2,04%; intervalo 90%; n = 1.000; wilson)");
        let cpa = Cell::Amount(estimate(348.1), Currency::BRL).write(Language::English);
        assert_eq!(cpa, "R$ 348.10 (R$ 174.05 to R$ 696.20; interval 90 %; n = 1,000; wilson)");
    }

    #[test]
    fn a_known_name_is_translated_and_an_unknown_one_is_kept() {
        assert_eq!(Cell::name("state", "needs_person").write(Language::English), "needs a person");
        assert_eq!(Cell::name("rule", "my_rule").write(Language::Portuguese), "my_rule");
    }
}
