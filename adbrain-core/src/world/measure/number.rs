//! Numbers as files write them. Nothing is guessed: what is not plainly a number is a problem with words.

use crate::model::MICROS_PER_UNIT;

/// Counts and amounts above this are taken for errors of the file, not for results.
const ABSURD: f64 = 1e12;
/// More digits than any amount or float needs.
const MOST_DIGITS: usize = 60;

/// Reads a count: digits alone.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    let text = text.trim();
    plausible(text)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a whole number".to_owned());
    }
    text.parse().map_err(|_| "is absurdly large".to_owned())
}

/// Reads an amount in micros. Digits beyond the sixth decimal place are rounded, halves to the even neighbour: files that
/// went through binary floats hold amounts such as 1.429999948.
pub(crate) fn amount(text: &str) -> Result<i64, String> {
    let text = text.trim();
    plausible(text)?;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| "is not a number".to_owned())?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('+'));
    if digits.len() > MOST_DIGITS || digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        return Err("is not a decimal number".to_owned());
    }
    let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    shift(&digits, MICROS_PER_UNIT.ilog10().into(), places - exponent).ok_or_else(|| "is absurdly large".to_owned())
}

/// The whole number `digits * 10^(wanted - places)`, halves rounded to even.
fn shift(digits: &str, wanted: i64, places: i64) -> Option<i64> {
    if places <= wanted {
        let zeros = usize::try_from(wanted - places).ok().filter(|zeros| *zeros <= MOST_DIGITS)?;
        return format!("{digits}{}", "0".repeat(zeros)).parse().ok();
    }
    let cut = usize::try_from(places - wanted).ok()?;
    let Some(kept) = digits.len().checked_sub(cut) else { return Some(0) };
    let (kept, rest) = digits.split_at(kept);
    let kept: i64 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    let half = format!("5{}", "0".repeat(cut - 1));
    let up = match rest.cmp(half.as_str()) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => kept % 2,
    };
    kept.checked_add(up)
}

/// Refuses what no count and no amount can be.
fn plausible(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    let value: f64 = text.parse().map_err(|_| "is not a number".to_owned())?;
    let problem = match value {
        _ if !value.is_finite() && text.bytes().any(|byte| byte.is_ascii_digit()) => "is absurdly large",
        _ if !value.is_finite() => "is not a finite number",
        _ if value < 0.0 => "is negative",
        _ if value > ABSURD => "is absurdly large",
        _ => return Ok(()),
    };
    Err(problem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_round_halves_to_even_at_the_sixth_place() {
        for (text, micros) in [
            ("1.429999948", 1_430_000),
            ("0.0000005", 0),
            ("0.0000015", 2),
            ("0.0000025", 2),
            ("0.00000250000001", 3),
            ("0.0000000000001", 0),
            ("1e-05", 10),
            ("1.5E3", 1_500_000_000),
            ("7", 7_000_000),
            (".5", 500_000),
            ("1000000000000", 1_000_000_000_000_000_000),
        ] {
            assert_eq!(amount(text), Ok(micros), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", " ", "abc", "NaN", "inf", "-inf", "-1", "1e13", "1e400", "1,5", "R$ 5", "0x10", "1e", "--1"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_are_digits_alone() {
        assert_eq!(count("007"), Ok(7));
        for text in ["1.0", "1e3", "+1", "-1", "", "NaN", "1_000", "9999999999999", "1 000"] {
            assert!(count(text).is_err(), "{text}");
        }
    }
}
