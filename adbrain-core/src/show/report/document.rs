//! The one report model: sections with typed content, in no language yet.

use jiff::civil::Date;

use super::cell::Cell;
use crate::error::Result;
use crate::model::{Currency, Estimate, Language, Message, Platform};

/// A whole report.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is: `Campaign report`.
    pub head: Message,
    /// The name of the campaign; text from outside.
    pub title: String,
    /// `simulated` or `measured`: what the figures of the run are.
    pub basis: Message,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its anchor: `summary`.
    pub id: &'static str,
    /// Its heading.
    pub title: Message,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Block {
    /// A sentence.
    Note(Message),
    /// Figures with their targets.
    Tiles(Vec<Tile>),
    /// Rows and columns.
    Table(Table),
    /// Spend and revenue by day, drawn.
    Daily(DailyChart),
    /// ROAS by platform with its interval, drawn.
    Roas(Vec<RoasPoint>),
}

/// One figure with its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// What it is.
    pub label: Message,
    /// What was reached.
    pub value: Cell,
    /// What was wanted.
    pub target: Cell,
    /// Whether the target is met; none where it cannot be said.
    pub is_met: Option<bool>,
    /// Whether the interval of what was reached holds the target, so that chance may have decided; none without one.
    pub holds_target: Option<bool>,
}

impl Tile {
    /// `met`, `not-met`, or `unsure` where the interval holds the target; none without a target.
    pub(super) fn verdict(&self) -> Option<&'static str> {
        let is_met = self.is_met?;
        match (self.holds_target, is_met) {
            (Some(true), _) => Some("unsure"),
            (_, true) => Some("met"),
            (_, false) => Some("not-met"),
        }
    }

    /// What was reached, with its interval where it has one: `2.50 (2.10 to 2.90)`.
    pub fn reached(&self, language: Language) -> String {
        match self.value.ends() {
            None => self.value.write(language),
            Some([value, low, high]) => text("range")
                .with("value", value.write(language))
                .with("low", low.write(language))
                .with("high", high.write(language))
                .text(language),
        }
    }
}

/// Rows and columns. Every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its heading, where the section has several.
    pub title: Option<Message>,
    /// The heads of the columns.
    pub columns: Vec<Message>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// Spend and revenue by day, in units of the currency.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyChart {
    /// The currency.
    pub currency: Currency,
    /// Day, spend, revenue.
    pub days: Vec<(Date, f64, f64)>,
}

/// The ROAS of one platform: expected with interval, and reached.
#[derive(Debug, Clone, PartialEq)]
pub struct RoasPoint {
    /// The platform.
    pub platform: Platform,
    /// What was expected.
    pub expected: Estimate,
    /// What was reached; none over nothing.
    pub reached: Option<f64>,
}

impl Document {
    /// The document as plain text, for a terminal.
    pub fn text(&self, language: Language) -> String {
        super::plain::write(self, language)
    }

    /// The document as Markdown with tables.
    pub fn markdown(&self, language: Language) -> String {
        super::markdown::write(self, language)
    }

    /// The document as one self-contained HTML file: no script, nothing loaded from elsewhere.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the page cannot be drawn.
    pub fn html(&self, language: Language) -> Result<String> {
        super::html::write(self, language)
    }
}

impl Section {
    /// A section `id` whose heading is `report-ID`.
    pub(super) fn new(id: &'static str, blocks: Vec<Block>) -> Self {
        Self { id, title: text(id), blocks }
    }
}

/// The text `report-NAME` of the catalogue.
pub(super) fn text(name: &str) -> Message {
    Message::new(format!("report-{name}"))
}

/// A table with heads `report-COLUMN`; a sentence that there is nothing, where it has no rows.
pub(super) fn table(columns: &[&str], rows: Vec<Vec<Cell>>) -> Block {
    if rows.is_empty() {
        return Block::Note(text("nothing"));
    }
    Block::Table(Table { title: None, columns: columns.iter().map(|name| text(name)).collect(), rows })
}

/// The same with a heading of its own, `report-TITLE`.
pub(super) fn titled(title: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Block {
    let columns = columns.iter().map(|name| text(name)).collect();
    Block::Table(Table { title: Some(text(title)), columns, rows })
}
