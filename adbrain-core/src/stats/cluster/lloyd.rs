//! One descent from given centres, with Hamerly's bounds (Hamerly, "Making k-means even faster", 2010).
//!
//! A row is looked at only where its upper bound of the distance to its own centre is above both its lower bound of the distance to any
//! other and half the gap between its centre and the next. For a row with unknown numbers distances are taken in the space of its known
//! ones: there centres move at most as far as they do in all, so its bounds hold, but centres may lie nearer, so the gap is not used.

use super::kernel::{nearest, squared, squared_known};
use super::points::Points;
use super::seed::Start;

/// The state of a descent.
pub(super) struct Descent<'a> {
    points: &'a Points,
    k: usize,
    pub(super) centres: Vec<f64>,
    pub(super) labels: Vec<u32>,
    upper: Vec<f64>,
    lower: Vec<f64>,
    sums: Vec<f64>,
    /// Weights by centre and column with unknown numbers, else by centre alone.
    totals: Vec<f64>,
}

impl<'a> Descent<'a> {
    pub(super) fn new(points: &'a Points, start: Start) -> Self {
        let Start { centres, labels, mut first, mut second } = start;
        let k = centres.len() / points.stride();
        for bound in first.iter_mut().chain(&mut second) {
            *bound = bound.sqrt();
        }
        let totals = if points.known.is_empty() { k } else { centres.len() };
        let sums = vec![0.0; centres.len()];
        let mut descent =
            Self { points, k, centres, labels, upper: first, lower: second, sums, totals: vec![0.0; totals] };
        descent.sum_up();
        descent
    }

    /// Steps until centres move by no more than `tolerance` (the sum of squares of all their moves) or `most` steps are done; says how
    /// many steps were done.
    pub(super) fn run(&mut self, tolerance: f64, most: u32) -> u32 {
        for step in 0..most {
            let moves = self.move_centres();
            let is_still = moves.iter().map(|shift| shift * shift).sum::<f64>() <= tolerance;
            let changed = self.assign(&moves);
            if is_still || changed == 0 {
                return step + 1;
            }
        }
        most
    }

    /// The sum over rows of weight times squared distance to the mean of their centre's rows: by column, the sum of squares less what the
    /// means explain.
    pub(super) fn inertia(&self) -> f64 {
        let per_column = self.per_column();
        let explained = self.sums.iter().enumerate().map(|(place, sum)| {
            let total = self.totals.get(place / per_column).copied().unwrap_or(0.0);
            if total > 0.0 { sum * sum / total } else { 0.0 }
        });
        (self.points.squares() - explained.sum::<f64>()).max(0.0)
    }

    /// How many columns share one total.
    fn per_column(&self) -> usize {
        if self.points.known.is_empty() { self.points.stride() } else { 1 }
    }

    fn weight(&self, row: usize) -> f64 {
        self.points.weights.get(row).copied().unwrap_or(0.0)
    }

    fn set_label(&mut self, row: usize, label: u32) {
        if let Some(known) = self.labels.get_mut(row) {
            *known = label;
        }
    }

    fn sum_up(&mut self) {
        for row in 0..self.points.rows() {
            let label = self.labels.get(row).copied().unwrap_or(0);
            self.add(row, label, 1.0);
        }
    }

    /// Adds a row to the sums of a centre, or takes it out with the sign -1.
    fn add(&mut self, row: usize, label: u32, sign: f64) {
        let (stride, weight) = (self.points.stride(), sign * self.weight(row));
        let at = label as usize;
        let Some(sums) = self.sums.get_mut(at * stride..(at + 1) * stride) else { return };
        for (sum, value) in sums.iter_mut().zip(self.points.row(row)) {
            *sum += weight * value;
        }
        match self.points.mask(row) {
            None => self.totals.iter_mut().skip(at).take(1).for_each(|total| *total += weight),
            Some(known) => {
                let totals = self.totals.iter_mut().skip(at * stride).zip(known);
                totals.for_each(|(total, known)| *total += weight * known);
            }
        }
    }

