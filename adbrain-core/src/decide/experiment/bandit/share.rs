//! From the probability to be best to the share of the next batch.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How shares follow from beliefs.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Each arm gets its probability to be best (Thompson, "On the likelihood that one unknown probability exceeds another", 1933). It
    /// loses little while it learns, and is slow to tell the second arm from the first.
    #[default]
    Thompson,
    /// Top-two Thompson: a share `leader` (0 to 1, usually 0.5) goes to the best arm of a draw, the rest to a challenger. It names
    /// the best arm with less traffic.
    TopTwo {
        /// The share of the leader's side.
        leader: f64,
    },
}

/// How often a challenger is looked for before the leader is set aside.
const SEARCHES: f64 = 1000.0;

/// Below this chance that every search shows the leader, setting it aside changes nothing.
const NEVER: f64 = 1e-12;

/// The shares of top-two Thompson sampling from the probabilities to be best.
///
/// With alpha the probability to be best and b the leader's share: draw an arm I by alpha and play it with probability b; otherwise draw
/// again until another arm J comes. So share(j) = b alpha(j) + (1 - b) sum over i != j of alpha(i) alpha(j) / (1 - alpha(i)) (Russo,
/// "Simple Bayesian algorithms for best-arm identification", 2020). After 1000 draws of nothing but I, J is drawn by the probability to
/// be best among the other arms, which `without(i)` gives (zero for i itself); it is asked for only where that can happen.
///
/// One share per arm, 0 to 1, adding up to 1. It is made to find the best arm, not to earn most on the way, and is as good as the
/// probabilities it is given.
pub fn top_two_shares(best: &[f64], leader: f64, mut without: impl FnMut(usize) -> Vec<f64>) -> Vec<f64> {
    let mut shares: Vec<f64> = best.iter().map(|alpha| leader * alpha).collect();
    for (i, alpha) in best.iter().enumerate() {
        let others: f64 = best.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| other).sum();
        let stuck = if others < 1.0 { libm::exp(SEARCHES * libm::log1p(-others)) } else { 0.0 };
        let found = if others > 0.0 { (1.0 - stuck) / others } else { 0.0 };
        let aside = if stuck > NEVER { without(i) } else { vec![0.0; best.len()] };
        let challengers = best.iter().zip(&aside).enumerate().filter(|(j, _)| *j != i);
        let weight = (1.0 - leader) * alpha;
        let parts: Vec<_> =
            challengers.map(|(j, (other, aside))| (j, weight * (other * found + stuck * aside))).collect();
        for (j, part) in parts {
            if let Some(share) = shares.get_mut(j) {
                *share += part;
            }
        }
    }
    shares
}

/// Gives every arm at least `floor`: share = floor + (1 - arms floor) share.
pub(super) fn with_floor(shares: &[f64], floor: f64) -> Vec<f64> {
    let free = (1.0 - floor * shares.len() as f64).max(0.0);
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| floor + free * share / total).collect()
}

/// Whole numbers that add up to `units` exactly: the floor of every arm, rounded up where that fits, then the rest by systematic sampling with one
/// uniform number u: count(j) = floor(c(j) + u) - floor(c(j - 1) + u), c the running sum. Each count is within one of its share and has
/// that share as its mean over seeds (Madow, "On the theory of systematic sampling", 1949).
pub(super) fn whole_units(shares: &[f64], floor: f64, units: u64, uniform: f64) -> Vec<u64> {
    let arms = shares.len() as u64;
    let up = whole(libm::ceil(floor * units as f64));
    let base = if up.checked_mul(arms).is_some_and(|all| all <= units) { up } else { whole(floor * units as f64) };
    let rest = units.saturating_sub(base.saturating_mul(arms));
    let total: f64 = shares.iter().sum();
    let mut given = 0;
    let mut sum = 0.0;
    let last = shares.len().saturating_sub(1);
    let counts = shares.iter().enumerate().map(|(index, share)| {
        sum += share / total;
        let until = if index == last { rest } else { whole(rest as f64 * sum + uniform).clamp(given, rest) };
        let count = base + until - given;
        given = until;
        count
    });
    counts.collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
fn whole(value: f64) -> u64 {
    libm::floor(value).clamp(0.0, 9.0e15) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_two_of_two_arms_exchanges_their_shares() {
        let shares = top_two_shares(&[0.8, 0.2], 0.7, |_| vec![0.0; 2]);
        assert!((shares[0] - (0.7 * 0.8 + 0.3 * 0.2)).abs() < 1e-15, "{shares:?}");
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_sure_leader_leaves_the_other_half_to_the_second() {
        let shares = top_two_shares(&[1.0, 0.0, 0.0, 0.0], 0.5, |_| vec![0.0, 1.0, 0.0, 0.0]);
        assert_eq!(shares, vec![0.5, 0.5, 0.0, 0.0]);
    }

    #[test]
    fn units_add_up_and_keep_the_floor() {
        let shares = [0.7, 0.199, 0.1, 0.001];
        for units in [0, 1, 3, 10, 99, 100_003] {
            for step in 0..10 {
                let counts = whole_units(&shares, 0.05, units, f64::from(step) / 10.0);
                assert_eq!(counts.iter().sum::<u64>(), units);
                assert!(counts.iter().all(|count| *count >= whole(0.05 * units as f64)), "{units} {counts:?}");
            }
        }
    }

    #[test]
    fn units_have_their_share_as_their_mean() {
        let shares = [0.62, 0.27, 0.11];
        let mut totals = [0_u64; 3];
        for step in 0..1000 {
            let counts = whole_units(&shares, 0.0, 7, f64::from(step) / 1000.0);
            totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
        for (total, share) in totals.iter().zip(shares) {
            assert!((*total as f64 / 7000.0 - share).abs() < 1e-3);
        }
    }
}
