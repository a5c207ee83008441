//! Weighted k-means with restarts.

use std::ops::Range;

use super::kernel::{nearest, squared, squared_known};
use super::lloyd::Descent;
use super::points::Points;
use super::seed::{Start, draw, sample};
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// How to search.
///
/// ```
/// use adbrain_core::stats::cluster::KMeansOptions;
/// assert_eq!(KMeansOptions::default(), KMeansOptions { restarts: 10, steps: 300, tolerance: 1e-4, seed: 0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KMeansOptions {
    /// How many starts; the best end counts.
    pub restarts: u32,
    /// The most steps of one descent.
    pub steps: u32,
    /// A descent ends where the squared moves of all centres add up to this share of the mean variance of the columns.
    pub tolerance: f64,
    /// The same seed gives the same clusters on every machine.
    pub seed: u64,
}

impl Default for KMeansOptions {
    fn default() -> Self {
        Self { restarts: 10, steps: 300, tolerance: 1e-4, seed: 0 }
    }
}

/// Clusters of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    /// One centre per cluster, as long as a row.
    pub centres: Vec<Vec<f64>>,
    /// The cluster of each row.
    pub labels: Vec<u32>,
    /// The sum over rows of weight times squared distance to the own centre.
    pub inertia: f64,
    /// The start that it came from, counted from 0.
    pub restart: u32,
    /// How many steps its descent took.
    pub steps: u32,
}

/// Weighted k-means: the best of `options.restarts` descents from k-means++ starts, by inertia, the first of equals.
///
/// It minimises the sum over rows of weight times squared distance to the own centre (Lloyd, "Least squares quantization in PCM", 1982),
/// with distances over known numbers alone. It assumes round clusters of like width; columns must be on one scale. With more than 20,000
/// rows each start is first refined on 10,000 of them, drawn by weight (Bradley and Fayyad, "Refining initial points for k-means
/// clustering", 1998).
///
/// Centres are in the units of the columns. It always finds k clusters, also where there are none, and misleads on long or unequal ones.
///
/// ```
/// use adbrain_core::stats::cluster::{KMeansOptions, Points, kmeans};
/// let points = Points::new(&[0.0, 0.2, 5.0, 5.2], 1, Some(&[1.0, 3.0, 1.0, 1.0]))?;
/// let found = kmeans(&points, 2, &KMeansOptions::default())?;
/// assert_eq!(found.labels[0], found.labels[1]);
/// assert!((found.centres[found.labels[0] as usize][0] - 0.15).abs() < 1e-12);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Input`] for no cluster, more clusters than rows, no restart or no step; [`Undefined::NoSpread`] where fewer rows differ
/// than clusters are asked for.
pub fn kmeans(points: &Points, k: usize, options: &KMeansOptions) -> Defined<KMeans> {
    kmeans_restarts(points, k, options, 0..options.restarts).map(|found| settled(points, &found, options))
}

/// The best of the descents of a range of starts, before its last polish (Lloyd, 1982; starts by k-means++, Arthur and Vassilvitskii,
/// 2007). Ranges may be shared among threads: the least by [`KMeans::inertia`] and then by [`KMeans::restart`] is what [`kmeans`]
/// polishes; its formula and assumptions stand there.
///
/// # Errors
/// As [`kmeans`].
pub fn kmeans_restarts(points: &Points, k: usize, options: &KMeansOptions, restarts: Range<u32>) -> Defined<KMeans> {
    check(points, k, options)?;
    let descents = restarts.map(|restart| {
        let mut luck = Random::at(options.seed, &[PLACE, k as u64, u64::from(restart)]);
        descend(points, start(points, k, options, &mut luck), options, restart)
    });
    let best = descents.reduce(|best, other| if other.inertia < best.inertia { other } else { best });
    let best = best.ok_or(Undefined::Input { field: "restarts", problem: "must be at least 1" })?;
    if has_empty(&best) { Err(Undefined::NoSpread) } else { Ok(best) }
}

/// The descent from given centres, to its end: rows go to the nearest centre, centres to the weighted mean of their rows, until nothing
/// changes or `options.steps` are done (Lloyd, 1982). Centres are in the units of the columns. It ends at a local least of the inertia,
/// which depends on the start.
///
/// # Errors
/// As [`kmeans`]; [`Undefined::Input`] for centres of another width.
pub fn kmeans_from(points: &Points, centres: &[Vec<f64>], options: &KMeansOptions) -> Defined<KMeans> {
    check(points, centres.len(), options)?;
    if centres.iter().any(|centre| centre.len() != points.width() || centre.iter().any(|value| !value.is_finite())) {
        return Err(Undefined::Input { field: "centres", problem: "must be finite and as wide as the rows" });
    }
    let inside: Vec<f64> = centres.iter().flat_map(|centre| points.inward(centre)).collect();
    Ok(descend(points, Start::given(points, &inside), &KMeansOptions { tolerance: 0.0, ..*options }, 0))
}

