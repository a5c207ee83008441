//! The platforms' text limits, from the dated data file `limits.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::wording::Count;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{CopySlot, Message, Platform, Tone};

/// The limits of all platforms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitBook {
    #[expect(dead_code, reason = "the file explains itself to people")]
    about: String,
    platforms: BTreeMap<Platform, TextLimits>,
}

/// The limits of one platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextLimits {
    /// Where the figures come from.
    #[cfg_attr(not(test), expect(dead_code, reason = "the file explains itself to people"))]
    pub(super) source: String,
    /// The day on which they were read.
    #[cfg_attr(not(test), expect(dead_code, reason = "the file explains itself to people"))]
    pub(super) checked: jiff::civil::Date,
    pub(super) count: Count,
    /// Whether emoji and the signs # { } are refused.
    #[serde(default)]
    pub(super) plain_text_only: bool,
    /// The tone of the platform, where it has one of its own.
    pub(super) tone: Option<Tone>,
    pub(super) slots: BTreeMap<CopySlot, SlotLimit>,
}

/// The greatest length of one slot, and the length that is shown whole.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotLimit {
    pub(super) limit: usize,
    pub(super) aim: usize,
}

impl TextLimits {
    /// Why the platform does not take the letters of a text; none where it does.
    pub(super) fn refuses_letters(&self, text: &str, platform: Platform) -> Option<Message> {
        let is_refused = |letter: char| "#{}".contains(letter) || is_emoji(letter);
        let refuses = self.plain_text_only && text.chars().any(is_refused);
        refuses.then(|| Message::new("copy-refused-characters").with("platform", platform.as_str()))
    }
}

/// The blocks of Unicode 16 that hold emoji, and the signs that join them.
fn is_emoji(letter: char) -> bool {
    matches!(u32::from(letter), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0xFE0F | 0x200D | 0x20E3)
}

static SHIPPED: LazyLock<Result<LimitBook, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("limits.json")).map_err(|error| error.to_string()));

impl LimitBook {
    /// The limits that come with this version.
    pub(super) fn shipped() -> Result<&'static Self> {
        SHIPPED.as_ref().map_err(|error| Error::new(ErrorKind::Internal, format!("the text limits: {error}")))
    }

    /// The limits of one platform.
    pub(super) fn platform(&self, platform: Platform) -> Result<&TextLimits> {
        self.platforms.get(&platform).ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, "no text limits")
                .with("platform", platform)
                .next("name another platform, or add this one to agent/copywriter/limits.json")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_has_dated_limits_with_primary_text_and_headline() {
        for platform in Platform::ALL {
            let limits = LimitBook::shipped().unwrap().platform(*platform).unwrap();
            assert!(!limits.source.is_empty() && limits.checked.year() >= 2026);
            assert!(limits.slots.contains_key(&CopySlot::PrimaryText));
            assert!(limits.slots.contains_key(&CopySlot::Headline));
        }
    }

    #[test]
    fn tiktok_takes_plain_text_alone() {
        let limits = LimitBook::shipped().unwrap().platform(Platform::TikTok).unwrap();
        assert!(limits.refuses_letters("Leve 👟", Platform::TikTok).is_some());
        assert!(limits.refuses_letters("#leve", Platform::TikTok).is_some());
        assert!(limits.refuses_letters("Leve e ágil", Platform::TikTok).is_none());
    }
}
