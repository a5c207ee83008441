//! The next batch: shares and whole numbers for each arm.

use super::arm::{Arm, Prior, posteriors, wrong};
use super::best::{BestBy, probability_best};
use super::share::{Rule, top_two_shares, whole_units, with_floor};
use crate::stats::bayes::{Goal, Posterior};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// How the next batch is shared out.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocationPlan {
    /// Which way is better.
    pub goal: Goal,
    /// Thompson or top-two.
    pub rule: Rule,
    /// How the probability to be best is computed.
    pub by: BestBy,
    /// The least share of every arm, 0 or more; arms times floor is at most 1. Keep it above 0 for a report: an arm with nothing in a
    /// batch says nothing there.
    pub floor: f64,
    /// The whole units of the batch: impressions, users, micros of money.
    pub units: u64,
    /// The seed of draws and of rounding.
    pub seed: u64,
    /// The number of the batch, so that each has its own luck.
    pub batch: u64,
    /// The prior of every arm; the usual one of the kind where `None`.
    pub prior: Option<Prior>,
}

impl Default for AllocationPlan {
    fn default() -> Self {
        Self {
            goal: Goal::Maximise,
            rule: Rule::Thompson,
            by: BestBy::Integral,
            floor: 0.0,
            units: 0,
            seed: 0,
            batch: 0,
            prior: None,
        }
    }
}

/// One arm's part of the next batch.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmShare {
    /// Its name.
    pub name: String,
    /// The probability that it is the best arm, after the data: a belief, not an error rate.
    pub probability_best: f64,
    /// The mean of the belief about its value.
    pub posterior_mean: f64,
    /// Its share of the batch, floor included.
    pub share: f64,
    /// Its whole units; over all arms they add up to the batch exactly.
    pub units: u64,
}

/// The next batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// One part per arm, in the order given.
    pub arms: Vec<ArmShare>,
}

/// Shares out the next batch by Thompson or top-two Thompson sampling (Thompson, 1933; Russo, "Simple Bayesian algorithms for best-arm
/// identification", 2020).
///
/// The share of an arm is its probability to be best, or follows from all of these (see [`Rule`]). With k arms and a floor it becomes
/// floor plus (1 - k floor) times the share, 0 to 1; whole units are rounded by systematic sampling (Madow, 1949). A batch needs no draw
/// per unit: its shares are the means of such draws. For shares, counts and values alike, and for the lowest value as well as for the
/// highest: minimising gives what maximising gives on negated values. The same seed and batch number give the same answer.
///
/// It assumes that the arms do not drift and that outcomes are in before the next batch: late conversions look like failures, so wait for
/// mature data. Its averages must not be read with an ordinary test: see [`super::bandit_report`].
///
/// ```
/// use adbrain_core::experiment::bandit::{AllocationPlan, Arm, Seen, bandit_allocate};
/// let arm = |name: &str, successes| Arm { name: name.to_owned(), seen: Seen::Shares { successes, trials: 1000 } };
/// let plan = AllocationPlan { floor: 0.05, units: 10_000, ..AllocationPlan::default() };
/// let next = bandit_allocate(&[arm("old", 50), arm("new", 60)], &plan)?;
/// assert_eq!(next.arms.iter().map(|arm| arm.units).sum::<u64>(), 10_000);
/// assert!(next.arms[1].share > 0.75);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for arms with the same name, arms of different kinds, impossible data, a floor that does not fit, a leader's share
/// outside 0..=1 or of zero, no draws, or a wrong prior; [`Undefined::Empty`] without arms, [`Undefined::TooFew`] for one alone.
///
/// For an arm that the prior does not help: [`Undefined::Empty`] or [`Undefined::OneValue`] for no or one value without a prior,
/// [`Undefined::NoSpread`] for values without spread, [`Undefined::NothingObserved`] for counts whose exposure is zero, the prior's rate
/// included, [`Undefined::NotFinite`] for shares and counts that add up with the prior to more than a float holds. [`BestBy::Integral`]
/// says so of values too, and gives [`Undefined::NotConverged`] where its quadrature does not come to an end.
pub fn bandit_allocate(arms: &[Arm], plan: &AllocationPlan) -> Defined<Allocation> {
    check(arms.len(), plan)?;
    let beliefs = posteriors(arms, plan.prior)?;
    let best = probability_best(&beliefs, plan.goal, plan.by, [plan.seed, plan.batch])?;
    let raw = raw_shares(&beliefs, &best, plan)?;
    let shares = with_floor(&raw, plan.floor);
    let uniform = Random::at(plan.seed, &[plan.batch, PURPOSE_ROUND]).uniform();
    let units = whole_units(&raw, plan.floor, plan.units, uniform);
    let parts = arms.iter().zip(&beliefs).zip(best).zip(shares).zip(units);
    let arms = parts.map(|((((arm, belief), probability_best), share), units)| ArmShare {
        name: arm.name.clone(),
        probability_best,
        posterior_mean: belief.mean(),
        share,
        units,
    });
    Ok(Allocation { arms: arms.collect() })
}