/// Runs the best descent on until no row changes, at most `options.steps` further steps (Lloyd, 1982). `found` must come from the same
/// points.
pub fn settled(points: &Points, found: &KMeans, options: &KMeansOptions) -> KMeans {
    let inside: Vec<f64> = found.centres.iter().flat_map(|centre| points.inward(centre)).collect();
    let last =
        descend(points, Start::given(points, &inside), &KMeansOptions { tolerance: 0.0, ..*options }, found.restart);
    KMeans { steps: found.steps + last.steps, ..last }
}

/// So many rows say where to start; more change a start little and cost as much as steps of the descent.
const SAMPLE: usize = 10_000;
/// Keeps the draws of this method apart from those of others.
const PLACE: u64 = 0x006B_6D65_616E;

fn check(points: &Points, k: usize, options: &KMeansOptions) -> Defined<()> {
    let input = |field, problem| Err(Undefined::Input { field, problem });
    if k == 0 || k > points.rows() {
        return input("k", "must be between 1 and the number of rows");
    }
    if options.restarts == 0 {
        return input("restarts", "must be at least 1");
    }
    if options.steps == 0 {
        return input("steps", "must be at least 1");
    }
    if options.tolerance.is_nan() || options.tolerance < 0.0 {
        return input("tolerance", "must not be negative");
    }
    Ok(())
}

fn start(points: &Points, k: usize, options: &KMeansOptions, luck: &mut Random) -> Start {
    let Some(some) = sample(points, SAMPLE, luck) else { return draw(points, k, luck) };
    let mut descent = Descent::new(&some, draw(&some, k, luck));
    descent.run(options.tolerance * some.mean_variance(), options.steps);
    Start::given(points, &descent.centres)
}

fn descend(points: &Points, start: Start, options: &KMeansOptions, restart: u32) -> KMeans {
    let mut descent = Descent::new(points, start);
    let steps = descent.run(options.tolerance * points.mean_variance(), options.steps);
    let inertia = descent.inertia();
    let centres = descent.centres.chunks_exact(points.stride()).map(|centre| points.outward(centre)).collect();
    KMeans { centres, labels: descent.labels, inertia, restart, steps }
}

fn has_empty(found: &KMeans) -> bool {
    let mut is_used = vec![false; found.centres.len()];
    found
        .labels
        .iter()
        .for_each(|label| is_used.iter_mut().skip(*label as usize).take(1).for_each(|used| *used = true));
    is_used.contains(&false)
}

impl KMeans {
    /// The nearest centre of each row of other points, by squared distance over known numbers, the first of equals (Lloyd, 1982). A row
    /// far from all centres gets one too.
    ///
    /// # Errors
    /// [`Undefined::Input`] for points of another width.
    pub fn predict(&self, points: &Points) -> Defined<Vec<u32>> {
        if self.centres.iter().any(|centre| centre.len() != points.width()) {
            return Err(Undefined::Input { field: "points", problem: "must be as wide as the centres" });
        }
        let centres: Vec<Vec<f64>> = self.centres.iter().map(|centre| points.inward(centre)).collect();
        let label = |row: usize| {
            let values = points.row(row);
            let distances = centres.iter().map(|centre| match points.mask(row) {
                None => squared(values, centre),
                Some(known) => squared_known(values, known, centre),
            });
            nearest(distances).centre
        };
        Ok((0..points.rows()).map(label).collect())
    }

