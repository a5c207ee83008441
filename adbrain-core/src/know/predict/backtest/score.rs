//! How good intervals were, on the scale that the rate is learnt on.

use serde::Serialize;

use crate::predict::roas::Band;

/// How good one method was on the same results as the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// `forecast`, `adaptive`, `mean`, `last_value` or `prior`.
    pub method: String,
    /// How many results it was asked about.
    pub results: u64,
    /// The root of the mean squared error of the median.
    pub rmse: f64,
    /// The mean absolute error of the median.
    pub mae: f64,
    /// The share of results inside their intervals.
    pub coverage: f64,
    /// The mean width of the intervals.
    pub width: f64,
    /// The mean interval score, lower is better: the width plus 2 / alpha times what a miss misses by (Gneiting and Raftery, "Strictly
    /// proper scoring rules, prediction, and estimation", 2007). Always finite: where a forest has too few rows for an interval of the
    /// level, the range of what alike rows brought stands in for it.
    pub interval_score: f64,
}

/// Scores the intervals of one method; `None` without results.
pub(super) fn score(method: &str, answers: &[(f64, Band)], level: f64) -> Option<Score> {
    if answers.is_empty() {
        return None;
    }
    let mean = |of: &dyn Fn(&(f64, Band)) -> f64| answers.iter().map(of).sum::<f64>() / answers.len() as f64;
    Some(Score {
        method: method.to_owned(),
        results: answers.len() as u64,
        rmse: libm::sqrt(mean(&|(actual, band)| (actual - band.value) * (actual - band.value))),
        mae: mean(&|(actual, band)| (actual - band.value).abs()),
        coverage: mean(&|(actual, band)| f64::from(u8::from(band.holds(*actual)))),
        width: mean(&|(_, band)| band.high - band.low),
        interval_score: mean(&|(actual, band)| band.score(*actual, level)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_costs_what_it_misses_by() {
        let band = Band { low: 1.0, value: 2.0, high: 3.0 };
        let scores = [2.0, 4.0, 0.5].map(|actual| band.score(actual, 0.9));
        assert!(
            scores.iter().zip([2.0, 22.0, 12.0]).all(|(found, expected)| (found - expected).abs() < 1e-9),
            "{scores:?}"
        );
        let found = score("mean", &[(2.0, band), (4.0, band)], 0.9).unwrap();
        assert!((found.coverage - 0.5).abs() < 1e-12 && (found.interval_score - 12.0).abs() < 1e-9);
        assert_eq!(score("mean", &[], 0.9), None);
    }
}
