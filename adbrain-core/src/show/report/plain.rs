//! The plain writer, for a terminal: headings, sentences, and tables whose columns stand below each other.

use super::cell::Cell;
use super::document::{Block, Document, Section, Table, Tile};
use super::words::said;
use crate::model::{Language, Message};

/// The widest that a column becomes; a longer cell sticks out.
const WIDEST: usize = 44;

/// The whole document. Charts are left out.
pub(super) fn write(document: &Document, language: Language) -> String {
    let head = format!("{}: {} ({})", document.head.text(language), document.title, document.basis.text(language));
    let sections = document.sections.iter().map(|section| section_text(section, language));
    std::iter::once(one_line(&head)).chain(sections).collect::<Vec<_>>().join("\n\n")
}

fn section_text(section: &Section, language: Language) -> String {
    let blocks = section.blocks.iter().flat_map(|block| block_lines(block, language));
    let title = one_line(&section.title.text(language));
    std::iter::once(title).chain(blocks.map(|line| format!("  {line}"))).collect::<Vec<_>>().join("\n")
}

fn block_lines(block: &Block, language: Language) -> Vec<String> {
    match block {
        Block::Note(message) => vec![one_line(&said(message, language))],
        Block::Tiles(tiles) => tiles.iter().map(|tile| tile_line(tile, language)).collect(),
        Block::Table(table) => table_lines(table, language),
        Block::Daily(_) | Block::Roas(_) => Vec::new(),
    }
}

fn tile_line(tile: &Tile, language: Language) -> String {
    let line = Message::new("cli-tile")
        .with("label", tile.label.text(language))
        .with("value", tile.reached(language))
        .with("target", tile.target.write(language));
    one_line(&line.text(language))
}

fn table_lines(table: &Table, language: Language) -> Vec<String> {
    let head: Vec<_> = table.columns.iter().map(|column| one_line(&said(column, language))).collect();
    let row = |row: &Vec<Cell>| row.iter().map(|cell| one_line(&cell.write(language))).collect::<Vec<_>>();
    let rows: Vec<_> = std::iter::once(head).chain(table.rows.iter().map(row)).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..table.columns.len()).map(width).collect();
    let padded = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let title = table.title.iter().map(|title| one_line(&title.text(language)));
    title.chain(rows.iter().map(padded)).collect()
}

/// Text from outside moves no cursor and begins no line.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::document::text;
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_hostile_text_stays_in_its_line() {
        let rows = vec![vec![Cell::text("a\n\u{1b}[2Jb"), Cell::Count(7)], vec![Cell::text("c"), Cell::Missing]];
        let table = Table { title: None, columns: vec![text("file"), text("size")], rows };
        let section = Section { id: "files", title: text("files"), blocks: vec![Block::Table(table)] };
        let document =
            Document { head: text("plan"), title: "Summer".into(), basis: text("simulated"), sections: vec![section] };
        let lines = ["Plan: Summer (simulated)", "", "Files", "  File     Size", "  a  [2Jb  7", "  c        –"];
        assert_eq!(document.text(Language::English), lines.join("\n"));
    }
}
