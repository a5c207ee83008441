//! What each platform's ads take, as dated data: one file per platform, one type for all.
//!
//! In: the files `<platform>/spec.json`. Out: text limits, frames, file sizes, placements with their rules, kinds of ads. Called by
//! creative, copywriter, [`super::adapt`] and the connectors' checks. Never holds a figure of its own.

mod count;
mod frame;
mod rule;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::{google, linkedin, meta, tiktok};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{CopySlot, MediaKind, Message, Platform, Tone};

pub use count::Count;
pub(crate) use count::is_emoji;
pub use frame::Frame;
pub use rule::{AdTypeSpec, Force, ImagesOfAd, Placement, Rule, StatedRule, TextsOfAd, Together, VideosOfAd};

/// The specifications of all platforms.
///
/// ```
/// use adbrain_core::model::{CopySlot, Platform};
/// use adbrain_core::platform::spec::SpecBook;
/// let tiktok = SpecBook::shipped()?.platform(Platform::TikTok)?;
/// assert_eq!(tiktok.slot(CopySlot::PrimaryText).map(|text| text.limit), Some(100));
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug)]
pub struct SpecBook {
    platforms: BTreeMap<Platform, PlatformSpec>,
}

/// What one platform takes; a format that is `None` cannot be carried by its ads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformSpec {
    /// What the file says and what it does not.
    pub about: String,
    /// Where the figures come from, by the names that they refer to.
    pub sources: BTreeMap<String, SpecSource>,
    counting: Counting,
    letters: Option<Letters>,
    tone: Option<OwnTone>,
    /// The professional facets that audiences can be narrowed to here; none where there are none.
    pub facets: Option<Facets>,
    texts: BTreeMap<String, TextSpec>,
    slots: BTreeMap<CopySlot, String>,
    frames: BTreeMap<String, Frame>,
    files: BTreeMap<MediaKind, FileSpec>,
    /// The videos that the engine makes for it.
    pub video: Option<VideoSpec>,
    /// The carousels that it takes.
    pub carousel: Option<CarouselSpec>,
    /// The stories that it takes.
    pub stories: Option<StoriesSpec>,
    /// The user content that it takes.
    pub ugc: Option<UgcSpec>,
    /// Where ads are shown, and what holds there.
    pub placements: BTreeMap<String, Placement>,
    /// The kinds of ads that are put together from lists of assets: Google's.
    #[serde(default)]
    pub ad_types: BTreeMap<String, AdTypeSpec>,
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecSource {
    /// A page, a definition, a habit.
    pub name: String,
    /// What it is worth.
    pub kind: SourceKind,
    /// The day on which it was read.
    pub checked: Date,
}

/// What a source is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The platform's own words.
    Official,
    /// Others who quote the platform.
    Guide,
    /// What buyers do; no platform asks for it.
    Habit,
    /// What this engine does where nobody says anything.
    Engine,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counting {
    by: Count,
    #[expect(dead_code, reason = "a test reads every source of the file itself")]
    source: String,
}

/// The letters that a platform refuses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Letters {
    refuses_emoji: bool,
    refused_signs: String,
    #[expect(dead_code, reason = "a test reads every source of the file itself")]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnTone {
    tone: Tone,
    #[expect(dead_code, reason = "a test reads every source of the file itself")]
    source: String,
}

/// The professional facets of a platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facets {
    /// Their names.
    pub takes: Vec<String>,
    /// Those that it does not combine.
    pub apart: Vec<[String; 2]>,
    /// The name of the source.
    pub source: String,
}

/// The greatest length of one text, and the length that is shown whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSpec {
    /// The greatest length that the engine writes.
    pub limit: usize,
    /// The length that is shown before the text is cut off.
    pub aim: usize,
    /// Whether the platform refuses a longer one.
    pub force: Force,
    /// The name of the source.
    pub source: String,
}

/// The files that a platform takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// The formats, by the files' own bytes, as [`crate::media`] names them.
    pub formats: Vec<String>,
    /// The fewest bytes.
    #[serde(default)]
    pub min_bytes: u64,
    /// The most bytes.
    pub max_bytes: u64,
    /// The name of the source.
    pub source: String,
}

/// The videos that are made for a platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideoSpec {
    /// The videos.
    pub plans: Vec<PlanSpec>,
    /// The name of the source.
    pub source: String,
}

/// One video: its length and the frames that it may have, best first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSpec {
    /// Its name: `video_15s`.
    pub name: String,
    /// Its length in milliseconds.
    pub length_ms: u64,
    /// The names of its frames.
    pub frames: Vec<String>,
}

/// The carousels that a platform takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarouselSpec {
    /// The fewest cards.
    pub min_cards: usize,
    /// The most cards.
    pub max_cards: usize,
    /// The most bytes of a card's picture.
    pub max_bytes: u64,
    /// The names of the frames, best first.
    pub frames: Vec<String>,
    /// The name of the source.
    pub source: String,
}

