//! Days to saturation without daily figures: from frequency and its growth, or from a plan.

use serde::{Deserialize, Serialize};

use super::answer::{Basis, Saturation};
use super::belief::{Belief, Node};
use super::curve::{positive, reached};
use super::days::Days;
use super::delivery::pool;
use super::options::Options;
use super::pace;
use crate::model::{Message, Money};
use crate::stats::{Defined, Undefined};

/// Halving a bracket so often leaves nothing to halve.
const HALVINGS: u32 = 200;

/// What is known of an audience from four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// The people of the audience as the platform states them. They say how many are in the pool; the days follow from the frequency,
    /// which is per person already.
    pub size: f64,
    /// The share of them, 0 to below 1, that other ad sets of the advertiser address too; they see as many ads again there.
    #[serde(default)]
    pub overlap: f64,
    /// Impressions per person reached so far, 1 or more.
    pub current: f64,
    /// How much the frequency grows per day, zero or more.
    pub growth: f64,
}

/// A plan for an audience that has seen nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    /// The people of the audience as the platform states them.
    pub size: f64,
    /// The share of them, 0 to below 1, that other ad sets of the advertiser address too; they are taken as served there.
    #[serde(default)]
    pub overlap: f64,
    /// Impressions per day.
    pub daily_impressions: f64,
}

impl Launch {
    /// The plan of a daily budget at a price per thousand impressions.
    ///
    /// ```
    /// use adbrain_core::model::{Currency, Money};
    /// use adbrain_core::predict::saturation::{Launch, Options, days_from_launch};
    /// let dollars = |amount: i64| Money::from_micros(amount * 1_000_000, Currency::USD);
    /// let plan = Launch::of_budget([200_000.0, 0.1], dollars(300), dollars(5))?;
    /// let found = days_from_launch(&plan, &Options::default())?;
    /// assert_eq!(plan.daily_impressions, 60_000.0);
    /// assert!(found.days_to_saturation.median.is_some_and(|days| (3..20).contains(&days)));
    /// # Ok::<(), adbrain_core::stats::Undefined>(())
    /// ```
    ///
    /// # Errors
    /// [`Undefined::Input`] naming `cost_per_thousand` where it is not above zero or in another currency than the budget.
    pub fn of_budget([size, overlap]: [f64; 2], daily_budget: Money, cost_per_thousand: Money) -> Defined<Self> {
        if daily_budget.currency() != cost_per_thousand.currency() {
            return Err(Undefined::Input { field: "cost_per_thousand", problem: "must be in the budget's currency" });
        }
        positive("cost_per_thousand", cost_per_thousand.micros() as f64)?;
        let daily_impressions = daily_budget.micros() as f64 / cost_per_thousand.micros() as f64 * 1000.0;
        Ok(Self { size, overlap, daily_impressions })
    }
}

/// Days to saturation of a plan, from the beliefs before any day alone.
///
/// N lies around size (1 - overlap), a around 0.8, d around 0.43; the volume is level.
///
/// # Errors
/// [`Undefined::Input`] naming `size`, `overlap` or `daily_impressions`.
pub fn days_from_launch(launch: &Launch, options: &Options) -> Defined<Saturation> {
    options.check()?;
    let belief = Belief::before(pool(launch.size, launch.overlap)?);
    positive("daily_impressions", launch.daily_impressions)?;
    let courses = pace::level(launch.daily_impressions, options.horizon as usize);
    Ok(Saturation::of(&Days::of(&belief, &courses), basis(belief), options))
}

/// Days to saturation from frequency and its growth.
///
/// F, the impressions per head, solves f = F / (1 - (1 + F / a)^-a); a day adds F(f + growth) - F(f). People of the overlap see as many ads
/// again, so both count 1 + overlap times. Day 1 is not known here, so the response is compared with that of a fresh audience:
/// saturated is `S(F_t) < 0.7`. Without growth an audience that is not saturated yet never is.
///
/// ```
/// use adbrain_core::predict::saturation::{Frequency, Options, Recommendation, days_from_frequency};
/// let known = Frequency { size: 500_000.0, overlap: 0.2, current: 2.4, growth: 0.3 };
/// let found = days_from_frequency(&known, &Options::default())?;
/// assert_eq!(found.recommendation, Recommendation::ExpandAudience);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] naming `size`, `overlap`, `frequency` or `growth`.
pub fn days_from_frequency(known: &Frequency, options: &Options) -> Defined<Saturation> {
    options.check()?;
    let people = pool(known.size, known.overlap)?;
    if !(known.current.is_finite() && known.current >= 1.0) {
        return Err(Undefined::Input {
            field: "frequency",
            problem: "must be a number, 1 or above: a person reached saw one",
        });
    }
    if !(known.growth.is_finite() && known.growth >= 0.0) {
        return Err(Undefined::Input { field: "growth", problem: "must be a number, zero or above" });
    }
    let belief = Belief::before(people);
    let mut days = Days::up_to(options.horizon as usize);
    for node in &belief.nodes {
        days.add(days_left(&belief, node, known), node.weight);
    }
    Ok(Saturation::of(&days, basis(belief), options))
}

fn basis(belief: Belief) -> Basis {
    let warnings = vec![Message::new("saturation-prior-only")];
    Basis { belief, method: "gamma_poisson_prior", seen: 0, warnings }
}

/// The days until a curve is saturated, 0 where it is already, none where it never is.
fn days_left(belief: &Belief, node: &Node, known: &Frequency) -> Option<usize> {
    let seen_by_all = 1.0 + known.overlap;
    let now = seen_by_all * shown_at(known.current, node.shape);
    let daily = seen_by_all * shown_at(known.current + known.growth, node.shape) - now;
    let left = belief.saturated_at(node, 0.0) - now;
    if left < 0.0 {
        return Some(0);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast to a whole number saturates")]
    (daily > 0.0).then(|| libm::floor(left / daily) as usize).map(|days| days.saturating_add(1))
}

/// The impressions per head at which people reached have seen so many: f = F / (1 - (1 + F / a)^-a) rises with F, and F < f.
fn shown_at(frequency: f64, shape: f64) -> f64 {
    let (mut low, mut high) = (0.0, frequency);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if middle < frequency * reached(middle, shape) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
