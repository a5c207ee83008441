//! The parameters of a simulated market, read from a world file and checked.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::edit::Edit;
use super::physics::Kind;
use super::shock::{Event, Shock};
use super::trial::{FaultRates, Trial};
use super::views::Views;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Attribution, BidStrategy, ContentHash, Currency, Format, MICROS_PER_UNIT, Money, Objective, Platform,
};

const BUILT_IN: &str = include_str!("../../../worlds/default.toml");

/// The second market, as the built-in world with other physics.
const SECOND: &str = include_str!("../../../worlds/second/default.toml");

/// The parameters of a simulated market. The built-in file `worlds/default.toml` says where each value comes from.
///
/// ```
/// use adbrain_core::{market::World, model::Platform};
/// assert_eq!(World::builtin()?.platform(Platform::Meta)?.worst_case_day_percent, 175);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The name of the world.
    pub name: String,
    /// The hash of the text that it was read from.
    #[serde(skip)]
    pub(crate) hash: Option<ContentHash>,
    pub(super) units_per_usd: Rates,
    pub(super) people: People,
    pub(super) rhythm: Rhythm,
    pub(super) auction: Auction,
    pub(super) creative: Creative,
    pub(super) learning: Learning,
    pub(super) pacing: Pacing,
    pub(super) order: Order,
    pub(super) objective: BTreeMap<Objective, ObjectiveFactors>,
    pub(super) platform: BTreeMap<Platform, PlatformWorld>,
    /// The laws that it follows; the first where it names none.
    #[serde(default)]
    pub(super) physics: Kind,
    /// What happens to the market at set times; nothing in the built-in world.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shock: Vec<Shock>,
    /// What happens at a time and of a strength that the seed says; nothing in the built-in world.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event: Vec<Event>,
    /// What people do by hand in a trial, at a time that the seed says; nothing in the built-in world.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edit: Vec<Edit>,
    /// How often requests to its platforms fail.
    #[serde(default)]
    pub faults: FaultRates,
    /// The account that policies are tried on; none where the world is for a run of the whole loop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rates {
    /// The day of the rates, for people.
    #[serde(rename = "as_of")]
    _as_of: Date,
    rates: BTreeMap<Currency, f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub(super) other: f64,
    pub(super) millions: BTreeMap<String, f64>,
    pub(super) interest_share: f64,
    pub(super) reachable_share: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rhythm {
    pub(super) traffic_by_hour: Vec<f64>,
    pub(super) price_by_hour: Vec<f64>,
    pub(super) price_by_weekday: Vec<f64>,
    pub(super) price_by_month: Vec<f64>,
    pub(super) conversion_by_month: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auction {
    pub(super) competition_memory: f64,
    pub(super) competition_sd: f64,
    pub(super) hour_sd: f64,
    pub(super) spend_exponent: f64,
    pub(super) spend_floor: f64,
    pub(super) saturation_exponent: f64,
    pub(super) quality_exponent: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Creative {
    pub(super) asset_sd: f64,
    pub(super) style_sd: f64,
    pub(super) audience_sd: f64,
    pub(super) ad_sd: f64,
    pub(super) conversion_sd: f64,
    pub(super) fatigue_exponent: f64,
    pub(super) exposure_memory: f64,
    pub(super) wear_out_exponent: f64,
    pub(super) wear_out_impressions: f64,
    pub(super) conversion_drift_sd: f64,
    pub(super) delivery_exponent: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Learning {
    pub(super) conversions: f64,
    pub(super) significant_edit: f64,
    pub(super) conversion_penalty: f64,
    pub(super) price_penalty: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pacing {
    pub(super) day_sd: f64,
    pub(super) hour_sd: f64,
    pub(super) overdelivery_chance: f64,
    pub(super) overdelivery: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) value_usd: f64,
    pub(super) sd: f64,
}

/// What the goal of a campaign changes, as factors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectiveFactors {
    pub(super) price: f64,
    pub(super) click: f64,
    pub(super) conversion: f64,
    pub(super) value: f64,
}

/// One platform of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformWorld {
    pub(super) cpm_usd: f64,
    pub(super) ctr: f64,
    pub(super) cvr: f64,
    /// The median value of a conversion, where it is another than the world's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) order_value_usd: Option<f64>,
    pub(super) reference_spend_usd: f64,
    pub(super) penetration: f64,
    /// The most that a day may cost, in percent of the daily budget.
    pub worst_case_day_percent: u32,
    pub(super) least_daily_budget_usd: f64,
    /// Whether one request makes a whole campaign tree.
    pub creates_whole_trees: bool,
    /// Which conversions the platform counts.
    pub attribution: Attribution,
    /// Conversions after views, which a platform counts too; none where it counts clicks alone. For the first market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) views: Option<Views>,
    /// Shares of conversions that arrive on day 0, 1, 2, … after the click; they add up to one.
    pub(super) delay: Vec<f64>,
    /// The formats of ads.
    pub formats: Vec<Format>,
    /// The bid strategies of ad sets.
    pub bid_strategies: Vec<BidStrategy>,
}

impl World {
    /// The built-in world.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where the built-in file is damaged.
    pub fn builtin() -> Result<Self> {
        Self::from_toml(BUILT_IN)
            .map_err(|error| Error::new(ErrorKind::Internal, "the built-in world is damaged").caused_by(error))
    }

    /// Reads a world from TOML text; unknown fields are refused. A text with `extends = "default"` says only what is other than in the
    /// built-in world, one with `extends = "second"` only what is other than in the second market.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] naming the line or the field.
    pub fn from_toml(text: &str) -> Result<Self> {
        let own: toml::Table = text.parse().map_err(|error| damaged(&error))?;
        let (world, hash): (Self, _) = match own.get("extends") {
            None => (toml::from_str(text).map_err(|error| damaged(&error))?, ContentHash::of(text.as_bytes())),
            Some(base) if base.as_str() == Some("default") => layered(&[BUILT_IN, text])?,
            Some(base) if base.as_str() == Some("second") => layered(&[BUILT_IN, SECOND, text])?,
            Some(other) => {
                return Err(Error::invalid("world.extends", format!("{other:?} is no world"))
                    .next("write \"default\" or \"second\", or leave it out and give every field"));
            }
        };
        world.check()?;
        Ok(Self { hash: Some(hash), ..world })
    }

    /// The same world with other shocks, and with all spreads of creatives and audiences times a factor.
    #[must_use]
    pub(crate) fn with(&self, shock: Vec<Shock>, dispersion: f64) -> Self {
        let mut world = Self { shock, ..self.clone() };
        let creative = &mut world.creative;
        let spreads = [&mut creative.asset_sd, &mut creative.style_sd, &mut creative.audience_sd, &mut creative.ad_sd];
        spreads.into_iter().chain([&mut creative.conversion_sd]).for_each(|spread| *spread *= dispersion);
        world
    }

    /// The parameters of one platform.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the world has no such platform.
    pub fn platform(&self, platform: Platform) -> Result<&PlatformWorld> {
        let absent = || {
            Error::new(ErrorKind::Unsupported, format!("the world {:?} has no {platform}", self.name))
                .next("name other platforms, or add it to a world file of your own")
        };
        self.platform.get(&platform).ok_or_else(absent)
    }

    /// How many units of a currency a US dollar is worth in this world.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a currency without a rate, naming those that have one.
    pub fn units_per_usd(&self, currency: Currency) -> Result<f64> {
        self.units_per_usd.rates.get(&currency).copied().ok_or_else(|| {
            let known: Vec<_> = self.units_per_usd.rates.keys().map(Currency::code).collect();
            let message = format!("budget.currency: the world {:?} has no rate for {currency}", self.name);
            Error::new(ErrorKind::Unsupported, message).with("field", "budget.currency").next(format!(
                "use one of {}, or add it to units_per_usd in a world file of your own",
                known.join(", ")
            ))
        })
    }

    /// The least daily budget of an ad set, in micros of a currency.
    ///
    /// # Errors
    /// As [`World::platform`] and [`World::units_per_usd`].
    pub fn least_daily_budget_micros(&self, platform: Platform, currency: Currency) -> Result<i64> {
        let units = self.platform(platform)?.least_daily_budget_usd * self.units_per_usd(currency)?;
        Ok(super::hour::whole(units * MICROS_PER_UNIT as f64))
    }

    /// The same in whole minor units, one at least, as platforms take it.
    ///
    /// # Errors
    /// As [`World::platform`] and [`World::units_per_usd`].
    pub fn least_daily_budget(&self, platform: Platform, currency: Currency) -> Result<Money> {
        let (micros, unit) = (self.least_daily_budget_micros(platform, currency)?, currency.minor_unit_micros());
        Ok(Money::from_micros(micros.div_euclid(unit).max(1) * unit, currency))
    }

    pub(super) fn objective(&self, objective: Objective) -> ObjectiveFactors {
        let neutral = ObjectiveFactors { price: 1.0, click: 1.0, conversion: 1.0, value: 1.0 };
        self.objective.get(&objective).copied().unwrap_or(neutral)
    }

    /// Lets every platform make whole trees in one request.
    #[cfg(test)]
    pub(crate) fn make_whole_trees(&mut self) {
        self.platform.values_mut().for_each(|platform| platform.creates_whole_trees = true);
    }

    fn check(&self) -> Result<()> {
        for (field, value) in self.positive_numbers() {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::invalid(&format!("world.{field}"), format!("{value} is not above zero"))
                    .next("correct it in the world file"));
            }
        }
        for (field, value) in self.shares() {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::invalid(&format!("world.{field}"), format!("{value} is not within 0 and 1"))
                    .next("correct it in the world file"));
            }
        }
        self.check_lengths()?;
        self.check_physics()?;
        self.shock.iter().enumerate().try_for_each(|(place, shock)| shock.check(&format!("world.shock[{place}]")))?;
        self.event.iter().enumerate().try_for_each(|(place, event)| event.check(&format!("world.event[{place}]")))?;
        self.edit.iter().enumerate().try_for_each(|(place, edit)| edit.check(&format!("world.edit[{place}]")))?;
        self.faults.check()?;
        self.trial.as_ref().map_or(Ok(()), |trial| trial.check(self))?;
        self.platform.iter().try_for_each(|(platform, values)| values.check(*platform))
    }

    fn positive_numbers(&self) -> Vec<(&'static str, f64)> {
        let mut numbers = vec![
            ("people.other", self.people.other),
            ("auction.spend_floor", self.auction.spend_floor),
            ("learning.significant_edit", self.learning.significant_edit),
            ("creative.wear_out_impressions", self.creative.wear_out_impressions),
            ("order.value_usd", self.order.value_usd),
        ];
        numbers.extend(self.units_per_usd.rates.values().map(|rate| ("units_per_usd.rates", *rate)));
        numbers.extend(self.people.millions.values().map(|people| ("people.millions", *people)));
        numbers
            .extend(self.rhythm.lists().into_iter().flat_map(|(name, list, _)| list.iter().map(move |x| (name, *x))));
        for factors in self.objective.values() {
            let all = [factors.price, factors.click, factors.conversion, factors.value];
            numbers.extend(all.map(|factor| ("objective", factor)));
        }
        numbers
    }

    fn shares(&self) -> Vec<(&'static str, f64)> {
        let (auction, creative, pacing) = (&self.auction, &self.creative, &self.pacing);
        vec![
            ("people.interest_share", self.people.interest_share),
            ("people.reachable_share", self.people.reachable_share),
            ("auction.competition_memory", auction.competition_memory),
            ("auction.competition_sd", auction.competition_sd),
            ("auction.hour_sd", auction.hour_sd),
            ("auction.spend_exponent", auction.spend_exponent),
            ("auction.saturation_exponent", auction.saturation_exponent),
            ("auction.quality_exponent", auction.quality_exponent),
            ("creative.asset_sd", creative.asset_sd),
            ("creative.style_sd", creative.style_sd),
            ("creative.audience_sd", creative.audience_sd),
            ("creative.ad_sd", creative.ad_sd),
            ("creative.conversion_sd", creative.conversion_sd),
            ("creative.fatigue_exponent", creative.fatigue_exponent),
            ("creative.exposure_memory", creative.exposure_memory),
            ("creative.wear_out_exponent", creative.wear_out_exponent),
            ("creative.conversion_drift_sd", creative.conversion_drift_sd),
            ("learning.conversion_penalty", self.learning.conversion_penalty),
            ("learning.price_penalty", self.learning.price_penalty),
            ("pacing.day_sd", pacing.day_sd),
            ("pacing.hour_sd", pacing.hour_sd),
            ("pacing.overdelivery_chance", pacing.overdelivery_chance),
            ("pacing.overdelivery", pacing.overdelivery),
            ("order.sd", self.order.sd),
        ]
    }

    fn check_lengths(&self) -> Result<()> {
        for (field, list, length) in self.rhythm.lists() {
            if list.len() != length {
                let what = format!("has {} values, not {length}", list.len());
                return Err(Error::invalid(&format!("world.{field}"), what)
                    .next("give one value for each hour, weekday or month"));
            }
        }
        Ok(())
    }
}

