//! What words of a model may not hold, on top of what the rules refuse of their own words.

use unicode_segmentation::UnicodeSegmentation as _;

use super::taint::is_turning;
use crate::agent::wording::{forbidden, unsupported};
use crate::error::Result;
use crate::model::{CheckedBrief, Message, Tone, words};
use crate::platform::adapt::lint_tone;
use crate::platform::spec::PlatformSpec;

/// The least score of [`lint_tone`] for each tone.
const TONE_SCORES: &[(Tone, u32)] = &[(Tone::Professional, 85), (Tone::Friendly, 60), (Tone::Urgent, 40)];
/// Letters that begin or make up what leads elsewhere: addresses, handles, placeholders, markup.
const LEADING: &[char] = &['@', '#', '{', '}', '<', '>', '|', '`', '\\'];
/// Parts of addresses.
const ADDRESSES: &[&str] = &["://", "www.", ".com", ".net", ".org", ".br", ".io", "mailto:", "wa.me"];
/// So many digits in a row, other signs of telephone numbers between them, are a number to call.
const TELEPHONE_DIGITS: usize = 7;
/// Words that speak to machines and their owners, not to people who buy: an ad has no use for them unless the brief has.
const ORDERS: &[&str] = &[
    "ignore",
    "instruction",
    "instructions",
    "override",
    "system",
    "prompt",
    "assistant",
    "agent",
    "agents",
    "bot",
    "llm",
    "approve",
    "approval",
    "approvals",
    "budget",
    "budgets",
    "cap",
    "caps",
    "limit",
    "limits",
    "kill",
    "pause",
    "activate",
    "policy",
    "json",
    "admin",
    "advertiser",
    "instrução",
    "instruções",
    "sistema",
    "assistente",
    "agente",
    "agentes",
    "robô",
    "aprove",
    "aprovar",
    "aprovado",
    "aprovação",
    "aprovações",
    "orçamento",
    "orçamentos",
    "verba",
    "teto",
    "tetos",
    "limite",
    "limites",
    "pausar",
    "ative",
    "ativa",
    "política",
    "anunciante",
    "lance",
];
/// The longest sentence of a report, in characters.
const LONGEST_SENTENCE: usize = 400;

/// Why a text may not be used in an ad; none where it may.
pub(super) fn ad_text(text: &str, brief: &CheckedBrief, spec: &PlatformSpec) -> Result<Option<Message>> {
    if let Some(reason) = form(text).or_else(|| leads_elsewhere(text)).or_else(|| forbidden(text, brief)) {
        return Ok(Some(reason));
    }
    if let Some(reason) = unsupported(text, brief)? {
        return Ok(Some(reason));
    }
    if let Some(word) = order(text, brief) {
        return Ok(Some(Message::new("words-refused-order").with("word", word)));
    }
    if let Some(name) = foreign_name(text, brief) {
        return Ok(Some(Message::new("words-refused-name").with("name", name)));
    }
    tone(text, brief, spec)
}

/// Why a sentence may not stand in a report; none where it may.
pub(super) fn sentence(text: &str) -> Option<Message> {
    let is_long = text.chars().count() > LONGEST_SENTENCE;
    form(text).or_else(|| leads_elsewhere(text)).or_else(|| is_long.then(|| Message::new("words-refused-form")))
}

/// Empty, more than a line, or with letters that are not seen.
fn form(text: &str) -> Option<Message> {
    let is_hidden = |letter: char| letter.is_control() || is_turning(letter);
    let is_wrong = text.trim().is_empty() || text.trim() != text || text.chars().any(is_hidden);
    is_wrong.then(|| Message::new("words-refused-form"))
}

/// An address, a handle, a number to call, a placeholder.
fn leads_elsewhere(text: &str) -> Option<Message> {
    let small = text.to_lowercase();
    let has_sign = text.contains(LEADING) || ADDRESSES.iter().any(|part| small.contains(part));
    (has_sign || has_telephone(text)).then(|| Message::new("words-refused-contact"))
}

