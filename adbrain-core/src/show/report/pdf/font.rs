//! The two fonts that every page embeds: Noto Sans, Latin, Greek and Cyrillic (SIL Open Font License 1.1, `fonts/OFL.txt`; made smaller by
//! `pyftsubset` from the release 2.004).

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use crate::error::{Error, ErrorKind, Result};

const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");
/// What stands where the fonts have no sign.
const UNKNOWN: char = '?';

/// A font that can be measured and painted.
pub(super) struct Face {
    read: FontRef<'static>,
    pub(super) font: Font,
    units: f32,
}

/// Both fonts.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
}

impl Fonts {
    pub(super) fn load() -> Result<Self> {
        Ok(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)? })
    }

    pub(super) fn face(&self, is_bold: bool) -> &Face {
        if is_bold { &self.bold } else { &self.regular }
    }
}

impl Face {
    fn load(bytes: &'static [u8]) -> Result<Self> {
        let broken = || Error::new(ErrorKind::Internal, "an embedded font cannot be read");
        let read = FontRef::new(bytes).map_err(|_| broken())?;
        let font = Font::new(bytes.into(), 0).ok_or_else(broken)?;
        let units = font.units_per_em();
        Ok(Self { read, font, units })
    }

    /// A text as this font can show it: a sign that it lacks is a question mark, one that controls is a space.
    pub(super) fn shown(&self, text: &str) -> String {
        let known = self.read.charmap();
        let sign = |letter: char| match letter {
            letter if letter.is_control() => ' ',
            letter if known.map(letter).is_some() => letter,
            _ => UNKNOWN,
        };
        text.chars().map(sign).collect()
    }

    /// The glyphs of a text that [`Face::shown`] gave, with the bytes that each stands for.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let ends = text.char_indices().map(|(start, letter)| (start, start + letter.len_utf8(), letter));
        let glyph = |(start, end, letter): (usize, usize, char)| {
            let (id, advance) = self.glyph(letter);
            KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, start..end, None)
        };
        ends.map(glyph).collect()
    }

    /// How wide a text is at a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.glyph(letter).1).sum::<f32>() * size
    }

    /// The glyph of a sign and its width, in sizes.
    fn glyph(&self, letter: char) -> (u32, f32) {
        let Some(id) = self.read.charmap().map(letter) else { return (0, 0.0) };
        let metrics = self.read.glyph_metrics(Size::unscaled(), LocationRef::default());
        (id.to_u32(), metrics.advance_width(id).unwrap_or(0.0) / self.units)
    }

    /// Breaks a text into lines that are no wider than a room, between words where it can.
    pub(super) fn lines(&self, text: &str, (size, room): (f32, f32)) -> Vec<String> {
        let text = self.shown(text);
        let (mut lines, mut line) = (Vec::new(), String::new());
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&joined, size) <= room {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.broken(word, (size, room), &mut lines);
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Breaks a word that is wider than the room; gives its end.
    fn broken(&self, word: &str, (size, room): (f32, f32), lines: &mut Vec<String>) -> String {
        let mut part = String::new();
        for letter in word.chars() {
            let mut longer = part.clone();
            longer.push(letter);
            if !part.is_empty() && self.width(&longer, size) > room {
                lines.push(std::mem::take(&mut part));
            }
            part.push(letter);
        }
        part
    }
}
