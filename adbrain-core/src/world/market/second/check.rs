//! What parameters may be.

use super::{Second, Site};
use crate::error::{Error, Result};
use crate::market::world::World;

/// The range of a parameter.
enum Within {
    /// From 0 to 1.
    Share,
    /// Above 0 and below 1.
    Inner,
    /// Above zero.
    Positive,
    /// From zero on, up to a most.
    UpTo(f64),
}

/// The memory of competition that its finite sum can hold.
const LONGEST_MEMORY: f64 = 0.9;
/// The hours of a jump that are looked back for.
const LONGEST_JUMP_HOURS: f64 = 72.0;
const LONGEST_DELAY_DAYS: f64 = 90.0;

impl Second {
    pub(in crate::world::market) fn check(&self, world: &World) -> Result<()> {
        for (field, value, within) in self.parameters() {
            check(&format!("world.physics.{field}"), value, &within)?;
        }
        if self.order.large_exponent <= 1.0 {
            return bad("world.physics.order.large_exponent", "a mean needs an exponent above 1".to_owned());
        }
        if self.auction.usual_share > self.auction.most_share {
            return bad("world.physics.auction.usual_share", "is above the most that can be won".to_owned());
        }
        let [low, high] = self.views.incremental;
        if !(0.0 <= low && low <= high && high <= 1.0) {
            return bad("world.physics.views.incremental", format!("[{low}, {high}] is no range within 0 and 1"));
        }
        for (platform, values) in &world.platform {
            if values.views.is_some() {
                return bad(
                    &format!("world.platform.{platform}.views"),
                    "is of the first market; the second has physics.platform.….views".to_owned(),
                );
            }
            let Some(site) = self.platform.get(platform) else {
                return bad(&format!("world.physics.platform.{platform}"), "is missing".to_owned());
            };
            for (field, value, within) in site.parameters() {
                check(&format!("world.physics.platform.{platform}.{field}"), value, &within)?;
            }
        }
        Ok(())
    }

    fn parameters(&self) -> Vec<(&'static str, f64, Within)> {
        use Within::{Inner, Positive, Share, UpTo};
        let (auction, weather, people, drift) = (&self.auction, &self.weather, &self.people, &self.drift);
        let (counts, order) = (&self.counts, &self.order);
        vec![
            ("auction.bid_sd", auction.bid_sd, Positive),
            ("auction.usual_share", auction.usual_share, Inner),
            ("auction.most_share", auction.most_share, Inner),
            ("auction.reserve", auction.reserve, UpTo(1.0)),
            ("weather.memory", weather.memory, UpTo(LONGEST_MEMORY)),
            ("weather.sd", weather.sd, Share),
            ("weather.jump_chance", weather.jump_chance, Share),
            ("weather.jump_size", weather.jump_size, Share),
            ("weather.jump_hours", weather.jump_hours, Positive),
            ("weather.jump_hours", weather.jump_hours, UpTo(LONGEST_JUMP_HOURS)),
            ("people.spread", people.spread, Positive),
            ("people.memory", people.memory, Share),
            ("people.wear_in", people.wear_in, UpTo(10.0)),
            ("people.wear_out", people.wear_out, UpTo(10.0)),
            ("people.strangeness_left", people.strangeness_left, Share),
            ("people.aged_share", people.aged_share, Share),
            ("people.aging_impressions", people.aging_impressions, Positive),
            ("people.explore_share", people.explore_share, Share),
            ("drift.memory", drift.memory, Share),
            ("drift.sd", drift.sd, Share),
            ("drift.jump_chance", drift.jump_chance, Share),
            ("drift.jump_sd", drift.jump_sd, Share),
            ("counts.click_shape", counts.click_shape, Positive),
            ("counts.demand_shape", counts.demand_shape, Positive),
            ("order.usual_usd", order.usual_usd, Positive),
            ("order.shape", order.shape, Positive),
            ("order.large_share", order.large_share, Share),
            ("order.large_usd", order.large_usd, Positive),
            ("order.large_exponent", order.large_exponent, Positive),
        ]
    }
}

impl Site {
    fn parameters(&self) -> [(&'static str, f64, Within); 8] {
        use Within::{Positive, Share, UpTo};
        [
            ("auctions", self.auctions, Positive),
            ("strangeness", self.strangeness, Share),
            ("views", self.views, UpTo(10.0)),
            ("delay.fast_share", self.delay.fast_share, Share),
            ("delay.fast_hours", self.delay.fast_hours, Positive),
            ("delay.slow_shape", self.delay.slow_shape, Positive),
            ("delay.slow_days", self.delay.slow_days, Positive),
            ("delay.longest_days", self.delay.longest_days, UpTo(LONGEST_DELAY_DAYS)),
        ]
    }
}

fn check(field: &str, value: f64, within: &Within) -> Result<()> {
    let (is_sound, range) = match within {
        Within::Share => ((0.0..=1.0).contains(&value), "within 0 and 1".to_owned()),
        Within::Inner => (value > 0.0 && value < 1.0, "above 0 and below 1".to_owned()),
        Within::Positive => (value.is_finite() && value > 0.0, "above zero".to_owned()),
        Within::UpTo(most) => ((0.0..=*most).contains(&value), format!("within 0 and {most}")),
    };
    if is_sound { Ok(()) } else { bad(field, format!("{value} is not {range}")) }
}

fn bad(field: &str, what: String) -> Result<()> {
    Err(Error::invalid(field, what).next("correct it in the world file; docs/reference/worlds.md has every field"))
}