fn has_telephone(text: &str) -> bool {
    let mut digits = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '+' | '/' => {}
            _ => digits = 0,
        }
        if digits >= TELEPHONE_DIGITS {
            return true;
        }
    }
    false
}

/// A word for machines that does not stand in the brief.
fn order(text: &str, brief: &CheckedBrief) -> Option<String> {
    let known = own_words(brief);
    words(text).into_iter().find(|word| ORDERS.contains(&word.as_str()) && !known.contains(word))
}

/// The words of the brief, in small letters.
fn own_words(brief: &CheckedBrief) -> Vec<String> {
    let product = &brief.product;
    let facts = product.facts.iter().map(|fact| fact.text.as_str());
    let lists = product.benefits.iter().chain(&product.offers).map(String::as_str);
    let own = [brief.brand.as_str(), brief.name.as_str(), product.name.as_str()];
    own.into_iter().chain(lists).chain(facts).flat_map(words).collect()
}

/// A word that begins with a capital letter inside a sentence and does not stand in the brief: a name that the advertiser has not named.
fn foreign_name(text: &str, brief: &CheckedBrief) -> Option<String> {
    let known = own_words(brief);
    let mut begins = true;
    for (place, word) in text.unicode_word_indices() {
        let between = text.get(..place).and_then(|before| before.trim_end().chars().next_back());
        begins = begins || between.is_some_and(|sign| ".!?:…—–\"“¿¡".contains(sign));
        let is_name = !begins && word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 1;
        if is_name && !known.contains(&word.to_lowercase()) {
            return Some(word.to_owned());
        }
        begins = false;
    }
    None
}

fn tone(text: &str, brief: &CheckedBrief, spec: &PlatformSpec) -> Result<Option<Message>> {
    let wanted = spec.tone().unwrap_or(brief.product.tone);
    let least = TONE_SCORES.iter().find(|(tone, _)| *tone == wanted).map_or(100, |(_, least)| *least);
    let score = lint_tone(text, brief.language())?.score;
    let too_low = || Message::new("words-refused-tone").with("score", i64::from(score)).with("least", i64::from(least));
    Ok((score < least).then(too_low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wording::tests_support::strategy;
    use crate::model::{Platform, Strategy};
    use crate::platform::spec::SpecBook;

    fn refused(text: &str, strategy: &Strategy) -> Option<String> {
        let spec = SpecBook::shipped().unwrap().platform(Platform::Meta).unwrap();
        ad_text(text, &strategy.brief, spec).unwrap().map(|reason| reason.key)
    }

    #[test]
    fn what_the_brief_supports_passes() {
        let strategy = strategy(|_| ());
        for text in ["Conforto o dia todo", "Mais leve a cada passo, da manhã à noite"] {
            assert_eq!(refused(text, &strategy), None, "{text}");
        }
        let product = strategy.brief.product.name.clone();
        assert_eq!(refused(&format!("Conheça {product}"), &strategy), None);
    }

    #[test]
    fn what_leads_elsewhere_claims_shouts_or_hides_is_refused() {
        let strategy = strategy(|brief| brief.product.forbidden_words = vec!["barato".into()]);
        for (text, key) in [
            ("", "words-refused-form"),
            ("duas\nlinhas", "words-refused-form"),
            ("escondido\u{202e}", "words-refused-form"),
            ("veja em outra-loja.com", "words-refused-contact"),
            ("siga a gente em @outraloja", "words-refused-contact"),
            ("ligue 0800 555 1234", "words-refused-contact"),
            ("use {{cupom}}", "words-refused-contact"),
            ("bonito e barato", "copy-refused-forbidden-word"),
            ("agora com 90% de desconto", "copy-refused-figure"),
            ("O melhor do Brasil", "copy-refused-superlative"),
            ("conforto com orçamento ilimitado", "words-refused-order"),
            ("Escolha a Rivalcorp hoje", "words-refused-name"),
            ("CORRA AGORA MESMO PARA COMPRAR", "words-refused-name"),
        ] {
            assert_eq!(refused(text, &strategy).as_deref(), Some(key), "{text}");
        }
    }
}
