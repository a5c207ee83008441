//! Ads that are put together from lists of assets: Google's responsive search, Performance Max and Demand Gen.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{count, source};
use super::plan::seconds;
use super::{Check, Verdict};
use crate::error::{Error, Result};
use crate::model::{MediaFacts, MediaKind, Message, Platform};
use crate::platform::spec::{self, AdTypeSpec, Force, PlatformSpec};

/// The assets of an ad, list by list, as `spec.json` of the platform names them: `headlines`, `square`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AssetLists {
    /// The texts.
    pub texts: BTreeMap<String, Vec<String>>,
    /// The pictures.
    pub images: BTreeMap<String, Vec<MediaFacts>>,
    /// The films.
    pub videos: Vec<MediaFacts>,
}

/// What came of the checks of an ad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetReport {
    /// Whether the platform takes the ad as far as lists can tell.
    pub is_complete: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

/// Checks the lists of assets of an ad: how many there are, how long texts are, what shape, size and weight pictures have.
///
/// ```
/// use adbrain_core::model::Platform;
/// use adbrain_core::platform::adapt::{AssetLists, check_assets};
/// let lists: AssetLists = serde_json::from_str(
///     r#"{"texts": {"headlines": ["Brisa 2", "Light shoes", "Run further"], "descriptions": ["Only 210 g.", "Free shipping."]}}"#,
/// ).unwrap();
/// assert!(check_assets(Platform::Google, "responsive_search", &lists)?.is_complete);
/// assert!(!check_assets(Platform::Google, "performance_max", &lists)?.is_complete);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a kind of ad that the platform does not have, and for a list that is unknown.
pub fn check_assets(platform: Platform, ad_type: &str, lists: &AssetLists) -> Result<AssetReport> {
    let spec = spec::of(platform)?;
    let kind = spec.ad_types.get(ad_type).ok_or_else(|| {
        let known: Vec<_> = spec.ad_types.keys().map(String::as_str).collect();
        let next =
            if known.is_empty() { "name google".to_owned() } else { format!("use one of: {}", known.join(", ")) };
        Error::invalid("ad_type", format!("{platform} has no {ad_type:?}")).with("platform", platform).next(next)
    })?;
    known_lists(lists.texts.keys(), &kind.texts.keys().collect::<Vec<_>>(), "texts")?;
    known_lists(lists.images.keys(), &kind.images.keys().collect::<Vec<_>>(), "images")?;
    let mut checks = Checks { spec, kind, lists, found: Vec::new() };
    checks.texts();
    checks.images();
    checks.together();
    checks.videos();
    let is_complete = checks.found.iter().all(|check| check.verdict == Verdict::Met);
    Ok(AssetReport { is_complete, checks: checks.found })
}

fn known_lists<'a>(given: impl Iterator<Item = &'a String>, known: &[&String], field: &str) -> Result<()> {
    for name in given {
        if !known.contains(&name) {
            let known: Vec<_> = known.iter().map(|name| name.as_str()).collect();
            return Err(Error::invalid(&format!("{field}.{name}"), "is no list of this kind of ad")
                .next(format!("use: {}", known.join(", "))));
        }
    }
    Ok(())
}

struct Checks<'a> {
    spec: &'a PlatformSpec,
    kind: &'a AdTypeSpec,
    lists: &'a AssetLists,
    found: Vec<Check>,
}

impl Checks<'_> {
    fn add(&mut self, name: &str, is_met: bool, reason: Message) {
        let verdict = if is_met { Verdict::Met } else { Verdict::NotMet };
        let source = source(self.spec, &self.kind.source);
        self.found.push(Check { name: name.to_owned(), verdict, force: Force::Required, reason, source });
    }

    fn count(&mut self, list: &str, got: usize, least: usize, most: usize) {
        let reason = Message::new("adapt-check-count")
            .with("list", list)
            .with("got", count(got))
            .with("least", count(least))
            .with("most", count(most));
        self.add("count", (least..=most).contains(&got), reason);
    }

    fn texts(&mut self) {
        for (list, wanted) in &self.kind.texts {
            let texts = self.lists.texts.get(list).map(Vec::as_slice).unwrap_or_default();
            self.count(list, texts.len(), wanted.least, wanted.most);
            let limit = self.spec.text(&wanted.text).map_or(0, |text| text.limit);
            for text in texts {
                let length = self.spec.length(text);
                let reason = Message::new("adapt-check-asset-text")
                    .with("list", list.as_str())
                    .with("text", text.as_str())
                    .with("length", count(length))
                    .with("limit", count(limit));
                self.add("text_limit", (1..=limit).contains(&length), reason);
            }
            if let Some(most) = wanted.one_within {
                let has_one = texts.iter().any(|text| self.spec.length(text) <= most);
                let reason =
                    Message::new("adapt-check-one-within").with("list", list.as_str()).with("most", count(most));
                self.add("one_within", has_one, reason);
            }
        }
    }

    fn images(&mut self) {
        for (list, wanted) in &self.kind.images {
            let images = self.lists.images.get(list).map(Vec::as_slice).unwrap_or_default();
            self.count(list, images.len(), wanted.least, wanted.most);
            let Some(frame) = self.spec.frame(&wanted.frame) else { continue };
            for image in images {
                let size = format!("{} x {}", image.width, image.height);
                let reason = Message::new("adapt-check-asset-image")
                    .with("list", list.as_str())
                    .with("size", size)
                    .with("wanted", format!("{} x {}", frame.width, frame.height))
                    .with("least", format!("{} x {}", frame.min_width, frame.min_height));
                self.add("image_size", frame.fits(image), reason);
                self.weight(list, image);
            }
        }
    }

    fn weight(&mut self, list: &str, image: &MediaFacts) {
        let most = self.spec.files(MediaKind::Image).map_or(0, |files| files.max_bytes);
        let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let reason = Message::new("adapt-check-asset-weight")
            .with("list", list)
            .with("bytes", number(image.bytes))
            .with("most", number(most));
        self.add("weight", image.bytes <= most, reason);
    }

    fn together(&mut self) {
        for sum in &self.kind.together {
            let got = sum.of.iter().filter_map(|list| self.lists.images.get(list)).map(Vec::len).sum();
            self.count(&sum.of.join(" + "), got, sum.least, sum.most.unwrap_or(usize::MAX));
        }
    }

    fn videos(&mut self) {
        let Some(wanted) = &self.kind.videos else {
            if !self.lists.videos.is_empty() {
                self.count("videos", self.lists.videos.len(), 0, 0);
            }
            return;
        };
        self.count("videos", self.lists.videos.len(), wanted.least, wanted.most);
        for video in &self.lists.videos {
            let length = video.duration_ms.unwrap_or_default();
            let reason = Message::new("adapt-check-length-least")
                .with("length", seconds(length))
                .with("least", seconds(wanted.least_ms));
            self.add("length", length >= wanted.least_ms, reason);
        }
    }
}
