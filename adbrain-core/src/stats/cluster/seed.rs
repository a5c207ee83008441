//! Where to start: k-means++ (Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", 2007).

use super::kernel::{squared, squared_known};
use super::points::Points;
use crate::stats::random::Random;

/// Rows drawn in proportion to their weight, at even distances on the line of all weights from a random start; `None` where all rows are
/// few enough.
pub(super) fn sample(points: &Points, size: usize, luck: &mut Random) -> Option<Points> {
    if points.rows() <= 2 * size {
        return None;
    }
    let step = points.weight() / size as f64;
    let (mut next, mut sum) = (luck.uniform() * step, 0.0);
    let mut rows = Vec::with_capacity(size);
    for (row, weight) in points.weights().iter().enumerate() {
        sum += weight;
        while next < sum {
            rows.push(row);
            next += step;
        }
    }
    Some(points.rows_at(&rows))
}

/// Draws `k` rows as centres: the first by weight, each other one by weight times squared distance to the nearest centre so far, and of
/// 2 + ln k such candidates the one that leaves least (the greedy form, section 7 of the paper).
pub(super) fn draw(points: &Points, k: usize, luck: &mut Random) -> Start {
    let mut start = Start::empty(points.rows(), k * points.stride());
    start.add(points, points.row(pick(points.weights().iter().copied(), luck)), 0);
    let candidates = 2 + k.ilog2() * 7 / 10; // ln 2 is about 0.7
    for centre in 1..u32::try_from(k).unwrap_or(u32::MAX) {
        let tried = (0..candidates).map(|_| {
            let chosen = pick(points.weights().iter().zip(&start.first).map(|(weight, far)| weight * far), luck);
            (start.left_by(points, chosen), chosen)
        });
        let best = tried.reduce(|best, other| if other.0 < best.0 { other } else { best });
        start.add(points, points.row(best.map_or(0, |(_, chosen)| chosen)), centre);
    }
    start
}

/// Centres and what the search for them learnt: per row the nearest centre and the squared distances to the nearest and to the second
/// nearest.
pub(super) struct Start {
    pub(super) centres: Vec<f64>,
    pub(super) labels: Vec<u32>,
    pub(super) first: Vec<f64>,
    pub(super) second: Vec<f64>,
}

impl Start {
    /// Starts from given centres.
    pub(super) fn given(points: &Points, centres: &[f64]) -> Self {
        let mut start = Self::empty(points.rows(), centres.len());
        for (centre, values) in (0..).zip(centres.chunks_exact(points.stride())) {
            start.add(points, values, centre);
        }
        start
    }

    fn empty(rows: usize, size: usize) -> Self {
        let far = vec![f64::INFINITY; rows];
        Self { centres: Vec::with_capacity(size), labels: vec![0; rows], first: far.clone(), second: far }
    }

    fn add(&mut self, points: &Points, values: &[f64], centre: u32) {
        let bounds = self.labels.iter_mut().zip(&mut self.first).zip(&mut self.second);
        for (distance, ((label, first), second)) in distances(points, values).zip(bounds) {
            let is_nearer = distance < *first;
            let larger = if is_nearer { *first } else { distance };
            *second = if larger < *second { larger } else { *second };
            *label = if is_nearer { centre } else { *label };
            *first = if is_nearer { distance } else { *first };
        }
        self.centres.extend_from_slice(values);
    }

    /// The sum of weight times squared distance to the nearest centre if a row became one.
    fn left_by(&self, points: &Points, row: usize) -> f64 {
        let terms = distances(points, points.row(row)).zip(&self.first).zip(points.weights());
        terms.map(|((distance, first), weight)| weight * if distance < *first { distance } else { *first }).sum()
    }
}

/// The squared distance of each row to a centre.
#[inline]
fn distances<'a>(points: &'a Points, centre: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    points.values.chunks_exact(points.stride()).enumerate().map(move |(at, row)| match points.mask(at) {
        None => squared(row, centre),
        Some(known) => squared_known(row, known, centre),
    })
}

/// Draws a place in proportion to its mass; the place of the largest index that has mass where rounding leaves a rest, the first place
/// where nothing has mass.
fn pick(masses: impl Iterator<Item = f64> + Clone, luck: &mut Random) -> usize {
    let mut left = luck.uniform() * masses.clone().sum::<f64>();
    let mut last = 0;
    for (place, mass) in masses.enumerate().filter(|(_, mass)| *mass > 0.0) {
        last = place;
        left -= mass;
        if left < 0.0 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_in_proportion_to_their_mass() {
        let masses = [0.0, 1.0, 0.0, 3.0, 0.0];
        let mut counts = [0; 5];
        for place in 0..4000 {
            counts[pick(masses.iter().copied(), &mut Random::at(1, &[place]))] += 1;
        }
        assert_eq!(counts[0] + counts[2] + counts[4], 0);
        assert!((counts[3] - 3000_i32).abs() < 110, "{counts:?}");
        assert_eq!(pick([0.0, 0.0].into_iter(), &mut Random::at(1, &[])), 0);
    }

    #[test]
    fn centres_lie_apart_and_the_nearest_two_are_known() {
        let points = Points::new(&[0.0, 0.1, 10.0, 10.1, 20.0, 20.1], 1, None).unwrap();
        let start = draw(&points, 3, &mut Random::at(4, &[]));
        let mut tens: Vec<f64> =
            start.centres.chunks(4).map(|centre| ((centre[0] + points.shifts[0]) / 10.0).round()).collect();
        tens.sort_by(f64::total_cmp);
        assert_eq!(tens, [0.0, 1.0, 2.0]);
        assert!(start.first.iter().all(|first| *first < 0.02) && start.second.iter().all(|second| *second > 90.0));
    }
}
