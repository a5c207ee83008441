//! What an arm has collected, and what is believed about it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats::bayes::{Belief, GroupMean, Posterior};
use crate::stats::{Defined, Undefined};

/// What was seen of an arm. All arms of a bandit are of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Seen {
    /// Yes or no for each trial, such as clicks of impressions. The arm's value is a share.
    Shares {
        /// Trials that succeeded, at most `trials`.
        successes: u64,
        /// All trials.
        trials: u64,
    },
    /// Events over an exposure, such as purchases per day. The arm's value is a rate per unit of exposure.
    Counts {
        /// How many events.
        events: u64,
        /// Over what: days, thousand impressions; zero or more.
        exposure: f64,
    },
    /// A number per unit, such as revenue per user. The arm's value is a mean.
    Values {
        /// How many units.
        n: u64,
        /// Their mean.
        mean: f64,
        /// Their standard deviation, with n - 1.
        sd: f64,
    },
}

impl Seen {
    /// The kind, for comparing arms: no bandit mixes shares with means.
    fn kind(&self) -> u8 {
        match self {
            Self::Shares { .. } => 0,
            Self::Counts { .. } => 1,
            Self::Values { .. } => 2,
        }
    }

    /// Refuses what cannot have been seen.
    pub(super) fn check(&self) -> Defined<()> {
        match *self {
            Self::Shares { successes, trials } if successes > trials => wrong("successes", "must be at most `trials`"),
            Self::Counts { exposure, .. } if !exposure.is_finite() || exposure < 0.0 => {
                wrong("exposure", "must be a finite number, zero or more")
            }
            Self::Counts { events, exposure } if events > 0 && exposure <= 0.0 => {
                wrong("exposure", "must be above zero where there are events")
            }
            Self::Values { mean, .. } if !mean.is_finite() => wrong("mean", "must be a finite number"),
            Self::Values { sd, .. } if !sd.is_finite() || sd < 0.0 => {
                wrong("sd", "must be a finite number, zero or more")
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn wrong<T>(field: &'static str, problem: &'static str) -> Defined<T> {
    Err(Undefined::Input { field, problem })
}

/// One arm of a bandit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arm {
    /// Its name, unlike that of every other arm.
    pub name: String,
    /// What it has collected over all batches.
    #[serde(flatten)]
    pub seen: Seen,
}

/// What is believed of every arm before any data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prior {
    /// Beta with parameters `a` and `b`, both above zero; for shares. The usual one is (1, 1).
    Beta {
        /// Successes seen before, as it were.
        a: f64,
        /// Failures seen before.
        b: f64,
    },
    /// Gamma with a shape above zero and a rate of zero or more; for counts. The usual one is that of Jeffreys, (0.5, 0).
    Gamma {
        /// Events seen before, as it were.
        shape: f64,
        /// The exposure that they took.
        rate: f64,
    },
    /// Normal; for values. Without one the prior is flat, and each arm needs two different values.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation, above zero.
        sd: f64,
    },
}

impl Prior {
    fn check(&self) -> Defined<()> {
        let above = |value: f64| value.is_finite() && value > 0.0;
        let fine = match *self {
            Self::Beta { a, b } => above(a) && above(b),
            Self::Gamma { shape, rate } => above(shape) && rate.is_finite() && rate >= 0.0,
            Self::Normal { mean, sd } => mean.is_finite() && above(sd),
        };
        if fine { Ok(()) } else { wrong("prior", "must have finite parameters, shapes and deviations above zero") }
    }
}

impl Seen {
    /// The posterior. Shares: Beta(a + successes, b + failures). Counts: Gamma(shape + events, rate + exposure). Values: with v = sd^2
    /// / n, N(mean, v) under the flat prior, else precision-weighted with the prior; the spread of the units is taken as known, which
    /// is close above some 30 units an arm (Gelman and others, "Bayesian data analysis", 3rd edition, 2013, chapter 2).
    pub(super) fn posterior(&self, prior: Option<Prior>) -> Defined<Posterior> {
        match (*self, prior) {
            (Self::Shares { successes, trials }, prior) => {
                let prior = match prior {
                    None => [1.0, 1.0],
                    Some(Prior::Beta { a, b }) => [a, b],
                    Some(_) => return wrong("prior", "must be a beta prior for shares"),
                };
                Posterior::of_share(prior, successes, trials)
            }
            (Self::Counts { events, exposure }, prior) => {
                let prior = match prior {
                    None => [0.5, 0.0],
                    Some(Prior::Gamma { shape, rate }) => [shape, rate],
                    Some(_) => return wrong("prior", "must be a gamma prior for counts"),
                };
                Posterior::of_rate(prior, events, exposure)
            }
            (Self::Values { n, mean, sd }, prior) => normal_posterior(n, [mean, sd], prior),
        }
    }
}

fn normal_posterior(n: u64, [mean, sd]: [f64; 2], prior: Option<Prior>) -> Defined<Posterior> {
    let prior = match prior {
        None => None,
        Some(Prior::Normal { mean, sd }) => Some((mean, sd)),
        Some(_) => return wrong("prior", "must be a normal prior for values"),
    };
    match (n, prior) {
        (0, None) => Err(Undefined::Empty),
        (1, None) => Err(Undefined::OneValue),
        // One value says nothing of the spread, so it cannot be weighed against the prior.
        (0 | 1, Some((mean, sd))) => Ok(Posterior::Normal { mean, sd }),
        _ if sd <= 0.0 => Err(Undefined::NoSpread),
        (n, None) => Ok(Posterior::Normal { mean, sd: sd / libm::sqrt(n as f64) }),
        (n, Some((prior_mean, prior_sd))) => {
            let before = Belief { mean: prior_mean, variance: prior_sd * prior_sd };
            let after = before.updated(GroupMean { mean, variance: sd * sd / n as f64 });
            if !(after.mean.is_finite() && after.variance.is_finite()) {
                return Err(Undefined::NotFinite);
            }
            Ok(Posterior::Normal { mean: after.mean, sd: libm::sqrt(after.variance) })
        }
    }
}

/// Refuses arms that share a name, are of different kinds, or are fewer than two.
pub(super) fn check_names<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Defined<()> {
    if names.clone().collect::<BTreeSet<_>>().len() < names.clone().count() {
        return wrong("arms", "must have different names");
    }
    match names.count() {
        0 => Err(Undefined::Empty),
        1 => Err(Undefined::TooFew { needed: 2 }),
        _ => Ok(()),
    }
}

/// Refuses cells of different kinds and cells that cannot have been seen.
pub(super) fn check_cells<'a>(mut cells: impl Iterator<Item = &'a Seen> + Clone) -> Defined<()> {
    cells.clone().try_for_each(Seen::check)?;
    let kind = cells.clone().next().map(Seen::kind);
    if cells.any(|cell| Some(cell.kind()) != kind) {
        return wrong("arms", "must all be shares, all counts or all values");
    }
    Ok(())
}

