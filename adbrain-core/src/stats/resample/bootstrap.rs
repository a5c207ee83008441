//! The percentile bootstrap of means.

use std::ops::Range;

use super::pool::{Pool, Sum};
use super::{Purpose, Resampling};
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Interval, Undefined};

/// The interval of a mean by the percentile bootstrap: the quantiles of the means of `resamples` samples of the same size, drawn from the
/// values with replacement (Efron, "Bootstrap methods: another look at the jackknife", 1979).
///
/// Assumes independent values. For heavy tails (revenue of few buyers) it is too short on the upper side in samples below about 10,000;
/// [`bootstrap_t_mean`](super::bootstrap_t_mean) is nearer to its level there.
///
/// ```
/// use adbrain_core::stats::resample::{Resampling, bootstrap_mean};
/// let values: Vec<f64> = (0..100).map(f64::from).collect();
/// let found = bootstrap_mean(&values, &Resampling::default())?;
/// assert!((found.low - 43.9).abs() < 0.5 && (found.high - 55.1).abs() < 0.5);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::OneValue`], [`Undefined::NoSpread`], [`Undefined::NotFinite`]; [`Undefined::Input`] for a level
/// outside 0..1, fewer than 100 resamples, or values that are not fewer than 2^32.
pub fn bootstrap_mean(values: &[f64], settings: &Resampling) -> Defined<Interval> {
    settings.check()?;
    let summary = spread(values)?;
    let means = resampled_means(values, settings.seed, 0..settings.resamples)?;
    Ok(settings.percentiles(summary.mean, means, "bootstrap_percentile", summary.n))
}

/// The means of the resamples of a range, in order: what [`bootstrap_mean`] draws, each the mean of n values drawn with replacement from
/// the n given ones, in their unit (Efron, 1979). Ranges may be shared among threads; joined in order they are the same numbers. Assumes
/// independent values.
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::NotFinite`]; [`Undefined::Input`] for values that are not fewer than 2^32.
pub fn resampled_means(values: &[f64], seed: u64, draws: Range<u32>) -> Defined<Vec<f64>> {
    let summary = Summary::of(values)?;
    if summary.n == 0 {
        return Err(Undefined::Empty);
    }
    let pool = Pool::new(values, summary.mean)?;
    let sums = pool.resamples::<Sum>(seed, Purpose::Mean, draws);
    Ok(sums.map(|sum| summary.mean + sum.total() / pool.size()).collect())
}

/// The interval of the difference of means, treatment less control, by the percentile bootstrap: each arm is drawn by itself.
///
/// The ends are the quantiles (1 - level) / 2 and (1 + level) / 2 of the drawn differences, in the unit of the values (Efron and
/// Tibshirani, "An introduction to the bootstrap", 1993, chapter 13). Assumes independent values. It is too short with few values in an
/// arm, and for heavy tails, as [`bootstrap_mean`] says.
///
/// # Errors
/// As [`bootstrap_mean`], the number of values counted in each arm; one arm may be without spread.
pub fn bootstrap_difference(control: &[f64], treatment: &[f64], settings: &Resampling) -> Defined<Interval> {
    settings.check()?;
    let (first, second) = summaries(control, treatment)?;
    let (low, high) = (Pool::new(control, first.mean)?, Pool::new(treatment, second.mean)?);
    let estimate = second.mean - first.mean;
    let down = low.resamples::<Sum>(settings.seed, Purpose::Control, 0..settings.resamples);
    let up = high.resamples::<Sum>(settings.seed, Purpose::Treatment, 0..settings.resamples);
    let draws = down.zip(up).map(|(down, up)| estimate + (up.total() / high.size() - down.total() / low.size()));
    Ok(settings.percentiles(estimate, draws.collect(), "bootstrap_percentile", first.n + second.n))
}

/// The summary of values that vary.
pub(super) fn spread(values: &[f64]) -> Defined<Summary> {
    let summary = Summary::of(values)?;
    if summary.spread()? > 0.0 { Ok(summary) } else { Err(Undefined::NoSpread) }
}

/// The summaries of two arms, of which one varies.
pub(super) fn summaries(control: &[f64], treatment: &[f64]) -> Defined<(Summary, Summary)> {
    let (first, second) = (Summary::of(control)?, Summary::of(treatment)?);
    if first.spread()? + second.spread()? > 0.0 { Ok((first, second)) } else { Err(Undefined::NoSpread) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;
    use crate::stats::two_sample::welch;

    fn normals(size: u32, seed: u64) -> Vec<f64> {
        let mut random = Random::at(seed, &[]);
        (0..size).map(|_| 5.0 + random.normal()).collect()
    }

    #[test]
    fn the_interval_is_that_of_t_on_many_normal_values() {
        let (a, b) = (normals(400, 1), normals(300, 2));
        let by_t = welch(&Summary::of(&a).unwrap(), &Summary::of(&b).unwrap(), 0.95).unwrap().difference;
        let found = bootstrap_difference(&a, &b, &Resampling { resamples: 4000, ..Resampling::default() }).unwrap();
        assert!((found.low - by_t.low).abs() < 0.01 && (found.high - by_t.high).abs() < 0.01, "{found:?} {by_t:?}");
        assert_eq!(found.estimate.to_bits(), by_t.estimate.to_bits());
    }

    #[test]
    fn ranges_joined_in_order_are_the_whole() {
        let values = normals(1500, 3);
        let parts = [0..40, 40..100].map(|range| resampled_means(&values, 9, range).unwrap());
        assert_eq!(parts.concat(), resampled_means(&values, 9, 0..100).unwrap());
    }

    #[test]
    fn samples_and_settings_without_an_answer_say_why() {
        let settings = Resampling::default();
        assert_eq!(bootstrap_mean(&[2.0, 2.0], &settings), Err(Undefined::NoSpread));
        assert_eq!(bootstrap_mean(&[2.0], &settings), Err(Undefined::OneValue));
        assert_eq!(bootstrap_mean(&[2.0, f64::NAN], &settings), Err(Undefined::NotFinite));
        assert!(bootstrap_mean(&[1.0, 2.0], &Resampling { resamples: 9, ..settings }).unwrap_err().is_input());
        assert!(bootstrap_difference(&[1.0, 1.0], &[1.0, 2.0], &settings).is_ok());
    }
}
