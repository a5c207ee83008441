//! Writing the variants of one slot: the fullest sentence that fits, for each piece of material, style by style.

use super::templates::{STYLES, Template, Templates};
use crate::agent::wording::{Material, forbidden, likeness};
use crate::model::{Brief, CopySlot, CopyVariant, Message, Platform, RefusedClaim};
use crate::platform::spec::{PlatformSpec, TextSpec};

/// Two texts of one slot that share this part of their words or more say nearly the same.
pub(super) const NEAR_DUPLICATE: f64 = 0.7;

/// What the texts of one platform are written from.
pub(super) struct Desk<'a> {
    pub(super) brief: &'a Brief,
    pub(super) material: &'a Material,
    pub(super) templates: &'a Templates,
    pub(super) spec: &'a PlatformSpec,
    pub(super) wanted: usize,
}

/// A text that fits, with its length.
struct Fitting {
    text: String,
    length: usize,
}

impl Desk<'_> {
    /// Writes the variants of one slot, a round through the styles for each piece of material.
    pub(super) fn slot(
        &self,
        platform: Platform,
        slot: CopySlot,
        taken: &mut Vec<CopyVariant>,
        refused: &mut Vec<RefusedClaim>,
    ) {
        let Some(limit) = self.spec.slot(slot) else { return };
        let rounds = STYLES.iter().map(|style| self.pieces(style).len()).max().unwrap_or_default();
        let mut number = 0;
        for (round, style) in (0..rounds).flat_map(|round| STYLES.map(|style| (round, style))) {
            let Some(piece) = self.pieces(style).get(round).filter(|_| number < self.wanted) else { continue };
            match self.choose(piece, (style, platform, slot), limit, taken) {
                Ok(found) => {
                    number += 1;
                    taken.push(variant(found, (style, platform, slot), limit.limit, number));
                }
                Err(reason) => refused.push(RefusedClaim { text: piece.clone(), reason }),
            }
        }
    }

    /// What a style speaks about; a style without material is left out.
    fn pieces(&self, style: &str) -> &[String] {
        match style {
            "proof" => &self.material.facts,
            "offer" => &self.material.offers,
            _ => &self.material.benefits,
        }
    }

    /// The fullest sentence within what is shown whole, else the first within the limit; the last reason where there is none.
    fn choose(
        &self,
        piece: &str,
        place: (&str, Platform, CopySlot),
        limit: &TextSpec,
        taken: &[CopyVariant],
    ) -> Result<Fitting, Message> {
        let (style, platform, slot) = place;
        let tone = self.spec.tone().unwrap_or(self.brief.product.tone);
        let mut reason = Message::new("copy-refused-too-long")
            .with("slot", slot.as_str())
            .with("platform", platform.as_str())
            .with("limit", i64::try_from(limit.limit).unwrap_or(i64::MAX));
        for greatest in [limit.aim, limit.limit] {
            for template in self.templates.of(style, slot, tone) {
                let text = self.fill(template, piece);
                let length = self.spec.length(&text);
                if length > greatest {
                    continue;
                }
                match self.objection(&text, platform, slot, taken) {
                    Some(objection) => reason = objection,
                    None => return Ok(Fitting { text, length }),
                }
            }
        }
        Err(reason)
    }

    fn objection(&self, text: &str, platform: Platform, slot: CopySlot, taken: &[CopyVariant]) -> Option<Message> {
        let near = |other: &&CopyVariant| {
            other.text == text || (other.slot == slot && likeness(&other.text, text) >= NEAR_DUPLICATE)
        };
        let duplicate = || {
            let other = taken.iter().find(near)?;
            Some(Message::new("copy-refused-near-duplicate").with("other", other.text.as_str()))
        };
        forbidden(text, self.brief).or_else(|| self.spec.refuses_letters(text, platform)).or_else(duplicate)
    }

    /// Puts the material into a sentence. One pass, so that a brief's own curly brackets stay as they are.
    fn fill(&self, template: &Template, piece: &str) -> String {
        let piece = piece.trim_end_matches(['.', '!']);
        let mut text = String::new();
        let mut rest = template.text.as_str();
        while let Some((before, from)) = rest.split_once('{') {
            let (name, after) = from.split_once('}').unwrap_or((from, ""));
            text.push_str(before);
            match name {
                "product" => text.push_str(&self.brief.product.name),
                "brand" => text.push_str(&self.brief.brand),
                "benefit_lower" => text.push_str(&lower_start(piece)),
                _ => text.push_str(piece),
            }
            rest = after;
        }
        text.push_str(rest);
        upper_start(&text)
    }
}

fn variant(found: Fitting, place: (&str, Platform, CopySlot), limit: usize, number: usize) -> CopyVariant {
    let (style, platform, slot) = place;
    CopyVariant {
        key: format!("{platform}/{slot}/{number}"),
        platform,
        slot,
        style: style.to_owned(),
        text: found.text,
        length: found.length,
        limit,
    }
}

/// The text with a small first letter, unless its first word is an abbreviation or a name in capitals.
fn lower_start(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

fn upper_start(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_letter_follows_its_place() {
        assert_eq!(lower_start("Conforto o dia todo"), "conforto o dia todo");
        assert_eq!(lower_start("GPS de série"), "GPS de série");
        assert_eq!(upper_start("água"), "Água");
    }
}