/// The stories that a platform takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoriesSpec {
    /// The names of the frames, best first.
    pub frames: Vec<String>,
    /// The interactive elements that its ads have.
    pub elements: Vec<String>,
    /// The name of the source.
    pub source: String,
}

/// The user content that a platform takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UgcSpec {
    /// The kinds of files.
    pub kinds: Vec<MediaKind>,
    /// The names of the frames, best first.
    pub frames: Vec<String>,
    /// The name of the source.
    pub source: String,
}

impl CarouselSpec {
    /// Whether a carousel may have so many cards.
    pub fn takes(&self, cards: usize) -> bool {
        (self.min_cards..=self.max_cards).contains(&cards)
    }
}

impl PlatformSpec {
    /// The limits of a text by its name on the platform; none where it has no such text.
    pub fn text(&self, name: &str) -> Option<&TextSpec> {
        self.texts.get(name)
    }

    /// The limits of one of our slots; none where the platform has no such text.
    pub fn slot(&self, slot: CopySlot) -> Option<&TextSpec> {
        self.text(self.slots.get(&slot)?)
    }

    /// The slots that the platform has.
    pub fn slots(&self) -> impl Iterator<Item = CopySlot> {
        self.slots.keys().copied()
    }

    /// The length of a text as the platform counts it.
    pub fn length(&self, text: &str) -> usize {
        self.counting.by.length(text)
    }

    /// Whether a carousel may have so many cards; no where the platform has no carousels.
    pub fn takes_cards(&self, cards: usize) -> bool {
        self.carousel.as_ref().is_some_and(|carousel| carousel.takes(cards))
    }

    /// Whether a text is within the limit of its name; a text that the platform does not have fits nowhere.
    pub fn holds(&self, name: &str, text: &str) -> bool {
        self.text(name).is_some_and(|spec| self.length(text) <= spec.limit)
    }

    /// The first letter of a text that the platform refuses.
    pub fn refused_letter(&self, text: &str) -> Option<char> {
        let letters = self.letters.as_ref()?;
        let is_refused =
            |letter: &char| letters.refused_signs.contains(*letter) || (letters.refuses_emoji && is_emoji(*letter));
        text.chars().find(is_refused)
    }

    /// Why the platform does not take the letters of a text; none where it does.
    pub(crate) fn refuses_letters(&self, text: &str, platform: Platform) -> Option<Message> {
        self.refused_letter(text)?;
        Some(Message::new("copy-refused-characters").with("platform", platform.as_str()))
    }

    /// The tone of the platform, where it has one of its own.
    pub fn tone(&self) -> Option<Tone> {
        self.tone.as_ref().map(|own| own.tone)
    }

    /// A frame by its name.
    pub fn frame(&self, name: &str) -> Option<Frame> {
        self.frames.get(name).copied()
    }

    /// The frames by their names, in the order of the names.
    pub fn frames(&self, names: &[String]) -> Vec<Frame> {
        names.iter().filter_map(|name| self.frame(name)).collect()
    }

    /// What files of a kind may be; none where the platform takes none.
    pub fn files(&self, kind: MediaKind) -> Option<&FileSpec> {
        self.files.get(&kind)
    }

    /// The most bytes of any file of a kind, cards of carousels among them.
    pub fn most_bytes(&self, kind: MediaKind) -> u64 {
        let card = self.carousel.as_ref().filter(|_| kind == MediaKind::Image).map_or(0, |carousel| carousel.max_bytes);
        self.files(kind).map_or(0, |files| files.max_bytes).max(card)
    }

    /// Whether a file of a kind is not too large.
    pub fn takes_bytes(&self, kind: MediaKind, bytes: u64) -> bool {
        self.files(kind).is_some_and(|files| bytes <= files.max_bytes)
    }
}

static SHIPPED: LazyLock<Result<SpecBook, String>> = LazyLock::new(|| {
    let files = [
        (Platform::Meta, meta::spec::FILE),
        (Platform::Google, google::spec::FILE),
        (Platform::TikTok, tiktok::spec::FILE),
        (Platform::LinkedIn, linkedin::spec::FILE),
    ];
    let read = |(platform, text): (Platform, &str)| {
        serde_json::from_str(text).map(|spec| (platform, spec)).map_err(|error| format!("{platform}: {error}"))
    };
    files.into_iter().map(read).collect::<Result<_, _>>().map(|platforms| SpecBook { platforms })
});

impl SpecBook {
    /// The specifications that come with this version.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where a shipped file is damaged.
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
                .next("name another platform, or add a spec.json to its folder")
        })
    }
}

/// The specification of one platform.
pub(super) fn of(platform: Platform) -> Result<&'static PlatformSpec> {
    SpecBook::shipped()?.platform(platform)
}

#[cfg(test)]
mod tests;
