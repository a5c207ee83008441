//! Our mark in the names of objects: the one place that every platform keeps and shows.

use crate::model::Tag;

/// What the mark begins and ends with, after the name that people read: `Launch | Video [adb:ab0123456789]`.
const MARK: [&str; 2] = [" [adb:", "]"];

/// The name with the mark of a tag; the name is cut where both would be longer than `limit` characters.
pub(super) fn with_tag(name: &str, tag: &Tag, limit: usize) -> String {
    let mark = format!("{}{tag}{}", MARK[0], MARK[1]);
    let room = limit.saturating_sub(mark.chars().count());
    let name: String = name.trim().chars().take(room).collect();
    format!("{}{mark}", name.trim_end())
}

/// A name as a platform has it: what people read, and the tag where it carries one.
pub(super) fn split(name: &str) -> (&str, Option<Tag>) {
    let marked = name.strip_suffix(MARK[1]).and_then(|name| name.rsplit_once(MARK[0]));
    match marked.filter(|(_, tag)| !tag.is_empty() && !tag.contains(char::is_whitespace)) {
        Some((name, tag)) => (name, Some(Tag::new(tag))),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_name_gives_its_parts_back_and_a_long_one_is_cut_before_the_mark() {
        let tag = Tag::new("ab0123456789");
        let marked = with_tag("Launch | Video", &tag, 60);
        assert_eq!(marked, "Launch | Video [adb:ab0123456789]");
        assert_eq!(split(&marked), ("Launch | Video", Some(tag.clone())));
        let cut = with_tag(&"ã".repeat(100), &tag, 40);
        assert_eq!(cut.chars().count(), 40);
        assert_eq!(split(&cut).1, Some(tag));
    }

    #[test]
    fn names_of_others_have_no_tag() {
        for name in ["Campaign [old]", "x [adb:]", "x [adb:a b]", " [adb:ab", ""] {
            assert_eq!(split(name), (name, None), "{name}");
        }
    }
}
