//! Marks to PDF.

use krilla::Document;
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

use super::font::Fonts;
use super::layout::{Colour, Mark, PAGE, Page, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Language};

/// The whole document. Its date is fixed and its name follows from its title.
pub(super) fn paint(
    pages: &[Page],
    (places, fonts): (&[Place], &Fonts),
    (title, language): (&str, Language),
) -> Result<Vec<u8>> {
    let broken = |why: String| Error::new(ErrorKind::Internal, format!("the report cannot be written as PDF: {why}"));
    let mut document = Document::new();
    for page in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| broken("its pages have no size".into()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in page {
            put(&mut surface, mark, fonts);
        }
        surface.finish();
        sheet.finish();
    }
    let mut outline = Outline::new();
    for (text, page, top) in places {
        let aim = XyzDestination::new(*page, Point::from_xy(0.0, *top));
        outline.push_child(OutlineNode::new(text.clone(), aim));
    }
    document.set_outline(outline);
    let made = DateTime::new(2000).month(1).day(1);
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language(language.as_str().to_owned())
            .creator("adbrain".to_owned())
            .creation_date(made)
            .document_id(ContentHash::of(title.as_bytes()).to_string()),
    );
    document.finish().map_err(|error| broken(format!("{error:?}")))
}

fn put(surface: &mut Surface<'_>, mark: &Mark, fonts: &Fonts) {
    match mark {
        Mark::Text { at, text, style } => {
            let face = fonts.face(style.is_bold);
            surface.set_stroke(None);
            surface.set_fill(Some(Fill { paint: colour(style.colour).into(), ..Fill::default() }));
            let start = Point::from_xy(at.0, at.1);
            surface.draw_glyphs(start, &face.glyphs(text), face.font.clone(), text, style.size, false);
        }
        Mark::Path { points, colour: name, width, is_filled } => {
            let mut path = PathBuilder::new();
            for (number, (x, y)) in points.iter().enumerate() {
                if number == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
            if *is_filled {
                path.close();
            }
            let paint = colour(*name);
            surface.set_fill(is_filled.then(|| Fill { paint: paint.into(), ..Fill::default() }));
            let stroke = Stroke { paint: paint.into(), width: *width, ..Stroke::default() };
            surface.set_stroke((!is_filled).then_some(stroke));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn colour(name: Colour) -> rgb::Color {
    let [red, green, blue] = match name {
        Colour::Ink => [0x1b, 0x1f, 0x24],
        Colour::Soft => [0x59, 0x63, 0x6e],
        Colour::Line => [0xd1, 0xd9, 0xe0],
        Colour::Card => [0xf6, 0xf8, 0xfa],
        Colour::One => [0x09, 0x69, 0xda],
        Colour::Two => [0x1a, 0x7f, 0x37],
        Colour::Bad => [0xb3, 0x26, 0x1e],
    };
    rgb::Color::new(red, green, blue)
}
