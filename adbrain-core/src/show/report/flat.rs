//! The tables of a document for programs and spreadsheets: tiles are rows too, and texts that a spreadsheet would run are made harmless.

use super::cell::Cell;
use super::document::{Block, Document, Section, Table, Tile, text};
use crate::model::Message;

/// Signs at the start of a text that make a spreadsheet take it for a formula (OWASP, "CSV injection").
pub(crate) const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// One table of a section.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flat {
    /// The section by its anchor.
    pub(super) section: &'static str,
    /// The table in its section, for programs: `days-by-platform`; the section's own name where it has no heading.
    pub(super) name: String,
    /// The rows.
    pub(super) table: Table,
}

/// Every table of a document, in order.
pub(super) fn tables(document: &Document) -> Vec<Flat> {
    let of = |section: &Section| {
        let id = section.id;
        section.blocks.iter().filter_map(move |block| flat(id, block)).collect::<Vec<_>>()
    };
    document.sections.iter().flat_map(of).collect()
}

/// The table of a block, where it has one; charts are left out: their rows stand in the tables.
pub(super) fn flat(section: &'static str, block: &Block) -> Option<Flat> {
    let (name, table) = match block {
        Block::Tiles(tiles) => ("tiles".to_owned(), tile_table(tiles)),
        Block::Table(table) => {
            let name = table.title.as_ref().map_or_else(|| section.to_owned(), |title| short(title).to_owned());
            (name, table.clone())
        }
        Block::Note(_) | Block::Daily(_) | Block::Roas(_) => return None,
    };
    Some(Flat { section, name, table })
}

/// Tiles as a table: what it is, what was reached, what was wanted, whether that is met.
pub(super) fn tile_table(tiles: &[Tile]) -> Table {
    let rows = tiles.iter().map(|tile| {
        let met = tile.verdict().map_or(Cell::Missing, |verdict| Cell::Message(text(verdict)));
        vec![Cell::Message(tile.label.clone()), tile.value.clone(), tile.target.clone(), met]
    });
    let columns = ["figure", "reached", "target", "target-met"].map(text).to_vec();
    Table { title: None, columns, rows: rows.collect() }
}

/// The name of a text of the report for programs: `spend` of `report-spend`.
pub(super) fn short(message: &Message) -> &str {
    message.key.strip_prefix("report-").unwrap_or(&message.key)
}

/// Whether a spreadsheet would take a text for a formula.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA_SIGNS)
}

/// A text that no spreadsheet runs: one that begins like a formula gets an apostrophe before it.
pub(super) fn harmless(text: String) -> String {
    if is_formula(&text) { format!("'{text}") } else { text }
}
