//! The carousel expert: a story over 2 to 10 cards.

use async_trait::async_trait;

use super::{Commission, KeptMedia, Made, Specialist, asset, best_crop, missing_image};
use crate::error::Result;
use crate::model::{Asset, AssetContent, CarouselCard, Format, MediaKind, Message, MissingFile, Platform};
use crate::platform::spec::{CarouselSpec, Frame, PlatformSpec};

/// The most cards that the engine tells a story over, where the platform takes more.
const MOST_CARDS: usize = 10;
/// The name of a card's text in the specifications.
const CARD: &str = "card";

/// Makes one carousel per platform: hook, proof, benefits, offer, call to action.
#[derive(Debug, Clone, Copy)]
pub struct CarouselExpert;

#[async_trait]
impl Specialist for CarouselExpert {
    fn format(&self) -> Format {
        Format::Carousel
    }

    async fn run(&self, commission: &Commission) -> Result<Made> {
        let mut made = Made::default();
        for platform in commission.platforms() {
            let spec = commission.specs.platform(platform)?;
            match &spec.carousel {
                Some(carousel) => made.assets.extend(one(commission, platform, spec, carousel)),
                None => made.cannot_carry(Format::Carousel, platform),
            }
        }
        Ok(made)
    }
}

fn one(commission: &Commission, platform: Platform, spec: &PlatformSpec, limits: &CarouselSpec) -> Option<Asset> {
    let key = format!("carousel/story/{platform}");
    let (frame, images) = choose(commission, &spec.frames(&limits.frames), limits.max_bytes)?;
    let (mut cards, mut losses) = arc(commission, spec, limits);
    let needed = limits.min_cards.max(cards.len());
    for (card, image) in cards.iter_mut().zip(images.iter().cycle()) {
        card.image = Some(image.hash.clone());
    }
    if !images.is_empty() && images.len() < cards.len() {
        losses.push(Message::new("creative-loss-images-repeat").with("images", count(images.len())));
    }
    let used: Vec<_> = images.iter().take(cards.len()).map(|image| image.hash.clone()).collect();
    let mut asset = asset(key.clone(), Format::Carousel, platform, AssetContent::Carousel { cards });
    if images.is_empty() {
        let others = commission.own_media().filter(|media| is_source(media, limits.max_bytes));
        let wanted = MissingFile { crop: best_crop(others, &frame), ..missing_image(&key, &frame) };
        asset.missing = std::iter::repeat_n(wanted, needed).collect();
    }
    asset.files = used;
    asset.losses = losses;
    Some(asset)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn choose<'a>(commission: &'a Commission, frames: &[Frame], max_bytes: u64) -> Option<(Frame, Vec<&'a KeptMedia>)> {
    let fitting = |frame: &Frame| -> Vec<&'a KeptMedia> {
        commission.own_media().filter(|media| is_source(media, max_bytes) && frame.fits(&media.facts)).collect()
    };
    let best = frames.iter().map(|frame| (*frame, fitting(frame))).find(|(_, images)| !images.is_empty());
    best.or_else(|| frames.first().map(|frame| (*frame, Vec::new())))
}

fn is_source(media: &KeptMedia, max_bytes: u64) -> bool {
    media.kind() == MediaKind::Image && media.facts.bytes <= max_bytes
}

/// The cards of the story, and a loss for each text that no card can hold.
fn arc(commission: &Commission, spec: &PlatformSpec, limits: &CarouselSpec) -> (Vec<CarouselCard>, Vec<Message>) {
    let (brief, material) = (&commission.strategy.brief, &commission.material);
    let mut middle = Vec::new();
    middle.extend(material.facts.first().map(|text| ("proof", text)));
    middle.extend(material.benefits.iter().map(|text| ("benefit", text)));
    middle.extend(material.offers.first().map(|text| ("offer", text)));
    let (fitting, long): (Vec<_>, Vec<_>) = middle.into_iter().partition(|(_, text)| spec.holds(CARD, text));
    let losses = long.into_iter().map(|(role, text)| too_long(role, text, spec)).collect();
    let card = |role: &str, headline: String| CarouselCard {
        role: role.to_owned(),
        headline,
        url: brief.product.url.clone(),
        image: None,
    };
    let mut cards = vec![card("hook", hook(commission, spec))];
    cards.extend(
        keep_the_ends(fitting, limits.max_cards.min(MOST_CARDS))
            .into_iter()
            .map(|(role, text)| card(role, text.clone())),
    );
    cards.push(card("call_to_action", commission.text(&Message::new("creative-card-call"))));
    (cards, losses)
}

fn too_long(role: &str, text: &str, spec: &PlatformSpec) -> Message {
    let limit = spec.text(CARD).map_or(0, |card| count(card.limit));
    Message::new("creative-loss-card").with("role", role).with("text", text).with("limit", limit)
}

/// Leaves out benefits from the last on until hook, middle and call to action fit the greatest number of cards.
fn keep_the_ends<'a>(mut middle: Vec<(&'a str, &'a String)>, max_cards: usize) -> Vec<(&'a str, &'a String)> {
    while middle.len() + 2 > max_cards {
        match middle.iter().rposition(|(role, _)| *role == "benefit") {
            Some(last) => drop(middle.remove(last)),
            None => middle.truncate(max_cards.saturating_sub(2)),
        }
    }
    middle
}

fn hook(commission: &Commission, spec: &PlatformSpec) -> String {
    let brief = &commission.strategy.brief;
    let long = commission.text(&Message::new("creative-hook").with("product", brief.product.name.as_str()));
    let choices = [long, brief.product.name.clone(), brief.brand.clone()];
    let short = || commission.text(&Message::new("creative-hook-short"));
    choices.into_iter().find(|text| spec.holds(CARD, text)).unwrap_or_else(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benefits_make_room_before_proof_and_offer() {
        let text = String::from("x");
        let middle = vec![("proof", &text), ("benefit", &text), ("benefit", &text), ("offer", &text)];
        let roles: Vec<_> = keep_the_ends(middle, 5).into_iter().map(|(role, _)| role).collect();
        assert_eq!(roles, ["proof", "benefit", "offer"]);
    }
}
