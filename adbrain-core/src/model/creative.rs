//! What Creative makes: cut plans, carousels, stories and curated user content, with a manifest of the real files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContentHash, Format, MediaFacts, MediaKind, Message, Platform, Rights};

/// One part of a storyboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shot {
    /// What the shot does in the story: `hook`, `proof`, `benefit`, `offer`, `call_to_action`.
    pub role: String,
    /// Start in milliseconds from the start of the video.
    pub start_ms: u64,
    /// End in milliseconds, not included.
    pub end_ms: u64,
    /// What is seen.
    pub picture: String,
    /// Text on the picture, which also serves people without sound.
    pub caption: String,
}

/// One cut: a piece of a source file that is placed in the video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// The source file by its hash in the manifest.
    pub source: ContentHash,
    /// First millisecond used of the source.
    pub source_start_ms: u64,
    /// Where the piece starts in the video.
    pub start_ms: u64,
    /// Length in milliseconds.
    pub length_ms: u64,
}

/// A plan for one video of a fixed length and ratio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutPlan {
    /// `video_15s`, `video_30s` or `reels_9x16`.
    pub name: String,
    /// Length in milliseconds.
    pub length_ms: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Part of the height at the top that the platform covers, in percent.
    pub safe_top_percent: u8,
    /// Part of the height at the bottom that the platform covers, in percent.
    pub safe_bottom_percent: u8,
    /// The storyboard; the shots follow each other without gaps from 0 to `length_ms`.
    pub shots: Vec<Shot>,
    /// The cuts of real files; empty where the brief brings no video.
    pub cuts: Vec<Cut>,
}

/// One card of a carousel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarouselCard {
    /// What the card does in the story: `hook`, `proof`, `benefit`, `offer`, `call_to_action`.
    pub role: String,
    /// The headline.
    pub headline: String,
    /// Where the card leads.
    pub url: String,
    /// The picture by its hash in the manifest, where there is one.
    pub image: Option<ContentHash>,
}

/// An interactive element of a story, as the ads API of the platform allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
#[non_exhaustive]
pub enum InteractiveElement {
    /// A question with two to four answers.
    Poll {
        /// The question.
        question: String,
        /// The answers.
        options: Vec<String>,
    },
    /// An open question.
    Question {
        /// The question.
        prompt: String,
    },
    /// A sticker with text.
    Sticker {
        /// The text.
        text: String,
    },
}

/// One frame of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryFrame {
    /// The text on the frame.
    pub text: String,
    /// The picture or video by its hash in the manifest.
    pub media: Option<ContentHash>,
    /// The element that people can touch, where the platform has it in ads.
    pub element: Option<InteractiveElement>,
}

/// What an asset is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
#[non_exhaustive]
pub enum AssetContent {
    /// A video by its cut plan.
    Video {
        /// The plan.
        plan: CutPlan,
    },
    /// A carousel of 2 to 10 cards.
    Carousel {
        /// The cards in their order.
        cards: Vec<CarouselCard>,
    },
    /// A story.
    Story {
        /// The frames in their order.
        frames: Vec<StoryFrame>,
    },
    /// Content by a user, with the permission to use it.
    Ugc {
        /// The file.
        media: ContentHash,
        /// The permission.
        rights: Rights,
        /// A score from 0 to 1 by which pieces are ranked.
        score: f64,
    },
}

/// One creative that ads can carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Unique in the set: `video/video_15s/meta`.
    pub key: String,
    /// The format of the brief that it serves.
    pub format: Format,
    /// The platform that it is made for.
    pub platform: Platform,
    /// What it is made of.
    pub content: AssetContent,
    /// The files that it needs, by their hashes; all of them are in the manifest.
    pub files: Vec<ContentHash>,
    /// What it still lacks before an ad can carry it; empty means ready.
    #[serde(default)]
    pub missing: Vec<MissingFile>,
    /// What was dropped or changed for the platform, with the reason.
    #[serde(default)]
    pub losses: Vec<Message>,
}

/// A file that an asset needs and the brief does not bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingFile {
    /// The asset that needs it.
    pub asset: String,
    /// What kind of file.
    pub kind: MediaKind,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Length in milliseconds, for video.
    pub length_ms: Option<u64>,
    /// A file of the brief of another ratio, and the part of it that has this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// The text for people: which file, of what size.
    pub message: Message,
}

