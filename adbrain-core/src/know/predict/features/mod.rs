//! Features: what is known of an ad before money is spent, as the columns that a forest learns from.
//!
//! In: past results and questions, typed, with gaps. Out: tables of one shape for both, and what a question asks beyond the data.
//! Called by `roas`, `backtest` and the brain. Never guesses a value: what is missing stays missing and is told.

mod column;
mod encoder;
mod gap;
mod history;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{AgeRange, Currency, Gender, Metrics, Money, Objective, Platform};

pub use column::Feature;
pub use encoder::Encoder;
pub use gap::Gap;
pub use history::past_results;

/// The most money that a feature may hold, in units of its currency: a budget of a billion with room above.
const LARGEST_BUDGET: f64 = 1e12;
/// The most people that an audience may hold: every person alive with room above.
const LARGEST_AUDIENCE: u64 = 20_000_000_000;

/// What is known of an ad or a campaign before money is spent. Anything may be missing.
///
/// ```
/// use adbrain_core::model::Platform;
/// use adbrain_core::predict::features::Features;
/// let asked = Features { platform: Some(Platform::Meta), creative_type: Some("video".into()), ..Features::default() };
/// assert!(asked.check("row").is_ok());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Features {
    /// The trade: `fashion`.
    pub industry: Option<String>,
    /// What it is for.
    pub objective: Option<Objective>,
    /// The platform.
    pub platform: Option<Platform>,
    /// The campaign or group of campaigns that it belongs to; intervals are calibrated by it.
    pub campaign: Option<String>,
    /// What may be spent; past results have what was spent.
    pub budget: Option<Money>,
    /// How many people the audience holds.
    pub audience_size: Option<u64>,
    /// The kind of creative: `video`.
    pub creative_type: Option<String>,
    /// The copy style: `benefit`.
    pub copy_style: Option<String>,
    /// The day, for the day of the week and, where past results span a year, the month.
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
    /// The demand of the season: 1 is usual, 2 is twice that; or a word, see [`Level`].
    pub seasonality: Option<Level>,
    /// How hard others bid for the same people: any scale that past results and questions share; or a word, see [`Level`].
    pub competition_level: Option<Level>,
    /// The ages that are targeted.
    pub ages: Option<AgeRange>,
    /// The gender that is targeted.
    pub gender: Option<Gender>,
    /// The interest that is targeted.
    pub interest: Option<String>,
}

impl Features {
    /// The same without some features; without the day of the week or the month there is no date.
    pub(super) fn without(&self, features: &[Feature]) -> Self {
        let mut left = self.clone();
        for feature in features {
            match feature {
                Feature::Industry => left.industry = None,
                Feature::Objective => left.objective = None,
                Feature::Platform => left.platform = None,
                Feature::Campaign => left.campaign = None,
                Feature::Budget => left.budget = None,
                Feature::AudienceSize => left.audience_size = None,
                Feature::CreativeType => left.creative_type = None,
                Feature::CopyStyle => left.copy_style = None,
                Feature::Weekday | Feature::Month => left.date = None,
                Feature::Seasonality => left.seasonality = None,
                Feature::CompetitionLevel => left.competition_level = None,
                Feature::Age => left.ages = None,
                Feature::Gender => left.gender = None,
                Feature::Interest => left.interest = None,
            }
        }
        left
    }
}

/// A number from zero on, or one of the words `low` (0), `medium` (0.5) and `high` (1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Level(f64);

/// What JSON may hold for a [`Level`].
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f64),
    Word(String),
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let level = match Written::deserialize(deserializer)? {
            Written::Number(number) => Self::new(number),
            Written::Word(word) => word.parse(),
        };
        level.map_err(serde::de::Error::custom)
    }
}

impl std::str::FromStr for Level {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word {
            "low" => Ok(Self(0.0)),
            "medium" => Ok(Self(0.5)),
            "high" => Ok(Self(1.0)),
            _ => {
                Err(Error::invalid("level", format!("{word:?} is no level")).next("give a number, low, medium or high"))
            }
        }
    }
}

impl Level {
    /// Takes a number.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a negative, infinite or missing one.
    pub fn new(number: f64) -> Result<Self> {
        if number.is_finite() && number >= 0.0 {
            return Ok(Self(number));
        }
        Err(Error::invalid("level", format!("is {number}")).next("give a number from zero on, low, medium or high"))
    }

