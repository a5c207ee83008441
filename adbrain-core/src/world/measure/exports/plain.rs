//! Rows of an export as the importer reads them: `1.234,56` is `1234.56`, `31/12/2026` is `2026-12-31`.

use std::collections::BTreeMap;

use super::written::{Dates, ages, beside, currency_of, dates_of, day, decimal_of, is_nothing, number};
use super::{Cell, Cells, Kind, Layout};
use crate::measure::cells::{Columns, fold};
use crate::measure::table::Read;
use crate::model::{Currency, RowProblem};

/// The rows with plain numbers and days. Sums of other rows and rows in another currency are problems; lines without a cell are no rows.
pub(super) fn rows(
    layout: &Layout,
    headers: &[String],
    rows: Cells,
    currency: Currency,
) -> Vec<(u64, Read<Vec<String>>)> {
    let rows: Cells = rows.into_iter().filter(|(_, row)| !row.as_ref().is_ok_and(|cells| is_blank(cells))).collect();
    let Some(kind) = layout.kind else {
        let texts = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.text).collect();
        return rows.into_iter().map(|(line, row)| (line, row.map(texts))).collect();
    };
    let places = Places::of(layout, headers);
    let mut plain = Plain {
        decimal: places.decimal(kind, &rows),
        dates: places.dates(kind, &rows),
        has_days: rows.iter().any(|(_, row)| row.as_ref().is_ok_and(|cells| !is_nothing(text(cells, places.date)))),
        places,
        headers,
        currency,
        shared: BTreeMap::new(),
    };
    rows.into_iter().map(|(line, row)| (line, row.and_then(|cells| plain.row(line, cells)))).collect()
}

fn is_blank(cells: &[Cell]) -> bool {
    cells.iter().all(|cell| cell.text.trim().is_empty())
}

fn text(cells: &[Cell], at: Option<usize>) -> &str {
    at.and_then(|at| cells.get(at)).map_or("", |cell| cell.text.trim())
}

/// Where the columns of an export stand.
struct Places {
    campaign: Option<usize>,
    ad: Option<usize>,
    /// What stands for the ad where a row names none, the nearest first.
    instead: Vec<usize>,
    date: Option<usize>,
    ages: Option<usize>,
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
            instead: layout.kind.map(|kind| kind.ad.iter().filter_map(|name| at(name)).collect()).unwrap_or_default(),
            date: mapping.date.as_deref().and_then(at),
            ages: mapping.ages.as_deref().and_then(at),
            currency: layout.currency.as_deref().and_then(at),
            counts: all(&[Some(&mapping.impressions), Some(&mapping.clicks)]),
            amounts: all(&[Some(&mapping.spend), Some(&mapping.conversions), revenue]),
            conversions: at(&mapping.conversions),
            may_be_empty: all(&[Some(&mapping.clicks), Some(&mapping.conversions), revenue]),
        }
    }

    /// What parts whole from fraction in this file: what its rows show, where they agree, else what its language does.
    fn decimal(&self, kind: &Kind, rows: &Cells) -> char {
        let mut shown = Vec::new();
        for cells in rows.iter().filter_map(|(_, row)| row.as_ref().ok()).filter(|cells| !self.is_sum(cells)) {
            let of = |places: &[usize], is_count| -> Vec<char> {
                let cells = places.iter().filter_map(|at| cells.get(*at)).filter(|cell| !cell.is_plain);
                cells.filter_map(|cell| decimal_of(&cell.text, is_count)).collect()
            };
            shown.extend(of(&self.counts, true));
            shown.extend(of(&self.amounts, false));
        }
        match shown.first() {
            Some(first) if shown.iter().all(|sign| sign == first) => *first,
            _ => kind.decimal,
        }
    }

    fn dates(&self, kind: &Kind, rows: &Cells) -> Dates {
        let cells = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).map(|cells| text(cells, self.date));
        dates_of(cells).unwrap_or(kind.dates)
    }

    /// Whether a row adds others up: it belongs to no campaign and no ad, or says so in the place of its campaign.
    fn is_sum(&self, cells: &[Cell]) -> bool {
        let campaign = text(cells, self.campaign);
        says_sum(campaign) || is_nothing(campaign) && (self.ad == self.campaign || is_nothing(text(cells, self.ad)))
    }
}

