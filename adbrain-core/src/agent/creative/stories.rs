//! The stories expert: vertical frames with polls, questions and stickers, as far as a platform's ads have them.

use async_trait::async_trait;

use super::{Commission, KeptMedia, Made, Specialist, asset, best_crop, missing_image};
use crate::error::Result;
use crate::model::{
    Asset, AssetContent, Format, InteractiveElement, MediaKind, Message, MissingFile, Platform, StoryFrame,
};
use crate::platform::spec::{Frame, PlatformSpec, StoriesSpec};

/// Makes one story per platform.
#[derive(Debug, Clone, Copy)]
pub struct StoriesExpert;

#[async_trait]
impl Specialist for StoriesExpert {
    fn format(&self) -> Format {
        Format::Stories
    }

    async fn run(&self, commission: &Commission) -> Result<Made> {
        let mut made = Made::default();
        for platform in commission.platforms() {
            let spec = commission.specs.platform(platform)?;
            match &spec.stories {
                Some(stories) => made.assets.extend(one(commission, platform, spec, stories)),
                None => made.cannot_carry(Format::Stories, platform),
            }
        }
        Ok(made)
    }
}

fn one(commission: &Commission, platform: Platform, spec: &PlatformSpec, limits: &StoriesSpec) -> Option<Asset> {
    let key = format!("stories/interactive/{platform}");
    let frame = *spec.frames(&limits.frames).first()?;
    let media = fitting(commission, spec, &frame);
    let mut losses = Vec::new();
    let mut frames: Vec<_> = script(commission)
        .into_iter()
        .map(|(text, element)| adapt(commission, limits, platform, (text, element), &mut losses))
        .collect();
    for (frame, media) in frames.iter_mut().zip(media.iter().cycle()) {
        frame.media = Some(media.hash.clone());
    }
    let files = media.iter().take(frames.len()).map(|media| media.hash.clone()).collect();
    let mut asset = asset(key.clone(), Format::Stories, platform, AssetContent::Story { frames });
    if media.is_empty() {
        let is_image = |media: &&KeptMedia| media.kind() == MediaKind::Image;
        let others =
            commission.own_media().filter(is_image).filter(|media| spec.takes_bytes(media.kind(), media.facts.bytes));
        asset.missing.push(MissingFile { crop: best_crop(others, &frame), ..missing_image(&key, &frame) });
    }
    asset.files = files;
    asset.losses = losses;
    Some(asset)
}

fn fitting<'a>(commission: &'a Commission, spec: &PlatformSpec, frame: &Frame) -> Vec<&'a KeptMedia> {
    let is_light = |media: &&KeptMedia| spec.takes_bytes(media.kind(), media.facts.bytes);
    commission.own_media().filter(is_light).filter(|media| frame.fits(&media.facts)).collect()
}

/// The frames as they are wished for: a poll, an open question, a sticker with the offer.
fn script(commission: &Commission) -> Vec<(String, InteractiveElement)> {
    let (brief, material) = (&commission.strategy.brief, &commission.material);
    let product = brief.product.name.as_str();
    let text = |key: &str| commission.text(&Message::new(key).with("product", product));
    let poll = InteractiveElement::Poll {
        question: text("creative-poll-question"),
        options: vec![text("creative-poll-yes"), text("creative-poll-more")],
    };
    let mut frames = vec![(text("creative-hook"), poll)];
    let question = InteractiveElement::Question { prompt: text("creative-question") };
    frames.extend(material.benefits.first().map(|benefit| (benefit.clone(), question)));
    let call = || text("creative-card-call");
    let sticker = |offer: &String| (call(), InteractiveElement::Sticker { text: offer.clone() });
    frames.extend(material.offers.first().map(sticker));
    frames
}

/// Keeps an element that the platform's ads have; turns a question or a sticker into plain text, else drops it, with a loss.
fn adapt(
    commission: &Commission,
    limits: &StoriesSpec,
    platform: Platform,
    wished: (String, InteractiveElement),
    losses: &mut Vec<Message>,
) -> StoryFrame {
    let (text, element) = wished;
    let (name, spoken) = match &element {
        InteractiveElement::Poll { question, .. } => ("poll", question),
        InteractiveElement::Question { prompt } => ("question", prompt),
        InteractiveElement::Sticker { text } => ("sticker", text),
    };
    if limits.elements.iter().any(|known| known == name) {
        return StoryFrame { text, media: None, element: Some(element) };
    }
    let element_name = commission.text(&Message::new(format!("creative-element-{name}")));
    losses
        .push(Message::new("creative-loss-element").with("element", element_name).with("platform", platform.as_str()));
    StoryFrame { text: format!("{text}\n{spoken}"), media: None, element: None }
}
