//! Charts: the drawing of the page, read line by line. It is ours, so that only what it uses is known here.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::layout::{Colour, LEFT, Layout, Mark, Style};
use crate::error::{Error, ErrorKind, Result};

/// How wide a chart is.
const CHART: f32 = 480.0;
const CAPTION: Style = Style { size: 8.0, is_bold: false, colour: Colour::Soft };
/// Corners of a circle.
const CORNERS: u8 = 16;
/// The side of a sample of a colour.
const SAMPLE: f32 = 7.0;

/// A chart with what it shows and what its two colours are.
pub(super) fn draw(page: &mut Layout<'_>, svg: &str, [caption, one, two]: &[String; 3]) -> Result<()> {
    let drawing = read(svg)?;
    let scale = CHART / drawing.size.0;
    let height = drawing.size.1 * scale;
    let (top, left) = (page.room(height + 20.0), LEFT);
    let place = |(x, y): (f32, f32)| (left + x * scale, top + y * scale);
    for shape in drawing.shapes {
        match shape {
            Shape::Path { points, colour, width, is_filled } => {
                let points = points.into_iter().map(place).collect();
                page.mark(Mark::Path { points, colour, width: width * scale, is_filled });
            }
            Shape::Text { at, text, size, anchor } => {
                let (face, size) = (page.fonts.face(false), size * scale);
                let (text, (x, y)) = (face.shown(&text), place(at));
                let at = (x - face.width(&text, size) * anchor, y);
                page.mark(Mark::Text { at, text, style: Style { size, is_bold: false, colour: Colour::Ink } });
            }
        }
    }
    page.down(height + 4.0);
    let base = page.room(0.0) + CAPTION.size;
    let mut left = left;
    for (colour, text) in [(None, caption), (Some(Colour::One), one), (Some(Colour::Two), two)] {
        if let Some(colour) = colour {
            let (right, top) = (left + SAMPLE, base - SAMPLE);
            let points = vec![(left, top), (right, top), (right, base), (left, base)];
            page.mark(Mark::Path { points, colour, width: 0.0, is_filled: true });
            left += SAMPLE + 3.0;
        }
        page.text_at([left, base, f32::MAX], text, CAPTION);
        left += page.fonts.face(false).width(text, CAPTION.size) + 12.0;
    }
    page.down(CAPTION.size * 2.0);
    Ok(())
}

/// A drawing in its own units.
struct Drawing {
    size: (f32, f32),
    shapes: Vec<Shape>,
}

enum Shape {
    Path { points: Vec<(f32, f32)>, colour: Colour, width: f32, is_filled: bool },
    Text { at: (f32, f32), text: String, size: f32, anchor: f32 },
}

/// The attributes of an element.
struct Attributes(BTreeMap<String, String>);

impl Attributes {
    fn of(element: &BytesStart<'_>) -> Self {
        let pair = |found: quick_xml::events::attributes::Attribute<'_>| {
            let name = found.key.as_ref().to_owned();
            (name, found.value.into_owned())
        };
        Self(element.attributes().flatten().map(pair).collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> f32 {
        self.text(name).parse().unwrap_or(0.0)
    }

    /// The line of a shape: its colour and width.
    fn line(&self, points: Vec<(f32, f32)>) -> Option<Shape> {
        let colour = colour(self.text("stroke"))?;
        Some(Shape::Path { points, colour, width: self.number("stroke-width").max(0.5), is_filled: false })
    }

    /// The inside of a shape; the line around one that has none.
    fn area(&self, points: Vec<(f32, f32)>) -> Option<Shape> {
        if let Some(colour) = colour(self.text("fill")) {
            return Some(Shape::Path { points, colour, width: 0.0, is_filled: true });
        }
        let closed = points.iter().copied().chain(points.first().copied()).collect();
        self.line(closed)
    }
}

/// The colours of drawings, as the charts use them; others are left out.
fn colour(name: &str) -> Option<Colour> {
    match name.to_ascii_uppercase().as_str() {
        "#000000" => Some(Colour::Line),
        "#0969DA" => Some(Colour::One),
        "#1A7F37" => Some(Colour::Two),
        _ => None,
    }
}

fn read(svg: &str) -> Result<Drawing> {
    let broken = |error: quick_xml::Error| Error::new(ErrorKind::Internal, format!("a chart cannot be read: {error}"));
    let (mut reader, mut drawing) = (Reader::from_str(svg), Drawing { size: (1.0, 1.0), shapes: Vec::new() });
    let mut label: Option<Attributes> = None;
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(element) if element.name().as_ref() == "text" => label = Some(Attributes::of(&element)),
            Event::Start(element) | Event::Empty(element) => take(&element, &mut drawing),
            Event::Text(text) => {
                if let Some(attributes) = &label {
                    drawing.shapes.extend(written(attributes, text.xml10_content().trim()));
                }
            }
            Event::End(element) if element.name().as_ref() == "text" => label = None,
            Event::Eof => return Ok(drawing),
            _ => {}
        }
    }
}

fn take(element: &BytesStart<'_>, drawing: &mut Drawing) {
    let of = Attributes::of(element);
    let shape = match element.name().as_ref() {
        "svg" => {
            drawing.size = (of.number("width").max(1.0), of.number("height").max(1.0));
            None
        }
        "line" => of.line(vec![(of.number("x1"), of.number("y1")), (of.number("x2"), of.number("y2"))]),
        "polyline" => of.line(points(of.text("points"))),
        "polygon" => of.area(points(of.text("points"))),
        "rect" => {
            let (left, top) = (of.number("x"), of.number("y"));
            let (right, bottom) = (left + of.number("width"), top + of.number("height"));
            of.area(vec![(left, top), (right, top), (right, bottom), (left, bottom)])
        }
        "circle" => {
            let (x, y, radius) = (of.number("cx"), of.number("cy"), of.number("r"));
            let corner = |number: u8| {
                let angle = std::f32::consts::TAU * f32::from(number) / f32::from(CORNERS);
                (x + radius * libm::cosf(angle), y + radius * libm::sinf(angle))
            };
            of.area((0..CORNERS).map(corner).collect())
        }
        _ => None,
    };
    drawing.shapes.extend(shape);
}

/// A label: `dy` says where its base line is, `text-anchor` which part of it stands at the place.
fn written(of: &Attributes, text: &str) -> Option<Shape> {
    let size = of.number("font-size");
    let down = match of.text("dy") {
        "0.76em" => 0.76 * size,
        "0.5ex" => 0.25 * size,
        _ => 0.0,
    };
    let anchor = match of.text("text-anchor") {
        "middle" => 0.5,
        "end" => 1.0,
        _ => 0.0,
    };
    let at = (of.number("x"), of.number("y") + down);
    (!text.is_empty()).then(|| Shape::Text { at, text: text.to_owned(), size, anchor })
}

/// `x,y x,y`.
fn points(text: &str) -> Vec<(f32, f32)> {
    let point = |pair: &str| {
        let (x, y) = pair.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    text.split_whitespace().filter_map(point).collect()
}
