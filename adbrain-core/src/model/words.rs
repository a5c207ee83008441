//! The words of a text.

use unicode_segmentation::UnicodeSegmentation as _;

/// The words of a text in small letters (UAX 29).
pub(crate) fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

/// How often a phrase stands in a text, word by word and whatever the case.
pub(crate) fn count_phrase(text: &str, phrase: &str) -> usize {
    let (text, phrase) = (words(text), words(phrase));
    if phrase.is_empty() { 0 } else { text.windows(phrase.len()).filter(|window| *window == phrase).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_made_of_whole_words() {
        assert_eq!(count_phrase("Um produto BARATO, sim, barato", "barato"), 2);
        assert_eq!(count_phrase("baratos", "barato"), 0);
        assert_eq!(count_phrase("sem custo algum", "Sem Custo"), 1);
        assert_eq!(count_phrase("tudo", " "), 0);
    }
}
