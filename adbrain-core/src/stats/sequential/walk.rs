//! The score of a running test as a random walk: who is still in at each look, by recursive numerical integration.
//!
//! With information fraction t the score is S = z sqrt(t), and between looks it grows by independent normals with mean `drift (t2 - t1)`
//! and variance `t2 - t1`. The runs that go on after a look are kept as points with masses (Armitage, `McPherson` and Rowe, "Repeated
//! significance tests on accumulating data", 1969), under no drift; a drift only reweights them by exp(drift s - drift^2 t / 2), so one
//! pass serves every drift.

use std::f64::consts::PI;

use crate::stats::distribution::normal_cdf;
use crate::stats::quadrature::GaussLegendre;

/// Points lie within so many standard deviations of zero; what is left out weighs 1e-44.
const REACH: f64 = 14.0;
/// No run jumps further than so many standard deviations from one look to the next.
const JUMP: f64 = 10.0;
/// A panel of the quadrature spans so many standard deviations of the narrower neighbouring step...
const PANEL: f64 = 3.0;
/// ...with so many nodes: an error of 1e-11 at most for a normal kernel.
const NODES: usize = 12;

/// The runs that are still in after a look.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    /// The information fraction of that look.
    time: f64,
    /// One for each point.
    points: Vec<Point>,
}

/// Runs near one score.
#[derive(Debug, Clone, Copy)]
struct Point {
    score: f64,
    /// Their probability without drift.
    mass: f64,
    /// That probability times the mean of their estimate at the first look.
    first: f64,
}

/// One step of a run from a point to the next look.
struct Step {
    /// Where the score is expected.
    mean: f64,
    /// Its standard deviation.
    spread: f64,
    /// The probability of the point under the drift.
    mass: f64,
}

impl Walk {
    /// Before any look.
    pub(super) fn start() -> Self {
        Self { time: 0.0, points: vec![Point { score: 0.0, mass: 1.0, first: 0.0 }] }
    }

    fn steps(&self, time: f64, drift: f64) -> impl Iterator<Item = Step> + '_ {
        let wait = time - self.time;
        let (spread, shift, scale) = (libm::sqrt(wait), drift * wait, 0.5 * drift * drift * self.time);
        self.points.iter().map(move |point| Step {
            mean: point.score + shift,
            spread,
            mass: if drift.abs() > 0.0 { point.mass * libm::exp(drift * point.score - scale) } else { point.mass },
        })
    }

    /// The probability to come to a look with a score within `low..high`.
    pub(super) fn probability(&self, time: f64, drift: f64, [low, high]: [f64; 2]) -> f64 {
        self.steps(time, drift)
            .map(|step| step.mass * between((low - step.mean) / step.spread, (high - step.mean) / step.spread))
            .sum()
    }

    /// The mean of the score at a look where it lies within `low..high`, else counted as 0.
    pub(super) fn mean(&self, time: f64, drift: f64, [low, high]: [f64; 2]) -> f64 {
        let part = |step: Step| {
            let (a, b) = ((low - step.mean) / step.spread, (high - step.mean) / step.spread);
            step.mass * (step.mean * between(a, b) + step.spread * (normal_pdf(a) - normal_pdf(b)))
        };
        self.steps(time, drift).map(part).sum()
    }

    /// The mean of the estimate at the first look among the runs that come to a look with this score. It has no bias: the score at
    /// the stop is sufficient, so the drift cancels.
    pub(super) fn first_estimate(&self, time: f64, score: f64) -> Option<f64> {
        if self.time <= 0.0 {
            return Some(score / time);
        }
        let spread = libm::sqrt(time - self.time);
        let (mass, first) = self.points.iter().fold((0.0, 0.0), |(mass, first), point| {
            let density = normal_pdf((score - point.score) / spread);
            (mass + point.mass * density, first + point.first * density)
        });
        (mass > 0.0).then(|| first / mass)
    }

    /// The runs that come to a look with a score in one of the ranges `keep`. `wait` is the time to the look after that.
    pub(super) fn advance(&self, time: f64, wait: f64, keep: &[[f64; 2]]) -> Self {
        let rule = GaussLegendre::new(NODES);
        let panel = PANEL * libm::sqrt(wait.min(time - self.time));
        let reach = REACH * libm::sqrt(time);
        let mut points = Vec::new();
        for [low, high] in keep {
            let (low, high) = (low.max(-reach), high.min(reach));
            let count = libm::ceil((high - low) / panel).max(0.0);
            let mut number = 0.0;
            while number < count {
                let edge = |number: f64| low + (high - low) * number / count;
                points.extend(
                    rule.on(edge(number), edge(number + 1.0)).map(|(score, weight)| self.arrive(time, score, weight)),
                );
                number += 1.0;
            }
        }
        Self { time, points }
    }

    fn arrive(&self, time: f64, score: f64, weight: f64) -> Point {
        let spread = libm::sqrt(time - self.time);
        let cut = JUMP * spread;
        let from = self.points.partition_point(|point| point.score < score - cut);
        let (mut mass, mut first) = (0.0, 0.0);
        for point in self.points.iter().skip(from).take_while(|point| point.score <= score + cut) {
            let distance = (score - point.score) / spread;
            let density = libm::exp(-0.5 * distance * distance);
            mass += point.mass * density;
            first += point.first * density;
        }
        let weight = weight / (spread * libm::sqrt(2.0 * PI));
        if self.time <= 0.0 {
            return Point { score, mass: mass * weight, first: mass * weight * score / time };
        }
        Point { score, mass: mass * weight, first: first * weight }
    }
}

/// The standard normal density, 0 at both infinities.
fn normal_pdf(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI)
}

/// The probability of a standard normal within `low..high`, from the tail on whose side the range lies.
fn between(low: f64, high: f64) -> f64 {
    let (low, high) = if low > 0.0 { (-high, -low) } else { (low, high) };
    let above = if low.is_finite() { normal_cdf(low) } else { 0.0 };
    normal_cdf(high) - above
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

    #[test]
    fn without_bounds_the_walk_stays_a_normal_with_any_drift() {
        let walk = Walk::start().advance(0.1, 0.2, &[ALL]).advance(0.3, 0.3, &[ALL]).advance(0.6, 0.4, &[ALL]);
        for drift in [0.0, 1.0, -3.0] {
            let above = walk.probability(1.0, drift, [1.5, f64::INFINITY]);
            assert!((above / normal_cdf(drift - 1.5) - 1.0).abs() < 1e-10, "{drift} {above}");
            assert!((walk.mean(1.0, drift, ALL) - drift).abs() < 1e-10);
        }
    }

    #[test]
    fn without_bounds_the_first_look_expects_the_final_estimate() {
        let walk = Walk::start().advance(0.2, 0.3, &[ALL]).advance(0.5, 0.5, &[ALL]);
        assert!((walk.first_estimate(1.0, 1.7).unwrap() - 1.7).abs() < 1e-10);
    }
}
