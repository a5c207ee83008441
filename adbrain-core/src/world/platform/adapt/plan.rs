//! The transform: which part of the picture, in which size, which piece of the film, in which format.

use super::area::{Area, slide};
use super::facts::AssetFacts;
use super::{AdaptOptions, Follow, PlannedStep};
use crate::model::message::Argument;
use crate::model::{ContentHash, Crop, MediaFacts, MediaKind, Message, TransformStep};
use crate::platform::spec::{Force, Frame, Placement, PlatformSpec, Rule, StatedRule};

/// A transform in the making.
pub(super) struct Plan<'a> {
    facts: &'a AssetFacts,
    spec: &'a PlatformSpec,
    rules: Vec<&'a StatedRule>,
    /// The part of the picture that stays.
    pub(super) area: Area,
    /// The frame that was aimed at.
    pub(super) frame: Option<Frame>,
    /// The pixels of the result.
    pub(super) size: (u32, u32),
    /// The length of the result.
    pub(super) length_ms: Option<u64>,
    pub(super) steps: Vec<PlannedStep>,
    pub(super) losses: Vec<Message>,
}

impl<'a> Plan<'a> {
    /// Plans the transform of a file for a placement.
    pub(super) fn of(
        facts: &'a AssetFacts,
        spec: &'a PlatformSpec,
        placement: &'a Placement,
        options: &AdaptOptions,
    ) -> Self {
        let is_followed = |stated: &&StatedRule| stated.force == Force::Required || options.follow == Follow::Advice;
        let mut plan = Self {
            facts,
            spec,
            rules: placement.rules.iter().filter(is_followed).collect(),
            area: facts.whole(),
            frame: None,
            size: (facts.file.width, facts.file.height),
            length_ms: facts.file.duration_ms,
            steps: Vec::new(),
            losses: Vec::new(),
        };
        plan.leave_bars_out();
        plan.fit_frame();
        plan.trim();
        plan.encode();
        plan
    }

    fn leave_bars_out(&mut self) {
        let has_bars = self.facts.bars.is_some_and(|bars| !bars.is_none());
        if has_bars && self.rules.iter().any(|stated| stated.rule == Rule::NoBars) {
            let inner = self.facts.inner();
            // Video encoders need even sides.
            let even = |length: u32| (length - length % 2).max(1);
            self.area = Area { width: even(inner.width), height: even(inner.height), ..inner };
        }
    }

    /// The frames that are aimed at, best first: the advised ones where advice is followed, for they are the narrower.
    fn frames(&self) -> Vec<Frame> {
        let of = |force: Force| {
            let lists = self.rules.iter().filter(move |stated| stated.force == force);
            lists.filter_map(|stated| if let Rule::Frames(names) = &stated.rule { Some(names) } else { None })
        };
        let names = of(Force::Advised).next().or_else(|| of(Force::Required).next());
        names.map(|names| self.spec.frames(names)).unwrap_or_default()
    }

    fn fit_frame(&mut self) {
        let frames = self.frames();
        let room = self.area;
        let size = (room.width, room.height);
        let fitting = frames.iter().find(|frame| frame.fits_size(size.0, size.1));
        // A picture of the right shape with too few pixels stays as it is: no crop gives it more.
        let shaped = fitting.or_else(|| frames.iter().find(|frame| frame.has_ratio(size.0, size.1))).copied();
        self.frame = shaped.or_else(|| best(&frames, room));
        let Some(frame) = self.frame else { return self.keep_the_area(room) };
        if shaped.is_none() || (self.is_to_shrink() && size.0 > frame.width) {
            self.area = crop(room, &frame, self.facts);
        }
        let may_have_bars = !self.rules.iter().any(|stated| stated.rule == Rule::NoBars);
        if shaped.is_none() && may_have_bars && self.cuts_a_box() {
            self.pad(room, frame);
        } else {
            self.keep_the_area(room);
        }
        self.scale(frame);
    }

    fn cuts_a_box(&self) -> bool {
        self.facts.marked().any(|marked| !marked.is_within(&self.area))
    }

    /// Whether the file has to become smaller to be taken: it is too heavy, or a side is too long.
    fn is_to_shrink(&self) -> bool {
        let longest = self.rules.iter().find_map(|stated| match stated.rule {
            Rule::Sides { most, .. } => Some(most),
            _ => None,
        });
        let side = self.facts.file.width.max(self.facts.file.height);
        self.is_too_heavy() || longest.is_some_and(|most| side > most)
    }

    fn keep_the_area(&mut self, room: Area) {
        let Area { x, y, width, height } = self.area;
        self.size = (width, height);
        if self.area == self.facts.whole() {
            return;
        }
        let key = if self.area == room { "adapt-why-bars" } else { "adapt-why-crop" };
        self.step(TransformStep::Crop { x, y, width, height }, Message::new(key).with("frame", self.frame_text()));
        let kept = self.area.pixels() as f64 / room.pixels().max(1) as f64;
        if kept < 1.0 {
            self.losses.push(Message::new("adapt-lost-crop").with("part", Argument::Ratio(1.0 - kept)));
        }
        if self.cuts_a_box() {
            self.losses.push(Message::new("adapt-lost-box"));
        }
    }

