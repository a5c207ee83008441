//! The PDF writer: pages of A4 across, texts that can be selected, charts as lines. Nothing in it comes from a clock or from chance, so that the
//! same report gives the same bytes.
//!
//! What stands where is laid out first, as marks on pages; then the marks are painted.

mod chart;
mod font;
mod layout;
mod paint;
mod table;

use super::chart::{daily, roas};
use super::document::{Block, Document, Tile, text};
use super::words::said;
use crate::error::Result;
use crate::model::Language;
use font::Fonts;
use layout::{Colour, LEFT, Layout, Style, WIDTH};

/// The heading of the report, those of sections and of tables, sentences, what is small.
const TITLE: Style = Style { size: 18.0, is_bold: true, colour: Colour::Ink };
const SECTION: Style = Style { size: 13.0, is_bold: true, colour: Colour::Ink };
const HEADING: Style = Style { size: 10.0, is_bold: true, colour: Colour::Ink };
const NOTE: Style = Style { size: 9.0, is_bold: false, colour: Colour::Soft };
const VALUE: Style = Style { size: 15.0, is_bold: true, colour: Colour::Ink };
/// Room between tiles, and inside them.
const GAP: f32 = 8.0;
/// The height of a tile.
const TILE: f32 = 66.0;

/// The whole report.
pub(super) fn write(document: &Document, language: Language) -> Result<Vec<u8>> {
    let fonts = Fonts::load()?;
    let mut page = Layout::new(&fonts);
    let title = format!("{}: {}", document.head.text(language), document.title);
    page.paragraph(&title, TITLE);
    page.paragraph(&document.basis.text(language), NOTE);
    for section in &document.sections {
        page.section(&section.title.text(language), SECTION);
        for block in &section.blocks {
            draw(&mut page, block, language)?;
        }
    }
    let footer = |number: usize, count: usize| {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        text("page-of").with("page", whole(number)).with("pages", whole(count)).text(language)
    };
    let (pages, places) = page.finish((&title, NOTE), &footer);
    paint::paint(&pages, (&places, &fonts), (&title, language))
}

fn draw(page: &mut Layout<'_>, block: &Block, language: Language) -> Result<()> {
    match block {
        Block::Note(message) => page.paragraph(&said(message, language), NOTE),
        Block::Tiles(tiles) => draw_tiles(page, tiles, language),
        Block::Table(table) => {
            if let Some(title) = &table.title {
                page.heading(&said(title, language), HEADING);
            }
            table::draw(page, table, language);
        }
        Block::Daily(days) => {
            chart::draw(page, &daily(days, language)?, &caption("daily-chart", ["spend", "revenue"], language))?;
        }
        Block::Roas(points) => {
            chart::draw(
                page,
                &roas(points, language)?,
                &caption("roas-chart", ["expected-roas", "reached"], language),
            )?;
        }
    }
    Ok(())
}

/// What a chart shows, and what its two colours are.
fn caption(name: &str, keys: [&str; 2], language: Language) -> [String; 3] {
    let [one, two] = keys.map(|key| text(key).text(language));
    [text(name).text(language), one, two]
}

/// Figures side by side, each with its target.
fn draw_tiles(page: &mut Layout<'_>, tiles: &[Tile], language: Language) {
    let in_a_row = 4;
    for row in tiles.chunks(in_a_row) {
        let top = page.room(TILE + GAP);
        let width = (WIDTH - GAP * (in_a_row as f32 - 1.0)) / in_a_row as f32;
        for (place, tile) in row.iter().enumerate() {
            let left = LEFT + place as f32 * (width + GAP);
            draw_tile(page, (tile, language), [left, top, width]);
        }
        page.down(TILE + GAP);
    }
}

fn draw_tile(page: &mut Layout<'_>, (tile, language): (&Tile, Language), [left, top, width]: [f32; 3]) {
    page.card([left, top, width, TILE]);
    let inner = left + GAP;
    let room = width - 2.0 * GAP;
    let ends = tile.value.ends().map(|ends| ends.map(|end| end.write(language)));
    let value = ends.as_ref().map_or_else(|| tile.value.write(language), |[value, ..]| value.clone());
    page.text_at([inner, top + 14.0, room], &tile.label.text(language), NOTE);
    page.text_at([inner, top + 32.0, room], &value, VALUE);
    if let Some([_, low, high]) = ends {
        let range = text("interval").with("low", low).with("high", high).text(language);
        page.text_at([inner, top + 45.0, room], &range, Style { size: 7.5, ..NOTE });
    }
    let verdict = tile.verdict().map_or_else(String::new, |verdict| text(verdict).text(language));
    let colour = match tile.verdict() {
        Some("met") => Colour::Two,
        Some("not-met") => Colour::Bad,
        _ => Colour::Soft,
    };
    let target = format!("{}: {} {verdict}", text("target").text(language), tile.target.write(language));
    page.text_at([inner, top + 58.0, room], &target, Style { size: 8.0, is_bold: false, colour });
}
