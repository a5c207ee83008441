//! Clusters for personas on one thread: 100,000 rows of 12 columns from six overlapping normals. Writes the rows to a file for the peers and
//! prints one JSON object.
//!
//! Usage: `persona ROWS`.

use std::error::Error;
use std::fs;
use std::hint::black_box;

use adbrain_benches::cpu_time;
use adbrain_core::stats::cluster::{
    Candidate, KMeansOptions, MixtureOptions, Points, adjusted_rand, agreements, choose, kmeans, mixture,
};
use adbrain_core::stats::random::Random;
use serde_json::json;

const ROWS: usize = 100_000;
const WIDTH: usize = 12;
/// The share of each normal; the smallest is 5 %.
const SHARES: [f64; 6] = [0.30, 0.25, 0.18, 0.12, 0.10, 0.05];
/// The deviation of the middles; with deviations from 0.8 to 1.4 inside, the clusters agree with the normals by 0.999.
const APART: f64 = 2.2;
/// The best round counts: other work on the machine can only add time.
const ROUNDS: u32 = 3;
/// A mixture is followed to the peer's tolerance.
const TOLERANCE: f64 = 1e-3;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: persona ROWS")?;
    let (values, truth) = rows();
    fs::write(path, values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())?;
    let points = Points::new(&values, WIDTH, None)?;
    let options = KMeansOptions::default();
    let (found, kmeans_ms) = best(|| kmeans(&points, SHARES.len(), &options))?;
    let mixing = MixtureOptions { tolerance: TOLERANCE, ..MixtureOptions::default() };
    let (mixed, mixture_ms) = best(|| mixture(&points, &found, &mixing))?;
    let chosen = chosen(&points, &options)?;
    let report = json!({
        "kmeans_10": {"cpu_ms": kmeans_ms, "inertia": found.inertia, "ari": adjusted_rand(&found.labels, &truth, None)?},
        "mixture": {"cpu_ms": mixture_ms, "log_likelihood": mixed.log_likelihood / ROWS as f64},
        "chosen": chosen,
    });
    println!("{report}");
    Ok(())
}

/// The rows one after the other, and the normal that each came from.
fn rows() -> (Vec<f64>, Vec<u32>) {
    let mut luck = Random::at(7, &[0]);
    let middles: Vec<f64> = (0..SHARES.len() * WIDTH).map(|_| APART * luck.normal()).collect();
    let spreads: Vec<f64> = (0..SHARES.len() * WIDTH).map(|_| 0.8 + 0.6 * luck.uniform()).collect();
    let (mut values, mut truth) = (Vec::with_capacity(ROWS * WIDTH), Vec::with_capacity(ROWS));
    for row in 0..ROWS {
        let mut luck = Random::at(7, &[1, row as u64]);
        let mut left = luck.uniform();
        let own = SHARES.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        let own = own.unwrap_or(0);
        let columns = middles.iter().zip(&spreads).skip(own * WIDTH).take(WIDTH);
        values.extend(columns.map(|(middle, spread)| middle + spread * luck.normal()));
        truth.push(u32::try_from(own).unwrap_or(0));
    }
    (values, truth)
}

/// The result and the processor milliseconds of the best round.
fn best<T, E>(mut work: impl FnMut() -> Result<T, E>) -> Result<(T, f64), E> {
    let mut least = f64::INFINITY;
    let mut result = None;
    for _ in 0..ROUNDS {
        let began = cpu_time();
        result = Some(black_box(work()?));
        least = least.min(cpu_time().saturating_sub(began).as_secs_f64() * 1e3);
    }
    match result {
        Some(result) => Ok((result, least)),
        None => work().map(|result| (result, least)),
    }
}

/// The number of clusters that stability chooses among 2 to 8; six normals made the rows.
fn chosen(points: &Points, options: &KMeansOptions) -> Result<usize, Box<dyn Error>> {
    let mut candidates = Vec::new();
    for k in 2..=8 {
        let found = kmeans(points, k, options)?;
        let agreements = agreements(points, &found, options, 0..20)?.into_iter().map(|one| one.rand).collect();
        let smallest = found.weights(points).into_iter().fold(f64::INFINITY, f64::min);
        let bic = mixture(points, &found, &MixtureOptions { tolerance: TOLERANCE, ..MixtureOptions::default() })?.bic;
        candidates.push(Candidate { k, agreements, smallest, bic });
    }
    Ok(choose(&candidates, 0.85, 50.0).map_or(0, |candidate| candidate.k))
}
