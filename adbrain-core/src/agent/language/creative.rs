//! Creative's words: texts on cards, films and frames. Files, cuts, elements and addresses stay.

use super::WordAgent;
use super::desk::Desk;
use super::rewrite::{Place, rewrite};
use crate::error::Result;
use crate::model::{Asset, AssetContent, AssetSet, RunId, SkippedAsset, Strategy};
use crate::platform::spec::SpecBook;

/// What a caption holds at a glance, in characters: a convention of this engine.
const CAPTION: usize = 70;
/// The name of a card's text in the specifications.
const CARD: &str = "card";

/// Gives cards, captions and frames better words where the model has some that pass; says what was refused.
pub(crate) async fn creative(desk: &Desk, run: &RunId, strategy: &Strategy, mut set: AssetSet) -> Result<AssetSet> {
    let specs = SpecBook::shipped()?;
    let mut places = Vec::new();
    let mut owners = Vec::new();
    for (asset, one) in set.assets.iter().enumerate() {
        for (part, (role, text)) in texts(one).into_iter().enumerate() {
            if let Some(place) = place(one, (role, text), specs)? {
                places.push(place);
                owners.push((asset, part));
            }
        }
    }
    let found = rewrite(desk, (run, WordAgent::Creative), &strategy.brief, &places).await?;
    for (number, text) in found.texts {
        let Some((asset, part)) = owners.get(number) else { continue };
        if let Some(slot) = set.assets.get_mut(*asset).and_then(|one| slot(one, *part)) {
            *slot = text;
        }
    }
    set.skipped
        .extend(found.refused.into_iter().map(|claim| SkippedAsset { subject: claim.text, reason: claim.reason }));
    Ok(set)
}

/// The texts of an asset that may be written anew, with their roles.
fn texts(asset: &Asset) -> Vec<(&str, &str)> {
    match &asset.content {
        AssetContent::Video { plan } => {
            plan.shots.iter().map(|shot| (shot.role.as_str(), shot.caption.as_str())).collect()
        }
        AssetContent::Carousel { cards } => {
            cards.iter().map(|card| (card.role.as_str(), card.headline.as_str())).collect()
        }
        AssetContent::Story { frames } => frames.iter().map(|frame| ("hook", frame.text.as_str())).collect(),
        AssetContent::Ugc { .. } => Vec::new(),
    }
}

/// One of those texts, to be replaced.
fn slot(asset: &mut Asset, part: usize) -> Option<&mut String> {
    match &mut asset.content {
        AssetContent::Video { plan } => plan.shots.get_mut(part).map(|shot| &mut shot.caption),
        AssetContent::Carousel { cards } => cards.get_mut(part).map(|card| &mut card.headline),
        AssetContent::Story { frames } => frames.get_mut(part).map(|frame| &mut frame.text),
        AssetContent::Ugc { .. } => None,
    }
}

fn place<'a>(asset: &Asset, (role, text): (&str, &str), specs: &'a SpecBook) -> Result<Option<Place<'a>>> {
    let known = ["hook", "benefit", "proof", "offer", "call_to_action"].into_iter().find(|known| *known == role);
    // A frame of several lines carries a question of its own.
    let (Some(role), false) = (known, text.contains('\n')) else { return Ok(None) };
    let spec = specs.platform(asset.platform)?;
    let (kind, limit) = match &asset.content {
        AssetContent::Carousel { .. } => ("carousel card", spec.text(CARD).map_or(0, |card| card.limit)),
        AssetContent::Video { .. } => ("caption on a film", CAPTION),
        _ => ("text on a story", CAPTION),
    };
    let (platform, group, text) = (asset.platform, asset.key.clone(), text.to_owned());
    Ok((limit > 0).then_some(Place { kind, role, spec, platform, limit, group, text }))
}
