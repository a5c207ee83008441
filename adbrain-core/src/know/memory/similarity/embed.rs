//! Texts as vectors.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use crate::error::Result;

/// Turns texts into vectors of which the cosine says how like they are. One of one's own is this trait over any model.
///
/// ```
/// use adbrain_core::Result;
/// use adbrain_core::memory::Embedder;
///
/// /// Texts are as like as they are long.
/// struct Length;
///
/// #[async_trait::async_trait]
/// impl Embedder for Length {
///     async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f64>>> {
///         Ok(texts.iter().map(|text| vec![1.0, text.len() as f64]).collect())
///     }
/// }
/// ```
#[async_trait]
pub trait Embedder: Send + Sync {
    /// One vector per text, in the same order, all of one length. The texts of a question come together, the question's own first.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f64>>>;
}

/// The default: words hashed into 256 numbers, weighted by how rare they are among the texts. Nothing is downloaded, and the same texts give
/// the same bytes everywhere.
///
/// Each word adds its weight, with a sign of its own, to a place that its hash says (Weinberger and others, "Feature hashing for large scale
/// multitask learning", 2009), so that words that fall on one place cancel on average. The weight is the square root of how often it stands in
/// the text, times ln((1 + n) / (1 + d)) + 1, n the texts and d those with the word (Salton and Buckley, "Term-weighting approaches in automatic
/// text retrieval", 1988). Words are in lower case and end at what is neither letter nor digit; it knows no synonyms.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashedText;

/// Numbers of a vector.
const LENGTH: u64 = 256;

#[async_trait]
impl Embedder for HashedText {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f64>>> {
        let counted: Vec<BTreeMap<String, u64>> = texts.iter().map(|text| counted(text)).collect();
        let mut texts_with: BTreeMap<&str, u64> = BTreeMap::new();
        for word in counted.iter().flat_map(BTreeMap::keys).map(String::as_str) {
            *texts_with.entry(word).or_default() += 1;
        }
        let all = texts.len() as f64;
        let rarity: BTreeMap<&str, f64> = texts_with
            .into_iter()
            .map(|(word, with)| (word, libm::log((1.0 + all) / (1.0 + with as f64)) + 1.0))
            .collect();
        Ok(counted.iter().map(|words| vector(words, &rarity)).collect())
    }
}

fn counted(text: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let lower = text.to_lowercase();
    for word in lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

fn vector(words: &BTreeMap<String, u64>, rarity: &BTreeMap<&str, f64>) -> Vec<f64> {
    let mut numbers = vec![0.0; usize::try_from(LENGTH).unwrap_or_default()];
    for (word, count) in words {
        let hash = hashed(word);
        let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
        let weight = libm::sqrt(*count as f64) * rarity.get(word.as_str()).copied().unwrap_or(1.0);
        let place = usize::try_from(hash % LENGTH).unwrap_or_default();
        if let Some(number) = numbers.get_mut(place) {
            *number += sign * weight;
        }
    }
    numbers
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo, 1991), whose upper bits are mixed once more: its own hardly change with the last letter.
fn hashed(word: &str) -> u64 {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// The cosine of two vectors; zero where one of them is nothing.
pub(super) fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let norms = libm::sqrt(dot(a, a) * dot(b, b));
    if norms > 0.0 { dot(a, b) / norms } else { 0.0 }
}

/// The share of two lists' values that stand in both.
pub(super) fn overlap<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let (a, b): (BTreeSet<&T>, BTreeSet<&T>) = (a.iter().collect(), b.iter().collect());
    let all = a.union(&b).count();
    if all == 0 { 0.0 } else { a.intersection(&b).count() as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded(texts: &[&str]) -> Vec<Vec<f64>> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        futures::executor::block_on(HashedText.embed(&texts)).unwrap()
    }

    #[test]
    fn texts_with_the_same_rare_words_are_like() {
        let found =
            embedded(&["Linen summer dress", "summer DRESS, linen!", "summer running shoes", "tax advice for firms"]);
        let likeness: Vec<f64> = found.iter().map(|vector| cosine(&found[0], vector)).collect();
        assert!((likeness[1] - 1.0).abs() < 1e-12, "{likeness:?}");
        assert!(likeness[2] > 0.05 && likeness[2] < 0.6, "{likeness:?}");
        assert!(likeness[3].abs() < 0.2, "{likeness:?}");
    }

    #[test]
    fn the_same_texts_give_the_same_bytes_and_nothing_is_like_nothing() {
        let texts = ["ação de verão", "", "ação"];
        let (first, second) = (embedded(&texts), embedded(&texts));
        let bits = |vectors: &[Vec<f64>]| vectors.iter().flatten().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&first), bits(&second));
        assert_eq!(first[0].len(), 256);
        assert_eq!(cosine(&first[0], &first[1]).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn places_and_signs_of_many_words_are_even() {
        let hashes: Vec<u64> = (0..10_000).map(|word| hashed(&format!("word{word}"))).collect();
        let negative = hashes.iter().filter(|hash| *hash >> 63 == 1).count();
        assert!((4_700..5_300).contains(&negative), "{negative}");
        let mut places = [0_u32; 256];
        for hash in hashes {
            places[usize::try_from(hash % 256).unwrap()] += 1;
        }
        assert!(places.iter().all(|count| (10..80).contains(count)), "{places:?}");
    }
}
