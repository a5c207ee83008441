//! Many campaigns with made-up figures, watched and decided on in one go: what a cycle costs.

use jiff::{SignedDuration, Timestamp};

use crate::alert::rules::RuleSet;
use crate::alert::{Detector, Observation};
use crate::budget::{AllocationRequest, CampaignDay, CampaignDays, CurveBeliefs, Receiver, allocate, estimate_curves};
use crate::error::Result;
use crate::model::{Currency, Metrics, Money, Platform, Tag};
use crate::stats::random::Random;

const DAYS: u64 = 42;
/// Hours that the alert rules look back.
const HOURS: i64 = 24 * 14;
/// The daily budget of a campaign, in dollars.
const BUDGET: i64 = 100;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Campaigns of a large account. A cycle takes the newest hour of every campaign in, asks the alert rules about each, estimates all response
/// curves from 42 days and divides the day's money. How the figures come off the network is not part of it.
///
/// ```
/// use adbrain_core::sim::Load;
/// let mut load = Load::new(20)?;
/// assert_eq!(load.turn()?.1.to_string(), "USD 2000.00");
/// # Ok::<(), adbrain_core::Error>(())
/// ```
pub struct Load {
    watched: Vec<Watched>,
    detector: Detector,
    at: Timestamp,
    cycle: u64,
}

/// One campaign with what is known of it.
struct Watched {
    platform: Platform,
    tag: Tag,
    hourly: Vec<(Timestamp, Metrics)>,
    days: CampaignDays,
}

impl Load {
    /// So many campaigns with fourteen days of hours and 42 days.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Internal`] where the built-in rules are damaged.
    pub fn new(campaigns: u32) -> Result<Self> {
        let start = Timestamp::UNIX_EPOCH;
        let watched = (0..campaigns).map(|number| Watched::new(number, start)).collect();
        let detector = Detector::new(RuleSet::preset("guarded")?);
        Ok(Self { watched, detector, at: start + HOUR * i32::try_from(HOURS).unwrap_or(i32::MAX), cycle: 0 })
    }

    /// One cycle; gives how many episodes opened and what was divided.
    ///
    /// # Errors
    /// Those of the allocation.
    pub fn turn(&mut self) -> Result<(usize, Money)> {
        self.cycle += 1;
        let last = self.at;
        self.at = last + HOUR;
        for (place, one) in (0..).zip(self.watched.iter_mut()) {
            one.hourly.remove(0);
            one.hourly.push((last, hour(&mut Random::at(self.cycle, &[place, 3]))));
        }
        let budget = dollars(BUDGET);
        let mut seen = Vec::with_capacity(self.watched.len());
        for one in &self.watched {
            seen.push(Observation { hourly: &one.hourly, ..Observation::new(one.platform, &one.tag, self.at, budget) });
        }
        let opened = self.detector.observe(self.at, &seen)?.episodes.len();
        let days: Vec<CampaignDays> = self.watched.iter().map(|one| one.days.clone()).collect();
        let receivers = estimate_curves(&days, &CurveBeliefs::default())?.into_iter().map(|one| Receiver {
            floor: Some(dollars(BUDGET * 8 / 10)),
            cap: Some(dollars(BUDGET * 12 / 10)),
            ..Receiver::new(one.name, one.curve)
        });
        let total = dollars(BUDGET * i64::try_from(self.watched.len()).unwrap_or(i64::MAX));
        let answer = allocate(&AllocationRequest::new(total, receivers.collect()))?;
        Ok((opened, answer.spend))
    }
}

impl Watched {
    fn new(number: u32, start: Timestamp) -> Self {
        let mut random = Random::at(u64::from(number), &[1]);
        let place = usize::try_from(number).unwrap_or(0) % Platform::ALL.len();
        let platform = Platform::ALL.get(place).copied().unwrap_or(Platform::Meta);
        let rate = 0.03 * random.log_normal(0.4);
        let day = |number: u64| {
            let mut random = Random::at(number, &[place as u64, 2]);
            let budget = BUDGET as f64 * random.log_normal(0.1);
            let clicks = random.poisson(90.0) as f64;
            let conversions = random.poisson(clicks * rate) as f64;
            let revenue = 120.0 * conversions;
            CampaignDay { budget, spend: budget, impressions: 10_000.0, clicks, conversions, revenue, known: 1.0 }
        };
        let name = format!("c{number}");
        let days = CampaignDays { name: name.clone(), group: platform.to_string(), days: (0..DAYS).map(day).collect() };
        let hourly = (0..HOURS).map(|hours| (start + SignedDuration::from_hours(hours), hour(&mut random))).collect();
        Self { platform, tag: Tag::new(name), hourly, days }
    }
}

/// An hour with some noise in its prices.
#[expect(clippy::cast_possible_truncation, reason = "a small amount in whole cents")]
fn hour(random: &mut Random) -> Metrics {
    let cents = libm::round(1_200.0 * random.log_normal(0.1)) as i64;
    Metrics {
        impressions: 1_200,
        clicks: random.poisson(11.0),
        spend: Money::from_micros(cents * 10_000, Currency::USD),
        ..Metrics::none(Currency::USD)
    }
}

fn dollars(units: i64) -> Money {
    Money::from_micros(units.saturating_mul(crate::model::MICROS_PER_UNIT), Currency::USD)
}
