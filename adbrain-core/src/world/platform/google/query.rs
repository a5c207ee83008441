//! Texts of the platform's query language.

use crate::model::Tag;
use crate::platform::tagged;

/// A text in quotation marks.
pub(super) fn text(text: &str) -> String {
    let mut quoted = String::from("'");
    for letter in text.chars() {
        if matches!(letter, '\'' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('\'');
    quoted
}

/// A condition that a field is one of some texts.
pub(super) fn is_one_of<'a>(field: &str, texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.into_iter().map(text).collect();
    format!("{field} IN ({})", texts.join(", "))
}

/// A condition that a name carries the mark of a tag.
pub(super) fn carries(field: &str, tag: &Tag) -> String {
    let marked = tagged::with_tag("", tag, usize::MAX);
    format!("{field} LIKE {}", text(&format!("%{}", literal(&marked))))
}

/// A condition that a name carries the mark of any tag.
pub(super) fn carries_any(field: &str) -> String {
    let marked = tagged::with_tag("", &Tag::new(""), usize::MAX);
    let mark = marked.trim_end_matches(']');
    format!("{field} LIKE {}", text(&format!("%{}%", literal(mark))))
}

/// Signs that stand for others in a pattern, each as itself: in square brackets.
fn literal(text: &str) -> String {
    let is_special = |letter| matches!(letter, '[' | ']' | '%' | '_');
    text.chars().map(|letter| if is_special(letter) { format!("[{letter}]") } else { letter.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_and_wildcards_stand_for_themselves() {
        assert_eq!(text(r"a'b\c"), r"'a\'b\\c'");
        assert_eq!(is_one_of("asset.name", ["a", "b"]), "asset.name IN ('a', 'b')");
        assert_eq!(carries("ad_group.name", &Tag::new("a_1")), "ad_group.name LIKE '% [[]adb:a[_]1[]]'");
        assert_eq!(carries_any("campaign_group.name"), "campaign_group.name LIKE '% [[]adb:%'");
    }
}
