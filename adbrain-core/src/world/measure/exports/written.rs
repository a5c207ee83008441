//! Numbers and days as two languages write them.

use crate::model::Currency;

/// What platforms write where there is nothing to show.
const NOTHING: [&str; 4] = ["", "-", "--", "\u{2014}"];
/// Signs that stand for one currency; a dollar sign alone stands for many.
const SIGNS: [(&str, &str); 5] = [("R$", "BRL"), ("US$", "USD"), ("€", "EUR"), ("£", "GBP"), ("$", "")];
/// Spaces and the like that part thousands beside the other sign.
const SPACES: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\''];

/// Whether a cell shows that there is nothing.
pub(super) fn is_nothing(cell: &str) -> bool {
    NOTHING.contains(&cell.trim())
}

/// The currency that a sign or a code names, where it names one.
pub(super) fn currency_of(text: &str) -> Option<String> {
    let text = text.trim();
    let signed =
        SIGNS.iter().find(|(sign, code)| *sign == text && !code.is_empty()).map(|(_, code)| (*code).to_owned());
    signed.or_else(|| text.parse::<Currency>().ok().map(|code| code.to_string()))
}

/// A number beside the currency that its cell names.
pub(super) fn beside(cell: &str) -> (&str, Option<String>) {
    let cell = cell.trim();
    let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '-' || letter == '+';
    let first = cell.find(is_of_number).unwrap_or(0);
    let last = cell.rfind(|letter: char| letter.is_ascii_digit()).map_or(cell.len(), |at| at + 1);
    let (before, after) = (cell.get(..first).unwrap_or_default(), cell.get(last..).unwrap_or_default());
    let known = |text: &str| text.trim().is_empty() || text.trim() == "$" || currency_of(text).is_some();
    if !known(before) || !known(after) {
        return (cell, None);
    }
    (cell.get(first..last).unwrap_or(cell), currency_of(before).or_else(|| currency_of(after)))
}

/// Digits with a point before the fraction, where this is a number with this sign for decimals: thousands are in groups of three (or of
/// two before the last, as in India), parted by the other sign or by spaces. None for everything else.
pub(super) fn number(digits: &str, decimal: char) -> Option<String> {
    let (whole, fraction) = digits.split_once(decimal).map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    if fraction.is_some_and(|fraction| fraction.is_empty() || !is_digits(fraction)) {
        return None;
    }
    let whole = if is_digits(whole) { whole.to_owned() } else { groups(whole, other(decimal))?.concat() };
    Some(fraction.map_or_else(|| whole.clone(), |fraction| format!("{whole}.{fraction}")))
}

fn groups(whole: &str, sign: char) -> Option<Vec<&str>> {
    let parting = whole
        .chars()
        .find(|letter| !letter.is_ascii_digit())
        .filter(|found| *found == sign || SPACES.contains(found))?;
    let groups: Vec<&str> = whole.split(parting).collect();
    let [first, middle @ .., last] = groups.as_slice() else { return None };
    let is_indian = !middle.is_empty() && middle.iter().all(|group| group.len() == 2) && first.len() <= 2;
    let is_good = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && (is_indian || middle.iter().all(|group| group.len() == 3))
        && last.len() == 3
        && groups.iter().all(|group| is_digits(group));
    is_good.then_some(groups)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The other of the two signs.
pub(super) fn other(sign: char) -> char {
    if sign == '.' { ',' } else { '.' }
}

/// Which sign parts decimals in a cell: the one by which alone it is a number. A count has no fraction but zeros.
pub(super) fn decimal_of(cell: &str, is_count: bool) -> Option<char> {
    let (digits, _) = beside(cell);
    let reads = |decimal| {
        let number = number(digits, decimal)?;
        let fraction = number.split_once('.').map(|(_, fraction)| fraction.to_owned()).unwrap_or_default();
        let is_told = digits.contains(['.', ',']);
        (is_told && !(is_count && (fraction.len() == 3 || fraction.bytes().any(|digit| digit != b'0'))))
            .then_some(decimal)
    };
    match (reads('.'), reads(',')) {
        (Some(point), None) => Some(point),
        (None, comma) => comma,
        _ => None,
    }
}

/// How days are written where they are not as `2026-12-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Dates {
    /// Always as `2026-12-01`.
    Iso,
    /// `01/12/2026` is the first of December.
    DayFirst,
    /// `12/01/2026` is the first of December.
    MonthFirst,
}

