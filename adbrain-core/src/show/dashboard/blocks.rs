//! Blocks of reports as the page takes them: every value is text in one language, written by the reports' own writers.

use serde_json::{Value, json};

use crate::model::Language;
use crate::report::{Block, Cell, Section, Table, Tile};

/// A section with its heading.
pub(super) fn section(section: &Section, language: Language) -> Value {
    json!({"title": section.title.text(language), "blocks": blocks(&section.blocks, language)})
}

/// Blocks that are text; charts are drawn by the page from figures of their own.
pub(super) fn blocks(blocks: &[Block], language: Language) -> Value {
    blocks.iter().filter_map(|block| one(block, language)).collect()
}

fn one(block: &Block, language: Language) -> Option<Value> {
    Some(match block {
        Block::Note(message) => json!({"note": Cell::Message(message.clone()).write(language)}),
        Block::Tiles(tiles) => json!({"tiles": tiles.iter().map(|one| tile(one, language)).collect::<Vec<_>>()}),
        Block::Table(one) => table(one, language),
        _ => return None,
    })
}

fn tile(tile: &Tile, language: Language) -> Value {
    json!({
        "label": tile.label.text(language),
        "value": cell(&tile.value, language),
        "target": cell(&tile.target, language),
        "is_met": tile.is_met,
    })
}

fn table(table: &Table, language: Language) -> Value {
    let columns: Vec<_> = table.columns.iter().map(|head| head.text(language)).collect();
    let row = |row: &Vec<Cell>| row.iter().map(|one| cell(one, language)).collect::<Vec<_>>();
    json!({
        "title": table.title.as_ref().map(|title| title.text(language)),
        "columns": columns,
        "rows": table.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

/// A value as text; an amount stays on one line with its currency.
fn cell(cell: &Cell, language: Language) -> String {
    let text = cell.write(language);
    if matches!(cell, Cell::Money(_)) { text.replace(' ', "\u{a0}") } else { text }
}