    /// Lays the picture on the smallest frame that holds it whole.
    fn pad(&mut self, room: Area, frame: Frame) {
        self.area = room;
        let (width, height) = canvas(room, &frame);
        let (x, y) = ((width - room.width) / 2, (height - room.height) / 2);
        self.step(
            TransformStep::Pad { width, height, x, y },
            Message::new("adapt-why-pad").with("frame", self.frame_text()),
        );
        self.losses.push(Message::new("adapt-lost-pad"));
        self.size = (width, height);
    }

    /// Makes a picture smaller that is larger than wanted, where it is written anew anyway or has to be.
    fn scale(&mut self, frame: Frame) {
        let (width, height) = (frame.width, frame.height);
        let is_larger = self.size.0 > width && self.size.1 > height;
        if is_larger && (!self.steps.is_empty() || self.is_to_shrink()) {
            let why = Message::new("adapt-why-scale").with("frame", self.frame_text());
            self.step(TransformStep::Scale { width, height }, why);
            self.size = (width, height);
        }
    }

    fn trim(&mut self) {
        let most = self.rules.iter().filter_map(|stated| match stated.rule {
            Rule::Length { most_ms, .. } => most_ms.map(|most| (most, stated.force)),
            _ => None,
        });
        let (Some((most, force)), Some(length)) = (most.min(), self.length_ms) else { return };
        if self.facts.kind == MediaKind::Video && length > most {
            let why = Message::new(if force == Force::Required { "adapt-why-trim" } else { "adapt-why-trim-advised" })
                .with("most", seconds(most));
            self.step(TransformStep::Trim { start_ms: 0, length_ms: most }, why);
            self.losses.push(Message::new("adapt-lost-trim").with("seconds", seconds(length - most)));
            self.length_ms = Some(most);
        }
    }

    fn encode(&mut self) {
        let Some(files) = self.spec.files(self.facts.kind) else { return };
        let format = &self.facts.file.format;
        let Some(first) = files.formats.first() else { return };
        let key = if !files.formats.contains(format) {
            "adapt-why-format"
        } else if self.is_too_heavy() {
            "adapt-why-weight"
        } else {
            return;
        };
        let format = first.clone();
        let why = Message::new(key).with("from", self.facts.file.format.as_str()).with("format", format.as_str());
        self.losses.push(Message::new("adapt-lost-encode").with("format", format.as_str()));
        self.step(TransformStep::Encode { format }, why);
    }

    fn is_too_heavy(&self) -> bool {
        !self.spec.takes_bytes(self.facts.kind, self.facts.file.bytes)
    }

    fn step(&mut self, step: TransformStep, why: Message) {
        self.steps.push(PlannedStep { step, why });
    }

    fn frame_text(&self) -> String {
        self.frame.map_or_else(String::new, |frame| format!("{} x {}", frame.width, frame.height))
    }
}

/// Milliseconds as seconds for a text.
pub(super) fn seconds(milliseconds: u64) -> Argument {
    Argument::Number(milliseconds as f64 / 1000.0)
}

/// The frame of which a picture keeps the greatest part and has pixels enough; of equal ones the first. Where it has pixels enough for
/// none, the first that keeps most.
fn best(frames: &[Frame], room: Area) -> Option<Frame> {
    let scored = frames.iter().filter_map(|frame| {
        let part = centred(room, frame)?;
        Some((frame.has_pixels(part.width, part.height), part.pixels(), *frame))
    });
    scored.reduce(|best, next| if (next.0, next.1) > (best.0, best.1) { next } else { best }).map(|found| found.2)
}

/// The largest part in the middle of a room that has the ratio of a frame.
fn centred(room: Area, frame: &Frame) -> Option<Area> {
    let facts =
        MediaFacts { format: String::new(), width: room.width, height: room.height, duration_ms: None, bytes: 0 };
    let found = Crop::centred(&ContentHash::new(String::new()), &facts, (frame.width, frame.height))?;
    Some(Area { x: room.x + found.x, y: room.y + found.y, width: found.width, height: found.height })
}

/// The largest part of a room that has the ratio of a frame, moved so that texts and logos stay in it, clear of the margins.
fn crop(room: Area, frame: &Frame, facts: &AssetFacts) -> Area {
    let Some(part) = centred(room, frame) else { return room };
    let marked = Area::around(facts.marked());
    let safe = Area { x: 0, y: 0, ..part }.safe(frame);
    let end = |length: u32, start: u32, inner: u32| length.saturating_sub(start).saturating_sub(inner);
    let across = marked.map(|area| (area.x, area.x + area.width));
    let down = marked.map(|area| (area.y, area.y + area.height));
    let x = slide((room.x, room.width), part.width, across, (safe.x, end(part.width, safe.x, safe.width)));
    let y = slide((room.y, room.height), part.height, down, (safe.y, end(part.height, safe.y, safe.height)));
    Area { x, y, ..part }
}

/// The smallest size of a frame's ratio that holds a room, with even sides.
fn canvas(room: Area, frame: &Frame) -> (u32, u32) {
    let side = |other: u32, wanted: u32, given: u32| {
        let pixels = (u64::from(other) * u64::from(wanted)).div_ceil(u64::from(given.max(1)));
        u32::try_from(pixels.next_multiple_of(2)).unwrap_or(u32::MAX)
    };
    let even = |length: u32| length.next_multiple_of(2);
    let width = side(room.height, frame.width, frame.height).max(even(room.width));
    let height = side(room.width, frame.height, frame.width).max(even(room.height));
    (width, height)
}
