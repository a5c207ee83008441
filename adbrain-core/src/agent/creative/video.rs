//! The video specialist: storyboards and cut plans of 15 s, 30 s and vertical Reels.

use async_trait::async_trait;

use super::{Commission, KeptMedia, Made, Specialist, asset, best_crop, missing_video};
use crate::error::Result;
use crate::model::{Asset, AssetContent, Cut, CutPlan, Format, MediaKind, Message, MissingFile, Platform, Shot};
use crate::platform::spec::{Frame, PlanSpec, PlatformSpec};

/// The longest opening: what does not catch within three seconds is swiped away.
const HOOK_MS: u64 = 3000;
/// The part of a video that the opening may take: a fifth.
const HOOK_PART: u64 = 5;
/// A piece shorter than this flickers; shorter sources are not used.
const SHORTEST_PIECE_MS: u64 = 500;

/// Makes one video per cut plan of each platform's specification.
#[derive(Debug, Clone, Copy)]
pub struct VideoSpecialist;

#[async_trait]
impl Specialist for VideoSpecialist {
    fn format(&self) -> Format {
        Format::Video
    }

    async fn run(&self, commission: &Commission) -> Result<Made> {
        let mut made = Made::default();
        for platform in commission.platforms() {
            let spec = commission.specs.platform(platform)?;
            match &spec.video {
                Some(video) => {
                    let plans = video.plans.iter();
                    made.assets.extend(plans.filter_map(|plan| one(commission, platform, (spec, plan))));
                }
                None => made.cannot_carry(Format::Video, platform),
            }
        }
        Ok(made)
    }
}

fn one(commission: &Commission, platform: Platform, spec: (&PlatformSpec, &PlanSpec)) -> Option<Asset> {
    let (spec, plan) = spec;
    let key = format!("video/{}/{platform}", plan.name);
    let (frame, sources) = choose(commission, spec, &spec.frames(&plan.frames))?;
    let mut shots = storyboard(commission, plan.length_ms);
    let cuts = cut(&shots, &sources);
    describe(commission, &mut shots, &cuts);
    let content = AssetContent::Video { plan: cut_plan(plan, &frame, shots, cuts) };
    let mut asset = asset(key.clone(), Format::Video, platform, content);
    asset.files = sources.iter().map(|source| source.hash.clone()).collect();
    if sources.is_empty() {
        let others = commission.own_media().filter(|media| is_source(media, spec));
        let crop = best_crop(others, &frame);
        asset.missing.push(MissingFile { crop, ..missing_video(&key, &frame, plan.length_ms) });
    } else {
        asset.losses = losses(plan, &sources);
    }
    Some(asset)
}

/// The first frame that files of the brief fit, with those files; else the first frame, with none.
fn choose<'a>(
    commission: &'a Commission,
    spec: &PlatformSpec,
    frames: &[Frame],
) -> Option<(Frame, Vec<&'a KeptMedia>)> {
    let fitting = |frame: &Frame| -> Vec<&'a KeptMedia> {
        commission.own_media().filter(|media| is_source(media, spec) && frame.fits(&media.facts)).collect()
    };
    let found = frames.iter().map(|frame| (*frame, fitting(frame))).find(|(_, sources)| !sources.is_empty());
    found.or_else(|| frames.first().map(|frame| (*frame, Vec::new())))
}

fn is_source(media: &KeptMedia, spec: &PlatformSpec) -> bool {
    let is_long_enough = media.facts.duration_ms.is_some_and(|length| length >= SHORTEST_PIECE_MS);
    media.kind() == MediaKind::Video && is_long_enough && spec.takes_bytes(MediaKind::Video, media.facts.bytes)
}

fn cut_plan(plan: &PlanSpec, frame: &Frame, shots: Vec<Shot>, cuts: Vec<Cut>) -> CutPlan {
    CutPlan {
        name: plan.name.clone(),
        length_ms: plan.length_ms,
        width: frame.width,
        height: frame.height,
        safe_top_percent: frame.safe_top_percent,
        safe_bottom_percent: frame.safe_bottom_percent,
        shots,
        cuts,
    }
}

