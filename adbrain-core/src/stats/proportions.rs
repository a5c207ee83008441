//! Shares: one share with its interval, and the difference of two.

use super::Interval;
use super::distribution::{normal_quantile, normal_two_sided};

/// Successes among trials: clicks among impressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    /// How often it happened; at most `trials`.
    pub successes: u64,
    /// How often it could have.
    pub trials: u64,
}

impl Proportion {
    /// Counts as a proportion; `None` without trials or with more successes than trials.
    pub fn new(successes: u64, trials: u64) -> Option<Self> {
        (trials > 0 && successes <= trials).then_some(Self { successes, trials })
    }

    /// Successes over trials.
    pub fn share(&self) -> f64 {
        self.successes as f64 / self.trials as f64
    }

    /// Wilson's score interval (Wilson, "Probable inference, the law of succession, and statistical inference", 1927):
    /// (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). It stays inside 0..1 and holds its level for rare events.
    ///
    /// ```
    /// use adbrain_core::stats::proportions::Proportion;
    /// let ctr = Proportion::new(20, 1000).unwrap().wilson(0.95);
    /// assert!((ctr.low - 0.01299).abs() < 1e-5 && (ctr.high - 0.03069).abs() < 1e-5);
    /// ```
    pub fn wilson(&self, level: f64) -> Interval {
        let (p, n, z) = (self.share(), self.trials as f64, normal_quantile(f64::midpoint(1.0, level)));
        let shrink = 1.0 + z * z / n;
        let centre = (p + z * z / (2.0 * n)) / shrink;
        let half = z * libm::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / shrink;
        Interval {
            estimate: p,
            low: (centre - half).clamp(0.0, p),
            high: (centre + half).clamp(p, 1.0),
            level,
            method: "wilson",
            sample_size: self.trials,
        }
    }
}

/// What is known about the difference of two shares.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareDifference {
    /// The first share minus the second.
    pub difference: Interval,
    /// Two-sided p value of the pooled z test; `None` where all or none of the trials succeeded.
    pub p_value: Option<f64>,
}

/// The difference of two shares with Newcombe's hybrid score interval and the p value of the pooled z test.
///
/// With p -+ as Wilson's ends: low = d - sqrt((p1 - l1)^2 + (u2 - p2)^2), high = d + sqrt((u1 - p1)^2 + (p2 - l2)^2) (Newcombe,
/// "Interval estimation for the difference between independent proportions", method 10, 1998). It takes trials as independent;
/// people who see an ad twenty times are not, so for delivered ads read it as associational.
pub fn difference(first: Proportion, second: Proportion, level: f64) -> ShareDifference {
    let (a, b) = (first.wilson(level), second.wilson(level));
    let estimate = a.estimate - b.estimate;
    let low = estimate - libm::hypot(a.estimate - a.low, b.high - b.estimate);
    let high = estimate + libm::hypot(a.high - a.estimate, b.estimate - b.low);
    let difference = Interval {
        estimate,
        low,
        high,
        level,
        method: "newcombe_score",
        sample_size: first.trials.saturating_add(second.trials),
    };
    ShareDifference { difference, p_value: pooled_z(first, second).map(normal_two_sided) }
}

/// z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)), with p pooled over both.
pub fn pooled_z(first: Proportion, second: Proportion) -> Option<f64> {
    let (n1, n2) = (first.trials as f64, second.trials as f64);
    let pooled = (first.successes as f64 + second.successes as f64) / (n1 + n2);
    let error = libm::sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2));
    (error > 0.0).then(|| (first.share() - second.share()) / error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).unwrap()
    }

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() < 1e-12, "{ours} is not {theirs}");
    }

    // The numbers are written by tests/golden/make_stats.py with statsmodels.
    #[test]
    fn wilson_is_that_of_statsmodels() {
        for (hits, n, low, high) in [
            (0, 50, 0.0, 0.071_347_599_133_358_74),
            (20, 1000, 0.012_983_682_916_415_138, 0.030_690_005_229_717_79),
            (50, 50, 0.928_652_400_866_641_2, 1.0),
            (3, 17, 0.061_911_266_376_209_945, 0.410_294_585_688_341_3),
        ] {
            let interval = of(hits, n).wilson(0.95);
            close(interval.low, low);
            close(interval.high, high);
        }
    }

    #[test]
    fn differences_are_those_of_statsmodels() {
        for (a, b, low, high) in [
            (of(56, 70), of(48, 80), 0.052_431_472_402_364_98, 0.333_872_654_036_906_14),
            (of(9, 10), of(3, 10), 0.170_522_723_934_502_9, 0.809_017_973_535_488),
            (of(0, 20), of(0, 10), -0.277_532_799_862_889_26, 0.161_125_158_052_819_4),
            (of(300, 20_000), of(200, 20_000), 0.002_827_583_946_207_609, 0.007_197_203_611_000_420_5),
        ] {
            let found = difference(a, b, 0.95).difference;
            close(found.low, low);
            close(found.high, high);
        }
        let found = difference(of(300, 20_000), of(200, 20_000), 0.95);
        close(found.p_value.unwrap(), 6.784_115_251_813_461e-6);
        assert_eq!(difference(of(0, 20), of(0, 10), 0.95).p_value, None);
    }
}
