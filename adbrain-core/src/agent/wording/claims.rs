//! Which claims a brief supports. Figures and superlatives need a proof; everything else is taste.

use std::sync::LazyLock;

use serde::Deserialize;

use super::holds_phrase;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Message, Product};

/// The words that need a proof.
#[derive(Debug, Deserialize)]
struct Superlatives {
    phrases: Vec<String>,
}

static SUPERLATIVES: LazyLock<Option<Superlatives>> =
    LazyLock::new(|| serde_json::from_str(include_str!("claims.json")).ok());

/// Why a benefit is not supported: each figure has to stand in a fact or an offer, each superlative in a fact.
pub(super) fn unsupported_benefit(text: &str, product: &Product) -> Result<Option<Message>> {
    let supported: Vec<_> = facts(product).chain(product.offers.iter().map(String::as_str)).flat_map(figures).collect();
    let figure = figures(text).into_iter().find(|figure| !supported.contains(figure));
    let reason = figure.map(|figure| Message::new("copy-refused-figure").with("figure", figure));
    Ok(reason.or(unsupported_superlative(text, product)?))
}

/// Why an offer is not supported: the advertiser states its figures, but a superlative needs a fact.
pub(super) fn unsupported_offer(text: &str, product: &Product) -> Result<Option<Message>> {
    unsupported_superlative(text, product)
}

fn unsupported_superlative(text: &str, product: &Product) -> Result<Option<Message>> {
    let broken = || Error::new(ErrorKind::Internal, "the list of superlatives cannot be read");
    let list = SUPERLATIVES.as_ref().ok_or_else(broken)?;
    let mut claimed = list.phrases.iter().filter(|phrase| holds_phrase(text, phrase));
    let unproved = claimed.find(|phrase| !facts(product).any(|fact| holds_phrase(fact, phrase)));
    Ok(unproved.map(|phrase| Message::new("copy-refused-superlative").with("word", phrase.as_str())))
}

fn facts(product: &Product) -> impl Iterator<Item = &str> {
    product.facts.iter().map(|fact| fact.text.as_str())
}

/// The figures of a text with what makes them a claim: `30%`, `$199`, `2x`, or the word after them, `210 g`.
fn figures(text: &str) -> Vec<String> {
    let mut figures = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter: char| !letter.is_ascii_digit() && !".,".contains(letter)).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        let sign = if before.trim_end().ends_with(['$', '€', '£']) { "$" } else { "" };
        let unit = if sign.is_empty() { unit(after) } else { String::new() };
        figures.push(format!("{sign}{}{unit}", digits.trim_end_matches(['.', ','])));
        rest = after;
    }
    figures
}

/// What a figure counts: a sign, or the word that follows in the same sentence; 210 g are not 210 years.
fn unit(after: &str) -> String {
    match after.trim_start().chars().next() {
        Some('%') => "%".to_owned(),
        Some('x' | 'X' | '×') => "x".to_owned(),
        Some(letter) if letter.is_alphabetic() => {
            let word: String = after.trim_start().chars().take_while(|letter| letter.is_alphanumeric()).collect();
            format!(" {}", word.to_lowercase())
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Claim, Tone};

    fn product() -> Product {
        Product {
            name: "Tênis".into(),
            url: "https://example.com".into(),
            facts: vec![Claim { text: "Solado com 30% de borracha reciclada".into(), proof: "laudo".into() }],
            benefits: Vec::new(),
            offers: vec!["Troca em até 30 dias".into()],
            tone: Tone::Friendly,
            forbidden_words: Vec::new(),
        }
    }

    #[test]
    fn the_list_of_superlatives_can_be_read() {
        assert!(SUPERLATIVES.is_some());
    }

    #[test]
    fn a_figure_keeps_its_sign_and_unit() {
        assert_eq!(figures("R$ 1.234,50 ou 30 % em 2x, dia 5."), ["$1.234,50", "30%", "2x", "5"]);
    }

    #[test]
    fn a_figure_needs_the_same_figure_in_a_fact_or_offer() {
        assert_eq!(unsupported_benefit("30% reciclado", &product()).unwrap(), None);
        assert_eq!(unsupported_benefit("Troque em 30 dias", &product()).unwrap(), None);
        let reason = unsupported_benefit("50% mais leve", &product()).unwrap().unwrap();
        assert_eq!(reason.key, "copy-refused-figure");
        let reason = unsupported_benefit("Dura 30 anos", &product()).unwrap().unwrap();
        assert_eq!(
            (reason.key.as_str(), reason.text(crate::model::Language::English).contains("30 anos")),
            ("copy-refused-figure", true)
        );
    }

    #[test]
    fn a_multiple_in_words_and_an_inflected_superlative_need_a_fact() {
        for text in ["Aumenta sua renda dez vezes", "Os mais vendidos do Brasil", "Twice the comfort"] {
            let reason = unsupported_benefit(text, &product()).unwrap().unwrap_or_else(|| panic!("{text}"));
            assert_eq!(reason.key, "copy-refused-superlative", "{text}");
        }
    }

    #[test]
    fn a_superlative_needs_a_fact_even_in_an_offer() {
        let reason = unsupported_offer("O melhor preço do Brasil", &product()).unwrap().unwrap();
        assert_eq!(reason.key, "copy-refused-superlative");
    }
}
