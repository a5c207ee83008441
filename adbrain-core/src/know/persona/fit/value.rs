//! What the people of a group bought and brought so far.

use jiff::civil::Date;

use super::super::profile::Profile;
use super::super::settings::Settings;
use super::super::summary::Buying;
use super::encode::Measure;
use crate::model::Estimate;
use crate::stats::quantile::quantile;
use crate::stats::resample::resampled_means;
use crate::stats::two_sample::Summary;

/// Draws of the bootstrap of a value; its ends move by about 2 % of the interval with another seed.
const DRAWS: u32 = 2000;
/// The level of the interval of a value.
const LEVEL: f64 = 0.9;
/// Keeps the draws apart from other methods under the same seed.
const PLACE: u64 = 0x76_616C_7565;

/// The people of a group, and how many of them bought as far as that may be told.
pub(in super::super) struct Group<'a> {
    pub(in super::super) members: Vec<&'a Profile>,
    /// `None` where they do not go with what else is told, or those who did not buy are so few that they could be told apart.
    buyers: Option<u64>,
    /// The buyers that a value rests on: in whole tens (of the floor) where the number itself is not told.
    pub(super) sample_size: u64,
}

/// Whether the number of buyers goes with all else that is told of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Buyers {
    Told,
    Hidden,
}

impl<'a> Group<'a> {
    pub(in super::super) fn of(members: Vec<&'a Profile>, buyers: Buyers, floor: u64) -> Self {
        let people: u64 = members.iter().map(|profile| profile.people).sum();
        let count = members.iter().filter(|profile| profile.purchases.is_some()).count() as u64;
        let others = people.saturating_sub(count);
        let may_be_told = buyers == Buyers::Told && (others == 0 || others >= floor);
        let sample_size = if may_be_told { count } else { count / floor * floor };
        Self { members, buyers: may_be_told.then_some(count), sample_size }
    }
}

/// Means over the buyers of a group; `None` below `floor` buyers.
pub(in super::super) fn buying(group: &Group<'_>, as_of: Option<Date>, floor: u64) -> Option<Buying> {
    let mean = |measure: Measure| {
        let values: Vec<f64> = group.members.iter().filter_map(|profile| measure.of(profile, as_of)).collect();
        (values.len() as u64 >= floor).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    Some(Buying {
        buyers: group.buyers,
        recency_days: mean(Measure::Recency)?,
        orders: mean(Measure::Orders)?,
        order_value: mean(Measure::OrderValue)?,
        basket: mean(Measure::Basket)?,
        interval_days: mean(Measure::Interval),
    })
}

/// What a buyer of each group has brought so far: the mean revenue per buyer, drawn towards the mean of all buyers by how much of the
/// spread between groups is chance, B = t^2 / (t^2 + s^2 / n), with a bootstrap interval that draws both means anew (normal-normal shrinkage, t^2 by moments:
/// Morris, "Parametric empirical Bayes inference", 1983). `None` for a group with fewer buyers than a persona has people.
pub(in super::super) fn revenues_so_far(groups: &[Group<'_>], settings: &Settings) -> Vec<Option<Estimate>> {
    let (floor, seed) = (settings.least_people, settings.seed);
    let revenues: Vec<Vec<f64>> = groups.iter().map(|group| revenues(&group.members)).collect();
    let all: Vec<f64> = revenues.iter().flatten().copied().collect();
    let Ok(overall) = Summary::of(&all) else { return vec![None; groups.len()] };
    let Ok(everyone) = resampled_means(&all, seed ^ PLACE, 0..DRAWS) else { return vec![None; groups.len()] };
    let between = between(&revenues, overall.mean);
    let shrunk = |(place, (values, group)): (u64, (&Vec<f64>, &Group<'_>))| {
        if (values.len() as u64) < floor {
            return None;
        }
        let noise = noise(values)?;
        let kept = if between + noise > 0.0 { between / (between + noise) } else { 1.0 };
        let toward = |(all, own): (&f64, &f64)| all + kept * (own - all);
        let own = resampled_means(values, seed ^ PLACE ^ (place << 32), 0..DRAWS).ok()?;
        let drawn: Vec<f64> = everyone.iter().zip(&own).map(toward).collect();
        Some(Estimate {
            value: toward((&overall.mean, &(values.iter().sum::<f64>() / values.len() as f64))),
            low: quantile(&drawn, (1.0 - LEVEL) / 2.0).ok()?,
            high: quantile(&drawn, f64::midpoint(1.0, LEVEL)).ok()?,
            level: LEVEL,
            method: "shrunk_mean_revenue_per_buyer".to_owned(),
            sample_size: group.sample_size,
            warnings: Vec::new(),
        })
    };
    (1..).zip(revenues.iter().zip(groups)).map(shrunk).collect()
}

fn revenues(profiles: &[&Profile]) -> Vec<f64> {
    profiles.iter().filter_map(|profile| profile.purchases.map(|bought| bought.revenue.to_units())).collect()
}

/// The variance of the mean; `None` below two values.
fn noise(values: &[f64]) -> Option<f64> {
    let summary = Summary::of(values).ok()?;
    Some(summary.spread().ok()? / summary.n as f64)
}

/// The variance between the true means of groups by moments: the spread of their means less what chance adds, never below 0.
fn between(groups: &[Vec<f64>], overall: f64) -> f64 {
    let known: Vec<(f64, f64)> = groups
        .iter()
        .filter_map(|values| Some((values.iter().sum::<f64>() / values.len() as f64, noise(values)?)))
        .collect();
    if known.is_empty() {
        return 0.0;
    }
    let spread = known.iter().map(|(mean, noise)| (mean - overall) * (mean - overall) - noise).sum::<f64>();
    (spread / known.len() as f64).max(0.0)
}
