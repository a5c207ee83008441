//! Cells of an export as the importer reads them: `1.234,56` is `1234.56`, `31/12/2026` is `2026-12-31`.

use std::collections::BTreeMap;

use super::{Dates, Kind, Layout, Rows};
use crate::measure::cells::{Columns, fold};
use crate::measure::table::Read;
use crate::model::{Currency, RowProblem};

/// What platforms write where there is nothing to show.
const NOTHING: [&str; 4] = ["", "-", "--", "\u{2014}"];

/// The rows with plain numbers and days. Sums of other rows and rows in another currency are problems.
pub(super) fn rows(layout: &Layout, headers: &[String], rows: Rows, currency: Currency) -> Rows {
    let Some(kind) = layout.kind else { return rows };
    let places = Places::of(layout, headers);
    let mut plain =
        Plain { decimal: decimal(kind, &places, &rows), dates: kind.dates, places, shared: BTreeMap::new() };
    rows.into_iter()
        .map(|(line, row)| (line, row.and_then(|cells| plain.row(line, cells, (headers, currency)))))
        .collect()
}

/// Where the columns of an export stand.
struct Places {
    campaign: Option<usize>,
    ad: Option<usize>,
    date: Option<usize>,
    currency: Option<usize>,
    counts: Vec<usize>,
    amounts: Vec<usize>,
    conversions: Option<usize>,
    /// Left empty where there is nothing to count.
    may_be_empty: Vec<usize>,
}

impl Places {
    fn of(layout: &Layout, headers: &[String]) -> Self {
        let columns = Columns::new(headers);
        let mapping = &layout.mapping;
        let at = |name: &str| columns.place(name);
        let all = |names: &[Option<&str>]| names.iter().filter_map(|name| at((*name)?)).collect::<Vec<_>>();
        let revenue = mapping.revenue.as_deref();
        Self {
            campaign: at(&mapping.campaign),
            ad: at(&mapping.ad),
            date: mapping.date.as_deref().and_then(at),
            currency: layout.currency.as_deref().and_then(at),
            counts: all(&[Some(&mapping.impressions), Some(&mapping.clicks)]),
            amounts: all(&[Some(&mapping.spend), Some(&mapping.conversions), revenue]),
            conversions: at(&mapping.conversions),
            may_be_empty: all(&[Some(&mapping.clicks), Some(&mapping.conversions), revenue]),
        }
    }
}

/// What parts whole from fraction in this file: what its own numbers show, else what its language does.
///
/// The last sign of two kinds parts decimals; one sign that comes twice, or one in a count, parts thousands; one before other than three
/// digits parts decimals. `1,234` alone shows nothing.
fn decimal(kind: &Kind, places: &Places, rows: &Rows) -> char {
    let cells = |of: &[usize]| -> Vec<String> {
        let row = |(_, row): &(u64, Read<Vec<String>>)| row.as_ref().ok().cloned().unwrap_or_default();
        rows.iter()
            .map(row)
            .flat_map(|cells| of.iter().filter_map(|at| cells.get(*at).cloned()).collect::<Vec<_>>())
            .collect()
    };
    let in_counts = cells(&places.counts).iter().find_map(|cell| cell.chars().find(|sign| is_sign(*sign)).map(other));
    in_counts.or_else(|| cells(&places.amounts).iter().find_map(|cell| shown(cell))).unwrap_or(kind.decimal)
}

fn is_sign(sign: char) -> bool {
    sign == '.' || sign == ','
}

fn other(sign: char) -> char {
    if sign == '.' { ',' } else { '.' }
}

fn shown(cell: &str) -> Option<char> {
    let signs: Vec<(usize, char)> = cell.char_indices().filter(|(_, sign)| is_sign(*sign)).collect();
    let (at, last) = *signs.last()?;
    if signs.iter().any(|(_, sign)| *sign != last) {
        return Some(last);
    }
    if signs.len() > 1 {
        return Some(other(last));
    }
    let after = cell.get(at + 1..).unwrap_or_default().chars().take_while(char::is_ascii_digit).count();
    (after != 3).then_some(last)
}

