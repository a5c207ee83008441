//! What is never a feature or a part of a name: attributes that the law or the platforms protect.

use std::collections::BTreeMap;
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

/// A term as its words after the first, with its kind.
type Rest = (Vec<String>, String);

/// The terms by their first word; `None` where the list is damaged, and then everything is sensitive.
fn terms() -> Option<&'static BTreeMap<String, Vec<Rest>>> {
    static TERMS: OnceLock<Option<BTreeMap<String, Vec<Rest>>>> = OnceLock::new();
    let read = || {
        let mut terms: BTreeMap<String, Vec<Rest>> = BTreeMap::new();
        for kind in kinds().ok()? {
            for term in kind.terms {
                let mut words = term.split(' ').map(str::to_owned);
                let first = words.next().unwrap_or_default();
                terms.entry(first).or_default().push((words.collect(), kind.name.clone()));
            }
        }
        Some(terms)
    };
    TERMS.get_or_init(read).as_ref()
}

/// The kind of protected attribute that a label names, if it does: `health`, `religion`, `ethnicity`, `politics`, `union`, `sexuality`,
/// `genetics`, `crime`, `hardship`. Terms are English and Portuguese, compared as whole words without accents and case; regular plurals
/// count, and so do words that are written together with capitals between them (`HIVpositive`).
/// The laws and policies behind each kind stand in `sensitive.json`.
///
/// ```
/// use adbrain_core::persona::sensitive;
/// assert_eq!(sensitive("Saúde & bem-estar").as_deref(), Some("health"));
/// assert_eq!(sensitive("Igrejas evangélicas").as_deref(), Some("religion"));
/// assert_eq!(sensitive("Running shoes"), None);
/// ```
pub fn sensitive(label: &str) -> Option<String> {
    let Some(terms) = terms() else { return Some("unknown".to_owned()) };
    let mut readings = Vec::from([Capitals::Whole, Capitals::PartLast, Capitals::PartAll].map(|by| forms(label, by)));
    readings.dedup();
    let of_reading = |words: &Vec<Vec<String>>| (0..words.len()).find_map(|at| kind_at(words.get(at..)?, terms));
    readings.iter().find_map(of_reading)
}

/// The kind of a term that begins with the first of these words.
fn kind_at(words: &[Vec<String>], terms: &BTreeMap<String, Vec<Rest>>) -> Option<String> {
    let (first, later) = words.split_first()?;
    let goes_on =
        |rest: &[String]| later.len() >= rest.len() && later.iter().zip(rest).all(|(forms, word)| forms.contains(word));
    let begun = first.iter().filter_map(|form| terms.get(form)).flatten();
    begun.into_iter().find(|(rest, _)| goes_on(rest)).map(|(_, kind)| kind.clone())
}

/// Where several capitals in a row before a small letter are parted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Capitals {
    /// Nowhere: `LGBTQIA`.
    Whole,
    /// Before the last one: `HIV Positive`.
    PartLast,
    /// After the last one: `HIV positive`.
    PartAll,
}

/// The forms of each word of a label: the word itself, and what it may be the plural of.
fn forms(label: &str, capitals: Capitals) -> Vec<Vec<String>> {
    words(label, capitals).into_iter().map(|word| [singulars(&word), vec![word]].concat()).collect()
}

/// Regular plurals of English and Portuguese with what stands there in the singular.
const PLURALS: [(&str, &str); 9] = [
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ais", "al"),
    ("eis", "el"),
    ("ois", "ol"),
    ("oes", "ao"),
    ("aes", "ao"),
    ("ns", "m"),
];

fn singulars(word: &str) -> Vec<String> {
    let of = |(plural, singular): (&str, &str)| Some(word.strip_suffix(plural)?.to_owned() + singular);
    PLURALS.into_iter().filter_map(of).collect()
}

/// The words of a label in small letters without accents; camel case and underscores part words too.
fn words(label: &str, capitals: Capitals) -> Vec<String> {
    let letters: Vec<char> = label.chars().filter(|letter| !is_combining(*letter)).collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let earlier = letters.get(..at).unwrap_or_default();
        if !letter.is_alphanumeric() || starts_word(earlier, *letter, letters.get(at + 1), capitals) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase().map(without_accent));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a letter begins a word by its case.
fn starts_word(earlier: &[char], letter: char, next: Option<&char>, capitals: Capitals) -> bool {
    let is_capital = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_uppercase());
    let is_small = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_lowercase());
    let before = earlier.last();
    match capitals {
        _ if letter.is_uppercase() && is_small(before) => true,
        Capitals::Whole => false,
        Capitals::PartLast => letter.is_uppercase() && is_capital(before) && is_small(next),
        Capitals::PartAll => letter.is_lowercase() && is_capital(before) && is_capital(earlier.iter().rev().nth(1)),
    }
}

/// A mark that stands for itself behind its letter, as some systems write accents (Unicode's combining diacritical marks).
fn is_combining(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
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
                assert_eq!(words(term, Capitals::Whole).join(" "), *term, "{}", kind.name);
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
            ("Sau\u{301}de", "health"),
            ("Gravidez e amamentac\u{327}a\u{303}o", "health"),
            ("hospitais", "health"),
            ("disabilities", "health"),
            ("pregnancies", "health"),
            ("HIVpositive", "health"),
            ("HIVPositive", "health"),
            ("Homossexuais", "sexuality"),
            ("Bissexuais", "sexuality"),
            ("Transexuais", "sexuality"),
            ("Pessoas trans", "sexuality"),
            ("LGBTfriendly", "sexuality"),
            ("Religiões", "religion"),
            ("Orações", "religion"),
            ("churches", "religion"),
            ("Jews", "religion"),
            ("Sindicais", "union"),
            ("Raciais", "ethnicity"),
            ("Hispânicos", "ethnicity"),
            ("eleitorais", "politics"),
        ] {
            assert_eq!(sensitive(label).as_deref(), Some(kind), "{label}");
        }
    }

    #[test]
    fn words_that_hold_a_term_inside_are_not_taken_for_it() {
        for label in [
            "Trumpet lessons",
            "Embrace",
            "racer bikes",
            "Gayle",
            "Sports",
            "Moda",
            "Sapatos",
            "terrace",
            "16",
            "",
            "Faces",
            "Partes e peças",
            "trans fat free",
            "GAYLEbags",
            "Canais",
            "Hotéis",
            "iPhone",
            "USBcables",
        ] {
            assert_eq!(sensitive(label), None, "{label}");
        }
    }
}
