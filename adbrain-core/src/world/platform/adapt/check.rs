//! Every rule of a placement as a check with verdict and reason.

use super::area::Area;
use super::facts::{AssetFacts, Sound};
use super::plan::{Plan, seconds};
use super::tone::lint_tone;
use super::{AdaptOptions, Check, Verdict};
use crate::error::Result;
use crate::model::message::Argument;
use crate::model::{MediaKind, Message, Platform, TransformStep};
use crate::platform::spec::{FileSpec, Force, Placement, PlatformSpec, Rule, StatedRule, TextSpec};

/// The trends that are named where a film has none of them.
const NAMED_TRENDS: usize = 3;

/// What checks look at.
pub(super) struct Checker<'a> {
    pub(super) facts: &'a AssetFacts,
    pub(super) spec: &'a PlatformSpec,
    pub(super) place: &'a Placement,
    pub(super) plan: &'a Plan<'a>,
    pub(super) platform: Platform,
    pub(super) options: &'a AdaptOptions,
}

/// A check before its rule's force and source are added.
struct Found {
    name: &'static str,
    verdict: Verdict,
    reason: Message,
}

fn found(name: &'static str, verdict: Verdict, reason: Message) -> Found {
    Found { name, verdict, reason }
}

/// Met as it is, met after the transform, or not.
fn verdict(before: bool, after: bool) -> Verdict {
    match (before, after) {
        (_, false) => Verdict::NotMet,
        (true, true) => Verdict::Met,
        (false, true) => Verdict::MetAfter,
    }
}

