//! The curator of user content: ranks the pieces and fits them to platforms. The rights were checked before.

use async_trait::async_trait;

use super::{Commission, KeptMedia, Made, Specialist, asset, missing_image, missing_video};
use crate::error::Result;
use crate::model::{Asset, AssetContent, Format, MediaKind, Message, MissingFile, Platform, Rights};
use crate::platform::spec::{Frame, PlatformSpec, UgcSpec};

/// Pixels across that count as full sharpness.
const FULL_WIDTH: f64 = 1080.0;
/// Characters of an alternative text that count as a full description.
const FULL_DESCRIPTION: f64 = 40.0;

/// Makes one asset per piece of user content and platform.
#[derive(Debug, Clone, Copy)]
pub struct UgcCurator;

#[async_trait]
impl Specialist for UgcCurator {
    fn format(&self) -> Format {
        Format::Ugc
    }

    async fn run(&self, commission: &Commission) -> Result<Made> {
        let pieces = ranked(commission);
        let mut made = Made::default();
        if pieces.is_empty() {
            made.skip("ugc", Message::new("creative-skip-no-user-content"));
        }
        for platform in commission.platforms() {
            let spec = commission.specs.platform(platform)?;
            match &spec.ugc {
                Some(ugc) => pieces.iter().for_each(|piece| one(piece, platform, (spec, ugc), &mut made)),
                None => made.cannot_carry(Format::Ugc, platform),
            }
        }
        Ok(made)
    }
}

/// The pieces with their rights and scores, best first; of equal ones the first of the brief.
fn ranked(commission: &Commission) -> Vec<(&KeptMedia, &Rights, f64)> {
    let pieces = commission.media.iter().filter(|media| media.item.is_user_content);
    let mut pieces: Vec<_> =
        pieces.filter_map(|media| Some((media, media.item.rights.as_ref()?, score(media)))).collect();
    pieces.sort_by(|one, other| other.2.total_cmp(&one.2));
    pieces
}

/// The score S = 0.5 s + 0.3 v + 0.2 d, with sharpness s = min(1, width / 1080), v = 1 for a video or else 0.5, and description
/// d = min(1, characters / 40). The weights are a convention of this engine; results in memory outweigh them later.
fn score(media: &KeptMedia) -> f64 {
    let sharpness = (f64::from(media.facts.width) / FULL_WIDTH).min(1.0);
    let motion = if media.kind() == MediaKind::Video { 1.0 } else { 0.5 };
    let description = (media.item.alternative_text.chars().count() as f64 / FULL_DESCRIPTION).min(1.0);
    0.5 * sharpness + 0.3 * motion + 0.2 * description
}

fn one(piece: &(&KeptMedia, &Rights, f64), platform: Platform, spec: (&PlatformSpec, &UgcSpec), made: &mut Made) {
    let (media, rights, score) = *piece;
    let (platform_spec, limits) = spec;
    if !limits.kinds.contains(&media.kind()) || !platform_spec.takes_bytes(media.kind(), media.facts.bytes) {
        let reason = Message::new("creative-skip-kind")
            .with("file", media.item.path.as_str())
            .with("kind", media.kind().as_str())
            .with("platform", platform.as_str());
        return made.skip(media.item.path.as_str(), reason);
    }
    let key = format!("ugc/{}/{platform}", media.hash.short(8));
    let content = AssetContent::Ugc { media: media.hash.clone(), rights: rights.clone(), score };
    let mut asset = asset(key, Format::Ugc, platform, content);
    asset.files.push(media.hash.clone());
    want_a_fitting_frame(&mut asset, media, &platform_spec.frames(&limits.frames));
    made.assets.push(asset);
}

fn want_a_fitting_frame(asset: &mut Asset, media: &KeptMedia, frames: &[Frame]) {
    if frames.iter().any(|frame| frame.fits(&media.facts)) {
        return;
    }
    let wanted = frames.first().map(|frame| match media.facts.duration_ms {
        Some(length) => missing_video(&asset.key, frame, length),
        None => missing_image(&asset.key, frame),
    });
    let crop = frames.first().and_then(|frame| frame.crop(&media.hash, &media.facts));
    asset.missing.extend(wanted.map(|wanted| MissingFile { crop, ..wanted }));
}
