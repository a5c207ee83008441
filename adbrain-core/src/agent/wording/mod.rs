//! What may be said, and how long it is.
//!
//! In: a brief's texts. Out: those that it supports, the others with the reason. Called by creative and copywriter. Never
//! writes a text of its own.

mod claims;
#[cfg(test)]
pub(super) mod tests_support;

use std::collections::BTreeSet;

use crate::error::Result;
use crate::model::{Brief, Message, RefusedClaim, count_phrase, words};

/// The texts of a brief that may be used, in the brief's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Material {
    /// What the customer gains.
    pub(super) benefits: Vec<String>,
    /// Statements with proof.
    pub(super) facts: Vec<String>,
    /// Offers.
    pub(super) offers: Vec<String>,
    /// Texts that must not be used, with the reason.
    pub(super) refused: Vec<RefusedClaim>,
}

impl Material {
    /// Sorts the texts of a brief into those that it supports and those that it does not.
    pub(super) fn of(brief: &Brief) -> Result<Self> {
        let product = &brief.product;
        let mut material = Self::default();
        for fact in product.facts.iter().map(|fact| &fact.text) {
            let reason = forbidden(fact, brief);
            material.sort_in(fact, reason, |lists| &mut lists.facts);
        }
        for offer in &product.offers {
            let reason = forbidden(offer, brief).or(claims::unsupported_offer(offer, product)?);
            material.sort_in(offer, reason, |lists| &mut lists.offers);
        }
        for benefit in &product.benefits {
            let reason = forbidden(benefit, brief).or(claims::unsupported_benefit(benefit, product)?);
            material.sort_in(benefit, reason, |lists| &mut lists.benefits);
        }
        Ok(material)
    }

    fn sort_in(&mut self, text: &str, reason: Option<Message>, list: impl Fn(&mut Self) -> &mut Vec<String>) {
        match reason {
            Some(reason) => self.refused.push(RefusedClaim { text: text.to_owned(), reason }),
            None => list(self).push(text.trim().to_owned()),
        }
    }
}

/// Why a text holds a word that the brief forbids; none where it does not.
pub(super) fn forbidden(text: &str, brief: &Brief) -> Option<Message> {
    let words = &brief.product.forbidden_words;
    let word = words.iter().find(|word| holds_phrase(text, word))?;
    Some(Message::new("copy-refused-forbidden-word").with("word", word.as_str()))
}

/// Why a text claims what the brief does not support; none where it supports all of it.
pub(super) fn unsupported(text: &str, brief: &Brief) -> Result<Option<Message>> {
    claims::unsupported_benefit(text, &brief.product)
}

/// Whether a phrase stands in a text, word by word and whatever the case.
fn holds_phrase(text: &str, phrase: &str) -> bool {
    count_phrase(text, phrase) > 0
}

/// The likeness of two texts: the Jaccard index |A ∩ B| / |A ∪ B| of their sets of words (Jaccard, 1912), from 0 to 1.
pub(super) fn likeness(one: &str, other: &str) -> f64 {
    let one: BTreeSet<_> = words(one).into_iter().collect();
    let other: BTreeSet<_> = words(other).into_iter().collect();
    let all = one.union(&other).count();
    if all == 0 { 1.0 } else { one.intersection(&other).count() as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_word_is_a_whole_word() {
        assert!(holds_phrase("Um produto BARATO, sim", "barato"));
        assert!(!holds_phrase("baratos", "barato"));
        assert!(holds_phrase("sem custo algum", "Sem Custo"));
    }

    #[test]
    fn likeness_counts_shared_words() {
        assert!((likeness("a b c", "A B C") - 1.0).abs() < 1e-12);
        assert!((likeness("a b", "b c") - 1.0 / 3.0).abs() < 1e-12);
    }
}