/// Hook, benefit, proof, offer, call to action; parts that the brief has nothing for are left out.
fn storyboard(commission: &Commission, length_ms: u64) -> Vec<Shot> {
    let (brief, material) = (&commission.strategy.brief, &commission.material);
    let hook = commission.text(&Message::new("creative-hook").with("product", brief.product.name.as_str()));
    let call = commission.text(&Message::new("creative-call-to-action").with("brand", brief.brand.as_str()));
    // The weights share what the hook leaves; they are a convention of this engine.
    let parts = [
        ("benefit", material.benefits.first().cloned(), 4),
        ("proof", material.facts.first().cloned(), 3),
        ("offer", material.offers.first().cloned(), 3),
        ("call_to_action", Some(call), 3),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|(role, text, weight)| Some((role, text?, weight))).collect();
    let total: u64 = parts.iter().map(|(_, _, weight)| weight).sum();
    let start = HOOK_MS.min(length_ms / HOOK_PART);
    let mut shots = vec![shot("hook", hook, 0, start)];
    let (mut passed, mut from) = (0, start);
    for (role, text, weight) in parts {
        passed += weight;
        let to = start + (length_ms - start) * passed / total.max(1);
        shots.push(shot(role, text, from, to));
        from = to;
    }
    shots
}

fn shot(role: &str, caption: String, start_ms: u64, end_ms: u64) -> Shot {
    Shot { role: role.to_owned(), start_ms, end_ms, picture: String::new(), caption }
}

/// Says what each shot shows: the source's own alternative text, or the wish for a picture.
fn describe(commission: &Commission, shots: &mut [Shot], cuts: &[Cut]) {
    let product = commission.strategy.brief.product.name.as_str();
    let wish = commission.text(&Message::new("creative-picture-wanted").with("product", product));
    for shot in shots {
        let cut = cuts.iter().find(|cut| cut.start_ms == shot.start_ms);
        let source = cut.and_then(|cut| commission.media.iter().find(|media| media.hash == cut.source));
        shot.picture = source.map_or_else(|| wish.clone(), |media| media.item.alternative_text.clone());
    }
}

/// Fills every shot with pieces of the sources, one source per shot in turn; a source goes on where it was left and starts
/// again at its end.
fn cut(shots: &[Shot], sources: &[&KeptMedia]) -> Vec<Cut> {
    let mut positions = vec![0_u64; sources.len()];
    let mut cuts = Vec::new();
    for (number, shot) in shots.iter().enumerate() {
        let turn = number.checked_rem(sources.len()).unwrap_or_default();
        let (Some(source), Some(position)) = (sources.get(turn), positions.get_mut(turn)) else { continue };
        fill(shot, source, position, &mut cuts);
    }
    cuts
}

fn fill(shot: &Shot, source: &KeptMedia, position: &mut u64, cuts: &mut Vec<Cut>) {
    let length = source.facts.duration_ms.unwrap_or_default();
    let mut at = shot.start_ms;
    while at < shot.end_ms && length > 0 {
        if length.saturating_sub(*position) < SHORTEST_PIECE_MS {
            *position = 0;
        }
        let piece = (length - *position).min(shot.end_ms - at);
        cuts.push(Cut { source: source.hash.clone(), source_start_ms: *position, start_ms: at, length_ms: piece });
        at += piece;
        *position += piece;
    }
}

fn losses(plan: &PlanSpec, sources: &[&KeptMedia]) -> Vec<Message> {
    let available: u64 = sources.iter().filter_map(|source| source.facts.duration_ms).sum();
    let mut losses = vec![Message::new("creative-loss-render").with("plan", plan.name.as_str())];
    if available < plan.length_ms {
        let seconds = |milliseconds: u64| i64::try_from(milliseconds / 1000).unwrap_or(i64::MAX);
        losses.push(
            Message::new("creative-loss-looped")
                .with("available", seconds(available))
                .with("seconds", seconds(plan.length_ms)),
        );
    }
    losses
}
