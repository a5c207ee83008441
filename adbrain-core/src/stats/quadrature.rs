//! Gauss-Legendre quadrature and a root inside a bracket, for the integrals of `sequential` and `bayes`.

use std::f64::consts::PI;

use super::{Defined, Undefined};

/// Newton's rule on a Legendre polynomial reaches the last bit in five steps from the usual start.
const NEWTON_STEPS: u32 = 20;
/// Halving a bracket so often leaves nothing to halve.
const ROOT_STEPS: u32 = 200;
/// A root is left alone when a step moves it by less than this share of it.
const CLOSE: f64 = 1e-11;
/// A bracket is widened twofold so often at most.
const WIDEN_STEPS: u32 = 60;

/// The nodes and weights of a Gauss-Legendre rule on -1..1: exact for polynomials up to degree 2 n - 1.
#[derive(Debug, Clone)]
pub(crate) struct GaussLegendre {
    /// The nodes, rising.
    pub(crate) nodes: Vec<f64>,
    /// Their weights; they add up to 2.
    pub(crate) weights: Vec<f64>,
}

impl GaussLegendre {
    /// The rule with n nodes: the zeros x of `P_n`, weights 2 / ((1 - x^2) `P_n`'(x)^2) (Abramowitz and Stegun 25.4.29).
    pub(crate) fn new(n: usize) -> Self {
        let (nodes, weights) = (0..n).rev().map(|place| node(n, place)).unzip();
        Self { nodes, weights }
    }

    /// The nodes and weights on `low..high`.
    pub(crate) fn on(&self, low: f64, high: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        let (middle, half) = (f64::midpoint(low, high), 0.5 * (high - low));
        self.nodes.iter().zip(&self.weights).map(move |(node, weight)| (middle + half * node, half * weight))
    }

    /// For each node k the row of weights that integrates a function from -1 to node k: with the Lagrange polynomials l of the nodes,
    /// `A[k][m] = integral of l_m from -1 to x_k = w_m sum over degrees d of (2 d + 1) / 2 P_d(x_m) integral of P_d from -1 to x_k`.
    pub(crate) fn partial_weights(&self) -> Vec<Vec<f64>> {
        let n = self.nodes.len();
        let values: Vec<Vec<f64>> = self.nodes.iter().map(|node| legendre(n, *node)).collect();
        let row = |at_k: &Vec<f64>| -> Vec<f64> {
            let integrals = legendre_integrals(at_k);
            let entry = |at_m: &Vec<f64>| -> f64 {
                integrals.iter().zip(at_m).enumerate().map(|(d, (area, p))| (d as f64 + 0.5) * p * area).sum()
            };
            values.iter().zip(&self.weights).map(|(at_m, weight)| weight * entry(at_m)).collect()
        };
        values.iter().map(row).collect()
    }
}

/// The node at a place (0 is the largest) with its weight.
fn node(n: usize, place: usize) -> (f64, f64) {
    let mut x = libm::cos(PI * (place as f64 + 0.75) / (n as f64 + 0.5));
    let mut slope = 1.0;
    for _ in 0..NEWTON_STEPS {
        let values = legendre(n, x);
        let (last, before) = match values.as_slice() {
            [.., before, last] => (*last, *before),
            _ => (x, 1.0),
        };
        slope = n as f64 * (x * last - before) / (x * x - 1.0);
        let step = last / slope;
        x -= step;
        if step.abs() <= f64::EPSILON {
            break;
        }
    }
    (x, 2.0 / ((1.0 - x * x) * slope * slope))
}

/// `P_0` to `P_n` at x by the three-term recurrence.
fn legendre(n: usize, x: f64) -> Vec<f64> {
    let (mut before, mut last) = (0.0, 1.0);
    let mut values = vec![1.0];
    for degree in 0..n {
        let d = degree as f64;
        (before, last) = (last, ((2.0 * d + 1.0) * x * last - d * before) / (d + 1.0));
        values.push(last);
    }
    values
}

