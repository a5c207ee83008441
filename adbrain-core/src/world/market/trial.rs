//! The account of a world that policies are tried on, and how often its platforms fail.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::world::World;
use crate::error::{Error, Result};
use crate::model::{Currency, Flight, MICROS_PER_UNIT, Money, Platform};

/// The longest trial, in days.
const LONGEST: u32 = 366;
/// The most campaigns of one trial.
const MOST_CAMPAIGNS: u32 = 10_000;

/// The account that policies are tried on: campaigns of one ad set each, which begin with equal budgets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The first day.
    pub start: Date,
    /// The time zone in which days begin.
    pub time_zone: String,
    /// The currency of the account.
    pub currency: Currency,
    /// Days with equal budgets, before a policy decides for the first time.
    pub warm_up_days: u32,
    /// Days that are scored.
    pub days: u32,
    /// What all campaigns together may spend a day, in units of the currency.
    pub daily_budget: f64,
    /// What the worst case of a day may come to over all platforms, in percent of the daily budget: a cap that nothing passes.
    pub cap_percent: u32,
    /// What is left of a unit of value before the spend is taken off.
    pub margin: f64,
    /// How many campaigns there are on each platform.
    pub campaigns: BTreeMap<Platform, u32>,
    /// How many ads a campaign has.
    pub ads: u32,
    /// The people in an audience, drawn evenly on a logarithmic scale.
    pub audience: [u64; 2],
    /// Factor on all spreads of quality between campaigns, drawn by the seed.
    pub dispersion: [f64; 2],
}

impl Trial {
    /// The warm-up and the scored days.
    pub fn all_days(&self) -> u32 {
        self.warm_up_days + self.days
    }

    /// What all campaigns together may spend a day, in whole minor units.
    pub fn total(&self) -> Money {
        Money::from_micros(super::hour::whole(self.daily_budget * MICROS_PER_UNIT as f64), self.currency)
            .floor_to_minor_unit()
    }

    pub(super) fn check(&self, world: &World) -> Result<()> {
        let bad = |field: &str, what: String| {
            Err(Error::invalid(&format!("world.trial.{field}"), what)
                .next("correct it in the world file; docs/reference/worlds.md has every field"))
        };
        Flight { start: self.start, end: self.start, time_zone: self.time_zone.clone() }.zone()?;
        for platform in self.campaigns.keys() {
            world.platform(*platform)?;
            world.units_per_usd(self.currency)?;
        }
        if self.days == 0 || self.warm_up_days == 0 || self.all_days() > LONGEST {
            return bad("days", format!("a trial has 1 to {LONGEST} days with its warm-up, and at least one of both"));
        }
        if !(1..=MOST_CAMPAIGNS).contains(&self.campaigns.values().sum::<u32>()) {
            return bad("campaigns", format!("a trial has 1 to {MOST_CAMPAIGNS} campaigns"));
        }
        if !(1..=50).contains(&self.ads) {
            return bad("ads", format!("{} is not within 1 and 50", self.ads));
        }
        if !(self.daily_budget.is_finite() && self.daily_budget > 0.0 && self.daily_budget < 1e9) {
            return bad("daily_budget", format!("{} is not above zero and below a billion", self.daily_budget));
        }
        if !(self.margin > 0.0 && self.margin <= 1.0) {
            return bad("margin", format!("{} is not above 0 and up to 1", self.margin));
        }
        if !(100..=1_000).contains(&self.cap_percent) {
            return bad("cap_percent", format!("{} is not within 100 and 1000", self.cap_percent));
        }
        let [least, most] = self.audience;
        if least == 0 || least > most {
            return bad("audience", format!("[{least}, {most}] is no range from 1 on"));
        }
        let [low, high] = self.dispersion;
        if !(low >= 0.0 && low <= high && high <= 3.0) {
            return bad("dispersion", format!("[{low}, {high}] is no range within 0 and 3"));
        }
        Ok(())
    }
}

/// How often requests fail, as shares of them; never, where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultRates {
    /// Writes that are carried out, but whose answer is lost.
    pub lost_answers: f64,
    /// Writes that are refused and not carried out.
    pub refused_writes: f64,
    /// Reports that are answered as they were a day before.
    pub stale_reports: f64,
    /// Reports that hold each of their rows twice.
    pub repeated_rows: f64,
    /// Reports that are refused.
    pub refused_reports: f64,
}

impl FaultRates {
    pub(super) fn check(&self) -> Result<()> {
        let rates = [
            ("lost_answers", self.lost_answers),
            ("refused_writes", self.refused_writes),
            ("stale_reports", self.stale_reports),
            ("repeated_rows", self.repeated_rows),
            ("refused_reports", self.refused_reports),
        ];
        for (name, rate) in rates {
            if !(0.0..=0.5).contains(&rate) {
                return Err(Error::invalid(&format!("world.faults.{name}"), format!("{rate} is not within 0 and 0.5"))
                    .next("give a share of the requests, at most half of them"));
            }
        }
        Ok(())
    }
}