fn yes(is_met: bool) -> Verdict {
    verdict(is_met, is_met)
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn bytes(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A source with the day on which it was read.
pub(super) fn source(spec: &PlatformSpec, name: &str) -> String {
    spec.sources.get(name).map_or_else(|| name.to_owned(), |source| format!("{} ({})", source.name, source.checked))
}

impl Checker<'_> {
    /// Every check, and what is lost beside the transform.
    pub(super) fn all(&self) -> Result<(Vec<Check>, Vec<Message>)> {
        let (mut checks, mut lost) = (Vec::new(), Vec::new());
        for stated in &self.place.rules {
            for found in self.rule(stated, &mut lost)? {
                let Found { name, verdict, reason } = found;
                let source = source(self.spec, &stated.source);
                checks.push(Check { name: name.to_owned(), verdict, force: stated.force, reason, source });
            }
        }
        checks.extend(self.facets(&mut lost));
        Ok((checks, lost))
    }

    fn rule(&self, stated: &StatedRule, lost: &mut Vec<Message>) -> Result<Vec<Found>> {
        let is_video = self.facts.kind == MediaKind::Video;
        Ok(match &stated.rule {
            Rule::Files => self.spec.files(self.facts.kind).map_or_else(Vec::new, |files| self.files(files)),
            Rule::Frames(names) => self.frames(names),
            Rule::Ratios { least, most } => vec![self.ratios(*least, *most)],
            Rule::Sides { least, most } => vec![self.sides(*least, *most)],
            Rule::SafeZone => vec![self.safe_zone()],
            Rule::Texts => self.texts(lost),
            Rule::Tone { least_score } => self.tone(*least_score)?,
            Rule::Bitrate { least_kbps } if is_video => vec![self.bitrate(*least_kbps)],
            Rule::Length { least_ms, most_ms } if is_video => vec![self.length(*least_ms, *most_ms)],
            Rule::Captions if is_video => vec![self.captions()],
            Rule::Hook { within_ms } if is_video => vec![self.hook(*within_ms)],
            Rule::NoBars => vec![self.bars()],
            Rule::LicensedAudio if is_video => vec![self.licensed_audio()],
            Rule::TrendingAudio if is_video => vec![self.trending_audio()],
            _ => Vec::new(),
        })
    }

    fn files(&self, files: &FileSpec) -> Vec<Found> {
        let file = &self.facts.file;
        let is_encoded = self.plan.steps.iter().any(|planned| matches!(planned.step, TransformStep::Encode { .. }));
        let is_taken = files.formats.contains(&file.format);
        let format = Message::new("adapt-check-format")
            .with("format", file.format.as_str())
            .with("formats", files.formats.join(", "));
        let weight = Message::new("adapt-check-weight")
            .with("bytes", bytes(file.bytes))
            .with("least", bytes(files.min_bytes))
            .with("most", bytes(files.max_bytes));
        let is_right = (files.min_bytes..=files.max_bytes).contains(&file.bytes);
        // What is written anew has another weight, which is known once it is made.
        let weight_verdict = if file.bytes > files.max_bytes { Verdict::NotKnown } else { yes(is_right) };
        vec![
            found("format", verdict(is_taken, is_taken || is_encoded), format),
            found("weight", weight_verdict, weight),
        ]
    }

    /// The mean rate of the file as it is: bytes times 8 over milliseconds are thousand bits a second.
    fn bitrate(&self, least: u64) -> Found {
        let rate =
            self.facts.file.duration_ms.and_then(|length| self.facts.file.bytes.saturating_mul(8).checked_div(length));
        let reason =
            |rate: u64| Message::new("adapt-check-bitrate").with("rate", bytes(rate)).with("least", bytes(least));
        match rate {
            Some(rate) => found("bitrate", yes(rate >= least), reason(rate)),
            None => found("bitrate", Verdict::NotKnown, Message::new("adapt-check-length-unknown")),
        }
    }

    fn frames(&self, names: &[String]) -> Vec<Found> {
        let frames = self.spec.frames(names);
        let (file, size) = (&self.facts.file, self.plan.size);
        let has_ratio = |width: u32, height: u32| frames.iter().any(|frame| frame.has_ratio(width, height));
        let ratios: Vec<_> = frames.iter().map(|frame| format!("{} x {}", frame.width, frame.height)).collect();
        let reason = self.size_text("adapt-check-ratio").with("wanted", ratios.join(", "));
        let shape = found("ratio", verdict(has_ratio(file.width, file.height), has_ratio(size.0, size.1)), reason);
        let of_shape = frames.iter().find(|frame| frame.has_ratio(size.0, size.1)).filter(|frame| frame.min_width > 0);
        let pixels = of_shape.map(|frame| {
            let least = format!("{} x {}", frame.min_width, frame.min_height.max(1));
            let reason = self.result_text("adapt-check-pixels").with("least", least);
            found("pixels", yes(frame.has_pixels(size.0, size.1)), reason)
        });
        std::iter::once(shape).chain(pixels).collect()
    }

    fn size_text(&self, key: &str) -> Message {
        let (width, height) = (self.facts.file.width, self.facts.file.height);
        Message::new(key).with("size", format!("{width} x {height}"))
    }

    fn result_text(&self, key: &str) -> Message {
        Message::new(key).with("size", format!("{} x {}", self.plan.size.0, self.plan.size.1))
    }

    fn ratios(&self, least: [u32; 2], most: [u32; 2]) -> Found {
        let product = |one: u32, other: u32| u64::from(one) * u64::from(other);
        let [narrow_width, narrow_height] = least;
        let [wide_width, wide_height] = most;
        let is_within = |width: u32, height: u32| {
            product(width, narrow_height) >= product(height, narrow_width)
                && product(width, wide_height) <= product(height, wide_width)
        };
        let (file, size) = (&self.facts.file, self.plan.size);
        let reason = self
            .size_text("adapt-check-ratios")
            .with("least", format!("{narrow_width}:{narrow_height}"))
            .with("most", format!("{wide_width}:{wide_height}"));
        found("ratio_range", verdict(is_within(file.width, file.height), is_within(size.0, size.1)), reason)
    }

    fn sides(&self, least: u32, most: u32) -> Found {
        let is_within = |width: u32, height: u32| width.min(height) >= least && width.max(height) <= most;
        let (file, size) = (&self.facts.file, self.plan.size);
        let reason = self.size_text("adapt-check-sides").with("least", i64::from(least)).with("most", i64::from(most));
        found("sides", verdict(is_within(file.width, file.height), is_within(size.0, size.1)), reason)
    }

    fn length(&self, least: u64, most: Option<u64>) -> Found {
        let Some((before, after)) = self.facts.file.duration_ms.zip(self.plan.length_ms) else {
            return found("length", Verdict::NotKnown, Message::new("adapt-check-length-unknown"));
        };
        let is_within = |length: u64| length >= least && most.is_none_or(|most| length <= most);
        let key = match (least, most) {
            (_, None) => "adapt-check-length-least",
            (0, Some(_)) => "adapt-check-length-most",
            _ => "adapt-check-length",
        };
        let reason = Message::new(key)
            .with("length", seconds(before))
            .with("least", seconds(least))
            .with("most", seconds(most.unwrap_or_default()));
        found("length", verdict(is_within(before), is_within(after)), reason)
    }

    /// Whether texts and logos stand clear of what the platform lays over the part of the picture that stays.
    fn safe_zone(&self) -> Found {
        if self.facts.boxes.is_none() {
            return found("safe_zone", Verdict::NotKnown, Message::new("adapt-check-safe-zone-unknown"));
        }
        let covered = |window: Area, (right, down): (u32, u32)| {
            let safe = self.plan.frame.map_or(window, |frame| window.safe(&frame));
            let moved = self.facts.marked().map(|area| Area { x: area.x + right, y: area.y + down, ..area });
            moved.filter(|area| !area.is_within(&safe)).count()
        };
        let pad = self.plan.steps.iter().find_map(|planned| match planned.step {
            TransformStep::Pad { width, height, x, y } => Some((Area { x: 0, y: 0, width, height }, (x, y))),
            _ => None,
        });
        let (window, shift) = pad.unwrap_or((self.plan.area, (0, 0)));
        let after = covered(window, shift);
        let key = if after == 0 { "adapt-check-safe-zone" } else { "adapt-check-safe-zone-covered" };
        let reason = Message::new(key).with("boxes", count(after));
        found("safe_zone", verdict(covered(self.facts.whole(), (0, 0)) == 0, after == 0), reason)
    }

    fn captions(&self) -> Found {
        let (verdict, key) = match self.facts.has_captions {
            Some(true) => (Verdict::Met, "adapt-check-captions"),
            Some(false) => (Verdict::NotMet, "adapt-check-captions-missing"),
            None => (Verdict::NotKnown, "adapt-check-captions-unknown"),
        };
        found("captions", verdict, Message::new(key))
    }

    fn hook(&self, within: u64) -> Found {
        let reason = |at: u64| Message::new("adapt-check-hook").with("at", seconds(at)).with("within", seconds(within));
        let Some(at) = self.facts.hook_ms else {
            let reason = Message::new("adapt-check-hook-unknown").with("within", seconds(within));
            return found("hook", Verdict::NotKnown, reason);
        };
        found("hook", yes(at <= within), reason(at))
    }

    fn bars(&self) -> Found {
        let Some(bars) = self.facts.bars else {
            return found("no_bars", Verdict::NotKnown, Message::new("adapt-check-bars-unknown"));
        };
        let are_gone = self.plan.area.is_within(&self.facts.inner());
        let key = match (bars.is_none(), are_gone) {
            (true, _) => "adapt-check-bars-none",
            (false, true) => "adapt-check-bars-cut",
            (false, false) => "adapt-check-bars-there",
        };
        found("no_bars", verdict(bars.is_none(), are_gone), Message::new(key))
    }

    fn licensed_audio(&self) -> Found {
        let (verdict, key, track) = match &self.facts.sound {
            None => (Verdict::NotKnown, "adapt-check-audio-unknown", None),
            Some(Sound::Silent) => (Verdict::Met, "adapt-check-audio-silent", None),
            Some(Sound::Own) => (Verdict::Met, "adapt-check-audio-own", None),
            Some(Sound::Track { id, proof }) => {
                let is_proved = proof.as_ref().is_some_and(|proof| !proof.trim().is_empty());
                let listed = self.options.trends.as_ref().and_then(|list| list.sound(id));
                let is_licensed = listed.is_some_and(|sound| sound.is_licensed(self.platform, self.options.until));
                let (verdict, key) = match (is_licensed, is_proved) {
                    (true, _) => (Verdict::Met, "adapt-check-audio-licensed"),
                    (false, true) => (Verdict::Met, "adapt-check-audio-proved"),
                    (false, false) => (Verdict::NotMet, "adapt-check-audio-refused"),
                };
                (verdict, key, Some(listed.map_or(id.as_str(), |sound| sound.title.as_str())))
            }
        };
        found("licensed_audio", verdict, Message::new(key).with("track", track.unwrap_or_default()))
    }

    fn trending_audio(&self) -> Found {
        let Some(list) = &self.options.trends else {
            return found("trending_audio", Verdict::NotKnown, Message::new("adapt-check-trend-unknown"));
        };
        let licensed = |sound: &&crate::model::TrendingSound| sound.is_licensed(self.platform, self.options.until);
        let id = if let Some(Sound::Track { id, .. }) = &self.facts.sound { Some(id) } else { None };
        if let Some(sound) = id.and_then(|id| list.sound(id)).filter(licensed) {
            let reason = Message::new("adapt-check-trend").with("track", sound.title.as_str());
            return found("trending_audio", Verdict::Met, reason.with("rank", i64::from(sound.rank)));
        }
        let others: Vec<_> =
            list.sounds.iter().filter(licensed).take(NAMED_TRENDS).map(|sound| sound.title.as_str()).collect();
        let key = if others.is_empty() { "adapt-check-trend-none" } else { "adapt-check-trend-others" };
        found("trending_audio", Verdict::NotMet, Message::new(key).with("tracks", others.join(", ")))
    }

    fn text_spec(&self, slot: crate::model::CopySlot) -> Option<&TextSpec> {
        match self.place.slots.get(&slot) {
            Some(name) => self.spec.text(name),
            None => self.spec.slot(slot),
        }
    }

    fn texts(&self, lost: &mut Vec<Message>) -> Vec<Found> {
        let mut checks = Vec::new();
        for placed in &self.facts.texts {
            let slot = placed.slot.as_str();
            let Some(spec) = self.text_spec(placed.slot) else {
                lost.push(Message::new("adapt-lost-slot").with("slot", slot).with("text", placed.text.as_str()));
                continue;
            };
            let length = self.spec.length(&placed.text);
            let reason = Message::new("adapt-check-text")
                .with("slot", slot)
                .with("length", count(length))
                .with("limit", count(spec.limit));
            checks.push(found("text_limit", yes(length <= spec.limit), reason));
            if length > spec.aim {
                lost.push(Message::new("adapt-lost-text").with("slot", slot).with("aim", count(spec.aim)));
            }
            let refused = self.spec.refused_letter(&placed.text);
            let reason = refused.map_or_else(
                || Message::new("adapt-check-letters").with("slot", slot),
                |letter| Message::new("adapt-check-letter").with("slot", slot).with("letter", letter.to_string()),
            );
            checks.push(found("letters", yes(refused.is_none()), reason));
        }
        checks
    }

    fn tone(&self, least: u32) -> Result<Vec<Found>> {
        if self.facts.texts.is_empty() {
            return Ok(Vec::new());
        }
        let all: Vec<_> = self.facts.texts.iter().map(|placed| placed.text.as_str()).collect();
        let report = lint_tone(&all.join("\n"), self.options.language)?;
        let words: Vec<_> = report.findings.iter().map(|finding| format!("{:?}", finding.text)).collect();
        let key = if words.is_empty() { "adapt-check-tone" } else { "adapt-check-tone-words" };
        let reason = Message::new(key)
            .with("score", i64::from(report.score))
            .with("least", i64::from(least))
            .with("words", words.join(", "));
        Ok(vec![found("professional_tone", yes(report.score >= least), reason)])
    }

    /// Facets that the platform does not take are lost by name; facets that it does not combine are refused.
    fn facets(&self, lost: &mut Vec<Message>) -> Option<Check> {
        let named: Vec<_> = self.facts.facets.named().collect();
        if named.is_empty() {
            return None;
        }
        let known = self.spec.facets.as_ref();
        let takes = |name: &str| known.is_some_and(|facets| facets.takes.iter().any(|facet| facet == name));
        for (name, values) in named.iter().filter(|(name, _)| !takes(name)) {
            let facet = Argument::List(vec![Message::new(format!("adapt-facet-{name}"))]);
            lost.push(
                Message::new("adapt-lost-facet")
                    .with("facet", facet)
                    .with("values", values.join(", "))
                    .with("platform", self.platform.as_str()),
            );
        }
        let has = |name: &String| named.iter().any(|(asked, _)| asked == name);
        let is_apart = known.is_some_and(|facets| facets.apart.iter().any(|pair| pair.iter().all(has)));
        let (verdict, key) = match (is_apart, named.iter().all(|(name, _)| takes(name))) {
            (true, _) => (Verdict::NotMet, "adapt-check-facets-apart"),
            (false, true) => (Verdict::Met, "adapt-check-facets"),
            (false, false) => (Verdict::NotMet, "adapt-check-facets-lost"),
        };
        let force = if is_apart { Force::Required } else { Force::Advised };
        let source = known.map_or_else(|| "adbrain".to_owned(), |facets| source(self.spec, &facets.source));
        let reason = Message::new(key).with("platform", self.platform.as_str());
        Some(Check { name: "professional_facets".to_owned(), verdict, force, reason, source })
    }
}
