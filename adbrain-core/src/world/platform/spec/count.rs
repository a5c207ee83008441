//! The length of a text as a platform counts it, and the letters that it does not take.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

/// How a platform counts.
///
/// ```
/// use adbrain_core::platform::spec::Count;
/// assert_eq!(Count::DoubleWidth.length("広告"), 4);
/// assert_eq!((Count::Utf16.length("👟"), Count::Graphemes.length("👟")), (2, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// UTF-16 code units, as the web forms of Meta and `LinkedIn` do; never fewer than visible characters.
    Utf16,
    /// Code points, with double-width ones (Chinese, Japanese, Korean, most emoji) as two: Google and `TikTok`.
    DoubleWidth,
    /// Code points: one for each letter and each mark that is combined with it.
    CodePoints,
    /// Visible characters (extended grapheme clusters, UAX 29).
    Graphemes,
}

impl Count {
    /// The length of a text.
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::DoubleWidth => text.chars().map(|letter| if letter.width() == Some(2) { 2 } else { 1 }).sum(),
            Self::CodePoints => text.chars().count(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }
}

/// Whether a character is a pictograph, or joins and varies them: the blocks of Unicode 16 that hold emoji.
pub(crate) fn is_emoji(letter: char) -> bool {
    matches!(u32::from(letter), 0x1_F000..=0x1_FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0xFE00..=0xFE0F | 0x200D | 0x20E3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> [usize; 4] {
        [Count::Utf16, Count::DoubleWidth, Count::CodePoints, Count::Graphemes].map(|count| count.length(text))
    }

    #[test]
    fn each_platform_counts_its_own_way() {
        assert_eq!(lengths("ação"), [4, 4, 4, 4]);
        assert_eq!(lengths("広告"), [2, 4, 2, 2]);
        assert_eq!(lengths("👟"), [2, 2, 1, 1]);
    }

    #[test]
    fn a_combining_mark_is_a_code_point_and_no_visible_character() {
        assert_eq!(lengths("c\u{327}a\u{303}o"), [5, 5, 5, 3]);
    }

    #[test]
    fn a_family_of_emoji_is_one_visible_character_and_many_units() {
        assert_eq!(lengths("👩‍👧"), [5, 5, 3, 1]);
        assert_eq!(lengths("🇧🇷"), [4, 2, 2, 1]);
    }

    #[test]
    fn half_width_letters_count_once() {
        assert_eq!(lengths("ｱｲ"), [2, 2, 2, 2]);
        assert_eq!(lengths("アイ"), [2, 4, 2, 2]);
    }
}
