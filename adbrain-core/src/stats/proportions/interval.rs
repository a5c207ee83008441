//! Intervals for one share.

use super::{Proportion, critical};
use crate::stats::distribution::beta_quantile;
use crate::stats::{Defined, Interval};

impl Proportion {
    /// Wilson's score interval: `(p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)`, with p the share, n the trials and z the
    /// normal quantile at `(1 + level) / 2` (Wilson, "Probable inference, the law of succession, and statistical inference", 1927).
    ///
    /// It stays inside 0..1 and holds its level on average also for rare events; the default of this crate.
    ///
    /// ```
    /// use adbrain_core::stats::proportions::Proportion;
    /// let ctr = Proportion::new(20, 1000)?.wilson(0.95)?;
    /// assert!((ctr.low - 0.01299).abs() < 1e-5 && (ctr.high - 0.03069).abs() < 1e-5);
    /// # Ok::<(), adbrain_core::stats::Undefined>(())
    /// ```
    ///
    /// # Errors
    /// A level outside 0..1.
    pub fn wilson(&self, level: f64) -> Defined<Interval> {
        let (p, n, z) = (self.share(), self.trials as f64, critical(level)?);
        let shrink = 1.0 + z * z / n;
        let centre = (p + z * z / (2.0 * n)) / shrink;
        let half = z * libm::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n)) / shrink;
        let low = if self.successes == 0 { 0.0 } else { (centre - half).clamp(0.0, p) };
        let high = if self.failures() == 0 { 1.0 } else { (centre + half).clamp(p, 1.0) };
        Ok(self.interval([low, high], level, "wilson"))
    }

    /// The exact interval of Clopper and Pearson: the shares under which a count as low, or as high, has a probability of
    /// `(1 - level) / 2`: quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x), x successes in n trials (Clopper and Pearson, "The use
    /// of confidence or fiducial limits illustrated in the case of the binomial", 1934).
    ///
    /// It holds at least its level for every share and is therefore wider than needed: use it where the level must never be missed.
    ///
    /// # Errors
    /// A level outside 0..1.
    pub fn clopper_pearson(&self, level: f64) -> Defined<Interval> {
        critical(level)?;
        let (hits, misses, tail) = (self.successes as f64, self.failures() as f64, (1.0 - level) / 2.0);
        let low = if self.successes == 0 { 0.0 } else { beta_quantile(tail, hits, misses + 1.0) };
        let high = if self.failures() == 0 { 1.0 } else { upper_beta_quantile(tail, [hits + 1.0, misses]) };
        Ok(self.interval([low, high], level, "clopper_pearson"))
    }

    /// Jeffreys' interval: the equal-tailed quantiles of Beta(x + 1/2, n - x + 1/2) (Brown, Cai and `DasGupta`, "Interval estimation for
    /// a binomial proportion", 2001), without their change at the ends, as in statsmodels.
    ///
    /// At zero successes its lower end lies above the share 0, at no failures its upper end below 1.
    ///
    /// # Errors
    /// A level outside 0..1.
    pub fn jeffreys(&self, level: f64) -> Defined<Interval> {
        critical(level)?;
        let (hits, misses) = (self.successes as f64 + 0.5, self.failures() as f64 + 0.5);
        let tail = (1.0 - level) / 2.0;
        let ends = [beta_quantile(tail, hits, misses), upper_beta_quantile(tail, [hits, misses])];
        Ok(self.interval(ends, level, "jeffreys"))
    }

    /// The interval of Agresti and Coull: Wald's `q -+ z sqrt(q (1 - q) / m)` at `m = n + z^2` and `q = (x + z^2 / 2) / m`, cut to 0..1
    /// (Agresti and Coull, "Approximate is better than exact for interval estimation of binomial proportions", 1998).
    ///
    /// Never narrower than Wilson's, which has the same centre; for rare events its lower end is cut at zero.
    ///
    /// # Errors
    /// A level outside 0..1.
    pub fn agresti_coull(&self, level: f64) -> Defined<Interval> {
        let z = critical(level)?;
        let trials = self.trials as f64 + z * z;
        let share = (self.successes as f64 + z * z / 2.0) / trials;
        let half = z * libm::sqrt(share * (1.0 - share) / trials);
        let ends = [(share - half).max(0.0), (share + half).min(1.0)];
        Ok(self.interval(ends, level, "agresti_coull"))
    }

    fn interval(&self, [low, high]: [f64; 2], level: f64, method: &'static str) -> Interval {
        Interval { estimate: self.share(), low, high, level, method, sample_size: self.trials }
    }
}

/// The value that a Beta(a, b) exceeds with probability `tail`, taken from the mirrored distribution where that keeps more digits.
fn upper_beta_quantile(tail: f64, [a, b]: [f64; 2]) -> f64 {
    if a > b { 1.0 - beta_quantile(tail, b, a) } else { beta_quantile(1.0 - tail, a, b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, trials: u64) -> Proportion {
        Proportion::new(successes, trials).unwrap()
    }

    fn close(ours: f64, theirs: f64) {
        assert!((ours - theirs).abs() < 1e-12 + 1e-10 * theirs.abs(), "{ours} is not {theirs}");
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
            let interval = of(hits, n).wilson(0.95).unwrap();
            close(interval.low, low);
            close(interval.high, high);
        }
    }

    #[test]
    fn the_other_intervals_are_those_of_statsmodels() {
        let rare = of(3, 1_000_000);
        let exact = rare.clopper_pearson(0.95).unwrap();
        close(exact.low, 6.186_725_501_906_401e-7);
        close(exact.high, 8.767_247_788_067_68e-6);
        let jeffreys = rare.jeffreys(0.95).unwrap();
        close(jeffreys.low, 8.449_352_895_506_829e-7);
        close(jeffreys.high, 8.006_360_094_243_22e-6);
        let coull = of(1, 10).agresti_coull(0.95).unwrap();
        close(coull.low, 0.0);
        close(coull.high, 0.425_967_737_394_832_3);
    }

    #[test]
    fn counting_failures_mirrors_every_interval() {
        for (hits, n) in [(0, 7), (1, 10), (5, 10), (13, 1000), (999_990, 1_000_000)] {
            let (share, rest) = (of(hits, n), of(hits, n).complement());
            for method in
                [Proportion::wilson, Proportion::clopper_pearson, Proportion::jeffreys, Proportion::agresti_coull]
            {
                let (ours, mirrored) = (method(&share, 0.9).unwrap(), method(&rest, 0.9).unwrap());
                close(ours.low, 1.0 - mirrored.high);
                close(ours.high, 1.0 - mirrored.low);
                if ours.method != "jeffreys" {
                    assert!(ours.holds(ours.estimate), "{ours:?}");
                }
            }
        }
    }
}
