//! The creative of an ad, in Meta's words: a page's story with a video, a picture or cards.

use serde_json::{Value, json};

use super::config::MetaConfig;
use super::map::{NAME_LIMIT, set};
use crate::error::{Error, Result};
use crate::model::{AdDraft, CopySlot, Format, ObjectId, Platform};
use crate::platform::spec;
use crate::platform::tagged::with_tag;

/// The files of an ad as the account has them.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// The hashes of its pictures, in Meta's words.
    pub(super) images: Vec<String>,
    /// Its videos, each with the address of a picture out of it.
    pub(super) videos: Vec<Film>,
}

/// A video that can be shown.
#[derive(Debug)]
pub(super) struct Film {
    pub(super) id: String,
    pub(super) thumbnail: Option<String>,
}

/// The body that makes an ad with its creative, paused, in one request.
pub(super) fn ad(config: &MetaConfig, ad_set: &ObjectId, draft: &AdDraft, media: &Media) -> Result<Value> {
    let name = with_tag(&draft.name, &draft.tag, NAME_LIMIT);
    let mut story = json!({"page_id": config.page_id});
    if let Some(account) = &config.instagram_user_id {
        set(&mut story, "instagram_user_id", json!(account));
    }
    let (kind, data) = data(config, draft, media)?;
    set(&mut story, kind, data);
    Ok(json!({
        "name": name,
        "adset_id": ad_set.as_str(),
        "status": "PAUSED",
        "creative": {"name": name, "object_story_spec": story},
    }))
}

fn data(config: &MetaConfig, draft: &AdDraft, media: &Media) -> Result<(&'static str, Value)> {
    match (draft.creative.format, media.videos.first()) {
        (Format::Carousel, _) => Ok(("link_data", carousel(config, draft, media)?)),
        (_, Some(film)) => Ok(("video_data", video(config, draft, film, media)?)),
        (Format::Video, None) => Err(absent(draft, "a video")),
        (_, None) => Ok(("link_data", picture(config, draft, media)?)),
    }
}

fn absent(draft: &AdDraft, what: &str) -> Error {
    Error::invalid("creative.files", format!("{} has no {what}", draft.name)).next(format!("give the ad {what}"))
}

fn video(config: &MetaConfig, draft: &AdDraft, film: &Film, media: &Media) -> Result<Value> {
    let mut data = json!({"video_id": film.id, "call_to_action": action(config, draft)});
    match (media.images.first(), &film.thumbnail) {
        (Some(image), _) => set(&mut data, "image_hash", json!(image)),
        (None, Some(address)) => set(&mut data, "image_url", json!(address)),
        (None, None) => return Err(absent(draft, "picture for the start of the video")),
    }
    texts(&mut data, draft, ["message", "title", "link_description"]);
    Ok(data)
}

fn picture(config: &MetaConfig, draft: &AdDraft, media: &Media) -> Result<Value> {
    let image = media.images.first().ok_or_else(|| absent(draft, "picture"))?;
    let mut data = json!({"link": draft.creative.url, "image_hash": image, "call_to_action": action(config, draft)});
    texts(&mut data, draft, ["message", "name", "description"]);
    Ok(data)
}

fn carousel(config: &MetaConfig, draft: &AdDraft, media: &Media) -> Result<Value> {
    if !spec::of(Platform::Meta)?.takes_cards(media.images.len()) {
        let what = format!("{} has {} pictures, and a carousel shows 2 to 10", draft.name, media.images.len());
        return Err(Error::invalid("creative.files", what).next("give it 2 to 10 pictures"));
    }
    let headlines: Vec<_> = draft.creative.copy.iter().filter(|text| text.slot == CopySlot::Headline).collect();
    let card = |(number, image): (usize, &String)| {
        let mut card = json!({"link": draft.creative.url, "image_hash": image});
        if let Some(text) = headlines.get(number).or(headlines.first()) {
            set(&mut card, "name", json!(text.text));
        }
        card
    };
    let cards: Vec<_> = media.images.iter().enumerate().map(card).collect();
    let mut data = json!({
        "link": draft.creative.url,
        "child_attachments": cards,
        "call_to_action": action(config, draft),
        // The arc of the slides is told in its order.
        "multi_share_optimized": false,
    });
    if let Some(text) = text(draft, CopySlot::PrimaryText) {
        set(&mut data, "message", json!(text));
    }
    Ok(data)
}

fn action(config: &MetaConfig, draft: &AdDraft) -> Value {
    json!({"type": config.call_to_action, "value": {"link": draft.creative.url}})
}

/// The first text of each slot under Meta's name for it.
fn texts(data: &mut Value, draft: &AdDraft, fields: [&str; 3]) {
    let slots = [CopySlot::PrimaryText, CopySlot::Headline, CopySlot::Description];
    for (field, slot) in fields.into_iter().zip(slots) {
        if let Some(text) = text(draft, slot) {
            set(data, field, json!(text));
        }
    }
}

fn text(draft: &AdDraft, slot: CopySlot) -> Option<&str> {
    draft.creative.copy.iter().find(|text| text.slot == slot).map(|text| text.text.as_str())
}
