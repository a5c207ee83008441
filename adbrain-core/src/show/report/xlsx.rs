//! The XLSX writer: a sheet for each section, real numbers with their formats, a chart of the days. No cell holds a formula, and the
//! document's times are fixed, so that the same report gives the same bytes.

mod format;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_xlsxwriter::{Chart, ChartType, DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::cell::{Cell, Scale};
use super::document::{Block, Document, Section, Table, text};
use super::flat::{Flat, flat, is_formula, short};
use super::words::said;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Estimate, Language, Message};
use format::Formats;

/// The longest name of a sheet that spreadsheets take, in UTF-16 units.
const LONGEST_NAME: usize = 31;
/// The longest text of a cell that spreadsheets take, in characters.
const LONGEST_TEXT: usize = 32_767;
/// The narrowest and the widest column, in characters.
const WIDTHS: (usize, usize) = (10, 50);
/// The chart, in pixels.
const CHART: (u32, u32) = (760, 320);

type Written<T = ()> = std::result::Result<T, XlsxError>;

/// The whole report.
pub(super) fn write(document: &Document, language: Language) -> Result<Vec<u8>> {
    book(document, language).map_err(|error| {
        Error::new(ErrorKind::Internal, format!("the report cannot be written as a workbook: {error}"))
    })
}

fn book(document: &Document, language: Language) -> Written<Vec<u8>> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let about = DocProperties::new().set_title(shortened(&document.title)).set_author("adbrain");
    book.set_properties(&about.set_creation_datetime(&made));
    let mut names = Vec::new();
    for section in &document.sections {
        let name = sheet_name(&section.title.text(language), &names);
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        names.push(name.clone());
        let mut page = Page { sheet, name, language, formats: Formats::new(language), row: 0, widths: Vec::new() };
        page.open(document, section)?;
        section.blocks.iter().enumerate().try_for_each(|(place, block)| page.block(section, (place, block)))?;
        page.close()?;
    }
    book.save_to_buffer()
}

/// A sheet that is being written from top to bottom.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    name: String,
    language: Language,
    formats: Formats,
    row: u32,
    /// The longest text of each column.
    widths: Vec<usize>,
}

