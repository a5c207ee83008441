//! How many rows test matrices need, and how much their screens tell.

use adbrain_core::experiment::matrix::{DesignOptions, Factor, FactorKind, Factors, Mode, design};

use crate::{Line, Lines};

fn factors(counts: &[usize]) -> Factors {
    let one = |(place, count): (usize, &usize)| {
        let names: Vec<String> = (0..*count).map(|level| format!("l{level}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Factor::new(&format!("f{place:02}"), FactorKind::Other, &names)
    };
    Factors::new(counts.iter().enumerate().map(one).collect())
}

pub(crate) fn lines() -> Lines {
    let mut lines = Vec::new();
    for (what, counts, most) in [
        ("levels 10, 10, 8, 6, 3", vec![10, 10, 8, 6, 3], 100.0),
        ("20 factors of 5 levels", vec![5; 20], 45.0),
        ("13 factors of 3 levels", vec![3; 13], 17.0),
        ("5 factors of 4 levels", vec![4; 5], 16.0),
    ] {
        let matrix = design(&factors(&counts), Mode::Cover, &DesignOptions::default())?;
        let covered = matrix.report.pairs.as_ref().map_or(0.0, |pairs| pairs.share);
        lines.push(Line::number(format!("{what}: rows"), matrix.rows.len() as f64, Some((1.0, most))));
        lines.push(Line::share(format!("{what}: pairs covered"), covered, Some((1.0, 1.0))));
    }
    let triples = DesignOptions { strength: 3, ..DesignOptions::default() };
    let matrix = design(&factors(&[10, 10, 8, 6, 3]), Mode::Cover, &triples)?;
    lines.push(Line::number("levels 10, 10, 8, 6, 3, triples: rows", matrix.rows.len() as f64, None));
    let sixty = DesignOptions { rows: Some(60), ..DesignOptions::default() };
    let screen = design(&factors(&[10, 10, 8, 6, 3]), Mode::Screen, &sixty)?;
    let efficiency = screen.report.d_efficiency.unwrap_or_default();
    lines.push(Line::number("levels 10, 10, 8, 6, 3, 60 rows: D-efficiency", efficiency, Some((0.94, 1.0))));
    Ok(lines)
}
