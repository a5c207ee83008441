//! A size that pictures should have.

use serde::{Deserialize, Deserializer};

use crate::model::{ContentHash, Crop, MediaFacts};

/// A size that pictures should have.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Pixels across that are wanted.
    pub width: u32,
    /// Pixels down that are wanted.
    pub height: u32,
    /// How far the ratio may be off, as a ratio of itself: 0.01 is 1 %.
    pub tolerance: f64,
    /// The least pixels across that are taken.
    #[serde(default)]
    pub min_width: u32,
    /// The least pixels down that are taken.
    #[serde(default)]
    pub min_height: u32,
    /// Part of the height at the top that the platform covers, in percent.
    #[serde(default)]
    pub safe_top_percent: u8,
    /// Part of the height at the bottom that the platform covers, in percent.
    #[serde(default)]
    pub safe_bottom_percent: u8,
    /// Part of the width at the left that the platform covers, in percent.
    #[serde(default)]
    pub safe_left_percent: u8,
    /// Part of the width at the right that the platform covers, in percent.
    #[serde(default)]
    pub safe_right_percent: u8,
    #[serde(default, rename = "source", deserialize_with = "read_by_people")]
    _source: (),
    #[serde(default, rename = "safe_source", deserialize_with = "read_by_people")]
    _safe_source: (),
}

/// Sources of a frame stand in the file for people; a test checks that they are known.
fn read_by_people<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    String::deserialize(deserializer).map(|_| ())
}

impl Frame {
    /// Whether a file has this ratio within the tolerance, and enough pixels.
    ///
    /// With file ratio r = width / height and frame ratio f, it fits where |r / f - 1| <= tolerance.
    pub fn fits(&self, facts: &MediaFacts) -> bool {
        self.fits_size(facts.width, facts.height)
    }

    /// As [`Frame::fits`], for a size.
    pub fn fits_size(&self, width: u32, height: u32) -> bool {
        self.has_ratio(width, height) && self.has_pixels(width, height)
    }

    /// Whether a size has this ratio within the tolerance.
    pub fn has_ratio(&self, width: u32, height: u32) -> bool {
        let file = f64::from(width) * f64::from(self.height);
        let frame = f64::from(height) * f64::from(self.width);
        frame > 0.0 && (file - frame).abs() <= self.tolerance * frame
    }

    /// Whether a size has enough pixels.
    pub fn has_pixels(&self, width: u32, height: u32) -> bool {
        width >= self.min_width && height >= self.min_height
    }

    /// The part of a file that has this ratio, where it has enough pixels.
    pub fn crop(&self, hash: &ContentHash, facts: &MediaFacts) -> Option<Crop> {
        Crop::centred(hash, facts, (self.width, self.height)).filter(|crop| crop.width >= self.min_width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vertical() -> Frame {
        serde_json::from_str(
            r#"{"width": 1080, "height": 1920, "tolerance": 0.01, "min_width": 540, "min_height": 960, "source": "help"}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_ratio_fits_within_its_tolerance_only() {
        assert!(vertical().fits_size(720, 1280));
        assert!(vertical().fits_size(727, 1280), "1 % of 720 is 7.2 pixels");
        assert!(!vertical().fits_size(728, 1280));
        assert!(vertical().fits_size(713, 1280));
        assert!(!vertical().fits_size(712, 1280));
    }

    #[test]
    fn the_least_pixels_are_taken_and_one_fewer_is_not() {
        assert!(vertical().fits_size(540, 960));
        assert!(!vertical().fits_size(539, 960));
        assert!(!vertical().fits_size(540, 959));
        assert!(!vertical().fits_size(0, 0));
    }
}
