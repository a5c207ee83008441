//! How many people an audience holds.

use super::world::World;
use crate::error::Result;
use crate::model::{Audience, Platform};

/// Ages from 13 to 65 are 53 years; a range holds its part of them.
const AGE_YEARS: f64 = 53.0;
/// A question for the size of an audience is answered with a range of 15 % to both sides.
const SIZE_MARGIN: f64 = 0.15;
/// Platforms do not deliver to fewer people than this.
const FEWEST: f64 = 1_000.0;

impl World {
    /// People of an audience on a platform: its stated size, else `penetration * people of the countries * share of ages *
    /// share of genders * (1 - (1 - share of an interest)^interests)`, at least 1,000.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unsupported`] where the world has no such platform.
    pub fn audience_size(&self, platform: Platform, audience: &Audience) -> Result<f64> {
        let penetration = self.platform(platform)?.penetration;
        if let Some(size) = audience.size {
            return Ok((size as f64).max(FEWEST));
        }
        let ages = audience.ages.map_or(1.0, |ages| (f64::from(ages.max) - f64::from(ages.min) + 1.0) / AGE_YEARS);
        let genders = if audience.genders.len() == 1 { 0.5 } else { 1.0 };
        let interests = match audience.interests.len() {
            0 => 1.0,
            count => 1.0 - libm::pow(1.0 - self.people.interest_share, count as f64),
        };
        Ok((penetration * self.people_in(&audience.countries) * ages * genders * interests).max(FEWEST))
    }

    /// The range that a platform answers when it is asked for the size of an audience.
    ///
    /// # Errors
    /// As [`World::audience_size`].
    pub fn audience_range(&self, platform: Platform, audience: &Audience) -> Result<(u64, u64)> {
        let size = self.audience_size(platform, audience)?;
        Ok((people(size * (1.0 - SIZE_MARGIN)), people(size * (1.0 + SIZE_MARGIN))))
    }

    fn people_in(&self, countries: &[String]) -> f64 {
        let known = &self.people.millions;
        let millions: f64 = if countries.is_empty() {
            known.values().sum::<f64>()
        } else {
            countries.iter().map(|country| known.get(country).copied().unwrap_or(self.people.other)).sum()
        };
        millions * 1e6
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
pub(super) fn people(value: f64) -> u64 {
    libm::round(value).clamp(0.0, 9.0e15) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgeRange, Gender};

    fn brazil() -> Audience {
        Audience::new("all", vec!["BR".to_owned()])
    }

    #[test]
    fn each_limit_makes_an_audience_smaller() {
        let world = World::builtin().unwrap();
        let size = |audience: &Audience| world.audience_size(Platform::Meta, audience).unwrap();
        let all = brazil();
        let young = Audience { ages: Some(AgeRange { min: 18, max: 24 }), ..all.clone() };
        let women = Audience { genders: vec![Gender::Female], ..young.clone() };
        let runners = Audience { interests: vec!["running".into()], ..women.clone() };
        let sizes = [size(&all), size(&young), size(&women), size(&runners)];
        assert!(sizes.windows(2).all(|pair| pair[0] > pair[1]), "{sizes:?}");
        assert!((size(&Audience { size: Some(5_000), ..all }) - 5_000.0).abs() < 1e-9);
    }

    #[test]
    fn reach_never_exceeds_people_or_impressions() {
        for (pool, impressions) in [(1_000.0, 10.0), (1_000.0, 1e6), (1e6, 1e6)] {
            for world in [World::builtin(), World::family("second/stationary")] {
                let reach = world.unwrap().physics().reach(pool, impressions) as f64;
                assert!(reach <= pool && reach <= impressions && reach > 0.0);
            }
        }
    }
}
