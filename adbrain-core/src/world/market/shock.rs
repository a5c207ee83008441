//! What happens to a market: shocks at set times, and events whose time and strength the seed draws.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Platform, Tag};

/// A stretch of time in which the market is different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shock {
    /// The platform; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// The campaign, by our mark on it; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Tag>,
    /// The start, included.
    pub start: Timestamp,
    /// The end, not included.
    pub end: Timestamp,
    /// Factor on prices.
    #[serde(default = "one")]
    pub price: f64,
    /// Factor on click rates.
    #[serde(default = "one")]
    pub click: f64,
    /// Factor on conversion rates.
    #[serde(default = "one")]
    pub conversion: f64,
    /// Share of conversions that is reported, 0 to 1.
    #[serde(default = "one")]
    pub tracked: f64,
    /// Share of the conversions that are not reported in time which is reported after the end, 0 to 1.
    #[serde(default)]
    pub recovered: f64,
    /// Hours until it has its full strength; at once where they are zero.
    #[serde(default)]
    pub ramp_hours: f64,
}

fn one() -> f64 {
    1.0
}

impl Shock {
    /// A shock that changes nothing, for a stretch of time.
    pub fn between(start: Timestamp, end: Timestamp) -> Self {
        Self {
            platform: None,
            campaign: None,
            start,
            end,
            price: 1.0,
            click: 1.0,
            conversion: 1.0,
            tracked: 1.0,
            recovered: 0.0,
            ramp_hours: 0.0,
        }
    }

    /// Whether it holds for a campaign at a moment.
    pub(super) fn holds(&self, platform: Platform, campaign: &Tag, moment: Timestamp) -> bool {
        self.platform.is_none_or(|own| own == platform)
            && self.campaign.as_ref().is_none_or(|own| own == campaign)
            && (self.start..self.end).contains(&moment)
    }

    /// How much of its strength it has at a moment, 0 to 1.
    pub(super) fn strength(&self, moment: Timestamp) -> f64 {
        let hours = moment.duration_since(self.start).as_secs_f64() / 3_600.0;
        if self.ramp_hours > 0.0 { (hours / self.ramp_hours).clamp(0.0, 1.0) } else { 1.0 }
    }

    pub(super) fn check(&self, field: &str) -> Result<()> {
        for (name, value) in [("price", self.price), ("click", self.click), ("conversion", self.conversion)] {
            if !(value.is_finite() && value > 0.0) {
                return bad(&format!("{field}.{name}"), format!("{value} is not above zero"));
            }
        }
        for (name, value) in [("tracked", self.tracked), ("recovered", self.recovered)] {
            if !(0.0..=1.0).contains(&value) {
                return bad(&format!("{field}.{name}"), format!("{value} is not within 0 and 1"));
            }
        }
        if !(self.ramp_hours.is_finite() && self.ramp_hours >= 0.0) {
            return bad(&format!("{field}.ramp_hours"), format!("{} is below zero", self.ramp_hours));
        }
        if self.end <= self.start {
            return bad(&format!("{field}.end"), "is not after the start".to_owned());
        }
        Ok(())
    }
}

/// What an event hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hits {
    /// All campaigns of all platforms.
    Account,
    /// All campaigns of some platforms, drawn by the seed.
    Platforms,
    /// Each platform at a time and of a strength of its own.
    EachPlatform,
    /// Some campaigns, drawn by the seed.
    Campaigns,
    /// The campaigns that would bring most for an equal budget.
    BestCampaigns,
}

/// Something that happens in a trial: a shock of which the seed draws time, length, strength and whom it hits. A range is `[low, high]`,
/// and every number in it is as likely as any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What people call it.
    pub name: String,
    /// What it hits.
    pub hits: Hits,
    /// How many platforms or campaigns, in whole numbers.
    #[serde(default = "one_each")]
    pub count: [u32; 2],
    /// The day of the trial on which it begins, counted from 0 at the start of the warm-up; the hour of the day is drawn too.
    pub day: [f64; 2],
    /// How many hours it lasts; drawn on a logarithmic scale.
    pub hours: [f64; 2],
    /// Factor on prices.
    #[serde(default = "ones")]
    pub price: [f64; 2],
    /// Factor on click rates.
    #[serde(default = "ones")]
    pub click: [f64; 2],
    /// Factor on conversion rates.
    #[serde(default = "ones")]
    pub conversion: [f64; 2],
    /// Share of conversions that is reported.
    #[serde(default = "ones")]
    pub tracked: [f64; 2],
    /// Share of what is not reported in time which is reported after the end.
    #[serde(default)]
    pub recovered: [f64; 2],
    /// The chance that it comes slowly and not at once.
    #[serde(default)]
    pub ramp_chance: f64,
    /// Hours until it has its full strength, where it comes slowly.
    #[serde(default)]
    pub ramp_hours: [f64; 2],
}

fn ones() -> [f64; 2] {
    [1.0; 2]
}

pub(super) fn one_each() -> [u32; 2] {
    [1; 2]
}

impl Event {
    pub(super) fn check(&self, field: &str) -> Result<()> {
        let ranges = [
            ("day", self.day, 0.0),
            ("hours", self.hours, 1.0),
            ("price", self.price, f64::MIN_POSITIVE),
            ("click", self.click, f64::MIN_POSITIVE),
            ("conversion", self.conversion, f64::MIN_POSITIVE),
            ("tracked", self.tracked, 0.0),
            ("recovered", self.recovered, 0.0),
            ("ramp_hours", self.ramp_hours, 0.0),
        ];
        for (name, [low, high], least) in ranges {
            let most = if matches!(name, "tracked" | "recovered") { 1.0 } else { f64::MAX };
            if !(low >= least && low <= high && high <= most) {
                return bad(&format!("{field}.{name}"), format!("[{low}, {high}] is no range for it"));
            }
        }
        if !(0.0..=1.0).contains(&self.ramp_chance) {
            return bad(&format!("{field}.ramp_chance"), format!("{} is not within 0 and 1", self.ramp_chance));
        }
        check_count(self.count, field)
    }
}

pub(super) fn check_count([fewest, most]: [u32; 2], field: &str) -> Result<()> {
    if fewest == 0 || fewest > most {
        return bad(&format!("{field}.count"), format!("[{fewest}, {most}] is no range of whole numbers from 1 on"));
    }
    Ok(())
}

pub(super) fn bad(field: &str, what: String) -> Result<()> {
    Err(Error::invalid(field, what).next("correct it in the world file; docs/reference/worlds.md has every field"))
}
