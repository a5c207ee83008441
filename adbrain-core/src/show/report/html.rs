//! The HTML writer: one file, no script, nothing loaded; the template escapes every text.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::chart;
use super::document::{Block, Document, Section, Table, Tile, text};
use super::words::said;
use crate::error::{Error, ErrorKind, Result, Source};
use crate::model::{Language, Message};

/// The largest page, in bytes: what can be mailed and opens at once.
const LARGEST: usize = 300 << 10;
/// The most rows of a table, tried in this order until the page is small enough; the last one holds whatever the size.
const MOST_ROWS: [usize; 7] = [usize::MAX, 400, 200, 100, 50, 25, 12];

/// The largest page in a mail: some programs cut it beyond.
const LARGEST_MAIL: usize = 100 << 10;
/// The colours of the page for programs that know no variables.
const COLOURS: [(&str, &str); 8] = [
    ("var(--ink)", "#1b1f24"),
    ("var(--soft)", "#59636e"),
    ("var(--line)", "#d1d9e0"),
    ("var(--page)", "#fff"),
    ("var(--card)", "#f6f8fa"),
    ("var(--one)", "#0969da"),
    ("var(--two)", "#1a7f37"),
    ("var(--bad)", "#b3261e"),
];

/// The whole report. Where the page would be too large, long tables end early and say so.
pub(super) fn write(document: &Document, language: Language) -> Result<String> {
    fitting(document, LARGEST, language)
}

/// The report in a mail: without charts and their colours, which mail programs do not show.
pub(super) fn write_mail(document: &Document, language: Language) -> Result<String> {
    let mut plain = document.clone();
    for section in &mut plain.sections {
        section.blocks.retain(|block| !matches!(block, Block::Daily(_) | Block::Roas(_)));
    }
    let page = fitting(&plain, LARGEST_MAIL, language)?;
    Ok(COLOURS.iter().fold(page, |page, (variable, colour)| page.replace(variable, colour)))
}

/// The page with as many rows of its tables as it may be large.
fn fitting(document: &Document, largest: usize, language: Language) -> Result<String> {
    let mut page = String::new();
    for most in MOST_ROWS {
        page = write_rows(document, most, language)?;
        if page.len() < largest {
            break;
        }
    }
    Ok(page)
}

/// The report with so many rows of each table at most.
fn write_rows(document: &Document, most: usize, language: Language) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("report.html", include_str!("report.html")).map_err(broken)?;
    let sections = document.sections.iter().map(|section| section_value(section, most, language));
    let values = context! {
        lang => language.as_str(),
        head => document.head.text(language),
        title => document.title.clone(),
        basis => document.basis.text(language),
        contents => text("contents").text(language),
        target => text("target").text(language),
        nothing => text("nothing").text(language),
        sections => sections.collect::<Result<Vec<_>>>()?,
    };
    environment.get_template("report.html").and_then(|template| template.render(values)).map_err(broken)
}

fn broken(error: minijinja::Error) -> Error {
    Error::new(ErrorKind::Internal, "the page of the report cannot be written").caused_by(Box::new(error) as Source)
}

fn section_value(section: &Section, most: usize, language: Language) -> Result<Value> {
    let blocks = section.blocks.iter().map(|block| block_value(block, most, language)).collect::<Result<Vec<_>>>()?;
    Ok(context! { id => section.id, title => section.title.text(language), blocks => blocks })
}

fn block_value(block: &Block, most: usize, language: Language) -> Result<Value> {
    Ok(match block {
        Block::Note(message) => context! { kind => "note", text => said(message, language) },
        Block::Tiles(tiles) => {
            context! { kind => "tiles", tiles => tiles.iter().map(|tile| tile_value(tile, language)).collect::<Vec<_>>() }
        }
        Block::Table(table) => table_value(table, most, language),
        Block::Daily(days) => {
            figure(chart::daily(days, language)?, &text("daily-chart"), &["spend", "revenue"], language)
        }
        Block::Roas(points) => {
            figure(chart::roas(points, language)?, &text("roas-chart"), &["expected-roas", "reached"], language)
        }
    })
}

/// A drawing with its caption and the names of its two colours.
fn figure(svg: String, caption: &Message, keys: &[&str], language: Language) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| text(key).text(language)).collect();
    context! { kind => "chart", svg => Value::from_safe_string(svg), caption => caption.text(language), keys => keys }
}

fn tile_value(tile: &Tile, language: Language) -> Value {
    let verdict = tile.verdict();
    let ends = tile.value.ends().map(|ends| ends.map(|end| end.write(language)));
    let [value, low, high] = ends.clone().unwrap_or_else(|| [tile.value.write(language), String::new(), String::new()]);
    let range = text("interval").with("low", low).with("high", high).text(language);
    context! {
        label => tile.label.text(language),
        value => value,
        range => ends.map_or_else(String::new, |_| range),
        target => tile.target.write(language),
        class => verdict.unwrap_or("open"),
        verdict => verdict.map_or_else(String::new, |verdict| text(verdict).text(language)),
    }
}

fn table_value(table: &Table, most: usize, language: Language) -> Value {
    let columns: Vec<_> = table.columns.iter().map(|column| column.text(language)).collect();
    let rows = table.rows.iter().take(most).map(|row| row.iter().map(|cell| cell.write(language)).collect::<Vec<_>>());
    let title = table.title.as_ref().map_or_else(String::new, |title| title.text(language));
    let left = i64::try_from(table.rows.len().saturating_sub(most)).unwrap_or(i64::MAX);
    let more = if left > 0 { text("more-rows").with("count", left).text(language) } else { String::new() };
    context! { kind => "table", title => title, columns => columns, rows => rows.collect::<Vec<_>>(), more => more }
}
