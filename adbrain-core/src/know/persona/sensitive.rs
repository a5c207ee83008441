//! What is never a feature or a part of a name: attributes that the law or the platforms protect.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};

const FILE: &str = include_str!("sensitive.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Protected {
    #[serde(rename = "kind")]
    name: String,
    /// The law or the policy; read by people and held by a test.
    #[cfg_attr(not(test), expect(dead_code, reason = "people read it"))]
    source: String,
    terms: Vec<String>,
}

fn kinds() -> Result<Vec<Protected>> {
    let damaged = |error| Error::new(ErrorKind::Internal, "the list of sensitive terms is damaged").caused_by(error);
    serde_json::from_str(FILE).map_err(damaged)
}

/// The terms with their kind; `None` where the list is damaged, and then everything is sensitive.
fn terms() -> Option<&'static BTreeSet<(String, String)>> {
    static TERMS: OnceLock<Option<BTreeSet<(String, String)>>> = OnceLock::new();
    let read = || {
        let kinds = kinds().ok()?;
        let pairs = kinds.into_iter().flat_map(|kind| {
            let name = kind.name;
            kind.terms.into_iter().map(move |term| (term, name.clone()))
        });
        Some(pairs.collect())
    };
    TERMS.get_or_init(read).as_ref()
}

/// The kind of protected attribute that a label names, if it does: `health`, `religion`, `ethnicity`, `politics`, `union`, `sexuality`,
/// `genetics`, `crime`, `hardship`. Terms are English and Portuguese, compared as whole words without accents and case; plurals in -s count.
/// The laws and policies behind each kind stand in `sensitive.json`.
///
/// ```
/// use adbrain_core::persona::sensitive;
/// assert_eq!(sensitive("Saúde & bem-estar").as_deref(), Some("health"));
/// assert_eq!(sensitive("Igrejas evangélicas").as_deref(), Some("religion"));
/// assert_eq!(sensitive("Running shoes"), None);
/// ```
pub fn sensitive(label: &str) -> Option<String> {
    let words = format!(" {} ", words(label).join(" "));
    let Some(terms) = terms() else { return Some("unknown".to_owned()) };
    let singular = words.replace("s ", " ");
    let names = |term: &str| {
        let whole = format!(" {term} ");
        words.contains(&whole) || singular.contains(&whole)
    };
    terms.iter().find(|(term, _)| names(term)).map(|(_, kind)| kind.clone())
}

/// The words of a label in small letters without accents; camel case and underscores part words too.
fn words(label: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in label.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = letter.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase().map(without_accent));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The letter without the accents that Portuguese and its neighbours write.
fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_source_and_plain_terms() {
        for kind in kinds().unwrap() {
            assert!(!kind.source.is_empty() && kind.terms.len() > 5, "{}", kind.name);
            for term in &kind.terms {
                assert_eq!(words(term).join(" "), *term, "{}", kind.name);
            }
        }
    }

    #[test]
    fn protected_attributes_are_found_in_both_languages_however_they_are_written() {
        for (label, kind) in [
            ("Health & Fitness", "health"),
            ("interest:DIABETES", "health"),
            ("pregnantWomen", "health"),
            ("Gestantes", "health"),
            ("página_católica", "religion"),
            ("Muçulmanos", "religion"),
            ("African American culture", "ethnicity"),
            ("Indígenas", "ethnicity"),
            ("Eleições 2026", "politics"),
            ("LGBTQIA+", "sexuality"),
            ("Sindicatos", "union"),
            ("payday loans", "hardship"),
            ("DNA test kits", "genetics"),
            ("prison", "crime"),
        ] {
            assert_eq!(sensitive(label).as_deref(), Some(kind), "{label}");
        }
    }

    #[test]
    fn words_that_hold_a_term_inside_are_not_taken_for_it() {
        for label in
            ["Trumpet lessons", "Embrace", "racer bikes", "Gayle", "Sports", "Moda", "Sapatos", "terrace", "16", ""]
        {
            assert_eq!(sensitive(label), None, "{label}");
        }
    }
}
