//! Whether draws have the law that they should have: Pearson's test at fixed seeds.

use crate::stats::distribution::chi2_sf;

/// Cells with fewer expected draws are joined to their neighbours.
const ENOUGH: f64 = 8.0;

/// Holds that observed counts are as far from the expected ones as luck puts them, and not nearer: p between 0.0005 and 0.9995.
#[track_caller]
pub(in crate::stats) fn assert_fits(cells: &[(f64, f64)]) {
    let distance: f64 = cells.iter().map(|(seen, expected)| (seen - expected) * (seen - expected) / expected).sum();
    let p = chi2_sf(distance, cells.len() as f64 - 1.0);
    assert!((0.0005..0.9995).contains(&p), "distance {distance} over {} cells, p {p}", cells.len());
}

/// Holds that counts are equal but for luck.
#[track_caller]
pub(in crate::stats) fn assert_even(counts: &[f64]) {
    let expected = counts.iter().sum::<f64>() / counts.len() as f64;
    assert_fits(&counts.iter().map(|count| (*count, expected)).collect::<Vec<_>>());
}

/// Holds that draws come from a cumulative distribution.
#[track_caller]
pub(in crate::stats) fn assert_drawn_from(draws: &[u64], cdf: impl Fn(f64) -> f64) {
    let mut counts = vec![0.0; usize::try_from(*draws.iter().max().unwrap()).unwrap() + 1];
    for draw in draws {
        counts[usize::try_from(*draw).unwrap()] += 1.0;
    }
    let total = draws.len() as f64;
    let (mut cells, mut cell, mut below) = (Vec::new(), 0.0, 0.0);
    for (count, seen) in counts.iter().enumerate() {
        cell += seen;
        let up_to = cdf(count as f64);
        if total * (up_to - below) >= ENOUGH && total * (1.0 - up_to) >= ENOUGH {
            cells.push((cell, total * (up_to - below)));
            (cell, below) = (0.0, up_to);
        }
    }
    cells.push((cell, total * (1.0 - below)));
    assert_fits(&cells);
}
