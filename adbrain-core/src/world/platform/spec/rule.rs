//! What holds at a placement, and what an ad made of lists of assets needs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{CopySlot, MediaKind};

/// Whether the platform refuses what breaks a rule, or people advise against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// A habit, or advice of the platform: an ad that breaks it runs.
    Advised,
    /// The platform refuses the file or the ad.
    Required,
}

/// Where ads are shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The kinds of files that it shows.
    pub kinds: Vec<MediaKind>,
    /// The texts of our slots, where they differ from the platform's usual ones.
    #[serde(default)]
    pub slots: BTreeMap<CopySlot, String>,
    /// What holds there.
    pub rules: Vec<StatedRule>,
}

/// A rule with its force and its source.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedRule {
    /// The rule.
    pub rule: Rule,
    /// Its force.
    pub force: Force,
    /// The name of the source in the platform's file.
    pub source: String,
}

/// What can be asked of a file and its texts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Format and weight are those of the platform's files.
    Files,
    /// The mean rate of a video, in thousand bits a second.
    Bitrate {
        /// The least.
        least_kbps: u64,
    },
    /// The shape is that of one of these frames, best first.
    Frames(Vec<String>),
    /// Width to height lies between two ratios.
    Ratios {
        /// The narrowest, as width and height.
        least: [u32; 2],
        /// The widest, as width and height.
        most: [u32; 2],
    },
    /// Both sides lie between two lengths, in pixels.
    Sides {
        /// The shortest.
        least: u32,
        /// The longest.
        most: u32,
    },
    /// The length of a video, in milliseconds.
    Length {
        /// The shortest.
        #[serde(default)]
        least_ms: u64,
        /// The longest; none where there is no end.
        most_ms: Option<u64>,
    },
    /// Texts and logos in the picture keep clear of what the platform lays over it.
    SafeZone,
    /// What is spoken can be read.
    Captions,
    /// What catches the eye comes early.
    Hook {
        /// The latest, in milliseconds from the start.
        within_ms: u64,
    },
    /// There are no bars around the picture.
    NoBars,
    /// The sound may be used in ads.
    LicensedAudio,
    /// The sound is one that is trending.
    TrendingAudio,
    /// Texts are within their limits and of letters that the platform takes.
    Texts,
    /// The copy is professional.
    Tone {
        /// The least score, of 100.
        least_score: u32,
    },
}

/// What an ad that is put together from lists of assets needs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdTypeSpec {
    /// The lists of texts.
    pub texts: BTreeMap<String, TextsOfAd>,
    /// The lists of pictures.
    #[serde(default)]
    pub images: BTreeMap<String, ImagesOfAd>,
    /// Sums over several lists of pictures.
    #[serde(default)]
    pub together: Vec<Together>,
    /// The films.
    pub videos: Option<VideosOfAd>,
    /// The name of the source.
    pub source: String,
}

/// A list of texts of an ad.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextsOfAd {
    /// The name of the text, with its limits, in the platform's file.
    pub text: String,
    /// The fewest.
    pub least: usize,
    /// The most.
    pub most: usize,
    /// At least one of them is this short.
    pub one_within: Option<usize>,
}

/// A list of pictures of an ad.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImagesOfAd {
    /// The name of their frame.
    pub frame: String,
    /// The fewest.
    pub least: usize,
    /// The most.
    pub most: usize,
}

/// How many pictures several lists may hold together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// The names of the lists.
    pub of: Vec<String>,
    /// The fewest.
    #[serde(default)]
    pub least: usize,
    /// The most; none where there is no end.
    pub most: Option<usize>,
}

/// The films of an ad.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideosOfAd {
    /// The fewest.
    pub least: usize,
    /// The most.
    pub most: usize,
    /// The shortest, in milliseconds.
    pub least_ms: u64,
}
