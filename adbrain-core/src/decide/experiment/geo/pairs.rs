//! Pairs of regions that move alike, one of each treated by a seeded coin.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matching::{Matching, pair_up};
use super::region::{RegionSeries, check_regions, total};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// What makes two regions unlike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unlike {
    /// Their values: regions of one size are paired.
    #[default]
    Level,
    /// Their values less their own mean: sizes may differ as long as they move alike.
    Movement,
}

/// How regions are paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairPlan {
    /// The least total, or greedy.
    pub matching: Matching,
    /// What is compared.
    pub unlike: Unlike,
    /// The seed of the coins.
    pub seed: u64,
}

/// Two regions, one treated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GeoPair {
    /// The region that gets the treatment.
    pub treatment: String,
    /// The region that does not.
    pub control: String,
    /// The root of the summed squared differences of their series.
    pub distance: f64,
}

/// A design with matched pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GeoPairs {
    /// The pairs, in the order of their first regions.
    pub pairs: Vec<GeoPair>,
    /// The region left out where their number is odd.
    pub unpaired: Option<String>,
    /// How the pairs were found: `exact`, `greedy_exchange` or `greedy`.
    pub method: &'static str,
    /// The correlation of the treated total with the control total before the test; `None` where one does not move.
    pub correlation: Option<f64>,
}

/// Pairs regions on their series before the test and tosses a seeded coin in each pair.
///
/// The pairs have the least sum of squared distances sum over t of (x(i, t) - x(j, t))^2. With fair and independent coins that sum is the
/// expected squared distance of the treated total from the control total, so these pairs leave the least imbalance on average (the idea
/// of matched pairs in Vaver and Koehler, "Measuring ad effectiveness using geo experiments", 2011). A region's coin depends on the seed
/// and on the place of its pair alone.
///
/// Values are one per period before the test, the same periods for all regions. It misleads where regions of a pair are neighbours that see
/// each other's ads.
///
/// Values are in the unit of the series, so the largest regions rule the distances. It assumes that the past's likeness lasts.
///
/// ```
/// use adbrain_core::experiment::geo::{PairPlan, RegionSeries, geo_pairs};
/// let region = |name: &str, level: f64| RegionSeries { name: name.to_owned(), values: vec![level, level + 1.0, level + 0.5] };
/// let regions = [region("Recife", 10.0), region("Rio", 40.0), region("Natal", 11.0), region("Campinas", 38.0)];
/// let design = geo_pairs(&regions, &PairPlan::default())?;
/// assert_eq!(design.pairs.len(), 2);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for regions with the same name or of different lengths; [`Undefined::TooFew`] below two regions;
/// [`Undefined::Empty`] for series without values; [`Undefined::NotFinite`].
pub fn geo_pairs(regions: &[RegionSeries], plan: &PairPlan) -> Defined<GeoPairs> {
    check_regions(regions.iter())?;
    if regions.len() < 2 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    if regions.iter().any(|region| region.values.is_empty()) {
        return Err(Undefined::Empty);
    }
    let distances = distances(regions, plan.unlike);
    let (indices, alone, method) = pair_up(&distances, plan.matching);
    let named = |index: usize| regions.get(index).map(|region| region.name.clone());
    let pairs: Vec<[usize; 2]> = indices
        .into_iter()
        .enumerate()
        .map(|(place, [a, b])| if is_heads(plan.seed, place) { [a, b] } else { [b, a] })
        .collect();
    let group = |side: usize| {
        let rows = pairs.iter().filter_map(move |pair| pair.get(side)).filter_map(|row| regions.get(*row));
        total(rows.map(|region| region.values.as_slice()))
    };
    let correlation = correlation(&group(0), &group(1));
    let pairs = pairs.iter().filter_map(|[treated, control]| {
        let distance = *distances.get(*treated)?.get(*control)?;
        Some(GeoPair { treatment: named(*treated)?, control: named(*control)?, distance: libm::sqrt(distance) })
    });
    Ok(GeoPairs { pairs: pairs.collect(), unpaired: alone.and_then(named), method, correlation })
}

/// The coin of a pair.
pub(super) fn is_heads(seed: u64, place: usize) -> bool {
    Random::at(seed, &[place as u64]).bits() & 1 == 0
}

fn distances(regions: &[RegionSeries], unlike: Unlike) -> Vec<Vec<f64>> {
    let shown = |region: &RegionSeries| -> Vec<f64> {
        let mean = match unlike {
            Unlike::Level => 0.0,
            Unlike::Movement => region.values.iter().sum::<f64>() / region.values.len() as f64,
        };
        region.values.iter().map(|value| value - mean).collect()
    };
    let rows: Vec<Vec<f64>> = regions.iter().map(shown).collect();
    let apart = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    rows.iter().map(|a| rows.iter().map(|b| apart(a, b)).collect()).collect()
}

/// Pearson's correlation; `None` where a series does not move.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 { a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum() };
    let (aa, bb, ab) = (sum(&|a, _| a * a), sum(&|_, b| b * b), sum(&|a, b| a * b));
    (aa > 0.0 && bb > 0.0).then(|| (ab / libm::sqrt(aa * bb)).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(count: u32) -> Vec<RegionSeries> {
        let values = |row: u32| (0..20).map(|t| f64::from(row * 10) + f64::from((t * (row + 3)) % 7)).collect();
        (0..count).map(|row| RegionSeries { name: format!("region {row}"), values: values(row) }).collect()
    }

    #[test]
    fn every_region_is_used_once_and_the_seed_decides_the_coins() {
        let regions = regions(31);
        let designs: Vec<_> =
            (0..20).map(|seed| geo_pairs(&regions, &PairPlan { seed, ..PairPlan::default() }).unwrap()).collect();
        let first = &designs[0];
        let mut names: Vec<_> = first.pairs.iter().flat_map(|pair| [&pair.treatment, &pair.control]).collect();
        names.extend(first.unpaired.iter());
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), first.pairs.len(), first.method), (31, 15, "greedy_exchange"));
        assert_eq!(geo_pairs(&regions, &PairPlan::default()).as_ref(), Ok(first));
        assert!(designs.iter().any(|design| design.pairs != first.pairs));
    }

    #[test]
    fn missing_periods_and_names_taken_twice_are_refused() {
        let mut some = regions(4);
        some[2].values.pop();
        assert!(geo_pairs(&some, &PairPlan::default()).unwrap_err().is_input());
        let mut some = regions(4);
        some[2].name = "region 0".to_owned();
        assert!(geo_pairs(&some, &PairPlan::default()).unwrap_err().is_input());
        assert_eq!(geo_pairs(&some[..1], &PairPlan::default()), Err(Undefined::TooFew { needed: 2 }));
    }
}
