//! Normal-normal shrinkage: what a group's own data and the other groups say together.

use crate::stats::Interval;
use crate::stats::distribution::normal_quantile;

/// The mean of a group as it was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupMean {
    /// The measured mean.
    pub mean: f64,
    /// The variance of that mean (not of its units), above zero.
    pub variance: f64,
}

/// A normal belief about a number.
///
/// ```
/// use adbrain_core::stats::bayes::{Belief, GroupMean};
/// let prior = Belief { mean: 0.0, variance: 1.0 };
/// let after = prior.updated(GroupMean { mean: 2.0, variance: 1.0 });
/// assert_eq!((after.mean, after.variance), (1.0, 0.5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Belief {
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
}

impl Belief {
    /// The belief after seeing a group: the mean of both, each weighted by one over its variance (Efron and Morris, "Stein's
    /// estimation rule and its competitors", 1973). A prior without variance stays; data without variance is taken as it is.
    #[must_use]
    pub fn updated(&self, seen: GroupMean) -> Self {
        let total = self.variance + seen.variance;
        if total <= 0.0 {
            return *self;
        }
        let weight = self.variance / total;
        Self { mean: self.mean + weight * (seen.mean - self.mean), variance: weight * seen.variance }
    }

    /// The belief about a new unit, whose own variance adds to that of the mean, in the square of the unit (Gelman and others, "Bayesian
    /// data analysis", 2013, chapter 2). Assumes a normal unit.
    #[must_use]
    pub fn predictive(&self, unit_variance: f64) -> Self {
        Self { mean: self.mean, variance: self.variance + unit_variance }
    }

    /// The central interval at a level (0..1): mean -+ z sqrt(variance), z the normal quantile of (1 + level) / 2 (Efron and Morris,
    /// 1973, for the shrunk mean). Too short where the prior was estimated from few groups, as its own error is left out.
    pub fn interval(&self, level: f64, sample_size: u64) -> Interval {
        let half = normal_quantile(f64::midpoint(1.0, level)) * libm::sqrt(self.variance);
        Interval {
            estimate: self.mean,
            low: self.mean - half,
            high: self.mean + half,
            level,
            method: "normal_normal_shrinkage",
            sample_size,
        }
    }
}

/// The spread of groups around their common mean, by the method of moments.
///
/// With weights w = 1 / variance, mean m = sum(w x) / sum(w) and Q = sum(w (x - m)^2): variance between = max(0, (Q - (k - 1)) /
/// (sum(w) - sum(w^2) / sum(w))) (`DerSimonian` and Laird, "Meta-analysis in clinical trials", 1986). `None` below two groups with a
/// variance above zero.
///
/// x are the means of the k groups with a variance above zero, in their unit, variances in its square. Assumes groups that are
/// independent and variances that are known. With few groups the spread is often estimated as zero, and everything is then drawn to one
/// mean.
pub fn prior_from_groups(groups: &[GroupMean]) -> Option<Belief> {
    let usable: Vec<_> = groups.iter().filter(|group| group.variance > 0.0 && group.mean.is_finite()).collect();
    if usable.len() < 2 {
        return None;
    }
    let weights: f64 = usable.iter().map(|group| 1.0 / group.variance).sum();
    let squares: f64 = usable.iter().map(|group| 1.0 / (group.variance * group.variance)).sum();
    let mean = usable.iter().map(|group| group.mean / group.variance).sum::<f64>() / weights;
    let spread: f64 = usable.iter().map(|group| (group.mean - mean) * (group.mean - mean) / group.variance).sum();
    let excess = spread - (usable.len() - 1) as f64;
    Some(Belief { mean, variance: (excess / (weights - squares / weights)).max(0.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Vec<GroupMean> {
        let pairs = [(0.1, 0.05), (0.9, 0.1), (0.4, 0.02), (1.4, 0.2)];
        pairs.map(|(mean, variance)| GroupMean { mean, variance }).to_vec()
    }

    #[test]
    fn the_spread_between_groups_is_that_of_statsmodels() {
        // Written by tests/golden/make_stats.py.
        let found = prior_from_groups(&groups()).unwrap();
        assert!((found.variance - 0.123_690_476_190_476_21).abs() < 1e-12, "{}", found.variance);
        assert_eq!(prior_from_groups(&groups()[..1]), None);
    }

    #[test]
    fn groups_that_agree_collapse_to_their_mean() {
        let same = [GroupMean { mean: 1.0, variance: 0.5 }; 4];
        let prior = prior_from_groups(&same).unwrap();
        assert_eq!((prior.mean, prior.variance), (1.0, 0.0));
        assert_eq!(prior.updated(GroupMean { mean: 9.0, variance: 0.5 }).mean.to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_belief_lies_between_prior_and_data_and_is_surer_than_both() {
        let prior = Belief { mean: 1.0, variance: 0.3 };
        let after = prior.updated(GroupMean { mean: 2.0, variance: 0.1 });
        assert!(after.mean > 1.5 && after.mean < 2.0 && after.variance < 0.1);
        assert!(after.interval(0.9, 5).holds(after.mean));
    }
}
