//! Putting the specialists' work together: no duplicates, sorted, with coverage.

use std::collections::BTreeSet;

use super::{KeptMedia, Made};
use crate::error::Result;
use crate::model::message::Argument;
use crate::model::{Asset, AssetSet, ContentHash, Coverage, Format, ManifestEntry, Message, Platform};

/// One set from many parts. Of two assets with the same content for the same platform, the one with the lower key stays.
pub(super) fn combine(
    parts: impl IntoIterator<Item = Made>,
    media: &[KeptMedia],
    formats: &[Format],
    platforms: &[Platform],
) -> Result<AssetSet> {
    let mut set = AssetSet::default();
    for part in parts {
        set.assets.extend(part.assets);
        set.skipped.extend(part.skipped);
    }
    set.assets = without_duplicates(set.assets)?;
    set.assets.iter_mut().for_each(|asset| tell_crops(asset, media));
    set.manifest = manifest(media);
    set.coverage = coverage(&set.assets, formats, platforms);
    set.skipped.sort_by(|one, other| (&one.subject, &one.reason.key).cmp(&(&other.subject, &other.reason.key)));
    set.skipped.dedup();
    Ok(set)
}

/// Says of each file of an asset that the engine cropped how much of it is left out.
fn tell_crops(asset: &mut Asset, media: &[KeptMedia]) {
    let used = media.iter().filter(|media| asset.files.contains(&media.hash));
    let cropped = used.filter_map(|media| Some((media, media.crop.as_ref()?)));
    for (file, crop) in cropped {
        let source = media.iter().find(|source| source.hash == crop.source);
        let lost = 1.0 - source.map_or(1.0, |source| crop.part_of(&source.facts));
        let message = Message::new("creative-loss-cropped").with("file", file.item.path.as_str());
        asset.losses.push(message.with("part", Argument::Ratio(lost)));
    }
}

fn without_duplicates(mut assets: Vec<Asset>) -> Result<Vec<Asset>> {
    assets.sort_by(|one, other| one.key.cmp(&other.key));
    let mut seen = BTreeSet::new();
    let mut unique: Vec<Asset> = Vec::with_capacity(assets.len());
    for asset in assets {
        let is_new = seen.insert((asset.platform, ContentHash::of_value(&asset.content)?));
        if is_new && unique.last().is_none_or(|last| last.key != asset.key) {
            unique.push(asset);
        }
    }
    Ok(unique)
}

fn manifest(media: &[KeptMedia]) -> Vec<ManifestEntry> {
    let mut entries: Vec<_> = media
        .iter()
        .map(|media| ManifestEntry {
            hash: media.hash.clone(),
            path: media.item.path.clone(),
            kind: media.kind(),
            facts: media.facts.clone(),
            alternative_text: media.item.alternative_text.clone(),
            crop: media.crop.clone(),
        })
        .collect();
    entries.sort_by(|one, other| one.hash.cmp(&other.hash));
    entries
}

/// Each wanted format on each platform, in the order of the brief and of the strategy; zero where a platform cannot carry it.
fn coverage(assets: &[Asset], formats: &[Format], platforms: &[Platform]) -> Vec<Coverage> {
    let mut rows = Vec::with_capacity(formats.len() * platforms.len());
    for format in formats {
        for platform in platforms {
            let serving = assets.iter().filter(|asset| asset.format == *format && asset.platform == *platform);
            let ready = serving.clone().filter(|asset| asset.missing.is_empty()).count();
            rows.push(Coverage { format: *format, platform: *platform, assets: serving.count(), ready });
        }
    }
    rows
}
