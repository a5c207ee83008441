//! How many clusters hold: those that come out again when the rows are drawn anew.

use std::collections::BTreeMap;
use std::ops::Range;

use super::agreement::adjusted_rand;
use super::kmeans::{KMeans, KMeansOptions, kmeans};
use super::points::Points;
use super::seed::sample;
use crate::stats::random::Random;
use crate::stats::{Defined, Undefined};

/// So many rows are enough to tell whether clusters come out again.
const SAMPLE: usize = 5_000;
/// Keeps the draws of this method apart from those of others.
const PLACE: u64 = 0x7374_6162_6C65;

/// How far clusters agree with those of one bootstrap draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The adjusted Rand index.
    pub rand: f64,
    /// For each cluster the largest Jaccard index with a cluster of the draw: the share of their rows, by weight, that both have (Hennig,
    /// "Cluster-wise assessment of cluster stability", 2007).
    pub matches: Vec<f64>,
}

/// What is known of one number of clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The number of clusters.
    pub k: usize,
    /// How far the clusters agree with those of each bootstrap draw (adjusted Rand index).
    pub agreements: Vec<f64>,
    /// The weight of the smallest cluster.
    pub smallest: f64,
    /// Bayes' information criterion of the mixture that starts from the clusters.
    pub bic: f64,
}

impl Candidate {
    /// The mean agreement over the bootstrap draws, by the adjusted Rand index (Ben-Hur, Elisseeff and Guyon, 2002; Hubert and Arabie,
    /// 1985): 1 where all agree, near 0 by chance; 1 for one cluster, which always agrees with itself.
    pub fn stability(&self) -> f64 {
        if self.agreements.is_empty() {
            return f64::from(u8::from(self.k == 1));
        }
        self.agreements.iter().sum::<f64>() / self.agreements.len() as f64
    }

    /// The standard error of the mean agreement over the n draws, `sqrt(sum (a - mean)^2 / (n - 1) / n)` (textbook; Fisher, 1925); 0
    /// below two draws. It tells how far more draws would move the mean, not how far other rows would.
    pub fn standard_error(&self) -> f64 {
        let (n, mean) = (self.agreements.len() as f64, self.stability());
        if n < 2.0 {
            return 0.0;
        }
        let squares: f64 = self.agreements.iter().map(|value| (value - mean) * (value - mean)).sum();
        libm::sqrt(squares / (n - 1.0) / n)
    }
}

/// The number of clusters to take: the largest that agrees with itself by at least `bar` on average and whose smallest cluster weighs at
/// least `floor`. Where its mean agreement is within one standard error of the bar, so that chance decides, the one of it and the next
/// smaller that passes with the lower information criterion.
///
/// Agreement under resampling: Ben-Hur, Elisseeff and Guyon, "A stability based method for discovering structure in clustered data",
/// 2002. `None` where none passes.
///
/// Agreement and `bar` are adjusted Rand indices, `floor` is in the unit of the weights. Assumes independent rows. Stable clusters need
/// not be real: a cut through one even cloud can come out again and again.
pub fn choose(candidates: &[Candidate], bar: f64, floor: f64) -> Option<&Candidate> {
    let mut passing: Vec<_> =
        candidates.iter().filter(|candidate| candidate.stability() >= bar && candidate.smallest >= floor).collect();
    passing.sort_by_key(|candidate| candidate.k);
    let largest = passing.pop()?;
    match passing.pop() {
        Some(next) if largest.stability() - largest.standard_error() < bar && next.bic < largest.bic => Some(next),
        _ => Some(largest),
    }
}

/// How far clusters agree with those of bootstrap draws of a range: in each draw every row counts as often as a Poisson number of mean 1
/// says (Chamandy and others, "Estimating uncertainty for massive data streams", 2012), and agreement is taken over all rows by weight.
/// Rows are the units: people of one aggregated row are alike and cannot disagree. With more than 10,000 rows, 5,000 drawn by weight stand
/// for them. Ranges may be shared among threads; joined in order they are the same numbers.
///
/// # Errors
/// As [`kmeans`].
pub fn agreements(
    points: &Points,
    found: &KMeans,
    options: &KMeansOptions,
    draws: Range<u32>,
) -> Defined<Vec<Agreement>> {
    let some = sample(points, SAMPLE, &mut Random::at(options.seed, &[PLACE]));
    let points = some.as_ref().unwrap_or(points);
    let labels = found.predict(points)?;
    let mut agreements = Vec::new();
    for draw in draws {
        agreements.push(agreement(points, (&labels, found.centres.len()), options, draw)?);
    }
    Ok(agreements)
}

