//! Tables: columns as wide as their texts need, rows that break over pages, the head again on each.

use super::layout::{Colour, LEADING, LEFT, Layout, Mark, Style, WIDTH};
use crate::model::Language;
use crate::report::document::{Table, text};

const HEAD: Style = Style { size: 7.5, is_bold: true, colour: Colour::Ink };
const CELL: Style = Style { size: 7.5, is_bold: false, colour: Colour::Ink };
const NOTE: Style = Style { size: 8.0, is_bold: false, colour: Colour::Soft };
/// Room around a text in its cell.
const PAD: f32 = 3.0;
/// The widest that a column wants to be, and the widest word that is kept whole.
const WIDEST: f32 = 220.0;
const WIDEST_WORD: f32 = 90.0;
/// The most rows; the other formats hold the rest.
const MOST_ROWS: usize = 400;

/// A whole table.
pub(super) fn draw(page: &mut Layout<'_>, table: &Table, language: Language) {
    if table.rows.is_empty() {
        return page.paragraph(&text("nothing").text(language), NOTE);
    }
    let head: Vec<_> = table.columns.iter().map(|column| column.text(language)).collect();
    let rows = table.rows.iter().take(MOST_ROWS);
    let rows: Vec<Vec<_>> = rows.map(|row| row.iter().map(|cell| cell.write(language)).collect()).collect();
    let widths = widths(page, &head, &rows);
    let head = lines(page, (&head, HEAD), &widths);
    let first = rows.first().map_or(0.0, |row| height(&lines(page, (row, CELL), &widths)));
    page.room(height(&head) + first);
    put(page, (&head, HEAD), &widths);
    for row in &rows {
        row_of(page, &head, (&lines(page, (row, CELL), &widths), &widths));
    }
    let left = i64::try_from(table.rows.len().saturating_sub(MOST_ROWS)).unwrap_or(i64::MAX);
    if left > 0 {
        page.paragraph(&text("more-rows").with("count", left).text(language), NOTE);
    }
    page.down(PAD);
}

/// The lines of each cell of a row.
type Row = Vec<Vec<String>>;

/// One row; one that is higher than what is left goes to the next page, one that is higher than a page is cut between its lines.
fn row_of(page: &mut Layout<'_>, head: &Row, (row, widths): (&Row, &[f32])) {
    let mut row = row.clone();
    loop {
        if height(&row) <= page.left_over() {
            return put(page, (&row, CELL), widths);
        }
        page.turn();
        put(page, (head, HEAD), widths);
        let fits = fitting(page.left_over());
        if row.iter().all(|cell| cell.len() <= fits) {
            return put(page, (&row, CELL), widths);
        }
        let rest = row.iter_mut().map(|cell| cell.split_off(cell.len().min(fits))).collect();
        put(page, (&row, CELL), widths);
        row = rest;
    }
}

/// How many lines a height takes, one at least.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a height of a page, never below zero")]
fn fitting(height: f32) -> usize {
    ((height - 2.0 * PAD) / (CELL.size * LEADING)).max(1.0) as usize
}

fn height(row: &Row) -> f32 {
    let most = row.iter().map(Vec::len).max().unwrap_or(0);
    most as f32 * CELL.size * LEADING + 2.0 * PAD
}

fn lines(page: &Layout<'_>, (row, style): (&[String], Style), widths: &[f32]) -> Row {
    let face = page.fonts.face(style.is_bold);
    row.iter().zip(widths).map(|(cell, width)| face.lines(cell, (style.size, width - 2.0 * PAD))).collect()
}

/// Puts a row where the page stands.
fn put(page: &mut Layout<'_>, (row, style): (&Row, Style), widths: &[f32]) {
    let (top, height) = (page.room(0.0), height(row));
    if style.is_bold {
        page.card([LEFT, top, widths.iter().sum(), height]);
    }
    let mut left = LEFT;
    for (cell, width) in row.iter().zip(widths) {
        for (number, line) in cell.iter().enumerate() {
            let base = top + PAD + style.size + number as f32 * style.size * LEADING;
            page.mark(Mark::Text { at: (left + PAD, base), text: line.clone(), style });
        }
        left += width;
    }
    page.rule([LEFT, top + height, widths.iter().sum()]);
    page.down(height);
}

/// How wide each column is: as wide as its longest word at least, as its longest text at most, and together no wider than the page.
fn widths(page: &Layout<'_>, head: &[String], rows: &[Vec<String>]) -> Vec<f32> {
    let measured = |column: usize| {
        let face = |style: Style| page.fonts.face(style.is_bold);
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| (cell.as_str(), CELL));
        let texts = head.get(column).map(|head| (head.as_str(), HEAD)).into_iter().chain(cells);
        texts.fold((0.0_f32, 0.0_f32), |(word, whole), (text, style)| {
            let widest = text.split(' ').map(|word| face(style).width(word, style.size)).fold(0.0, f32::max);
            (word.max(widest.min(WIDEST_WORD)), whole.max(face(style).width(text, style.size).min(WIDEST)))
        })
    };
    let wanted: Vec<_> =
        (0..head.len()).map(measured).map(|(word, whole)| (word + 2.0 * PAD, whole + 2.0 * PAD)).collect();
    let (least, most): (f32, f32) =
        (wanted.iter().map(|wanted| wanted.0).sum(), wanted.iter().map(|wanted| wanted.1).sum());
    if most <= WIDTH {
        return wanted.iter().map(|wanted| wanted.1).collect();
    }
    if least >= WIDTH {
        return wanted.iter().map(|wanted| wanted.0 * WIDTH / least).collect();
    }
    // What is over the words is shared by what each column still wants.
    let share = (WIDTH - least) / (most - least);
    wanted.iter().map(|(word, whole)| word + (whole - word) * share).collect()
}
