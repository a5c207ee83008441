//! The probability of each arm to be the best one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::draw::draw;
use crate::stats::bayes::{Goal, Posterior, choose};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// How the probability to be best is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BestBy {
    /// By integration; no luck in it.
    #[default]
    Integral,
    /// As the share of this many seeded draws that the arm wins, at least one; its error is at most 0.5 / sqrt(draws).
    Draws(u32),
}

/// The probability of each arm to have the best value of all, by the goal; the sum is 1. One number per arm, in the order given.
///
/// With density f and distribution function F: P(i is best) = integral of `f_i` times the product of `F_j` over the others, by quadrature
/// ([`choose`]), or the share of seeded draws that the arm wins (Thompson, 1933; Scott, "A modern Bayesian look at the multi-armed
/// bandit", 2010). Arms are believed to be independent. It is a decision rule: no error rate follows from it.
///
/// `place` names the draws below `seed`, so that each batch has its own.
///
/// # Errors
/// [`Undefined::TooFew`] below two arms; with [`BestBy::Integral`] as [`choose`] besides.
pub fn probability_best(posteriors: &[Posterior], goal: Goal, by: BestBy, place: [u64; 2]) -> Defined<Vec<f64>> {
    if posteriors.len() < 2 {
        return Err(Undefined::TooFew { needed: 2 });
    }
    match by {
        BestBy::Integral => integral(posteriors, goal),
        BestBy::Draws(draws) => Ok(by_draws(posteriors, goal, draws.max(1), place)),
    }
}

/// Shares and means to be minimised are turned around first, so that both goals take the very same steps.
fn integral(posteriors: &[Posterior], goal: Goal) -> Defined<Vec<f64>> {
    let turned: Option<Vec<Posterior>> = match goal {
        Goal::Maximise => None,
        Goal::Minimise => posteriors.iter().map(turned).collect(),
    };
    let (arms, goal) = turned.as_deref().map_or((posteriors, goal), |turned| (turned, Goal::Maximise));
    let best = choose(arms, goal)?.prob_best;
    let total: f64 = best.iter().sum();
    Ok(best.iter().map(|best| best / total).collect())
}

/// The posterior of what is left of a share, or of the negated mean; a rate has none.
fn turned(posterior: &Posterior) -> Option<Posterior> {
    match *posterior {
        Posterior::Beta { a, b } => Some(Posterior::Beta { a: b, b: a }),
        Posterior::Normal { mean, sd } => Some(Posterior::Normal { mean: -mean, sd }),
        Posterior::Gamma { .. } => None,
    }
}

fn by_draws(posteriors: &[Posterior], goal: Goal, draws: u32, [seed, batch]: [u64; 2]) -> Vec<f64> {
    let mut random = Random::at(seed, &[batch, PURPOSE_DRAW]);
    let mut wins = vec![0_u32; posteriors.len()];
    for _ in 0..draws {
        let mut first = (0, f64::NEG_INFINITY);
        for (index, posterior) in posteriors.iter().enumerate() {
            let value = draw(posterior, goal, &mut random);
            if value > first.1 {
                first = (index, value);
            }
        }
        if let Some(count) = wins.get_mut(first.0) {
            *count += 1;
        }
    }
    wins.iter().map(|count| f64::from(*count) / f64::from(draws)).collect()
}

/// The place of these draws below a seed.
const PURPOSE_DRAW: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    const BETA: [Posterior; 2] = [Posterior::Beta { a: 46.0, b: 956.0 }, Posterior::Beta { a: 66.0, b: 936.0 }];

    #[test]
    fn draws_come_to_the_integral() {
        let exact = probability_best(&BETA, Goal::Maximise, BestBy::Integral, [1, 0]).unwrap();
        for (draws, apart) in [(1_000, 0.02), (40_000, 0.003)] {
            let drawn = probability_best(&BETA, Goal::Maximise, BestBy::Draws(draws), [1, 0]).unwrap();
            assert!((drawn[0] - exact[0]).abs() < apart, "{drawn:?} {exact:?}");
        }
    }

    #[test]
    fn each_batch_has_its_own_draws_and_repeats_them() {
        let drawn = |batch| probability_best(&BETA, Goal::Maximise, BestBy::Draws(500), [1, batch]).unwrap();
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert!(probability_best(&BETA[..1], Goal::Maximise, BestBy::Integral, [1, 0]).is_err());
    }

    #[test]
    fn the_lowest_is_found_as_by_mpmath() {
        // mpmath 1.4.1 at 25 digits: quad of the density times 1 - betainc or 1 - gammainc of the others.
        let pairs = [[1.0, 1001.0], [3.0, 900.0], [2.0, 700.0], [1.5, 40.0]];
        let shares = pairs.map(|[a, b]| Posterior::Beta { a, b });
        let found = probability_best(&shares, Goal::Minimise, BestBy::Integral, [0, 0]).unwrap();
        let wanted =
            [0.773_109_394_519_462_4, 0.074_265_861_470_275_68, 0.147_610_198_481_568_23, 0.005_014_545_528_693_739];
        assert!(found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-10), "{found:?}");
        let rates = [[5.5, 10.0], [8.5, 12.0], [3.0, 20.0]].map(|[shape, rate]| Posterior::Gamma { shape, rate });
        let found = probability_best(&rates, Goal::Minimise, BestBy::Integral, [0, 0]).unwrap();
        let wanted = [0.029_447_631_639_041_09, 0.004_359_348_154_856_512, 0.966_193_020_212_402_4];
        assert!(found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-10), "{found:?}");
        let drawn = probability_best(&rates, Goal::Minimise, BestBy::Draws(40_000), [0, 0]).unwrap();
        assert!(drawn.iter().zip(wanted).all(|(drawn, wanted)| (drawn - wanted).abs() < 0.005), "{drawn:?}");
    }
}
