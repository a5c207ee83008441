//! Lengths of time as people write them: `10m`, `1h30m`, `3d`.

use jiff::SignedDuration;

use crate::error::{Error, Result};

/// The longest length of time that a rule may name, in seconds: 366 days.
const LONGEST: i64 = 366 * 86_400;

/// Reads a length of time of weeks, days, hours, minutes and seconds, a day being 24 hours; `field` names it in an error.
pub(crate) fn span(text: &str, field: &str) -> Result<SignedDuration> {
    let seconds = seconds(text.trim()).ok_or_else(|| {
        Error::invalid(field, format!("{text:?} is no length of time"))
            .next("write whole numbers with w, d, h, m or s, such as 10m, 2h or 1h30m")
    })?;
    if seconds > LONGEST {
        return Err(Error::invalid(field, format!("{text:?} is longer than 366 days")).next("write a shorter time"));
    }
    Ok(SignedDuration::from_secs(seconds))
}

/// The seconds of numbers with units; none where something else stands there.
fn seconds(text: &str) -> Option<i64> {
    let (mut total, mut digits) = (None, String::new());
    for letter in text.chars().filter(|letter| *letter != ' ') {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter {
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let part = digits.parse::<i64>().ok()?.checked_mul(unit)?;
        total = Some(total.unwrap_or(0_i64).checked_add(part)?);
        digits.clear();
    }
    total.filter(|_| digits.is_empty())
}

/// Writes a length of time as it is read: `1h30m`.
pub(in crate::decide::alert) fn written(span: SignedDuration) -> String {
    let mut left = span.as_secs();
    let mut part = |(unit, name): (i64, &str)| {
        let count = left / unit;
        left %= unit;
        (count > 0).then(|| format!("{count}{name}"))
    };
    let text: String = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")].into_iter().filter_map(&mut part).collect();
    if text.is_empty() { "0m".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_written() {
        for (text, seconds, again) in [
            ("10m", 600, "10m"),
            ("1h30m", 5400, "1h30m"),
            ("2w", 1_209_600, "14d"),
            ("1d 1s", 86_401, "1d1s"),
            ("0s", 0, "0m"),
        ] {
            let read = span(text, "for").unwrap();
            assert_eq!((read.as_secs(), written(read).as_str()), (seconds, again), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_refused_with_its_field() {
        for text in ["", "10", "m", "-5m", "1.5h", "10 minutes", "1h30", "99999999999999999999d", "PT1H"] {
            let error = span(text, "rule.cost_spike.for").unwrap_err().to_string();
            assert!(error.starts_with("rule.cost_spike.for: ") && error.contains("10m"), "{text}: {error}");
        }
        assert!(span("400d", "for").unwrap_err().to_string().contains("366 days"));
    }
}
