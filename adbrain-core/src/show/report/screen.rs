//! The first screen of a document as lines, for channels that show no page.

use super::cell::{Cell, MISSING};
use super::document::{Block, Document, Table, Tile, text};
use super::flat::short;
use super::words::said;
use crate::model::Language;

/// The tables of the first screen that are told, by their headings.
const TOLD: [&str; 5] = ["against-before", "needs", "changed", "refusals", "cap-use"];
/// The most lines; whoever wants more reads the report.
const MOST_LINES: usize = 40;

/// What it is, in a line.
pub(super) fn headline(document: &Document, language: Language) -> String {
    let (head, basis) = (document.head.text(language), document.basis.text(language));
    format!("{head}: {} ({basis})", document.title)
}

/// The first section, a line for each thing.
pub(super) fn lines(document: &Document, language: Language) -> Vec<String> {
    let blocks = document.sections.first().map_or(&[][..], |section| &section.blocks);
    let of = |block: &Block| match block {
        Block::Note(message) => vec![said(message, language)],
        Block::Tiles(tiles) => tiles.iter().map(|tile| tile_line(tile, language)).collect(),
        Block::Table(table) if is_told(table) => table.rows.iter().map(|row| row_line(table, row, language)).collect(),
        _ => Vec::new(),
    };
    blocks.iter().flat_map(of).take(MOST_LINES).collect()
}

fn is_told(table: &Table) -> bool {
    table.title.as_ref().is_some_and(|title| TOLD.contains(&short(title)))
}

/// `ROAS: 2.50 (2.10 to 2.90), target 3.00: not met`.
fn tile_line(tile: &Tile, language: Language) -> String {
    let reached = format!("{}: {}", tile.label.text(language), tile.reached(language));
    let target = tile.target.write(language);
    if target == MISSING {
        return reached;
    }
    let verdict = tile.verdict().map_or_else(String::new, |verdict| format!(" ({})", text(verdict).text(language)));
    format!("{reached}, {} {target}{verdict}", text("target").text(language).to_lowercase())
}

/// A row: what it is, then each value with the head of its column.
fn row_line(table: &Table, row: &[Cell], language: Language) -> String {
    let mut cells = table.columns.iter().zip(row);
    let first = cells.next().map_or_else(String::new, |(_, cell)| cell.write(language));
    let others = cells.filter_map(|(column, cell)| {
        let value = cell.write(language);
        (value != MISSING).then(|| format!("{} {value}", column.text(language).to_lowercase()))
    });
    format!("{first}: {}", others.collect::<Vec<_>>().join("; "))
}
