//! The pool and the shape of exposure, from reach: maximum a posteriori on the logarithm of reach.

use super::curve::{USUAL_SHAPE, reached};
use super::delivery::Delivery;

/// The belief about the pool before any day: size (1 - overlap), 0.3 wide in the logarithm (stated sizes are ranges of about 15 % to
/// both sides, and part of an audience is never in the auction).
pub(super) const PEOPLE_SPREAD: f64 = 0.3;
/// The belief about the shape: 0.8, 0.5 wide in the logarithm.
pub(super) const SHAPE_SPREAD: f64 = 0.5;
/// Platforms' reach wobbles by about so much from day to day.
const REACH_NOISE: f64 = 0.01;
/// So many days is the assumed noise worth when it meets the measured one.
const NOISE_WORTH: f64 = 5.0;
/// Steps of the search, far more than it takes.
const STEPS: u32 = 60;
/// The search ends where a step is shorter than this in the logarithms.
const CLOSE: f64 = 1e-9;
/// The step of a numerical derivative in the logarithms.
const NUDGE: f64 = 1e-6;

/// A point of the search: logarithms of pool and shape.
pub(super) type Place = [f64; 2];

/// The reach of a campaign with the beliefs before it: `log R_t = log N + log(1 - (1 + F_t / a)^-a)` + noise.
pub(super) struct ReachFit<'a> {
    delivery: &'a Delivery,
    shown: Vec<f64>,
    prior: Place,
    noise: f64,
}

/// The best place and the square root of its covariance (Cholesky, lower).
pub(super) struct Mode {
    pub(super) place: Place,
    pub(super) root: [f64; 3],
}

impl<'a> ReachFit<'a> {
    /// Fits the curve twice: with the usual noise, then with the noise that the first fit left.
    pub(super) fn new(delivery: &'a Delivery, pool: f64) -> (Self, Mode) {
        let prior = [libm::log(pool), libm::log(USUAL_SHAPE)];
        let mut fit = Self { delivery, shown: delivery.shown(), prior, noise: REACH_NOISE };
        let first = fit.mode(prior);
        let squares: f64 = fit.misses(first.place).map(|miss| miss * miss).sum();
        let days = fit.misses(first.place).count() as f64;
        let variance = (NOISE_WORTH + squares) / (NOISE_WORTH + days);
        fit.noise *= libm::sqrt(variance.max(1.0));
        let second = fit.mode(first.place);
        (fit, second)
    }

    /// The logarithm of the posterior density at a place, but for a constant.
    pub(super) fn log_density(&self, place: Place) -> f64 {
        let squares: f64 = self.misses(place).chain(self.beliefs(place)).map(|miss| miss * miss).sum();
        -0.5 * squares
    }

    /// How far the curve lies from each day's reach, in units of the noise.
    fn misses(&self, [people, shape]: Place) -> impl Iterator<Item = f64> + '_ {
        let (heads, shape) = (libm::exp(people), libm::exp(shape));
        let seen = self.delivery.days.iter().zip(&self.shown).filter(|(_, shown)| **shown > 0.0);
        seen.map(move |(day, shown)| {
            (libm::log(day.reach) - people - libm::log(reached(shown / heads, shape))) / self.noise
        })
    }

    fn beliefs(&self, [people, shape]: Place) -> [f64; 2] {
        [(people - self.prior[0]) / PEOPLE_SPREAD, (shape - self.prior[1]) / SHAPE_SPREAD]
    }

    /// The place of the highest density by damped Gauss-Newton steps (Levenberg 1944, Marquardt 1963).
    fn mode(&self, start: Place) -> Mode {
        let (mut place, mut damping) = (start, 1e-3);
        for _ in 0..STEPS {
            let slope = self.slope(place);
            let [people, shape] = slope.step(damping);
            let next = [place[0] + people, place[1] + shape];
            if self.log_density(next) >= self.log_density(place) {
                (place, damping) = (next, damping * 0.2);
                if people.abs() + shape.abs() < CLOSE {
                    break;
                }
            } else {
                damping *= 8.0;
            }
        }
        Mode { place, root: self.slope(place).covariance_root() }
    }

    fn slope(&self, place: Place) -> Slope {
        let all = |place| self.misses(place).chain(self.beliefs(place));
        let (people, shape) = ([place[0] + NUDGE, place[1]], [place[0], place[1] + NUDGE]);
        let mut slope = Slope::default();
        for ((miss, by_people), by_shape) in all(place).zip(all(people)).zip(all(shape)) {
            slope.add(miss, [(by_people - miss) / NUDGE, (by_shape - miss) / NUDGE]);
        }
        slope
    }
}

/// Gradient and Gauss-Newton matrix of half the sum of squares.
#[derive(Default)]
struct Slope {
    gradient: [f64; 2],
    matrix: [f64; 3],
}

impl Slope {
    fn add(&mut self, miss: f64, [x, y]: [f64; 2]) {
        self.gradient[0] += x * miss;
        self.gradient[1] += y * miss;
        self.matrix[0] += x * x;
        self.matrix[1] += x * y;
        self.matrix[2] += y * y;
    }

    /// The step that solves the damped normal equations.
    fn step(&self, damping: f64) -> [f64; 2] {
        let [first, both, second] =
            [self.matrix[0] * (1.0 + damping), self.matrix[1], self.matrix[2] * (1.0 + damping)];
        let determinant = first * second - both * both;
        let [x, y] = self.gradient;
        [(both * y - second * x) / determinant, (both * x - first * y) / determinant]
    }

    /// The lower Cholesky factor of the inverse matrix: first, below, second.
    fn covariance_root(&self) -> [f64; 3] {
        let [a, b, c] = self.matrix;
        let first = libm::sqrt(c / (a * c - b * b));
        [first, -b / c * first, libm::sqrt(1.0 / c)]
    }
}
