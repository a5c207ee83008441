//! Conversions after views in the first market: people who saw an ad, did not click and bought. A platform counts them all; a part of them
//! would have come without the ad.

use serde::{Deserialize, Serialize};

use super::account::AdSet;
use super::hour::{HIGHEST_RATE, Scene};
use super::luck::Purpose;
use super::shock::bad;
use crate::error::Result;

/// The conversions after views that a platform counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Views {
    /// Their share of all reported conversions at the platform's usual click rate, 0 and more, below 1.
    share: f64,
    /// Which part of them an ad set brought: a range within 0 and 1 from which each draws its own.
    incremental: [f64; 2],
}

impl Views {
    /// Conversions after a view per impression. They hang on how people buy and not on how they click: whoever saw the ad may have been
    /// about to buy anyway.
    pub(super) fn rate(self, scene: &Scene<'_>, conversion_rate: f64) -> f64 {
        let per_click = self.share / (1.0 - self.share);
        (scene.platform.ctr * scene.factors.click * conversion_rate * per_click).min(HIGHEST_RATE)
    }

    /// The part of them that an ad set brought.
    pub(super) fn incremental(self, scene: &Scene<'_>, ad_set: &AdSet) -> f64 {
        let [low, high] = self.incremental;
        low + (high - low) * scene.luck.at(ad_set.entity, 0, Purpose::Incrementality).uniform()
    }

    pub(super) fn check(self, field: &str) -> Result<()> {
        let [low, high] = self.incremental;
        if !(0.0..1.0).contains(&self.share) {
            return bad(&format!("{field}.share"), format!("{} is not 0 or more and below 1", self.share));
        }
        if !(0.0 <= low && low <= high && high <= 1.0) {
            return bad(&format!("{field}.incremental"), format!("[{low}, {high}] is no range within 0 and 1"));
        }
        Ok(())
    }
}