/// Whether a text stands for a sum of rows, as the four platforms write it.
fn says_sum(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "total",
        "totals",
        "totais",
        "total geral",
        "grand total",
        "total results",
        "subtotal",
        "overall total",
        "total da conta",
    ];
    let text = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let counted = |start: &str| {
        text.strip_prefix(start).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    WORDS.contains(&text.as_str())
        || ["total:", "total (", "total - "].iter().any(|start| text.starts_with(start))
        || ["total de ", "total of ", "results from ", "resultados de "].into_iter().any(counted)
}

struct Plain<'a> {
    decimal: char,
    dates: Dates,
    /// Whether some row has a day.
    has_days: bool,
    places: Places,
    headers: &'a [String],
    currency: Currency,
    /// By campaign and ad, what rounding its conversions has left over.
    shared: BTreeMap<(String, String), f64>,
}

impl Plain<'_> {
    fn row(&mut self, line: u64, mut cells: Vec<Cell>) -> Read<Vec<String>> {
        let problem = |at: Option<usize>, problem: String| {
            let column = at.and_then(|at| self.headers.get(at)).cloned().unwrap_or_default();
            Err(RowProblem { line, column, problem })
        };
        if self.places.is_sum(&cells) {
            return problem(self.places.campaign, "the row is a sum of others".to_owned());
        }
        if self.has_days && is_nothing(text(&cells, self.places.date)) {
            return problem(
                self.places.date,
                "the row has no day where others have one: is it a sum of them?".to_owned(),
            );
        }
        let own = self.currency.to_string();
        let code = text(&cells, self.places.currency);
        if !is_nothing(code) && currency_of(code).is_none_or(|code| code != own) {
            return problem(self.places.currency, format!("{code:?} is not {own}, the currency of the import"));
        }
        self.name(&mut cells);
        for at in self.places.may_be_empty.iter().copied() {
            if let Some(cell) = cells.get_mut(at).filter(|cell| is_nothing(&cell.text)) {
                *cell = Cell::plain("0");
            }
        }
        for at in self.places.counts.iter().chain(&self.places.amounts).copied() {
            let Some(cell) = cells.get_mut(at).filter(|cell| !cell.is_plain) else { continue };
            let (digits, named) = beside(&cell.text);
            if let Some(other) = named.filter(|named| *named != own) {
                return problem(Some(at), format!("{:?} is in {other}, the import in {own}", cell.text.trim()));
            }
            if let Some(plain) = number(digits, self.decimal) {
                cell.text = plain;
            }
        }
        for at in self.places.counts.iter().copied() {
            if let Some(cell) = cells.get_mut(at) {
                without_zeros(&mut cell.text);
            }
        }
        if let Some(cell) = self.places.date.and_then(|at| cells.get_mut(at))
            && let Some(plain) = day(&cell.text, self.dates)
        {
            cell.text = plain;
        }
        if let Some(cell) = self.places.ages.and_then(|at| cells.get_mut(at)) {
            cell.text = ages(&cell.text);
        }
        self.share(&mut cells);
        Ok(cells.into_iter().map(|cell| cell.text).collect())
    }

    /// Where a row names no ad, its ad group, ad set or campaign stands for it.
    fn name(&self, cells: &mut [Cell]) {
        if is_nothing(text(cells, self.places.ad)) {
            let instead = self.places.instead.iter().map(|at| text(cells, Some(*at))).find(|name| !is_nothing(name));
            let instead = instead.map(ToOwned::to_owned);
            if let (Some(name), Some(cell)) = (instead, self.places.ad.and_then(|at| cells.get_mut(at))) {
                cell.text = name;
            }
        }
    }

    /// Shared conversions as whole ones: what is left over goes to the next row of the same ad, so that an ad's sum is right to half a
    /// conversion.
    fn share(&mut self, cells: &mut [Cell]) {
        let key = (text(cells, self.places.campaign).to_owned(), text(cells, self.places.ad).to_owned());
        let Some(cell) = self.places.conversions.and_then(|at| cells.get_mut(at)) else { return };
        let value = cell.text.parse::<f64>().ok().filter(|value| value.is_finite() && (0.0..1e12).contains(value));
        let Some(value) = value.filter(|_| cell.text.contains('.')) else { return };
        let left = self.shared.entry(key).or_default();
        let wanted = value + *left;
        let rounded = libm::rint(wanted).max(0.0);
        *left = wanted - rounded;
        cell.text = format!("{:.0}", rounded.abs());
    }
}

/// `60` from `60.0`: a count that went through a table of decimals.
fn without_zeros(count: &mut String) {
    if let Some((whole, fraction)) = count.split_once('.')
        && !whole.is_empty()
        && fraction.bytes().all(|digit| digit == b'0')
    {
        *count = whole.to_owned();
    }
}
