//! Lists that come in pages, gathered the same way on every platform: each item once, no page twice, and nothing missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, ErrorKind, Result};

/// An item of a list, with what it is known by. Items of one key are one item: the platform moved it from page to page while we read.
pub(super) trait Keyed {
    /// The id, or what stands for it; none for an item that has nothing of the kind.
    fn key(&self) -> Option<String>;
}

/// The pages of a list that were read so far.
pub(super) struct Pages<T> {
    what: String,
    items: Vec<T>,
    places: BTreeMap<String, usize>,
    cursors: BTreeSet<String>,
    /// How many items the platform says there are; none where it does not say.
    announced: Option<u64>,
    has_changed: bool,
}

impl<T: Keyed> Pages<T> {
    /// Begins with a list that a person would call `what`.
    pub(super) fn of(what: impl Into<String>) -> Self {
        let (what, items, places, cursors) = (what.into(), Vec::new(), BTreeMap::new(), BTreeSet::new());
        Self { what, items, places, cursors, announced: None, has_changed: false }
    }

    /// Adds a page; an item that was there already is replaced by the newer reading. Gives back the cursor of the next page, where there is
    /// one.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] for a cursor that was there already: the list goes in circles.
    pub(super) fn add(&mut self, page: Vec<T>, next: Option<String>) -> Result<Option<String>> {
        for item in page {
            match item.key().map(|key| *self.places.entry(key).or_insert(self.items.len())) {
                Some(place) if place < self.items.len() => self.items.splice(place..=place, [item]).for_each(drop),
                _ => self.items.push(item),
            }
        }
        match next.filter(|next| !next.is_empty()) {
            Some(next) if !self.cursors.insert(next.clone()) => {
                let what = format!("the list {} goes in circles", self.what);
                Err(Error::new(ErrorKind::Unavailable, what).next("try again later"))
            }
            next => Ok(next),
        }
    }

    /// Keeps how many items a page says that there are in all. Where two pages differ, the list was changed while it was read.
    pub(super) fn announce(&mut self, total: u64) {
        self.has_changed |= self.announced.is_some_and(|announced| announced != total);
        self.announced = Some(total);
    }

    /// Whether the list has to be read once more: numbered pages of a list that shrinks skip items.
    pub(super) fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// Every item once, in the order of the first reading.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] where there are fewer than were announced: a page is missing.
    pub(super) fn finish(self) -> Result<Vec<T>> {
        let found = u64::try_from(self.items.len()).unwrap_or(u64::MAX);
        match self.announced.filter(|announced| *announced > found || self.has_changed) {
            None => Ok(self.items),
            Some(announced) => {
                let what = format!("the list {} is not whole: {found} of {announced} items came", self.what);
                Err(Error::new(ErrorKind::Unavailable, what).next("try again later"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Keyed for (&'static str, u32) {
        fn key(&self) -> Option<String> {
            Some(self.0.to_owned()).filter(|key| !key.is_empty())
        }
    }

    #[test]
    fn an_item_on_two_pages_is_one_item_and_the_newer_reading_counts() {
        let mut pages = Pages::of("ads");
        assert_eq!(pages.add(vec![("a", 1), ("b", 1)], Some("2".to_owned())).unwrap(), Some("2".to_owned()));
        assert_eq!(pages.add(vec![("b", 2), ("c", 2), ("", 1), ("", 1)], None).unwrap(), None);
        assert_eq!(pages.finish().unwrap(), [("a", 1), ("b", 2), ("c", 2), ("", 1), ("", 1)]);
    }

    #[test]
    fn a_cursor_that_comes_again_ends_the_list_however_far_back_it_was() {
        let mut pages = Pages::of("ads");
        for cursor in ["1", "2", "3"] {
            pages.add(vec![("a", 1)], Some(cursor.to_owned())).unwrap();
        }
        let error = pages.add(vec![("a", 1)], Some("2".to_owned())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("circles"), "{error}");
        assert_eq!(Pages::<(&str, u32)>::of("ads").add(Vec::new(), Some(String::new())).unwrap(), None);
    }

    #[test]
    fn a_list_that_misses_a_page_or_changes_is_not_whole() {
        let mut short = Pages::of("ads");
        short.announce(3);
        short.add(vec![("a", 1), ("b", 1)], None).unwrap();
        assert!(short.finish().unwrap_err().to_string().contains("2 of 3"));
        let mut shrinking = Pages::of("ads");
        shrinking.announce(3);
        shrinking.add(vec![("a", 1), ("b", 1)], None).unwrap();
        shrinking.announce(2);
        assert!(shrinking.has_changed());
        assert!(shrinking.finish().is_err());
        let mut whole = Pages::of("ads");
        whole.announce(1);
        whole.add(vec![("a", 1)], None).unwrap();
        assert_eq!(whole.finish().unwrap().len(), 1);
    }
}