/// The three parts of a day such as `31/12/2026`.
fn parts(cell: &str) -> Option<[&str; 3]> {
    let parts: Vec<&str> = cell.trim().split(['/', '.']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let is_part = |text: &str| (1..=2).contains(&text.len()) && is_digits(text);
    (is_part(first) && is_part(second) && year.len() == 4 && is_digits(year)).then_some([first, second, year])
}

/// The order in which these cells show their days, where one above twelve shows it; none where they show both or neither.
pub(super) fn dates_of<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Dates> {
    let above = |text: &str| text.parse::<u8>().is_ok_and(|number| number > 12);
    let (mut day_first, mut month_first) = (false, false);
    for [first, second, _] in cells.filter_map(parts) {
        day_first |= above(first);
        month_first |= above(second);
    }
    match (day_first, month_first) {
        (true, false) => Some(Dates::DayFirst),
        (false, true) => Some(Dates::MonthFirst),
        _ => None,
    }
}

/// `2026-12-31` from a day in another order; none for what is no such day.
pub(super) fn day(cell: &str, dates: Dates) -> Option<String> {
    let [first, second, year] = parts(cell)?;
    let (day, month) = match dates {
        Dates::Iso => return None,
        Dates::DayFirst => (first, second),
        Dates::MonthFirst => (second, first),
    };
    let is_month = month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
    is_month.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// `25-34` and `65+` from the words of exports.
pub(super) fn ages(cell: &str) -> String {
    let text = cell.trim().to_lowercase();
    let text = text.strip_prefix("age_").map_or_else(|| text.clone(), |rest| rest.replace('_', "-"));
    [" to ", " a ", "\u{2013}"]
        .iter()
        .fold(text, |text, word| text.replace(word, "-"))
        .replace(" or more", "+")
        .replace(" ou mais", "+")
        .replace("-up", "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_groups_and_its_sign_in_their_places() {
        for (text, decimal, wanted) in [
            ("1.234,56", ',', Some("1234.56")),
            ("1,234.56", '.', Some("1234.56")),
            ("1,23,456.50", '.', Some("123456.50")),
            ("1 234,56", ',', Some("1234.56")),
            ("1'234.5", '.', Some("1234.5")),
            ("100.25", ',', None),
            ("40,50", '.', None),
            ("12 34", '.', None),
            ("0.125", ',', None),
            ("12,34.5", '.', None),
            ("1,2,3.4.5", '.', None),
            ("", '.', None),
        ] {
            assert_eq!(number(text, decimal).as_deref(), wanted, "{text} {decimal}");
        }
    }

    #[test]
    fn a_cell_shows_its_sign_or_nothing() {
        for (cell, is_count, wanted) in [
            ("1,234", false, None),
            ("1234.567", false, Some('.')),
            ("0.125", false, Some('.')),
            ("R$ 1.100,25", false, Some(',')),
            ("3.000", true, Some(',')),
            ("60.0", true, Some('.')),
            ("950,00", true, Some(',')),
            ("60.5", true, None),
            ("60", true, None),
        ] {
            assert_eq!(decimal_of(cell, is_count), wanted, "{cell}");
        }
    }

    #[test]
    fn currencies_beside_a_number_are_told_and_suffixes_are_no_currency() {
        assert_eq!(beside("R$ 1.100,25"), ("1.100,25", Some("BRL".into())));
        assert_eq!(beside("200.00 USD"), ("200.00", Some("USD".into())));
        assert_eq!(beside("$5"), ("5", None));
        assert_eq!(beside("1.2K"), ("1.2K", None));
        assert_eq!(beside("-3.5"), ("-3.5", None));
    }

    #[test]
    fn a_day_above_twelve_shows_the_order() {
        assert_eq!(dates_of(["01/10/2026", "13/10/2026"].into_iter()), Some(Dates::DayFirst));
        assert_eq!(dates_of(["10/31/2026"].into_iter()), Some(Dates::MonthFirst));
        assert_eq!(dates_of(["10/31/2026", "31/10/2026", "x"].into_iter()), None);
        assert_eq!(day("13/10/2026", Dates::MonthFirst), None);
        assert_eq!((ages("25 a 34"), ages("AGE_65_UP"), ages("18–24")), ("25-34".into(), "65+".into(), "18-24".into()));
    }
}
