//! The Markdown writer. Every text is escaped: nothing from outside becomes markup.

use super::document::{Block, Document, Section, Table, text};
use super::flat::tile_table;
use super::words::said;
use crate::model::{Language, Message};

/// The whole report. Charts are left out: their rows stand in the tables.
pub(super) fn write(document: &Document, language: Language) -> String {
    let head = document.head.text(language);
    let mut out = format!("# {}: {} ({})\n", escape(&head), escape(&document.title), say(&document.basis, language));
    for section in &document.sections {
        out.push_str(&section_text(section, language));
    }
    out
}

fn section_text(section: &Section, language: Language) -> String {
    let blocks = section.blocks.iter().filter_map(|block| block_text(block, language));
    format!("\n## {}\n{}", say(&section.title, language), blocks.collect::<String>())
}

fn block_text(block: &Block, language: Language) -> Option<String> {
    match block {
        Block::Note(message) => Some(format!("\n{}\n", say(message, language))),
        Block::Tiles(tiles) => Some(table_text(&tile_table(tiles), language)),
        Block::Table(table) => Some(table_text(table, language)),
        Block::Daily(_) | Block::Roas(_) => None,
    }
}

fn table_text(table: &Table, language: Language) -> String {
    let title = table.title.as_ref().map_or_else(String::new, |title| format!("\n### {}\n", say(title, language)));
    if table.rows.is_empty() {
        return format!("{title}\n{}\n", say(&text("nothing"), language));
    }
    let heads = line(table.columns.iter().map(|column| say(column, language)));
    let rule = line(table.columns.iter().map(|_| "---".to_owned()));
    let rows = table.rows.iter().map(|row| line(row.iter().map(|cell| escape(&cell.write(language)))));
    format!("{title}\n{heads}{rule}{}", rows.collect::<String>())
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.collect();
    format!("| {} |\n", cells.join(" | "))
}

fn say(message: &Message, language: Language) -> String {
    escape(&said(message, language))
}

/// Takes the meaning from the signs of Markdown and HTML, and puts the text on one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text_in_one_cell() {
        assert_eq!(escape("a|b\n<script>[x](y)"), "a\\|b &lt;script&gt;\\[x\\](y)");
    }
}
