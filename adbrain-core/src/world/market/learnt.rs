//! What of a world can be learnt from the daily figures of an account, and the worlds that an account is played again in.

use std::collections::BTreeMap;

use super::shock::Shock;
use super::trial::Trial;
use super::world::World;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Platform;

/// Digits that a learnt number is written with: more than any history tells.
const DIGITS: usize = 6;
/// A budget that is edited by this part is not edited at all, for any budget.
const NEVER_SIGNIFICANT: f64 = 1e12;

/// What can be learnt of one platform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlatformLevels {
    /// US dollars for a thousand impressions.
    pub(crate) cpm_usd: f64,
    /// Clicks per impression, 0 to 1.
    pub(crate) ctr: f64,
    /// Conversions per click, 0 to 1.
    pub(crate) cvr: f64,
    /// The median value of a conversion in US dollars.
    pub(crate) order_value_usd: f64,
}

/// Deviations of the logarithm of latent quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spreads {
    pub(crate) asset: f64,
    pub(crate) style: f64,
    pub(crate) audience: f64,
    pub(crate) ad: f64,
    pub(crate) conversion: f64,
}

/// All that can be learnt of a world.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learnable {
    pub(crate) platforms: BTreeMap<Platform, PlatformLevels>,
    pub(crate) price_by_weekday: Vec<f64>,
    pub(crate) competition_memory: f64,
    pub(crate) competition_sd: f64,
    pub(crate) spend_exponent: f64,
    pub(crate) spreads: Spreads,
    pub(crate) conversion_drift_sd: f64,
    pub(crate) order_value_usd: f64,
    pub(crate) order_sd: f64,
}

impl World {
    /// Writes the world as TOML text; [`World::from_toml`] reads the same world from it.
    ///
    /// ```
    /// use adbrain_core::market::World;
    /// let text = World::family("stationary")?.to_toml()?;
    /// let world = World::from_toml(&text)?;
    /// assert_eq!(world.to_toml()?, text);
    /// # Ok::<(), adbrain_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] where it cannot be written.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| {
            Error::new(ErrorKind::Internal, "the world cannot be written").next("report this").caused_by(error)
        })
    }

    /// What can be learnt, as this world has it.
    pub(crate) fn learnable(&self) -> Learnable {
        let (auction, creative) = (&self.auction, &self.creative);
        let levels = |platform: &super::PlatformWorld| PlatformLevels {
            cpm_usd: platform.cpm_usd,
            ctr: platform.ctr,
            cvr: platform.cvr,
            order_value_usd: platform.order_value_usd.unwrap_or(self.order.value_usd),
        };
        Learnable {
            platforms: self.platform.iter().map(|(name, platform)| (*name, levels(platform))).collect(),
            price_by_weekday: self.rhythm.price_by_weekday.clone(),
            competition_memory: auction.competition_memory,
            competition_sd: auction.competition_sd,
            spend_exponent: auction.spend_exponent,
            spreads: Spreads {
                asset: creative.asset_sd,
                style: creative.style_sd,
                audience: creative.audience_sd,
                ad: creative.ad_sd,
                conversion: creative.conversion_sd,
            },
            conversion_drift_sd: creative.conversion_drift_sd,
            order_value_usd: self.order.value_usd,
            order_sd: self.order.sd,
        }
    }

    /// The same world with what was learnt, under a name of its own, with another account for trials: the world that its own text gives.
    ///
    /// # Errors
    /// As [`World::from_toml`], where what was learnt is out of its range.
    pub(crate) fn with_learnt(&self, name: &str, learnt: &Learnable, trial: Option<Trial>) -> Result<Self> {
        let world = Self { name: name.to_owned(), trial, ..self.learning(learnt) };
        Self::from_toml(&world.to_toml()?)
    }

    /// The same world with what was learnt; nothing is checked.
    pub(crate) fn learning(&self, learnt: &Learnable) -> Self {
        let mut world = self.clone();
        for (name, platform) in &mut world.platform {
            if let Some(levels) = learnt.platforms.get(name) {
                platform.cpm_usd = written(levels.cpm_usd);
                platform.ctr = written(levels.ctr);
                platform.cvr = written(levels.cvr);
                platform.order_value_usd = Some(written(levels.order_value_usd));
            }
        }
        world.rhythm.price_by_weekday = learnt.price_by_weekday.iter().map(|factor| written(*factor)).collect();
        let auction = &mut world.auction;
        auction.competition_memory = written(learnt.competition_memory);
        auction.competition_sd = written(learnt.competition_sd);
        auction.spend_exponent = written(learnt.spend_exponent);
        let creative = &mut world.creative;
        creative.asset_sd = written(learnt.spreads.asset);
        creative.style_sd = written(learnt.spreads.style);
        creative.audience_sd = written(learnt.spreads.audience);
        creative.ad_sd = written(learnt.spreads.ad);
        creative.conversion_sd = written(learnt.spreads.conversion);
        creative.conversion_drift_sd = written(learnt.conversion_drift_sd);
        world.order.value_usd = written(learnt.order_value_usd);
        world.order.sd = written(learnt.order_sd);
        world
    }

    /// The same world for campaigns that are known: their qualities are in the shocks and nowhere else, a day's spend is its budget, and no
    /// edit of a budget begins the learning phase again.
    pub(crate) fn known(&self, shocks: Vec<Shock>) -> Self {
        let mut world = self.with(shocks, 0.0);
        let pacing = &mut world.pacing;
        (pacing.day_sd, pacing.hour_sd, pacing.overdelivery_chance) = (0.0, 0.0, 0.0);
        world.learning.significant_edit = NEVER_SIGNIFICANT;
        world
    }

    /// The same world without luck in prices and in the drift of conversion rates.
    pub(crate) fn calm(mut self) -> Self {
        (self.auction.competition_sd, self.auction.hour_sd, self.creative.conversion_drift_sd) = (0.0, 0.0, 0.0);
        self
    }

    /// How far a day's spend lies from its budget, as the deviation of its logarithm.
    pub(crate) fn pacing_deviation(&self) -> f64 {
        let pacing = &self.pacing;
        let over = libm::log1p(pacing.overdelivery);
        let jumps = pacing.overdelivery_chance * (1.0 - pacing.overdelivery_chance) * over * over;
        libm::sqrt(pacing.day_sd * pacing.day_sd + jumps)
    }
}

/// A number with the digits that are written.
fn written(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_read_again_as_it_was_written() {
        for name in World::names() {
            let world = World::family(name).unwrap();
            let text = world.to_toml().unwrap();
            let again = World::from_toml(&text).unwrap();
            assert_eq!(again.to_toml().unwrap(), text);
            assert_eq!(World { hash: None, ..again }, World { hash: None, ..world });
        }
    }

    #[test]
    fn what_was_learnt_is_checked_as_a_file_is() {
        let world = World::builtin().unwrap();
        let mut learnt = world.learnable();
        let same = world.with_learnt("same", &learnt, None).unwrap();
        assert_eq!(World::from_toml(&same.to_toml().unwrap()).unwrap(), same);
        assert_eq!(same.learnable(), learnt);
        learnt.order_sd = 1.5;
        assert!(world.with_learnt("wrong", &learnt, None).unwrap_err().to_string().contains("world.order.sd"));
    }
}
