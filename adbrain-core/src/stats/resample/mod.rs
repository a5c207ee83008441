//! Answers by drawing again from the data: the bootstrap and the permutation test. Seeded, and the same for any number of threads:
//! each draw has its own place under the seed. Values are drawn by their place, so other orders and swapped arms mirror a result in
//! distribution only; the exact permutation test mirrors to the bit.

mod pool;
mod bootstrap;
mod studentised;
mod order;
mod permutation;

pub use bootstrap::{bootstrap_difference, bootstrap_mean, resampled_means};
pub use order::bootstrap_quantile_difference;
pub use permutation::{PermutationTest, permutation_test};
pub use studentised::{bootstrap_t_difference, bootstrap_t_mean};

use super::two_sample::check_level;
use super::{Defined, Interval, Undefined, quantile};

/// How often to draw, from which seed, and the level of the interval.
///
/// ```
/// use adbrain_core::stats::resample::Resampling;
/// assert_eq!(Resampling::default(), Resampling { level: 0.95, resamples: 10_000, seed: 0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// The level of the interval, 0.95 for 95 %.
    pub level: f64,
    /// How many samples to draw; 10,000 give ends that a second seed moves by about 1 % of the interval's length.
    pub resamples: u32,
    /// The same seed gives the same numbers on every machine.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { level: 0.95, resamples: 10_000, seed: 0 }
    }
}

/// An interval needs so many draws beyond its end to be more than the largest draw.
const MIN_RESAMPLES: u32 = 100;

impl Resampling {
    fn check(&self) -> Defined<()> {
        check_level(self.level)?;
        if self.resamples < MIN_RESAMPLES {
            return Err(Undefined::Input { field: "resamples", problem: "must be at least 100" });
        }
        Ok(())
    }

    /// The shares of draws below the low and the high end.
    fn ends(&self) -> [f64; 2] {
        [(1.0 - self.level) / 2.0, f64::midpoint(1.0, self.level)]
    }

    /// The interval between quantiles of what was drawn.
    fn percentiles(&self, estimate: f64, mut draws: Vec<f64>, method: &'static str, sample_size: u64) -> Interval {
        draws.sort_unstable_by(f64::total_cmp);
        let [low, high] = self.ends().map(|end| quantile::of_sorted(&draws, end));
        Interval { estimate, low, high, level: self.level, method, sample_size }
    }
}

/// What the draws of one method are for: methods with one seed do not share their luck.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
enum Purpose {
    Mean = 0x6d65_616e,
    Control = 0x636f_6e74,
    Treatment = 0x7472_6561,
    Quantile = 0x7175_616e,
    Permutation = 0x7065_726d,
}