fn damaged(error: &toml::de::Error) -> Error {
    Error::invalid("world", error.to_string().trim_end()).next("compare it with adbrain-core/worlds/default.toml")
}

/// The world that texts make, each over those before it, and the hash of them all.
fn layered(texts: &[&str]) -> Result<(World, ContentHash)> {
    let mut all = toml::Table::new();
    for text in texts {
        let mut own: toml::Table = text.parse().map_err(|error| damaged(&error))?;
        own.remove("extends");
        merge(&mut all, own);
    }
    Ok((all.try_into().map_err(|error| damaged(&error))?, ContentHash::of_value(&texts)?))
}

/// Puts the values of a table over those of another, table by table.
fn merge(all: &mut toml::Table, own: toml::Table) {
    for (key, value) in own {
        match (all.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(own)) => merge(inner, own),
            (_, value) => drop(all.insert(key, value)),
        }
    }
}

impl Rhythm {
    fn lists(&self) -> [(&'static str, &[f64], usize); 5] {
        [
            ("rhythm.traffic_by_hour", &self.traffic_by_hour, 24),
            ("rhythm.price_by_hour", &self.price_by_hour, 24),
            ("rhythm.price_by_weekday", &self.price_by_weekday, 7),
            ("rhythm.price_by_month", &self.price_by_month, 12),
            ("rhythm.conversion_by_month", &self.conversion_by_month, 12),
        ]
    }
}

impl PlatformWorld {
    fn check(&self, platform: Platform) -> Result<()> {
        let bad = |field: &str, what: &str, next: &str| {
            Err(Error::invalid(&format!("world.platform.{platform}.{field}"), what).next(next))
        };
        let amounts = [self.cpm_usd, self.reference_spend_usd, self.least_daily_budget_usd];
        if !amounts.iter().chain(&self.order_value_usd).all(|amount| amount.is_finite() && *amount > 0.0) {
            let what = "a price, reference, least budget or value of an order is not above zero";
            return bad("cpm_usd", what, "give amounts above zero");
        }
        if ![self.ctr, self.cvr, self.penetration].iter().all(|share| *share > 0.0 && *share <= 1.0) {
            return bad(
                "ctr",
                "a click rate, conversion rate or penetration is no share",
                "give shares above 0 and up to 1",
            );
        }
        let total: f64 = self.delay.iter().sum();
        if self.delay.iter().any(|share| *share < 0.0) || (total - 1.0).abs() > 1e-6 {
            return bad("delay", "the shares do not add up to one", "divide each by their sum");
        }
        if !(100..=1000).contains(&self.worst_case_day_percent) {
            return bad("worst_case_day_percent", "is out of its range", "give 100 to 1000");
        }
        self.views.map_or(Ok(()), |views| views.check(&format!("world.platform.{platform}.views")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_world_is_sound_and_has_every_platform_and_objective() {
        let world = World::builtin().unwrap();
        assert!(Platform::ALL.iter().all(|platform| world.platform(*platform).is_ok()));
        assert!(Objective::ALL.iter().all(|objective| world.objective.contains_key(objective)));
    }

    #[test]
    fn what_is_wrong_in_a_world_is_named() {
        let cases = [
            ("[auction]", "[auction]\nmistake = 1", "mistake"),
            ("competition_memory = 0.8", "competition_memory = 1.8", "world.auction.competition_memory"),
            ("value_usd = 120.0", "value_usd = -1.0", "world.order.value_usd"),
            ("delay = [0.55,", "delay = [0.65,", "world.platform.meta.delay"),
            ("price_by_weekday = [0.98,", "price_by_weekday = [", "world.rhythm.price_by_weekday"),
            ("BRL = 5.4", "QQQ = 5.4", "QQQ"),
        ];
        for (before, after, wanted) in cases {
            assert!(BUILT_IN.contains(before), "{before}");
            let error = World::from_toml(&BUILT_IN.replacen(before, after, 1)).unwrap_err();
            assert!(error.to_string().contains(wanted), "{wanted}: {error}");
        }
    }

    #[test]
    fn a_currency_without_a_rate_is_refused() {
        assert!(World::builtin().unwrap().units_per_usd("BHD".parse().unwrap()).is_err());
    }
}
