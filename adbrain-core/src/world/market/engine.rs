//! The market of one account: advances hour by hour.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::account::{Campaign, Instruction, Maker, carry_out};
use super::conditions::{Conditions, Weather};
use super::hour::Scene;
use super::luck::Luck;
use super::results::{SECONDS_PER_HOUR, Tally, Window, report};
use super::world::{ObjectiveFactors, PlatformWorld, World};
use crate::error::Result;
use crate::model::{Currency, MICROS_PER_UNIT, Platform};

/// What a market is made of.
#[derive(Debug, Clone)]
pub struct MarketOptions {
    /// The parameters.
    pub world: Arc<World>,
    /// The platform.
    pub platform: Platform,
    /// The currency of the account.
    pub currency: Currency,
    /// The seed of its luck.
    pub seed: u64,
}

/// The market of one account. What happens depends on the world, the seed and the instructions with their times, and on
/// nothing else: not on how often or in what steps it is advanced.
///
/// An instruction holds from the next full hour on (UTC). The luck of an ad hangs on its tag, so that adding an ad does not
/// change what the dice say for the others.
///
/// ```
/// use adbrain_core::market::{Market, MarketOptions, World};
/// use adbrain_core::model::{Currency, Platform};
/// let world = std::sync::Arc::new(World::builtin()?);
/// let mut market = Market::new(MarketOptions { world, platform: Platform::Meta, currency: Currency::BRL, seed: 7 })?;
/// market.advance_to("2026-12-01T00:00:00Z".parse().unwrap())?;
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Market {
    pub(super) options: MarketOptions,
    pub(super) micros_per_usd: f64,
    pub(super) weather: Weather,
    pub(super) campaigns: Vec<Campaign>,
    /// Instructions that do not hold yet, oldest first.
    waiting: VecDeque<(Timestamp, Instruction)>,
    /// The first hour (since 1970) that is not simulated yet; none before the first instruction.
    pub(super) next_hour: Option<i64>,
}

impl Market {
    /// An empty market.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unsupported`] where the world has no such platform or no rate for the currency.
    pub fn new(options: MarketOptions) -> Result<Self> {
        options.world.platform(options.platform)?;
        let micros_per_usd = options.world.units_per_usd(options.currency)? * MICROS_PER_UNIT as f64;
        let weather = Weather::new(options.platform, Luck { seed: options.seed });
        let (campaigns, waiting) = (Vec::new(), VecDeque::new());
        Ok(Self { options, micros_per_usd, weather, campaigns, waiting, next_hour: None })
    }

    /// Tells the market something. Instructions are given in the order of their times; one that comes too late holds from the
    /// next hour that is not simulated yet.
    pub fn instruct(&mut self, at: Timestamp, instruction: Instruction) {
        if self.next_hour.is_none() {
            self.next_hour = Some(first_hour_from(at));
        }
        self.waiting.push_back((at, instruction));
    }

    /// Up to where it is simulated; none before the first instruction.
    pub fn simulated_until(&self) -> Option<Timestamp> {
        self.next_hour.and_then(|hour| Timestamp::from_second(hour * SECONDS_PER_HOUR).ok())
    }

    /// Simulates every full hour that ends at `now` or earlier.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] where an instruction holds an unknown time zone.
    pub fn advance_to(&mut self, now: Timestamp) -> Result<()> {
        let until = now.as_second().div_euclid(SECONDS_PER_HOUR);
        while let Some(hour) = self.next_hour.filter(|hour| *hour < until) {
            self.listen(hour)?;
            self.play(hour)?;
            self.next_hour = Some(hour + 1);
        }
        Ok(())
    }

    /// The results of each ad in windows of `step_hours` from `start` to `end`, with the conversions that are known at `as_of`.
    /// Windows without any count are left out.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for amounts that overflow.
    pub fn report(&self, window: std::ops::Range<Timestamp>, step_hours: i64, as_of: Timestamp) -> Result<Vec<Tally>> {
        let (start, end, currency) = (window.start, window.end, self.options.currency);
        let window = Window { start, end, step_hours: step_hours.max(1), as_of, currency };
        report(&self.campaigns, &window, self.options.world.physics())
    }

    /// Carries out the instructions that hold at the start of an hour.
    pub(super) fn listen(&mut self, hour: i64) -> Result<()> {
        let (platform, luck) = (self.options.platform, Luck { seed: self.options.seed });
        let maker = Maker { world: &self.options.world, platform, luck };
        while self.waiting.front().is_some_and(|(at, _)| first_hour_from(*at) <= hour) {
            if let Some((_, instruction)) = self.waiting.pop_front() {
                carry_out(&maker, &mut self.campaigns, instruction)?;
            }
        }
        Ok(())
    }

    fn play(&mut self, hour: i64) -> Result<()> {
        let world = &self.options.world;
        let platform = world.platform(self.options.platform)?;
        for campaign in self.campaigns.iter_mut().filter(|campaign| campaign.is_running) {
            let conditions = self.weather.at(world, hour, (&campaign.tag, &campaign.zone));
            if conditions.date < campaign.first_day || conditions.date > campaign.last_day {
                continue;
            }
            let scene = scene((&self.options, platform, self.micros_per_usd), campaign.factors, conditions);
            campaign.ad_sets.iter_mut().filter(|ad_set| ad_set.is_running).for_each(|ad_set| scene.play(ad_set));
        }
        Ok(())
    }
}

/// What an hour of one campaign is simulated with.
pub(super) fn scene<'a>(
    (options, platform, micros_per_usd): (&'a MarketOptions, &'a PlatformWorld, f64),
    factors: ObjectiveFactors,
    conditions: Conditions,
) -> Scene<'a> {
    let (luck, currency, name) = (Luck { seed: options.seed }, options.currency, options.platform);
    Scene { world: &options.world, name, platform, factors, conditions, luck, currency, micros_per_usd }
}

/// The first full hour at or after a moment.
fn first_hour_from(moment: Timestamp) -> i64 {
    let begun = i64::from(moment.subsec_nanosecond() > 0);
    -(-(moment.as_second() + begun)).div_euclid(SECONDS_PER_HOUR)
}

#[cfg(test)]
mod realism;
#[cfg(test)]
mod second_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod views_tests;
