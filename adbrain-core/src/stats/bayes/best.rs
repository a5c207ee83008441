//! Which arm is best, and what a wrong choice costs.

use super::grid::Grid;
use super::posterior::Posterior;
use crate::stats::{Defined, Undefined};

/// Whether more or less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Goal {
    /// More is better: conversions, revenue.
    #[default]
    Maximise,
    /// Less is better: cost per acquisition.
    Minimise,
}

/// What the posteriors say about a choice. A decision rule, no error rate: see the head of this folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// For each arm the probability that it is the best. They add up to 1.
    pub prob_best: Vec<f64>,
    /// For each arm what is lost on average by choosing it: the mean of (best - this) where another is better, in the arms' unit.
    pub expected_loss: Vec<f64>,
}

/// Compares arms whose posteriors are independent, two or more and all of one kind, by quadrature (no random draws).
///
/// With density f, distribution function F and i, j the arms: P(i is best) = integral of `f_i` times the product of `F_j` over the others
/// (Scott, "A modern Bayesian look at the multi-armed bandit", 2010); expected loss of i = integral of
/// `F_i (1 - product of F_j over the others)`, the mean of (best - this), in the unit of the arms. For minimising 1 - F stands for F.
/// Errors are below 1e-9, also for posteriors such as Beta(5e5, 9.5e6) beside broad ones.
///
/// A decision rule, no error rate: stopping at the first high probability finds winners among equal arms. It is as good as the
/// posteriors.
///
/// ```
/// use adbrain_core::stats::bayes::{Goal, Posterior, choose};
/// let arms = [Posterior::of_share([1.0, 1.0], 45, 1000)?, Posterior::of_share([1.0, 1.0], 65, 1000)?];
/// let choice = choose(&arms, Goal::Maximise)?;
/// assert!((choice.prob_best[1] - 0.9748233396495536).abs() < 1e-9);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`] without arms, [`Undefined::TooFew`] for one alone, [`Undefined::Input`] for arms of several kinds. For an arm that
/// is no distribution [`Undefined::NotFinite`] (a parameter that is NaN or infinite), [`Undefined::NothingObserved`] (one of a share or a
/// rate that is not above zero) or [`Undefined::NoSpread`] (a mean whose deviation is not). [`Undefined::NotConverged`] where a
/// density has no end within the limit of steps, or the quadrature needs too many panels.
pub fn choose(arms: &[Posterior], goal: Goal) -> Defined<Choice> {
    let Some((first, others)) = arms.split_first() else { return Err(Undefined::Empty) };
    if others.is_empty() {
        return Err(Undefined::TooFew { needed: 2 });
    }
    for arm in arms {
        arm.checked()?;
        if std::mem::discriminant(arm) != std::mem::discriminant(first) {
            return Err(Undefined::Input { field: "arms", problem: "must all be of one kind" });
        }
    }
    let grid = Grid::of(arms)?;
    let mut choice = Choice { prob_best: vec![0.0; arms.len()], expected_loss: vec![0.0; arms.len()] };
    let mut row = Row::default();
    for node in 0..grid.weights.len() {
        row.read(&grid, node, goal);
        row.add_to(&mut choice);
    }
    Ok(choice)
}

/// All arms at one node.
#[derive(Debug, Default)]
struct Row {
    weight: f64,
    stretch: f64,
    density: Vec<f64>,
    /// The probability that each arm is worse than this node.
    worse: Vec<f64>,
    /// The probability that it is better.
    better: Vec<f64>,
    /// For each arm: whether all arms after it are worse, and whether one of them is better.
    after: Vec<[f64; 2]>,
}

impl Row {
    #[expect(clippy::indexing_slicing, reason = "every curve of the grid has one value for each node")]
    fn read(&mut self, grid: &Grid, node: usize, goal: Goal) {
        (self.weight, self.stretch) = (grid.weights[node], grid.stretch[node]);
        self.density.clear();
        self.worse.clear();
        self.better.clear();
        for arm in &grid.arms {
            let (worse, better) = match goal {
                Goal::Maximise => (arm.below[node], arm.above[node]),
                Goal::Minimise => (arm.above[node], arm.below[node]),
            };
            self.density.push(arm.density[node]);
            self.worse.push(worse);
            self.better.push(better);
        }
    }

