//! Geo tests: regions instead of users, for what no platform randomises by person.
//!
//! In: one series per region, before and during the test. Out: pairs with a seeded assignment, the effect with its interval and placebo p
//! values, the smallest effect that the design can see. Called by optimizer, analyst and the bindings. Never picks dates or spends money.

mod cost;
mod effect;
mod matching;
mod pairs;
mod permutation;
mod placebo;
mod power;
mod region;
mod regression;
mod simplex;
mod synthetic;

pub use cost::Cost;
pub use effect::{EffectPlan, GeoEffect, PeriodEffect, geo_effect};
pub use matching::Matching;
pub use pairs::{GeoPair, GeoPairs, PairPlan, Unlike, geo_pairs};
pub use permutation::{PairedSeries, Permutation, PermutationPlan, geo_permutation};
pub use placebo::Placebo;
pub use power::{DetectableLift, PowerPlan, geo_power};
pub use region::RegionSeries;
pub use regression::Regression;
pub use synthetic::{DonorWeight, SyntheticControl, SyntheticPlan, synthetic_control};
