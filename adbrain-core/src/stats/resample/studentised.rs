//! The bootstrap of the t statistic.

use super::bootstrap::{spread, summaries};
use super::pool::{Pool, Sums};
use super::{Purpose, Resampling};
use crate::stats::quantile;
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Interval, Undefined};

/// The interval of a mean by the bootstrap-t: for each resample t = (mean of it - mean) / its standard error; the ends are
/// mean - t(high) e and mean - t(low) e, t(.) the quantiles of the draws and e the standard error of the sample (Efron and Tibshirani, "An
/// introduction to the bootstrap", 1993, chapter 12).
///
/// For heavy tails to one side, as revenue: the upper end moves out, where the t interval misses the mean in up to a third of samples
/// of 200. It is no cure: a sample without any of the large values knows nothing of them. Resamples without spread have no t and are
/// left out; with more than one in twenty of them there is no answer.
///
/// In the unit of the values. Assumes independent values; several of one person make it too short.
///
/// # Errors
/// As [`bootstrap_mean`](super::bootstrap_mean); [`Undefined::NothingObserved`] where too many resamples have no spread.
pub fn bootstrap_t_mean(values: &[f64], settings: &Resampling) -> Defined<Interval> {
    settings.check()?;
    let summary = spread(values)?;
    let arm = Arm::new(values, &summary)?;
    let draws = arm.draws(settings, Purpose::Mean).filter_map(|(shift, variance)| studentised(shift, variance));
    interval(settings, Estimated { value: summary.mean, variance: arm.variance, n: summary.n }, draws.collect())
}

/// The interval of the difference of means, treatment less control, by the bootstrap-t; the standard error is Welch's. For revenue with
/// unequal arms, where the t test errs to one side.
///
/// With d the difference and e = sqrt(u1 + u2), u = s^2 / n of each arm, a resample of both arms has t = (its d - d) / its e; the ends
/// are d - t(high) e and d - t(low) e with t(.) the quantiles of the draws, in the unit of the values (Efron and Tibshirani, 1993,
/// chapter 12). Assumes independent values; [`bootstrap_t_mean`] says where it misleads.
///
/// # Errors
/// As [`bootstrap_t_mean`]; one arm may be without spread.
pub fn bootstrap_t_difference(control: &[f64], treatment: &[f64], settings: &Resampling) -> Defined<Interval> {
    settings.check()?;
    let (first, second) = summaries(control, treatment)?;
    let (low, high) = (Arm::new(control, &first)?, Arm::new(treatment, &second)?);
    let pairs = low.draws(settings, Purpose::Control).zip(high.draws(settings, Purpose::Treatment));
    let draws = pairs.filter_map(|(down, up)| studentised(up.0 - down.0, up.1 + down.1));
    let (value, variance) = (second.mean - first.mean, low.variance + high.variance);
    interval(settings, Estimated { value, variance, n: first.n + second.n }, draws.collect())
}

/// One arm: what to draw from, and the variance of its mean.
struct Arm {
    pool: Pool,
    variance: f64,
}

impl Arm {
    fn new(values: &[f64], summary: &Summary) -> Defined<Self> {
        Ok(Self { pool: Pool::new(values, summary.mean)?, variance: summary.variance_of_mean()? })
    }

    /// For each resample, how far its mean lies from the mean, and the variance of that mean as the resample shows it.
    fn draws(&self, settings: &Resampling, purpose: Purpose) -> impl Iterator<Item = (f64, f64)> {
        let n = self.pool.size();
        self.pool.resamples::<Sums>(settings.seed, purpose, 0..settings.resamples).map(move |sums| {
            let (values, squares) = (sums.values.total(), sums.squares.total());
            let shift = values / n;
            let m2 = squares - shift * values;
            let m2 = if m2 > 1e-12 * squares { m2 } else { 0.0 };
            (shift, m2 / (n - 1.0) / n)
        })
    }
}

fn studentised(shift: f64, variance: f64) -> Option<f64> {
    (variance > 0.0).then(|| shift / libm::sqrt(variance))
}

#[derive(Clone, Copy)]
struct Estimated {
    value: f64,
    variance: f64,
    n: u64,
}

fn interval(settings: &Resampling, of: Estimated, mut draws: Vec<f64>) -> Defined<Interval> {
    if (draws.len() as f64) < 0.95 * f64::from(settings.resamples) {
        return Err(Undefined::NothingObserved);
    }
    draws.sort_unstable_by(f64::total_cmp);
    let error = libm::sqrt(of.variance);
    let [high, low] = settings.ends().map(|end| of.value - quantile::of_sorted(&draws, end) * error);
    let Estimated { value: estimate, n: sample_size, .. } = of;
    Ok(Interval { estimate, low, high, level: settings.level, method: "bootstrap_t", sample_size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;
    use crate::stats::two_sample::welch;

    const SETTINGS: Resampling = Resampling { level: 0.95, resamples: 2000, seed: 8 };

    #[test]
    fn on_normal_values_it_is_the_t_interval() {
        let mut random = Random::at(6, &[]);
        let mut draw = |size: u32| (0..size).map(|_| random.normal()).collect::<Vec<_>>();
        let (a, b) = (draw(30), draw(40));
        let by_t = welch(&Summary::of(&a).unwrap(), &Summary::of(&b).unwrap(), 0.95).unwrap().difference;
        let found = bootstrap_t_difference(&a, &b, &SETTINGS).unwrap();
        assert!((found.low - by_t.low).abs() < 0.06 && (found.high - by_t.high).abs() < 0.06, "{found:?} {by_t:?}");
    }

    #[test]
    fn on_heavy_tails_it_misses_the_mean_less_often_below() {
        let mean = libm::exp(1.0);
        let (mut by_t, mut by_bootstrap) = (0, 0);
        for run in 0..120 {
            let mut random = Random::at(run, &[1]);
            let values: Vec<f64> = (0..60).map(|_| random.log_normal(2.0_f64.sqrt())).collect();
            let summary = Summary::of(&values).unwrap();
            let error = summary.variance_of_mean().unwrap().sqrt();
            by_t += i32::from(summary.mean + 1.99 * error < mean);
            let settings = Resampling { resamples: 300, ..SETTINGS };
            by_bootstrap += i32::from(bootstrap_t_mean(&values, &settings).unwrap().high < mean);
        }
        assert!(by_bootstrap * 3 < by_t * 2, "{by_bootstrap} of 120, t {by_t}");
    }

    #[test]
    fn resamples_without_spread_are_too_many_in_a_rare_event() {
        let mut values = vec![0.0; 100];
        values[0] = 1.0;
        assert_eq!(bootstrap_t_mean(&values, &SETTINGS), Err(Undefined::NothingObserved));
    }
}
