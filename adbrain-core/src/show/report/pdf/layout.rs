//! Where everything stands: marks on pages, from top to bottom.

use super::font::Fonts;

/// A4 across, in points.
pub(super) const PAGE: (f32, f32) = (841.89, 595.28);
/// The margin on each side.
const MARGIN: f32 = 36.0;
/// Where everything begins, and the width between the margins.
pub(super) const LEFT: f32 = MARGIN;
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// The height of a line, in sizes.
pub(super) const LEADING: f32 = 1.35;
/// Room below a paragraph, above a heading, above a section.
const AFTER: f32 = 4.0;
const ABOVE_HEADING: f32 = 8.0;
const ABOVE_SECTION: f32 = 14.0;
/// A heading takes so much of what follows with it onto a page.
const WITH_HEADING: f32 = 60.0;
/// The line of the footer, from the bottom of the page.
const FOOTER: f32 = 20.0;

/// A colour of the report, as in its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    Ink,
    Soft,
    Line,
    Card,
    One,
    Two,
    Bad,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) colour: Colour,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A text with its left end on the base line.
    Text { at: (f32, f32), text: String, style: Style },
    /// Lines from point to point; filled where `is_filled`, else drawn with a width.
    Path { points: Vec<(f32, f32)>, colour: Colour, width: f32, is_filled: bool },
}

/// The marks of a page.
pub(super) type Page = Vec<Mark>;
/// Where a section begins: its heading, the page, how far down.
pub(super) type Place = (String, usize, f32);

/// Pages that are being laid out.
pub(super) struct Layout<'a> {
    pub(super) fonts: &'a Fonts,
    pages: Vec<Page>,
    places: Vec<Place>,
    down: f32,
}

impl<'a> Layout<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, pages: vec![Vec::new()], places: Vec::new(), down: MARGIN }
    }

    /// The height that is left on this page.
    pub(super) fn left_over(&self) -> f32 {
        PAGE.1 - MARGIN - self.down
    }

    /// How far down the next thing stands, on a page with so much room, a new one where needed.
    pub(super) fn room(&mut self, height: f32) -> f32 {
        if height > self.left_over() && self.down > MARGIN {
            self.turn();
        }
        self.down
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.down = MARGIN;
    }

    pub(super) fn down(&mut self, height: f32) {
        self.down += height;
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// A text over the whole width, in as many lines as it takes.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        let lines = self.fonts.face(style.is_bold).lines(text, (style.size, WIDTH));
        for line in lines {
            let top = self.room(style.size * LEADING);
            self.mark(Mark::Text { at: (MARGIN, top + style.size), text: line, style });
            self.down(style.size * LEADING);
        }
        self.down(AFTER);
    }

    /// The heading of a table.
    pub(super) fn heading(&mut self, text: &str, style: Style) {
        self.room(ABOVE_HEADING + WITH_HEADING);
        self.down(ABOVE_HEADING);
        self.paragraph(text, style);
    }

    /// The heading of a section, with a line above it.
    pub(super) fn section(&mut self, text: &str, style: Style) {
        let top = self.room(ABOVE_SECTION + WITH_HEADING) + ABOVE_SECTION / 2.0;
        self.rule([LEFT, top, WIDTH]);
        self.down(ABOVE_SECTION);
        self.places.push((text.to_owned(), self.pages.len() - 1, self.down));
        self.paragraph(text, style);
    }

    /// A line across.
    pub(super) fn rule(&mut self, [left, top, width]: [f32; 3]) {
        let points = vec![(left, top), (left + width, top)];
        self.mark(Mark::Path { points, colour: Colour::Line, width: 0.5, is_filled: false });
    }

    /// A filled box.
    pub(super) fn card(&mut self, [left, top, width, height]: [f32; 4]) {
        let (right, bottom) = (left + width, top + height);
        let points = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        self.mark(Mark::Path { points, colour: Colour::Card, width: 0.0, is_filled: true });
    }

    /// A text on one line, smaller where it would be too wide.
    pub(super) fn text_at(&mut self, [left, base, room]: [f32; 3], text: &str, style: Style) {
        let face = self.fonts.face(style.is_bold);
        let text = face.shown(text);
        let width = face.width(&text, style.size);
        let size = if width > room { style.size * room / width } else { style.size };
        self.mark(Mark::Text { at: (left, base), text, style: Style { size, ..style } });
    }

    /// The pages with their footers, and where the sections begin.
    pub(super) fn finish(
        mut self,
        (title, style): (&str, Style),
        number: &dyn Fn(usize, usize) -> String,
    ) -> (Vec<Page>, Vec<Place>) {
        let (count, face, style) = (self.pages.len(), self.fonts.face(false), Style { size: 7.5, ..style });
        for (place, page) in self.pages.iter_mut().enumerate() {
            let (base, number) = (PAGE.1 - FOOTER, face.shown(&number(place + 1, count)));
            let width = face.width(&number, style.size);
            let room = PAGE.0 - 3.0 * MARGIN - width;
            let title = face.lines(title, (style.size, room)).into_iter().next().unwrap_or_default();
            page.push(Mark::Text { at: (MARGIN, base), text: title, style });
            page.push(Mark::Text { at: (PAGE.0 - MARGIN - width, base), text: number, style });
        }
        (self.pages, self.places)
    }
}
