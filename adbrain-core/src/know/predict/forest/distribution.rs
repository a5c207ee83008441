//! What is expected of one row: weighted training targets.

use super::leaves::Leaves;
use super::training::Training;

/// The conditional distribution of one row: training targets with weights that add up to one (Meinshausen, "Quantile regression
/// forests", 2006). Each tree gives the same weight in all to the rows of the leaf that the row falls into.
///
/// ```
/// use adbrain_core::predict::forest::Distribution;
/// let expected = Distribution::new(&[(2.0, 1.0), (1.0, 3.0)]).unwrap();
/// assert_eq!((expected.quantile(0.5), expected.quantile(0.9), expected.mean()), (1.0, 2.0, 1.25));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Ascending.
    values: Vec<f64>,
    /// The weight of each value and of those before it; the last is 1.
    cumulative: Vec<f64>,
}

impl Distribution {
    /// A distribution from values and weights above zero, in any order; nothing where there are none or one is not finite.
    pub fn new(weighted: &[(f64, f64)]) -> Option<Self> {
        let is_good = |(value, weight): &(f64, f64)| value.is_finite() && weight.is_finite() && *weight > 0.0;
        if weighted.is_empty() || !weighted.iter().all(is_good) {
            return None;
        }
        let mut sorted = weighted.to_vec();
        sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        Some(Self::of_sorted(sorted))
    }

    /// From values in ascending order with weights.
    pub(super) fn of_sorted(weighted: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let (mut values, mut cumulative, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for (value, weight) in weighted {
            sum += weight;
            values.push(value);
            cumulative.push(sum);
        }
        for share in &mut cumulative {
            *share /= sum;
        }
        Self { values, cumulative }
    }

    /// The values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The share of each value and of those before it.
    pub fn cumulative(&self) -> &[f64] {
        &self.cumulative
    }

    /// The smallest value with at least the share `p` at or below it; the least and the greatest value for 0 and 1.
    pub fn quantile(&self, p: f64) -> f64 {
        // A share that is reached but for the rounding of a sum counts as reached.
        let at = self.cumulative.partition_point(|share| *share < p - 1e-12);
        self.values.get(at).or(self.values.last()).copied().unwrap_or(f64::NAN)
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        let before = std::iter::once(&0.0).chain(&self.cumulative);
        self.values
            .iter()
            .zip(&self.cumulative)
            .zip(before)
            .map(|((value, share), before)| value * (share - before))
            .sum()
    }

    /// The share strictly below `value`, and the share at or below it.
    pub fn shares(&self, value: f64) -> (f64, f64) {
        let share = |place: usize| place.checked_sub(1).and_then(|at| self.cumulative.get(at)).copied().unwrap_or(0.0);
        let below = self.values.partition_point(|other| *other < value);
        let at_or_below = self.values.partition_point(|other| *other <= value);
        (share(below), share(at_or_below))
    }
}

/// Adds up the weights of training targets over trees. Empty between two uses.
#[derive(Debug, Clone)]
pub(super) struct Gather {
    weights: Vec<f64>,
    /// The ranks with a weight, a bit each.
    met: Vec<u64>,
}

impl Gather {
    pub(super) fn new(training: &Training) -> Self {
        let rows = training.len();
        Self { weights: vec![0.0; rows], met: vec![0; rows.div_ceil(64)] }
    }

    /// Adds the members of a leaf, `share` in all.
    #[expect(clippy::indexing_slicing, reason = "members are ranks of the training rows that this was made for")]
    pub(super) fn add(&mut self, training: &Training, (leaves, share): (&Leaves, f64), leaf: usize) {
        let Some(share) = leaves.weight(leaf).map(|weight| share / weight) else { return };
        for rank in leaves.members(leaf) {
            let rank = *rank as usize;
            self.weights[rank] += share * training.sorted_weight(rank);
            self.met[rank / 64] |= 1 << (rank % 64);
        }
    }

    /// Gives what was added and is empty again; nothing where nothing was added.
    #[expect(clippy::indexing_slicing, reason = "bits name ranks of the training rows that this was made for")]
    pub(super) fn take(&mut self, training: &Training) -> Option<Distribution> {
        let mut weighted = Vec::new();
        for (place, word) in self.met.iter_mut().enumerate() {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                let rank = place * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                weighted.push((training.sorted[rank], std::mem::take(&mut self.weights[rank])));
            }
        }
        (!weighted.is_empty()).then(|| Distribution::of_sorted(weighted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_first_value_that_reaches_the_share() {
        let expected = Distribution::new(&[(3.0, 0.25), (1.0, 0.5), (2.0, 0.25)]).unwrap();
        let quantiles = [0.0, 0.5, 0.51, 0.75, 0.76, 1.0].map(|p| expected.quantile(p));
        assert!(
            quantiles.iter().zip([1.0, 1.0, 2.0, 2.0, 3.0, 3.0]).all(|(a, b)| a.total_cmp(&b).is_eq()),
            "{quantiles:?}"
        );
        assert_eq!(expected.shares(2.0), (0.5, 0.75));
        assert_eq!(expected.shares(9.0), (1.0, 1.0));
        assert_eq!(Distribution::new(&[(1.0, 0.0)]), None);
    }
}
