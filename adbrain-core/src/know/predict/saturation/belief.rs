//! What is believed about a pool: a fixed grid of curves with weights, before and after the days seen.

use super::clicks::Clicks;
use super::curve::{Counts, Powers, USUAL_HABITUATION, USUAL_SHAPE, response, worn};
use super::delivery::Delivery;
use super::options::SATURATED;
use super::reach::{PEOPLE_SPREAD, ReachFit, SHAPE_SPREAD};
use crate::model::Estimate;
use crate::stats::distribution::normal_quantile;

/// The belief about the exponent before any click: normal around 0.43, 0.12 wide.
const HABITUATION_SPREAD: f64 = 0.12;
/// Nodes of pool and shape to each side of the middle, and their distance in standard deviations.
const SIDE: i32 = 4;
const STEP: f64 = 0.8;
/// Nodes of the exponent to each side of the middle, and their distance in standard deviations.
const HABITUATION_SIDE: i32 = 5;
const HABITUATION_STEP: f64 = 0.55;
/// Responses kept per exponent; later ones are computed when they are asked for.
const KEPT: usize = 1000;
/// A node lighter than this share of the whole cannot move a quantile.
const LIGHTEST: f64 = 2e-4;
/// The sum over earlier impressions ends where less than this probability is left: far below the noise of clicks.
const LEFT: f64 = 1e-7;
/// No curve needs more impressions per head than this to be asked about.
const MOST_SHOWN: f64 = 1e4;
/// The search starts above so many impressions per head, which move no response.
const LEAST_SHOWN: f64 = 1e-6;
/// Steps of the search for the impressions per head at saturation, and how near they come in the logarithm.
const SEARCH_STEPS: u32 = 60;
const NEAR: f64 = 1e-4;

/// One curve with its share of the belief.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) people: f64,
    pub(super) shape: f64,
    /// The place of the exponent in [`Belief::exponents`].
    exponent: usize,
    pub(super) weight: f64,
}

/// A grid of curves whose weights add up to one.
pub(super) struct Belief {
    pub(super) nodes: Vec<Node>,
    exponents: Vec<Powers>,
}

impl Belief {
    /// The belief before any day, about a pool of so many people.
    pub(super) fn before(pool: f64) -> Self {
        let mut nodes = Vec::new();
        for [u, v] in square() {
            let people = pool * libm::exp(PEOPLE_SPREAD * u);
            let shape = USUAL_SHAPE * libm::exp(SHAPE_SPREAD * v);
            let log = -0.5 * (u * u + v * v);
            nodes.extend(deviations().map(|(exponent, z)| Node { people, shape, exponent, weight: log - 0.5 * z * z }));
        }
        Self::of_logs(nodes)
    }

    /// The belief after days of delivery: the grid of pool and shape lies along the curvature at the mode (Laplace) with the exact
    /// density at each node; each exponent is weighed by the clicks.
    pub(super) fn after(delivery: &Delivery, pool: f64, clicks: Option<&Clicks>) -> Self {
        let (fit, mode) = ReachFit::new(delivery, pool);
        let exponents = powers();
        let mut nodes = Vec::new();
        for [u, v] in square() {
            let [first, below, second] = mode.root;
            let place = [mode.place[0] + first * u, mode.place[1] + below * u + second * v];
            let [people, shape] = place.map(libm::exp);
            let seen = clicks.map(|_| Seen::of(&delivery.shown(), [people, shape], &exponents));
            let log = fit.log_density(place);
            nodes.extend(deviations().map(|(exponent, z)| {
                let told = clicks
                    .zip(seen.as_ref())
                    .map(|(clicks, seen)| clicks.log_likelihood(|day| seen.response(day, exponent)));
                Node { people, shape, exponent, weight: log - 0.5 * z * z + told.unwrap_or_default() }
            }));
        }
        Self::of_logs(nodes)
    }

    /// Turns logarithms of densities into shares, and drops what is too light to matter.
    fn of_logs(mut nodes: Vec<Node>) -> Self {
        let most = nodes.iter().map(|node| node.weight).fold(f64::NEG_INFINITY, f64::max);
        for node in &mut nodes {
            node.weight = libm::exp(node.weight - most);
        }
        let total: f64 = nodes.iter().map(|node| node.weight).sum();
        nodes.retain(|node| node.weight > LIGHTEST * total);
        let kept: f64 = nodes.iter().map(|node| node.weight).sum();
        for node in &mut nodes {
            node.weight /= kept;
        }
        Self { nodes, exponents: powers() }
    }