/// A part of a picture or video, in pixels from its top left corner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crop {
    /// The file by its hash in the manifest.
    pub source: ContentHash,
    /// Pixels left of it.
    pub x: u32,
    /// Pixels above it.
    pub y: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Crop {
    /// The largest part in the middle of a file that has the ratio `width` to `height`; none where there is no such part.
    ///
    /// Sides are even, as video encoders need them, so the ratio may be off by one pixel of a side.
    ///
    /// ```
    /// use adbrain_core::model::{ContentHash, Crop, MediaFacts};
    /// let facts = MediaFacts { format: "mp4".into(), width: 1920, height: 1080, duration_ms: None, bytes: 1 };
    /// let crop = Crop::centred(&ContentHash::of(b"film"), &facts, (1080, 1920)).unwrap();
    /// assert_eq!((crop.x, crop.y, crop.width, crop.height), (657, 0, 606, 1080));
    /// ```
    pub fn centred(source: &ContentHash, facts: &MediaFacts, (width, height): (u32, u32)) -> Option<Self> {
        let across = side(facts.height, width, height)?.min(facts.width);
        let down = side(facts.width, height, width)?.min(facts.height);
        let (across, down) = (across - across % 2, down - down % 2);
        (across > 0 && down > 0).then(|| Self {
            source: source.clone(),
            x: (facts.width - across) / 2,
            y: (facts.height - down) / 2,
            width: across,
            height: down,
        })
    }

    /// The part of a file's pixels that it keeps, from 0 to 1.
    pub fn part_of(&self, facts: &MediaFacts) -> f64 {
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
        area(self.width, self.height) as f64 / area(facts.width, facts.height).max(1) as f64
    }
}

/// The side that belongs to another one in the ratio `wanted` to `given`, in whole pixels.
fn side(other: u32, wanted: u32, given: u32) -> Option<u32> {
    let pixels = (u64::from(other) * u64::from(wanted)).checked_div(given.into())?;
    Some(u32::try_from(pixels).unwrap_or(u32::MAX))
}

/// A file that was probed and kept under its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManifestEntry {
    /// The SHA-256 of its bytes.
    pub hash: ContentHash,
    /// The path as the brief names it.
    pub path: String,
    /// What it is.
    pub kind: MediaKind,
    /// What was found inside.
    pub facts: MediaFacts,
    /// What it shows.
    pub alternative_text: String,
    /// The part of a file of the brief that it is, where the engine cropped it; `path` names that file then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
}

/// Whether a wanted format is served on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The format.
    pub format: Format,
    /// The platform.
    pub platform: Platform,
    /// How many assets serve it.
    pub assets: usize,
    /// How many of them have all their files.
    pub ready: usize,
}

/// Something that was not made, and why: an expired right, a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkippedAsset {
    /// What it would have been: a path or an asset key.
    pub subject: String,
    /// Why not.
    pub reason: Message,
}

/// Everything that Creative made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetSet {
    /// The assets, sorted by key.
    pub assets: Vec<Asset>,
    /// The files, sorted by hash.
    pub manifest: Vec<ManifestEntry>,
    /// Each wanted format on each platform.
    pub coverage: Vec<Coverage>,
    /// What was not made.
    #[serde(default)]
    pub skipped: Vec<SkippedAsset>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop(width: u32, height: u32, ratio: (u32, u32)) -> Option<(u32, u32, u32, u32)> {
        let facts = MediaFacts { format: "png".into(), width, height, duration_ms: None, bytes: 1 };
        let found = Crop::centred(&ContentHash::of(b"a"), &facts, ratio)?;
        Some((found.x, found.y, found.width, found.height))
    }

    #[test]
    fn the_crop_is_the_largest_centred_part_of_the_wanted_ratio() {
        assert_eq!(crop(1920, 1080, (1080, 1080)), Some((420, 0, 1080, 1080)));
        assert_eq!(crop(1080, 1920, (1080, 1080)), Some((0, 420, 1080, 1080)));
        assert_eq!(crop(1080, 1920, (1080, 1350)), Some((0, 285, 1080, 1350)));
        assert_eq!(crop(1000, 1000, (1000, 1000)), Some((0, 0, 1000, 1000)));
        assert_eq!(crop(101, 99, (1, 1)), Some((1, 0, 98, 98)));
        assert_eq!(crop(u32::MAX, u32::MAX, (1, u32::MAX)), None);
        assert_eq!((crop(0, 10, (1, 1)), crop(10, 10, (1, 0)), crop(10, 10, (0, 1))), (None, None, None));
    }

    #[test]
    fn a_crop_lies_within_the_file_and_keeps_the_ratio_within_two_pixels() {
        for width in (2..400).step_by(7) {
            for height in (2..400).step_by(11) {
                for ratio in [(9, 16), (16, 9), (1, 1), (4, 5)] {
                    let Some((x, y, across, down)) = crop(width, height, ratio) else { continue };
                    assert!(x + across <= width && y + down <= height);
                    let off = i64::from(across) * i64::from(ratio.1) - i64::from(down) * i64::from(ratio.0);
                    assert!(off.abs() <= 2 * i64::from(ratio.0.max(ratio.1)), "{width} x {height}: {across} x {down}");
                }
            }
        }
    }
}