impl Page<'_> {
    /// The heading: what it is of, and whether it is simulated.
    fn open(&mut self, document: &Document, section: &Section) -> Written {
        let (title, basis) = (section.title.text(self.language), document.basis.text(self.language));
        self.line(&format!("{title}: {} ({basis})", document.title), true)
    }

    fn block(&mut self, section: &Section, (place, block): (usize, &Block)) -> Written {
        if let Block::Note(message) = block {
            return self.line(&said(message, self.language), false);
        }
        let Some(flat) = flat(section.id, block) else { return Ok(()) };
        let top = self.table(&flat)?;
        let before = place.checked_sub(1).and_then(|place| section.blocks.get(place));
        if matches!(before, Some(Block::Daily(_))) { self.chart(&flat.table, top) } else { Ok(()) }
    }

    /// A text on a row of its own.
    fn line(&mut self, text: &str, is_bold: bool) -> Written {
        self.write_text((self.row, 0), text, is_bold)?;
        self.row += 1;
        Ok(())
    }

    /// A table with its heading; gives the row of its head.
    fn table(&mut self, flat: &Flat) -> Written<u32> {
        let table = &flat.table;
        self.row += 1;
        if let Some(title) = &table.title {
            self.line(&said(title, self.language), true)?;
        }
        let spread: Vec<_> = (0..table.columns.len()).map(|column| has_interval(table, column)).collect();
        let top = self.row;
        let mut place = 0;
        for (column, is_spread) in table.columns.iter().zip(&spread) {
            for head in heads(column, *is_spread) {
                let head = head.text(self.language);
                self.head((top, place), &head)?;
                place += 1;
            }
        }
        for row in &table.rows {
            self.row += 1;
            let mut place = 0;
            for (cell, is_spread) in row.iter().zip(&spread) {
                self.cell((self.row, place), cell)?;
                place += if *is_spread { 3 } else { 1 };
            }
        }
        self.row += 1;
        Ok(top)
    }

    fn head(&mut self, (row, column): (u32, u16), text: &str) -> Written {
        self.widen(column, text.chars().count());
        self.sheet.write_string_with_format(row, column, text, &self.formats.head)?;
        Ok(())
    }

    fn cell(&mut self, (row, column): (u32, u16), cell: &Cell) -> Written {
        match cell {
            Cell::Missing => Ok(()),
            Cell::Count(count) => self.number((row, column), *count as f64, Scale::Whole),
            Cell::Number(value, scale) => self.number((row, column), *value, *scale),
            Cell::Money(money) => self.amount((row, column), money.to_units(), money.currency()),
            Cell::Date(date) => self.date((row, column), *date),
            Cell::Moment(moment) => self.moment((row, column), moment.to_zoned_datetime(TimeZone::UTC).datetime()),
            Cell::Estimate(estimate, scale) => ends(estimate)
                .into_iter()
                .zip(column..)
                .try_for_each(|(value, column)| self.number((row, column), value, *scale)),
            Cell::Amount(estimate, currency) => ends(estimate)
                .into_iter()
                .zip(column..)
                .try_for_each(|(value, column)| self.amount((row, column), value, *currency)),
            _ => {
                let text = cell.write(self.language);
                self.widen(column, text.chars().count());
                self.write_text((row, column), &text, false)
            }
        }
    }

    /// A number; nothing where it is none.
    fn number(&mut self, (row, column): (u32, u16), value: f64, scale: Scale) -> Written {
        if value.is_finite() {
            self.sheet.write_number_with_format(row, column, value, self.formats.number(scale))?;
        }
        Ok(())
    }

    fn amount(&mut self, (row, column): (u32, u16), units: f64, currency: Currency) -> Written {
        if units.is_finite() {
            self.sheet.write_number_with_format(row, column, units, self.formats.money(currency))?;
        }
        Ok(())
    }

    /// A day; as text where spreadsheets have no such day.
    fn date(&mut self, (row, column): (u32, u16), date: Date) -> Written {
        match excel_day(date) {
            Some(day) => self.sheet.write_datetime_with_format(row, column, &day, &self.formats.date).map(drop),
            None => self.write_text((row, column), &date.to_string(), false),
        }
    }

    fn moment(&mut self, (row, column): (u32, u16), moment: DateTime) -> Written {
        let part = |value: i8| u16::try_from(value).unwrap_or_default();
        let whole = excel_day(moment.date()).and_then(|day| {
            let minute = u8::try_from(moment.minute()).unwrap_or_default();
            day.and_hms(part(moment.hour()), minute, f64::from(moment.second())).ok()
        });
        match whole {
            Some(whole) => self.sheet.write_datetime_with_format(row, column, &whole, &self.formats.moment).map(drop),
            None => self.write_text((row, column), &moment.to_string(), false),
        }
    }

    /// A text, which stays one also where a person edits the cell.
    fn write_text(&mut self, (row, column): (u32, u16), text: &str, is_bold: bool) -> Written {
        let text = shortened(text);
        match (is_bold, is_formula(&text)) {
            (true, _) => self.sheet.write_string_with_format(row, column, text, &self.formats.title)?,
            (false, true) => self.sheet.write_string_with_format(row, column, text, &self.formats.quoted)?,
            (false, false) => self.sheet.write_string(row, column, text)?,
        };
        Ok(())
    }

    fn widen(&mut self, column: u16, width: usize) {
        let place = usize::from(column);
        if self.widths.len() <= place {
            self.widths.resize(place + 1, 0);
        }
        if let Some(known) = self.widths.get_mut(place) {
            *known = width.max(*known);
        }
    }

    /// Spend and revenue by day, beside their table.
    fn chart(&mut self, table: &Table, top: u32) -> Written {
        let place = |name: &str| {
            let found = table.columns.iter().position(|column| short(column) == name);
            found.and_then(|place| u16::try_from(place).ok())
        };
        let (Some(day), Some(last)) = (place("day"), u32::try_from(table.rows.len()).ok().filter(|rows| *rows > 0))
        else {
            return Ok(());
        };
        let (first, last) = (top + 1, top + last);
        let mut chart = Chart::new(ChartType::Line);
        chart.set_width(CHART.0).set_height(CHART.1);
        chart.title().set_name(text("daily-chart").text(self.language).as_str());
        for name in ["spend", "revenue"] {
            let Some(column) = place(name) else { continue };
            let series = chart.add_series();
            series
                .set_categories((self.name.as_str(), first, day, last, day))
                .set_values((self.name.as_str(), first, column, last, column))
                .set_name(text(name).text(self.language).as_str());
        }
        let free = u16::try_from(table.columns.len() + 1).unwrap_or(u16::MAX);
        self.sheet.insert_chart(top, free, &chart).map(drop)
    }

    fn close(self) -> Written {
        for (column, width) in (0..).zip(&self.widths) {
            let width = u8::try_from((*width + 2).clamp(WIDTHS.0, WIDTHS.1)).unwrap_or(u8::MAX);
            self.sheet.set_column_width(column, width)?;
        }
        Ok(())
    }
}

/// The head of a column; one with intervals takes three.
fn heads(column: &Message, is_spread: bool) -> Vec<Message> {
    let end = |name: &str| text(name).with("name", crate::model::message::Argument::List(vec![column.clone()]));
    if is_spread { vec![column.clone(), end("low-of"), end("high-of")] } else { vec![column.clone()] }
}

/// Whether a column has estimates, which take three columns: the value and the ends of its interval.
fn has_interval(table: &Table, column: usize) -> bool {
    let is_estimate = |cell: &Cell| matches!(cell, Cell::Estimate(..) | Cell::Amount(..));
    table.rows.iter().filter_map(|row| row.get(column)).any(is_estimate)
}

fn ends(estimate: &Estimate) -> [f64; 3] {
    [estimate.value, estimate.low, estimate.high]
}

fn excel_day(date: Date) -> Option<ExcelDateTime> {
    let part = |value: i8| u8::try_from(value).ok();
    let year = u16::try_from(date.year()).ok()?;
    ExcelDateTime::from_ymd(year, part(date.month())?, part(date.day())?).ok()
}

/// A text that fits into a cell.
fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').take(LONGEST_TEXT).collect()
}

/// The name of a section as spreadsheets take it, different from those before whatever the case.
fn sheet_name(title: &str, taken: &[String]) -> String {
    let is_taken = |name: &str| taken.iter().any(|one| one.to_lowercase() == name.to_lowercase());
    let plain: String = title.chars().map(|letter| if r"[]:*?/\'".contains(letter) { ' ' } else { letter }).collect();
    let cut = |room: usize| {
        let mut units = 0;
        let fits = |letter: &char| {
            units += letter.len_utf16();
            units <= room
        };
        plain.trim().chars().take_while(fits).collect::<String>().trim_end().to_owned()
    };
    let mut name = cut(LONGEST_NAME);
    let mut number = 2;
    while is_taken(&name) || name.is_empty() {
        let mark = format!(" {number}");
        name = format!("{}{mark}", cut(LONGEST_NAME - mark.len()));
        number += 1;
    }
    name
}
