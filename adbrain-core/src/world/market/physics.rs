//! What differs between the kinds of markets.

use serde::{Deserialize, Serialize};

use super::account::AdSet;
use super::first::First;
use super::hour::Scene;
use super::luck::Luck;
use super::second::Second;
use super::truth::Worth;
use super::world::World;
use crate::error::Result;
use crate::stats::random::Random;

/// The laws of prices, people and orders. Shared by all kinds of markets are the calendar, shocks, pacing, the learning phase, the places of
/// luck and what is written down. Each kind lies in a file or folder of its own and names no other.
pub(super) trait Physics {
    /// What competition does to prices in each hour (UTC) of a day, as factors.
    fn competition(&self, world: &World, place: (Luck, u64), day: i64) -> [f64; 24];

    /// A latent quality, as a factor; `sd` is about the deviation of its logarithm.
    fn quality(&self, random: Random, sd: f64) -> f64;

    /// What the night does to people and ads, `days` after the last day on which the ad set ran; 0 before its first.
    fn start_day(&self, scene: &Scene<'_>, ad_set: &mut AdSet, days: i64);

    /// Simulates an hour in which so many micros are wanted to be spent.
    fn play(&self, scene: &Scene<'_>, ad_set: &mut AdSet, wanted: f64);

    /// What such an hour brings and costs on average, in micros; the ad set goes on as it would.
    fn expect(&self, scene: &Scene<'_>, ad_set: &mut AdSet, wanted: f64) -> Worth;

    /// People among `people` whom so many impressions reach.
    fn reach(&self, people: f64, impressions: f64) -> u64;
}

/// The physics of a world: the first where it names none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Kind {
    /// Its parameters are the world's own tables.
    #[default]
    First,
    /// Its parameters stand beside its name.
    Second(Box<Second>),
}

impl World {
    pub(super) fn physics(&self) -> &dyn Physics {
        match &self.physics {
            Kind::First => &First,
            Kind::Second(second) => second.as_ref(),
        }
    }

    pub(super) fn check_physics(&self) -> Result<()> {
        match &self.physics {
            Kind::First => Ok(()),
            Kind::Second(second) => second.check(self),
        }
    }
}
