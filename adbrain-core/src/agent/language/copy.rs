//! The copywriter's words: new texts for the variants that the rules wrote. Keys, slots, styles and their number stay.

use super::WordAgent;
use super::desk::Desk;
use super::rewrite::{Place, rewrite};
use crate::error::Result;
use crate::model::{CopySet, CopySlot, CopyVariant, RunId, Strategy};
use crate::platform::spec::SpecBook;

/// Gives each variant better words where the model has some that pass; adds what was refused.
pub(crate) async fn copy(desk: &Desk, run: &RunId, strategy: &Strategy, mut set: CopySet) -> Result<CopySet> {
    let specs = SpecBook::shipped()?;
    let mut places = Vec::new();
    let mut owners = Vec::new();
    for (owner, variant) in set.variants.iter().enumerate() {
        if let Some(place) = place(variant, specs)? {
            places.push(place);
            owners.push(owner);
        }
    }
    let found = rewrite(desk, (run, WordAgent::Copywriter), &strategy.brief, &places).await?;
    for (number, text) in found.texts {
        let variant = owners.get(number).and_then(|owner| set.variants.get_mut(*owner));
        if let (Some(place), Some(variant)) = (places.get(number), variant) {
            variant.length = place.spec.length(&text);
            variant.text = text;
        }
    }
    set.refused.extend(found.refused);
    Ok(set)
}

fn place<'a>(variant: &CopyVariant, specs: &'a SpecBook) -> Result<Option<Place<'a>>> {
    let (Some(role), kind) = (role(&variant.style), kind(variant.slot)) else { return Ok(None) };
    let spec = specs.platform(variant.platform)?;
    let limit = spec.slot(variant.slot).map(|slot| slot.limit.min(variant.limit));
    Ok(limit.map(|limit| Place {
        kind,
        role,
        spec,
        platform: variant.platform,
        limit,
        group: format!("{}/{}", variant.platform, variant.slot),
        text: variant.text.clone(),
    }))
}

fn kind(slot: CopySlot) -> &'static str {
    match slot {
        CopySlot::PrimaryText => "main text",
        CopySlot::Headline => "headline",
        CopySlot::Description => "line below the headline",
    }
}

/// What the rules' styles speak about; a style of a caller's own agent keeps its words.
fn role(style: &str) -> Option<&'static str> {
    ["benefit", "proof", "offer", "question"].into_iter().find(|known| *known == style)
}
