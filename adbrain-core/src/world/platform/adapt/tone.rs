//! A linter of tone: what costs points in professional copy.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Language, count_phrase, named};
use crate::platform::spec::is_emoji;

/// The score of a text without a fault.
const FULL: u32 = 100;

named! {
    /// What costs points.
    ToneFault {
        /// Praise that says nothing: "incredible".
        Hype = "hype",
        /// Pressure to hurry: "don't miss it".
        Pressure = "pressure",
        /// Words of a chat: "gonna".
        Slang = "slang",
        /// An exclamation mark.
        Exclamation = "exclamation",
        /// An emoji.
        Emoji = "emoji",
        /// A word in capitals that is too long for an abbreviation.
        Capitals = "capitals",
    }
}

/// The words and what they cost.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToneBook {
    #[expect(dead_code, reason = "the file explains itself to people")]
    about: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "the file explains itself to people"))]
    checked: jiff::civil::Date,
    longest_abbreviation: usize,
    points: BTreeMap<ToneFault, u32>,
    phrases: BTreeMap<Language, BTreeMap<ToneFault, Vec<String>>>,
}

static SHIPPED: LazyLock<Result<ToneBook, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("tone.json")).map_err(|error| error.to_string()));

/// A fault of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToneFinding {
    /// What it is.
    pub fault: ToneFault,
    /// The word, phrase or sign.
    pub text: String,
    /// How often it stands there.
    pub times: usize,
    /// What it costs, all times together.
    pub points: u32,
}

/// How professional a text is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToneReport {
    /// From 0 to 100, which is a text without a fault.
    pub score: u32,
    /// The faults, dearest first; of equal ones by the alphabet.
    pub findings: Vec<ToneFinding>,
}

/// Rates how professional a text is: 100 less the points of every fault, at least 0.
///
/// The lists of words and their points are a convention of this engine (`tone.json`): nobody measured them. A text without a fault of
/// the lists can still be wrong for its readers.
///
/// ```
/// use adbrain_core::model::Language;
/// use adbrain_core::platform::adapt::lint_tone;
/// let report = lint_tone("Incrível! Corra e garanta já o seu", Language::Portuguese)?;
/// assert_eq!(report.score, 45);
/// assert_eq!(lint_tone("Close your books in two days", Language::English)?.score, 100);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Internal`] where the shipped lists are damaged.
pub fn lint_tone(text: &str, language: Language) -> Result<ToneReport> {
    let broken = |error| Error::new(ErrorKind::Internal, format!("the lists of tone: {error}"));
    let book = SHIPPED.as_ref().map_err(broken)?;
    let phrases = book.phrases.get(&language).into_iter().flatten();
    let listed = phrases.flat_map(|(fault, list)| list.iter().map(move |phrase| (*fault, phrase.clone())));
    let mut counts: BTreeMap<(ToneFault, String), usize> = BTreeMap::new();
    for (fault, phrase) in listed {
        let times = count_phrase(text, &phrase);
        counts.insert((fault, phrase), times);
    }
    for (fault, sign) in signs(text, book.longest_abbreviation) {
        *counts.entry((fault, sign)).or_default() += 1;
    }
    let cost = |fault: ToneFault, times: usize| {
        book.points.get(&fault).copied().unwrap_or_default().saturating_mul(u32::try_from(times).unwrap_or(u32::MAX))
    };
    let found = counts.into_iter().filter(|(_, times)| *times > 0);
    let mut findings: Vec<_> =
        found.map(|((fault, text), times)| ToneFinding { fault, text, times, points: cost(fault, times) }).collect();
    findings.sort_by(|one, other| (other.points, &one.text).cmp(&(one.points, &other.text)));
    let lost = findings.iter().fold(0_u32, |sum, finding| sum.saturating_add(finding.points));
    Ok(ToneReport { score: FULL.saturating_sub(lost), findings })
}

/// The signs of a text that are faults: exclamation marks, emoji, words in capitals.
fn signs(text: &str, longest_abbreviation: usize) -> Vec<(ToneFault, String)> {
    let marks =
        text.chars().filter(|letter| "!¡！".contains(*letter)).map(|_| (ToneFault::Exclamation, "!".to_owned()));
    let emoji = text.graphemes(true).filter(|cluster| cluster.chars().any(is_emoji));
    let is_shouted = |word: &&str| {
        word.chars().all(|letter| letter.is_alphabetic() && !letter.is_lowercase())
            && word.chars().any(char::is_uppercase)
            && word.chars().count() > longest_abbreviation
    };
    let shouted = text.unicode_words().filter(is_shouted);
    marks
        .chain(emoji.map(|sign| (ToneFault::Emoji, sign.to_owned())))
        .chain(shouted.map(|word| (ToneFault::Capitals, word.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(text: &str, language: Language) -> u32 {
        lint_tone(text, language).unwrap().score
    }

    #[test]
    fn both_languages_have_words_for_each_fault_of_words_and_all_have_points() {
        let book = SHIPPED.as_ref().unwrap();
        assert!(book.checked.year() >= 2026);
        for language in Language::ALL {
            for fault in [ToneFault::Hype, ToneFault::Pressure, ToneFault::Slang] {
                assert!(book.phrases[language][&fault].len() >= 10, "{language} {fault}");
            }
        }
        assert!(ToneFault::ALL.iter().all(|fault| book.points[fault] > 0));
    }

    #[test]
    fn plain_copy_of_both_languages_keeps_all_points() {
        assert_eq!(score("Feche o mês em dois dias, com o ERP que você já usa.", Language::Portuguese), 100);
        assert_eq!(score("Close the month in two days with the ERP that you use.", Language::English), 100);
    }

    #[test]
    fn each_fault_costs_its_points_and_is_named() {
        let report = lint_tone("AMAZING offer 🎉 gonna love it!", Language::English).unwrap();
        let of = |fault| report.findings.iter().find(|found| found.fault == fault).unwrap();
        assert_eq!(of(ToneFault::Emoji).text, "🎉");
        assert_eq!(of(ToneFault::Capitals).text, "AMAZING");
        assert_eq!(of(ToneFault::Slang).text, "gonna");
        let sum: u32 = report.findings.iter().map(|found| found.points).sum();
        assert_eq!(report.score, 100 - sum);
    }

    #[test]
    fn an_abbreviation_is_no_shouting_and_a_word_of_five_capitals_is() {
        assert_eq!(score("ROAS e CRM com LGPD", Language::Portuguese), 100);
        assert_eq!(score("GANHE tempo", Language::Portuguese), 90);
    }

    #[test]
    fn words_of_the_other_language_cost_nothing() {
        assert_eq!(score("incrível", Language::English), 100);
        assert!(score("incrível", Language::Portuguese) < 100);
    }

    #[test]
    fn a_score_never_falls_below_nothing() {
        assert_eq!(score(&"!".repeat(1000), Language::English), 0);
    }
}