/// The place of the rounding below a seed.
const PURPOSE_ROUND: u64 = 2;

fn check(arms: usize, plan: &AllocationPlan) -> Defined<()> {
    if !(plan.floor >= 0.0 && plan.floor * arms as f64 <= 1.0 + 1e-12) {
        return wrong("floor", "must be zero or more, and at most 1 over the number of arms");
    }
    if let Rule::TopTwo { leader } = plan.rule
        && !(leader > 0.0 && leader <= 1.0)
    {
        return wrong("leader", "must be above 0 and at most 1");
    }
    if plan.by == BestBy::Draws(0) {
        return wrong("draws", "must be at least 1");
    }
    Ok(())
}

fn raw_shares(beliefs: &[Posterior], best: &[f64], plan: &AllocationPlan) -> Defined<Vec<f64>> {
    let Rule::TopTwo { leader } = plan.rule else { return Ok(best.to_vec()) };
    let mut failed: Option<Undefined> = None;
    let shares = top_two_shares(best, leader, |aside| match best_without(beliefs, aside, plan) {
        Ok(shares) => shares,
        Err(undefined) => {
            failed = Some(undefined);
            vec![0.0; best.len()]
        }
    });
    failed.map_or(Ok(shares), Err)
}

/// The probability to be best among the others, zero for the arm set aside.
fn best_without(beliefs: &[Posterior], aside: usize, plan: &AllocationPlan) -> Defined<Vec<f64>> {
    let others: Vec<_> = beliefs.iter().enumerate().filter(|(index, _)| *index != aside).map(|(_, b)| *b).collect();
    let mut shares = match others.len() {
        1 => vec![1.0],
        _ => probability_best(&others, plan.goal, plan.by, [plan.seed, plan.batch])?,
    };
    shares.insert(aside, 0.0);
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::bandit::Seen;

    fn values(means: &[f64]) -> Vec<Arm> {
        let arm = |(place, mean): (usize, &f64)| {
            let seen = Seen::Values { n: 100, mean: *mean, sd: 2.0 + place as f64 };
            Arm { name: format!("arm {place}"), seen }
        };
        means.iter().enumerate().map(arm).collect()
    }

    fn shares(arms: &[Arm], plan: &AllocationPlan) -> Vec<(f64, f64, u64)> {
        let found = bandit_allocate(arms, plan).unwrap();
        found.arms.iter().map(|arm| (arm.probability_best, arm.share, arm.units)).collect()
    }

    fn plans() -> impl Iterator<Item = AllocationPlan> {
        let rules = [Rule::Thompson, Rule::TopTwo { leader: 0.5 }, Rule::TopTwo { leader: 0.8 }];
        let ways = [BestBy::Integral, BestBy::Draws(300)];
        rules.into_iter().flat_map(move |rule| {
            ways.map(|by| AllocationPlan { rule, by, floor: 0.01, units: 9_999, seed: 8, ..AllocationPlan::default() })
        })
    }

    #[test]
    fn minimising_equals_maximising_on_negated_values() {
        let mut random = Random::at(11, &[]);
        for round in 0..200_u64 {
            let means: Vec<f64> = (0..2 + round % 5).map(|_| 5.0 + random.normal()).collect();
            let negated: Vec<f64> = means.iter().map(|mean| -mean).collect();
            for plan in plans().map(|plan| AllocationPlan { batch: round, ..plan }) {
                let low = AllocationPlan { goal: Goal::Minimise, ..plan.clone() };
                assert_eq!(shares(&values(&means), &low), shares(&values(&negated), &plan), "{means:?} {plan:?}");
            }
        }
    }

    #[test]
    fn minimising_a_share_equals_maximising_the_share_of_failures() {
        let arm = |name: &str, successes| Arm { name: name.to_owned(), seen: Seen::Shares { successes, trials: 400 } };
        for plan in plans() {
            let low = AllocationPlan { goal: Goal::Minimise, ..plan.clone() };
            let clicks = [arm("a", 20), arm("b", 31), arm("c", 25)];
            let misses = [arm("a", 380), arm("b", 369), arm("c", 375)];
            assert_eq!(shares(&clicks, &low), shares(&misses, &plan));
        }
    }

    #[test]
    fn the_lowest_cost_of_four_gets_the_top_two_share() {
        let arms = values(&[1.0, 2.0, 3.0, 4.0].map(|mean| mean * 1000.0));
        let plan = AllocationPlan {
            goal: Goal::Minimise,
            rule: Rule::TopTwo { leader: 0.5 },
            floor: 0.01,
            units: 100,
            ..AllocationPlan::default()
        };
        let units: Vec<u64> = shares(&arms, &plan).iter().map(|share| share.2).collect();
        assert_eq!(units, [49, 49, 1, 1]);
        let two = shares(&arms[..2], &AllocationPlan { units: 10, ..plan });
        assert_eq!((two[0].2, two[1].2), (5, 5));
    }

    #[test]
    fn drawn_shares_converge_to_the_exact_ones() {
        let arms = values(&[5.0, 5.3, 4.8, 5.1]);
        for rule in [Rule::Thompson, Rule::TopTwo { leader: 0.5 }] {
            let plan = AllocationPlan { rule, ..AllocationPlan::default() };
            let exact = shares(&arms, &plan);
            for (draws, apart) in [(400, 0.08), (40_000, 0.008)] {
                let drawn = shares(&arms, &AllocationPlan { by: BestBy::Draws(draws), ..plan.clone() });
                assert!(drawn.iter().zip(&exact).all(|(a, b)| (a.1 - b.1).abs() < apart), "{drawn:?} {exact:?}");
            }
        }
    }

    #[test]
    fn shares_add_up_and_none_falls_below_the_floor() {
        let arms = values(&[1.0, 9.0, 2.0, 3.0, 2.5]);
        for plan in plans() {
            let found = shares(&arms, &AllocationPlan { floor: 0.2 * plan.floor + 0.05, ..plan });
            assert!((found.iter().map(|arm| arm.1).sum::<f64>() - 1.0).abs() < 1e-12);
            assert_eq!(found.iter().map(|arm| arm.2).sum::<u64>(), 9_999);
            assert!(found.iter().all(|arm| arm.1 >= 0.05 && arm.2 >= 500), "{found:?}");
        }
    }

    #[test]
    fn a_plan_that_does_not_fit_is_refused() {
        let arms = values(&[1.0, 2.0, 3.0]);
        let refused = |plan: &AllocationPlan| bandit_allocate(&arms, plan).unwrap_err().is_input();
        let usual = AllocationPlan::default();
        assert!(refused(&AllocationPlan { floor: 0.34, ..usual.clone() }));
        assert!(refused(&AllocationPlan { floor: f64::NAN, ..usual.clone() }));
        assert!(refused(&AllocationPlan { rule: Rule::TopTwo { leader: 0.0 }, ..usual.clone() }));
        assert!(refused(&AllocationPlan { by: BestBy::Draws(0), ..usual.clone() }));
        assert!(refused(&AllocationPlan { prior: Some(Prior::Beta { a: 1.0, b: 1.0 }), ..usual }));
    }
}
