//! Normal-normal shrinkage: what a group's own data and the other groups say together.

use super::Interval;
use super::distribution::normal_quantile;

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

    /// The belief about a new unit, whose own variance adds to that of the mean.
    #[must_use]
    pub fn predictive(&self, unit_variance: f64) -> Self {
        Self { mean: self.mean, variance: self.variance + unit_variance }
    }

    /// The central interval at a level.
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
