//! Rectangles of whole pixels.

use crate::platform::spec::Frame;

/// A part of a picture, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Area {
    pub(super) fn right(&self) -> u64 {
        u64::from(self.x) + u64::from(self.width)
    }

    pub(super) fn bottom(&self) -> u64 {
        u64::from(self.y) + u64::from(self.height)
    }

    pub(super) fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.x >= other.x && self.y >= other.y && self.right() <= other.right() && self.bottom() <= other.bottom()
    }

    /// The part of it that a frame's margins leave free.
    ///
    /// With width w, height h and margins in percent, rounded so that the margins are never narrower than stated.
    pub(super) fn safe(&self, frame: &Frame) -> Self {
        let (left, right) = (part(self.width, frame.safe_left_percent), part(self.width, frame.safe_right_percent));
        let (top, bottom) = (part(self.height, frame.safe_top_percent), part(self.height, frame.safe_bottom_percent));
        Self {
            x: self.x + left,
            y: self.y + top,
            width: self.width.saturating_sub(left).saturating_sub(right),
            height: self.height.saturating_sub(top).saturating_sub(bottom),
        }
    }

    /// The smallest area that holds several.
    pub(super) fn around(areas: impl IntoIterator<Item = Self>) -> Option<Self> {
        areas.into_iter().reduce(|one, other| {
            let (x, y) = (one.x.min(other.x), one.y.min(other.y));
            let span = |end: u64, start: u32| u32::try_from(end - u64::from(start)).unwrap_or(u32::MAX);
            let width = span(one.right().max(other.right()), x);
            let height = span(one.bottom().max(other.bottom()), y);
            Self { x, y, width, height }
        })
    }
}

/// So many percent of a length, rounded up.
fn part(length: u32, percent: u8) -> u32 {
    u32::try_from((u64::from(length) * u64::from(percent)).div_ceil(100)).unwrap_or(length)
}

/// Where a window begins that slides within a room, so that a span lies clear of its margins: as near to the middle as can be. Where the
/// margins leave no such place, one that holds the span at least; where there is none, the middle.
pub(super) fn slide(room: (u32, u32), window: u32, span: Option<(u32, u32)>, margins: (u32, u32)) -> u32 {
    let (start, length) = room;
    let end = start + length.saturating_sub(window);
    let middle = start + length.saturating_sub(window) / 2;
    let Some((from, to)) = span else { return middle };
    let place = |before: u32, after: u32| {
        let earliest = to.saturating_sub(window.saturating_sub(after)).max(start);
        let latest = from.checked_sub(before)?.min(end);
        (earliest <= latest).then(|| middle.clamp(earliest, latest))
    };
    place(margins.0, margins.1).or_else(|| place(0, 0)).unwrap_or(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides_no_further_than_the_span_needs() {
        assert_eq!(slide((0, 1920), 1080, None, (0, 0)), 420);
        assert_eq!(slide((0, 1920), 1080, Some((500, 900)), (0, 0)), 420);
        assert_eq!(slide((0, 1920), 1080, Some((100, 300)), (0, 0)), 100);
        assert_eq!(slide((0, 1920), 1080, Some((1700, 1900)), (0, 0)), 820);
        assert_eq!(slide((0, 1920), 1080, Some((100, 1500)), (0, 0)), 420, "no place holds it");
    }

    #[test]
    fn margins_are_kept_where_they_can_be() {
        assert_eq!(slide((0, 1000), 500, Some((300, 400)), (100, 100)), 200);
        assert_eq!(slide((0, 1000), 500, Some((250, 700)), (100, 100)), 250, "the margins leave no place");
    }

    #[test]
    fn a_safe_part_is_never_wider_than_stated() {
        let frame: Frame = serde_json::from_str(
            r#"{"width": 9, "height": 16, "tolerance": 0.0, "safe_top_percent": 14, "safe_bottom_percent": 20, "source": "a"}"#,
        )
        .unwrap();
        let safe = Area { x: 0, y: 0, width: 1080, height: 1920 }.safe(&frame);
        assert_eq!(safe, Area { x: 0, y: 269, width: 1080, height: 1267 });
    }
}
