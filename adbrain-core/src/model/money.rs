//! Money: whole micros with an ISO 4217 currency, never a float.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Error, ErrorKind, Result};

/// Micros in one unit of any currency.
pub const MICROS_PER_UNIT: i64 = 1_000_000;

/// An ISO 4217 currency by its three-letter code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Brazilian real.
    pub const BRL: Self = Self(*b"BRL");
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");
    /// The code that ISO 4217 keeps for no currency: amounts of which nobody said what they are in.
    pub const NONE: Self = Self([b'X'; 3]);

    /// The three-letter code.
    pub fn code(&self) -> &str {
        // Letters of a code are always ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number of decimal places of the smallest unit: 2 for BRL, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        iso_currency::Currency::from_code(self.code()).and_then(iso_currency::Currency::exponent).map_or(2, u32::from)
    }

    /// Micros in the smallest unit of this currency: 10,000 for BRL.
    pub fn minor_unit_micros(self) -> i64 {
        10_i64.pow(6_u32.saturating_sub(self.exponent()))
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self> {
        let known = iso_currency::Currency::from_code(code).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, format!("unknown currency {code:?}"))
                .next("use a three-letter ISO 4217 code such as BRL or USD")
        })?;
        let letters: [u8; 3] = known
            .code()
            .as_bytes()
            .try_into()
            .map_err(|_| Error::new(ErrorKind::Internal, "a currency code does not have three letters"))?;
        Ok(Self(letters))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 code"})
    }
}

/// An amount of money: whole micros (millionths of a unit) of one currency.
///
/// In JSON it is `{"amount": "1500.00", "currency": "BRL"}`; the amount is decimal text, so that it stays exact.
///
/// ```
/// use adbrain_core::model::Money;
/// let a: Money = Money::parse("0.10", "BRL".parse()?)?;
/// let b: Money = Money::parse("0.20", "BRL".parse()?)?;
/// assert_eq!(a.add(b)?, Money::parse("0.30", "BRL".parse()?)?);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    micros: i64,
    currency: Currency,
}

impl Money {
    /// Makes an amount from micros.
    pub const fn from_micros(micros: i64, currency: Currency) -> Self {
        Self { micros, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::from_micros(0, currency)
    }

    /// Reads decimal text such as `1500.00` or `-0.5`: at most six decimal places, no signs of grouping, no exponent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where the text is no such number or is too large.
    pub fn parse(text: &str, currency: Currency) -> Result<Self> {
        let bad = |what: &str| {
            Error::new(ErrorKind::InvalidInput, format!("amount {text:?} {what}"))
                .next("write it as decimal text such as \"1500.00\"")
        };
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(bad("is not a decimal number"));
        }
        if fraction.len() > 6 {
            return Err(bad("has more than six decimal places"));
        }
        let micros = format!("{whole}{fraction:0<6}").parse::<i64>().map_err(|_| bad("is too large"))?;
        Ok(Self { micros: if negative { -micros } else { micros }, currency })
    }

    /// Whether the amount is whole in the smallest unit of its currency: nobody can pay half a cent or a tenth of a yen.
    pub fn is_whole(self) -> bool {
        self.micros % self.currency.minor_unit_micros() == 0
    }

    /// The amount in micros.
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount in units as a float, for statistics and charts alone.
    pub fn to_units(self) -> f64 {
        self.micros as f64 / MICROS_PER_UNIT as f64
    }

