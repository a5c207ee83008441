//! Draws from a posterior.

use crate::stats::bayes::{Goal, Posterior};
use crate::stats::random::Random;

/// Tries of the rejection sampler; each is taken with a probability above 0.95, so the cap is never met in practice.
const TRIES: u32 = 200;

/// One draw of an arm's value, larger always being better: a draw of an arm to be minimised is turned around.
pub(super) fn draw(posterior: &Posterior, goal: Goal, random: &mut Random) -> f64 {
    let sign = match goal {
        Goal::Maximise => 1.0,
        Goal::Minimise => -1.0,
    };
    match *posterior {
        Posterior::Normal { mean, sd } => sign * mean + sd * random.normal(),
        // The log of the gamma draw keeps the order where the draw itself would be below the smallest number.
        Posterior::Gamma { shape, rate } => sign * (ln_gamma_draw(shape, random) - libm::log(rate)),
        // Beta as the log odds of two gamma draws; with a and b exchanged it is the draw of the share of failures.
        Posterior::Beta { a, b } => {
            let (first, second) = if sign > 0.0 { (a, b) } else { (b, a) };
            ln_gamma_draw(first, random) - ln_gamma_draw(second, random)
        }
    }
}

/// The logarithm of a Gamma(shape, 1) draw (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000); below shape 1
/// a draw of shape + 1 times u^(1 / shape).
fn ln_gamma_draw(shape: f64, random: &mut Random) -> f64 {
    if shape < 1.0 {
        let boost = libm::log(1.0 - random.uniform()) / shape;
        return ln_gamma_draw(shape + 1.0, random) + boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    for _ in 0..TRIES {
        let x = random.normal();
        let v = 1.0 + c * x;
        let uniform = 1.0 - random.uniform();
        if v > 0.0 {
            let ln_v = 3.0 * libm::log(v);
            if libm::log(uniform) < 0.5 * x * x + d - d * v * v * v + d * ln_v {
                return libm::log(d) + ln_v;
            }
        }
    }
    libm::log(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_draws_have_their_mean_and_variance() {
        let mut random = Random::at(3, &[]);
        for shape in [0.3, 1.0, 4.5, 900.0] {
            let draws: Vec<f64> = (0..20_000).map(|_| libm::exp(ln_gamma_draw(shape, &mut random))).collect();
            let mean = draws.iter().sum::<f64>() / 2.0e4;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 2.0e4;
            assert!((mean - shape).abs() < 4.0 * libm::sqrt(shape / 2.0e4), "{shape}: {mean}");
            assert!((variance / shape - 1.0).abs() < 0.1, "{shape}: {variance}");
        }
    }
}