    /// The number.
    pub fn value(self) -> f64 {
        self.0
    }
}

/// What was known of an ad, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PastResult {
    /// What was known before.
    pub features: Features,
    /// The counts and the money, none of it negative.
    pub metrics: Metrics,
}

impl Features {
    /// Checks what the types alone cannot say.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the field below `place`.
    pub fn check(&self, place: &str) -> Result<()> {
        if let Some(budget) = self.budget.filter(|budget| budget.micros() < 0 || budget.to_units() > LARGEST_BUDGET) {
            let what = format!("is {} {}", budget.to_units(), budget.currency());
            return Err(Error::invalid(&format!("{place}.budget"), what).next("give an amount from 0 to 1e12"));
        }
        if self.audience_size.is_some_and(|size| size > LARGEST_AUDIENCE) {
            let what = "is more people than there are";
            return Err(Error::invalid(&format!("{place}.audience_size"), what).next("give the number of people"));
        }
        self.ages.map_or(Ok(()), |ages| ages.check(&format!("{place}.ages")))
    }
}

impl PastResult {
    /// Checks features and metrics.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the field below `place`.
    pub fn check(&self, place: &str) -> Result<()> {
        self.features.check(place)?;
        let money = [("spend", self.metrics.spend), ("revenue", self.metrics.revenue)];
        match money.into_iter().find(|(_, amount)| amount.micros() < 0) {
            Some((name, amount)) => {
                let what = format!("is negative: {} {}", amount.to_units(), amount.currency());
                Err(Error::invalid(&format!("{place}.{name}"), what)
                    .next("take refunds off before, or leave the row out"))
            }
            None => Ok(()),
        }
    }
}

/// Checks that all money of past results and questions is of one currency and gives it; none where there is no money.
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming both currencies.
pub fn one_currency(past: &[PastResult], asked: &[Features]) -> Result<Option<Currency>> {
    let spent = past.iter().flat_map(|row| [row.metrics.spend.currency(), row.metrics.revenue.currency()]);
    let budgets = past.iter().map(|row| &row.features).chain(asked).filter_map(|row| row.budget);
    let mut found = None;
    for currency in spent.chain(budgets.map(Money::currency)) {
        match found {
            Some(first) if first != currency => {
                return Err(Error::invalid("currency", format!("amounts are in {first} and in {currency}"))
                    .next("convert them to one currency first"));
            }
            _ => found = Some(currency),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(spend: i64, currency: Currency) -> PastResult {
        let money = Money::from_micros(spend, currency);
        PastResult { features: Features::default(), metrics: Metrics { spend: money, ..Metrics::none(currency) } }
    }

    #[test]
    fn two_currencies_are_refused_by_name() {
        let rows = [past(1, Currency::BRL), past(1, Currency::USD)];
        let error = one_currency(&rows, &[]).unwrap_err().to_string();
        assert!(error.contains("BRL") && error.contains("USD") && error.contains("convert"), "{error}");
        let budget = Some(Money::from_micros(5, Currency::USD));
        let asked = [Features { budget, ..Features::default() }];
        assert!(one_currency(&rows[..1], &asked).is_err());
        assert_eq!(one_currency(&rows[..1], &[]).unwrap(), Some(Currency::BRL));
        assert_eq!(one_currency(&[], &[]).unwrap(), None);
    }

    #[test]
    fn a_budget_of_a_billion_is_taken_and_a_negative_one_is_not() {
        let of = |micros| Features { budget: Some(Money::from_micros(micros, Currency::BRL)), ..Features::default() };
        assert!(of(1_000_000_000 * 1_000_000).check("row").is_ok());
        assert!(of(-1).check("rows[3]").unwrap_err().to_string().starts_with("rows[3].budget"));
        assert!(past(-5, Currency::BRL).check("history[0]").unwrap_err().to_string().starts_with("history[0].spend"));
    }

    #[test]
    fn a_level_is_a_number_or_a_word() {
        let read = |text| serde_json::from_str::<Level>(text);
        assert_eq!(read("\"medium\"").unwrap(), read("0.5").unwrap());
        for wrong in ["-1", "\"huge\"", "null"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(Level::new(f64::INFINITY).is_err());
    }
}