/// The posterior of every arm, after all checks.
pub(super) fn posteriors(arms: &[Arm], prior: Option<Prior>) -> Defined<Vec<Posterior>> {
    check_names(arms.iter().map(|arm| arm.name.as_str()))?;
    check_cells(arms.iter().map(|arm| &arm.seen))?;
    prior.as_ref().map_or(Ok(()), Prior::check)?;
    arms.iter().map(|arm| arm.seen.posterior(prior)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(name: &str, successes: u64, trials: u64) -> Arm {
        Arm { name: name.to_owned(), seen: Seen::Shares { successes, trials } }
    }

    #[test]
    fn impossible_arms_are_named() {
        let refused = |arms: &[Arm]| posteriors(arms, None).unwrap_err();
        assert_eq!(
            refused(&[shares("a", 1, 2), shares("a", 1, 2)]),
            Undefined::Input { field: "arms", problem: "must have different names" }
        );
        assert!(refused(&[shares("a", 3, 2), shares("b", 1, 2)]).is_input());
        assert_eq!(refused(&[shares("a", 3, 4)]), Undefined::TooFew { needed: 2 });
        assert_eq!(refused(&[]), Undefined::Empty);
        let mixed = Arm { name: "b".to_owned(), seen: Seen::Counts { events: 1, exposure: 2.0 } };
        assert!(refused(&[shares("a", 1, 2), mixed]).is_input());
    }

    #[test]
    fn values_without_spread_or_prior_have_no_posterior() {
        let arm = |n, sd| Seen::Values { n, mean: 2.0, sd };
        assert_eq!(arm(0, 0.0).posterior(None), Err(Undefined::Empty));
        assert_eq!(arm(1, 0.0).posterior(None), Err(Undefined::OneValue));
        assert_eq!(arm(5, 0.0).posterior(None), Err(Undefined::NoSpread));
        let prior = Some(Prior::Normal { mean: 1.0, sd: 0.5 });
        assert_eq!(arm(0, 0.0).posterior(prior), Ok(Posterior::Normal { mean: 1.0, sd: 0.5 }));
        assert_eq!(arm(4, 1.0).posterior(prior).map(|p| p.mean()), Ok(1.5));
        let wide = Some(Prior::Normal { mean: 1.0, sd: 1e200 });
        assert_eq!(arm(4, 1.0).posterior(wide), Err(Undefined::NotFinite));
    }

    #[test]
    fn a_kind_is_read_from_its_keys() {
        let arm: Arm = serde_json::from_str(r#"{"name": "a", "events": 3, "exposure": 2.5}"#).unwrap();
        assert_eq!(arm.seen, Seen::Counts { events: 3, exposure: 2.5 });
        assert!(serde_json::from_str::<Arm>(r#"{"name": "a", "successes": -3, "trials": 2}"#).is_err());
    }
}
