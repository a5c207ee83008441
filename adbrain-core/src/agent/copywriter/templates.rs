//! The sentences of the copy, from one data file per language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{CopySlot, Language, Tone};

/// The styles, in the order in which they are written.
pub(super) const STYLES: [&str; 4] = ["benefit", "proof", "offer", "question"];

/// The sentences of one language: by style, then by slot, the fullest first.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Templates(BTreeMap<String, BTreeMap<CopySlot, Vec<Template>>>);

/// One sentence with places for `{benefit}`, `{benefit_lower}`, `{fact}`, `{offer}`, `{product}` and `{brand}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub(super) text: String,
    /// The tones that it suits; empty means all.
    #[serde(default)]
    tones: Vec<Tone>,
}

type Loaded = LazyLock<Result<Templates, String>>;

static PORTUGUESE: Loaded = LazyLock::new(|| read(include_str!("templates.pt-BR.json")));
static ENGLISH: Loaded = LazyLock::new(|| read(include_str!("templates.en.json")));

fn read(text: &str) -> Result<Templates, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Templates {
    /// The sentences of a language.
    pub(super) fn shipped(language: Language) -> Result<&'static Self> {
        let loaded = match language {
            Language::Portuguese => &PORTUGUESE,
            Language::English => &ENGLISH,
        };
        loaded.as_ref().map_err(|error| {
            Error::new(ErrorKind::Internal, format!("the copy templates: {error}")).with("language", language)
        })
    }

    /// The sentences of a style and slot that suit a tone.
    pub(super) fn of(&self, style: &str, slot: CopySlot, tone: Tone) -> impl Iterator<Item = &Template> {
        let all = self.0.get(style).and_then(|slots| slots.get(&slot));
        all.into_iter().flatten().filter(move |template| template.tones.is_empty() || template.tones.contains(&tone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_style_slot_and_tone_has_a_sentence() {
        for language in Language::ALL {
            let templates = Templates::shipped(*language).unwrap();
            for (style, slot) in STYLES.iter().flat_map(|style| CopySlot::ALL.iter().map(move |slot| (style, slot))) {
                for tone in Tone::ALL {
                    assert!(templates.of(style, *slot, *tone).count() > 0, "{language} {style} {slot} {tone}");
                }
            }
        }
    }
}
