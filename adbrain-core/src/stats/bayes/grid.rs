//! The densities and tails of several posteriors at the nodes of one quadrature.
//!
//! Shares are laid out on the scale t = ln(x / (1 - x)), rates on t = ln x, means on t = x. There every density is smooth and
//! log-concave, also where x^(a - 1) has a pole. Panels follow the narrowest posterior that is alive at each place, so a sharp one
//! beside a broad one costs little. Densities are normalised by their own integral: no gamma function is needed.

use super::posterior::Posterior;
use crate::stats::quadrature::GaussLegendre;
use crate::stats::{Defined, Undefined};

/// Nodes in a panel. With the panels below they interpolate a normal density to 1e-15.
const NODES: usize = 20;
/// A posterior is alive where its density is above exp(-70) of its highest.
const DEPTH: f64 = 70.0;
/// The width of a panel in standard deviations...
const WIDTH: f64 = 2.0;
/// ...and the largest change of the log density within it.
const CHANGE: f64 = 12.0;
/// The scales of shares and rates bend over a distance of about this.
const BEND: f64 = 3.0;
/// Further out than this many units of t from the middle a scale no longer bends.
const BENT: f64 = 35.0;
/// No choice of arms needs more panels.
const MOST_PANELS: usize = 4000;
const MOST_STEPS: u32 = 400;

/// Values at all nodes, panel by panel.
#[derive(Debug)]
pub(super) struct Grid {
    /// The weight of each node, on the scale t.
    pub(super) weights: Vec<f64>,
    /// dx / dt at each node.
    pub(super) stretch: Vec<f64>,
    /// One for each posterior.
    pub(super) arms: Vec<Curve>,
}

/// One posterior at all nodes.
#[derive(Debug)]
pub(super) struct Curve {
    /// Its density on the scale t.
    pub(super) density: Vec<f64>,
    /// Its probability below each node.
    pub(super) below: Vec<f64>,
    /// Its probability above each node.
    pub(super) above: Vec<f64>,
}

/// Where a posterior is alive.
struct Alive {
    arm: Posterior,
    middle: f64,
    from: f64,
    to: f64,
}

impl Grid {
    pub(super) fn of(arms: &[Posterior]) -> Defined<Self> {
        let alive: Vec<Alive> = arms.iter().map(Alive::of).collect::<Defined<_>>()?;
        let panels = panels(&alive)?;
        let rule = GaussLegendre::new(NODES);
        let (places, weights): (Vec<f64>, Vec<f64>) = panels.iter().flat_map(|[from, to]| rule.on(*from, *to)).unzip();
        let partial = rule.partial_weights();
        let stretch = places.iter().map(|place| stretch(arms.first(), *place)).collect();
        let arms = alive.iter().map(|alive| alive.curve(&panels, &places, &partial)).collect::<Defined<_>>()?;
        Ok(Self { weights, stretch, arms })
    }
}

/// dx / dt of the scale that a posterior lies on.
fn stretch(arm: Option<&Posterior>, place: f64) -> f64 {
    match arm {
        Some(Posterior::Beta { .. }) => {
            let tail = libm::exp(-place.abs());
            tail / ((1.0 + tail) * (1.0 + tail))
        }
        Some(Posterior::Gamma { .. }) => libm::exp(place),
        _ => 1.0,
    }
}

impl Alive {
    fn of(arm: &Posterior) -> Defined<Self> {
        let middle = match *arm {
            Posterior::Beta { a, b } => libm::log(a) - libm::log(b),
            Posterior::Gamma { shape, rate } => libm::log(shape) - libm::log(rate),
            Posterior::Normal { mean, .. } => mean,
        };
        let mut alive = Self { arm: *arm, middle, from: middle, to: middle };
        let width = 1.0 / libm::sqrt(alive.curvature(middle));
        alive.from = alive.edge(-width)?;
        alive.to = alive.edge(width)?;
        Ok(alive)
    }

    /// The log of the density over its highest value.
    fn height(&self, place: f64) -> f64 {
        let u = place - self.middle;
        match self.arm {
            Posterior::Beta { a, b } if u > 0.0 => -b * u - (a + b) * libm::log1p(b / (a + b) * libm::expm1(-u)),
            Posterior::Beta { a, b } => a * u - (a + b) * libm::log1p(a / (a + b) * libm::expm1(u)),
            Posterior::Gamma { shape, .. } => shape * (u - libm::expm1(u)),
            Posterior::Normal { sd, .. } => -0.5 * (u / sd) * (u / sd),
        }
    }

    /// Minus the second derivative of the height.
    fn curvature(&self, place: f64) -> f64 {
        match self.arm {
            Posterior::Beta { a, b } => (a + b) * stretch(Some(&self.arm), place),
            Posterior::Gamma { shape, .. } => shape * libm::exp(place - self.middle),
            Posterior::Normal { sd, .. } => 1.0 / (sd * sd),
        }
    }

    /// The largest curvature within a panel: at its ends, or for shares in the middle of the scale.
    fn largest_curvature(&self, from: f64, to: f64) -> f64 {
        let ends = self.curvature(from).max(self.curvature(to));
        if from < 0.0 && to > 0.0 && matches!(self.arm, Posterior::Beta { .. }) { self.curvature(0.0) } else { ends }
    }

