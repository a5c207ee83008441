//! What is known of a file and its copy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::area::Area;
use crate::error::{Error, Result};
use crate::model::{CopySlot, MediaFacts, MediaKind};

/// No picture has longer sides: JPEG and PNG files of the trade stay far below.
const LONGEST_SIDE: u32 = 1_000_000;

/// What is known of a file and of the copy beside it. What is left out is not known; nothing is assumed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetFacts {
    /// What the file is.
    pub kind: MediaKind,
    /// What was found inside.
    pub file: MediaFacts,
    /// Whether what is spoken can be read.
    #[serde(default)]
    pub has_captions: Option<bool>,
    /// When what catches the eye comes, in milliseconds from the start.
    #[serde(default)]
    pub hook_ms: Option<u64>,
    /// The bars around the picture; all zero where there are none.
    #[serde(default)]
    pub bars: Option<Bars>,
    /// What is heard.
    #[serde(default)]
    pub sound: Option<Sound>,
    /// Where texts and logos stand in the picture; an empty list where there are none.
    #[serde(default)]
    pub boxes: Option<Vec<MarkedBox>>,
    /// The copy.
    #[serde(default)]
    pub texts: Vec<PlacedText>,
    /// The professional facets that the audience is narrowed to.
    #[serde(default)]
    pub facets: ProfessionalFacets,
}

/// Bars of one colour around a picture, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bars {
    /// At the top.
    pub top: u32,
    /// At the bottom.
    pub bottom: u32,
    /// At the left.
    pub left: u32,
    /// At the right.
    pub right: u32,
}

impl Bars {
    /// Whether there are none.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// What is heard in a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Sound {
    /// Nothing.
    Silent,
    /// Speech and sounds that the advertiser made.
    Own,
    /// A track that somebody else made.
    Track {
        /// Its id, as the list of trends names it.
        id: String,
        /// Where a licence of the advertiser's own is kept.
        #[serde(default)]
        proof: Option<String>,
    },
}

/// A text or a logo in a picture, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkedBox {
    /// Pixels left of it.
    pub x: u32,
    /// Pixels above it.
    pub y: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl MarkedBox {
    pub(super) fn area(self) -> Area {
        Area { x: self.x, y: self.y, width: self.width, height: self.height }
    }
}

/// A text in its slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacedText {
    /// The slot.
    pub slot: CopySlot,
    /// The text.
    pub text: String,
}

/// Whom a B2B audience is narrowed to, by names; an empty list means "no limit".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfessionalFacets {
    /// Job titles: `Chief Financial Officer`.
    pub titles: Vec<String>,
    /// Seniorities: `Director`.
    pub seniorities: Vec<String>,
    /// Industries: `Software Development`.
    pub industries: Vec<String>,
}

impl ProfessionalFacets {
    /// The facets that are asked for, by their names.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        let lists = [("titles", &self.titles), ("seniorities", &self.seniorities), ("industries", &self.industries)];
        lists.into_iter().map(|(name, list)| (name, list.as_slice())).filter(|(_, list)| !list.is_empty())
    }
}

impl AssetFacts {
    /// Facts of a file of which nothing else is known.
    pub fn new(kind: MediaKind, file: MediaFacts) -> Self {
        Self {
            kind,
            file,
            has_captions: None,
            hook_ms: None,
            bars: None,
            sound: None,
            boxes: None,
            texts: Vec::new(),
            facets: ProfessionalFacets::default(),
        }
    }

    /// The whole picture.
    pub(super) fn whole(&self) -> Area {
        Area { x: 0, y: 0, width: self.file.width, height: self.file.height }
    }

    /// The picture between its bars.
    pub(super) fn inner(&self) -> Area {
        let bars = self.bars.unwrap_or_default();
        Area {
            x: bars.left,
            y: bars.top,
            width: self.file.width.saturating_sub(bars.left).saturating_sub(bars.right),
            height: self.file.height.saturating_sub(bars.top).saturating_sub(bars.bottom),
        }
    }

    /// The texts and logos that are known.
    pub(super) fn marked(&self) -> impl Iterator<Item = Area> + '_ {
        self.boxes.iter().flatten().map(|marked| marked.area())
    }

    /// Refuses a picture without pixels, bars that leave nothing of it, and boxes outside of it.
    pub(super) fn check(&self) -> Result<()> {
        if self.file.width == 0 || self.file.height == 0 {
            return Err(Error::invalid("file", "has no pixels").next("give its width and height"));
        }
        if self.file.width.max(self.file.height) > LONGEST_SIDE {
            return Err(Error::invalid("file", format!("has more than {LONGEST_SIDE} pixels across or down"))
                .next("give its width and height in pixels"));
        }
        let inner = self.inner();
        if inner.width == 0 || inner.height == 0 {
            return Err(Error::invalid("bars", "leave nothing of the picture").next("give their widths in pixels"));
        }
        for (place, marked) in self.boxes.iter().flatten().enumerate() {
            let area = marked.area();
            if area.width == 0 || area.height == 0 || !area.is_within(&self.whole()) {
                return Err(Error::invalid(&format!("boxes[{place}]"), "does not lie in the picture")
                    .next("give it in pixels from the top left corner"));
            }
        }
        Ok(())
    }
}