    /// Whether the amount is above zero.
    pub const fn is_positive(self) -> bool {
        self.micros > 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for two currencies or an overflow.
    #[expect(clippy::should_implement_trait, reason = "adding money can fail; an operator could not say so")]
    pub fn add(self, other: Self) -> Result<Self> {
        self.same_currency(other)?;
        self.checked(self.micros.checked_add(other.micros))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for two currencies or an overflow.
    #[expect(clippy::should_implement_trait, reason = "subtracting money can fail; an operator could not say so")]
    pub fn sub(self, other: Self) -> Result<Self> {
        self.same_currency(other)?;
        self.checked(self.micros.checked_sub(other.micros))
    }

    /// The amount times `numerator / denominator`, rounded down to a whole micro, exact in between.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a zero denominator or an overflow.
    pub fn scale(self, numerator: i64, denominator: i64) -> Result<Self> {
        let product = i128::from(self.micros) * i128::from(numerator);
        let scaled = (denominator != 0).then(|| product.div_euclid(i128::from(denominator)));
        self.checked(scaled.and_then(|micros| i64::try_from(micros).ok()))
    }

    /// The sum of many amounts; `None` for an empty list, which has no currency.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for two currencies or an overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Option<Self>> {
        amounts.into_iter().try_fold(None, |total: Option<Self>, amount| match total {
            Some(total) => total.add(amount).map(Some),
            None => Ok(Some(amount)),
        })
    }

    /// Rounds down to the smallest unit of the currency (a cent), as platforms bill no less.
    #[must_use]
    pub fn floor_to_minor_unit(self) -> Self {
        let unit = self.currency.minor_unit_micros();
        Self { micros: self.micros.div_euclid(unit) * unit, ..self }
    }

    /// The amount as decimal text with the decimal places of the currency, more where needed to stay exact.
    pub fn amount_text(self) -> String {
        let sign = if self.micros < 0 { "-" } else { "" };
        let micros = self.micros.unsigned_abs();
        let unit = MICROS_PER_UNIT.unsigned_abs();
        let decimals = format!("{:06}", micros % unit);
        let places = (self.currency.exponent() as usize).min(6);
        let kept = decimals.trim_end_matches('0').len().max(places);
        let shown: String = decimals.chars().take(kept).collect();
        let point = if kept > 0 { "." } else { "" };
        format!("{sign}{}{point}{shown}", micros / unit)
    }

    fn same_currency(self, other: Self) -> Result<()> {
        if self.currency == other.currency {
            return Ok(());
        }
        let message = format!("{} and {} cannot be added", self.currency, other.currency);
        Err(Error::new(ErrorKind::InvalidInput, message).next("convert one of the amounts first"))
    }

    fn checked(self, micros: Option<i64>) -> Result<Self> {
        let overflow = || {
            Error::new(ErrorKind::InvalidInput, "an amount of money is too large").next("check the amounts that add up")
        };
        micros.map(|micros| Self { micros, ..self }).ok_or_else(overflow)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.currency, self.amount_text())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// How money is written: by hand or by us.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `amount` and `currency`")]
struct Written {
    /// Decimal text in units of the currency, at most six decimal places: `"1500.00"`.
    #[schemars(extend("pattern" = "^-?[0-9]+([.][0-9]{1,6})?$"))]
    amount: String,
    /// ISO 4217 code.
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { amount: self.amount_text(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        Self::parse(&written.amount, written.currency).map_err(de::Error::custom)
    }
}

impl JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_follow_iso_4217() {
        for (code, exponent, minor) in [("BRL", 2, 10_000), ("JPY", 0, 1_000_000), ("KWD", 3, 1_000)] {
            let currency: Currency = code.parse().unwrap();
            assert_eq!((currency.exponent(), currency.minor_unit_micros()), (exponent, minor), "{code}");
        }
        assert!("QQQ".parse::<Currency>().is_err());
    }

    #[test]
    fn text_and_micros_go_both_ways() {
        for (text, micros) in [("0.00", 0), ("1.50", 1_500_000), ("-0.000001", -1), ("9223372036854.775807", i64::MAX)]
        {
            let money = Money::parse(text, Currency::BRL).unwrap();
            assert_eq!((money.micros(), money.amount_text().as_str()), (micros, text));
        }
        assert_eq!(Money::parse("7", "JPY".parse().unwrap()).unwrap().amount_text(), "7");
    }

    #[test]
    fn text_that_is_no_amount_is_refused() {
        for text in ["", ".", "1.", ".5", "1e3", "NaN", "1,5", "0.0000001", "99999999999999999999", "--1", "+1"] {
            assert!(Money::parse(text, Currency::BRL).is_err(), "{text:?}");
        }
    }

    #[test]
    fn two_currencies_do_not_add() {
        assert!(Money::zero(Currency::BRL).add(Money::zero(Currency::USD)).is_err());
    }
}