    /// The place on one side where the density has fallen by [`DEPTH`], to a percent.
    fn edge(&self, width: f64) -> Defined<f64> {
        let (mut near, mut far) = (0.0, width);
        let mut found = false;
        for _ in 0..MOST_STEPS {
            found = self.height(self.middle + far) < -DEPTH;
            if found {
                break;
            }
            (near, far) = (far, 2.0 * far);
        }
        if !found {
            return Err(Undefined::NotConverged);
        }
        for _ in 0..7 {
            let half = f64::midpoint(near, far);
            if self.height(self.middle + half) < -DEPTH { far = half } else { near = half }
        }
        Ok(self.middle + far)
    }

    /// How wide a panel may be that starts here.
    fn panel(&self, from: f64) -> f64 {
        if from >= self.to {
            return f64::INFINITY;
        }
        if from < self.from {
            // What lies beyond its edge weighs nothing, however the panel fits it.
            return self.from - from + self.panel(self.from);
        }
        let mut width = (WIDTH / libm::sqrt(self.curvature(from).max(f64::MIN_POSITIVE))).min(self.to - from);
        for _ in 0..MOST_STEPS {
            let bend = width * width * self.largest_curvature(from, from + width);
            let change = (self.height(from + width) - self.height(from)).abs();
            if bend <= 1.01 * WIDTH * WIDTH && change <= CHANGE {
                break;
            }
            width *= 0.8;
        }
        width
    }

    fn is_alive(&self, [from, to]: [f64; 2]) -> bool {
        to > self.from && from < self.to
    }

    fn curve(&self, panels: &[[f64; 2]], places: &[f64], partial: &[Vec<f64>]) -> Defined<Curve> {
        let mut density = vec![0.0; places.len()];
        for ((panel, places), density) in panels.iter().zip(places.chunks(NODES)).zip(density.chunks_mut(NODES)) {
            if self.is_alive(*panel) {
                for (place, density) in places.iter().zip(density) {
                    *density = libm::exp(self.height(*place));
                }
            }
        }
        let below = tails(panels, &density, partial);
        density.reverse();
        let turned: Vec<[f64; 2]> = panels.iter().rev().copied().collect();
        let mut above = tails(&turned, &density, partial);
        density.reverse();
        above.reverse();
        let total = match (below.last(), above.last()) {
            (Some(below), Some(above)) => below + above,
            _ => 0.0,
        };
        if !(total > 0.0 && total.is_finite()) {
            return Err(Undefined::NotConverged);
        }
        let share = |values: Vec<f64>| values.into_iter().map(|value| (value / total).clamp(0.0, 1.0)).collect();
        Ok(Curve {
            density: density.iter().map(|value| value / total).collect(),
            below: share(below),
            above: share(above),
        })
    }
}

/// The integral up to each node, in the order of the panels.
fn tails(panels: &[[f64; 2]], density: &[f64], partial: &[Vec<f64>]) -> Vec<f64> {
    let mut before = 0.0;
    let mut found = Vec::with_capacity(density.len());
    let whole = GaussLegendre::new(NODES).weights;
    let dot =
        |row: &[f64], values: &[f64]| -> f64 { row.iter().zip(values).map(|(weight, value)| weight * value).sum() };
    for ([from, to], values) in panels.iter().zip(density.chunks(NODES)) {
        if values.iter().all(|value| *value <= 0.0) {
            found.extend(values.iter().map(|_| before));
            continue;
        }
        let half = 0.5 * (to - from);
        found.extend(partial.iter().map(|row| before + half * dot(row, values)));
        before += half * dot(&whole, values);
    }
    found
}

/// Panels from where the first posterior comes alive to where the last one ends.
fn panels(alive: &[Alive]) -> Defined<Vec<[f64; 2]>> {
    let start = alive.iter().map(|alive| alive.from).fold(f64::INFINITY, f64::min);
    let end = alive.iter().map(|alive| alive.to).fold(f64::NEG_INFINITY, f64::max);
    let (mut from, mut found) = (start, Vec::new());
    while from < end {
        let widest = bend(alive.first(), from, end).min(end - from);
        let width = alive.iter().map(|alive| alive.panel(from)).fold(widest, f64::min);
        let to = if from + width * 1.0001 >= end { end } else { from + width };
        if to <= from || found.len() >= MOST_PANELS {
            return Err(Undefined::NotConverged);
        }
        found.push([from, to]);
        from = to;
    }
    Ok(found)
}

/// How wide a panel may be because of its scale.
fn bend(alive: Option<&Alive>, from: f64, end: f64) -> f64 {
    let [start, stop] = match alive.map(|alive| alive.arm) {
        Some(Posterior::Beta { .. }) => [-BENT, BENT],
        Some(Posterior::Gamma { .. }) => [end - BENT, f64::INFINITY],
        _ => return f64::INFINITY,
    };
    if from < start {
        return start - from;
    }
    if from < stop { BEND } else { f64::INFINITY }
}
