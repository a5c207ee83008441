//! Clusters of any shape by how densely rows lie, with noise: HDBSCAN, by the crate of that name.

use super::points::Points;
use crate::error::{Error, ErrorKind, Result};

/// Every row is compared with every other one, so that time grows with the square of the rows: an assumption of what is still bearable.
const MOST_ROWS: usize = 20_000;

/// HDBSCAN: clusters of at least `least_rows` rows that lie denser than what is around them, of any shape and as many as there are;
/// `None` for a row that belongs to none. Clusters are numbered from 0, the largest first, of equals the one whose first row comes first.
///
/// A row's core distance is that to its `least_rows`-th nearest row, itself among them; clusters are those of the single-linkage tree over
/// mutual reachability that live longest (Campello, Moulavi and Sander, "Density-based clustering based on hierarchical density estimates",
/// 2013). It needs no number of clusters, but columns on one scale, complete rows, and weights of 1; of rows at the same distance the first
/// is taken first, so another order may part ties otherwise. It misleads where groups differ by their centres alone and overlap: then all
/// are one cluster, or noise.
///
/// ```
/// use adbrain_core::stats::cluster::{Points, hdbscan};
/// let points = Points::new(&[0.0, 0.1, 0.2, 5.0, 5.1, 5.2, 5.3, 60.0], 1, None)?;
/// match hdbscan(&points, 3) {
///     Ok(labels) => assert_eq!(labels, [Some(1), Some(1), Some(1), Some(0), Some(0), Some(0), Some(0), None]),
///     Err(error) => assert_eq!(error.kind(), adbrain_core::ErrorKind::Unsupported), // built without the feature
/// }
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for `least_rows` below two or above the number of rows, more than 20,000 rows, a row with an unknown
/// number, or a weight other than 1; [`ErrorKind::Unsupported`] in a build without the feature `hdbscan`. No rows and infinite numbers
/// are refused by [`Points::new`] before; asked by name (`numbers::call`), both are an error of kind [`ErrorKind::NotEnoughData`], not an
/// `undefined` result.
pub fn hdbscan(points: &Points, least_rows: usize) -> Result<Vec<Option<u32>>> {
    check(points, least_rows)?;
    let mut row = vec![0.0; points.width()];
    let rows: Vec<Vec<f64>> = (0..points.rows())
        .map(|at| {
            points.copy_row(at, &mut row);
            row.clone()
        })
        .collect();
    Ok(renumbered(&labels_of(&rows, least_rows)?))
}

fn check(points: &Points, least_rows: usize) -> Result<()> {
    if least_rows < 2 || least_rows > points.rows() {
        return Err(
            Error::invalid("least_rows", format!("is {least_rows}")).next(format!("give 2 to {}", points.rows()))
        );
    }
    if points.rows() > MOST_ROWS {
        let problem = format!("are {}, more than the {MOST_ROWS} of which each is compared with each", points.rows());
        return Err(Error::invalid("rows", problem).next("draw some of them"));
    }
    if let Some(at) = (0..points.rows()).find(|at| !points.is_complete(*at)) {
        return Err(
            Error::invalid(&format!("rows[{at}]"), "has an unknown number").next("leave the row or its column out")
        );
    }
    let is_one = |weight: &f64| (weight - 1.0).abs() < 1e-12;
    match points.weights().iter().position(|weight| !is_one(weight)) {
        Some(at) => Err(Error::invalid(&format!("weights[{at}]"), "is not 1, and density counts rows")
            .next("give each row the weight 1")),
        None => Ok(()),
    }
}

/// The crate's labels: -1 is noise.
#[cfg(feature = "hdbscan")]
fn labels_of(rows: &[Vec<f64>], least_rows: usize) -> Result<Vec<i32>> {
    use ::hdbscan::{Hdbscan, HdbscanHyperParams};
    let settings = HdbscanHyperParams::builder().min_cluster_size(least_rows).min_samples(least_rows).build();
    let failed = |error| Error::new(ErrorKind::Internal, "HDBSCAN ended early").caused_by(error);
    Hdbscan::new(rows, settings).cluster().map_err(failed)
}

#[cfg(not(feature = "hdbscan"))]
fn labels_of(_rows: &[Vec<f64>], _least_rows: usize) -> Result<Vec<i32>> {
    Err(Error::new(ErrorKind::Unsupported, "this build has no HDBSCAN")
        .next("build adbrain-core with its feature hdbscan"))
}

/// The largest cluster first; of equals the one whose first row comes first.
fn renumbered(labels: &[i32]) -> Vec<Option<u32>> {
    let mut clusters: Vec<(i32, usize)> = Vec::new();
    for label in labels.iter().filter(|label| **label >= 0) {
        match clusters.iter_mut().find(|(known, _)| known == label) {
            Some((_, rows)) => *rows += 1,
            None => clusters.push((*label, 1)),
        }
    }
    clusters.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let place = |label: &i32| clusters.iter().position(|(known, _)| known == label);
    labels.iter().map(|label| place(label).and_then(|place| u32::try_from(place).ok())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_by_size_and_noise_has_no_number() {
        let labels = renumbered(&[3, 3, -1, 0, 0, 0, 1, 1]);
        assert_eq!(labels, [Some(1), Some(1), None, Some(0), Some(0), Some(0), Some(2), Some(2)]);
    }

    #[test]
    fn what_density_cannot_count_is_refused_with_its_place() {
        let said = |values: &[f64], width, weights: Option<&[f64]>, least| {
            hdbscan(&Points::new(values, width, weights).unwrap(), least).unwrap_err().to_string()
        };
        assert!(said(&[1.0, 2.0], 1, None, 1).starts_with("least_rows"));
        assert!(said(&[1.0, 2.0], 1, None, 3).starts_with("least_rows"));
        assert!(said(&[1.0, 2.0, 3.0, f64::NAN], 2, None, 2).starts_with("rows[1]: has an unknown number"));
        assert!(said(&[1.0, 2.0], 1, Some(&[1.0, 2.0]), 2).starts_with("weights[1]: is not 1"));
        assert!(said(&vec![0.5; 20_001], 1, None, 2).starts_with("rows: are 20001"));
    }

    #[cfg(not(feature = "hdbscan"))]
    #[test]
    fn a_build_without_the_crate_says_so() {
        let error = hdbscan(&Points::new(&[1.0, 2.0], 1, None).unwrap(), 2).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("feature hdbscan"), "{error}");
    }

    #[cfg(feature = "hdbscan")]
    #[test]
    fn rings_around_each_other_are_two_clusters_where_k_means_cuts_them() {
        use crate::stats::cluster::{KMeansOptions, kmeans};
        let ring = |count: u32, radius: f64| {
            (0..count).flat_map(move |at| {
                let angle = f64::from(at) / f64::from(count) * std::f64::consts::TAU;
                [radius * libm::cos(angle), radius * libm::sin(angle)]
            })
        };
        let values: Vec<f64> = ring(60, 1.0).chain(ring(200, 5.0)).chain([20.0, 20.0]).collect();
        let points = Points::new(&values, 2, None).unwrap();
        let wanted: Vec<Option<u32>> = [vec![Some(1); 60], vec![Some(0); 200], vec![None]].concat();
        assert_eq!(hdbscan(&points, 5).unwrap(), wanted);
        let cut = kmeans(&points, 2, &KMeansOptions::default()).unwrap().labels;
        assert!(cut[60..260].iter().any(|label| *label != cut[60]));
        // Rows that are all the same are as dense as can be, and no error.
        assert!(hdbscan(&Points::new(&[2.0; 30], 1, None).unwrap(), 5).is_ok());
    }
}