/// The integrals of `P_0` to `P_(n-1)` from -1 to x, given `P_0` to `P_n` at x: (`P_(d+1)` - `P_(d-1)`) / (2 d + 1).
fn legendre_integrals(values: &[f64]) -> Vec<f64> {
    let first = values.get(1).map(|x| x + 1.0);
    let rest = values.windows(3).enumerate().map(|(d, three)| match three {
        [before, _, after] => (after - before) / (2.0 * (d as f64 + 1.0) + 1.0),
        _ => 0.0,
    });
    first.into_iter().chain(rest).collect()
}

/// A root of a function that changes its sign once, by false position with the Anderson-Bjorck correction and bisection where that is
/// slow. The bracket is widened around `start` by doubling `width`.
pub(crate) fn root(start: f64, width: f64, work: impl Fn(f64) -> f64) -> Defined<f64> {
    let (mut low, mut high, mut reach) = (start - width, start + width, width);
    let (mut at_low, mut at_high) = (work(low), work(high));
    for _ in 0..WIDEN_STEPS {
        if !at_low.is_finite() || !at_high.is_finite() {
            return Err(Undefined::NotConverged);
        }
        if at_low * at_high <= 0.0 {
            return Ok(inside((low, at_low), (high, at_high), CLOSE * width, work));
        }
        reach *= 2.0;
        let (to_low, to_high) = (at_low.abs(), at_high.abs());
        let (inner_low, inner_high) = ((low, at_low), (high, at_high));
        if to_low <= to_high {
            low -= reach;
            at_low = work(low);
        }
        if to_high <= to_low {
            high += reach;
            at_high = work(high);
        }
        if to_low < to_high {
            (high, at_high) = inner_low;
        } else if to_high < to_low {
            (low, at_low) = inner_high;
        }
    }
    Err(Undefined::NotConverged)
}

/// The root between two places with values of opposite sign, to within `close` or its own last digits.
fn inside(from: (f64, f64), to: (f64, f64), close: f64, work: impl Fn(f64) -> f64) -> f64 {
    let ((mut a, mut at_a), (mut b, mut at_b)) = (from, to);
    for step in 0..ROOT_STEPS {
        let secant = b - at_b * (b - a) / (at_b - at_a);
        let next = if step % 4 == 3 || !secant.is_finite() { f64::midpoint(a, b) } else { secant };
        let value = work(next);
        if value.abs() <= 0.0 || (next - b).abs() <= close + CLOSE * next.abs() {
            return next;
        }
        if value * at_b < 0.0 {
            (a, at_a) = (b, at_b);
        } else {
            let ratio = 1.0 - value / at_b;
            at_a *= if ratio > 0.0 { ratio } else { 0.5 };
        }
        (b, at_b) = (next, value);
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_five_nodes_is_exact_up_to_degree_nine() {
        let rule = GaussLegendre::new(5);
        let sum: f64 = rule.on(0.0, 2.0).map(|(x, weight)| weight * libm::pow(x, 9.0)).sum();
        assert!((sum - 102.4).abs() < 1e-12, "{sum}");
        assert!(rule.nodes.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn partial_integrals_of_a_cubic_are_exact_at_every_node() {
        let rule = GaussLegendre::new(6);
        for (row, x) in rule.partial_weights().iter().zip(&rule.nodes) {
            let sum: f64 = row.iter().zip(&rule.nodes).map(|(weight, at)| weight * at * at * at).sum();
            assert!((sum - (x * x * x * x - 1.0) / 4.0).abs() < 1e-14, "{sum}");
        }
    }

    #[test]
    fn a_root_is_found_from_a_start_far_away_and_its_absence_is_said() {
        let found = root(50.0, 1.0, |x| libm::exp(x) - 2.0).unwrap();
        assert!((found - std::f64::consts::LN_2).abs() < 1e-14, "{found}");
        let found = root(3.0, 0.1, |x| if x < 1.0 { x - 0.5 } else { 0.5 }).unwrap();
        assert!((found - 0.5).abs() < 1e-14, "{found}");
        assert_eq!(root(0.0, 1.0, |_| 1.0), Err(Undefined::NotConverged));
    }
}