    /// The impressions per head at which a curve is saturated, given those at the end of day 1 (zero for a fresh pool): `S(F) = 0.7 S(F_1)`, by false position
    /// with the Illinois correction on the logarithms.
    pub(super) fn saturated_at(&self, node: &Node, first: f64) -> f64 {
        let Some(powers) = self.exponents.get(node.exponent) else { return f64::INFINITY };
        let goal = libm::log(SATURATED * response(first, node.shape, powers));
        let over = |log_shown: f64| libm::log(response(libm::exp(log_shown), node.shape, powers)) - goal;
        let mut low = libm::log(first.max(LEAST_SHOWN));
        let mut at_low = over(low);
        let mut high = libm::log(first + 1.0);
        let mut at_high = over(high);
        while at_high > 0.0 {
            (low, at_low) = (high, at_high);
            high += std::f64::consts::LN_2;
            at_high = over(high);
            if high > libm::log(MOST_SHOWN) {
                return f64::INFINITY;
            }
        }
        for _ in 0..SEARCH_STEPS {
            let next = (low * at_high - high * at_low) / (at_high - at_low);
            let found = over(next);
            if (high - low).abs() < NEAR || found.abs() < NEAR * NEAR {
                break;
            }
            if found > 0.0 {
                (low, at_low, at_high) = (next, found, 0.5 * at_high);
            } else {
                (high, at_high, at_low) = (next, found, 0.5 * at_low);
            }
        }
        libm::exp((low * at_high - high * at_low) / (at_high - at_low))
    }

    /// The people of the pool.
    pub(super) fn people(&self, question: &Told) -> Estimate {
        self.summed(question, |node| libm::log(node.people), libm::exp)
    }

    /// The shape of exposure.
    pub(super) fn shape(&self, question: &Told) -> Estimate {
        self.summed(question, |node| libm::log(node.shape), libm::exp)
    }

    /// The exponent of habituation.
    pub(super) fn habituation(&self, question: &Told) -> Estimate {
        let exponent =
            |node: &Node| self.exponents.get(node.exponent).map_or(USUAL_HABITUATION, |powers| powers.habituation);
        self.summed(question, exponent, |value| value.max(0.0))
    }

    /// Mean and normal interval of a number of the nodes, written back from the scale it was averaged on.
    fn summed(&self, question: &Told, of: impl Fn(&Node) -> f64, back: fn(f64) -> f64) -> Estimate {
        let mean: f64 = self.nodes.iter().map(|node| node.weight * of(node)).sum();
        let squares: f64 = self.nodes.iter().map(|node| node.weight * (of(node) - mean) * (of(node) - mean)).sum();
        let reach = normal_quantile(f64::midpoint(1.0, question.level)) * libm::sqrt(squares);
        Estimate {
            value: back(mean),
            low: back(mean - reach),
            high: back(mean + reach),
            level: question.level,
            method: question.method.to_owned(),
            sample_size: question.days,
            warnings: Vec::new(),
        }
    }
}

/// What an estimate is to say about itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) level: f64,
    pub(super) method: &'static str,
    pub(super) days: u64,
}

/// The nodes of pool and shape, in standard deviations.
fn square() -> impl Iterator<Item = [f64; 2]> {
    let side = || (-SIDE..=SIDE).map(|place| f64::from(place) * STEP);
    side().flat_map(move |u| side().map(move |v| [u, v]))
}

/// The nodes of the exponent: their place and their distance from the middle in standard deviations.
fn deviations() -> impl Iterator<Item = (usize, f64)> {
    (-HABITUATION_SIDE..=HABITUATION_SIDE).map(|place| f64::from(place) * HABITUATION_STEP).enumerate()
}

fn powers() -> Vec<Powers> {
    deviations().map(|(_, z)| Powers::new(USUAL_HABITUATION + HABITUATION_SPREAD * z, KEPT)).collect()
}

/// The mean responses of each day seen, for one pool and shape, under every exponent.
struct Seen(Vec<Vec<f64>>);

impl Seen {
    fn of(shown: &[f64], [people, shape]: [f64; 2], exponents: &[Powers]) -> Self {
        let mut before = (0.0, vec![1.0; exponents.len()]);
        let day = |total: &f64| {
            let (start, at_start) = &before;
            let middle = responses(f64::midpoint(*start, *total) / people, shape, exponents);
            let end = responses(total / people, shape, exponents);
            // Simpson's rule over the day.
            let three = at_start.iter().zip(&middle).zip(&end);
            let mean = three.map(|((start, middle), end)| (start + 4.0 * middle + end) / 6.0).collect();
            before = (*total, end);
            mean
        };
        Self(shown.iter().map(day).collect())
    }

    fn response(&self, day: usize, exponent: usize) -> f64 {
        self.0.get(day).and_then(|responses| responses.get(exponent)).copied().unwrap_or(1.0)
    }
}

/// S(F) under several exponents at once.
fn responses(shown: f64, shape: f64, exponents: &[Powers]) -> Vec<f64> {
    let limits = exponents.iter().map(|powers| worn(shown, shape, powers.habituation)).collect::<Option<Vec<_>>>();
    if let Some(limits) = limits {
        return limits;
    }
    let mut sums = vec![0.0; exponents.len()];
    let mut left = 1.0;
    for (n, one) in Counts::before_the_next(shown, shape).enumerate() {
        for (sum, powers) in sums.iter_mut().zip(exponents) {
            *sum += one * powers.at(n);
        }
        left -= one;
        if left < LEFT {
            break;
        }
    }
    sums
}
