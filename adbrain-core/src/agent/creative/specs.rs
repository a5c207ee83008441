//! What each platform takes: frames, lengths, limits and safe zones, read from the dated data file `specs.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::wording::Count;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, Crop, MediaFacts, MediaKind, Platform};

/// The specifications of all platforms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecBook {
    /// What the file is and how it was made.
    pub about: String,
    platforms: BTreeMap<Platform, PlatformSpec>,
}

/// What one platform takes; a format that is `None` cannot be carried by its ads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformSpec {
    /// Where the figures come from.
    pub source: String,
    /// The day on which they were read.
    pub checked: jiff::civil::Date,
    pub(super) card_text: TextLimit,
    frames: BTreeMap<String, Frame>,
    pub(super) video: Option<VideoSpec>,
    pub(super) carousel: Option<CarouselSpec>,
    pub(super) stories: Option<StoriesSpec>,
    pub(super) ugc: Option<UgcSpec>,
}

/// The greatest length of a text on a card.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextLimit {
    limit: usize,
    count: Count,
}

impl TextLimit {
    /// Whether a text is short enough.
    pub(super) fn holds(self, text: &str) -> bool {
        self.count.length(text) <= self.limit
    }

    /// The greatest length, for messages.
    pub(super) fn count(self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

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
    /// Part of the height at the top that the platform covers, in percent.
    #[serde(default)]
    pub safe_top_percent: u8,
    /// Part of the height at the bottom that the platform covers, in percent.
    #[serde(default)]
    pub safe_bottom_percent: u8,
}

impl Frame {
    /// Whether a file has this ratio within the tolerance, and enough pixels.
    ///
    /// With file ratio r = width / height and frame ratio f, it fits where |r / f - 1| <= tolerance.
    pub fn fits(&self, facts: &MediaFacts) -> bool {
        let file = f64::from(facts.width) * f64::from(self.height);
        let frame = f64::from(facts.height) * f64::from(self.width);
        frame > 0.0 && (file / frame - 1.0).abs() <= self.tolerance && facts.width >= self.min_width
    }

    /// The part of a file that has this ratio, where it has enough pixels.
    pub(super) fn crop(&self, hash: &ContentHash, facts: &MediaFacts) -> Option<Crop> {
        Crop::centred(hash, facts, (self.width, self.height)).filter(|crop| crop.width >= self.min_width)
    }
}

/// The videos that are made for a platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VideoSpec {
    pub(super) max_bytes: u64,
    pub(super) plans: Vec<PlanSpec>,
}

/// One video: its length and the frames that it may have, best first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanSpec {
    pub(super) name: String,
    pub(super) length_ms: u64,
    pub(super) frames: Vec<String>,
}

/// The carousels that a platform takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarouselSpec {
    pub(super) min_cards: usize,
    pub(super) max_cards: usize,
    pub(super) max_bytes: u64,
    pub(super) frames: Vec<String>,
}

/// The stories that a platform takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoriesSpec {
    pub(super) max_bytes: u64,
    pub(super) frames: Vec<String>,
    pub(super) elements: Vec<String>,
}

/// The user content that a platform takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UgcSpec {
    pub(super) max_bytes: u64,
    pub(super) kinds: Vec<MediaKind>,
    pub(super) frames: Vec<String>,
}

impl PlatformSpec {
    /// The frames by their names, in the order of the names.
    pub(super) fn frames(&self, names: &[String]) -> Vec<Frame> {
        names.iter().filter_map(|name| self.frames.get(name)).copied().collect()
    }
}

static SHIPPED: LazyLock<Result<SpecBook, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("specs.json")).map_err(|error| error.to_string()));

impl SpecBook {
    /// The specifications that come with this version.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where the shipped file is damaged.
    pub fn shipped() -> Result<&'static Self> {
        let broken = |error| Error::new(ErrorKind::Internal, format!("the platforms' specifications: {error}"));
        SHIPPED.as_ref().map_err(broken)
    }

    /// What one platform takes.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a platform without a specification.
    pub fn platform(&self, platform: Platform) -> Result<&PlatformSpec> {
        self.platforms.get(&platform).ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, "no creative specification")
                .with("platform", platform)
                .next("name another platform, or add this one to agent/creative/specs.json")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_has_a_dated_source_and_known_frames() {
        let book = SpecBook::shipped().unwrap();
        for platform in Platform::ALL {
            let spec = book.platform(*platform).unwrap();
            assert!(!spec.source.is_empty() && spec.checked.year() >= 2026);
            let video = spec.video.as_ref().unwrap();
            for plan in &video.plans {
                assert_eq!(spec.frames(&plan.frames).len(), plan.frames.len(), "{platform} {}", plan.name);
            }
        }
    }

    #[test]
    fn a_ratio_fits_within_its_tolerance_only() {
        let frame = Frame {
            width: 1080,
            height: 1920,
            tolerance: 0.01,
            min_width: 540,
            safe_top_percent: 0,
            safe_bottom_percent: 0,
        };
        let facts = |width, height| MediaFacts { format: "mp4".into(), width, height, duration_ms: None, bytes: 1 };
        assert!(frame.fits(&facts(720, 1280)));
        assert!(frame.fits(&facts(726, 1280)));
        assert!(!frame.fits(&facts(740, 1280)));
        assert!(!frame.fits(&facts(360, 640)));
    }
}
