//! The figures of a sentence, as values: what a report says has to stand in its facts.
//!
//! A figure is a number with what makes it a claim: a percent sign, a currency, or nothing. It is read by the signs of the report's language, and
//! by those of the other one where it cannot be of this one: `1.234,50` is no English number. Numbers in words are figures too. Signs count:
//! "fell by 5 %" does not follow from −5 %.

use std::collections::BTreeSet;

use crate::model::{Language, words};

/// A number and what it counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Figure {
    unit: Unit,
    /// A decimal number without needless zeros.
    value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    None,
    Percent,
    /// By the sign or code, in capital letters.
    Money(String),
    /// Words that stand for a part or a multiple: no fact is written so.
    Multiple,
}

/// Signs and codes of money, the longest first.
const MONEY: &[&str] = &["US$", "R$", "A$", "C$", "$", "€", "£", "¥", "USD", "BRL", "EUR", "GBP"];
/// Words of money, and the sign that they stand for.
const MONEY_WORDS: &[(&str, &str)] = &[
    ("reais", "R$"),
    ("real", "R$"),
    ("dollars", "$"),
    ("dólares", "$"),
    ("euros", "€"),
    ("euro", "€"),
    ("pounds", "£"),
    ("libras", "£"),
];
/// Words that say percent.
const PERCENT_WORDS: &[&str] = &["percent", "per cent", "por cento", "pct"];
/// Words that make the number before them larger, and how many zeros they stand for.
const SCALES: &[(&str, usize)] = &[
    ("thousand", 3),
    ("mil", 3),
    ("k", 3),
    ("million", 6),
    ("millions", 6),
    ("milhão", 6),
    ("milhões", 6),
    ("mi", 6),
    ("m", 6),
    ("billion", 9),
    ("bilhão", 9),
    ("bilhões", 9),
    ("bi", 9),
];
/// Numbers in words. One and its translations are left out: they are articles too.
const COUNTED: &[(&str, &str)] = &[
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
    ("million", "1000000"),
    ("dois", "2"),
    ("duas", "2"),
    ("três", "3"),
    ("quatro", "4"),
    ("cinco", "5"),
    ("seis", "6"),
    ("sete", "7"),
    ("oito", "8"),
    ("nove", "9"),
    ("dez", "10"),
    ("onze", "11"),
    ("doze", "12"),
    ("quinze", "15"),
    ("vinte", "20"),
    ("trinta", "30"),
    ("quarenta", "40"),
    ("cinquenta", "50"),
    ("sessenta", "60"),
    ("cem", "100"),
    ("cento", "100"),
    ("mil", "1000"),
    ("milhão", "1000000"),
];
/// Words for parts and multiples.
const MULTIPLES: &[&str] = &[
    "half",
    "halved",
    "halves",
    "double",
    "doubled",
    "doubles",
    "twice",
    "triple",
    "tripled",
    "thrice",
    "quarter",
    "third",
    "dozen",
    "tenfold",
    "twofold",
    "threefold",
    "metade",
    "dobro",
    "dobrou",
    "dobraram",
    "triplo",
    "triplicou",
    "terço",
    "quarto",
    "dúzia",
    "zero",
];

/// The figures of a text; none where it holds a number that cannot be read.
pub(super) fn figures(text: &str, language: Language) -> Option<BTreeSet<Figure>> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    let mut before = String::new();
    while let Some(start) = rest.find(char::is_numeric) {
        let (head, from) = rest.split_at(start);
        before.push_str(head);
        let end = from.find(|letter: char| !letter.is_numeric() && !".,".contains(letter)).unwrap_or(from.len());
        let (raw, after) = from.split_at(end);
        let digits = raw.trim_end_matches(['.', ',']);
        found.insert(figure(&before, digits, after, language)?);
        before.push_str(raw);
        rest = after;
    }
    found.extend(in_words(text));
    Some(found)
}

fn figure(before: &str, digits: &str, after: &str, language: Language) -> Option<Figure> {
    if !digits.chars().all(|letter| letter.is_ascii_digit() || ".,".contains(letter)) {
        return None;
    }
    let value = value(digits, language)?;
    let (value, after) = scaled(value, after);
    let (unit, bare) = unit(before, after);
    let is_negative =
        bare.ends_with(['-', '−', '–']) && !bare.trim_end_matches(['-', '−', '–']).ends_with(char::is_alphanumeric);
    let value = if is_negative && value != "0" { format!("-{value}") } else { value };
    Some(Figure { unit, value })
}

/// The unit that stands before or behind a number, and what stands before both.
fn unit<'a>(before: &'a str, after: &str) -> (Unit, &'a str) {
    let bare = before.trim_end_matches([' ', '\u{a0}']);
    if let Some(sign) = MONEY.iter().find(|sign| bare.to_uppercase().ends_with(**sign)) {
        let kept = bare.char_indices().rev().nth(sign.chars().count() - 1).map_or(0, |(place, _)| place);
        return (Unit::Money(code(sign)), bare.get(..kept).unwrap_or_default().trim_end());
    }
    let behind = after.trim_start_matches([' ', '\u{a0}']);
    let small = behind.to_lowercase();
    let is_word = |word: &str| small.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    if behind.starts_with(['%', '‰']) || PERCENT_WORDS.iter().any(|word| is_word(word)) {
        return (Unit::Percent, before);
    }
    if let Some(sign) = MONEY.iter().find(|sign| small.starts_with(&sign.to_lowercase())) {
        return (Unit::Money(code(sign)), before);
    }
    match MONEY_WORDS.iter().find(|(word, _)| is_word(word)) {
        Some((_, sign)) => (Unit::Money((*sign).to_owned()), before),
        None => (Unit::None, before),
    }
}

