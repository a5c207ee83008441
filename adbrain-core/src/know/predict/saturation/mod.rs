//! Saturation: how many days an audience still answers as it did on the first day.
//!
//! In: days of impressions, people reached and clicks; or frequency and its growth; or a plan. Out: days as quantiles, a recommendation,
//! and the curve behind them. Called by optimizer and the statistics by name. Never gives a single number without its
//! range, and never a day after the horizon.
//!
//! Saturated is the first day at whose end the next impression's click rate is below 0.7 of that at the end of day 1:
//! `S(F_t) / S(F_1) < 0.7`, a cost per click 43 % up. People see ads as gamma-Poisson processes ([`Curve`]), so reach is
//! `N (1 - (1 + F / a)^-a)`, and the click rate of a person's next impression falls as `(n + 1)^-d` after n earlier ones.
//!
//! What it assumes: one pool of people with level churn, clicks that tire with what a person saw, and a volume that goes on as it went.
//! It misleads where the creative is changed on the way, where the reach given is not that since the first day, or where the
//! budget will change: for that, ask again with the planned impressions.

mod curve;
mod union;
mod delivery;
mod options;
mod reach;
mod clicks;
mod belief;
mod pace;
mod days;
mod answer;
mod before;
mod after;
#[cfg(test)]
mod tests;

pub use after::days_to_saturation;
pub use answer::{DayQuantiles, Recommendation, Saturation};
pub use before::{Frequency, Launch, days_from_frequency, days_from_launch};
pub use curve::{Curve, USUAL_HABITUATION, USUAL_SHAPE};
pub use delivery::{Delivery, DeliveryDay};
pub use options::{Bound, EXPAND_BELOW, Options, SATURATED};
pub use union::{Platform, SharedPeople, reach_union};

/// The examples of the guide, kept running.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/guides/saturation.md")]
pub struct Guide;