    /// Adds this node's part of both integrals. "One of them is better" is built from small numbers, not as 1 - a product near 1.
    fn add_to(&mut self, choice: &mut Choice) {
        self.after.clear();
        let mut state = [1.0, 0.0];
        for (worse, better) in self.worse.iter().zip(&self.better).rev() {
            self.after.push(state);
            state = together(state, [*worse, *better]);
        }
        let mut before = [1.0, 0.0];
        let arms = self.density.iter().zip(self.worse.iter().zip(&self.better)).zip(self.after.iter().rev());
        let sums = choice.prob_best.iter_mut().zip(&mut choice.expected_loss);
        for (((density, (worse, better)), after), (best, loss)) in arms.zip(sums) {
            let [all_worse, one_better] = together(before, *after);
            *best += self.weight * density * all_worse;
            *loss += self.weight * self.stretch * worse * one_better;
            before = together(before, [*worse, *better]);
        }
    }
}

/// Two groups of arms as one: all are worse, at least one is better.
fn together([worse, better]: [f64; 2], [also_worse, also_better]: [f64; 2]) -> [f64; 2] {
    [worse * also_worse, better + worse * also_better]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn betas(pairs: &[(f64, f64)]) -> Vec<Posterior> {
        pairs.iter().map(|(a, b)| Posterior::Beta { a: *a, b: *b }).collect()
    }

    fn assert_close(found: &[f64], wanted: &[f64]) {
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-10 * wanted.max(1e-3), "{found} {wanted}");
        }
        assert_eq!(found.len(), wanted.len());
    }

    #[test]
    fn three_shares_are_compared_as_by_adaptive_quadrature_in_scipy() {
        let found = choose(&betas(&[(6.0, 46.0), (8.0, 44.0), (10.0, 42.0)]), Goal::Maximise).unwrap();
        assert_close(&found.prob_best, &[0.081_218_348_384_433_46, 0.269_101_335_266_673_35, 0.649_680_316_348_883_2]);
        assert_close(
            &found.expected_loss,
            &[0.093_348_915_206_474_23, 0.054_887_376_744_936_75, 0.016_425_838_283_397_304],
        );
    }

    #[test]
    fn two_rates_are_compared_as_by_the_exact_identity() {
        let arms = [Posterior::Gamma { shape: 31.0, rate: 101.0 }, Posterior::Gamma { shape: 43.0, rate: 101.0 }];
        let found = choose(&arms, Goal::Maximise).unwrap();
        assert_close(&found.prob_best[1..], &[0.920_144_158_440_990_2]);
        // The losses differ by the difference of the means.
        assert_close(&[found.expected_loss[0] - found.expected_loss[1]], &[12.0 / 101.0]);
    }

    #[test]
    fn two_means_are_compared_as_by_the_normal_distribution() {
        let arms = [Posterior::Normal { mean: 1.0, sd: 3.0 }, Posterior::Normal { mean: 3.0, sd: 4.0 }];
        let found = choose(&arms, Goal::Minimise).unwrap();
        assert_close(&found.prob_best, &[0.655_421_741_610_324_2, 0.344_578_258_389_675_8]);
    }

    #[test]
    fn minimising_equals_maximising_the_mirrored_arms() {
        let arms = betas(&[(45.0, 955.0), (50.0, 950.0), (5.0, 110.0), (0.5, 3.0)]);
        let mirrored = betas(&[(955.0, 45.0), (950.0, 50.0), (110.0, 5.0), (3.0, 0.5)]);
        let (there, back) = (choose(&arms, Goal::Minimise).unwrap(), choose(&mirrored, Goal::Maximise).unwrap());
        assert_close(&there.prob_best, &back.prob_best);
        assert_close(&there.expected_loss, &back.expected_loss);
    }

    #[test]
    fn arms_of_one_kind_and_at_least_two_are_needed() {
        assert_eq!(choose(&[], Goal::Maximise), Err(Undefined::Empty));
        let beta = Posterior::Beta { a: 1.0, b: 1.0 };
        assert_eq!(choose(&[beta], Goal::Maximise), Err(Undefined::TooFew { needed: 2 }));
        assert!(choose(&[beta, Posterior::Normal { mean: 0.0, sd: 1.0 }], Goal::Maximise).unwrap_err().is_input());
        assert_eq!(
            choose(&[beta, Posterior::Beta { a: 0.0, b: 1.0 }], Goal::Maximise),
            Err(Undefined::NothingObserved)
        );
    }
}
