//! The length of a text as a platform counts it.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthChar as _;

/// How a platform counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::agent) enum Count {
    /// UTF-16 code units, as the web forms of Meta and `LinkedIn` do; never fewer than visible characters.
    Utf16,
    /// Characters, with double-width ones (Chinese, Japanese, Korean, most emoji) as two: Google and `TikTok`.
    DoubleWidth,
    /// Visible characters (extended grapheme clusters, UAX 29).
    Graphemes,
}

impl Count {
    /// The length of a text.
    pub(in crate::agent) fn length(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::DoubleWidth => text.chars().map(|letter| if letter.width() == Some(2) { 2 } else { 1 }).sum(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_counts_its_own_way() {
        assert_eq!(Count::DoubleWidth.length("ação"), 4);
        assert_eq!(Count::DoubleWidth.length("広告"), 4);
        assert_eq!(Count::Utf16.length("👟"), 2);
        assert_eq!(Count::Graphemes.length("👩‍👧"), 1);
    }
}