    /// Moves each centre to the mean of its rows; one without rows stays. Says how far each moved.
    fn move_centres(&mut self) -> Vec<f64> {
        let stride = self.points.stride();
        let per_column = self.per_column();
        let least = TINY * self.points.weight();
        let mut moves = vec![0.0; self.k];
        let places = self.centres.iter_mut().zip(&self.sums).enumerate();
        for (place, (value, sum)) in places {
            let total = self.totals.get(place / per_column).copied().unwrap_or(0.0);
            let mean = if total > least { sum / total } else { *value };
            if let Some(far) = moves.get_mut(place / stride) {
                *far += (mean - *value) * (mean - *value);
            }
            *value = mean;
        }
        moves.into_iter().map(f64::sqrt).collect()
    }

    /// Gives each row to its nearest centre after the centres have moved; says how many rows changed.
    fn assign(&mut self, moves: &[f64]) -> usize {
        let changes = if self.points.known.is_empty() {
            self.changes(moves, |_, values, centre| squared(values, centre))
        } else {
            let points = self.points;
            self.changes(moves, |row, values, centre| {
                squared_known(values, points.mask(row).unwrap_or_default(), centre)
            })
        };
        for (row, from, to) in &changes {
            self.add(*row, *from, -1.0);
            self.add(*row, *to, 1.0);
            self.set_label(*row, *to);
        }
        changes.len()
    }

    /// The rows that are nearer to another centre now: row, old and new centre.
    #[inline]
    fn changes(&mut self, moves: &[f64], distance: impl Fn(usize, &[f64], &[f64]) -> f64) -> Vec<(usize, u32, u32)> {
        let (gaps, drift) = (self.half_gaps(), Drift::of(moves));
        let (points, stride) = (self.points, self.points.stride());
        let has_gaps = points.known.is_empty();
        let mut changes = Vec::new();
        let states = self.labels.iter().zip(&mut self.upper).zip(&mut self.lower);
        for (row, (values, ((label, upper), lower))) in points.values.chunks_exact(stride).zip(states).enumerate() {
            drift.apply(*label, moves, upper, lower);
            let gap = if has_gaps || points.is_complete(row) { gaps.get(*label as usize).copied() } else { None };
            let limit = gap.unwrap_or(0.0).max(*lower);
            if *upper <= limit {
                continue;
            }
            let own = self.centres.get(*label as usize * stride..).unwrap_or_default();
            *upper = distance(row, values, own).sqrt();
            if *upper <= limit {
                continue;
            }
            let found = nearest(self.centres.chunks_exact(stride).map(|centre| distance(row, values, centre)));
            (*upper, *lower) = (found.first.sqrt(), found.second.sqrt());
            if found.centre != *label {
                changes.push((row, *label, found.centre));
            }
        }
        changes
    }

    /// Half the distance of each centre to the next one.
    fn half_gaps(&self) -> Vec<f64> {
        let stride = self.points.stride();
        let gap = |(at, centre): (usize, &[f64])| {
            let others = self.centres.chunks_exact(stride).enumerate().filter(|(other, _)| *other != at);
            others.map(|(_, other)| squared(centre, other)).fold(f64::INFINITY, f64::min).sqrt() / 2.0
        };
        self.centres.chunks_exact(stride).enumerate().map(gap).collect()
    }
}

/// The centre that moved farthest, how far it moved, and how far any other did at most.
struct Drift {
    farthest: usize,
    most: f64,
    next: f64,
}

impl Drift {
    fn of(moves: &[f64]) -> Self {
        let mut drift = Self { farthest: 0, most: 0.0, next: 0.0 };
        for (centre, far) in moves.iter().enumerate() {
            if *far > drift.most {
                drift = Self { farthest: centre, most: *far, next: drift.most };
            } else if *far > drift.next {
                drift.next = *far;
            }
        }
        drift
    }

    #[inline]
    fn apply(&self, label: u32, moves: &[f64], upper: &mut f64, lower: &mut f64) {
        *upper += moves.get(label as usize).copied().unwrap_or(0.0);
        *lower -= if label as usize == self.farthest { self.next } else { self.most };
    }
}

/// A share of all weight below this is what rounding leaves of a centre whose rows have all left.
const TINY: f64 = 1e-12;