fn agreement(points: &Points, (labels, k): (&[u32], usize), options: &KMeansOptions, draw: u32) -> Defined<Agreement> {
    let mut luck = Random::at(options.seed, &[PLACE, k as u64, u64::from(draw)]);
    let weights: Vec<f64> = points.weights().iter().map(|weight| weight * luck.poisson(1.0) as f64).collect();
    match points.with_weights(&weights).and_then(|drawn| kmeans(&drawn, k, options)) {
        Ok(other) => {
            let others = other.predict(points)?;
            let rand = adjusted_rand(labels, &others, Some(points.weights()))?;
            Ok(Agreement { rand, matches: matches(points, labels, &others, k) })
        }
        // Fewer different rows than clusters were drawn: as far from agreement as chance.
        Err(Undefined::NoSpread | Undefined::Input { field: "weights", .. }) => {
            Ok(Agreement { rand: 0.0, matches: vec![0.0; k] })
        }
        Err(other) => Err(other),
    }
}

fn matches(points: &Points, labels: &[u32], others: &[u32], k: usize) -> Vec<f64> {
    let mut both: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let (mut own, mut other) = (BTreeMap::new(), BTreeMap::new());
    for ((a, b), weight) in labels.iter().zip(others).zip(points.weights()) {
        *both.entry((*a, *b)).or_insert(0.0) += weight;
        *own.entry(*a).or_insert(0.0) += weight;
        *other.entry(*b).or_insert(0.0) += weight;
    }
    let mut best = vec![0.0_f64; k];
    for ((a, b), common) in both {
        let all = own.get(&a).copied().unwrap_or(0.0) + other.get(&b).copied().unwrap_or(0.0) - common;
        best.iter_mut().skip(a as usize).take(1).filter(|_| all > 0.0).for_each(|best| *best = best.max(common / all));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clouds(centres: &[f64], rows: usize) -> Points {
        let mut luck = Random::at(31, &[]);
        let values: Vec<f64> = (0..rows * 2).map(|at| centres[(at / 2) % centres.len()] + luck.normal()).collect();
        Points::new(&values, 2, None).unwrap()
    }

    fn candidate(points: &Points, k: usize) -> Candidate {
        let options = KMeansOptions { restarts: 5, ..KMeansOptions::default() };
        let found = kmeans(points, k, &options).unwrap();
        let found_again = agreements(points, &found, &options, 0..10).unwrap();
        assert!(found_again.iter().flat_map(|one| &one.matches).all(|share| (0.0..=1.0).contains(share)));
        let agreements = found_again.iter().map(|one| one.rand).collect();
        let smallest = found.weights(points).into_iter().fold(f64::INFINITY, f64::min);
        Candidate { k, agreements, smallest, bic: 0.0 }
    }

    #[test]
    fn clusters_that_are_there_come_out_again_and_others_do_not() {
        let points = clouds(&[0.0, 10.0, 20.0], 450);
        let candidates: Vec<_> = (2..=5).map(|k| candidate(&points, k)).collect();
        let chosen = choose(&candidates, 0.85, 50.0).unwrap();
        assert_eq!(chosen.k, 3);
        let found = kmeans(&points, 3, &KMeansOptions::default()).unwrap();
        let again = agreements(&points, &found, &KMeansOptions::default(), 0..3).unwrap();
        assert!(again.iter().flat_map(|one| &one.matches).all(|share| *share > 0.99), "{again:?}");
        assert!(chosen.stability() > 0.99 && candidates[3].stability() < 0.85, "{candidates:?}");
    }

    #[test]
    fn a_cluster_below_the_floor_is_not_taken() {
        let points = clouds(&[0.0, 10.0, 20.0], 450);
        let candidates: Vec<_> = (2..=3).map(|k| candidate(&points, k)).collect();
        assert_eq!(choose(&candidates, 0.85, 200.0), None);
        assert_eq!(choose(&[], 0.85, 50.0), None);
    }

    #[test]
    fn where_chance_decides_the_information_criterion_does() {
        let of = |k, agreements: &[f64], bic| Candidate { k, agreements: agreements.to_vec(), smallest: 60.0, bic };
        let (sure, close) = ([0.95, 0.96, 0.95], [0.70, 0.99, 0.88]);
        assert_eq!(choose(&[of(2, &sure, 5.0), of(3, &close, 9.0)], 0.85, 50.0).unwrap().k, 2);
        assert_eq!(choose(&[of(2, &sure, 9.0), of(3, &close, 5.0)], 0.85, 50.0).unwrap().k, 3);
        assert_eq!(choose(&[of(2, &sure, 5.0), of(3, &sure, 9.0)], 0.85, 50.0).unwrap().k, 3);
    }

    #[test]
    fn ranges_of_draws_join_to_the_whole() {
        let points = clouds(&[0.0, 3.0], 200);
        let options = KMeansOptions { restarts: 3, ..KMeansOptions::default() };
        let found = kmeans(&points, 2, &options).unwrap();
        let whole = agreements(&points, &found, &options, 0..6).unwrap();
        let mut joined = agreements(&points, &found, &options, 0..2).unwrap();
        joined.extend(agreements(&points, &found, &options, 2..6).unwrap());
        assert_eq!(whole, joined);
    }
}