/// One sign for each currency, as the engine writes it.
fn code(sign: &str) -> String {
    let sign = match sign {
        "USD" | "US$" => "$",
        "BRL" => "R$",
        "EUR" => "€",
        "GBP" => "£",
        other => other,
    };
    sign.to_owned()
}

/// A number with the zeros of the word behind it, and what stands behind that.
fn scaled(value: String, after: &str) -> (String, &str) {
    let behind = after.trim_start_matches([' ', '\u{a0}', '-']);
    let word: String = behind.chars().take_while(|letter| letter.is_alphabetic()).collect();
    let small = word.to_lowercase();
    match SCALES.iter().find(|(known, _)| *known == small) {
        Some((_, zeros)) => (shifted(&value, *zeros), behind.get(word.len()..).unwrap_or_default()),
        None => (value, after),
    }
}

/// A decimal number times a power of ten.
fn shifted(value: &str, zeros: usize) -> String {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let padded = format!("{fraction:0<zeros$}");
    let (up, down) = padded.split_at(zeros);
    plain(&format!("{whole}{up}"), down)
}

/// A number by the signs of its language, else by those of the other; none where it is no number in either.
fn value(digits: &str, language: Language) -> Option<String> {
    let by = |(group, point): (char, char)| {
        let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
        let parts: Vec<&str> = whole.split(group).collect();
        let is_grouped = match parts.as_slice() {
            [one] => !one.is_empty(),
            [first, others @ ..] => (1..=3).contains(&first.len()) && others.iter().all(|part| part.len() == 3),
            [] => false,
        };
        let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        (is_grouped && parts.iter().all(|part| is_plain(part)) && is_plain(fraction))
            .then(|| plain(&parts.concat(), fraction))
    };
    let (portuguese, english) = (('.', ','), (',', '.'));
    match language {
        Language::Portuguese => by(portuguese).or_else(|| by(english)),
        Language::English => by(english).or_else(|| by(portuguese)),
    }
}

fn plain(whole: &str, fraction: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// Numbers in words.
fn in_words(text: &str) -> Vec<Figure> {
    let all = words(text);
    let is_scale = |place: usize| {
        let before = place.checked_sub(1).and_then(|place| all.get(place));
        before.is_some_and(|word| word.chars().next().is_some_and(char::is_numeric))
    };
    let figure = |(place, word): (usize, &String)| {
        if MULTIPLES.contains(&word.as_str()) {
            return Some(Figure { unit: Unit::Multiple, value: word.clone() });
        }
        // "2 mil" and "por cento" were read with the number before them.
        let is_read = is_scale(place)
            || (word == "cento"
                && place.checked_sub(1).and_then(|place| all.get(place)).is_some_and(|before| before == "por"));
        let (_, value) = COUNTED.iter().find(|(known, _)| known == word && !is_read)?;
        Some(Figure { unit: Unit::None, value: (*value).to_owned() })
    };
    all.iter().enumerate().filter_map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, language: Language) -> Vec<(Unit, String)> {
        let found = figures(text, language).unwrap_or_else(|| panic!("{text}"));
        found.into_iter().map(|figure| (figure.unit, figure.value)).collect()
    }

    fn same(one: &str, other: &str) -> bool {
        let read = |text: &str, language| figures(text, language);
        read(one, Language::English) == read(other, Language::Portuguese)
    }

    #[test]
    fn both_languages_write_the_same_figure() {
        assert!(same("R$ 1,234.50", "R$ 1.234,50"));
        assert!(same("2.1 %", "2,1%"));
        assert!(same("2.1 percent", "2,1 por cento"));
        assert!(same("$ 12.00", "12 dólares"));
        assert!(same("BRL 1,234.5", "1.234,50 reais"));
        assert!(same("1.2 million clicks", "1,2 milhões de cliques"));
        assert!(same("three ads", "três anúncios"));
        assert!(same("-5.0 %", "−5%"));
    }

    #[test]
    fn what_differs_in_sign_unit_or_size_is_another_figure() {
        for (one, other) in [
            ("5 %", "-5 %"),
            ("5 %", "5"),
            ("$ 5", "R$ 5"),
            ("1.234", "1,234"),
            ("2.1 %", "2.15 %"),
            ("1.2 million", "1.2 thousand"),
            ("ROAS 3.0", "ROAS 30"),
        ] {
            assert_ne!(of(one, Language::English), of(other, Language::English), "{one} {other}");
        }
    }

    #[test]
    fn a_number_of_the_other_language_is_read_where_it_cannot_be_of_this_one() {
        assert_eq!(of("R$ 1.234,50", Language::English), of("R$ 1,234.50", Language::English));
        assert_eq!(of("1.234", Language::English), [(Unit::None, "1.234".to_owned())]);
        assert_eq!(of("1.234", Language::Portuguese), [(Unit::None, "1234".to_owned())]);
    }

    #[test]
    fn parts_multiples_and_foreign_digits_are_seen() {
        assert_eq!(of("it doubled", Language::English).first().map(|figure| &figure.0), Some(&Unit::Multiple));
        assert_eq!(of("a metade", Language::Portuguese).first().map(|figure| &figure.0), Some(&Unit::Multiple));
        for text in ["½ of it", "٣ clicks", "５ clicks", "10² ads"] {
            assert_eq!(figures(text, Language::English), None, "{text}");
        }
        assert!(of("one of them was good", Language::English).is_empty());
    }

    #[test]
    fn a_hyphen_inside_a_name_is_no_minus() {
        assert_eq!(of("covid-19", Language::English), [(Unit::None, "19".to_owned())]);
        assert_eq!(of("2027-01-05", Language::English).len(), 3);
        assert_eq!(of("by -3 points", Language::English), [(Unit::None, "-3".to_owned())]);
    }
}