    /// The summed weight of each cluster.
    pub fn weights(&self, points: &Points) -> Vec<f64> {
        let mut weights = vec![0.0; self.centres.len()];
        for (label, weight) in self.labels.iter().zip(points.weights()) {
            weights.iter_mut().skip(*label as usize).take(1).for_each(|sum| *sum += weight);
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three clouds of numbers around 0, 6 and 12 in each column, one in eight of them unknown where asked for.
    fn clouds(rows: usize, width: usize, has_unknown: bool) -> Vec<f64> {
        let mut luck = Random::at(11, &[rows as u64, width as u64]);
        let value = |at: usize| {
            let value = 6.0 * ((at / width) % 3) as f64 + 1.5 * luck.normal();
            if has_unknown && !at.is_multiple_of(width) && luck.uniform() < 0.125 { f64::NAN } else { value }
        };
        (0..rows * width).map(value).collect()
    }

    /// The same sum of squares by the plainest means.
    fn inertia_of(values: &[f64], width: usize, weights: &[f64], found: &KMeans) -> f64 {
        let rows = values.chunks(width).zip(weights).zip(&found.labels);
        rows.map(|((row, weight), label)| {
            let centre = &found.centres[*label as usize];
            weight * row.iter().zip(centre).filter(|(x, _)| !x.is_nan()).map(|(x, c)| (x - c) * (x - c)).sum::<f64>()
        })
        .sum()
    }

    #[test]
    fn every_row_lies_with_its_nearest_centre_and_every_centre_is_the_mean_of_its_rows() {
        for has_unknown in [false, true] {
            let (width, values) = (5, clouds(900, 5, has_unknown));
            let weights: Vec<f64> = (0..900).map(|row| 0.5 + f64::from(row % 4)).collect();
            let points = Points::new(&values, width, Some(&weights)).unwrap();
            let found = kmeans(&points, 4, &KMeansOptions::default()).unwrap();
            assert_eq!(found.predict(&points).unwrap(), found.labels);
            assert!((found.inertia / inertia_of(&values, width, &weights, &found) - 1.0).abs() < 1e-9);
            for (cluster, centre) in found.centres.iter().enumerate() {
                for (column, middle) in centre.iter().enumerate() {
                    let rows = (0..900).filter(|row| found.labels[*row] as usize == cluster);
                    let known = rows.filter(|row| !values[row * width + column].is_nan());
                    let (weight, sum) = known.fold((0.0, 0.0), |(weight, sum), row| {
                        (weight + weights[row], sum + weights[row] * values[row * width + column])
                    });
                    assert!((sum / weight - middle).abs() < 1e-9, "{has_unknown} {cluster} {column}");
                }
            }
        }
    }

    #[test]
    fn bounds_skip_rows_and_change_nothing() {
        let values = clouds(600, 3, true);
        let points = Points::new(&values, 3, None).unwrap();
        let (mut luck, options) = (Random::at(5, &[]), KMeansOptions { tolerance: 0.0, ..KMeansOptions::default() });
        let mut plain = draw(&points, 5, &mut luck.clone());
        let found = descend(&points, draw(&points, 5, &mut luck), &options, 0);
        for _ in 0..found.steps {
            let mut descent = Descent::new(&points, plain);
            descent.run(0.0, 1);
            plain = Start::given(&points, &descent.centres);
        }
        assert_eq!(plain.labels, found.labels);
    }

    #[test]
    fn a_weight_of_two_is_the_same_row_twice_and_a_weight_of_zero_is_no_row() {
        let values = clouds(60, 2, false);
        let doubled: Vec<f64> = values.iter().chain(&values[..40]).copied().collect();
        let mut heavier = vec![2.0; 20];
        heavier.resize(60, 1.0);
        heavier.push(0.0);
        let ghost: Vec<f64> = values.iter().copied().chain([99.0, -99.0]).collect();
        let twice = kmeans(&Points::new(&doubled, 2, None).unwrap(), 3, &KMeansOptions::default()).unwrap();
        let once = kmeans(&Points::new(&ghost, 2, Some(&heavier)).unwrap(), 3, &KMeansOptions::default()).unwrap();
        assert!((twice.inertia - once.inertia).abs() < 1e-9, "{} {}", twice.inertia, once.inertia);
    }

    #[test]
    fn ranges_of_starts_join_to_the_whole_search() {
        let points = Points::new(&clouds(300, 4, false), 4, None).unwrap();
        let options = KMeansOptions::default();
        let halves = [0..3, 3..10].map(|range| kmeans_restarts(&points, 6, &options, range).unwrap());
        let [first, second] = halves;
        let best = if second.inertia < first.inertia { second } else { first };
        assert_eq!(settled(&points, &best, &options), kmeans(&points, 6, &options).unwrap());
    }

    #[test]
    fn many_rows_find_the_same_clusters_as_few() {
        let values = clouds(30_000, 2, false);
        let found = kmeans(&Points::new(&values, 2, None).unwrap(), 3, &KMeansOptions::default()).unwrap();
        let mut middles: Vec<f64> = found.centres.iter().map(|centre| centre[0]).collect();
        middles.sort_by(f64::total_cmp);
        for (middle, wanted) in middles.iter().zip([0.0, 6.0, 12.0]) {
            assert!((middle - wanted).abs() < 0.1, "{middles:?}");
        }
        assert!(inertia_of(&values, 2, &vec![1.0; 30_000], &found) <= found.inertia * (1.0 + 1e-12));
    }

    #[test]
    fn what_cannot_be_asked_for_is_named() {
        let points = Points::new(&[1.0, 1.0, 1.0, 2.0], 1, None).unwrap();
        let field = |k, options: &KMeansOptions| kmeans(&points, k, options).unwrap_err();
        let usual = KMeansOptions::default();
        assert!(matches!(field(0, &usual), Undefined::Input { field: "k", .. }));
        assert!(matches!(field(5, &usual), Undefined::Input { field: "k", .. }));
        assert!(matches!(
            field(1, &KMeansOptions { restarts: 0, ..usual }),
            Undefined::Input { field: "restarts", .. }
        ));
        assert!(matches!(field(1, &KMeansOptions { steps: 0, ..usual }), Undefined::Input { field: "steps", .. }));
        assert!(matches!(field(1, &KMeansOptions { tolerance: f64::NAN, ..usual }), Undefined::Input { .. }));
        assert_eq!(field(3, &usual), Undefined::NoSpread);
        let wide = kmeans_from(&points, &[vec![1.0, 2.0]], &usual).unwrap_err();
        assert!(matches!(wide, Undefined::Input { field: "centres", .. }));
    }
}
