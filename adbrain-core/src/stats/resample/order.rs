//! The bootstrap of quantiles without drawing whole samples.

use super::{Purpose, Resampling};
use crate::stats::distribution::beta_quantile;
use crate::stats::quantile::{check_share, of_sorted, place};
use crate::stats::random::Random;
use crate::stats::robust::finite_sorted;
use crate::stats::{Defined, Interval, Undefined};

/// The interval of the difference of the quantiles `p`, treatment less control, by the percentile bootstrap (Efron and Tibshirani, "An
/// introduction to the bootstrap", 1993, chapter 13), in the unit of the values.
///
/// The order statistic at rank k of a resample of n is the value at place floor(n U), U the k-th smallest of n uniform numbers, which is
/// Beta(k, n - k + 1); the next one up is U + (1 - U)(1 - V^(1 / (n - k))) with V uniform (David and Nagaraja, "Order statistics", 2003).
/// So two numbers stand for a resample, with the same law as if n were drawn. Assumes independent values.
///
/// Unlike [`quantile_difference`](crate::stats::quantile::quantile_difference) it copes with equal values at the quantile. Near the ends
/// of the sample (fewer than about 10 values beyond the quantile) the bootstrap of quantiles fails.
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::OneValue`], [`Undefined::NotFinite`], [`Undefined::NoSpread`] where neither arm varies,
/// [`Undefined::Input`] for `p` outside 0..=1, a level outside 0..1 or fewer than 100 resamples.
pub fn bootstrap_quantile_difference(
    control: &[f64],
    treatment: &[f64],
    p: f64,
    settings: &Resampling,
) -> Defined<Interval> {
    check_share(p)?;
    settings.check()?;
    let (first, second) = (Sorted::of(control, p)?, Sorted::of(treatment, p)?);
    if !(first.varies() || second.varies()) {
        return Err(Undefined::NoSpread);
    }
    let draws = (0..settings.resamples).map(|draw| {
        let mut random = Random::at(settings.seed, &[Purpose::Quantile as u64, u64::from(draw)]);
        let down = first.draw(&mut random);
        second.draw(&mut random) - down
    });
    let estimate = of_sorted(&second.values, p) - of_sorted(&first.values, p);
    let sample_size = (control.len() + treatment.len()) as u64;
    Ok(settings.percentiles(estimate, draws.collect(), "bootstrap_percentile", sample_size))
}

/// A sorted arm and the place of its quantile.
struct Sorted {
    values: Vec<f64>,
    below: usize,
    part: f64,
}

impl Sorted {
    fn of(values: &[f64], p: f64) -> Defined<Self> {
        let values = finite_sorted(values)?;
        if values.len() < 2 {
            return Err(Undefined::OneValue);
        }
        let (below, part) = place(values.len(), p);
        Ok(Self { values, below, part })
    }

    fn varies(&self) -> bool {
        self.values.first().map(|value| value.to_bits()) != self.values.last().map(|value| value.to_bits())
    }

    /// The quantile of one resample.
    fn draw(&self, random: &mut Random) -> f64 {
        let (n, k) = (self.values.len() as f64, self.below as f64 + 1.0);
        let (first, second) = (random.uniform(), random.uniform());
        let low = beta_quantile(first, k, n - k + 1.0);
        let value = self.at(low);
        if self.part <= 0.0 {
            return value;
        }
        let high = low + (1.0 - low) * (1.0 - libm::pow(1.0 - second, 1.0 / (n - k)));
        value + (self.at(high) - value) * self.part
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the length, capped to it")]
    fn at(&self, share: f64) -> f64 {
        let place = (share * self.values.len() as f64) as usize;
        self.values.get(place).or(self.values.last()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::quantile::quantile_difference;

    #[test]
    fn it_agrees_with_the_interval_by_order_statistics() {
        let mut random = Random::at(12, &[]);
        let a: Vec<f64> = (0..2000).map(|_| random.normal()).collect();
        let b: Vec<f64> = (0..3001).map(|_| random.normal() * 2.0).collect();
        for p in [0.5, 0.9] {
            let plain = quantile_difference(&a, &b, p, 0.95).unwrap().difference;
            let found =
                bootstrap_quantile_difference(&a, &b, p, &Resampling { resamples: 1000, ..Resampling::default() })
                    .unwrap();
            assert_eq!(found.estimate.to_bits(), plain.estimate.to_bits());
            let (length, other) = (found.high - found.low, plain.high - plain.low);
            assert!((length / other - 1.0).abs() < 0.25, "{found:?} {plain:?}");
        }
    }

    #[test]
    fn arms_without_an_answer_say_why() {
        let settings = Resampling::default();
        let test = |a: &[f64], b: &[f64]| bootstrap_quantile_difference(a, b, 0.5, &settings).unwrap_err();
        assert_eq!(test(&[1.0, 1.0], &[1.0, 1.0]), Undefined::NoSpread);
        assert_eq!(test(&[], &[1.0, 1.0]), Undefined::Empty);
        assert_eq!(test(&[1.0], &[1.0, 2.0]), Undefined::OneValue);
    }
}
