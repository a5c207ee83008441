//! How many rows test matrices need, how long they take, and how much their screens tell.

use std::time::Instant;

use adbrain_core::experiment::matrix::{DesignOptions, Factor, FactorKind, Factors, Mode, TestMatrix, design};

use crate::{Line, Lines};

fn factors(counts: &[usize]) -> Factors {
    let one = |(place, count): (usize, &usize)| {
        let names: Vec<String> = (0..*count).map(|level| format!("l{level}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Factor::new(&format!("f{place:02}"), FactorKind::Other, &names)
    };
    Factors::new(counts.iter().enumerate().map(one).collect())
}

/// A matrix takes at most a second.
const SECOND: (f64, f64) = (0.0, 1.0);

/// A matrix with the line of the seconds that it took.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn timed(
    what: &str,
    counts: &[usize],
    (mode, options): (Mode, &DesignOptions),
) -> Result<(TestMatrix, Line), Box<dyn std::error::Error>> {
    let factors = factors(counts);
    let start = Instant::now();
    let matrix = design(&factors, mode, options)?;
    let seconds = start.elapsed().as_secs_f64();
    Ok((matrix, Line::number(format!("{what}: seconds"), seconds, Some(SECOND))))
}

pub(crate) fn lines() -> Lines {
    let mut lines = Vec::new();
    for (what, counts, most) in [
        ("levels 10, 10, 8, 6, 3", vec![10, 10, 8, 6, 3], 100.0),
        ("20 factors of 5 levels", vec![5; 20], 45.0),
        ("13 factors of 3 levels", vec![3; 13], 17.0),
        ("5 factors of 4 levels", vec![4; 5], 16.0),
    ] {
        let (matrix, seconds) = timed(what, &counts, (Mode::Cover, &DesignOptions::default()))?;
        let covered = matrix.report.pairs.as_ref().map_or(0.0, |pairs| pairs.share);
        lines.push(Line::number(format!("{what}: rows"), matrix.rows.len() as f64, Some((1.0, most))));
        lines.push(Line::share(format!("{what}: pairs covered"), covered, Some((1.0, 1.0))));
        lines.push(seconds);
    }
    let triples = DesignOptions { strength: 3, ..DesignOptions::default() };
    let what = "levels 10, 10, 8, 6, 3, triples";
    let (matrix, seconds) = timed(what, &[10, 10, 8, 6, 3], (Mode::Cover, &triples))?;
    lines.extend([Line::number(format!("{what}: rows"), matrix.rows.len() as f64, None), seconds]);
    let sixty = DesignOptions { rows: Some(60), ..DesignOptions::default() };
    let what = "levels 10, 10, 8, 6, 3, 60 rows";
    let (screen, seconds) = timed(what, &[10, 10, 8, 6, 3], (Mode::Screen, &sixty))?;
    let efficiency = screen.report.d_efficiency.unwrap_or_default();
    lines.extend([Line::number(format!("{what}: D-efficiency"), efficiency, Some((0.94, 1.0))), seconds]);
    Ok(lines)
}
