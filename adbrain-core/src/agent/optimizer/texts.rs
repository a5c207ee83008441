//! Which texts an ad gets.

use crate::error::Result;
use crate::model::{CopySet, CopySlot, CopyVariant, Format, Platform};
use crate::platform::spec::SpecBook;

/// One text per slot, of the style where there is one, else the first. Texts that the placement of the format takes go before those that are
/// too long for it: a carousel may have shorter ones than other ads.
pub(super) fn of(copy: &CopySet, (platform, format): (Platform, Format), style: &str) -> Result<Vec<CopyVariant>> {
    let spec = SpecBook::shipped()?.platform(platform)?;
    let placement = spec.placements.get(format.as_str());
    let fits = |variant: &CopyVariant| {
        let name = placement.and_then(|placement| placement.slots.get(&variant.slot));
        name.is_none_or(|name| spec.holds(name, &variant.text))
    };
    let of_slot = |slot: &CopySlot| {
        let own = copy.variants.iter().filter(|variant| variant.platform == platform && variant.slot == *slot);
        // Of those that are as good, the first.
        own.rev().max_by_key(|variant| (fits(variant), variant.style == style)).cloned()
    };
    Ok(CopySlot::ALL.iter().filter_map(of_slot).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant(style: &str, letters: usize) -> CopyVariant {
        CopyVariant {
            key: format!("linkedin/primary_text/{style}"),
            platform: Platform::LinkedIn,
            slot: CopySlot::PrimaryText,
            style: style.to_owned(),
            text: "x".repeat(letters),
            length: letters,
            limit: 600,
        }
    }

    #[test]
    fn a_carousel_gets_a_text_that_it_takes_and_every_other_ad_the_one_of_its_style() {
        let variants = vec![variant("benefit", 300), variant("proof", 255), variant("offer", 200)];
        let copy = CopySet { variants, ..CopySet::default() };
        let style_of = |format: Format, style: &str| {
            let texts = of(&copy, (Platform::LinkedIn, format), style).unwrap();
            texts.into_iter().map(|text| text.style).collect::<Vec<_>>()
        };
        assert_eq!(style_of(Format::Video, "benefit"), ["benefit"]);
        assert_eq!(style_of(Format::Video, "none"), ["benefit"]);
        assert_eq!(style_of(Format::Carousel, "benefit"), ["proof"]);
        assert_eq!(style_of(Format::Carousel, "offer"), ["offer"]);
        assert!(of(&copy, (Platform::Meta, Format::Video), "benefit").unwrap().is_empty());
    }
}
