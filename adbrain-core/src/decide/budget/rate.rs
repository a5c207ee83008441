//! A rate that may break: the posterior of conversions per click today, over all days on which it may have changed last.

use crate::stats::distribution::ln_gamma;

/// What is believed of a rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    /// The shape of its Gamma law at first.
    pub(super) shape: f64,
    /// The shape after a break, when less is known.
    pub(super) broken_shape: f64,
    /// The mean.
    pub(super) mean: f64,
    /// How likely it is that the rate breaks on a day.
    pub(super) hazard: f64,
    /// What a day's counts keep of their weight each day: the rate drifts.
    pub(super) memory: f64,
}

/// The rate today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    pub(super) mean: f64,
    /// The shape of the Gamma law with the same mean and variance.
    pub(super) shape: f64,
    /// The likeliest day of the last change, and how likely it is that the rate changed on it or near it; none where it rather never did.
    pub(super) broke: Option<(usize, f64)>,
    /// The rate before that day, as far as it is known.
    pub(super) before: f64,
}

/// One possible day of the last change, with the counts since.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    /// The Gamma law that it began with.
    shape: f64,
    scale: f64,
    /// The logarithm of its weight.
    weight: f64,
    conversions: f64,
    effort: f64,
}

impl Run {
    /// Shape and rate of its Gamma law today.
    fn law(&self) -> (f64, f64) {
        (self.shape + self.conversions, self.scale + self.effort)
    }
}

/// Days around the likeliest change that count as the same one.
const NEAR: usize = 2;
/// Runs whose weight is below the best one's by more than this, in logarithms, are given up.
const NEGLIGIBLE: f64 = 16.0;

/// The posterior of a rate from counts that are Poisson with mean `rate * effort`, day by day.
///
/// A run begins on the day of the last change with `Gamma(shape, shape / mean)`, wider after a break than at first, and is Gamma from there on; each day every run breaks with the
/// probability of the hazard. A run is as likely as the counts since its start are under it (R. P. Adams and D. J. C. `MacKay`, "Bayesian online
/// changepoint detection", 2007).
pub(super) fn rate(days: &[(f64, f64)], prior: Prior) -> Rate {
    let begin = |start: usize, shape: f64, weight: f64| Run {
        start,
        shape,
        scale: shape / prior.mean,
        weight,
        conversions: 0.0,
        effort: 0.0,
    };
    let mut runs = vec![begin(0, prior.shape, 0.0)];
    for (day, (count, effort)) in days.iter().enumerate() {
        if day > 0 {
            let breaks = log_sum(&runs) + libm::log(prior.hazard);
            for run in &mut runs {
                run.weight += libm::log1p(-prior.hazard);
            }
            runs.push(begin(day, prior.broken_shape, breaks));
        }
        for run in &mut runs {
            (run.conversions, run.effort) = (run.conversions * prior.memory, run.effort * prior.memory);
            run.weight += log_predictive(run.law(), (*count, *effort));
            (run.conversions, run.effort) = (run.conversions + count, run.effort + effort);
        }
        let best = runs.iter().map(|run| run.weight).fold(f64::NEG_INFINITY, f64::max);
        runs.retain(|run| run.weight > best - NEGLIGIBLE || run.start == 0);
        for run in &mut runs {
            run.weight -= best;
        }
    }
    let total = log_sum(&runs);
    let share = |run: &Run| libm::exp(run.weight - total);
    let (mut mean, mut square) = (0.0, 0.0);
    for run in &runs {
        let (a, b) = run.law();
        mean += share(run) * a / b;
        square += share(run) * (a + a * a) / (b * b);
    }
    let likeliest = runs.iter().max_by(|a, b| a.weight.total_cmp(&b.weight)).map_or(0, |run| run.start);
    let near = runs.iter().filter(|run| run.start > 0 && run.start.abs_diff(likeliest) <= NEAR);
    let broke = (likeliest > 0).then(|| (likeliest, near.map(share).sum()));
    let (count, effort) = days
        .iter()
        .take(likeliest)
        .fold((prior.shape, prior.shape / prior.mean), |(a, b), (count, effort)| (a + count, b + effort));
    Rate { mean, shape: mean * mean / (square - mean * mean).max(1e-300), broke, before: count / effort }
}