struct Plain {
    decimal: char,
    dates: Dates,
    places: Places,
    /// By campaign and ad, what rounding its conversions has left over.
    shared: BTreeMap<(String, String), f64>,
}

impl Plain {
    fn row(
        &mut self,
        line: u64,
        mut cells: Vec<String>,
        (headers, currency): (&[String], Currency),
    ) -> Read<Vec<String>> {
        let problem = |at: Option<usize>, problem: String| {
            let column = at.and_then(|at| headers.get(at)).cloned().unwrap_or_default();
            Err(RowProblem { line, column, problem })
        };
        let text =
            |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default();
        let (campaign, ad, code) = (text(self.places.campaign), text(self.places.ad), text(self.places.currency));
        if is_sum(&campaign, cells.first().map(String::as_str).unwrap_or_default()) {
            return problem(self.places.campaign, "the row is a sum of others".to_owned());
        }
        if !NOTHING.contains(&code.as_str()) && !code.eq_ignore_ascii_case(&currency.to_string()) {
            return problem(self.places.currency, format!("{code:?} is not {currency}, the currency of the import"));
        }
        for at in self.places.may_be_empty.iter().copied() {
            if let Some(cell) = cells.get_mut(at).filter(|cell| NOTHING.contains(&cell.trim())) {
                "0".clone_into(cell);
            }
        }
        for at in self.places.counts.iter().chain(&self.places.amounts) {
            if let Some(cell) = cells.get_mut(*at)
                && let Some(plain) = number(cell, self.decimal)
            {
                *cell = plain;
            }
        }
        if let Some(cell) = self.places.date.and_then(|at| cells.get_mut(at))
            && let Some(plain) = day(cell, self.dates)
        {
            *cell = plain;
        }
        if let Some(cell) = self.places.conversions.and_then(|at| cells.get_mut(at)) {
            let left = self.shared.entry((campaign, ad)).or_default();
            if let Some(whole) = whole(cell, left) {
                *cell = whole;
            }
        }
        Ok(cells)
    }
}

/// Whether a row adds others up: it belongs to no campaign, or says so.
fn is_sum(campaign: &str, first: &str) -> bool {
    let says_so = |text: &str| {
        let text = fold(text);
        text == "total" || ["total:", "total de ", "total of "].iter().any(|start| text.starts_with(start))
    };
    NOTHING.contains(&campaign) || says_so(campaign) || says_so(first)
}

/// Digits with a point before the fraction; none for what is no number with one sign for decimals at most.
fn number(cell: &str, decimal: char) -> Option<String> {
    let is_beside = |letter: char| letter.is_whitespace() || letter.is_alphabetic() || "$€£¥".contains(letter);
    let digits = cell.trim_matches(is_beside);
    let plain: String = digits.chars().filter(|letter| *letter != other(decimal) && !letter.is_whitespace()).collect();
    let plain = plain.replace(decimal, ".");
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && plain.matches('.').count() <= 1;
    (is_number && plain.bytes().any(|byte| byte.is_ascii_digit())).then_some(plain)
}

/// `2026-12-31` from a day in another order; none for what is no such day.
fn day(cell: &str, dates: Dates) -> Option<String> {
    let parts: Vec<&str> = cell.trim().split(['/', '.']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let (day, month) = match dates {
        Dates::Iso => return None,
        Dates::DayFirst => (first, second),
        Dates::MonthFirst => (second, first),
    };
    let part =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = part(day, 2) && part(month, 2) && part(year, 4) && year.len() == 4;
    is_day.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// Shared conversions as whole ones: what is left over goes to the next row of the same ad, so that an ad's sum is right to half a
/// conversion. None where they are whole already.
fn whole(cell: &str, left: &mut f64) -> Option<String> {
    let value: f64 = cell.parse().ok().filter(|value: &f64| value.is_finite() && (0.0..1e12).contains(value))?;
    if !cell.contains('.') {
        return None;
    }
    let wanted = value + *left;
    let rounded = libm::rint(wanted).max(0.0);
    *left = wanted - rounded;
    Some(rounded.to_string())
}