/// The logarithm of how likely a count is under a rate with a Gamma law: negative binomial.
fn log_predictive((shape, scale): (f64, f64), (count, effort): (f64, f64)) -> f64 {
    if effort <= 0.0 {
        return 0.0;
    }
    let miss = libm::log(scale / (scale + effort));
    let hit = if count > 0.0 { count * libm::log(effort / (scale + effort)) } else { 0.0 };
    ln_gamma(shape + count) - ln_gamma(shape) - ln_gamma(count + 1.0) + shape * miss + hit
}

fn log_sum(runs: &[Run]) -> f64 {
    let best = runs.iter().map(|run| run.weight).fold(f64::NEG_INFINITY, f64::max);
    best + libm::log(runs.iter().map(|run| libm::exp(run.weight - best)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    const PRIOR: Prior = Prior { shape: 4.0, broken_shape: 2.0, mean: 0.03, hazard: 0.01, memory: 1.0 };

    fn counts(seed: u64, rates: &[f64]) -> Vec<(f64, f64)> {
        let mut random = Random::at(seed, &[1]);
        rates.iter().map(|rate| (random.poisson(rate * 100.0) as f64, 100.0)).collect()
    }

    #[test]
    fn without_breaks_it_is_the_gamma_posterior() {
        let days = [(3.0, 100.0), (2.0, 80.0), (0.0, 0.0), (5.0, 120.0)];
        let found = rate(&days, Prior { hazard: 1e-12, ..PRIOR });
        let (a, b) = (4.0 + 10.0, 4.0 / 0.03 + 300.0);
        assert!((found.mean - a / b).abs() < 1e-9 && (found.shape - a).abs() < 1e-3, "{found:?}");
        assert_eq!(found.broke, None);
    }

    #[test]
    fn a_break_is_found_on_its_day_and_the_past_counts_no_more() {
        let rates: Vec<f64> = (0..60).map(|day| if day < 40 { 0.08 } else { 0.02 }).collect();
        let (mut right, mut sum) = (0, 0.0);
        for seed in 0..40 {
            let found = rate(&counts(seed, &rates), PRIOR);
            right += u32::from(found.broke.is_some_and(|(day, share)| day.abs_diff(40) <= NEAR && share > 0.5));
            sum += found.mean;
            assert!((found.before - 0.08).abs() < 0.02, "{found:?}");
        }
        assert!(right >= 36, "{right} of 40");
        assert!((sum / 40.0 - 0.02).abs() < 0.003, "{}", sum / 40.0);
    }

    #[test]
    fn calm_rates_are_seldom_said_to_have_broken() {
        let rates = [0.03; 60];
        let wrong =
            (0..200).filter(|seed| rate(&counts(*seed, &rates), PRIOR).broke.is_some_and(|(_, share)| share > 0.9));
        let wrong = wrong.count();
        assert!(wrong <= 6, "{wrong} of 200");
    }

    #[test]
    fn the_interval_holds_the_rate_at_its_level() {
        use crate::stats::distribution::gamma_quantile;
        let mut held = 0;
        for seed in 0..1_000 {
            let mut random = Random::at(seed, &[2]);
            let truth = gamma_quantile(random.uniform(), 4.0) / (4.0 / 0.03);
            let found = rate(&counts(seed, &[truth; 20]), Prior { hazard: 1e-12, ..PRIOR });
            let end = |p| gamma_quantile(p, found.shape) / (found.shape / found.mean);
            held += u32::from(end(0.1) <= truth && truth <= end(0.9));
        }
        assert!((760..=840).contains(&held), "{held}");
    }
}
